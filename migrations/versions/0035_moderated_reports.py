"""How moderation stands with problem reports. Locks: the table, briefly.

Revision 0035.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("problem_report", sa.Column("standing", sa.String(), nullable=False, server_default="visible"))
    op.add_column("problem_report", sa.Column("hidden_until", Instant(), nullable=True))
    op.add_column("problem_report", sa.Column("rule_id", sa.String(), nullable=True))
    op.add_column("problem_report", sa.Column("case_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Back."""
    for column in ("case_id", "rule_id", "hidden_until", "standing"):
        op.drop_column("problem_report", column)
