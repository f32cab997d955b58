"""What a problem report says: checked, kept as versions with a salt each, erased.

The journal holds H("text", salt ‖ canonical document) of each version. Whoever has what it says and the salt can check it;
when a version is erased both are gone, and every proof stays valid.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.access import idempotency
from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.coordinates import Spot
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.errors import Conflict
from voting.log import journal
from voting.redesign import problem_report_queries, problem_report_search
from voting.redesign.problem_report_queries import Loaded
from voting.redesign.tables import ProblemReport, ProblemReportVersion


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says, checked: the columns that the report shares with its newest version, and the observation."""

    observation: str
    spot: Spot
    observed_at: datetime
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None

    def columns(self) -> dict[str, Any]:
        """What the row of the report holds of it."""
        return {
            "category": self.category,
            "building_id": self.building_id,
            "unit_id": self.unit_id,
            "longitude_e7": self.spot.longitude_e7,
            "latitude_e7": self.spot.latitude_e7,
            "observed_at": self.observed_at,
        }


def document(said: Said) -> str:
    """What is hashed: canonical JSON of the observation and its circumstances, each left out where there is none."""
    members = said.columns() | {"observation": said.observation}
    members["observed_at"] = said.observed_at.isoformat().replace("+00:00", "Z")
    return canonical.encode({name: value for name, value in members.items() if value is not None}).decode()


def write(session: Session, report: ProblemReport, said: Said, now: datetime) -> ProblemReportVersion:
    """Keep it as the report's newest version."""
    salt = secrets.token_bytes(SIZE)
    kept = ProblemReportVersion(
        report_id=report.id,
        number=report.number,
        community_id=report.community_id,
        observation=said.observation,
        author_id=report.author_id,
        created_at=now,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, document(said)),
        **said.columns(),
    )
    session.add(kept)
    session.flush()
    problem_report_search.shelve(session, report, kept)
    return kept


def erase(
    session: Session, principal: Principal, report_id: str, number: int, *, reason: str | None, now: datetime
) -> tuple[Loaded, ProblemReportVersion]:
    """Forget what a version said, its category and its salt. Its place and its hash stand; the reason is told."""
    loaded = problem_report_queries.load(session, principal, report_id, now, "problem_report.erase_version", hold=True)
    kept = problem_report_queries.version(session, report_id, number)
    if kept.erased_at is not None:
        raise Conflict("version_erased_already", number=number)
    lifecycle.check_reason(reason, "erase_version")
    idempotency.forget(session, report_id)
    kept.observation, kept.category, kept.salt, kept.erased_at = None, None, None, loaded.now
    if number == loaded.report.number:
        loaded.report.category = None
    session.flush()
    problem_report_search.shelve(session, loaded.report, kept)
    journal.record(
        session,
        community_id=kept.community_id,
        subject_kind="problem_report",
        subject_id=report_id,
        kind="version_erased",
        actor_id=principal.id,
        now=loaded.now,
        from_state=loaded.report.state,
        to_state=loaded.report.state,
        reason=reason,
        text=kept.text_hash,
        facts={"number": number},
    )
    return loaded, kept
