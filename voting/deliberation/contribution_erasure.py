"""Erasing everything that a person who leaves has contributed: what they said and wrote, and that it was them.

What others built on stays: places in threads, figures of reactions and support, texts that others write too. What was said or
decided in an office stays with the office: answers to proposals, decisions of cases, who reviewed what. The journal stays as it
is; with the salts gone its entries tell nobody any more who acted, or what was written, and every proof stays valid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, String, and_, or_, type_coerce, update
from sqlmodel import Session, col, select

from voting.access import idempotency
from voting.community import events, queries, search_index
from voting.community.clock import now_in
from voting.community.tables import Community, Person
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.deliberation import comment_erasure, proposal_erasure
from voting.deliberation.attachment_store import Shelf
from voting.deliberation.endorsement_reads import ERASED
from voting.deliberation.proposal_tables import Attachment
from voting.log import publication
from voting.log.tables import Event
from voting.store import empty_log, transact, writer

_OWN: Mapping[str, tuple[str, ...]] = {
    "proposal": ("drafted", "edited", "submitted", "withdrawn", "split", "lapsed"),
    "proposal_author": ("invited", "accepted", "left"),
    "endorsement": ("endorsed", "confirmed", "withdrawn", "moved"),
    "amendment": ("proposed", "accepted", "rejected", "promoted", "taken_back"),
    "attachment": ("added",),
    "comment": ("posted", "edited", "retracted"),
    "comment_summary": ("written", "edited"),
    "moderation_case": ("opened", "flagged", "hidden_for_review", "appealed", "dropped"),
}
"""Kind of subject → what somebody does there for themselves, not in an office."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What of a person was erased: kind → how many."""

    person_id: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a higher floor keeps of persons: it is named by whoever calls, since no floor imports a higher one."""

    own: Mapping[str, tuple[str, ...]]
    """As `_OWN`."""
    of_person: Callable[[Session, Person, datetime], Mapping[str, int]]
    """Erase it: kind → how many. Called while the events still name the person."""


def erase(
    engine: Engine,
    principal: Principal,
    person_id: str,
    shelf: Shelf,
    *,
    beyond: Sequence[Beyond] = (),
    dry_run: bool = False,
    now: datetime,
) -> Erased:
    """Erase it in one transaction, or only tell how much there is. Another call finds nothing left and does no harm.

    Raises Unavailable, with nothing changed in the database, where the store of files does not answer.
    """
    if dry_run:
        with writer(engine) as session:
            return of_person(session, principal, person_id, shelf, beyond=beyond, dry_run=True, now=now)
    found = transact(engine, lambda session: of_person(session, principal, person_id, shelf, beyond=beyond, now=now))
    empty_log(engine)
    return found


def of_person(
    session: Session,
    principal: Principal,
    person_id: str,
    shelf: Shelf,
    *,
    beyond: Sequence[Beyond] = (),
    dry_run: bool = False,
    now: datetime,
) -> Erased:
    """Erase it in the transaction at hand. With `dry_run` no file is touched; the transaction must be rolled back."""
    person = queries.one(session, principal, Person, person_id)
    authority.require(principal, "person.erase_contributions", Subject(person.community_id, kind="person"))
    at = now_in(session.get_one(Community, person.community_id), now)
    written = proposal_erasure.written_by(session, person)
    # Which removals of files were the person's own must be asked before their authorship is forgotten.
    above = {kind: count for floor in beyond for kind, count in floor.of_person(session, person, at).items()}
    own = dict(_OWN) | {kind: acts for floor in beyond for kind, acts in floor.own.items()}
    events_forgotten = _forget_events(session, person, [proposal.id for proposal in written], own)
    counts = above | comment_erasure.of_person(session, person)
    counts |= proposal_erasure.of_person(session, person, written, at)
    if any(counts.values()):
        search_index.compact(session)
    idempotency.forget(session, person_id)
    counts["attachments"] = proposal_erasure.files_of_person(session, principal, person, shelf, at, dry_run=dry_run)
    session.expire_all()
    told = dict(sorted(counts.items())) | {"events": events_forgotten}
    events.record(session, principal, person.community_id, ("person", person_id), ERASED, now, None, **told)
    return Erased(person_id, told)


def _forget_events(session: Session, person: Person, written: list[str], acts: Mapping[str, tuple[str, ...]]) -> int:
    """Forget that it was them, and why they did it, and that others named them; how many events were theirs."""
    here = col(Event.community_id) == person.community_id
    own = [and_(col(Event.subject_kind) == kind, col(Event.kind).in_(kinds)) for kind, kinds in acts.items()]
    files = select(Attachment.id).where(col(Attachment.proposal_id).in_(written))
    removed = and_(
        col(Event.subject_kind) == "attachment", col(Event.kind) == "removed", col(Event.subject_id).in_(files)
    )
    theirs = publication.forget_actor(session, here, col(Event.actor_id) == person.id, or_(*own, removed))
    named = col(Event.subject_kind) == "proposal_author", _names(person.id)
    session.execute(update(Event).where(here, *named).values(facts={}).execution_options(synchronize_session=False))
    return theirs


def _names(person_id: str) -> ColumnElement[bool]:
    return type_coerce(col(Event.facts), String).contains(f'"{person_id}"', autoescape=True)
