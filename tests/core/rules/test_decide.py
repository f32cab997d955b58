"""A tally and a rule make a decision, with every ballot in its place and the next round where the rule asks for it."""

from __future__ import annotations

import pytest

from voting.core import rules
from voting.core.rules.decide import Tallied, decide, methods
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED

FOLLOW = "cn.civil-code-278.ordinary.follow-majority"


def both(heads: int, area: int | None = None) -> dict[str, int]:
    return {"count": heads, "area": heads if area is None else area}


def question(
    yes: int, no: int, abstain: int = 0, blank: int = 0, roll: int = 100, silent: int | None = None
) -> Tallied:
    cast = yes + no + abstain
    return Tallied(
        roll=both(roll),
        cast=both(cast + blank),
        options={"opt_yes": both(yes), "opt_no": both(no), "opt_abstain": both(abstain)},
        marked=both(cast),
        silent=None if silent is None else both(silent),
    )


def election(votes: dict[str, int], cast: int, seats: int = 1, marked: int | None = None) -> Tallied:
    options = {name: both(number) for name, number in votes.items()}
    return Tallied(both(100), both(cast), options, both(cast if marked is None else marked), seats)


@pytest.mark.parametrize(
    ("tallied", "outcome"),
    [
        (question(40, 27), PASSED),
        (question(40, 26), INCONCLUSIVE),
        (question(33, 34), FAILED),
        # Blank ballots take part: 34 of 68 are no majority.
        (question(34, 30, 2, 2), FAILED),
    ],
)
def test_a_question_is_passed_failed_or_undecided(tallied: Tallied, outcome: str) -> None:
    assert decide(rules.rule("cn.civil-code-278.ordinary"), tallied).outcome == outcome


def test_every_ballot_is_counted_in_one_state() -> None:
    counts = decide(rules.rule("cn.civil-code-278.ordinary"), question(34, 30, 2, 2)).counts
    assert [counts.of(state, "count") for state in ("for", "against", "abstain", "invalid", "silent")] == [
        34,
        30,
        2,
        2,
        0,
    ]


def test_one_square_centimetre_decides_a_weighted_question() -> None:
    rule = rules.rule("cn.civil-code-278.special")

    def weighed(area: int) -> str:
        options = {"y": both(3, area), "n": both(1, 4_000_000 - area)}
        return decide(rule, Tallied(both(4, 4_000_000), both(4, 4_000_000), options, both(4, 4_000_000))).outcome

    assert (weighed(3_000_000), weighed(2_999_999)) == (PASSED, FAILED)


def test_silence_is_not_folded_before_delivery_was_counted() -> None:
    waiting = decide(rules.rule(FOLLOW), question(40, 20))
    assert (waiting.outcome, waiting.evaluation.pending) == (INCONCLUSIVE, ("delivery",))
    counted = decide(rules.rule(FOLLOW), question(40, 20, silent=30))
    assert (counted.outcome, counted.evaluation.strict, counted.evaluation.pending) == (PASSED, False, ())


def test_an_election_names_the_elected_and_the_next_round() -> None:
    found = decide(
        rules.rule("cn.rc-election.residents"), election({"甲": 40, "乙": 25, "丙": 20, "丁": 5}, 60, seats=2)
    )
    assert (found.outcome, found.elected) == (INCONCLUSIVE, ("甲",))
    assert found.next_round is not None
    assert (found.next_round.seats, found.next_round.candidates) == (1, ("乙", "丙"))


def test_the_second_round_fills_what_was_open() -> None:
    first, second = election({"甲": 40, "乙": 25, "丙": 20}, 60, seats=2), election({"乙": 30, "丙": 25}, 55)
    found = decide(rules.rule("cn.rc-election.residents"), first, second)
    assert (found.outcome, found.elected, found.next_round) == (PASSED, ("甲", "乙"), None)


def test_blank_ballots_take_part_in_an_election() -> None:
    # 30 of 60 is half, not more; without the four blank ballots it would be.
    found = decide(rules.rule("cn.rc-election.residents"), election({"甲": 30, "乙": 26}, 60, marked=56))
    assert found.elected == ()
    assert found.counts.of("invalid", "count") == 4


def test_a_rule_says_which_methods_it_decides_on() -> None:
    assert methods(rules.rule("cn.civil-code-278.ordinary")) == ("yes-no",)
    assert "plurality" in methods(rules.rule("cn.unit-leader.plurality"))
