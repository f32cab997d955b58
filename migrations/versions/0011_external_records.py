"""Votes held on official systems. Locks: ACCESS EXCLUSIVE on `contest` for the length of one ADD COLUMN; the table is new.

Revision 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from voting.store import Document, Instant

APPEND_ONLY = ("external_record",)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: contests that exist are held here."""
    op.add_column("contest", sa.Column("channel", sa.String(), nullable=False, server_default="here"))
    op.create_table(
        "external_record",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("content", Document(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_external_record_community_id_community")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_external_record_contest_id_contest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_record")),
    )
    op.create_index(op.f("ix_external_record_contest_id"), "external_record", ["contest_id"], unique=False)
    triggers.refuse_changes(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Back. The triggers go with their table."""
    op.drop_index(op.f("ix_external_record_contest_id"), table_name="external_record")
    op.drop_table("external_record")
    op.drop_column("contest", "channel")
