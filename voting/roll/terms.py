"""A roll's terms: who is counted in, and how long it is shown, objected to and decided on.

Source of `unsold`: the Supreme People's Court interpretation on differentiated ownership (Fa Shi [2009] 7), art. 9: what
the builder has not sold, or sold and not handed over, is one head together; its area counts in full. A dwelling without
an owner in the register is taken for such. Periods are days of the community's own time zone, counted as the Civil Code does
(`voting.core.rules.clocks`): the first day is not counted, the last is over at midnight. 0 means no period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

UNITS = ("day", "working_day")
UNSOLD = ("one_head", "left_out")
RESIDENCIES = ("owner_occupier", "tenant", "household_member")


@dataclass(frozen=True, slots=True)
class RollTerms:
    """The terms, fixed when the roll is drawn up."""

    display_days: int = 0
    """For how long the roll is shown at least."""
    objection_days: int = 0
    """For how long after the display objections are heard; 0: as long as the roll is displayed."""
    decision_days: int = 0
    """By when an objection should be decided."""
    unit: str = "day"
    """What these periods are counted in: every day, or those that are worked."""
    calendar: str = "cn"
    """Whose working days count where the community has none of its own (`voting.core.rules.calendars`)."""
    unsold: str = "one_head"
    """On a roll of owners: dwellings nobody owns are one head together, or are left out."""
    residencies: tuple[str, ...] = RESIDENCIES
    """On a roll of persons or households: which kinds of residency make a resident."""
    resided_days: int = 0
    """How many days a tenant has to have lived here; a residency without a first day fulfils it."""
    names: str = "masked"
    """How the display shows names to other members: `masked` or `full`."""
    proxies_max: int = 0
    """How many electors one person may vote for as their proxy; 0: no proxies."""
    proxies_published: bool = False
    """Whether every member of the community reads who votes for whom."""

    def as_document(self) -> dict[str, Any]:
        """As stored and shown."""
        return asdict(self) | {"residencies": list(self.residencies)}


def from_document(document: Mapping[str, Any]) -> RollTerms:
    """The terms of a stored roll. A roll drawn up before there were terms left out what nobody owned."""
    if not document:
        return RollTerms(unsold="left_out")
    return RollTerms(**{**document, "residencies": tuple(document["residencies"])})
