"""A second opinion on tests, from the definition alone: cross-multiplied integers, no shared code.

It reads the published documents, not ours, so that a slip in our copy of a rule is seen as well.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

CAST = ("for", "against", "abstain")


def figure(name: str, votes: dict[str, Fraction], roll: Fraction, participating: list[str]) -> Fraction:
    """`roll`, `participating`, or a sum of states."""
    if name == "roll":
        return roll
    return sum(
        (votes.get(state, Fraction(0)) for state in (participating if name == "participating" else name.split("+"))),
        Fraction(0),
    )


def folded(votes: dict[str, Fraction], fold: dict[str, str]) -> dict[str, Fraction]:
    """Silence goes to whichever of the three said more than each other."""
    after = dict(votes)
    for state in fold:
        most = max(votes.get(one, Fraction(0)) for one in CAST)
        leaders = [one for one in CAST if votes.get(one, Fraction(0)) == most]
        if len(leaders) == 1:
            after[leaders[0]] = after.get(leaders[0], Fraction(0)) + votes.get(state, Fraction(0))
            after[state] = Fraction(0)
    return after


def met(test: dict[str, Any], have: Fraction, of: Fraction) -> bool:
    """The test by products of whole numbers."""
    if of == 0:
        return False
    p, _, q = test["fraction"].partition("/")
    difference = have * int(q or 1) - of * int(p)
    return {">=": difference >= 0, ">": difference > 0, "<=": difference <= 0, "<": difference < 0}[test["op"]]


def results(profile: dict[str, Any], roll: dict[str, Fraction], votes: dict[str, dict[str, Fraction]]) -> list[bool]:
    """What each test of the vote gives. `votes`: state → basis → figure."""
    found = []
    for test in profile["tests"]:
        basis = test["basis"]
        by_state = folded({state: amounts[basis] for state, amounts in votes.items()}, profile["fold"])
        values = [figure(test[side], by_state, roll[basis], profile["participating"]) for side in ("have", "of")]
        found.append(met(test, *values))
    return found
