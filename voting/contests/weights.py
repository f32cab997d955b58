"""A stored tally as a rule needs it: heads from the count, area by counting the same ballots again with the area they carry.

Only an open vote knows whose ballot is whose. Each ballot is then counted by the same method and rule values as often as it
has square centimetres, so that the two results cannot differ in how a mark is read. Areas are cm².
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.contests import counting, deliveries, objecting
from voting.contests.counting import Ballots
from voting.contests.tables import Contest, OpenBallotLink, SealedBallot, Tally
from voting.core import box
from voting.core.count.numbers import Amount, amount
from voting.core.rules import Rule, Tallied
from voting.errors import Conflict
from voting.roll.tables import Roll, RollEntry


def tallied(session: Session, contest: Contest, roll: Roll, stored: Tally, rule: Rule, number: int) -> Tallied:
    """The figures of a counted contest on the bases of a rule. `number` is the round. Raises `Conflict`."""
    heads = _of_document(stored.result)
    found = {"count": heads}
    measured = {basis: rule.measured.get(basis, basis) for basis in rule.bases}
    if "area" in measured.values():
        areas = _areas(session, contest)
        found |= {basis: areas for basis, by in measured.items() if by == "area"}
    parts: dict[str, Mapping[str, Amount]] = {
        name: {basis: figures[name] for basis, figures in found.items()} for name in ("cast", "marked")
    }
    options = {
        option: {basis: figures["options"][option] for basis, figures in found.items()} for option in heads["options"]
    }
    return Tallied(
        roll=_as_measured(rule, {"count": roll.heads, "area": roll.area_cm2}),
        cast=parts["cast"],
        options=options,
        marked=parts["marked"],
        seats=contest.seats,
        silent=_as_measured(rule, deliveries.silent(session, contest)) if rule.silence is not None else None,
        objecting=_as_measured(rule, objecting.weight(session, contest)) if rule.hears_objections else None,
        number=number,
    )


def _as_measured(rule: Rule, figures: Mapping[str, int]) -> dict[str, Amount]:
    """Heads and area, and what the rule measures by them."""
    return {**figures, **{basis: figures[by] for basis, by in rule.measured.items()}}


def _of_document(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a written tally of one round says: ballots, those that gave somebody a vote, votes by option."""
    only = result["rounds"][0]
    cast = amount(result["total_ballots_with_rankings"])
    marked = cast - amount(result["undervotes"]) - amount(only["exhausted"])
    return {"cast": cast, "marked": marked, "options": {name: amount(votes) for name, votes in only["tallies"].items()}}


def _areas(session: Session, contest: Contest) -> dict[str, Any]:
    given = counting.ballots(session, contest)
    rows = session.exec(
        select(SealedBallot.ballot, func.count(), func.sum(RollEntry.area_cm2))
        .join(
            OpenBallotLink,
            (col(OpenBallotLink.slot) == col(SealedBallot.slot)) & (col(OpenBallotLink.contest_id) == contest.id),
        )
        .join(RollEntry, col(RollEntry.id) == col(OpenBallotLink.entry_id))
        .where(SealedBallot.contest_id == contest.id)
        .group_by(col(SealedBallot.ballot))
    ).all()
    if sum(number for _, number, _ in rows) != sum(given.rankings.values()):
        raise Conflict("weights_do_not_reconcile", id=contest.id)
    areas = box.named({ballot: int(area) for ballot, _, area in rows}, given.options)
    weighed = Ballots(given.contest_id, given.options, areas)
    found = counting.run(weighed, contest.method, contest.seats, contest.rules, contest.lot_seed)
    cast = found.cast
    marked = cast - found.undervotes - found.rounds[0].exhausted.total
    return {"cast": cast, "marked": marked, "options": dict(found.rounds[0].tallies)}
