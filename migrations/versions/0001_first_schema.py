"""First schema. Locks: none that anyone waits for; every table is new.

Revision 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from voting.store import Document, Instant

APPEND_ONLY = ("event", "tally")
SEALED_BY_ROLL = ("roll_entry", "roll_voter")


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "ballot_box",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ballot", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "slot", name=op.f("pk_ballot_box")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "community",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", Document(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("origins", Document(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("clock_offset_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("facts", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_community_id_id", ["community_id", "id"], unique=False)
        batch_op.create_index("ix_event_subject", ["subject_kind", "subject_id", "id"], unique=False)

    op.create_table(
        "idempotent_answer",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", Document(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_idempotent_answer")),
    )
    with op.batch_alter_table("idempotent_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotent_answer_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "pending_commitment",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("integrate_by", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "commitment", name=op.f("pk_pending_commitment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_client",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", Document(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_api_client_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
    )
    with op.batch_alter_table("api_client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_client_community_id"), ["community_id"], unique=False)

    op.create_table(
        "building",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_building_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("community_id", "label", name=op.f("uq_building_community_id_label")),
    )
    op.create_table(
        "person",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_community_id"), ["community_id"], unique=False)

    op.create_table(
        "role_assignment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("holder_kind", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_role_assignment_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_assignment_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_role_assignment_holder_id", ["holder_id"], unique=False)

    op.create_table(
        "roll",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("scope", Document(), nullable=False),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("age_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("area_cm2", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=True),
        sa.Column("compiled_at", Instant(), nullable=True),
        sa.Column("sealed_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("replaces_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roll_community_id_community")),
        sa.ForeignKeyConstraint(["replaces_id"], ["roll.id"], name=op.f("fk_roll_replaces_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll")),
    )
    with op.batch_alter_table("roll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_community_id"), ["community_id"], unique=False)

    op.create_table(
        "api_client_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_api_client_key_client_id_api_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client_key")),
    )
    with op.batch_alter_table("api_client_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_client_key_client_id"), ["client_id"], unique=False)

    op.create_table(
        "contest",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("question", Document(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("rules", Document(), nullable=False),
        sa.Column("terms", Document(), nullable=False),
        sa.Column("secrecy", sa.String(), nullable=False),
        sa.Column("publish_mode", sa.String(), nullable=False),
        sa.Column("lot_seed", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("noticed_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("provisional_at", Instant(), nullable=True),
        sa.Column("electors", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_contest_community_id_community")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_contest_roll_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_roll_id"), ["roll_id"], unique=False)

    op.create_table(
        "external_identity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("bound_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_external_identity_community_id_community")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_identity_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_external_identity_issuer_subject")),
    )
    with op.batch_alter_table("external_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_identity_person_id"), ["person_id"], unique=False)

    op.create_table(
        "refresh_grant",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("family", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_refresh_grant_community_id_community")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_refresh_grant_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_grant")),
    )
    with op.batch_alter_table("refresh_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_grant_family"), ["family"], unique=False)
        batch_op.create_index(batch_op.f("ix_refresh_grant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "roll_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("elector", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("area_cm2", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roll_entry_community_id_community")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_entry_roll_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entry")),
        sa.UniqueConstraint("roll_id", "elector", name=op.f("uq_roll_entry_roll_id_elector")),
    )
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.create_index("ix_roll_entry_roll_id_id", ["roll_id", "id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("building_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_unit_building_id_building")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_unit_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("building_id", "label", name=op.f("uq_unit_building_id_label")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_community_id"), ["community_id"], unique=False)

    op.create_table(
        "contest_option",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", Document(), nullable=False),
        sa.Column("description", Document(), nullable=False),
        sa.Column("status_quo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_contest_option_community_id_community")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_option_contest_id_contest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_option")),
        sa.UniqueConstraint("contest_id", "position", name=op.f("uq_contest_option_contest_id_position")),
    )
    op.create_table(
        "dwelling",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("area_cm2", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_dwelling_community_id_community")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_dwelling_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwelling")),
        sa.UniqueConstraint("unit_id", "label", name=op.f("uq_dwelling_unit_id_label")),
    )
    with op.batch_alter_table("dwelling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dwelling_community_id"), ["community_id"], unique=False)

    op.create_table(
        "participation",
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_participation_contest_id_contest")),
        sa.PrimaryKeyConstraint("contest_id", "entry_id", name=op.f("pk_participation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_voter",
        sa.Column("roll_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["roll_entry.id"], name=op.f("fk_roll_voter_entry_id_roll_entry")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_voter_roll_id_roll")),
        sa.PrimaryKeyConstraint("roll_id", "person_id", name=op.f("pk_roll_voter")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("roll_voter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_voter_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "tally",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.Column("result", Document(), nullable=False),
        sa.Column("result_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_tally_community_id_community")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_tally_contest_id_contest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tally_contest_id"), ["contest_id"], unique=False)

    op.create_table(
        "bind_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_bind_code_community_id_community")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwelling.id"], name=op.f("fk_bind_code_dwelling_id_dwelling")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bind_code_person_id_person")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_bind_code")),
    )
    with op.batch_alter_table("bind_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bind_code_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bind_code_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bind_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=False),
        sa.Column("representative_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_household_community_id_community")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwelling.id"], name=op.f("fk_household_dwelling_id_dwelling")),
        sa.ForeignKeyConstraint(
            ["representative_id"], ["person.id"], name=op.f("fk_household_representative_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("dwelling_id", name=op.f("uq_household_dwelling_id")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_community_id"), ["community_id"], unique=False)

    op.create_table(
        "ownership",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("merge_key", sa.String(), nullable=False),
        sa.Column("is_voter", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ownership_community_id_community")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwelling.id"], name=op.f("fk_ownership_dwelling_id_dwelling")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ownership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership")),
    )
    with op.batch_alter_table("ownership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ownership_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ownership_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ownership_person_id"), ["person_id"], unique=False)

    op.create_table(
        "residency",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_residency_community_id_community")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwelling.id"], name=op.f("fk_residency_dwelling_id_dwelling")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_residency_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residency")),
    )
    with op.batch_alter_table("residency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_residency_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_residency_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_residency_person_id"), ["person_id"], unique=False)
    triggers.install(op.get_bind(), APPEND_ONLY, SEALED_BY_ROLL)


def downgrade() -> None:
    """Back to an empty database."""
    triggers.remove(op.get_bind(), APPEND_ONLY, SEALED_BY_ROLL)
    with op.batch_alter_table("residency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_residency_person_id"))
        batch_op.drop_index(batch_op.f("ix_residency_dwelling_id"))
        batch_op.drop_index(batch_op.f("ix_residency_community_id"))

    op.drop_table("residency")
    with op.batch_alter_table("ownership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ownership_person_id"))
        batch_op.drop_index(batch_op.f("ix_ownership_dwelling_id"))
        batch_op.drop_index(batch_op.f("ix_ownership_community_id"))

    op.drop_table("ownership")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_community_id"))

    op.drop_table("household")
    with op.batch_alter_table("bind_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bind_code_person_id"))
        batch_op.drop_index(batch_op.f("ix_bind_code_dwelling_id"))
        batch_op.drop_index(batch_op.f("ix_bind_code_community_id"))

    op.drop_table("bind_code")
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tally_contest_id"))

    op.drop_table("tally")
    with op.batch_alter_table("roll_voter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_voter_entry_id"))

    op.drop_table("roll_voter")
    op.drop_table("participation")
    with op.batch_alter_table("dwelling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dwelling_community_id"))

    op.drop_table("dwelling")
    op.drop_table("contest_option")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_community_id"))

    op.drop_table("unit")
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_roll_entry_roll_id_id")

    op.drop_table("roll_entry")
    with op.batch_alter_table("refresh_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refresh_grant_person_id"))
        batch_op.drop_index(batch_op.f("ix_refresh_grant_family"))

    op.drop_table("refresh_grant")
    with op.batch_alter_table("external_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_identity_person_id"))

    op.drop_table("external_identity")
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_roll_id"))
        batch_op.drop_index(batch_op.f("ix_contest_community_id"))

    op.drop_table("contest")
    with op.batch_alter_table("api_client_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_client_key_client_id"))

    op.drop_table("api_client_key")
    with op.batch_alter_table("roll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_community_id"))

    op.drop_table("roll")
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_role_assignment_holder_id")
        batch_op.drop_index(batch_op.f("ix_role_assignment_community_id"))

    op.drop_table("role_assignment")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_community_id"))

    op.drop_table("person")
    op.drop_table("building")
    with op.batch_alter_table("api_client", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_client_community_id"))

    op.drop_table("api_client")
    op.drop_table("pending_commitment")
    with op.batch_alter_table("idempotent_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotent_answer_expires_at"))

    op.drop_table("idempotent_answer")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")
        batch_op.drop_index("ix_event_community_id_id")

    op.drop_table("event")
    op.drop_table("community")
    op.drop_table("ballot_box")
