"""Paper ballots: batches, and the papers given out of them.

An elector who is given paper is checked off by the same conditional update as one who casts online, so that the first channel
wins. Whose paper is whose is kept nowhere: the check-off says `paper`, the batch says how many. Batches of a contest are
shuffled piles; nothing of a ballot is known before it is keyed (`voting.contests.paper_keying`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from voting.community.queries import Action
from voting.contests import queries, statements_signed
from voting.contests.queries import Loaded
from voting.contests.tables import PaperBatch, PaperKeying, Participation
from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.core.paper import PAPER, PaperFacts, Sheets
from voting.errors import Conflict, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact


@dataclass(frozen=True, slots=True)
class Held:
    """A batch with its contest; for a move both rows are held."""

    batch: PaperBatch
    loaded: Loaded


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as this caller sees it. `keyings` are how many tellers have keyed it."""

    batch: PaperBatch
    keyings: int
    actions: tuple[Action, ...]


def create(session: Session, principal: Principal, contest_id: str, *, label: str, now: datetime) -> BatchView:
    """A batch of an open contest: one table, one ballot bag, one building. `Conflict` where who voted how is kept."""
    loaded = queries.load(session, principal, contest_id, now, "paper.create", hold=True)
    if loaded.contest.state != "open":
        raise Conflict("contest_not_open", state=loaded.contest.state)
    if loaded.contest.secrecy == "open":
        # Of an open vote it is kept whose ballot lies in which slot; whose paper is whose is kept nowhere.
        raise Conflict("open_vote_takes_no_paper")
    batch = PaperBatch(
        id=timed_id("pbt", loaded.now),
        community_id=loaded.contest.community_id,
        contest_id=contest_id,
        label=label,
        created_at=loaded.now,
    )
    session.add(batch)
    session.flush()
    held = Held(batch, loaded)
    record(session, principal, held, "paper_batch_created")
    return view(session, principal, held)


def issue(session: Session, principal: Principal, batch_id: str, *, entry_id: str, now: datetime) -> BatchView:
    """Give an elector paper. Raises `Conflict` `already_cast` when they have cast or have been given paper before."""
    held, _ = begin(session, principal, batch_id, "issue", now)
    contest = held.loaded.contest
    of_contest = update(Participation).where(col(Participation.contest_id) == contest.id)
    free = of_contest.where(col(Participation.entry_id) == entry_id, col(Participation.channel).is_(None))
    given = session.execute(free.values(channel="paper"))
    assert isinstance(given, CursorResult)
    if given.rowcount != 1:
        if session.get(Participation, (contest.id, entry_id)) is None:
            raise NotFound("entry_not_in_contest", id=entry_id)
        raise Conflict("already_cast")
    held.batch.issued += 1
    return _end(session, principal, held, "paper_issued")


def spoil(session: Session, principal: Principal, batch_id: str, *, replaced: bool, now: datetime) -> BatchView:
    """Take a spoiled paper back, and give out another for it unless the elector wants none."""
    held, _ = begin(session, principal, batch_id, "spoil", now)
    held.batch.spoiled += 1
    if replaced:
        held.batch.issued += 1
        held.batch.replaced += 1
    return _end(session, principal, held, "paper_spoiled", replaced=replaced)


def return_(session: Session, principal: Principal, batch_id: str, *, unreturned: int, now: datetime) -> BatchView:
    """End the giving out: so many papers never came back, all others are in the pile. May be put right until it is keyed."""
    held, state = begin(session, principal, batch_id, "return", now)
    batch = held.batch
    sheets = Sheets(batch.issued, batch.spoiled, unreturned)
    if sheets.count < 0:
        raise Invalid.at(
            "/unreturned", "more_unreturned_than_issued", most=batch.issued - batch.spoiled, got=unreturned
        )
    batch.unreturned, batch.count, batch.state = unreturned, sheets.count, state
    return _end(session, principal, held, "paper_returned", unreturned=unreturned, count=sheets.count)


def read(session: Session, principal: Principal, batch_id: str, *, now: datetime) -> BatchView:
    """A batch: how many papers, never which marks."""
    return view(session, principal, load(session, principal, batch_id, "read", now))


def page(
    session: Session, principal: Principal, contest_id: str, *, after: str | None = None, limit: int = 50, now: datetime
) -> tuple[BatchView, ...]:
    """At most `limit` batches of a contest behind the id `after`, oldest first."""
    loaded = queries.load(session, principal, contest_id, now, "paper.read")
    query = select(PaperBatch).where(PaperBatch.contest_id == contest_id)
    if after is not None:
        query = query.where(col(PaperBatch.id) > after)
    found = session.exec(query.order_by(col(PaperBatch.id)).limit(limit)).all()
    return tuple(view(session, principal, Held(batch, loaded)) for batch in found)


def load(
    session: Session, principal: Principal, batch_id: str, command: str, now: datetime, *, hold: bool = False
) -> Held:
    """The batch and its contest, if the caller may do `command`. The contest's row is held first, as casts hold it."""
    contest_id = session.exec(select(PaperBatch.contest_id).where(PaperBatch.id == batch_id)).one_or_none()
    if contest_id is None:
        raise NotFound("paper_batch_not_found", id=batch_id)
    try:
        loaded = queries.load(session, principal, contest_id, now, f"paper.{command}", hold=hold)
    except NotFound as error:
        raise NotFound("paper_batch_not_found", id=batch_id) from error
    batch = session.get_one(PaperBatch, batch_id, with_for_update=hold or None, populate_existing=hold)
    return Held(batch, loaded)


def begin(session: Session, principal: Principal, batch_id: str, command: str, now: datetime) -> tuple[Held, str]:
    """The batch and its contest, held, and the state the command leads to."""
    held = load(session, principal, batch_id, command, now, hold=True)
    return held, lifecycle.move(PAPER, held.batch.state, command, facts(session, principal, held))


def facts(session: Session, principal: Principal, held: Held) -> PaperFacts:
    """What the guards of the batch look at."""
    batch, loaded = held.batch, held.loaded
    statement = statements_signed.batch(session, loaded.contest, batch.id) if batch.state == "matched" else None
    return PaperFacts(
        contest_is_open=loaded.contest.state == "open",
        window_is_over=loaded.now >= loaded.contest.closes_at,
        unspoiled=batch.issued - batch.spoiled,
        has_keyed=session.get(PaperKeying, (batch.id, principal.id)) is not None,
        is_signed=statement is not None and statement.is_signed,
    )


def view(session: Session, principal: Principal, held: Held) -> BatchView:
    """The batch with what this caller could do to it."""
    batch = held.batch
    blocked = lifecycle.survey(PAPER, batch.state, facts(session, principal, held)).blocked
    actions = []
    for command in PAPER.offered:
        decision = authority.may(principal, f"paper.{command}", held.loaded.subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    keyed = session.exec(select(PaperKeying.teller_id).where(PaperKeying.batch_id == batch.id)).all()
    return BatchView(batch, len(keyed), tuple(actions))


def record(session: Session, principal: Principal, held: Held, kind: str, **told: EventFact) -> None:
    """One event of the contest about a batch."""
    contest = held.loaded.contest
    session.flush()
    journal.record(
        session,
        community_id=contest.community_id,
        subject_kind="contest",
        subject_id=contest.id,
        kind=kind,
        actor_id=principal.id,
        now=held.loaded.now,
        from_state=contest.state,
        to_state=contest.state,
        facts={"batch": held.batch.id} | told,
    )


def _end(session: Session, principal: Principal, held: Held, kind: str, **told: EventFact) -> BatchView:
    record(session, principal, held, kind, **told)
    return view(session, principal, held)
