"""Proposals, their versions and authors. Locks: none that anyone waits for; all tables are new.

Revision 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "proposal",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("building_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("longitude_e7", sa.Integer(), nullable=True),
        sa.Column("latitude_e7", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_proposal_building_id_building")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_proposal_community_id_community")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_proposal_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_community_id_id", "proposal", ["community_id", "id"], unique=False)
    op.create_index("ix_proposal_community_id_state_id", "proposal", ["community_id", "state", "id"], unique=False)
    op.create_table(
        "proposal_author",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_author_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_author_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_proposal_author")),
    )
    op.create_index(op.f("ix_proposal_author_person_id"), "proposal_author", ["person_id"], unique=False)
    op.create_table(
        "proposal_version",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("title", Document(), nullable=False),
        sa.Column("body", Document(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_version_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "number", name=op.f("pk_proposal_version")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("proposal_version")
    op.drop_index(op.f("ix_proposal_author_person_id"), table_name="proposal_author")
    op.drop_table("proposal_author")
    op.drop_index("ix_proposal_community_id_state_id", table_name="proposal")
    op.drop_index("ix_proposal_community_id_id", table_name="proposal")
    op.drop_table("proposal")
