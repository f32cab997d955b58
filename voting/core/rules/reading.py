"""Steps into parsed JSON that gather every fault with its pointer (RFC 6901), its code and what would have been legal.

A step over a fault yields a harmless value and goes on, so that one reading finds all of them; `finish` raises at the end.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from voting.errors import Fact, Fault, Invalid

_FRACTION = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_EXACT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12}|/[1-9][0-9]{0,14})?")
_LONGEST_TEXT = 2000
_LARGEST = 10**15
_MOST_FAULTS = 50
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value, where it stands, and the faults that all nodes of one reading share."""

    value: Any
    pointer: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, **facts: Fact) -> None:
        """Note a fault at this value."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(self.pointer, code, facts))

    def finish(self) -> None:
        """Raise `Invalid` if anything was noted."""
        if self.faults:
            raise Invalid(self.faults)

    def at(self, step: str | int, value: Any) -> Node:
        """A value one step further in."""
        escaped = str(step).replace("~", "~0").replace("/", "~1")[:200]
        return Node(value, f"{self.pointer}/{escaped}", self.faults)

    def members(self, legal: Sequence[str], needed: Sequence[str] = ()) -> Parts:
        """The members of an object; strangers and absences are faults."""
        found = self.free()
        for name in needed:
            if name not in found and isinstance(self.value, Mapping):
                self.at(name, None).fault("missing_member", member=name)
        for name, node in found.items():
            if name not in legal:
                node._stranger(name, legal)
        return Parts({name: node for name, node in found.items() if name in legal})

    def _stranger(self, name: str, legal: Sequence[str]) -> None:
        near = difflib.get_close_matches(name[:64], legal, n=1)
        if near:
            self.fault("unknown_member_did_you_mean", member=name[:80], nearest=near[0])
        else:
            self.fault("unknown_member", member=name[:80], known=tuple(legal))

    def free(self) -> dict[str, Node]:
        """The members of an object, whatever they are called."""
        if not isinstance(self.value, Mapping):
            self.fault("wrong_type", expected="object")
            return {}
        return {str(name): self.at(name, value) for name, value in self.value.items()}

    def items(self, least: int = 0, most: int = 1000) -> list[Node]:
        """The entries of an array."""
        if not isinstance(self.value, list | tuple):
            self.fault("wrong_type", expected="array")
            return []
        if len(self.value) < least:
            self.fault("too_short", limit=least)
        if len(self.value) > most:
            self.fault("too_long", limit=most)
            return []
        return [self.at(place, value) for place, value in enumerate(self.value)]

    def of_type(self, kind: type) -> bool:
        """Whether the value is of that JSON type; a fault if not."""
        if isinstance(self.value, kind):
            return True
        self.fault("wrong_type", expected=_KINDS[kind])
        return False

    def text(self) -> str:
        """A text that says something."""
        if not self.of_type(str):
            return ""
        if not self.value.strip():
            self.fault("too_short", limit=1)
        if len(self.value) > _LONGEST_TEXT:
            self.fault("too_long", limit=_LONGEST_TEXT)
        return str(self.value)

    def boolean(self) -> bool:
        """True or false."""
        return bool(self.value) if self.of_type(bool) else False

    def words(self) -> dict[str, str]:
        """The same text in Chinese and in English."""
        return {name: node.text() for name, node in self.members(("zh", "en"), ("zh", "en")).items()}

    def choice(self, legal: Sequence[str]) -> str:
        """One of the legal words."""
        if not self.of_type(str):
            return legal[0]
        if self.value in legal:
            return str(self.value)
        near = difflib.get_close_matches(self.value[:64], legal, n=1)
        facts: dict[str, Fact] = {"value": self.value[:80], "allowed": tuple(legal)}
        if near:
            self.fault("not_one_of_did_you_mean", nearest=near[0], **facts)
        else:
            self.fault("not_one_of", **facts)
        return legal[0]

    def whole(self, least: int, most: int = _LARGEST) -> int:
        """A whole number between two bounds."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fault("wrong_type", expected="integer")
            return least
        if not least <= self.value <= most:
            self.fault("out_of_bounds", bound=f"≥ {least}" if self.value < least else f"≤ {most}")
            return least
        return self.value

    def day(self) -> date:
        """A calendar day, `YYYY-MM-DD`."""
        if isinstance(self.value, str) and _DAY.fullmatch(self.value):
            try:
                return date.fromisoformat(self.value)
            except ValueError:
                pass
        self.fault("not_a_date")
        return date(2000, 1, 1)

    def fraction(self) -> Fraction:
        """A share from 0 to 1, written `p/q`, or `0` or `1`."""
        if not isinstance(self.value, str) or not _FRACTION.fullmatch(self.value) or Fraction(self.value) > 1:
            self.fault("wrong_form", expected="p/q from 0 to 1, such as 2/3")
            return Fraction(0)
        return Fraction(self.value)

    def amount(self) -> int | Fraction:
        """A figure of a count, exact and not negative: a whole number, or a text such as `88.25` or `1/3`."""
        value = self.value
        if isinstance(value, Decimal):
            value = format(value, "f")
        if isinstance(value, int) and not isinstance(value, bool):
            if 0 <= value <= _LARGEST:
                return value
            self.fault("out_of_bounds", bound="≥ 0" if value < 0 else f"≤ {_LARGEST}")
        elif isinstance(value, str) and _EXACT.fullmatch(value):
            return Fraction(value)
        else:
            self.fault("wrong_form", expected='a whole number, or exactly as text: "88.25" or "1/3"; never negative')
        return 0


class Parts(dict[str, Node]):
    """The members of an object. One that is absent, which was noted where it is needed, reads as nothing."""

    def __missing__(self, name: str) -> Node:
        return Node(None)
