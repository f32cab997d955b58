"""Proposals whose window will be over, found by their end. Locks: proposal, against writes, while the index is made.

Revision 0030.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_GATHERING = sa.text("state = 'gathering_support'")


def upgrade() -> None:
    """Forward."""
    op.create_index(
        "ix_proposal_gathering",
        "proposal",
        ["support_until", "id"],
        unique=False,
        sqlite_where=_GATHERING,
        postgresql_where=_GATHERING,
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_proposal_gathering", table_name="proposal", sqlite_where=_GATHERING, postgresql_where=_GATHERING)
