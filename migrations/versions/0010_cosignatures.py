"""Cosignatures of witnesses. Locks: none that anyone waits for; the table is new.

Revision 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "log_cosignature",
        sa.Column("log_id", sa.String(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "witness", name=op.f("pk_log_cosignature")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("log_cosignature")
