"""Comments with their versions, mentions and reactions, and summaries of threads. Locks: none that anyone waits for; all
tables are new.

Revision 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "comment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("alignment", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("edited_at", Instant(), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("opposes", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("controversy", sa.Integer(), nullable=False),
        sa.Column("hidden_until", Instant(), nullable=True),
        sa.Column("rule_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_comment_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"], unique=False)
    op.create_index("ix_comment_branch_controversy", "comment", ["branch", "controversy", "id"], unique=False)
    op.create_index("ix_comment_branch_id", "comment", ["branch", "id"], unique=False)
    op.create_index("ix_comment_branch_supports", "comment", ["branch", "supports", "id"], unique=False)
    op.create_index(
        "ix_comment_pending",
        "comment",
        ["community_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_comment_thread_path", "comment", ["thread", "path"], unique=False)
    op.create_table(
        "comment_summary",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("edited_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_comment_summary_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_summary")),
    )
    op.create_index(op.f("ix_comment_summary_thread"), "comment_summary", ["thread"], unique=False)
    op.create_table(
        "comment_mention",
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_mention_comment_id_comment")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_mention")),
    )
    op.create_index(
        "ix_comment_mention_person_id_comment_id", "comment_mention", ["person_id", "comment_id"], unique=False
    )
    op.create_table(
        "comment_reaction",
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("stance", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_reaction_comment_id_comment")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_reaction")),
    )
    op.create_index(op.f("ix_comment_reaction_person_id"), "comment_reaction", ["person_id"], unique=False)
    op.create_table(
        "comment_summary_version",
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["comment_summary.id"], name=op.f("fk_comment_summary_version_summary_id_comment_summary")
        ),
        sa.PrimaryKeyConstraint("summary_id", "edition", name=op.f("pk_comment_summary_version")),
    )
    op.create_table(
        "comment_version",
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("alignment", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_version_comment_id_comment")),
        sa.PrimaryKeyConstraint("comment_id", "edition", name=op.f("pk_comment_version")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("comment_version")
    op.drop_table("comment_summary_version")
    op.drop_index(op.f("ix_comment_reaction_person_id"), table_name="comment_reaction")
    op.drop_table("comment_reaction")
    op.drop_index("ix_comment_mention_person_id_comment_id", table_name="comment_mention")
    op.drop_table("comment_mention")
    op.drop_index(op.f("ix_comment_summary_thread"), table_name="comment_summary")
    op.drop_table("comment_summary")
    op.drop_index("ix_comment_thread_path", table_name="comment")
    op.drop_index(
        "ix_comment_pending",
        table_name="comment",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_comment_branch_supports", table_name="comment")
    op.drop_index("ix_comment_branch_id", table_name="comment")
    op.drop_index("ix_comment_branch_controversy", table_name="comment")
    op.drop_index(op.f("ix_comment_author_id"), table_name="comment")
    op.drop_table("comment")
