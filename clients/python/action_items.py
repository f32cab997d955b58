"""Action items: what is to be done after an activity, by whom and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clients.python.answers import Resource
from clients.python.calls import Call, Page, if_match, one, page_of, path, present


@dataclass(frozen=True, kw_only=True)
class ActionItem(Resource):
    """An action item. One person or one role is responsible; `text` is empty once it is erased."""

    community_id: str
    activity_id: str
    state: str
    since: datetime
    due_on: str
    """A day of the community, YYYY-MM-DD."""
    text_hash: str
    created_at: datetime
    text: str | None = None
    reason: str | None = None
    responsible_person_id: str | None = None
    responsible_role: str | None = None
    is_mine: bool = False
    erased_at: datetime | None = None
    salt: str | None = None


def add(
    activity_id: str,
    text: str,
    due_on: date,
    *,
    responsible_person_id: str | None = None,
    responsible_role: str | None = None,
) -> Call[ActionItem]:
    """Say what is to be done after an activity that took place; name a person or a role."""
    body = present(
        text=text,
        due_on=due_on.isoformat(),
        responsible_person_id=responsible_person_id,
        responsible_role=responsible_role,
    )
    where = path("activities", activity_id, "action-items")
    return Call("POST", where, one(ActionItem), json=body, creates=True)


def get(item_id: str) -> Call[ActionItem]:
    """One action item."""
    return Call("GET", path("action-items", item_id), one(ActionItem))


def list_(
    community_id: str,
    *,
    activity_id: str | None = None,
    state: str | None = None,
    responsible_role: str | None = None,
    mine: bool | None = None,
) -> Call[Page[ActionItem]]:
    """The action items of a community, newest first, or those the filters leave."""
    query = present(activity_id=activity_id, state=state, responsible_role=responsible_role, mine=mine)
    return Call("GET", path("communities", community_id, "action-items"), page_of(ActionItem), query=query)


def edit(item_id: str, etag: str, **changes: Any) -> Call[ActionItem]:
    """Give it to somebody else, or another day; `etag` is that of the item that was read."""
    return Call("PATCH", path("action-items", item_id), one(ActionItem), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def complete(item_id: str) -> Call[ActionItem]:
    """Say that it is done."""
    return Call("POST", path("action-items", item_id, "complete"), one(ActionItem))


def drop(item_id: str, reason: str) -> Call[ActionItem]:
    """Say that it will not be done, and why."""
    return Call("POST", path("action-items", item_id, "drop"), one(ActionItem), json={"reason": reason})


def reopen(item_id: str, reason: str) -> Call[ActionItem]:
    """Say that it is to be done after all, and why."""
    return Call("POST", path("action-items", item_id, "reopen"), one(ActionItem), json={"reason": reason})


def erase(item_id: str, reason: str) -> Call[ActionItem]:
    """Forget what was to be done. Its hash in the journal stands."""
    return Call("POST", path("action-items", item_id, "erase"), one(ActionItem), json={"reason": reason})
