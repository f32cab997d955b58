"""Two tellers key a batch, each alone; where they differ they look at the paper together, and both record what it says.

What a teller keyed is read by that teller alone. Once both are in, the two see the ballots in which they differ, and nobody
else does. When everything is settled the batch has its salt and its hash, and waits for the officials' signatures.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from voting.contests import paper, queries, statements_signed
from voting.contests.paper import BatchView, Held
from voting.contests.tables import BoxRow, PaperBatch, PaperKeying
from voting.core import ballot, box, lifecycle
from voting.core.authority import Principal
from voting.core.ballot import Form
from voting.core.box import Ranking
from voting.core.evidence import events, hashes
from voting.core.paper import PAPER, Keying, agreed, discrepancies
from voting.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from voting.log import logs

Marks = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One ballot that the two tellers have differently: as the caller has it now, and as the other."""

    number: int
    yours: Ranking
    other: Ranking


def key(session: Session, principal: Principal, batch_id: str, ballots: Sequence[Marks], *, now: datetime) -> BatchView:
    """Key the whole pile, in its order. The second keying is held against the first."""
    held, state = paper.begin(session, principal, batch_id, "key", now)
    _require_person(principal, "paper.key")
    batch, form = held.batch, _form(session, held)
    if len(ballots) != batch.count:
        raise Invalid.at("/ballots", "paper_count_differs", expected=batch.count or 0, got=len(ballots))
    packed = [_packed(form, marks, f"/ballots/{place}").hex() for place, marks in enumerate(ballots)]
    keying = PaperKeying(
        batch_id=batch.id, teller_id=principal.id, community_id=batch.community_id, ballots=packed, resolved={}
    )
    session.add(keying)
    batch.state = state
    session.flush()
    both = _both(session, held, form)
    if both is None:
        paper.record(session, principal, held, "paper_keyed")
    else:
        batch.discrepancies = len(discrepancies(*both))
        kind = "paper_matched" if _compare(session, principal, held, both) else "paper_keyed"
        paper.record(session, principal, held, kind, discrepancies=batch.discrepancies)
    return paper.view(session, principal, held)


def resolve(
    session: Session, principal: Principal, batch_id: str, resolutions: Mapping[int, Marks], *, now: datetime
) -> BatchView:
    """Record what the paper of the named ballots says, after both looked. It stands when the other records the same."""
    held, _ = paper.begin(session, principal, batch_id, "resolve", now)
    _require_person(principal, "paper.resolve")
    form = _form(session, held)
    both = _both(session, held, form)
    assert both is not None, "the batch is discrepant"
    differing = {one.number for one in discrepancies(*both)}
    faults = [Fault(f"/resolutions/{n}", "ballot_not_in_question", {"number": n}) for n in set(resolutions) - differing]
    if faults or not resolutions:
        raise Invalid(faults or [Fault("/resolutions", "nothing_resolved")])
    row = session.get_one(PaperKeying, (batch_id, principal.id))
    packed = {n: _packed(form, marks, f"/resolutions/{n}").hex() for n, marks in resolutions.items()}
    row.resolved = row.resolved | {str(number): ballot for number, ballot in packed.items()}
    session.flush()
    both = _both(session, held, form)
    assert both is not None, "both keyings are there"
    kind = "paper_matched" if _compare(session, principal, held, both) else "paper_resolved"
    paper.record(session, principal, held, kind, ballots=len(resolutions), discrepancies=held.batch.discrepancies)
    return paper.view(session, principal, held)


def own(session: Session, principal: Principal, batch_id: str, *, now: datetime) -> tuple[Ranking, ...]:
    """What the caller keyed, as it stands after what they resolved. `NotFound` where they keyed nothing."""
    held = paper.load(session, principal, batch_id, "key", now)
    row = session.get(PaperKeying, (batch_id, principal.id))
    if row is None:
        raise NotFound("no_keying_of_yours", id=batch_id)
    keying = _keying(row, _form(session, held))
    return tuple(keying.at(number) for number in range(1, len(keying.ballots) + 1))


def differences(session: Session, principal: Principal, batch_id: str, *, now: datetime) -> tuple[Difference, ...]:
    """The ballots in which the two tellers differ now, for these two alone, and not before both are in."""
    held = paper.load(session, principal, batch_id, "resolve", now)
    rows = _rows(session, held.batch)
    mine = next((row for row in rows if row.teller_id == principal.id), None)
    if mine is None:
        raise Forbidden("tellers_only", act="paper.resolve", roles=[], scope="")
    if len(rows) < 2:
        raise Conflict("other_keying_missing")
    form = _form(session, held)
    other = next(row for row in rows if row is not mine)
    found = discrepancies(_keying(mine, form), _keying(other, form))
    return tuple(Difference(one.number, one.first, one.second) for one in found)


def enter(session: Session, principal: Principal, batch_id: str, *, now: datetime) -> BatchView:
    """Put a signed batch into the box, under slots that nobody can guess, and tell the log. The keyings go."""
    held, state = paper.begin(session, principal, batch_id, "enter", now)
    batch, contest = held.batch, held.loaded.contest
    form = _form(session, held)
    both = _both(session, held, form)
    ballots = agreed(*both) if both is not None else None
    statement = statements_signed.batch(session, contest, batch.id)
    assert ballots is not None, "the keyings agree"
    assert statement is not None, "it is signed"
    assert batch.salt is not None, "a matched batch has one"
    for number, ranking in enumerate(ballots, start=1):
        slot = hashes.paper_slot(batch.salt, batch.id, number)
        session.add(BoxRow(contest_id=contest.id, slot=slot, seq=0, ballot=box.pack(ranking, form.places)))
    batch.number, batch.note, batch.state = _next_number(session, batch), statement.note.data, state
    session.execute(delete(PaperKeying).where(col(PaperKeying.batch_id) == batch.id))
    logs.append_event(session, contest.id, _event(held))
    paper.record(session, principal, held, "paper_entered", number=batch.number, count=len(ballots))
    return paper.view(session, principal, held)


def _compare(session: Session, principal: Principal, held: Held, both: tuple[Keying, Keying]) -> bool:
    """Where everything is settled, fix what the batch holds. Whether it is."""
    batch = held.batch
    ballots = agreed(*both)
    facts = paper.facts(session, principal, held)
    if ballots is None:
        if batch.state == "keying":
            batch.state = lifecycle.move(PAPER, batch.state, "differ", facts)
        return False
    batch.state = lifecycle.move(PAPER, batch.state, "match", facts)
    batch.salt = secrets.token_bytes(hashes.SIZE)
    batch.hash = hashes.paper_batch(batch.salt, ballots)
    return True


def _event(held: Held) -> events.PaperBatch:
    batch = held.batch
    assert batch.number is not None, "it was numbered right now"
    assert batch.hash is not None, "a matched batch has one"
    assert batch.note is not None, "it was signed"
    return events.PaperBatch(
        at=held.loaded.now,
        batch=batch.id,
        number=batch.number,
        count=batch.count or 0,
        issued=batch.issued,
        spoiled=batch.spoiled,
        unreturned=batch.unreturned,
        hash=batch.hash,
        note=batch.note,
    )


def _next_number(session: Session, batch: PaperBatch) -> int:
    """The contest's row is held: no two batches enter at once."""
    entered = PaperBatch.contest_id == batch.contest_id, PaperBatch.state == "entered"
    return len(session.exec(select(PaperBatch.id).where(*entered)).all()) + 1


def _both(session: Session, held: Held, form: Form) -> tuple[Keying, Keying] | None:
    rows = _rows(session, held.batch)
    return (_keying(rows[0], form), _keying(rows[1], form)) if len(rows) == 2 else None


def _rows(session: Session, batch: PaperBatch) -> Sequence[PaperKeying]:
    query = select(PaperKeying).where(PaperKeying.batch_id == batch.id)
    return session.exec(query.order_by(col(PaperKeying.teller_id))).all()


def _keying(row: PaperKeying, form: Form) -> Keying:
    options = tuple(form.places)
    ballots = tuple(box.unpack(bytes.fromhex(marks), options) for marks in row.ballots)
    resolved = {int(number): box.unpack(bytes.fromhex(marks), options) for number, marks in row.resolved.items()}
    return Keying(ballots, resolved)


def _packed(form: Form, marks: Marks, pointer: str) -> bytes:
    found = ballot.faults(form, marks)
    if found:
        moved = [Fault(pointer + fault.pointer.removeprefix("/ranking"), fault.code, fault.facts) for fault in found]
        raise Invalid(moved, "illegal_ballot")
    return box.pack(marks, form.places)


def _form(session: Session, held: Held) -> Form:
    contest = held.loaded.contest
    return queries.form(contest, queries.options(session, contest.id))


def _require_person(principal: Principal, act: str) -> None:
    """Two programs are not two tellers."""
    if principal.kind != "person":
        raise Forbidden("persons_only", act=act, roles=[], scope="")
