"""Logs with their tiles and waiting events; cast commitments know their place. Locks: cast commitments, while they are copied.

Revision 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = sa.text("leaf_index IS NULL")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "cast_commitment",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("integrate_by", Instant(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("contest_id", "commitment", name=op.f("pk_cast_commitment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_cast_commitment_waiting",
        "cast_commitment",
        ["contest_id", "commitment", "integrate_by"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.execute(
        "INSERT INTO cast_commitment (contest_id, commitment, integrate_by)"
        " SELECT contest_id, commitment, integrate_by FROM pending_commitment"
    )
    op.drop_table("pending_commitment")
    op.create_table(
        "log",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cadence", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("appended", sa.BigInteger(), nullable=False),
        sa.Column("integrated", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signed_size", sa.BigInteger(), nullable=False),
        sa.Column("signed_root", sa.LargeBinary(), nullable=True),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=True),
        sa.Column("lease_holder", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
    )
    op.create_index(op.f("ix_log_community_id"), "log", ["community_id"])
    op.create_table(
        "log_event",
        sa.Column("log_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "number", name=op.f("pk_log_event")),
    )
    op.create_table(
        "log_tile",
        sa.Column("log_id", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "level", "place", name=op.f("pk_log_tile")),
    )


def downgrade() -> None:
    """Back: what stands in logs is lost, the commitments stay."""
    op.drop_table("log_tile")
    op.drop_table("log_event")
    op.drop_index(op.f("ix_log_community_id"), table_name="log")
    op.drop_table("log")
    op.create_table(
        "pending_commitment",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("integrate_by", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "commitment", name=op.f("pk_pending_commitment")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO pending_commitment (contest_id, commitment, integrate_by)"
        " SELECT contest_id, commitment, integrate_by FROM cast_commitment"
    )
    op.drop_index("ix_cast_commitment_waiting", table_name="cast_commitment")
    op.drop_table("cast_commitment")
