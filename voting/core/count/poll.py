"""What a method is given: options in order, ballots, seats and rules, already found to fit together."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from voting.core.count.ballots import Ballots, Box, checked, read
from voting.core.count.errors import IllegalPoll, UnknownOption
from voting.core.count.rules import Rules


@dataclass(frozen=True, slots=True)
class Poll:
    """One contest to be counted. `options` keep their order; `seats` is 0 where the method decides how many."""

    method: str
    options: tuple[str, ...]
    ballots: Ballots
    seats: int
    rules: Rules

    @property
    def standing(self) -> tuple[str, ...]:
        """The options that were not withdrawn, in order."""
        return tuple(option for option in self.options if option not in self.rules.excluded_candidates)

    def box(self) -> Box:
        """The ballots read as strict rankings under the rules."""
        return read(self.ballots, self.options, self.rules)


def fitted(poll: Poll) -> Poll:
    """The poll itself, if its parts fit together. Raises `IllegalPoll` or `IllegalBallot`."""
    if len(set(poll.options)) != len(poll.options):
        raise IllegalPoll("options: expected each once; got one twice")
    if not poll.options:
        raise IllegalPoll("options: expected at least one; got none")
    if isinstance(poll.seats, bool) or not isinstance(poll.seats, int) or poll.seats < 0:
        raise IllegalPoll(f"seats: expected a whole number, not negative; got {poll.seats!r}")
    stranger = next(strangers(poll.rules, set(poll.options)), None)
    if stranger is not None:
        raise stranger
    checked(poll.ballots, poll.options)
    return poll


def strangers(rules: Rules, known: Container[str]) -> Iterator[UnknownOption]:
    """Every option that a rule names though nobody stands under it."""
    for member in ("excluded_candidates", "tie_break_order"):
        for place, option in enumerate(getattr(rules, member)):
            if option not in known:
                yield UnknownOption(member, (place,), option)
    for place, lot in enumerate(rules.tie_break_resolutions):
        for option in sorted(lot.tied):
            if option not in known:
                yield UnknownOption("tie_break_resolutions", (place, "tied"), option)
