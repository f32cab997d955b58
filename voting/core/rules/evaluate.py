"""Counts and a rule make an evaluation: every test with its numbers, the strict result beside the folded one.

Three stages by what was counted: a petition alone, a vote (with the petition before and the objections after it, where they
were counted), or objections alone. `passed` needs every part that was counted; what the rule asks and nobody counted is
named in `pending`.

- passed: every test is met.
- failed: enough took part, and it was not carried.
- inconclusive: too few took part, or nobody did, or candidates are tied; nothing was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from voting.core.rules import counts as counting
from voting.core.rules import electing, folding, proxies, trials, weighing
from voting.core.rules.counts import Amounts, Counts
from voting.core.rules.electing import RoundFound
from voting.core.rules.folding import Folded, Silence
from voting.core.rules.form import BALLOTS, Rule, Test, Words
from voting.core.rules.proxies import Checked
from voting.core.rules.sentences import of_minimum
from voting.core.rules.trials import Sums, Tested
from voting.core.rules.weighing import Weighed
from voting.errors import Fault, Invalid

PASSED, FAILED, INCONCLUSIVE = "passed", "failed", "inconclusive"


@dataclass(frozen=True, slots=True)
class Minimum:
    """Whether enough persons took part."""

    least: int
    result: bool
    text: Words


@dataclass(frozen=True, slots=True)
class FallbackFound:
    """The way that stays when the rule fails: whether it is open, by which tests, and what the second count gave."""

    then: str
    needs: str
    when: tuple[Tested, ...]
    open: bool
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a rule makes of counts. `tests` decided; `strict_tests` are the same without folds."""

    rule: Rule
    stage: str
    outcome: str
    tests: tuple[Tested, ...]
    strict_tests: tuple[Tested, ...]
    strict: bool
    folded: bool | None
    folds: tuple[Folded, ...] = ()
    silence: tuple[Silence, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    minimum: Minimum | None = None
    petition: tuple[Tested, ...] = ()
    objection: tuple[Tested, ...] = ()
    proxies: tuple[Checked, ...] = ()
    rounds: tuple[RoundFound, ...] = ()
    fallback: FallbackFound | None = None
    pending: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the decision stands on what was counted."""
        return self.outcome == PASSED


def evaluate(rule: Rule, document: Any, find: Callable[[str], Rule]) -> Evaluation:
    """Read counts for a rule and evaluate them. Raises `Invalid` with a pointer for every fault of the counts."""
    return of(rule, read_counts(rule, document, find), find)


def read_counts(rule: Rule, document: Any, find: Callable[[str], Rule]) -> Counts:
    """Counts on the bases that a rule looks at. Raises `Invalid` with every fault."""
    second = find(rule.fallback.then).bases if rule.fallback else rule.bases
    return counting.read(document, rule.bases, second, [weight.tag for weight in rule.weights])


def of(rule: Rule, counts: Counts, find: Callable[[str], Rule]) -> Evaluation:
    """Evaluate counts. Raises `Invalid` where candidates or a second count do not fit."""
    if "sign" in counts.given and rule.petition and not counts.given & set(BALLOTS):
        return _alone(rule, counts, "petition", rule.petition)
    if "object" in counts.given and rule.objection and not counts.given & set(BALLOTS):
        return _alone(rule, counts, "objection", rule.objection.tests)
    return _vote(rule, counts, find)


def _alone(rule: Rule, counts: Counts, stage: str, tests: tuple[Test, ...]) -> Evaluation:
    """A stage of its own, before or after the vote."""
    found = _all(tests, Sums(counts.roll, counts.votes, rule.participating))
    met = all(one.result for one in found)
    return Evaluation(rule, stage, PASSED if met else FAILED, found, found, met, None, pending=("vote",))


def _vote(rule: Rule, counts: Counts, find: Callable[[str], Rule]) -> Evaluation:
    weighed, changes = weighing.apply(rule, counts)
    weighed = proxies.counted(rule.proxy, counts.proxies, weighed, counts.roll)
    folded, folds = folding.apply(weighed, rule.fold)
    strict_sums = Sums(counts.roll, weighed, folding.strictly_participating(rule))
    sums = Sums(counts.roll, folded, rule.participating) if rule.fold else strict_sums
    # How many persons took part is asked before any weighing.
    persons = Sums(
        counts.roll,
        proxies.counted(rule.proxy, counts.proxies, counts.votes, counts.roll),
        strict_sums.participating,
    )
    parts = _Parts.found(rule, counts, persons)
    strict_tests = _all(rule.tests, strict_sums)
    tests = _all(rule.tests, sums) if rule.fold else strict_tests
    quorate = all(one.result for one in tests if one.test.kind == "quorum") and parts.enough
    valid = quorate and _somebody_voted(rule, persons)
    rounds = _elect(rule, counts, sums) if quorate else ()
    outcome = _outcome(tests, parts, rounds, valid, counts)
    fallback = _fallback(rule, counts, sums, outcome, find)
    second = fallback.evaluation if fallback is not None else None
    met = valid and parts.met and (not rounds or rounds[-1].open == 0)
    strict = met and all(one.result for one in strict_tests)
    return Evaluation(
        rule=rule,
        stage="vote",
        outcome=outcome if second is None else second.outcome,
        tests=tests,
        strict_tests=strict_tests,
        strict=strict if second is None else second.strict,
        folded=(met and all(one.result for one in tests)) if rule.fold else None,
        folds=folds,
        silence=folding.silence(rule, counts),
        weighed=changes,
        minimum=parts.minimum,
        petition=parts.petition,
        objection=parts.objection,
        proxies=parts.proxies,
        rounds=rounds,
        fallback=fallback,
        pending=(*_pending(rule, counts), *(("proxy_votes",) if parts.unknown else ())),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What beside the tests must hold."""

    minimum: Minimum | None
    petition: tuple[Tested, ...]
    objection: tuple[Tested, ...]
    proxies: tuple[Checked, ...]

    @classmethod
    def found(cls, rule: Rule, counts: Counts, sums: Sums) -> _Parts:
        return cls(
            _minimum(rule, sums),
            _all(rule.petition, sums) if "sign" in counts.given else (),
            _all(rule.objection.tests, sums) if rule.objection and "object" in counts.given else (),
            proxies.check(rule.proxy, counts.proxies, counts.roll) if rule.proxy else (),
        )

    @property
    def enough(self) -> bool:
        return self.minimum is None or self.minimum.result

    @property
    def met(self) -> bool:
        tests = all(one.result for one in (*self.petition, *self.objection))
        return self.enough and tests and all(one.result or one.left_out for one in self.proxies)

    @property
    def unknown(self) -> bool:
        """Whether a proxy holds too much and nobody said how it was voted."""
        return any(one.left_out is False for one in self.proxies)


def _all(tests: tuple[Test, ...], sums: Sums) -> tuple[Tested, ...]:
    return tuple(trials.run(test, sums) for test in tests)


def _somebody_voted(rule: Rule, persons: Sums) -> bool:
    """Whether a ballot came in, where the rule looks at ballots: a vote of nobody decides nothing, not even unanimously."""
    return not rule.looks_at_ballots or all(persons.value(("participating",), basis) for basis in rule.bases)


def _minimum(rule: Rule, sums: Sums) -> Minimum | None:
    if rule.min_participants is None:
        return None
    have = sums.value(("participating",), "count")
    result = have >= rule.min_participants
    return Minimum(rule.min_participants, result, of_minimum(rule.min_participants, have, result))


def _outcome(
    tests: tuple[Tested, ...], parts: _Parts, rounds: tuple[RoundFound, ...], valid: bool, counts: Counts
) -> str:
    if not valid or parts.unknown:
        return INCONCLUSIVE
    if not (parts.met and all(one.result for one in tests)):
        return FAILED
    last = rounds[-1] if rounds else None
    if last is None or last.open == 0:
        return PASSED
    return INCONCLUSIVE if last.tie or last.next else FAILED


def _elect(rule: Rule, counts: Counts, sums: Sums) -> tuple[RoundFound, ...]:
    """The rounds that were counted. Without candidates in the counts nobody is elected."""
    if rule.elect is None or counts.candidates is None:
        return ()
    basis = rule.elect.first_round.basis if rule.elect.first_round else rule.bases[0]
    _fit(counts, sums, counts.candidates, counts.seats, "")
    if counts.number == 2 and rule.elect.second_round is not None:
        return (electing.second_round(rule.elect, basis, counts.candidates, counts.seats, sums),)
    first = electing.first_round(rule.elect, basis, counts.candidates, counts.seats, sums)
    second = counts.second
    if second is None or first.next is None:
        return (first,)
    if second.candidates is None or set(second.candidates) != set(first.next.candidates):
        facts = {"candidates": first.next.candidates}
        raise Invalid([Fault("/second/candidates", "counts_second_round_candidates", facts)])
    again = Sums(second.roll, folding.apply(second.votes, rule.fold)[0], rule.participating)
    if not all(one.result for one in _all(rule.tests, again) if one.test.kind == "quorum"):
        return (first,)
    _fit(second, again, second.candidates, first.next.seats, "/second")
    return first, electing.second_round(rule.elect, basis, second.candidates, first.next.seats, again)


def _fit(counts: Counts, sums: Sums, candidates: Mapping[str, Amounts], seats: int, under: str) -> None:
    """No candidate has more votes than took part, nor all together more than every ballot can give."""
    choices = counts.choices or seats
    faults = []
    for basis in counts.roll:
        part = sums.value(("participating",), basis)
        for name, amounts in candidates.items():
            if amounts[basis] > part:
                facts = {"candidate": name, "basis": basis, "got": str(amounts[basis]), "participating": str(part)}
                faults.append(
                    Fault(f"{under}/candidates/{_escaped(name)}", "counts_candidate_above_participating", facts)
                )
        total = sum(amounts[basis] for amounts in candidates.values())
        if not faults and total > part * choices:
            facts = {"basis": basis, "got": str(total), "participating": str(part), "seats": str(choices)}
            faults.append(Fault(f"{under}/candidates", "counts_candidates_above_ballots", facts))
    if faults:
        raise Invalid(faults)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:200]


def _fallback(
    rule: Rule, counts: Counts, sums: Sums, outcome: str, find: Callable[[str], Rule]
) -> FallbackFound | None:
    fallback = rule.fallback
    if fallback is None:
        return None
    when = _all(fallback.when, sums)
    is_open = outcome != PASSED and all(one.result for one in when)
    second = of(find(fallback.then), counts.second, find) if is_open and counts.second is not None else None
    return FallbackFound(fallback.then, fallback.needs, when, is_open, second)


def _pending(rule: Rule, counts: Counts) -> tuple[str, ...]:
    """What the rule asks for and was not counted."""
    asked = {
        "petition": bool(rule.petition) and "sign" not in counts.given,
        "delivery": rule.folds_silence and "silent" not in counts.given,
        "candidates": rule.elect is not None and counts.candidates is None,
        "objection": rule.hears_objections and "object" not in counts.given,
    }
    return tuple(name for name, waits in asked.items() if waits)
