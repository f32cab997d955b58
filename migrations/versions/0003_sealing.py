"""What a closed contest keeps. Locks: none that anyone waits for; every table is new.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from voting.store import Document

APPEND_ONLY = ("sealed_ballot", "sealed_participation")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "sealed_ballot",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ballot", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "slot", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_participation",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("contest_id", "entry_id", name=op.f("pk_sealed_participation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contest_closing",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("online", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("storage", Document(), nullable=False),
        sa.Column("scrubbed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_closing_contest_id_contest")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_contest_closing")),
    )
    op.create_index(op.f("ix_contest_closing_step"), "contest_closing", ["step"], unique=False)
    triggers.install(op.get_bind(), APPEND_ONLY, ())


def downgrade() -> None:
    """Back. The triggers go with their tables."""
    op.drop_index(op.f("ix_contest_closing_step"), table_name="contest_closing")
    op.drop_table("contest_closing")
    op.drop_table("sealed_participation")
    op.drop_table("sealed_ballot")
