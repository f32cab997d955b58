"""The closing keeps the tree that ends with it, and officials' signatures stand under statements.

Locks: `contest_closing`, for the moment of adding two columns.

Revision 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from voting.store import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("contest_closing", sa.Column("log_size", sa.BigInteger(), nullable=True))
    op.add_column("contest_closing", sa.Column("log_root", sa.LargeBinary(), nullable=True))
    op.create_table(
        "statement_signature",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_statement_signature_contest_id_contest")),
        sa.PrimaryKeyConstraint("contest_id", "text_hash", "public_key", name=op.f("pk_statement_signature")),
    )
    triggers.install(op.get_bind(), ("statement_signature",), ())


def downgrade() -> None:
    """Back. The triggers go with their table."""
    op.drop_table("statement_signature")
    op.drop_column("contest_closing", "log_root")
    op.drop_column("contest_closing", "log_size")
