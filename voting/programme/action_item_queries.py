"""Reads of action items: one, a page of them, and what the caller may do. Everybody of a community reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from voting.community import queries
from voting.community.queries import Action
from voting.core import authority, lifecycle
from voting.core.action_items import ACTION_ITEM, ItemFacts
from voting.core.authority import Principal, Subject
from voting.errors import NotFound
from voting.programme import activity_queries
from voting.programme.tables import ActionItem, Activity
from voting.roll.queries import known


@dataclass(frozen=True, slots=True)
class Loaded:
    """An action item with its activity, and the community's time."""

    item: ActionItem
    activity: Activity
    now: datetime

    @property
    def subject(self) -> Subject:
        """What authority sees: an item lies where its activity does."""
        about = activity_queries.subject_of(self.activity)
        return Subject(about.community_id, about.building_id, about.unit_id, kind="action_item")


@dataclass(frozen=True, slots=True)
class View:
    """An action item as this caller sees it."""

    item: ActionItem
    is_mine: bool
    """Whether the caller is the person who is responsible, or has the role that is."""
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which action items of a community are wanted; what is empty does not matter."""

    activity_id: str | None = None
    state: str | None = None
    responsible_person_id: str | None = None
    responsible_role: str | None = None


def load(
    session: Session,
    principal: Principal,
    item_id: str,
    now: datetime,
    act: str = "action_item.read",
    *,
    hold: bool = False,
) -> Loaded:
    """The action item, if the caller may do `act` to it. `hold` keeps its activity's row and its own, in this order."""
    known(principal)
    found = session.get(ActionItem, item_id)
    if found is None or not authority.belongs(principal, found.community_id):
        raise NotFound("action_item_not_found", id=item_id)
    if hold:
        # Whoever closes an activity counts what is open in it: an item is not opened again meanwhile.
        activity = session.get_one(Activity, found.activity_id, with_for_update=True, populate_existing=True)
        found = session.get_one(ActionItem, item_id, with_for_update=True, populate_existing=True)
    else:
        activity = session.get_one(Activity, found.activity_id)
    loaded = Loaded(found, activity, queries.community_time(session, principal, found.community_id, now))
    authority.require(principal, act, loaded.subject)
    return loaded


def is_mine(principal: Principal, loaded: Loaded) -> bool:
    """Whether the caller is the person who is responsible, or has the role that is."""
    item = loaded.item
    if item.responsible_role is not None:
        return item.responsible_role in authority.roles_over(principal, loaded.subject)
    return principal.kind == "person" and item.responsible_person_id == principal.id


def facts(principal: Principal, loaded: Loaded) -> ItemFacts:
    """What the guards look at."""
    organises = authority.may(principal, "action_item.drop", loaded.subject).allowed
    return ItemFacts(organises, is_mine(principal, loaded), loaded.activity.state)


def view(principal: Principal, loaded: Loaded) -> View:
    """The action item and what this caller could do to it."""
    blocked = lifecycle.survey(ACTION_ITEM, loaded.item.state, facts(principal, loaded)).blocked
    actions = []
    for command in ACTION_ITEM.offered:
        decision = authority.may(principal, f"action_item.{command}", loaded.subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    return View(loaded.item, is_mine(principal, loaded), tuple(actions))


def page(
    session: Session,
    principal: Principal,
    community_id: str,
    wanted: Filter,
    *,
    after: str | None,
    limit: int,
    now: datetime,
) -> tuple[View, ...]:
    """At most `limit` action items of a community behind the id `after`, newest first."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "action_item.read", Subject(community_id, kind="action_item"))
    query = select(ActionItem, Activity).join(Activity, col(Activity.id) == col(ActionItem.activity_id))
    query = query.where(ActionItem.community_id == community_id, *_wanted(wanted))
    if after is not None:
        query = query.where(col(ActionItem.id) < after)
    found = session.exec(query.order_by(col(ActionItem.id).desc()).limit(limit)).all()
    return tuple(view(principal, Loaded(item, activity, at)) for item, activity in found)


def _wanted(wanted: Filter) -> list[Any]:
    names = ("activity_id", "state", "responsible_person_id", "responsible_role")
    given = {name: getattr(wanted, name) for name in names}
    return [col(getattr(ActionItem, name)) == value for name, value in given.items() if value is not None]
