"""Steps into parsed JSON that remember the way, so that a fault names the line and column of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from voting.core.count.errors import IllegalFile
from voting.core.count.formats import json_text


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON text and where it stands."""

    form: str
    text: str
    value: Any
    way: tuple[str | int, ...] = ()

    def fault(self, reason: str) -> IllegalFile:
        """A fault at this value."""
        return json_text.at(self.form, self.text, self.way, reason)

    def member(self, name: str) -> Node:
        """A member this object must have."""
        found = self.maybe(name)
        if found is None:
            raise self.fault(f"expected the member {name!r}; it is missing")
        return found

    def maybe(self, name: str) -> Node | None:
        """A member this object may have."""
        if not isinstance(self.value, dict):
            raise self.fault(f"expected an object; got {type(self.value).__name__}")
        return Node(self.form, self.text, self.value[name], (*self.way, name)) if name in self.value else None

    def each(self, name: str) -> Iterator[Node]:
        """The entries of a member that is an array; nothing if there is no such member."""
        found = self.maybe(name)
        if found is None:
            return
        if not isinstance(found.value, list):
            raise found.fault(f"expected an array; got {type(found.value).__name__}")
        for place, value in enumerate(found.value):
            yield Node(self.form, self.text, value, (*found.way, place))

    def string(self) -> str:
        """This value, if it is a text."""
        if not isinstance(self.value, str):
            raise self.fault(f"expected a text; got {type(self.value).__name__}")
        return self.value

    def whole(self, least: int) -> int:
        """This value, if it is a whole number of at least `least`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            raise self.fault(f"expected a whole number of at least {least}; got {self.value!r}")
        return self.value

    def typed(self, *types: str) -> str:
        """The `@type` of this object, if it is one of those. Tabulators in use leave out what stands before the point."""
        node = self.member("@type")
        found = next((name for name in types if node.value in (name, name.partition(".")[2])), None)
        if found is None:
            raise node.fault(f"expected {' or '.join(types)}; got {node.value!r}")
        return found
