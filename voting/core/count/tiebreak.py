"""Ties: recorded lots first, then the rule. Never by id, never by clock.

An order (given, or drawn as a lot) is strict: the EARLIEST wins a tie to be elected, the LATEST is eliminated. Where
`tie_break_note` says that the first listed is selected, the first is selected for both. `given_elimination_order` lists
who is eliminated first and must name every option of the tie and of the contest, or the tie stays open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from voting.core.count.numbers import Amount
from voting.core.count.rules import Rules
from voting.core.count.tally import Tie

Selecting = Literal["winner", "loser"]
History = Sequence[Mapping[str, Amount]]
"""Votes by option of the earlier rounds, oldest first."""

BACKWARDS = ("previous_rounds_then_random", "backwards_then_lot", "backwards_then_order")
LOTS = ("random", "generated_permutation", "previous_rounds_then_random", "backwards_then_lot")


def lot_order(contest: str, seed: str, options: Sequence[str]) -> tuple[str, ...]:
    """The lot drawn from a published seed: options sorted by SHA-256, the lowest wins the tie.

    Hashed are the UTF-8 bytes of `yishi/1/lot`, contest, seed and option id, joined by line feeds; none may hold one.
    """
    for field in (contest, seed, *options):
        if "\n" in field:
            raise ValueError(f"a lot takes fields without line feeds; got {field!r}")
    return tuple(sorted(options, key=lambda option: _hash(contest, seed, option)))


def _hash(contest: str, seed: str, option: str) -> bytes:
    return hashlib.sha256("\n".join(("yishi/1/lot", contest, seed, option)).encode()).digest()


@dataclass(frozen=True, slots=True)
class TieBreak:
    """Breaks the ties of one count by its rules."""

    rules: Rules
    options: tuple[str, ...]

    def decide(
        self,
        tied: Sequence[str],
        selecting: Selecting,
        number: int,
        history: History = (),
        passing: int | None = None,
    ) -> Tie:
        """Select one of `tied` in round `number`; `selected` is `None` if the rules do not say who."""
        among = tuple(option for option in self.options if option in set(tied))
        recorded = self._recorded(among, selecting, number, passing)
        if recorded is not None:
            return Tie(number, among, selecting, recorded, "recorded")
        left = among
        if self.rules.tie_break in BACKWARDS:
            left, compared = _backwards(among, selecting, history)
            if len(left) == 1:
                return Tie(number, among, selecting, left[0], "previous_rounds", compared_round=compared)
            recorded = self._recorded(left, selecting, number, passing)
            if recorded is not None:
                return Tie(number, among, selecting, recorded, "recorded")
        order = self.order
        selected = self._by_order(left, selecting, order)
        if selected is None:
            return Tie(number, among, selecting, None, "open")
        return Tie(number, among, selecting, selected, "lot" if self._is_lot else "order", order)

    @property
    def order(self) -> tuple[str, ...]:
        """The strict order of this count: as given, else the lot of its seed, else nothing."""
        if self.rules.tie_break is None or self.rules.tie_break == "ask":
            return ()
        if self.rules.tie_break_order:
            return self.rules.tie_break_order
        if self.rules.tie_break in LOTS and self.rules.tie_break_seed is not None:
            return lot_order(self.rules.tie_break_contest or "", self.rules.tie_break_seed, self.options)
        if self.rules.tie_break in ("candidate_order", "order"):
            return self.options
        return ()

    @property
    def _is_lot(self) -> bool:
        return not self.rules.tie_break_order and self.rules.tie_break in LOTS

    def _recorded(self, tied: tuple[str, ...], selecting: Selecting, number: int, passing: int | None) -> str | None:
        """The recorded lot for exactly this tie, if there is one."""
        for lot in self.rules.tie_break_resolutions:
            fits = lot.round == number and lot.selecting == selecting and lot.tied == frozenset(tied)
            if fits and lot.passing in (None, passing):
                return lot.selected
        return None

    def _by_order(self, tied: tuple[str, ...], selecting: Selecting, order: tuple[str, ...]) -> str | None:
        """Who of `tied` the order selects; options it does not list are never selected."""
        listed = [option for option in order if option in tied]
        if not listed:
            return None
        if self.rules.tie_break == "given_elimination_order":
            if not set(self.options) - set(self.rules.excluded_candidates) <= set(order):
                return None
            return listed[0] if selecting == "loser" else listed[-1]
        if "first" in (self.rules.tie_break_note or ""):
            return listed[0]
        return listed[0] if selecting == "winner" else listed[-1]


def _backwards(tied: tuple[str, ...], selecting: Selecting, history: History) -> tuple[tuple[str, ...], int | None]:
    """Those of `tied` with the most (least) votes in the latest earlier round where they differ, and that round.

    If several still share that extreme, the rounds before it decide among them.
    """
    left, compared = tied, None
    for number in range(len(history), 0, -1):
        votes = {option: history[number - 1].get(option, 0) for option in left}
        extreme = max(votes.values()) if selecting == "winner" else min(votes.values())
        narrowed = tuple(option for option in left if votes[option] == extreme)
        if len(narrowed) < len(left):
            left, compared = narrowed, number
        if len(left) == 1:
            break
    return left, compared
