"""Minutes of activities: drafted, published, corrected, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clients.python.answers import Event, Resource
from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.proposal_answers import Comparison
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class Minutes(Resource):
    """Minutes as their newest version says them; `body` is locale → text, and empty once that version is erased."""

    community_id: str
    activity_id: str
    state: str
    since: datetime
    number: int
    created_at: datetime
    body: dict[str, str] = field(default_factory=dict)
    published_number: int | None = None
    reason: str | None = None
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class MinutesVersion(Record):
    """What minutes said once."""

    minutes_id: str
    number: int
    author_id: str
    created_at: datetime
    text_hash: str
    body: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    erased_at: datetime | None = None
    salt: str | None = None


def draft(activity_id: str, body: Mapping[str, str]) -> Call[Minutes]:
    """Begin the minutes of an activity that took place."""
    where = path("activities", activity_id, "minutes")
    return Call("POST", where, one(Minutes), json={"body": dict(body)}, creates=True)


def get(minutes_id: str) -> Call[Minutes]:
    """The minutes as they stand."""
    return Call("GET", path("minutes", minutes_id), one(Minutes))


def edit(minutes_id: str, etag: str, body: Mapping[str, str], *, reason: str | None = None) -> Call[Minutes]:
    """Another version; of what is published it is a correction, with its reason. `etag` is that of what was read."""
    said = present(body=dict(body), reason=reason)
    return Call("PATCH", path("minutes", minutes_id), one(Minutes), json=said, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def publish(minutes_id: str) -> Call[Minutes]:
    """Let everybody of the community read them."""
    return Call("POST", path("minutes", minutes_id, "publish"), one(Minutes))


def versions(minutes_id: str) -> Call[Page[MinutesVersion]]:
    """Everything they have said since their publication, oldest first."""
    return Call("GET", path("minutes", minutes_id, "versions"), page_of(MinutesVersion))


def compare(minutes_id: str, old: int, new: int) -> Call[Comparison]:
    """How one version became another, by paragraphs."""
    return Call("GET", path("minutes", minutes_id, "diff"), one(Comparison), query={"from": old, "to": new})


def erase_version(minutes_id: str, number: int, reason: str) -> Call[MinutesVersion]:
    """Forget what a version said. Its place and its hash in the journal stand."""
    where = path("minutes", minutes_id, "versions", str(number), "erase")
    return Call("POST", where, one(MinutesVersion), json={"reason": reason})


def events(minutes_id: str) -> Call[Page[Event]]:
    """What happened to them, oldest first."""
    return Call("GET", path("minutes", minutes_id, "events"), page_of(Event))
