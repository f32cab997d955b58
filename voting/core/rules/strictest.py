"""Which of several rules is the strictest, decided exactly and with a reason that can be tried.

One rule implies another when no counts whatever pass the first and fail the second. Both are linear in the counts, so that
this is decided, not sampled; where it is not so, whole numbers are found that pass one and fail the other. Rules of which
none implies the other must both be met. Compared are petition, tests, veto, least number and election; the bases are taken
as independent, and a fall-back, which needs another vote, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from voting.core.rules import cone, evaluate
from voting.core.rules.cone import Inequality, inequality
from voting.core.rules.counts import of_ballots
from voting.core.rules.folding import SAID, strictly_participating
from voting.core.rules.form import BALLOTS, BASES, SIGNS, Figure, Rule, Test

STRICTER, WEAKER, EQUAL, INCOMPARABLE = "stricter", "weaker", "equal", "incomparable"

VARIABLES = (*BALLOTS, "rest", *SIGNS)
"""Each elector is in one of the first six (`rest`: nobody reached them); papers of the other two kinds are apart."""

_ROLL = (*BALLOTS, "rest")

Vector = tuple[int, ...]
_UNITS: Mapping[str, Vector] = {name: tuple(int(one == name) for one in VARIABLES) for name in VARIABLES}

Example = Mapping[str, Mapping[str, int]]
"""Variable → basis → figure."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How two rules stand. `only_first` and `only_second` are counts that pass one alone, where there are any."""

    first: Rule
    second: Rule
    kind: str
    only_first: Example | None
    only_second: Example | None


@dataclass(frozen=True, slots=True)
class Strictest:
    """The rules that bind: each must be met. One means that it is the strictest of all."""

    binding: tuple[Rule, ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One way in which folds fall: the guards under which they do, and where each state's ballots then are."""

    guards: tuple[Inequality, ...]
    states: Mapping[str, Vector]
    participating: Sequence[str]


def strictest(rules: Sequence[Rule]) -> Strictest:
    """Compare every two rules, and keep those that no other implies."""
    unique = tuple({rule.id: rule for rule in rules}.values())
    relations = tuple(compare(first, second) for first, second in combinations(unique, 2))
    implied = {one.second.id for one in relations if one.kind in (STRICTER, EQUAL)}
    implied |= {one.first.id for one in relations if one.kind == WEAKER}
    return Strictest(tuple(rule for rule in unique if rule.id not in implied), relations)


def compare(first: Rule, second: Rule) -> Relation:
    """Decide how two rules stand."""
    only_first, only_second = example(first, second), example(second, first)
    kinds = {(True, True): INCOMPARABLE, (False, True): STRICTER, (True, False): WEAKER, (False, False): EQUAL}
    kind = kinds[only_first is not None, only_second is not None]
    return Relation(first, second, kind, only_first, only_second)


def example(passes: Rule, fails: Rule) -> Example | None:
    """Counts that pass one rule and fail another; nothing where there are none.

    Where the two elect or weigh differently no counts are looked for: an empty example says that they cannot be compared.
    """
    if fails.elect not in (None, passes.elect) or passes.weights != fails.weights:
        return {}
    bases = [basis for basis in BASES if basis in (*passes.bases, *fails.bases)]
    inside = {basis: _inside(passes, basis) for basis in bases}
    if any(found is None for found in inside.values()):
        return None
    for basis in bases:
        found = _outside(passes, fails, basis)
        if found is not None:
            return _scaled({one: found if one == basis else inside[one] or () for one in bases}, passes)
    if (fails.min_participants or 0) > (passes.min_participants or 0):
        return _few(passes, fails, {basis: values or () for basis, values in inside.items()})
    return None


def _few(passes: Rule, fails: Rule, inside: Mapping[str, Sequence[int]]) -> Example | None:
    """Counts of too few persons for the second rule, if there are so few that still pass the first."""
    made = _scaled(inside, passes)
    found = evaluate.of(fails, of_ballots(*_counted(made)), lambda _: fails)
    return made if found.minimum is not None and not found.minimum.result else None


def tests_of(rule: Rule) -> tuple[Test, ...]:
    """What must hold for a decision to stand: before, at and after the vote."""
    return (*rule.petition, *rule.tests, *(rule.objection.tests if rule.objection else ()))


def _inside(rule: Rule, basis: str) -> tuple[int, ...] | None:
    """Some figures on one basis that meet every test of a rule."""
    for case in _cases(rule):
        found = cone.solve([*_ground(), *_met(rule, basis, case)], len(VARIABLES))
        if found is not None:
            return found
    return None


def _outside(passes: Rule, fails: Rule, basis: str) -> tuple[int, ...] | None:
    """Figures on one basis that meet every test of one rule and miss some test of the other."""
    for case in _cases(passes):
        met = [*_ground(), *_met(passes, basis, case)]
        for other in _cases(fails):
            for test in tests_of(fails):
                for missed in _missed(test, other) if test.basis == basis else ():
                    found = cone.solve([*met, *other.guards, missed], len(VARIABLES))
                    if found is not None:
                        return found
    return None


def _ground() -> Iterator[Inequality]:
    """What holds of any counts: nothing negative, a roll of somebody, papers of no more than the roll."""
    for name in VARIABLES:
        yield inequality(_unit(name), strict=False)
    roll = _sum(_unit(name) for name in _ROLL)
    yield inequality(roll, strict=True)
    for name in SIGNS:
        yield inequality(_minus(roll, _unit(name)), strict=False)


def _met(rule: Rule, basis: str, case: _Case) -> Iterator[Inequality]:
    yield from case.guards
    voted = _voted(rule, basis)
    if voted is not None:
        yield inequality(voted, strict=True)
    for test in tests_of(rule):
        if test.basis == basis:
            yield inequality(_figure(test.of, case), strict=True)
            yield _holds(test, case)


def _voted(rule: Rule, basis: str) -> Vector | None:
    """The ballots that came in, of which a rule that looks at ballots needs some; nothing where it looks at none."""
    ballots = [_unit(state) for state in strictly_participating(rule) if state in BALLOTS]
    return _sum(ballots) if ballots and basis in rule.bases else None


def _holds(test: Test, case: _Case) -> Inequality:
    difference = _difference(test, case)
    upward = test.op in (">=", ">")
    return inequality(difference if upward else _times(difference, -1), strict=test.op in (">", "<"))


def _missed(test: Test, case: _Case) -> tuple[Inequality, Inequality]:
    """The two ways to miss a test: nothing to take a share of, or a share on the wrong side."""
    difference = _difference(test, case)
    upward = test.op in (">=", ">")
    nothing = inequality(_times(_figure(test.of, case), -1), strict=False)
    return nothing, inequality(_times(difference, -1) if upward else difference, strict=test.op in (">=", "<="))


def _difference(test: Test, case: _Case) -> Vector:
    p, q = test.fraction.numerator, test.fraction.denominator
    return _minus(_times(_figure(test.have, case), q), _times(_figure(test.of, case), p))


def _figure(figure: Figure, case: _Case) -> Vector:
    if figure == ("roll",):
        return _sum(_unit(name) for name in _ROLL)
    return _sum(case.states[name] for name in (case.participating if figure == ("participating",) else figure))


def _cases(rule: Rule) -> tuple[_Case, ...]:
    """Every way in which the folds of a rule fall."""
    return tuple(_case(rule, leader, guards) for leader, guards in _leaders(rule))


def _leaders(rule: Rule) -> Iterator[tuple[str | None, tuple[Inequality, ...]]]:
    if not any(fold.to == "majority" for fold in rule.fold):
        yield None, ()
        return
    for name in SAID:
        others = [other for other in SAID if other != name]
        yield name, tuple(inequality(_minus(_unit(name), _unit(other)), strict=True) for other in others)
    for one, other in combinations(SAID, 2):
        third = next(name for name in SAID if name not in (one, other))
        pairs = ((one, other), (other, one), (one, third))
        yield None, tuple(inequality(_minus(_unit(a), _unit(b)), strict=False) for a, b in pairs)


def _case(rule: Rule, leader: str | None, guards: tuple[Inequality, ...]) -> _Case:
    states = {name: _unit(name) for name in VARIABLES}
    for fold in rule.fold:
        to = leader if fold.to == "majority" else fold.to
        if to is not None:
            states[to] = _sum((states[to], _unit(fold.state)))
            states[fold.state] = _times(_unit(fold.state), 0)
    return _Case(guards, states, rule.participating)


def _scaled(values: Mapping[str, Sequence[int]], passes: Rule) -> Example:
    """The figures by state, multiplied until enough persons take part for the rule that passes."""
    made = {name: {basis: values[basis][place] for basis in values} for place, name in enumerate(VARIABLES)}
    if passes.min_participants is None:
        return made
    present = sum(made[state]["count"] for state in passes.participating) or 1
    factor = -(-passes.min_participants // present)
    return {name: {basis: amount * factor for basis, amount in amounts.items()} for name, amounts in made.items()}


def _counted(made: Example) -> tuple[dict[str, int], dict[str, Mapping[str, int]]]:
    """The roll and the votes of an example."""
    bases = next(iter(made.values()))
    roll = {basis: sum(made[name][basis] for name in _ROLL) for basis in bases}
    return roll, {name: made[name] for name in VARIABLES if name != "rest"}


def as_counts(made: Example) -> dict[str, object]:
    """An example in the form of COUNTS."""
    roll, votes = _counted(made)

    def named(amounts: Mapping[str, int]) -> dict[str, int]:
        return {"heads" if basis == "count" else basis: amount for basis, amount in amounts.items()}

    return {"roll": named(roll), "votes": {name: named(amounts) for name, amounts in votes.items()}}


def _unit(name: str) -> Vector:
    return _UNITS[name]


def _sum(vectors: Iterable[Vector]) -> Vector:
    return tuple(sum(parts) for parts in zip(*vectors, strict=True))


def _times(vector: Vector, factor: int) -> Vector:
    return tuple(one * factor for one in vector)


def _minus(vector: Vector, other: Vector) -> Vector:
    return tuple(one - two for one, two in zip(vector, other, strict=True))
