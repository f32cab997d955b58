"""Contests name the rule that decides them. Locks: ACCESS EXCLUSIVE on `contest` for the length of four ADD COLUMNs.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: contests that exist have no rule, and nothing about them changes."""
    op.add_column("contest", sa.Column("rule_id", sa.String(), nullable=True))
    op.add_column("contest", sa.Column("effects", Document(), nullable=False, server_default="[]"))
    op.add_column("contest", sa.Column("rule", Document(), nullable=True))
    op.add_column("contest", sa.Column("follows_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_contest_follows_id"), "contest", ["follows_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_contest_follows_id"), table_name="contest")
    for column in ("follows_id", "rule", "effects", "rule_id"):
        op.drop_column("contest", column)
