"""Problem reports, what they said, and who has the problem too. Locks: none that anyone waits for; all tables are new.

Revision 0027.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_problem_report_community_id_id": ["community_id", "id"],
    "ix_problem_report_community_id_state_id": ["community_id", "state", "id"],
    "ix_problem_report_community_id_category_id": ["community_id", "category", "id"],
    "ix_problem_report_author_id_id": ["author_id", "id"],
    "ix_problem_report_place": ["community_id", "latitude_e7", "longitude_e7"],
    "ix_problem_report_duplicate_of": ["duplicate_of"],
}


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "problem_report",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("building_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("longitude_e7", sa.Integer(), nullable=False),
        sa.Column("latitude_e7", sa.Integer(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_problem_report_author_id_person")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_problem_report_building_id_building")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_problem_report_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["problem_report.id"], name=op.f("fk_problem_report_duplicate_of_problem_report")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_problem_report_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "problem_report", columns, unique=False)
    op.create_table(
        "problem_report_version",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("observation", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("building_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("longitude_e7", sa.Integer(), nullable=False),
        sa.Column("latitude_e7", sa.Integer(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["problem_report.id"], name=op.f("fk_problem_report_version_report_id_problem_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_problem_report_version")),
    )
    op.create_table(
        "problem_confirmation",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_problem_confirmation_person_id_person")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["problem_report.id"], name=op.f("fk_problem_confirmation_report_id_problem_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_problem_confirmation")),
    )
    op.create_index("ix_problem_confirmation_person_id", "problem_confirmation", ["person_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("problem_confirmation")
    op.drop_table("problem_report_version")
    op.drop_table("problem_report")
