"""Problem reports: made, edited and withdrawn by residents, dealt with by officers. Each move holds the row, asks the machine,
changes the state and writes one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.community import queries, whereabouts
from voting.core import authority, coordinates, lifecycle, problem_reports, texts
from voting.core.authority import Principal, Subject
from voting.core.coordinates import Spot
from voting.core.problem_reports import REPORT
from voting.deliberation import standing
from voting.deliberation.proposal_drafts import Position
from voting.errors import Invalid
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.redesign import problem_report_queries, problem_report_search, problem_report_texts
from voting.redesign.problem_report_queries import Loaded
from voting.redesign.problem_report_texts import Said
from voting.redesign.tables import ProblemReport, ProblemReportVersion

_DONE = {
    "withdraw": "withdrawn",
    "acknowledge": "acknowledged",
    "start": "work_begun",
    "resolve": "resolved",
    "dismiss": "dismissed",
}
"""Command → what the event says of it, for those that need nothing but perhaps a reason."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is reported, where, and when it was seen (now, unless it is said)."""

    observation: str
    location: Position
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    observed_at: datetime | None = None


def create(session: Session, principal: Principal, community_id: str, draft: Draft, *, now: datetime) -> Loaded:
    """Report a problem. Everybody of the community reads it at once."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "problem_report.create", Subject(community_id, kind="problem_report"))
    said = _checked(session, community_id, draft, at)
    report = ProblemReport(
        id=timed_id("prb", at),
        community_id=community_id,
        author_id=principal.id,
        since=at,
        created_at=at,
        **said.columns(),
    )
    session.add(report)
    session.flush()
    kept = problem_report_texts.write(session, report, said, at)
    loaded = Loaded(report, at)
    note(session, principal, loaded, "reported", None, text=kept.text_hash, facts={"number": 1})
    return loaded


def edit(session: Session, principal: Principal, loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """Change members (names as in `Draft`) of a held report. Whatever changes makes another version."""
    report = loaded.report
    lifecycle.move(REPORT, report.state, "edit", problem_report_queries.facts(session, principal, report, loaded.now))
    before = problem_report_queries.version(session, report.id, report.number)
    said = _checked(session, report.community_id, _changed(before, changes), loaded.now)
    if before.salt is not None and _said(before) == said:
        return loaded
    report.number += 1
    for name, value in said.columns().items():
        setattr(report, name, value)
    kept = problem_report_texts.write(session, report, said, loaded.now)
    standing.revise(report)
    told: dict[str, EventFact] = {"number": kept.number, "members": sorted(changes)}
    note(session, principal, loaded, "edited", report.state, text=kept.text_hash, facts=told)
    return loaded


def _changed(before: ProblemReportVersion, changes: Mapping[str, Any]) -> Draft:
    """What is said after the changes. Naming a building or a unit takes the place of the other."""
    position = Position(before.longitude_e7 / coordinates.E7, before.latitude_e7 / coordinates.E7)
    names_place = {"building_id", "unit_id"} & set(changes)
    stood: dict[str, Any] = {
        "observation": before.observation or "",
        "location": position,
        "category": before.category,
        "building_id": None if before.unit_id or names_place else before.building_id,
        "unit_id": None if names_place else before.unit_id,
        "observed_at": before.observed_at,
    }
    return Draft(**(stood | dict(changes)))


def _said(kept: ProblemReportVersion) -> Said:
    return Said(
        kept.observation or "",
        Spot(kept.longitude_e7, kept.latitude_e7),
        kept.observed_at,
        kept.category,
        kept.building_id,
        kept.unit_id,
    )


def _checked(session: Session, community_id: str, draft: Draft, now: datetime) -> Said:
    """The draft with its texts in NFC and its place of this community. Raises `Invalid`."""
    category, place = draft.category, draft.location
    if draft.observed_at is not None and draft.observed_at > now:
        raise Invalid.at("/observed_at", "observed_in_future", now=now.isoformat().replace("+00:00", "Z"))
    about = whereabouts.found(session, community_id, draft.building_id, draft.unit_id)
    return Said(
        texts.accept(draft.observation, "/observation", most=problem_reports.MOST_OBSERVATION),
        Spot(coordinates.stored(place.longitude), coordinates.stored(place.latitude)),
        draft.observed_at or now,
        None if category is None else texts.accept(category, "/category", most=problem_reports.MOST_CATEGORY),
        about.building_id,
        about.unit_id,
    )


def give(
    session: Session, principal: Principal, report_id: str, command: str, *, reason: str | None = None, now: datetime
) -> Loaded:
    """Give one of the commands of `_DONE`."""
    loaded, state = begin(session, principal, report_id, command, now, reason)
    return end(session, principal, loaded, state, _DONE[command], reason)


def begin(
    session: Session, principal: Principal, report_id: str, command: str, now: datetime, reason: str | None = None
) -> tuple[Loaded, str]:
    """The report, held, and the state the command leads to."""
    loaded = problem_report_queries.load(session, principal, report_id, now, f"problem_report.{command}", hold=True)
    found = problem_report_queries.facts(session, principal, loaded.report, loaded.now)
    forbids = authority.forbids(principal, "problem_report", loaded.subject)
    return loaded, lifecycle.move(REPORT, loaded.report.state, command, found, reason, forbids)


def end(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    state: str,
    kind: str,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> Loaded:
    """Bring the report into its new state and write the event, with the hash of what it says."""
    report, before = loaded.report, loaded.report.state
    if reason is not None:
        reason = texts.accept(reason, "/reason", most=problem_reports.MOST_REASON)
    report.state, report.since, report.reason = state, loaded.now, reason
    session.flush()
    text = problem_report_queries.version(session, report.id, report.number)
    problem_report_search.shelve(session, report, text)
    told = {"number": report.number} | dict(facts or {})
    note(session, principal, loaded, kind, before, reason=reason, text=text.text_hash, facts=told)
    return loaded


def note(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    kind: str,
    from_state: str | None,
    *,
    reason: str | None = None,
    text: bytes | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> None:
    """Write what happened to the report."""
    session.flush()
    journal.record(
        session,
        community_id=loaded.report.community_id,
        subject_kind="problem_report",
        subject_id=loaded.report.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=from_state,
        to_state=loaded.report.state,
        reason=reason,
        text=text,
        facts=facts,
    )
