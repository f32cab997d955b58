"""What comments may hang on: a kind and an id, resolved to its community, its place in it and whether it takes comments
now.

A kind is one function. Those of contests, of problem reports and of minutes name their tables instead of importing them:
contests stand beside deliberation, redesign and the programme above it. An option that names a person is a candidate: it has
one thread, of the kind `candidate`, which `option` leads to as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import column, select, table
from sqlmodel import Session

from voting.community.clock import now_in
from voting.community.tables import Community
from voting.core import authority, moderation
from voting.core.authority import Principal, Subject
from voting.deliberation import candidacies
from voting.deliberation.proposal_tables import Proposal
from voting.errors import NotFound, Unauthenticated
from voting.store import Instant

_CONTEST = table("contest", column("id"), column("community_id"), column("roll_id"), column("state"))
_OPTION = table("contest_option", column("id"), column("contest_id"), column("position"), column("person_id"))
_ROLL = table("roll", column("id"), column("scope"))
_REPORT = table(
    "problem_report",
    *(column(name) for name in ("id", "community_id", "state", "building_id", "unit_id", "standing")),
    column("hidden_until", Instant),
)
_MINUTES = table("minutes", column("id"), column("community_id"), column("state"), column("activity_id"))
_ACTIVITY = table("activity", column("id"), column("building_id"), column("unit_id"))
_SILENT = frozenset({"draft", "certified", "annulled"})
"""States of a contest in which nobody comments: it is not asked yet, or it is over for good."""
_ENDED = frozenset({"withdrawn", "lapsed", "merged", "split", "archived"})
"""States in which a proposal is over. Before its publication nobody knows of it."""
_ELSEWHERE = frozenset({"withdrawn", "duplicate"})
"""States in which nobody talks about a problem report: it was taken back, or the talk is at the one it leads to."""


@dataclass(frozen=True, slots=True)
class Found:
    """A subject as its kind knows it."""

    community_id: str
    is_open: bool
    building_id: str | None = None
    unit_id: str | None = None
    contest_id: str | None = None
    kind: str | None = None
    """Where it is kept under another kind than it was asked for."""
    candidates: frozenset[str] = frozenset()
    """Persons who stand in its contest."""
    candidate_id: str | None = None
    """The person whom it is about."""
    standing: str = "visible"
    """How moderation stands with it."""
    hidden_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything said under one subject."""

    kind: str
    id: str
    community: Community
    found: Found
    now: datetime
    """The community's own time."""

    @property
    def key(self) -> str:
        """`kind:id`."""
        return f"{self.kind}:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether comments are taken."""
        return self.obstacle is None

    @property
    def obstacle(self) -> str | None:
        """Why no comments are taken: it is over, or not shown to everybody."""
        if not self.found.is_open:
            return "thread_closed"
        return moderation.obstacle("subject", self.found.standing, self.found.hidden_until, self.now)

    def subject(self, person_id: str | None = None) -> Subject:
        """What authority sees; `person_id` wrote what it is about."""
        found = self.found
        return Subject(
            found.community_id,
            building_id=found.building_id,
            unit_id=found.unit_id,
            contest_id=found.contest_id,
            person_id=person_id,
            kind="thread",
            candidates=found.candidates,
        )


def _contest(session: Session, identifier: str) -> Found | None:
    row = session.execute(
        select(_CONTEST.c.community_id, _CONTEST.c.state, _ROLL.c.scope)
        .join(_ROLL, _ROLL.c.id == _CONTEST.c.roll_id)
        .where(_CONTEST.c.id == identifier)
    ).first()
    if row is None:
        return None
    scope = json.loads(row.scope)
    only = scope["ids"][0] if len(scope.get("ids", ())) == 1 else None
    return Found(
        row.community_id,
        row.state not in _SILENT,
        building_id=only if scope.get("kind") == "building" else None,
        unit_id=only if scope.get("kind") == "unit" else None,
        contest_id=identifier,
        candidates=candidacies.of_contest(session, identifier),
    )


def _option(session: Session, identifier: str) -> Found | None:
    row = session.execute(select(_OPTION.c.contest_id, _OPTION.c.person_id).where(_OPTION.c.id == identifier)).first()
    found = None if row is None else _contest(session, row.contest_id)
    if row is None or found is None or row.person_id is None:
        return found
    return replace(found, kind="candidate", candidate_id=row.person_id)


def _candidate(session: Session, identifier: str) -> Found | None:
    found = _option(session, identifier)
    return found if found is not None and found.candidate_id is not None else None


def _proposal(session: Session, identifier: str) -> Found | None:
    row = session.get(Proposal, identifier)
    if row is None or row.published_at is None:
        return None
    return Found(
        row.community_id,
        row.state not in _ENDED,
        building_id=row.building_id,
        unit_id=row.unit_id,
        standing=row.standing,
        hidden_until=row.hidden_until,
    )


def _problem_report(session: Session, identifier: str) -> Found | None:
    row = session.execute(select(_REPORT).where(_REPORT.c.id == identifier)).first()
    if row is None:
        return None
    return Found(
        row.community_id,
        row.state not in _ELSEWHERE,
        building_id=row.building_id,
        unit_id=row.unit_id,
        standing=row.standing,
        hidden_until=row.hidden_until,
    )


def _minutes(session: Session, identifier: str) -> Found | None:
    found = session.execute(
        select(_MINUTES.c.community_id, _ACTIVITY.c.building_id, _ACTIVITY.c.unit_id)
        .join(_ACTIVITY, _ACTIVITY.c.id == _MINUTES.c.activity_id)
        .where(_MINUTES.c.id == identifier, _MINUTES.c.state == "published")
    ).first()
    if found is None:
        return None
    return Found(found.community_id, is_open=True, building_id=found.building_id, unit_id=found.unit_id)


KINDS: Mapping[str, Callable[[Session, str], Found | None]] = {
    "contest": _contest,
    "option": _option,
    "candidate": _candidate,
    "proposal": _proposal,
    "problem_report": _problem_report,
    "minutes": _minutes,
}
"""Kind → how one of it is found."""


def thread(session: Session, principal: Principal, kind: str, identifier: str, now: datetime) -> Thread:
    """The thread of a subject of the caller's community. Raises Unauthenticated for strangers, else NotFound."""
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    find = KINDS.get(kind)
    found = find(session, identifier) if find else None
    if found is None or not authority.belongs(principal, found.community_id):
        raise NotFound("thread_not_found", kind=kind[:40], id=identifier[:60], kinds=", ".join(KINDS))
    community = session.get_one(Community, found.community_id)
    return Thread(found.kind or kind, identifier, community, found, now_in(community, now))


def hold(session: Session, kind: str, identifier: str) -> None:
    """Keep a subject that may be hidden as it is until the transaction ends, shared with everybody who says something there:
    what is said stands before the hiding, or is refused."""
    if kind == "proposal":
        session.get(Proposal, identifier, with_for_update={"read": True}, populate_existing=True)


def of_key(session: Session, principal: Principal, key: str, now: datetime) -> Thread:
    """The thread of a stored key."""
    kind, _, identifier = key.partition(":")
    return thread(session, principal, kind, identifier, now)


def options_of(session: Session, contest_id: str) -> tuple[tuple[str, str], ...]:
    """The ids of a contest's options in ballot order, each with the key of its thread."""
    found = select(_OPTION.c.id, _OPTION.c.person_id).where(_OPTION.c.contest_id == contest_id)
    rows = session.execute(found.order_by(_OPTION.c.position))
    return tuple((one, f"option:{one}" if person is None else f"candidate:{one}") for one, person in rows)
