"""Action items: what is to be done after an activity, by whom and until when. Each move holds the row, asks the machine,
changes the state and writes one event, with the hash of what is to be done."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from voting.access import idempotency
from voting.community.tables import Person
from voting.core import action_items, lifecycle, texts
from voting.core.action_items import ACTION_ITEM
from voting.core.activities import ACTIVITY
from voting.core.authority import GRANTED_ROLES, Principal
from voting.core.evidence import journal_entries
from voting.core.evidence.hashes import SIZE
from voting.errors import Conflict, Invalid
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.programme import action_item_queries, activity_queries
from voting.programme.action_item_queries import Loaded
from voting.programme.tables import ActionItem

_DONE = {"complete": "completed", "drop": "dropped", "reopen": "reopened"}
"""Command → what the event says of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be done, until when, and by one person or by whoever has a role."""

    text: str
    due_on: date
    responsible_person_id: str | None = None
    responsible_role: str | None = None


def create(session: Session, principal: Principal, activity_id: str, draft: Draft, *, now: datetime) -> Loaded:
    """Say what is to be done after an activity that took place. Everybody of the community reads it."""
    about = activity_queries.load(session, principal, activity_id, now, "activity.add_action_item", hold=True)
    lifecycle.move(ACTIVITY, about.activity.state, "add_action_item", activity_queries.facts(session, about))
    said = texts.accept(draft.text, "/text", most=action_items.MOST_TEXT)
    salt = secrets.token_bytes(SIZE)
    item = ActionItem(
        id=timed_id("aci", about.now),
        community_id=about.activity.community_id,
        activity_id=activity_id,
        since=about.now,
        text=said,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, said),
        due_on=draft.due_on,
        created_at=about.now,
        **_responsible(session, about.activity.community_id, draft.responsible_person_id, draft.responsible_role),
    )
    session.add(item)
    loaded = Loaded(item, about.activity, about.now)
    note(session, principal, loaded, "added", None)
    return loaded


def edit(session: Session, principal: Principal, loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """Give a held item to somebody else, or another day. Naming a person takes the place of a role, and the other way
    round."""
    item = loaded.item
    lifecycle.move(ACTION_ITEM, item.state, "edit", action_item_queries.facts(principal, loaded))
    person, role = item.responsible_person_id, item.responsible_role
    if {"responsible_person_id", "responsible_role"} & set(changes):
        person, role = changes.get("responsible_person_id"), changes.get("responsible_role")
    columns = _responsible(session, item.community_id, person, role)
    columns["due_on"] = changes.get("due_on", item.due_on)
    if all(getattr(item, name) == value for name, value in columns.items()):
        return loaded
    for name, value in columns.items():
        setattr(item, name, value)
    note(session, principal, loaded, "edited", item.state)
    return loaded


def give(
    session: Session, principal: Principal, item_id: str, command: str, *, reason: str | None = None, now: datetime
) -> Loaded:
    """Give one of the commands of `_DONE`."""
    loaded = action_item_queries.load(session, principal, item_id, now, f"action_item.{command}", hold=True)
    item, before = loaded.item, loaded.item.state
    state = lifecycle.move(ACTION_ITEM, before, command, action_item_queries.facts(principal, loaded), reason)
    if reason is not None:
        reason = texts.accept(reason, "/reason", most=action_items.MOST_REASON)
    item.state, item.since, item.reason = state, loaded.now, reason
    note(session, principal, loaded, _DONE[command], before, reason=reason)
    return loaded


def erase(session: Session, principal: Principal, item_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Forget what was to be done, and the salt. Its place and its hash stand; the reason is told."""
    loaded = action_item_queries.load(session, principal, item_id, now, "action_item.erase", hold=True)
    item = loaded.item
    if item.erased_at is not None:
        raise Conflict("text_erased_already")
    lifecycle.check_reason(reason, "erase")
    item.text, item.salt, item.erased_at = None, None, loaded.now
    idempotency.forget(session, item_id)
    note(session, principal, loaded, "erased", item.state, reason=reason)
    return loaded


def note(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    kind: str,
    from_state: str | None,
    *,
    reason: str | None = None,
) -> None:
    """Write what happened to the item. Who is responsible stands in the item, where it can be changed, and not here."""
    session.flush()
    item = loaded.item
    told: dict[str, EventFact] = {"activity": item.activity_id, "due_on": item.due_on.isoformat()}
    journal.record(
        session,
        community_id=item.community_id,
        subject_kind="action_item",
        subject_id=item.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=from_state,
        to_state=item.state,
        reason=reason,
        text=item.text_hash,
        facts=told,
    )


def _responsible(session: Session, community_id: str, person_id: str | None, role: str | None) -> dict[str, Any]:
    """Who is responsible, as columns. Raises `Invalid` unless it is one person of the community, or one role."""
    if (person_id is None) == (role is None):
        raise Invalid.at("/responsible_person_id", "one_responsible")
    if role is not None and role not in GRANTED_ROLES:
        raise Invalid.at("/responsible_role", "not_one_of", value=role[:60], allowed=GRANTED_ROLES)
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.community_id != community_id:
            raise Invalid.at("/responsible_person_id", "person_not_found", id=person_id[:60])
    return {"responsible_person_id": person_id, "responsible_role": role}
