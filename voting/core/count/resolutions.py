"""Recorded lots: how ties fell that nobody but people could break. They are fed to the count and win over every other rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from voting.core.count.errors import IllegalPart

NEEDED = ("round", "tied", "selected", "selecting")
MEMBERS = (*NEEDED, "how", "pass")
SELECTING = ("winner", "loser")

NUMBER = ("a whole number from 1",)
OPTION = ("an option id",)
OPTIONS = ("a list of option ids, each once",)
TEXT = ("a text",)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How one tie fell. `passing` numbers the pass of a multi-pass count, `None` fits any."""

    round: int
    tied: frozenset[str]
    selected: str
    selecting: Literal["winner", "loser"]
    how: str = "recorded"
    passing: int | None = None


@dataclass(frozen=True, slots=True)
class Resolutions:
    """A rule member that holds recorded lots. Raises `IllegalPart`, which says where in the list what is wrong stands."""

    def read(self, value: object) -> tuple[Resolution, ...]:
        """The lots in order."""
        if not isinstance(value, list | tuple):
            raise ValueError(value)
        return tuple(
            entry if isinstance(entry, Resolution) else _one(entry, place) for place, entry in enumerate(value)
        )

    @property
    def legal(self) -> tuple[str, ...]:
        """The form."""
        return ("a list of {round, tied, selected, selecting: winner | loser, how, pass}, selected among tied",)


def _one(entry: object, place: int) -> Resolution:
    if not isinstance(entry, Mapping):
        raise IllegalPart((place,), entry, (f"an object with {', '.join(NEEDED)}",))
    for part in _wrong(entry, place):
        raise part
    return Resolution(
        round=entry["round"],
        tied=frozenset(entry["tied"]),
        selected=entry["selected"],
        selecting=entry["selecting"],
        how=entry.get("how", "recorded"),
        passing=entry.get("pass"),
    )


def _wrong(entry: Mapping[Any, Any], place: int) -> Iterator[IllegalPart]:
    """What is wrong with a lot, in the order of its members."""
    for member in entry:
        if member not in MEMBERS:
            yield IllegalPart((place, str(member)), entry[member], (f"one of the members {', '.join(MEMBERS)}",))
    for member in NEEDED:
        if member not in entry:
            yield IllegalPart((place,), entry, (f"an object with {', '.join(NEEDED)}",))
    tied = entry["tied"]
    if not _is_number(entry["round"]):
        yield IllegalPart((place, "round"), entry["round"], NUMBER)
    if not _are_names(tied):
        yield IllegalPart((place, "tied"), tied, OPTIONS)
    elif entry["selected"] not in tied:
        yield IllegalPart((place, "selected"), entry["selected"], tuple(tied) or OPTION)
    if entry["selecting"] not in SELECTING:
        yield IllegalPart((place, "selecting"), entry["selecting"], SELECTING)
    if not isinstance(entry.get("how", ""), str):
        yield IllegalPart((place, "how"), entry["how"], TEXT)
    if "pass" in entry and not _is_number(entry["pass"]):
        yield IllegalPart((place, "pass"), entry["pass"], NUMBER)


def _are_names(value: object) -> bool:
    """Whether this is a list of texts, each once. A text is no list, though it holds letters."""
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        return False
    return len(set(value)) == len(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
