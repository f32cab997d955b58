"""From the box to the tally: the ballots as a mapping from ranking to number, counted by the rules frozen at the opening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.contests import queries, terms
from voting.contests.queries import Turnout
from voting.contests.tables import Contest, SealedBallot
from voting.core import box
from voting.core import count as engine
from voting.core.box import Ranking
from voting.core.count import Tally, large
from voting.core.count.tiebreak import LOTS
from voting.core.evidence import canonical, hashes
from voting.errors import Conflict


@dataclass(frozen=True, slots=True)
class Ballots:
    """What is counted: the options in ballot order, and how many ballots bear each ranking. No slot, no order."""

    contest_id: str
    options: tuple[str, ...]
    rankings: Mapping[Ranking, int]


def ballots(session: Session, contest: Contest) -> Ballots:
    """Everything in the sealed box of a contest."""
    options = tuple(option.id for option in queries.options(session, contest.id))
    grouped = (
        select(SealedBallot.ballot, func.count())
        .where(SealedBallot.contest_id == contest.id)
        .group_by(col(SealedBallot.ballot))
    )
    return Ballots(contest.id, options, box.named(dict(session.exec(grouped).all()), options))


def tally(session: Session, contest: Contest, lot_seed: str | None) -> Tally:
    """Count the sealed box. Deterministic: the order of the box, the ids of people and the clock have no part in it.

    Raises `Conflict` for a box that the method refuses, such as one too large for it.
    """
    try:
        return run(ballots(session, contest), contest.method, contest.seats, contest.rules, lot_seed)
    except engine.CountError as error:
        raise Conflict("count_refused", why=str(error)) from error


def run(given: Ballots, method: str, seats: int, rules: Mapping[str, Any], lot_seed: str | None) -> Tally:
    """Count ballots by a method and its rule values; a lot is drawn from `lot_seed`, or not at all."""
    if lot_seed is not None:
        rules = {**rules, "tie_break_seed": lot_seed, "tie_break_contest": given.contest_id}
    return large.count(method, given.options, given.rankings, seats, rules)


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
