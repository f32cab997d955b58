"""Reads of minutes: one, their versions, how one became another. Drafts are read by those who organise, what is published by
everybody of the community."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from voting.community import queries
from voting.community.queries import Action
from voting.core import authority, lifecycle, paragraphs
from voting.core.activities import MINUTES, MinutesFacts
from voting.core.authority import Principal, Subject
from voting.core.paragraphs import Step
from voting.errors import NotFound
from voting.log import journal
from voting.log.tables import Event
from voting.programme import activity_queries
from voting.programme.tables import Activity, Minutes, MinutesVersion
from voting.roll.queries import known


@dataclass(frozen=True, slots=True)
class Loaded:
    """Minutes with their activity, and the community's time."""

    minutes: Minutes
    activity: Activity
    now: datetime

    @property
    def subject(self) -> Subject:
        """What authority sees: minutes lie where their activity does."""
        about = activity_queries.subject_of(self.activity)
        return Subject(about.community_id, about.building_id, about.unit_id, kind="minutes")


@dataclass(frozen=True, slots=True)
class View:
    """Minutes as this caller sees them."""

    minutes: Minutes
    text: MinutesVersion
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one language of one version became that of another."""

    locale: str
    steps: tuple[Step, ...]


def load(
    session: Session,
    principal: Principal,
    minutes_id: str,
    now: datetime,
    act: str = "minutes.read",
    *,
    hold: bool = False,
) -> Loaded:
    """The minutes, if the caller may do `act` to them. Of drafts only those who organise know. `hold` keeps the row."""
    known(principal)
    minutes = session.get(Minutes, minutes_id, with_for_update=hold or None, populate_existing=hold)
    if minutes is None or not authority.belongs(principal, minutes.community_id):
        raise NotFound("minutes_not_found", id=minutes_id)
    activity = session.get_one(Activity, minutes.activity_id)
    at = queries.community_time(session, principal, minutes.community_id, now)
    loaded = Loaded(minutes, activity, at)
    if minutes.published_number is None and not reads_drafts(principal, loaded.subject):
        raise NotFound("minutes_not_found", id=minutes_id)
    authority.require(principal, act, loaded.subject)
    return loaded


def reads_drafts(principal: Principal, subject: Subject) -> bool:
    """Whether the caller is one of those who organise there."""
    return authority.may(principal, "minutes.read_draft", subject).allowed


def version(session: Session, minutes_id: str, number: int) -> MinutesVersion:
    """One version of what minutes say."""
    found = session.get(MinutesVersion, (minutes_id, number))
    if found is None:
        raise NotFound("minutes_version_not_found", id=minutes_id, number=number)
    return found


def facts(session: Session, minutes: Minutes) -> MinutesFacts:
    """What the guards look at."""
    return MinutesFacts(version(session, minutes.id, minutes.number).erased_at is not None)


def view(session: Session, principal: Principal, loaded: Loaded) -> View:
    """The minutes and what this caller could do to them."""
    minutes = loaded.minutes
    blocked = lifecycle.survey(MINUTES, minutes.state, facts(session, minutes)).blocked
    actions = []
    for command in MINUTES.offered:
        decision = authority.may(principal, f"minutes.{command}", loaded.subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    return View(minutes, version(session, minutes.id, minutes.number), tuple(actions))


def versions(
    session: Session, principal: Principal, minutes_id: str, *, after: int | None, limit: int, now: datetime
) -> tuple[MinutesVersion, ...]:
    """At most `limit` versions behind the number `after`, oldest first: those that were published, and for those who
    organise the drafts before."""
    loaded = load(session, principal, minutes_id, now)
    first = _first(principal, loaded)
    query = select(MinutesVersion).where(
        MinutesVersion.minutes_id == minutes_id,
        col(MinutesVersion.number) >= first,
        col(MinutesVersion.number) > (after or 0),
    )
    return tuple(session.exec(query.order_by(col(MinutesVersion.number)).limit(limit)))


def compare(
    session: Session, principal: Principal, minutes_id: str, old: int, new: int, *, now: datetime
) -> tuple[Comparison, ...]:
    """How version `old` became version `new`, in every language that one of them has."""
    loaded = load(session, principal, minutes_id, now)
    first = _first(principal, loaded)
    for number in (old, new):
        if number < first:
            raise NotFound("minutes_version_not_found", id=minutes_id, number=number)
    before, after = version(session, minutes_id, old).body, version(session, minutes_id, new).body
    return tuple(
        Comparison(locale, paragraphs.compare(before.get(locale, ""), after.get(locale, "")))
        for locale in sorted({*before, *after})
    )


def events(
    session: Session, principal: Principal, minutes_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[Event, ...]:
    """At most `limit` events of minutes behind the event id `after`, oldest first, for those who watch over them."""
    load(session, principal, minutes_id, now, "minutes.read_events")
    return journal.of(session, "minutes", minutes_id, after, limit)


def _first(principal: Principal, loaded: Loaded) -> int:
    """The first version that the caller may read."""
    return 1 if reads_drafts(principal, loaded.subject) else loaded.minutes.published_number or 1
