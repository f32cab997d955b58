"""What is stored, as an import sees it, and what an import is going to write. Plain values: no database here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from voting.community.register_check import Place

KINDS = ("buildings", "units", "dwellings", "households", "persons", "residencies", "ownerships")
"""What an import counts, in the order in which it is written."""


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person's row. `ref` is the register's own key, empty where it gave none."""

    id: str
    name: str
    phone: str | None
    born_on: date | None
    ref: str


@dataclass(frozen=True, slots=True)
class StoredResidency:
    """A residency that has not ended."""

    id: str
    kind: str
    from_on: date | None


@dataclass(frozen=True, slots=True)
class StoredOwnership:
    """An ownership's row without its dwelling."""

    id: str
    person_id: str | None
    owner_name: str
    merge_key: str
    is_voter: bool


@dataclass(slots=True)
class Stored:
    """The register of one community. Dwellings, households, residencies and ownerships are keyed by dwelling id."""

    buildings: dict[str, str] = field(default_factory=dict)
    """Label → id."""
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    """Labels of building and unit → id."""
    dwellings: dict[Place, tuple[str, int]] = field(default_factory=dict)
    """Place → id and area in cm²."""
    households: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Dwelling id → household id and its representative."""
    persons: dict[str, StoredPerson] = field(default_factory=dict)
    residencies: dict[str, dict[str, StoredResidency]] = field(default_factory=lambda: defaultdict(dict))
    """Dwelling id → person id → residency, only those that have not ended."""
    ownerships: dict[str, list[StoredOwnership]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Count:
    """How many rows of one kind an import adds, changes, ends and leaves as they are."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Plan:
    """What is going to be written: rows by table, in an order that foreign keys accept."""

    community_id: str
    today: date
    now: datetime
    inserts: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    updates: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    """Each row has `id` and the same columns as every other row of its kind."""
    removed_ownerships: list[str] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=lambda: {kind: Count() for kind in KINDS})

    def add(self, kind: str, /, **values: Any) -> None:
        """A new row of this community."""
        self.inserts[kind].append({"community_id": self.community_id, **values})
        self.counts[kind].added += 1

    def change(self, kind: str, /, **values: Any) -> None:
        """New values for the row `id`."""
        self.updates[kind].append(values)
        self.counts[kind].changed += 1

    def keep(self, kind: str) -> None:
        """A row that is already as the file says."""
        self.counts[kind].unchanged += 1

    @property
    def changes_anything(self) -> bool:
        """Whether there is a row to write."""
        return any(count.added or count.changed or count.ended for count in self.counts.values())
