"""The first difference between what a case expects and what a tally says; `None` if there is none.

Compared as the conformance cases ask: numbers as exact decimals (within `published_decimals` where given), only what the
case gives, winners without regard to order, stages with nothing to move left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from voting.core.count.case import Case
from voting.core.count.numbers import amount
from voting.core.count.tally import Round, Tally
from voting.core.count.written import CAUSES, round_to_json, tally_to_json

FLOAT_PLACES = 9
BY_ACTION = ("stv-wigm-prf", "stv-meek-prf")
"""Methods that record single actions, several of one round."""


def difference(case: Case, tally: Tally) -> str | None:
    """Name the first difference. A case whose count is not complete upstream is compared as far as it goes."""
    expected = case.expected
    written = tally_to_json(tally)
    whole_count = expected.get("complete", True)
    if whole_count and "winners" in expected and sorted(expected["winners"]) != sorted(written["winners"]):
        return f"winners: expected {expected['winners']}; got {written['winners']}"
    if case.method == "stv-meek":
        return _exclusions(expected.get("rounds", ()), tally)
    if case.open and case.method.startswith("irv") and whole_count:
        return None
    return (
        _rounds(case, tally)
        or _final(expected, tally)
        or _ranking(case, written)
        or _members(expected, written, ("undervotes", "valid_poll", "total_ballots_with_rankings"))
    )


def _exclusions(rounds: Sequence[Mapping[str, Any]], tally: Tally) -> str | None:
    """Meek variants agree on who is excluded in which order, not on the last digits."""
    expected = [option for entry in rounds for option in entry.get("eliminated", ())]
    found = [option for entry in tally.rounds for option in entry.eliminated]
    if expected and expected != found:
        return f"exclusions: expected {expected}; got {found}"
    return None


def _rounds(case: Case, tally: Tally) -> str | None:
    """Every round in turn. A stage with nothing to move may be missing on either side."""
    wanted: Sequence[Mapping[str, Any]] = case.expected.get("rounds", ())
    if not wanted:
        return None
    if case.method in BY_ACTION:
        return _actions(case, wanted, tally)
    found = tally.rounds
    place = 0
    for entry in wanted:
        while place < len(found) and _is_idle(found[place]) and _round(case, entry, found[place]):
            place += 1
        fault = _round(case, entry, found[place]) if place < len(found) else f"expected; got {len(found)} rounds"
        if fault and entry.get("noop"):
            continue
        if fault:
            return f"round {entry.get('round')}: {fault}"
        place += 1
    surplus = [entry for entry in found[place:] if not _is_idle(entry)]
    if surplus and case.expected.get("complete", True):
        return f"rounds: expected {len(wanted)}; got {len(found)}"
    return None


def _is_idle(entry: Round) -> bool:
    """A stage in which nothing moved and nobody was elected."""
    return entry.action in ("surplus", "exclusion") and not entry.elected and not entry.transfers


def _actions(case: Case, wanted: Sequence[Mapping[str, Any]], tally: Tally) -> str | None:
    """A source may publish fewer actions of a round than we record: each it has must be found, in order."""
    place = 0
    for entry in wanted:
        faults = [_round(case, entry, found) for found in tally.rounds[place:]]
        if None not in faults:
            return f"round {entry.get('round')}: {entry.get('action', 'action')} not found; nearest: {faults[:1]}"
        place += faults.index(None)
    return None


def _round(case: Case, wanted: Mapping[str, Any], entry: Round) -> str | None:
    """The first difference in one round."""
    written = round_to_json(entry)
    places = case.expected.get("published_decimals")
    if set(wanted["tallies"]) - set(written["tallies"]):
        return f"tallies: expected {sorted(wanted['tallies'])}; got {sorted(written['tallies'])}"
    for option, votes in wanted["tallies"].items():
        if not _same(votes, entry.votes(option), places):
            return f"tally of {option}: expected {votes}; got {written['tallies'][option]}"
    if case.method != "stv-gregory-exact" and set(wanted["tallies"]) != set(written["tallies"]):
        return f"tallies: expected {sorted(wanted['tallies'])}; got {sorted(written['tallies'])}"
    if case.expected.get("complete", True):
        for member in ("elected", "eliminated"):
            if member in wanted and sorted(wanted[member]) != written[member]:
                return f"{member}: expected {wanted[member]}; got {written[member]}"
    for member, value in (("threshold", entry.threshold), ("exhausted", entry.exhausted.total)):
        if member in wanted and not _same(wanted[member], value, places):
            return f"{member}: expected {wanted[member]}; got {written.get(member)}"
    if "final_round_surplus" in wanted and not _same(wanted["final_round_surplus"], entry.final_surplus, places):
        return f"final_round_surplus: expected {wanted['final_round_surplus']}; got {written['final_round_surplus']}"
    return _causes(wanted, entry, places) or _transfers(wanted, written) or _members(wanted, written, ("pass",))


def _causes(wanted: Mapping[str, Any], entry: Round, places: int | None) -> str | None:
    for cause, name in CAUSES.items():
        value = wanted.get("exhausted_by", {}).get(name)
        if value is not None and not _same(value, getattr(entry.exhausted, cause), places):
            return f"exhausted_by {name}: expected {value}; got {getattr(entry.exhausted, cause)}"
    return None


def _transfers(wanted: Mapping[str, Any], written: Mapping[str, Any]) -> str | None:
    """Every transfer the round names, and no other; a transfer of nothing is none."""
    if "transfers" not in wanted:
        return None
    expected, found = _moved(wanted["transfers"]), _moved(written["transfers"])
    if expected != found:
        return f"transfers: expected {wanted['transfers']}; got {written['transfers']}"
    return None


def _moved(transfers: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], Fraction]:
    moved = {(source, target): Fraction(amount(v)) for source, row in transfers.items() for target, v in row.items()}
    return {move: votes for move, votes in moved.items() if votes}


def _final(expected: Mapping[str, Any], tally: Tally) -> str | None:
    """The last round alone, where a case publishes no other."""
    final = expected.get("final_round")
    if final is None:
        return None
    last = tally.rounds[-1]
    for option, votes in final.get("tallies", {}).items():
        if not _same(votes, last.votes(option), None):
            return f"final round: {option}: expected {votes}; got {last.votes(option)}"
    if "exhausted" in final and not _same(final["exhausted"], last.exhausted.total, None):
        return f"final round: exhausted: expected {final['exhausted']}; got {last.exhausted.total}"
    return None


def _ranking(case: Case, written: Mapping[str, Any]) -> str | None:
    """The order of all options, where the method itself ranks them, and their scores."""
    expected = case.expected
    if "ranking" in expected and "ranking" in written:
        wanted = [sorted(group) for group in expected["ranking"]]
        if wanted != [sorted(group) for group in written["ranking"]]:
            return f"ranking: expected {expected['ranking']}; got {written['ranking']}"
    scores = expected.get("scores", {})
    for option, value in scores.get("1", scores).items():
        found = written.get("scores", {}).get(option)
        if found is not None and not isinstance(value, Mapping) and not _same(value, amount(found), None):
            return f"score of {option}: expected {value}; got {found}"
    return _squares(expected, written)


def _squares(expected: Mapping[str, Any], written: Mapping[str, Any]) -> str | None:
    """What stands by option and a second name: scores with a name, strongest paths, the pairwise matrix."""
    for member in ("scores", "strongest_paths", "pairwise"):
        for option, row in expected.get(member, {}).items():
            found = written.get(member, {}).get(option)
            if not isinstance(row, Mapping) or not isinstance(found, Mapping):
                continue
            for name, value in row.items():
                if name not in found or not _same(value, amount(found[name]), None):
                    return f"{member} of {option}: {name}: expected {value}; got {found.get(name)}"
    return None


def _members(wanted: Mapping[str, Any], written: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for member in names:
        if member in wanted and wanted[member] != written.get(member):
            return f"{member}: expected {wanted[member]}; got {written.get(member)}"
    return None


def _same(value: Any, found: Any, places: int | None) -> bool:
    """Equal as exact numbers; within one unit of the published place; a float of a file to 9 places."""
    if found is None:
        return False
    gap = abs(Fraction(amount(value)) - Fraction(found))
    if places is not None:
        return gap < Fraction(1, 10**places)
    return gap < Fraction(1, 10**FLOAT_PLACES) if isinstance(value, float) else gap == 0
