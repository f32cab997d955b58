"""Proof that papers were delivered. Locks: none that anyone waits for; the table is new.

Revision 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=False),
        sa.Column("delivered_by", sa.String(), nullable=False),
        sa.Column("document_hash", sa.LargeBinary(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_delivery_community_id_community")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_delivery_contest_id_contest")),
        sa.ForeignKeyConstraint(["entry_id"], ["roll_entry.id"], name=op.f("fk_delivery_entry_id_roll_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_contest_id_entry_id", "delivery", ["contest_id", "entry_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_delivery_contest_id_entry_id", table_name="delivery")
    op.drop_table("delivery")
