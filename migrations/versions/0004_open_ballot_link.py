"""Whose ballot lies in which slot of an open vote. Locks: none that anyone waits for; the table is new.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers

APPEND_ONLY = ("open_ballot_link",)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "open_ballot_link",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "entry_id", name=op.f("pk_open_ballot_link")),
        sqlite_with_rowid=False,
    )
    triggers.install(op.get_bind(), APPEND_ONLY, ())


def downgrade() -> None:
    """Back. The triggers go with their table."""
    op.drop_table("open_ballot_link")
