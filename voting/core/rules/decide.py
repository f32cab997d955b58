"""A contest's tally and a rule make a decision: passed, failed or inconclusive, with every number and the next round.

In a yes-or-no question each option is a vote for, against or an abstention; a returned ballot that is none of them is invalid.
In an election the options are the candidates, and every ballot that was returned takes part. Whoever did not return a ballot
is silent only where delivery was proven and counted; a rule that folds silence waits for that figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from voting.core.rules import evaluate
from voting.core.rules.catalogue import rule as catalogue_rule
from voting.core.rules.counts import Amounts, Counts, of_ballots
from voting.core.rules.electing import NextRound
from voting.core.rules.evaluate import Evaluation
from voting.core.rules.form import Rule
from voting.core.rules.numbers import Amount

QUESTION = ("yes-no",)
"""Methods by which a question is decided."""

ELECTION = ("plurality", "block-plurality", "approval")
"""Methods whose votes for a candidate are votes of electors, as the rules of elections ask."""

ROLES = ("for", "against", "abstain")


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a count found. `cast`: ballots returned, whatever they mark; `options`: votes of each, in ballot order."""

    roll: Amounts
    cast: Amounts
    options: Mapping[str, Amounts]
    marked: Amounts
    """Ballots that give some option a vote."""
    seats: int = 1
    silent: Amounts | None = None
    """Electors whom the paper reached, with proof, and who did not answer; unknown where nothing is given."""
    objecting: Amounts | None = None
    """Electors who objected in writing to the result; unknown where nothing is given."""
    number: int = 1
    """The round."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule makes of a tally."""

    evaluation: Evaluation
    counts: Counts

    @property
    def outcome(self) -> str:
        """passed, failed or inconclusive."""
        return self.evaluation.outcome

    @property
    def elected(self) -> tuple[str, ...]:
        """The elected over all rounds."""
        return tuple(name for one in self.evaluation.rounds for name in one.elected)

    @property
    def next_round(self) -> NextRound | None:
        """The round that the rule asks for and nobody held yet."""
        rounds = self.evaluation.rounds
        return rounds[-1].next if rounds else None


def methods(rule: Rule) -> tuple[str, ...]:
    """The counting methods whose tallies a rule can decide on."""
    return QUESTION if rule.elect is None else ELECTION


def decide(
    rule: Rule, tallied: Tallied, second: Tallied | None = None, find: Callable[[str], Rule] = catalogue_rule
) -> Decision:
    """Apply a rule to a tally, and to that of the second round where there is one. Raises `Invalid`."""
    counts = counts_of(rule, tallied)
    if second is not None:
        counts = replace(counts, second=counts_of(rule, second))
    return Decision(evaluate.of(rule, counts, find), counts)


def counts_of(rule: Rule, tallied: Tallied) -> Counts:
    """A tally as counts, on the bases that the rule looks at."""
    bases = rule.bases
    papers = {
        name: found for name, found in (("silent", tallied.silent), ("object", tallied.objecting)) if found is not None
    }
    if rule.elect is not None:
        votes = {"for": tallied.marked, "invalid": _less(tallied.cast, tallied.marked, bases), **papers}
        candidates = {name: _on(amounts, bases) for name, amounts in tallied.options.items()}
        roll, by_state = _on(tallied.roll, bases), {state: _on(one, bases) for state, one in votes.items()}
        # What one ballot may mark was settled when it was cast.
        choices = len(candidates)
        return of_ballots(
            roll, by_state, candidates=candidates, seats=tallied.seats, choices=choices, number=tallied.number
        )
    by_role = _by_role(tallied.options, bases)
    marked = {basis: sum(amounts[basis] for amounts in by_role.values()) for basis in bases}
    votes = {**by_role, "invalid": _less(tallied.cast, marked, bases), **papers}
    return of_ballots(_on(tallied.roll, bases), {state: _on(one, bases) for state, one in votes.items()})


def _by_role(options: Mapping[str, Amounts], bases: Sequence[str]) -> dict[str, Amounts]:
    """For: the first option; against: the second; every other abstains."""
    sums: dict[str, dict[str, Amount]] = {role: dict.fromkeys(bases, 0) for role in ROLES}
    for place, amounts in enumerate(options.values()):
        for basis in bases:
            sums[ROLES[min(place, 2)]][basis] += amounts[basis]
    return dict(sums)


def _on(amounts: Amounts, bases: Sequence[str]) -> Amounts:
    return {basis: amounts[basis] for basis in bases}


def _less(whole: Amounts, part: Amounts, bases: Sequence[str]) -> Amounts:
    return {basis: whole[basis] - part[basis] for basis in bases}
