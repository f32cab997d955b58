"""The officers' side: the answer of the review, the vote it goes into, and how the input changed the outcome."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from voting.access import idempotency
from voting.core import lifecycle, proposals, texts
from voting.core.authority import Principal
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.deliberation import answers_reads, proposal_moves, proposal_queries
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import OfficialAnswer
from voting.errors import Conflict, Fault, Invalid, NotFound
from voting.log.journal import EventFact

_DONE = {"accept": "accepted", "accept_in_part": "accepted_in_part", "reject": "rejected"}
MOST_FEN = 10**13


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: locale → text, the cost in fen, the day by which it will be done."""

    text: Mapping[str, str]
    cost_fen: int | None = None
    deadline: date | None = None


def decide(
    session: Session,
    principal: Principal,
    proposal_id: str,
    command: str,
    answer: Answer,
    *,
    reason: str | None = None,
    now: datetime,
) -> Loaded:
    """Accept a proposal, accept it in part, or reject it with a reason: always with an answer to its authors."""
    loaded, state = proposal_moves.begin(session, principal, proposal_id, command, now, reason)
    kept = _write(session, principal, loaded, "answer", answer)
    return proposal_moves.end(
        session, principal, loaded, state, _DONE[command], reason, _told(kept), text=kept.text_hash
    )


def report(session: Session, principal: Principal, proposal_id: str, outcome: Answer, *, now: datetime) -> Loaded:
    """Tell how the input changed the outcome. A later report stands before an earlier one; all are kept."""
    loaded, state = proposal_moves.begin(session, principal, proposal_id, "report_outcome", now)
    kept = _write(session, principal, loaded, "outcome", outcome)
    return proposal_moves.end(
        session, principal, loaded, state, "outcome_reported", None, _told(kept), text=kept.text_hash
    )


def put_on_ballot(
    session: Session, principal: Principal, proposal_id: str, contest_id: str, *, now: datetime
) -> Loaded:
    """Say which contest puts the proposal to the vote."""
    loaded, state = proposal_moves.begin(session, principal, proposal_id, "put_on_ballot", now)
    stands = answers_reads.contest_state(session, loaded.proposal.community_id, contest_id)
    if stands is None:
        raise Invalid.at("/contest_id", "contest_not_here", id=contest_id)
    if stands not in proposals.ASKS:
        raise Invalid.at("/contest_id", "contest_asked_already", id=contest_id, state=stands)
    loaded.proposal.contest_id = contest_id
    return proposal_moves.end(session, principal, loaded, state, "put_on_ballot", facts={"contest": contest_id})


def erase(
    session: Session,
    principal: Principal,
    proposal_id: str,
    kind: str,
    number: int,
    *,
    reason: str | None,
    now: datetime,
) -> Loaded:
    """Forget what an answer or an outcome said, and its salt. That it was given, cost, deadline and hash stand."""
    loaded = proposal_queries.load(session, principal, proposal_id, now, "proposal.erase_answer", hold=True)
    kept = session.get(OfficialAnswer, (proposal_id, kind, number))
    if kept is None:
        raise NotFound("answer_not_found", id=proposal_id, number=number)
    if kept.salt is None:
        raise Conflict("answer_erased_already", number=number)
    lifecycle.check_reason(reason, "erase_answer")
    kept.text, kept.salt = {}, None
    session.flush()
    idempotency.forget(session, proposal_id)
    state = loaded.proposal.state
    told: dict[str, EventFact] = {"answer": number, "kind": kind}
    proposal_moves.note(
        session, principal, loaded, "answer_erased", state, reason=reason, text=kept.text_hash, facts=told
    )
    return loaded


def _write(session: Session, principal: Principal, loaded: Loaded, kind: str, answer: Answer) -> OfficialAnswer:
    text = texts.accept_local(answer.text, "/text", most=proposals.MOST_BODY)
    if answer.cost_fen is not None and not 0 <= answer.cost_fen <= MOST_FEN:
        raise Invalid([Fault("/cost_fen", "out_of_bounds", {"bound": f"0 … {MOST_FEN}"})])
    salt = secrets.token_bytes(SIZE)
    query = select(OfficialAnswer.number).where(
        OfficialAnswer.proposal_id == loaded.proposal.id, OfficialAnswer.kind == kind
    )
    last = session.exec(query.order_by(col(OfficialAnswer.number).desc()).limit(1)).first()
    kept = OfficialAnswer(
        proposal_id=loaded.proposal.id,
        kind=kind,
        number=(last or 0) + 1,
        community_id=loaded.proposal.community_id,
        text=text,
        cost_fen=answer.cost_fen,
        deadline=answer.deadline,
        author_id=principal.id,
        at=loaded.now,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, canonical.encode({"text": text}).decode()),
    )
    session.add(kept)
    session.flush()
    return kept


def _told(kept: OfficialAnswer) -> dict[str, EventFact]:
    told: dict[str, EventFact] = {"answer": kept.number}
    if kept.cost_fen is not None:
        told["cost_fen"] = kept.cost_fen
    if kept.deadline is not None:
        told["deadline"] = kept.deadline.isoformat()
    return told
