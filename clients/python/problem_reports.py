"""Problem reports: what a resident saw, where and when, and what became of it. The text is in one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.python.answers import Event, Resource
from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class End(Record):
    """The report that a duplicate leads to."""

    id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ProblemReport(Resource):
    """A report. `location` is a GeoJSON point in the datum `crs`; `author_id` is told to few."""

    community_id: str
    state: str
    since: datetime
    number: int
    """The version of what it says."""
    observed_at: datetime
    created_at: datetime
    location: dict[str, Any] | None = None
    """Nothing where what it says is not shown."""
    observation: str | None = None
    tombstone: str | None = None
    """Why everybody else is not shown what it says."""
    standing: str = "visible"
    rule_id: str | None = None
    hidden_until: datetime | None = None
    case_id: str | None = None
    erased: bool = False
    reason: str | None = None
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    crs: str = "wgs84"
    author_id: str | None = None
    is_mine: bool = False
    confirmations: int = 0
    confirmed_by_me: bool = False
    duplicate_of: str | None = None
    leads_to: End | None = None


@dataclass(frozen=True, kw_only=True)
class ReportVersion(Record):
    """What a report said once; its place in WGS-84, in 10⁻⁷ degrees."""

    report_id: str
    number: int
    longitude_e7: int
    latitude_e7: int
    observed_at: datetime
    created_at: datetime
    text_hash: str
    observation: str | None = None
    author_id: str | None = None
    erased_at: datetime | None = None
    salt: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportNear(ProblemReport):
    """A report that may be about the same: how far it is, rounded up, and the share of the asked words it holds (`2/3`)."""

    metres: int
    likeness: str


def create(
    community_id: str,
    observation: str,
    location: tuple[float, float],
    *,
    category: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    observed_at: datetime | None = None,
) -> Call[ProblemReport]:
    """Report what was seen at `location` (longitude, latitude in WGS-84), now unless it is said when."""
    body = present(
        observation=observation,
        location={"type": "Point", "coordinates": list(location)},
        category=category,
        building_id=building_id,
        unit_id=unit_id,
        observed_at=None if observed_at is None else observed_at.isoformat(),
    )
    return Call("POST", path("communities", community_id, "problem-reports"), one(ProblemReport), json=body,
                creates=True)  # fmt: skip


def get(report_id: str, *, crs: str | None = None) -> Call[ProblemReport]:
    """One report, its place in the datum `crs` (wgs84 or gcj02)."""
    return Call("GET", path("problem-reports", report_id), one(ProblemReport), query=present(crs=crs))


def list_(
    community_id: str,
    *,
    state: str | None = None,
    category: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    mine: bool | None = None,
    order: str | None = None,
) -> Call[Page[ProblemReport]]:
    """The reports of a community, or those the filters leave."""
    query = present(state=state, category=category, building_id=building_id, unit_id=unit_id, mine=mine, order=order)
    return Call("GET", path("communities", community_id, "problem-reports"), page_of(ProblemReport), query=query)


def near(
    community_id: str, location: tuple[float, float], *, metres: int = 50, q: str | None = None
) -> Call[Page[ReportNear]]:
    """What may have been reported already at a place (longitude, latitude) or in the same words."""
    longitude, latitude = map(str, location)
    query = present(longitude=longitude, latitude=latitude, metres=metres, q=q)
    return Call("GET", path("communities", community_id, "problem-reports", "near"), page_of(ReportNear), query=query)


def edit(report_id: str, etag: str, **changes: Any) -> Call[ProblemReport]:
    """Change one's own; `etag` is that of the report that was read. Whatever changes makes another version."""
    return Call("PATCH", path("problem-reports", report_id), one(ProblemReport), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def versions(report_id: str) -> Call[Page[ReportVersion]]:
    """What it has said, oldest first."""
    return Call("GET", path("problem-reports", report_id, "versions"), page_of(ReportVersion))


def erase_version(report_id: str, number: int, reason: str) -> Call[ReportVersion]:
    """Forget what a version said. Its place and its hash in the journal stand."""
    where = path("problem-reports", report_id, "versions", str(number), "erase")
    return Call("POST", where, one(ReportVersion), json={"reason": reason})


def events(report_id: str) -> Call[Page[Event]]:
    """What happened to it, oldest first."""
    return Call("GET", path("problem-reports", report_id, "events"), page_of(Event))


def _move(verb: str, summary: str) -> Callable[..., Call[ProblemReport]]:
    def build(report_id: str) -> Call[ProblemReport]:
        return Call("POST", path("problem-reports", report_id, verb), one(ProblemReport))

    build.__doc__ = summary
    build.__name__ = verb
    return build


def _reasoned(verb: str, summary: str) -> Callable[..., Call[ProblemReport]]:
    def build(report_id: str, reason: str | None = None) -> Call[ProblemReport]:
        where = path("problem-reports", report_id, verb)
        return Call("POST", where, one(ProblemReport), json=present(reason=reason))

    build.__doc__ = summary
    build.__name__ = verb
    return build


confirm = _move("confirm", "Say that one has the problem too.")
take_back = _move("take_back", "Have it no longer.")
acknowledge = _move("acknowledge", "Say that somebody has read it and will deal with it.")
start = _move("start", "Begin to deal with it.")
withdraw = _reasoned("withdraw", "Take one's own report back.")
resolve = _reasoned("resolve", "Say what was done.")
dismiss = _reasoned("dismiss", "Say why nothing will be done; the reason is required.")
reopen = _reasoned("reopen", "Say that the problem is there still, or again.")


def flag(report_id: str, rule_id: str, note: str | None = None) -> Call[ProblemReport]:
    """Say which rule a report breaks. Enough of that hides what it says until it is reviewed."""
    body = present(rule_id=rule_id, note=note)
    return Call("POST", path("problem-reports", report_id, "flag"), one(ProblemReport), json=body)


def mark_duplicate(report_id: str, duplicate_of: str, reason: str | None = None) -> Call[ProblemReport]:
    """Find that it repeats another report."""
    body = present(duplicate_of=duplicate_of, reason=reason)
    return Call("POST", path("problem-reports", report_id, "mark_duplicate"), one(ProblemReport), json=body)
