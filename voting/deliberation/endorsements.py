"""Support of a proposal: gathered within a window, up to a number or a share of a sealed roll. Each resident counts once.

An endorsement is of one wording. It survives an edit that its author calls minor; after any other it waits until the endorser
confirms it. Endorsing holds the proposal's row: of two endorsements at the threshold exactly one qualifies it, and what comes
after a merge or a close is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.community import documents
from voting.community.tables import Community, Person
from voting.core import lifecycle, proposals
from voting.core.authority import SYSTEM, Principal
from voting.core.proposals import PROPOSAL
from voting.core.rules import clocks
from voting.core.rules.clocks import Deadline, Period
from voting.deliberation import endorsement_reads, proposal_moves, proposal_queries
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Endorsement, Proposal
from voting.errors import Conflict, Invalid
from voting.log import journal
from voting.log.journal import EventFact
from voting.roll.tables import Roll

LONGEST_DAYS = 366
CALENDAR = "cn"
"""Whose working days count where a community has no calendar of its own."""


@dataclass(frozen=True, slots=True)
class SupportRule:
    """How much support qualifies a proposal: a number, or a share of a sealed roll, within so many days.

    The day on which it begins to be gathered is not counted; the window ends with the end of the last day, in the community's
    time zone. `unit` is day or working_day.
    """

    days: int
    number: int | None = None
    fraction: Fraction | None = None
    roll_id: str | None = None
    unit: str = "day"


def gather(session: Session, principal: Principal, proposal_id: str, rule: SupportRule, *, now: datetime) -> Loaded:
    """Begin to gather support by a rule that does not change any more."""
    loaded, state = proposal_moves.begin(session, principal, proposal_id, "gather", now)
    proposal = loaded.proposal
    window = _window(session, proposal, rule, loaded.now)
    proposal.support_needed, told = _needed(session, proposal, rule)
    told |= {"days": rule.days, "unit": rule.unit, "last_day": window.last_day.isoformat()}
    proposal.support_rule = told
    proposal.support_from, proposal.support_until = loaded.now, window.at
    told = {"needed": proposal.support_needed} | told
    return proposal_moves.end(session, principal, loaded, state, "support_opened", facts=told)


def _window(session: Session, proposal: Proposal, rule: SupportRule, now: datetime) -> Deadline:
    """The last day of the window, and the midnight behind it."""
    zone = ZoneInfo(session.get_one(Community, proposal.community_id).time_zone)
    calendar = documents.calendar(session, proposal.community_id, CALENDAR)
    return clocks.ends(now, Period(rule.days, rule.unit), calendar, zone)


def give_back(session: Session, loaded: Loaded, stood_still: timedelta) -> None:
    """Let the window go on for as long as nobody could endorse, to the end of a day."""
    proposal = loaded.proposal
    assert proposal.support_until is not None, "support is being gathered"
    zone = ZoneInfo(session.get_one(Community, proposal.community_id).time_zone)
    window = proposals.goes_on(proposal.support_until, stood_still, zone)
    proposal.support_until = window.at
    proposal.support_rule = (proposal.support_rule or {}) | {"last_day": window.last_day.isoformat()}
    told: dict[str, EventFact] = {"number": proposal.number, "last_day": window.last_day.isoformat()}
    session.flush()
    text = proposal_queries.version(session, proposal.id, proposal.number).text_hash
    proposal_moves.note(session, SYSTEM, loaded, "support_prolonged", proposal.state, text=text, facts=told)


def _needed(session: Session, proposal: Proposal, rule: SupportRule) -> tuple[int, dict[str, Any]]:
    if (rule.number is None) == (rule.fraction is None) or (rule.fraction is None) != (rule.roll_id is None):
        raise Invalid.at("/number", "support_rule_unclear")
    if rule.number is not None:
        people = select(func.count()).select_from(Person).where(Person.community_id == proposal.community_id)
        _check_reach(rule.number, session.exec(people).one(), "/number")
        return rule.number, {"number": rule.number}
    assert rule.fraction is not None, "one of both is set"
    roll = session.get(Roll, rule.roll_id)
    if roll is None or roll.community_id != proposal.community_id or roll.state != "sealed":
        raise Invalid.at("/roll_id", "support_roll_not_sealed", id=rule.roll_id or "")
    share = f"{rule.fraction.numerator}/{rule.fraction.denominator}"
    needed = proposals.needed(rule.fraction, roll.electors)
    _check_reach(needed, roll.electors, "/fraction")
    return needed, {"fraction": share, "roll_id": roll.id}


def _check_reach(needed: int, most: int, pointer: str) -> None:
    """Refuse a rule that nobody can meet: it would reject the proposal without a reason."""
    if needed > most:
        raise Invalid.at(pointer, "support_out_of_reach", needed=needed, most=most)


def endorse(
    session: Session, principal: Principal, proposal_id: str, *, read: int | None = None, now: datetime
) -> Loaded:
    """Support the newest wording. The endorsement that reaches the threshold qualifies the proposal.

    `read` is the version that the endorser read. Raises Conflict `wording_changed` where it says something else by now.
    """
    return _give(session, principal, proposal_id, "endorse", "endorsed", "standing", now, read)


def confirm(
    session: Session, principal: Principal, proposal_id: str, *, read: int | None = None, now: datetime
) -> Loaded:
    """Support the newest wording as well, after the one that was endorsed had changed."""
    return _give(session, principal, proposal_id, "confirm_endorsement", "confirmed", "standing", now, read)


def withdraw(session: Session, principal: Principal, proposal_id: str, *, now: datetime) -> Loaded:
    """Support it no longer."""
    return _give(session, principal, proposal_id, "withdraw_endorsement", "withdrawn", "withdrawn", now)


def check_read(proposal: Proposal, read: int | None) -> None:
    """Refuse support of a wording that its giver has not read: the authors may edit while somebody reads."""
    if read is not None and read < proposal.major:
        raise Conflict("wording_changed", number=read, major=proposal.major)


def _give(
    session: Session,
    principal: Principal,
    proposal_id: str,
    command: str,
    kind: str,
    state: str,
    now: datetime,
    read: int | None = None,
) -> Loaded:
    loaded, _ = proposal_moves.begin(session, principal, proposal_id, command, now)
    check_read(loaded.proposal, read)
    place(session, principal, loaded, kind, state)
    return qualified(session, loaded)


def place(
    session: Session, principal: Principal, loaded: Loaded, kind: str, state: str, from_id: str | None = None
) -> None:
    """Write the caller's endorsement of a held proposal, and one event."""
    proposal = loaded.proposal
    row = session.get(Endorsement, (proposal.id, principal.id))
    before = None if row is None else row.state
    if row is None:
        row = Endorsement(
            proposal_id=proposal.id,
            person_id=principal.id,
            community_id=proposal.community_id,
            number=proposal.number,
            state=state,
            since=loaded.now,
        )
        session.add(row)
    row.state, row.since, row.from_id = state, loaded.now, from_id or row.from_id
    if state == "standing":
        row.number, row.entry_id = proposal.number, endorsement_reads.entry_of(session, proposal, principal.id)
    session.flush()
    note(session, principal.id, row, kind, before, loaded.now)


def note(session: Session, actor_id: str, row: Endorsement, kind: str, before: str | None, now: datetime) -> None:
    """Write what happened to one endorsement. It is nobody's business outside: no entry of the journal."""
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="endorsement",
        subject_id=row.proposal_id,
        kind=kind,
        actor_id=actor_id,
        now=now,
        from_state=before,
        to_state=row.state,
        facts={"number": row.number},
    )


def qualified(session: Session, loaded: Loaded) -> Loaded:
    """The proposal, qualified by the service where its support now suffices. Its row is held."""
    facts = proposal_queries.facts(session, SYSTEM, loaded)
    if lifecycle.obstacle(PROPOSAL, loaded.proposal.state, "qualify", facts) is not None:
        return loaded
    state = lifecycle.move(PROPOSAL, loaded.proposal.state, "qualify", facts)
    told = {"standing": facts.standing, "needed": facts.needed}
    return proposal_moves.end(session, SYSTEM, loaded, state, "qualified", facts=told)


def page(
    session: Session, principal: Principal, proposal_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[Endorsement, ...]:
    """At most `limit` endorsements behind the person `after`, for those who review."""
    proposal_queries.load(session, principal, proposal_id, now, "proposal.read_endorsers")
    query = select(Endorsement).where(Endorsement.proposal_id == proposal_id)
    if after is not None:
        query = query.where(col(Endorsement.person_id) > after)
    return tuple(session.exec(query.order_by(col(Endorsement.person_id)).limit(limit)))
