"""Written objections to results. Locks: none that anyone waits for; the table is new.

Revision 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "result_objection",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("document_hash", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_result_objection_community_id_community")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_result_objection_contest_id_contest")),
        sa.ForeignKeyConstraint(["entry_id"], ["roll_entry.id"], name=op.f("fk_result_objection_entry_id_roll_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_objection")),
        sa.UniqueConstraint("contest_id", "entry_id", name=op.f("uq_result_objection_contest_id_entry_id")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("result_objection")
