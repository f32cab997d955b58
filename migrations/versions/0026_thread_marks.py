"""Marks of threads. Locks: none that anyone waits for; the table is new.

Revision 0026.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "thread_mark",
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_thread_mark_community_id_community")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_thread_mark")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("thread_mark")
