"""Writing a proposal: created by a resident, edited by its authors. Each change of its text is a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.community import queries, whereabouts
from voting.core import authority, coordinates, lifecycle, proposals, texts
from voting.core.authority import Principal, Subject
from voting.core.proposals import PROPOSAL
from voting.deliberation import proposal_moves, proposal_queries, proposal_texts, sanctions, search, standing
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Proposal, ProposalAuthor
from voting.deliberation.proposal_texts import Text
from voting.errors import Invalid
from voting.ids import timed_id


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS-84, degrees."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed, for whom and where."""

    title: Mapping[str, str]
    body: Mapping[str, str]
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    location: Position | None = None


def create(session: Session, principal: Principal, community_id: str, draft: Draft, *, now: datetime) -> Loaded:
    """Write a draft that only its author sees."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "proposal.create", Subject(community_id, kind="proposal"))
    sanctions.refuse(session, principal, "propose", at)
    text = proposal_texts.checked(Text(draft.title, draft.body))
    members = _placed(session, community_id, draft)
    proposal = Proposal(id=timed_id("prp", at), community_id=community_id, created_at=at, **members)
    session.add(proposal)
    session.flush()
    kept = proposal_texts.write(session, proposal, text, principal.id, at)
    author = ProposalAuthor(
        proposal_id=proposal.id, person_id=principal.id, community_id=community_id, state="accepted", since=at
    )
    session.add(author)
    session.flush()
    loaded = Loaded(proposal, (author,), at)
    proposal_moves.note(session, principal, loaded, "drafted", None, text=kept.text_hash, facts={"number": 1})
    return loaded


def edit(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    changes: Mapping[str, Any],
    *,
    minor: bool = False,
    note: str | None = None,
) -> Loaded:
    """Change members (names as in `Draft`). Another title or body is another version; `note` says what changed.

    While support is gathered another place is another version as well, and whom it concerns stays: Invalid `scope_settled`.
    """
    proposal = loaded.proposal
    sanctions.refuse(session, principal, "propose", loaded.now)
    stands, forbids = (
        proposal_queries.facts(session, principal, loaded),
        authority.forbids(principal, "proposal", loaded.subject),
    )
    lifecycle.move(PROPOSAL, proposal.state, "edit", stands, forbids=forbids)
    draft = _draft_of(session, proposal, changes)
    text = proposal_texts.checked(Text(draft.title, draft.body))
    note = None if note is None else texts.accept(note, "/note", most=proposals.MOST_NOTE)
    is_moved = _move(proposal, _placed(session, proposal.community_id, draft))
    before = kept = proposal_queries.version(session, proposal.id, proposal.number)
    is_worded = (before.title, before.body) != (text.title, text.body)
    found = proposals.revision(
        minor=minor,
        text=is_worded,
        place=is_moved,
        language=not set(before.body) <= set(text.body),
        unreadable=before.erased_at is not None,
    )
    if found != "none":
        minor = found == "minor"
        proposal.number += 1
        proposal.major = proposal.major if minor else proposal.number
        kept = proposal_texts.write(session, proposal, text, principal.id, loaded.now, minor=minor, note=note)
        search.shelve(session, proposal, kept)
        standing.revise(proposal)
    session.flush()
    facts: dict[str, Any] = {"number": kept.number, "minor": kept.minor, "members": sorted(changes)}
    proposal_moves.note(session, principal, loaded, "edited", proposal.state, text=kept.text_hash, facts=facts)
    return loaded


def _move(proposal: Proposal, columns: Mapping[str, Any]) -> bool:
    """Set what it is about, and whom it concerns. Whether that moved it while support is gathered."""
    changed = {name for name, value in columns.items() if getattr(proposal, name) != value}
    gathers = proposal.state == "gathering_support"
    if gathers and changed & {"scope", "building_id", "unit_id"}:
        raise Invalid.at("/unit_id" if "unit_id" in changed else "/building_id", "scope_settled")
    for name in changed:
        setattr(proposal, name, columns[name])
    return gathers and bool(changed & {"longitude_e7", "latitude_e7"})


def _draft_of(session: Session, proposal: Proposal, changes: Mapping[str, Any]) -> Draft:
    text = proposal_queries.version(session, proposal.id, proposal.number)
    now: dict[str, Any] = {
        "title": text.title,
        "body": text.body,
        "category": proposal.category,
        "building_id": proposal.building_id if proposal.scope == "building" else None,
        "unit_id": proposal.unit_id,
        "location": position_of(proposal),
    }
    return Draft(**(now | dict(changes)))


def position_of(proposal: Proposal) -> Position | None:
    """Where the proposal is about."""
    if proposal.longitude_e7 is None or proposal.latitude_e7 is None:
        return None
    return Position(proposal.longitude_e7 / coordinates.E7, proposal.latitude_e7 / coordinates.E7)


def _placed(session: Session, community_id: str, draft: Draft) -> dict[str, Any]:
    """The columns that say what it is about. Raises `Invalid` where a place is not of the community."""
    category = draft.category
    place = draft.location
    about = whereabouts.found(session, community_id, draft.building_id, draft.unit_id)
    return {
        "category": None if category is None else texts.accept(category, "/category", most=40),
        "scope": about.scope,
        "building_id": about.building_id,
        "unit_id": about.unit_id,
        "longitude_e7": None if place is None else coordinates.stored(place.longitude),
        "latitude_e7": None if place is None else coordinates.stored(place.latitude),
    }
