"""What a method is given: options in order, ballots, seats and rules, already found to fit together."""

from __future__ import annotations

from dataclasses import dataclass

from voting.core.count.ballots import Ballots, Box, checked, read
from voting.core.count.errors import IllegalPoll
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
    known = set(poll.options)
    for member in ("excluded_candidates", "tie_break_order"):
        strangers = [option for option in getattr(poll.rules, member) if option not in known]
        if strangers:
            raise IllegalPoll(f"{member}: expected options of this contest; got {strangers[0]!r}")
    checked(poll.ballots, poll.options)
    return poll
