"""Terms, versions and objections of rolls. Locks: ACCESS EXCLUSIVE on `roll` for the length of two ADD COLUMNs.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from voting.store import Document, Instant

APPEND_ONLY = ("roll_version",)
FIXED_BY_SEAL = ("terms", "displayed_at")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Rolls that exist have no terms: nothing about them changes."""
    op.add_column("roll", sa.Column("terms", Document(), nullable=False, server_default="{}"))
    op.add_column("roll", sa.Column("displayed_at", Instant(), nullable=True))
    op.create_table(
        "roll_version",
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("area_cm2", sa.BigInteger(), nullable=False),
        sa.Column("added", Document(), nullable=False),
        sa.Column("removed", Document(), nullable=False),
        sa.Column("objection_id", sa.String(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name="fk_roll_version_community_id_community"),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name="fk_roll_version_roll_id_roll"),
        sa.PrimaryKeyConstraint("roll_id", "number", name="pk_roll_version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_objection",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("decide_by", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("appeal", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name="fk_roll_objection_community_id_community"),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name="fk_roll_objection_roll_id_roll"),
        sa.PrimaryKeyConstraint("id", name="pk_roll_objection"),
    )
    op.create_index("ix_roll_objection_roll_id_id", "roll_objection", ["roll_id", "id"])
    triggers.refuse_changes(op.get_bind(), APPEND_ONLY)
    triggers.fix_roll(op.get_bind(), FIXED_BY_SEAL)


def downgrade() -> None:
    """Back. Versions and objections are lost."""
    triggers.fix_roll(op.get_bind())
    op.drop_table("roll_objection")
    op.drop_table("roll_version")
    op.drop_column("roll", "displayed_at")
    op.drop_column("roll", "terms")
