"""Proxies: whom an elector lets vote in their place. Locks: none that anyone waits for; the table is new.

Revision 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "proxy",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=True),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=True),
        sa.Column("document_hash", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name="fk_proxy_community_id_community"),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name="fk_proxy_roll_id_roll"),
        sa.ForeignKeyConstraint(["entry_id"], ["roll_entry.id"], name="fk_proxy_entry_id_roll_entry"),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name="fk_proxy_agent_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_proxy"),
    )
    op.create_index("ix_proxy_entry_id", "proxy", ["entry_id"])
    op.create_index("ix_proxy_roll_id_id", "proxy", ["roll_id", "id"])
    op.create_index("ix_proxy_roll_id_agent_id", "proxy", ["roll_id", "agent_id"])


def downgrade() -> None:
    """Back. Proxies are lost."""
    op.drop_table("proxy")
