"""Every table, imported for its effect on the one metadata: migrations and tests read the whole schema from here."""

from __future__ import annotations

from sqlmodel import SQLModel

import voting.access.tables
import voting.community.search_tables
import voting.community.tables
import voting.contests.tables
import voting.deliberation.comment_tables
import voting.deliberation.moderation_tables
import voting.deliberation.proposal_tables
import voting.log.tables
import voting.programme.tables
import voting.redesign.tables
import voting.roll.tables  # noqa: F401 (imported for the tables)

metadata = SQLModel.metadata

APPEND_ONLY = (
    "event",
    "tally",
    "roll_version",
    "sealed_ballot",
    "sealed_participation",
    "open_ballot_link",
    "external_record",
    "statement_signature",
)
"""Tables whose rows are never changed or deleted."""

SEALED_BY_ROLL = ("roll_entry", "roll_voter")
"""Tables whose rows do not change once their roll is sealed."""
