"""Folds: ballots of one state counted with another. The strict result, without any fold, is always published beside.

Silence is no participation by itself: strictly, whoever is folded out of silence did not take part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.core.rules.counts import Amounts, Counts
from voting.core.rules.form import BALLOTS, Fold, Rule, Words
from voting.core.rules.numbers import Amount
from voting.core.rules.sentences import of_silence

SAID = ("for", "against", "abstain")
"""The states among which a majority is looked for."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What one fold did on one basis; `to` is absent where no state leads and the ballots stay as they were."""

    state: str
    to: str | None
    basis: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Silence:
    """On one basis: who was reached with proof and did not answer, and who neither voted nor was proven to be reached."""

    basis: str
    delivered: Amount
    undelivered: Amount

    @property
    def text(self) -> Words:
        """The sentence in `zh` and `en`."""
        return of_silence(self.basis, self.delivered, self.undelivered)


def silence(rule: Rule, counts: Counts) -> tuple[Silence, ...]:
    """Basis by basis, where the rule folds silence and it was counted."""
    if not rule.folds_silence or "silent" not in counts.given:
        return ()
    rest = {basis: counts.roll[basis] - sum(counts.of(state, basis) for state in BALLOTS) for basis in counts.roll}
    return tuple(Silence(basis, counts.of("silent", basis), rest[basis]) for basis in counts.roll)


def leader(votes: Mapping[str, Amounts], basis: str) -> str | None:
    """The state with more than each other of `SAID`, or nothing at a tie."""
    first, second, *_ = sorted(SAID, key=lambda state: votes[state][basis], reverse=True)
    return first if votes[first][basis] > votes[second][basis] else None


def apply(votes: Mapping[str, Amounts], folds: tuple[Fold, ...]) -> tuple[Mapping[str, Amounts], tuple[Folded, ...]]:
    """The votes after every fold, and what each did. Majorities are those before any fold, basis by basis."""
    after = {state: dict(amounts) for state, amounts in votes.items()}
    done = []
    for fold in folds:
        for basis, amount in votes[fold.state].items():
            to = leader(votes, basis) if fold.to == "majority" else fold.to
            done.append(Folded(fold.state, to, basis, amount))
            if to is not None:
                after[fold.state][basis] -= amount
                after[to][basis] += amount
    return after, tuple(done)


def strictly_participating(rule: Rule) -> tuple[str, ...]:
    """The participating states without a silence that only the fold makes count."""
    return tuple(state for state in rule.participating if not (rule.folds_silence and state == "silent"))
