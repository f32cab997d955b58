"""Contests name officials and how many of them must sign. Locks: `contest`, for the moment of adding two columns.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: contests that exist have nobody who must sign."""
    op.add_column("contest", sa.Column("officials", Document(), nullable=False, server_default="[]"))
    op.add_column("contest", sa.Column("k", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Back."""
    op.drop_column("contest", "k")
    op.drop_column("contest", "officials")
