"""From the box to the tally: the ballots as a mapping from ranking to number, counted by the rules frozen at the opening."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, select

from voting.contests import queries, terms
from voting.contests.queries import Turnout
from voting.contests.tables import BoxRow, Contest
from voting.core import box
from voting.core import count as engine
from voting.core.count import Tally
from voting.core.count.tiebreak import LOTS
from voting.core.evidence import canonical, hashes


def tally(session: Session, contest: Contest, lot_seed: str | None) -> Tally:
    """Count the box. Deterministic: the order of the box, the ids of people and the clock have no part in it."""
    options = tuple(option.id for option in queries.options(session, contest.id))
    ballots = session.exec(select(BoxRow.ballot).where(BoxRow.contest_id == contest.id))
    rules = dict(contest.rules)
    if lot_seed is not None:
        rules |= {"tie_break_seed": lot_seed, "tie_break_contest": contest.id}
    return engine.count(contest.method, options, box.grouped(ballots, options), contest.seats, rules)


def waits_for_lot(contest: Contest, found: Tally, lot_seed: str | None) -> bool:
    """Whether the count stopped at a tie that the rules give to a lot nobody has drawn yet."""
    return found.outcome == "tie_open" and contest.rules.get("tie_break") in LOTS and lot_seed is None


def document(contest: Contest, turnout: Turnout, found: Tally | None) -> dict[str, Any]:
    """The result as stored, hashed and shown: the tally's own form, with turnout and floor. Without a tally: inconclusive."""
    rules = terms.from_document(contest.terms)
    figures: dict[str, Any] = {"electors": turnout.electors, "cast": turnout.cast}
    if rules.turnout_floor is not None:
        met = rules.floor_is_met(turnout.cast, turnout.electors)
        figures |= {"floor": terms.written(rules.turnout_floor), "floor_met": met}
    counted = (
        {"method": contest.method, "seats": contest.seats, "winners": [], "outcome": "inconclusive", "rounds": []}
        if found is None
        else engine.tally_to_json(found)
    )
    return {"contest": contest.id, "turnout": figures} | {name: without_null(value) for name, value in counted.items()}


def hash_of(result: dict[str, Any]) -> bytes:
    """H("result", canonical JSON of the document)."""
    return hashes.digest("result", canonical.encode(result))


def without_null(value: Any) -> Any:
    """The evidence format knows no null: a member without value is absent."""
    if isinstance(value, dict):
        return {name: without_null(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_null(item) for item in value]
    return value
