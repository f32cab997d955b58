"""Amendments and the lineage of proposals. Locks: none that anyone waits for; both tables are new.

Revision 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "amendment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("promoted_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_amendment_author_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_amendment_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    op.create_index("ix_amendment_proposal_id_id", "amendment", ["proposal_id", "id"], unique=False)
    op.create_table(
        "proposal_lineage",
        sa.Column("child_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["proposal.id"], name=op.f("fk_proposal_lineage_child_id_proposal")),
        sa.ForeignKeyConstraint(["parent_id"], ["proposal.id"], name=op.f("fk_proposal_lineage_parent_id_proposal")),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name=op.f("pk_proposal_lineage")),
    )
    op.create_index(op.f("ix_proposal_lineage_parent_id"), "proposal_lineage", ["parent_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_proposal_lineage_parent_id"), table_name="proposal_lineage")
    op.drop_table("proposal_lineage")
    op.drop_index("ix_amendment_proposal_id_id", table_name="amendment")
    op.drop_table("amendment")
