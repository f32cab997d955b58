"""Reads of problem reports: one, a page of them, and what the caller may do. Everybody of a community reads what was
reported; who reported it is told to those who deal with it, and to the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, true
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from voting.community import queries
from voting.community.queries import Action
from voting.core import authority, lifecycle, moderation
from voting.core.authority import Principal, Subject
from voting.core.coordinates import Box
from voting.core.moderation import StandingFacts
from voting.core.problem_reports import REPORT, ReportFacts
from voting.deliberation import sanctions, standing
from voting.deliberation.standing import Sight
from voting.errors import NotFound
from voting.log import journal
from voting.log.tables import Event
from voting.redesign.tables import ProblemConfirmation, ProblemReport, ProblemReportVersion
from voting.roll.queries import known

READ_HIDDEN = "problem_report.read_hidden"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A report, and the community's time."""

    report: ProblemReport
    now: datetime

    @property
    def subject(self) -> Subject:
        """What authority sees: one of a building or a unit lies within it, and is about its reporter."""
        return subject_of(self.report)


@dataclass(frozen=True, slots=True)
class View:
    """A report as this caller sees it. Actions, and where a duplicate leads, are left to the view of one."""

    report: ProblemReport
    text: ProblemReportVersion | None
    """Nothing where it is not shown to this caller: `sight` says why."""
    is_mine: bool
    confirmed_by_me: bool
    shows_reporter: bool
    actions: tuple[Action, ...] = ()
    end: ProblemReport | None = None
    """The report that a duplicate leads to in the end."""
    sight: Sight = field(default_factory=Sight)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports of a community are wanted; what is empty does not matter."""

    state: str | None = None
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    author_id: str | None = None
    box: Box | None = None
    newest_first: bool = True


def subject_of(report: ProblemReport) -> Subject:
    """What authority sees of a report."""
    return Subject(
        report.community_id, report.building_id, report.unit_id, person_id=report.author_id, kind="problem_report"
    )


def is_reporter(principal: Principal, report: ProblemReport) -> bool:
    """Whether the caller reported it."""
    return principal.kind == "person" and report.author_id == principal.id


def handles(principal: Principal, report: ProblemReport) -> bool:
    """Whether the caller is one of those who deal with problems there."""
    return authority.may(principal, "problem_report.resolve", subject_of(report)).allowed


def load(
    session: Session,
    principal: Principal,
    report_id: str,
    now: datetime,
    act: str = "problem_report.read",
    *,
    hold: bool = False,
) -> Loaded:
    """The report, if the caller may do `act` to it. `hold` keeps its row until the transaction ends."""
    known(principal)
    report = session.get(ProblemReport, report_id, with_for_update=hold or None, populate_existing=hold)
    if report is None or not authority.belongs(principal, report.community_id):
        raise NotFound("problem_report_not_found", id=report_id)
    loaded = Loaded(report, queries.community_time(session, principal, report.community_id, now))
    authority.require(principal, act, loaded.subject)
    return loaded


def facts(session: Session, principal: Principal, report: ProblemReport, now: datetime) -> ReportFacts:
    """What the guards of the machine look at."""
    follows = select(ProblemReport.id).where(ProblemReport.duplicate_of == report.id).limit(1)
    return ReportFacts(
        is_reporter=is_reporter(principal, report),
        handles=handles(principal, report),
        confirmations=report.confirmations,
        has_confirmed=report.id in confirmed_by(session, principal, [report.id]),
        duplicates=len(session.exec(follows).all()),
        against_text=moderation.obstacle("report", report.standing, report.hidden_until, now),
        hidden_until=standing.hidden_until(report, now),
    )


def sight_of(principal: Principal, report: ProblemReport, now: datetime) -> Sight:
    """Whether this caller is shown what it says."""
    is_author = is_reporter(principal, report)
    return standing.sight(principal, report, READ_HIDDEN, subject_of(report), is_author=is_author, now=now)


def confirmed_by(session: Session, principal: Principal, report_ids: Sequence[str]) -> frozenset[str]:
    """Those of the reports that the caller has confirmed."""
    if principal.kind != "person" or not report_ids:
        return frozenset()
    query = select(ProblemConfirmation.report_id).where(
        col(ProblemConfirmation.report_id).in_(report_ids), ProblemConfirmation.person_id == principal.id
    )
    return frozenset(session.exec(query))


def version(session: Session, report_id: str, number: int) -> ProblemReportVersion:
    """One version of what a report says."""
    found = session.get(ProblemReportVersion, (report_id, number))
    if found is None:
        raise NotFound("report_version_not_found", id=report_id, number=number)
    return found


def view(session: Session, principal: Principal, loaded: Loaded) -> View:
    """The report and what this caller could do to it."""
    report, subject = loaded.report, loaded.subject
    blocked = lifecycle.survey(REPORT, report.state, facts(session, principal, report, loaded.now)).blocked
    actions = []
    for command in REPORT.offered:
        decision = authority.may(principal, f"problem_report.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    forbidden = sanctions.against(session, principal, loaded.now)
    found = standing_facts(session, principal, report)
    actions.append(standing.flag_action(principal, report, "problem_report.flag", subject, found, forbidden))
    (line,) = lines(session, principal, [report], loaded.now)
    return replace(line, actions=tuple(actions), end=end_of(session, report) if report.duplicate_of else None)


def end_of(session: Session, report: ProblemReport, *, hold: bool = False) -> ProblemReport:
    """The report that this one leads to: itself, unless it is a duplicate. `hold` keeps every row on the way."""
    while report.duplicate_of is not None:
        report = session.get_one(
            ProblemReport, report.duplicate_of, with_for_update=hold or None, populate_existing=hold
        )
    return report


def standing_facts(session: Session, principal: Principal, report: ProblemReport) -> StandingFacts:
    """What the guards of a flag look at."""
    return standing.facts(session, principal, report, is_author=is_reporter(principal, report), is_public=True)


def lines(session: Session, principal: Principal, reports: Sequence[ProblemReport], now: datetime) -> tuple[View, ...]:
    """The reports as this caller sees them in a list, by three statements however many they are."""
    ids = [report.id for report in reports]
    query = (
        select(ProblemReportVersion)
        .join(ProblemReport, col(ProblemReport.id) == col(ProblemReportVersion.report_id))
        .where(col(ProblemReport.id).in_(ids), col(ProblemReportVersion.number) == col(ProblemReport.number))
    )
    texts = {text.report_id: text for text in session.exec(query)} if ids else {}
    confirmed = confirmed_by(session, principal, ids)
    sights = {report.id: sight_of(principal, report, now) for report in reports}
    return tuple(
        View(
            report,
            texts[report.id] if sights[report.id].is_shown else None,
            is_reporter(principal, report),
            report.id in confirmed,
            authority.may(principal, "problem_report.read_reporter", subject_of(report)).allowed,
            sight=sights[report.id],
        )
        for report in reports
    )


def page(
    session: Session,
    principal: Principal,
    community_id: str,
    wanted: Filter,
    *,
    after: str | None,
    limit: int,
    with_actions: bool = False,
    now: datetime,
) -> tuple[View, ...]:
    """At most `limit` reports of a community behind the id `after`; `with_actions` each as it is read alone."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "problem_report.read", Subject(community_id, kind="problem_report"))
    query = statement(community_id, wanted, after)
    if wanted.category is not None or wanted.box is not None:
        query = query.where(known_by_text(principal, community_id, at))
    found = session.exec(query.limit(limit)).all()
    if with_actions:
        return tuple(view(session, principal, Loaded(row, at)) for row in found)
    return lines(session, principal, found, at)


def known_by_text(principal: Principal, community_id: str, now: datetime) -> Any:
    """What this caller may find by its category or its place, as a condition: a tombstone tells neither."""
    if standing.sees_hidden(principal, READ_HIDDEN, Subject(community_id), is_author=False):
        return true()
    shown = standing.shown(ProblemReport, now)
    return or_(shown, col(ProblemReport.author_id) == principal.id) if principal.kind == "person" else shown


def statement(community_id: str, wanted: Filter, after: str | None) -> SelectOfScalar[ProblemReport]:
    """The reports that are wanted, in their order: a range of one index, whatever the depth."""
    query = select(ProblemReport).where(ProblemReport.community_id == community_id, *_wanted(wanted))
    key = col(ProblemReport.id)
    if after is not None:
        query = query.where(key < after if wanted.newest_first else key > after)
    return query.order_by(key.desc() if wanted.newest_first else key)


def _wanted(wanted: Filter) -> list[Any]:
    names = ("state", "category", "building_id", "unit_id", "author_id")
    given = {name: getattr(wanted, name) for name in names}
    conditions: list[Any] = [
        col(getattr(ProblemReport, name)) == value for name, value in given.items() if value is not None
    ]
    return conditions if wanted.box is None else [*conditions, within(wanted.box)]


def within(box: Box) -> Any:
    """What `Box.holds` says, as a condition of a query."""
    longitude, latitude = col(ProblemReport.longitude_e7), col(ProblemReport.latitude_e7)
    across = (
        longitude.between(box.west, box.east)
        if box.west <= box.east
        else or_(longitude >= box.west, longitude <= box.east)
    )
    return and_(latitude.between(box.south, box.north), across)


def versions(
    session: Session, principal: Principal, report_id: str, *, after: int | None, limit: int, now: datetime
) -> tuple[tuple[ProblemReportVersion, bool], ...]:
    """At most `limit` versions behind the number `after`, oldest first, and whether the caller may know whose they are; none
    of a report that this caller is not shown."""
    loaded = load(session, principal, report_id, now)
    if not sight_of(principal, loaded.report, loaded.now).is_shown:
        return ()
    shows = authority.may(principal, "problem_report.read_reporter", loaded.subject).allowed
    query = select(ProblemReportVersion).where(
        ProblemReportVersion.report_id == report_id, col(ProblemReportVersion.number) > (after or 0)
    )
    found = session.exec(query.order_by(col(ProblemReportVersion.number)).limit(limit))
    return tuple((row, shows) for row in found)


def events(
    session: Session, principal: Principal, report_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[Event, ...]:
    """At most `limit` events of a report behind the event id `after`, oldest first, for those who watch over it."""
    load(session, principal, report_id, now, "problem_report.read_events")
    return journal.of(session, "problem_report", report_id, after, limit)
