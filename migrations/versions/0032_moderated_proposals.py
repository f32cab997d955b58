"""How moderation stands with proposals, and what a step of it is about. Locks: both tables, briefly.

Revision 0032.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("proposal", sa.Column("standing", sa.String(), nullable=False, server_default="visible"))
    op.add_column("proposal", sa.Column("hidden_until", Instant(), nullable=True))
    op.add_column("proposal", sa.Column("rule_id", sa.String(), nullable=True))
    op.add_column("proposal", sa.Column("case_id", sa.String(), nullable=True))
    op.add_column("moderation_step", sa.Column("subject_kind", sa.String(), nullable=False, server_default="comment"))


def downgrade() -> None:
    """Back."""
    op.drop_column("moderation_step", "subject_kind")
    for column in ("case_id", "rule_id", "hidden_until", "standing"):
        op.drop_column("proposal", column)
