"""Edges of each published rule as a reader of its clause decides them, the figures worked by hand.

A bare number counts for every basis. The last column is passed, failed or inconclusive; `heads/weight` gives the two apart.
"""

from __future__ import annotations

from typing import Any

import pytest

from voting.core import rules

CASES = """
cn.civil-code-278.ordinary    | 9 | for 4, against 2 | passed
cn.civil-code-278.ordinary    | 9 | for 3, against 3 | failed
cn.civil-code-278.ordinary    | 9 | for 3, against 2, invalid 1 | failed
cn.civil-code-278.ordinary    | 9 | for 5 | inconclusive
cn.civil-code-278.ordinary    | 9 | for 5, silent 4 | inconclusive
cn.civil-code-278.ordinary    | 9/90 | for 4/29, against 2/31 | failed
cn.civil-code-278.ordinary    | 9/90 | for 6/59 | inconclusive
cn.civil-code-278.ordinary    | 0 | | inconclusive
cn.civil-code-278.ordinary    | 9 | | inconclusive
cn.civil-code-278.special     | 12 | for 6, against 2 | passed
cn.civil-code-278.special     | 12/1200 | for 6/599, against 2/201 | failed
cn.civil-code-278.special     | 12 | for 6, against 1, abstain 2 | failed
cn.civil-code-278.special     | 12 | for 7 | inconclusive
cn.civil-code-278.ordinary.follow-majority | 9 | for 3, against 1, silent 2 | passed
cn.civil-code-278.ordinary.follow-majority | 9 | for 3, against 1, silent 1 | inconclusive
cn.civil-code-278.ordinary.follow-majority | 9 | for 3, against 1 | inconclusive
cn.civil-code-278.ordinary.follow-majority | 9 | for 2, against 2, silent 5 | failed
cn.civil-code-278.ordinary.follow-majority | 9 | for 2, abstain 3, silent 4 | failed
cn.civil-code-278.ordinary.follow-majority | 9 | silent 9 | inconclusive
cn.property-regs-2018.ordinary | 10 | for 6 | passed
cn.property-regs-2018.ordinary | 10 | for 5, against 5 | failed
cn.property-regs-2018.ordinary | 10 | for 5 | inconclusive
cn.property-regs-2018.major   | 9 | for 6, against 3 | passed
cn.property-regs-2018.major   | 9/900 | for 6/599 | failed
cn.rc-election.residents      | 10 | for 6 | passed
cn.rc-election.residents      | 10 | for 5 | inconclusive
cn.rc-election.households     | 10 | for 4, invalid 2 | passed
cn.rc-election.households     | 10 | for 5, silent 5 | inconclusive
cn.rc-election.delegates      | 9 | for 7 | passed
cn.rc-election.delegates      | 9 | for 5, against 1 | inconclusive
cn.rc-recall.residents        | 30 | sign 3 | passed
cn.rc-recall.residents        | 31 | sign 3 | failed
cn.rc-recall.residents        | 30 | sign 3, for 9, against 7 | passed
cn.rc-recall.residents        | 30 | sign 2, for 16 | failed
cn.rc-recall.residents        | 30 | sign 3, for 8, against 8 | failed
cn.rc-recall.residents        | 30 | sign 3, for 15 | inconclusive
cn.residents-meeting          | 10 | for 4, against 2 | passed
cn.residents-meeting          | 10 | for 3, against 2, abstain 1 | failed
cn.residents-meeting          | 10 | for 5 | inconclusive
cn.resident-delegates-meeting | 9 | for 4, against 2 | passed
cn.resident-delegates-meeting | 9 | for 3, against 3 | failed
cn.resident-delegates-meeting | 9 | for 5 | inconclusive
cn.unit-leader.double-majority | 10 | for 6 | passed
cn.unit-leader.double-majority | 10 | for 5 | inconclusive
cn.unit-leader.plurality      | 100 | for 1 | passed
cn.unit-leader.plurality      | 100 | | inconclusive
cn.objection.lishui           | 9 | object 2 | passed
cn.objection.lishui           | 9 | object 3 | failed
cn.objection.lishui           | 9 | object 0 | passed
cn.objection.lishui           | 9/900 | object 2/300 | failed
tw.31                         | 12 | for 6, against 2 | passed
tw.31                         | 12 | for 6, against 1, abstain 2 | failed
tw.31                         | 12/1200 | for 8/799 | inconclusive
tw.32                         | 15 | for 3 | passed
tw.32                         | 10 | for 2 | inconclusive
tw.32                         | 16 | for 3 | inconclusive
tw.32                         | 20 | for 2, against 2 | failed
tw.32                         | 20 | for 4, object 10 | passed
tw.32                         | 20 | for 4, object 11 | failed
tw.32                         | 20/200 | for 4/40, object 2/101 | failed
au-nsw.ordinary               | 10 | for 2, against 1, abstain 7 | passed
au-nsw.ordinary               | 10 | for 2, against 2 | failed
au-nsw.special                | 10 | for 3, against 1 | passed
au-nsw.special                | 100 | for 74, against 26 | failed
au-nsw.special                | 100 | abstain 90 | inconclusive
au-nsw.sustainability         | 10 | for 2, against 1 | passed
au-nsw.sustainability         | 10 | for 2, against 2 | failed
au-nsw.unanimous              | 10 | for 1, abstain 4 | passed
au-nsw.unanimous              | 10 | for 9, against 1 | failed
au-nsw.unanimous              | 10 | | inconclusive
de-weg.majority               | 10 | for 2, against 1, abstain 7 | passed
de-weg.majority               | 10 | for 2, against 2 | failed
de-weg.majority               | 10 | abstain 5 | inconclusive
de-weg.cost-sharing           | 9/100 | for 5/50, against 2/10 | passed
de-weg.cost-sharing           | 9/100 | for 4/90, against 2/10 | failed
de-weg.cost-sharing           | 9/100 | for 5/49, against 2/10 | failed
de-weg.circular               | 5 | for 5 | passed
de-weg.circular               | 5 | for 4, abstain 1 | failed
uk-commonhold.75              | 10 | for 3, against 1 | passed
uk-commonhold.75              | 100 | for 74, against 26 | failed
fr-copro.24                   | 1000 | for 2, against 1 | passed
fr-copro.24                   | 1000 | for 2, against 2 | failed
fr-copro.25                   | 1000 | for 501, against 499 | passed
fr-copro.25                   | 1000 | for 500 | failed
fr-copro.26                   | 9/900 | for 5/600, against 1/1 | passed
fr-copro.26                   | 10/900 | for 5/900 | failed
fr-copro.26                   | 9/900 | for 5/599 | failed
"""


def figure(text: str) -> Any:
    """`9`, or `9/90`: heads, and each weight alike."""
    heads, _, weight = text.partition("/")
    return int(heads) if not weight else {"heads": int(heads)} | dict.fromkeys(("area", "share"), int(weight))


def counts(roll: str, votes: str) -> dict[str, Any]:
    """COUNTS of a line."""
    states = (part.split() for part in votes.split(",") if part.strip())
    return {"roll": figure(roll), "votes": {state: figure(number) for state, number in states}}


LINES = [tuple(part.strip() for part in line.split("|")) for line in CASES.strip().splitlines()]


@pytest.mark.parametrize(("rule", "roll", "votes", "outcome"), LINES, ids=lambda part: part or "nobody")
def test_an_edge_falls_as_the_clause_says(rule: str, roll: str, votes: str, outcome: str) -> None:
    assert rules.evaluate(rule, counts(roll, votes)).outcome == outcome


def test_every_rule_has_an_edge() -> None:
    assert {line[0] for line in LINES} == set(rules.catalogue())


def test_silence_without_proof_of_delivery_follows_nobody() -> None:
    votes = {"for": 3, "against": 1, "silent": {"delivered": 2, "undelivered": 3}}
    found = rules.evaluate("cn.civil-code-278.ordinary.follow-majority", {"roll": 9, "votes": votes})
    assert (found.strict, found.folded, [test.have for test in found.tests]) == (False, True, [6, 6, 5, 5])
    assert [(one.basis, one.delivered, one.undelivered) for one in found.silence] == [("count", 2, 3), ("area", 2, 3)]


def test_a_second_vote_that_carries_it_is_the_strict_result_as_well() -> None:
    second = {"votes": {"for": 300, "against": 200}}
    found = rules.evaluate("fr-copro.25", {"roll": 1000, "votes": {"for": 400}, "second": second})
    assert (found.passed, found.strict) == (True, True)
