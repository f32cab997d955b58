"""Endorsements, official answers, and what a proposal holds of both. Locks: the proposal table, briefly.

Revision 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "endorsement",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("from_id", sa.String(), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_endorsement_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_endorsement_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_endorsement")),
    )
    op.create_index(op.f("ix_endorsement_person_id"), "endorsement", ["person_id"], unique=False)
    op.create_table(
        "official_answer",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("text", Document(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_official_answer_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", "kind", "number", name=op.f("pk_official_answer")),
    )
    op.add_column("proposal", sa.Column("major", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("proposal", sa.Column("support_needed", sa.Integer(), nullable=True))
    op.add_column("proposal", sa.Column("support_rule", Document(), nullable=True))
    op.add_column("proposal", sa.Column("support_from", Instant(), nullable=True))
    op.add_column("proposal", sa.Column("support_until", Instant(), nullable=True))
    op.add_column("proposal", sa.Column("contest_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("proposal", "contest_id")
    op.drop_column("proposal", "support_until")
    op.drop_column("proposal", "support_from")
    op.drop_column("proposal", "support_rule")
    op.drop_column("proposal", "support_needed")
    op.drop_column("proposal", "major")
    op.drop_table("official_answer")
    op.drop_index(op.f("ix_endorsement_person_id"), table_name="endorsement")
    op.drop_table("endorsement")
