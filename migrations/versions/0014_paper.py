"""Paper batches and their keyings. Locks: none that anyone waits for; both tables are new.

Revision 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "paper_batch",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.Column("unreturned", sa.Integer(), nullable=False),
        sa.Column("discrepancies", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_paper_batch_community_id_community")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_paper_batch_contest_id_contest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batch")),
    )
    op.create_index(op.f("ix_paper_batch_contest_id"), "paper_batch", ["contest_id"], unique=False)
    op.create_table(
        "paper_keying",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("teller_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("ballots", Document(), nullable=False),
        sa.Column("resolved", Document(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batch.id"], name=op.f("fk_paper_keying_batch_id_paper_batch")),
        sa.PrimaryKeyConstraint("batch_id", "teller_id", name=op.f("pk_paper_keying")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("paper_keying")
    op.drop_index(op.f("ix_paper_batch_contest_id"), table_name="paper_batch")
    op.drop_table("paper_batch")
