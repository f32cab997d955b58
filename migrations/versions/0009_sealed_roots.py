"""The closing keeps root and hash of what it sealed. Locks: `contest_closing`, for the moment of adding two columns.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("contest_closing", sa.Column("box_root", sa.LargeBinary(), nullable=True))
    op.add_column("contest_closing", sa.Column("participation", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("contest_closing", "participation")
    op.drop_column("contest_closing", "box_root")
