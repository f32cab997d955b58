"""The salts of the community journals, and how far contest logs are announced there. Locks: logs, for an instant.

Revision 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("log", sa.Column("announced", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("log") as batch_op:
        batch_op.alter_column("announced", server_default=None)
    op.create_table(
        "journal_salt",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("actor_salt", sa.LargeBinary(), nullable=True),
        sa.Column("reason_salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_journal_salt")),
    )
    op.create_index("ix_journal_salt_community_id_number", "journal_salt", ["community_id", "number"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_journal_salt_community_id_number", table_name="journal_salt")
    op.drop_table("journal_salt")
    with op.batch_alter_table("log") as batch_op:
        batch_op.drop_column("announced")
