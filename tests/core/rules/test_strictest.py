"""Which rule is the strictest is decided for every two of them, and every "not" is shown by counts."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

import pytest

from tests.core.rules.conftest import a_test, document
from tests.core.rules.test_oracle import random_counts
from voting.core import rules
from voting.core.rules import cone
from voting.core.rules.cone import Inequality
from voting.core.rules.counts import of_ballots
from voting.core.rules.strictest import (
    EQUAL,
    INCOMPARABLE,
    STRICTER,
    WEAKER,
    Relation,
    Strictest,
    as_counts,
    compare,
    example,
)

ORDINARY, SPECIAL = "cn.civil-code-278.ordinary", "cn.civil-code-278.special"


@pytest.fixture(scope="module")
def everything() -> Strictest:
    """Every two rules of the catalogue, compared."""
    return rules.strictest(list(rules.catalogue().values()))


def between(first: str, second: str) -> Relation:
    return compare(rules.rule(first), rules.rule(second))


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (SPECIAL, ORDINARY, STRICTER),
        (ORDINARY, SPECIAL, WEAKER),
        (ORDINARY, "cn.property-regs-2018.ordinary", INCOMPARABLE),
        ("cn.property-regs-2018.major", ORDINARY, STRICTER),
        (ORDINARY, f"{ORDINARY}.follow-majority", STRICTER),
        ("au-nsw.ordinary", "de-weg.majority", EQUAL),
        ("fr-copro.26", "fr-copro.25", STRICTER),
        ("au-nsw.special", "au-nsw.sustainability", INCOMPARABLE),
        ("cn.rc-election.delegates", "cn.rc-election.residents", STRICTER),
        ("tw.32", "tw.31", INCOMPARABLE),
    ],
)
def test_two_rules_stand_as_the_law_has_it(first: str, second: str, kind: str) -> None:
    assert between(first, second).kind == kind


def test_the_strictest_of_several_effects_decides() -> None:
    asked = rules.demanded(["cn.civil-code-278.item-5", "cn.parking.on-common-ground", "cn.civil-code-278.item-9"])
    answer = rules.strictest_to_json(rules.strictest(asked))
    assert (answer["strictest"], answer["binding"]) == (SPECIAL, [SPECIAL])


def test_of_two_that_cannot_be_compared_both_must_be_met() -> None:
    answer = rules.strictest_to_json(
        rules.strictest([rules.rule(ORDINARY), rules.rule("cn.property-regs-2018.ordinary")])
    )
    assert (answer["strictest"], len(answer["binding"])) == (None, 2)
    assert "都须满足" in answer["text"]["zh"]


def test_of_two_that_ask_for_the_same_the_first_stands() -> None:
    found = rules.strictest([rules.rule("de-weg.majority"), rules.rule("au-nsw.ordinary")])
    assert [rule.id for rule in found.binding] == ["de-weg.majority"]


def test_one_rule_alone_is_the_strictest() -> None:
    assert rules.strictest_to_json(rules.strictest([rules.rule(ORDINARY)]))["strictest"] == ORDINARY


def test_every_example_passes_one_rule_and_fails_the_other(everything: Strictest) -> None:
    shown = 0
    for one in everything.relations:
        for made, passes, fails in ((one.only_first, one.first, one.second), (one.only_second, one.second, one.first)):
            if made:
                counts = as_counts(made)
                assert rules.evaluate(passes, counts).passed, (passes.id, counts)
                assert not rules.evaluate(fails, counts).passed, (fails.id, counts)
                shown += 1
    assert shown > 300


def test_no_random_counts_break_an_implication(everything: Strictest) -> None:
    implied = [(one.first, one.second) for one in everything.relations if one.kind in (STRICTER, EQUAL)]
    implied += [(one.second, one.first) for one in everything.relations if one.kind in (WEAKER, EQUAL)]
    names = {rule.id for pair in implied for rule in pair}
    dice = Random("更严")
    for _ in range(60):
        counts = of_ballots(*random_counts(dice))
        passed = {name: rules.evaluate_counts(rules.rule(name), counts).passed for name in names}
        assert [(a.id, b.id) for a, b in implied if passed[a.id] and not passed[b.id]] == []
    assert len(implied) > 50


def test_stricter_is_a_partial_order(everything: Strictest) -> None:
    above = {(one.first.id, one.second.id) for one in everything.relations if one.kind == STRICTER}
    above |= {(one.second.id, one.first.id) for one in everything.relations if one.kind == WEAKER}
    assert not any((b, a) in above for a, b in above)
    assert [(a, c) for a, b in above for d, c in above if b == d and (a, c) not in above] == []


@pytest.mark.parametrize(
    ("strict", "loose"),
    [
        ({"op": ">", "fraction": "2/3"}, {"op": ">=", "fraction": "2/3"}),
        ({"op": ">=", "fraction": "3/4"}, {"op": ">", "fraction": "2/3"}),
        ({"of": "roll"}, {"of": "participating"}),
        ({"have": "against", "op": "<", "fraction": "1/4"}, {"op": ">", "fraction": "3/4"}),
    ],
)
def test_a_hair_makes_a_test_stricter(strict: dict[str, str], loose: dict[str, str]) -> None:
    first, second = (
        rules.read(document(id=name, tests=[a_test(**one)])) for name, one in (("a", strict), ("b", loose))
    )
    kind = compare(first, second).kind
    assert kind == (EQUAL if strict.get("have") == "against" else STRICTER)


def test_a_least_number_of_persons_is_compared_as_well() -> None:
    some, few = (rules.read(document(id=f"n{n}", min_participants=n)) for n in (3, 2))
    assert compare(some, few).kind == STRICTER
    made = example(few, some)
    assert made is not None
    assert rules.evaluate(few, as_counts(made)).passed


def test_a_rule_that_cannot_be_met_implies_every_other() -> None:
    never = rules.read(document(id="never", tests=[a_test(op=">", fraction="1")]))
    assert compare(never, rules.rule(SPECIAL)).kind == STRICTER


# --- the inequalities beneath


def test_systems_agree_with_a_search_over_small_numbers() -> None:
    dice = Random("锥")
    points = list(product(range(7), repeat=3))
    solved = 0
    for _ in range(150):
        rows = [tuple(dice.randint(-3, 3) for _ in range(3)) for _ in range(dice.randint(1, 4))]
        ground = [Inequality(tuple(int(a == b) for b in range(3)), False) for a in range(3)]
        system = [*ground, *(Inequality(row, dice.random() < 0.5) for row in rows)]
        found = cone.solve(system, 3)
        if found is None:
            assert not any(all(_holds(one, point) for one in system) for point in points), system
        else:
            solved += 1
            assert all(_holds(one, found) for one in system), (system, found)
    assert 20 < solved < 140


def _holds(one: Inequality, point: tuple[int, ...]) -> bool:
    value = sum(a * b for a, b in zip(one.coefficients, point, strict=True))
    return value > 0 if one.strict else value >= 0


def test_the_order_of_inequalities_changes_no_answer() -> None:
    rows = [Inequality((1, 0), False), Inequality((0, 1), False), Inequality((2, -3), True), Inequality((-1, 2), True)]
    assert {cone.solve(order, 2) is None for order in permutations(rows)} == {False}


def test_an_edge_without_width_is_no_solution() -> None:
    # x ≥ y and y > x.
    assert cone.solve([Inequality((1, -1), False), Inequality((-1, 1), True)], 2) is None


def test_coefficients_are_as_small_as_they_go() -> None:
    assert cone.inequality([6, -4], strict=True) == Inequality((3, -2), True)
