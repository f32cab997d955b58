"""Activities. Locks: none that anyone waits for; the table is new.

Revision 0031.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "activity",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("title", Document(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("building_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_activity_building_id_building")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_activity_community_id_community")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_activity_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_community_id_starts_at_id", "activity", ["community_id", "starts_at", "id"])
    op.create_index(
        "ix_activity_community_id_state_starts_at_id", "activity", ["community_id", "state", "starts_at", "id"]
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_activity_community_id_state_starts_at_id", table_name="activity")
    op.drop_index("ix_activity_community_id_starts_at_id", table_name="activity")
    op.drop_table("activity")
