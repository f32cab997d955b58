"""Reads of activities: one, a page of them in the order of their beginnings, and what the caller may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select

from voting.community import queries
from voting.community.queries import Action
from voting.core import authority, lifecycle
from voting.core.activities import ACTIVITY, ActivityFacts
from voting.core.authority import Principal, Subject
from voting.errors import Invalid, NotFound
from voting.log import journal
from voting.log.tables import Event
from voting.programme.tables import ActionItem, Activity, Minutes
from voting.roll.queries import known

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An activity, and the community's time."""

    activity: Activity
    now: datetime

    @property
    def subject(self) -> Subject:
        """What authority sees: one of a building or a unit lies within it."""
        return subject_of(self.activity)


@dataclass(frozen=True, slots=True)
class View:
    """An activity as this caller sees it."""

    activity: Activity
    minutes_id: str | None
    """Its minutes, where this caller may read them."""
    actions: tuple[Action, ...]

    @property
    def key(self) -> tuple[int, str]:
        """Its place in a list: microseconds from 1970 to its beginning, and its id."""
        return (self.activity.starts_at - _EPOCH) // _MICROSECOND, self.activity.id


@dataclass(frozen=True, slots=True)
class Filter:
    """Which activities of a community are wanted; what is empty does not matter."""

    state: str | None = None
    kind: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    latest_first: bool = True


def subject_of(activity: Activity) -> Subject:
    """What authority sees of an activity."""
    return Subject(activity.community_id, activity.building_id, activity.unit_id, kind="activity")


def load(
    session: Session,
    principal: Principal,
    activity_id: str,
    now: datetime,
    act: str = "activity.read",
    *,
    hold: bool = False,
) -> Loaded:
    """The activity, if the caller may do `act` to it. `hold` keeps its row until the transaction ends."""
    known(principal)
    activity = session.get(Activity, activity_id, with_for_update=hold or None, populate_existing=hold)
    if activity is None or not authority.belongs(principal, activity.community_id):
        raise NotFound("activity_not_found", id=activity_id)
    loaded = Loaded(activity, queries.community_time(session, principal, activity.community_id, now))
    authority.require(principal, act, loaded.subject)
    return loaded


@dataclass(frozen=True, slots=True)
class _Yield:
    """What came of activities: their minutes, and how many of their action items are open."""

    minutes: Mapping[str, Minutes]
    open_items: Mapping[str, int]


def facts(session: Session, loaded: Loaded) -> ActivityFacts:
    """What the guards look at."""
    return _facts(loaded, _yield(session, [loaded.activity]))


def _facts(loaded: Loaded, came: _Yield) -> ActivityFacts:
    activity = loaded.activity
    minutes = came.minutes.get(activity.id)
    state = None if minutes is None else minutes.state
    is_erased = activity.erased_at is not None
    return ActivityFacts(loaded.now, activity.starts_at, is_erased, state, came.open_items.get(activity.id, 0))


def _yield(session: Session, activities: Sequence[Activity]) -> _Yield:
    """By two statements, however many activities there are."""
    ids = sorted(activity.id for activity in activities)
    minutes = select(Minutes).where(col(Minutes.activity_id).in_(ids))
    items = select(ActionItem.activity_id, func.count()).where(
        col(ActionItem.activity_id).in_(ids), ActionItem.state == "open"
    )
    counted = session.exec(items.group_by(col(ActionItem.activity_id)))
    return _Yield({one.activity_id: one for one in session.exec(minutes)}, {row[0]: row[1] for row in counted})


def view(session: Session, principal: Principal, loaded: Loaded) -> View:
    """The activity and what this caller could do to it."""
    return _view(principal, loaded, _yield(session, [loaded.activity]))


def _view(principal: Principal, loaded: Loaded, came: _Yield) -> View:
    minutes = came.minutes.get(loaded.activity.id)
    blocked = lifecycle.survey(ACTIVITY, loaded.activity.state, _facts(loaded, came)).blocked
    actions = []
    for command in ACTIVITY.offered:
        decision = authority.may(principal, f"activity.{command}", loaded.subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    shown = minutes is not None and (
        minutes.published_number is not None or authority.may(principal, "minutes.read_draft", loaded.subject).allowed
    )
    return View(loaded.activity, minutes.id if minutes is not None and shown else None, tuple(actions))


def page(
    session: Session,
    principal: Principal,
    community_id: str,
    wanted: Filter,
    *,
    after: Key | None,
    limit: int,
    now: datetime,
) -> tuple[View, ...]:
    """At most `limit` activities of a community behind the key `after`, by their beginnings."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "activity.read", Subject(community_id, kind="activity"))
    query = select(Activity).where(Activity.community_id == community_id, *_wanted(wanted))
    starts, key = col(Activity.starts_at), col(Activity.id)
    if after is not None:
        instant, identifier = _place(after)
        beyond = starts < instant if wanted.latest_first else starts > instant
        behind = key < identifier if wanted.latest_first else key > identifier
        query = query.where(or_(beyond, and_(starts == instant, behind)))
    order = (starts.desc(), key.desc()) if wanted.latest_first else (starts, key)
    found = session.exec(query.order_by(*order).limit(limit)).all()
    came = _yield(session, found)
    return tuple(_view(principal, Loaded(activity, at), came) for activity in found)


def events(
    session: Session, principal: Principal, activity_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[Event, ...]:
    """At most `limit` events of an activity behind the event id `after`, oldest first, for those who watch over it."""
    load(session, principal, activity_id, now, "activity.read_events")
    return journal.of(session, "activity", activity_id, after, limit)


def _wanted(wanted: Filter) -> list[Any]:
    given = {name: getattr(wanted, name) for name in ("state", "kind", "building_id", "unit_id")}
    return [col(getattr(Activity, name)) == value for name, value in given.items() if value is not None]


def _place(after: Key) -> tuple[datetime, str]:
    """Raises Invalid for a cursor that somebody made up."""
    if tuple(map(type, after)) != (int, str) or not 0 <= int(after[0]) <= _LATEST:
        raise Invalid.at("/cursor", "cursor_invalid")
    return _EPOCH + int(after[0]) * _MICROSECOND, str(after[1])
