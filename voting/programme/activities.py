"""Activities: announced, changed, held, closed or cancelled by those who organise them. Each move holds the row, asks the
machine, changes the state and writes one event, with the hash of what is announced."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from voting.access import idempotency
from voting.community import queries, whereabouts
from voting.core import activities, authority, lifecycle, texts
from voting.core.activities import ACTIVITY
from voting.core.authority import Principal, Subject
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.core.lifecycle import written
from voting.errors import Conflict, Invalid
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.programme import activity_queries, minutes_queries, minutes_search
from voting.programme.activity_queries import Loaded
from voting.programme.tables import Activity, Minutes

_DONE = {"hold": "held", "close": "closed", "cancel": "cancelled"}
"""Command → what the event says of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is announced: what it is, where and when, and the level of participation it is to deliver."""

    kind: str
    level: int
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    building_id: str | None = None
    unit_id: str | None = None


def create(session: Session, principal: Principal, community_id: str, draft: Draft, *, now: datetime) -> Loaded:
    """Announce an activity. Everybody of the community reads it."""
    at = queries.community_time(session, principal, community_id, now)
    columns = _checked(session, community_id, draft)
    about = Subject(community_id, columns["building_id"], columns["unit_id"], kind="activity")
    authority.require(principal, "activity.create", about)
    activity = Activity(
        id=timed_id("atv", at), community_id=community_id, since=at, created_at=at, **columns, **_sealed(columns)
    )
    session.add(activity)
    loaded = Loaded(activity, at)
    note(session, principal, loaded, "announced", None)
    return loaded


def edit(session: Session, principal: Principal, loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """Change members (names as in `Draft`) of a held activity before it has taken place."""
    activity = loaded.activity
    lifecycle.move(ACTIVITY, activity.state, "edit", activity_queries.facts(session, loaded))
    before = _columns(activity)
    columns = _checked(session, activity.community_id, _changed(before, changes))
    about = Subject(activity.community_id, columns["building_id"], columns["unit_id"], kind="activity")
    authority.require(principal, "activity.edit", about)
    if columns == before:
        return loaded
    for name, value in (columns | _sealed(columns)).items():
        setattr(activity, name, value)
    note(session, principal, loaded, "edited", activity.state, facts={"members": sorted(changes)})
    return loaded


def give(
    session: Session, principal: Principal, activity_id: str, command: str, *, reason: str | None = None, now: datetime
) -> Loaded:
    """Give one of the commands of `_DONE`."""
    loaded = activity_queries.load(session, principal, activity_id, now, f"activity.{command}", hold=True)
    activity, before = loaded.activity, loaded.activity.state
    state = lifecycle.move(ACTIVITY, before, command, activity_queries.facts(session, loaded), reason)
    if reason is not None:
        reason = texts.accept(reason, "/reason", most=activities.MOST_REASON)
    activity.state, activity.since, activity.reason = state, loaded.now, reason
    note(session, principal, loaded, _DONE[command], before, reason=reason)
    return loaded


def erase(session: Session, principal: Principal, activity_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Forget what an activity is called and where it is, and the salt. Its place and its hash stand; the reason is told."""
    loaded = activity_queries.load(session, principal, activity_id, now, "activity.erase", hold=True)
    activity = loaded.activity
    if activity.erased_at is not None:
        raise Conflict("text_erased_already")
    lifecycle.check_reason(reason, "erase")
    activity.title, activity.place, activity.salt, activity.erased_at = {}, None, None, loaded.now
    idempotency.forget(session, activity_id)
    minutes = session.exec(select(Minutes).where(Minutes.activity_id == activity.id)).first()
    if minutes is not None:
        minutes_search.shelve(session, activity, minutes, minutes_queries.version(session, minutes.id, minutes.number))
    note(session, principal, loaded, "erased", activity.state, reason=reason)
    return loaded


def document(columns: Mapping[str, Any]) -> str:
    """What is hashed: canonical JSON of what is announced, each member left out where there is none."""
    instants = {name: written(columns[name]) for name in ("starts_at", "ends_at")}
    members = {name: value for name, value in (dict(columns) | instants).items() if value is not None}
    return canonical.encode(members).decode()


def note(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    kind: str,
    from_state: str | None,
    *,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> None:
    """Write what happened to the activity."""
    session.flush()
    journal.record(
        session,
        community_id=loaded.activity.community_id,
        subject_kind="activity",
        subject_id=loaded.activity.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=from_state,
        to_state=loaded.activity.state,
        reason=reason,
        text=loaded.activity.text_hash,
        facts=facts,
    )


def _checked(session: Session, community_id: str, draft: Draft) -> dict[str, Any]:
    """The draft as columns, its texts in NFC and its place of this community. Raises `Invalid`."""
    if draft.ends_at <= draft.starts_at:
        raise Invalid.at("/ends_at", "ends_before_it_starts")
    if draft.level not in activities.LEVELS:
        raise Invalid.at("/level", "out_of_bounds", bound=f"{activities.LEVELS[0]} … {activities.LEVELS[-1]}")
    about = whereabouts.found(session, community_id, draft.building_id, draft.unit_id)
    return {
        "kind": texts.accept(draft.kind, "/kind", most=activities.MOST_KIND),
        "level": draft.level,
        "title": texts.accept_local(draft.title, "/title", most=activities.MOST_TITLE),
        "place": None if draft.place is None else texts.accept(draft.place, "/place", most=activities.MOST_PLACE),
        "building_id": about.building_id,
        "unit_id": about.unit_id,
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
    }


def _columns(activity: Activity) -> dict[str, Any]:
    names = ("kind", "level", "title", "place", "building_id", "unit_id", "starts_at", "ends_at")
    return {name: getattr(activity, name) for name in names}


def _changed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> Draft:
    """What is announced after the changes. Naming a building or a unit takes the place of the other."""
    stood = dict(before)
    if {"building_id", "unit_id"} & set(changes):
        stood |= {"building_id": None, "unit_id": None}
    elif stood["unit_id"] is not None:
        stood["building_id"] = None
    return Draft(**(stood | dict(changes)))


def _sealed(columns: Mapping[str, Any]) -> dict[str, Any]:
    salt = secrets.token_bytes(SIZE)
    return {"salt": salt, "text_hash": journal_entries.text_hash(salt, document(columns))}
