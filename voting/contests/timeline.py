"""What happens next in a contest: each step with when it may be, by which clause, and whether it is done.

Instants that the law or the terms set are bounds of a step. A step cannot be taken before the last of its bounds; what nobody
can know yet (the publication has no date before it happens) has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from voting.community import documents
from voting.community.tables import Community
from voting.contests import queries, ruling
from voting.contests.queries import Loaded
from voting.contests.ruling import Bound
from voting.contests.tables import Contest
from voting.core.authority import Principal
from voting.core.rules import clocks
from voting.core.rules.form import Words
from voting.log.tables import Event

DONE: Mapping[str, frozenset[str]] = {
    "notice": frozenset({"noticed_at"}),
    "open": frozenset({"opened_at"}),
    "close": frozenset({"closed_at"}),
    "publish": frozenset({"provisional_at"}),
}
"""Step → the column that says when it was taken."""

STEPS: Mapping[str, tuple[str, ...]] = {
    "here": ("notice", "open", "close", "count", "publish", "certify"),
    "external": ("notice", "record", "publish", "certify"),
}
"""By where the contest is held."""

_ANNULLED = "annulled"
_OVER = ("certified", _ANNULLED, "inconclusive")
_REACHED: Mapping[str, str] = {
    "draft": "notice",
    "noticed": "open",
    "open": "close",
    "closed": "count",
    "counted": "publish",
    "recounted": "publish",
    "recorded": "publish",
    "provisional": "certify",
    "challenged": "certify",
    "inconclusive": "publish",
}
"""State → the step that comes next."""

WORDS: Mapping[str, Words] = {
    "notice_days": {"zh": "表决程序：公示天数", "en": "terms of the contest: days of notice"},
    "objection_days": {"zh": "表决程序：异议天数", "en": "terms of the contest: days of objection"},
    "opens_at": {"zh": "公告：开始时间", "en": "notice: beginning of the window"},
    "closes_at": {"zh": "公告：截止时间", "en": "notice: end of the window"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `at` is when it was taken, `from_at` when it may be at the earliest, `until_at` at the latest."""

    name: str
    state: str
    """done | next | later | dropped"""
    at: datetime | None
    from_at: datetime | None
    until_at: datetime | None
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a contest for one caller: `actions` are the commands with the reason against each, or nothing."""

    loaded: Loaded
    time_zone: str
    steps: tuple[Step, ...]
    actions: Mapping[str, str | None]


def of(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Timeline:
    """The timeline of a contest, for whoever may read it."""
    loaded = queries.load(session, principal, contest_id, now)
    contest = loaded.contest
    zone = session.get_one(Community, contest.community_id).time_zone
    bounds, stood = _bounds(session, loaded), _stood(session, contest)
    steps = tuple(
        _step(contest, stood, name, bounds.get(name, ()), _until(session, loaded, name))
        for name in STEPS[contest.channel]
    )
    return Timeline(loaded, zone, steps, queries.view(session, principal, loaded).actions)


def _stood(session: Session, contest: Contest) -> str:
    """How far the contest came: its state, or the one in which it was annulled."""
    if contest.state != _ANNULLED:
        return contest.state
    annulled = select(Event.from_state).where(
        Event.subject_kind == "contest", Event.subject_id == contest.id, Event.kind == _ANNULLED
    )
    return session.exec(annulled).first() or "draft"


def _bounds(session: Session, loaded: Loaded) -> dict[str, tuple[Bound, ...]]:
    contest, terms = loaded.contest, loaded.terms
    opens = [Bound("opens_at", contest.opens_at, WORDS["opens_at"], True)]
    if contest.noticed_at is not None and terms.notice_days:
        opens.append(_days("notice_days", contest.noticed_at, terms.notice_days))
    certify = list(ruling.certifies_from(session, contest))
    if contest.provisional_at is not None and terms.objection_days:
        certify.append(_days("objection_days", contest.provisional_at, terms.objection_days))
    return {
        "open": (*opens, *ruling.opens_from(session, contest, loaded.roll)),
        "record": (Bound("closes_at", contest.closes_at, WORDS["closes_at"], True),),
        "close": (Bound("closes_at", contest.closes_at, WORDS["closes_at"], True),),
        "certify": tuple(certify),
    }


def _days(name: str, since: datetime, days: int) -> Bound:
    return Bound(name, since + timedelta(days=days), WORDS[name], True)


def _until(session: Session, loaded: Loaded, name: str) -> datetime | None:
    """The latest instant of a step so that the announced window can be kept."""
    contest = loaded.contest
    if name == "open":
        return contest.closes_at
    if name != "notice" or contest.noticed_at is not None:
        return None
    latest = [contest.opens_at - timedelta(days=loaded.terms.notice_days)]
    rule = ruling.of(contest)
    zone = ZoneInfo(session.get_one(Community, contest.community_id).time_zone)
    for clock in rule.clocks if rule is not None else ():
        if clock.what == "notice" and clock.bound == "min":
            calendar = documents.calendar(session, contest.community_id, rule.calendar if rule is not None else "cn")
            day = clocks.begins_at_latest(contest.opens_at, clocks.of(clock), calendar, zone)
            latest.append(clocks.midnight_after(day, zone))
    return min(latest).astimezone(UTC)


def _step(contest: Contest, stood: str, name: str, bounds: tuple[Bound, ...], until: datetime | None) -> Step:
    taken = {column: getattr(contest, column) for column in DONE.get(name, ())}
    at = next((instant for instant in taken.values() if instant is not None), None)
    steps = STEPS[contest.channel]
    following = _REACHED.get(stood, "")
    if contest.channel == "external" and following == "open":
        following = "record"
    reached = steps.index(following) if following in steps else len(steps)
    place = steps.index(name)
    if at is not None or place < reached:
        state = "done"
    elif contest.state in _OVER:
        state = "dropped"
    else:
        state = "next" if place == reached else "later"
    return Step(name, state, at, ruling.latest(bounds), until if state != "done" else None, bounds)
