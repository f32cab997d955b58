"""Action items of activities. Locks: none that anyone waits for; the table is new.

Revision 0036.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "action_item",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("responsible_person_id", sa.String(), nullable=True),
        sa.Column("responsible_role", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_action_item_activity_id_activity")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_action_item_community_id_community")),
        sa.ForeignKeyConstraint(
            ["responsible_person_id"], ["person.id"], name=op.f("fk_action_item_responsible_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    op.create_index("ix_action_item_community_id_id", "action_item", ["community_id", "id"])
    op.create_index("ix_action_item_activity_id_id", "action_item", ["activity_id", "id"])
    op.create_index("ix_action_item_responsible_person_id_id", "action_item", ["responsible_person_id", "id"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_action_item_responsible_person_id_id", table_name="action_item")
    op.drop_index("ix_action_item_activity_id_id", table_name="action_item")
    op.drop_index("ix_action_item_community_id_id", table_name="action_item")
    op.drop_table("action_item")
