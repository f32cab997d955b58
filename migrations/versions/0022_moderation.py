"""Moderation: policies, flags, cases with steps, sanctions. Locks: none that anyone waits for; all tables are new.

Revision 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "moderation_case",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("hidden_until", Instant(), nullable=True),
        sa.Column("moderator_id", sa.String(), nullable=True),
        sa.Column("reviewer_id", sa.String(), nullable=True),
        sa.Column("rule_id", sa.String(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("appeal_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_moderation_case_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
    )
    op.create_index(
        "ix_moderation_case_community_id_state", "moderation_case", ["community_id", "state", "id"], unique=False
    )
    op.create_index("ix_moderation_case_subject", "moderation_case", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "moderation_policy",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("pre_check", sa.Boolean(), nullable=False),
        sa.Column("flag_threshold", sa.Integer(), nullable=False),
        sa.Column("review_hours", sa.Integer(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("rules", Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_moderation_policy_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_moderation_policy")),
    )
    op.create_table(
        "moderation_flag",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("flagged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_flag_case_id_moderation_case")
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_moderation_flag")),
    )
    op.create_table(
        "moderation_step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_step_case_id_moderation_case")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_moderation_step_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_step")),
    )
    op.create_index(op.f("ix_moderation_step_case_id"), "moderation_step", ["case_id"], unique=False)
    op.create_index("ix_moderation_step_community_id_at", "moderation_step", ["community_id", "at"], unique=False)
    op.create_table(
        "sanction",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("acts", Document(), nullable=False),
        sa.Column("imposed_by", sa.String(), nullable=False),
        sa.Column("imposed_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("lifted_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_sanction_case_id_moderation_case")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_sanction_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index(op.f("ix_sanction_case_id"), "sanction", ["case_id"], unique=False)
    op.create_index(op.f("ix_sanction_community_id"), "sanction", ["community_id"], unique=False)
    op.create_index("ix_sanction_person_id_ends_at", "sanction", ["person_id", "ends_at"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_sanction_person_id_ends_at", table_name="sanction")
    op.drop_index(op.f("ix_sanction_community_id"), table_name="sanction")
    op.drop_index(op.f("ix_sanction_case_id"), table_name="sanction")
    op.drop_table("sanction")
    op.drop_index("ix_moderation_step_community_id_at", table_name="moderation_step")
    op.drop_index(op.f("ix_moderation_step_case_id"), table_name="moderation_step")
    op.drop_table("moderation_step")
    op.drop_table("moderation_flag")
    op.drop_table("moderation_policy")
    op.drop_index("ix_moderation_case_subject", table_name="moderation_case")
    op.drop_index("ix_moderation_case_community_id_state", table_name="moderation_case")
    op.drop_table("moderation_case")
