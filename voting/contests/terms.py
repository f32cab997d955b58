"""A contest's terms: how long the notice and the objections last, how far it may be extended, which turnout it needs.

Periods are whole days of 24 hours. The turnout floor is an exact fraction: met when cast / electors is at least it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

Ballots = Literal["valid_only", "as_marked"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The procedure, frozen with the notice."""

    notice_days: int = 0
    objection_days: int = 0
    extension_max_days: int = 0
    turnout_floor: Fraction | None = None
    revoting: bool = False
    ballots: Ballots = "valid_only"

    def as_document(self) -> dict[str, Any]:
        """As stored and shown; the floor as `p/q`, absent where there is none."""
        document = asdict(self)
        floor = document.pop("turnout_floor")
        return document if floor is None else document | {"turnout_floor": written(floor)}

    def floor_is_met(self, cast: int, electors: int) -> bool:
        """Whether enough have cast. A roll of nobody meets no floor."""
        if self.turnout_floor is None:
            return True
        return electors > 0 and Fraction(cast, electors) >= self.turnout_floor


def from_document(document: Mapping[str, Any]) -> Terms:
    """The terms of a stored contest."""
    floor = document.get("turnout_floor")
    values = {name: value for name, value in document.items() if name != "turnout_floor"}
    return Terms(**values, turnout_floor=None if floor is None else Fraction(floor))


def written(fraction: Fraction) -> str:
    """`p/q` in lowest terms."""
    return f"{fraction.numerator}/{fraction.denominator}"
