"""The events of a contest's log: what each says, written as canonical JSON and read back. Source: docs/evidence-format.md §2.

An event holds its `type`, the instant `at` and its own members. Hashes are 32 bytes, instants are aware, notes are bytes.
`opened` freezes everything that a result depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from voting.core.evidence import canonical, tiles
from voting.core.evidence.event_forms import (
    COUNT,
    DOCUMENT,
    FRACTION,
    HASH,
    INSTANT,
    KEY,
    LOCAL,
    NOTE,
    POSITIVE,
    SEED,
    TEXT,
    TRUTH,
    malformed,
    one_of,
    read,
    record,
    several,
    written,
)
from voting.core.evidence.hashes import SIZE
from voting.errors import TooLarge

FORMAT = "yishi/1"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen, with its labels by locale."""

    id: Annotated[str, TEXT]
    label: Annotated[Mapping[str, str], LOCAL]
    status_quo: Annotated[bool, TRUTH]


@dataclass(frozen=True, slots=True)
class SealedSet:
    """The root over a set of leaves and how many there are."""

    root: Annotated[bytes, HASH]
    size: Annotated[int, COUNT]


@dataclass(frozen=True, slots=True)
class SealedRoll:
    """The roll whose electors may vote."""

    id: Annotated[str, TEXT]
    root: Annotated[bytes, HASH]
    size: Annotated[int, COUNT]


@dataclass(frozen=True, slots=True)
class Lot:
    """When the dice are drawn that decide ties, and the dice where they are drawn already."""

    drawn: Annotated[str, one_of("before_opening", "after_close", "none")]
    seed: Annotated[str | None, SEED] = None


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """The decision rule that the tally is put to."""

    id: Annotated[str, TEXT]
    version: Annotated[str, TEXT]
    hash: Annotated[bytes, HASH]


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who signs, with the verifier key (type 0x01) they sign with."""

    name: Annotated[str, TEXT]
    key: Annotated[str, KEY]


@dataclass(frozen=True, slots=True)
class Participation:
    """How many electors were checked off, and the hash of who."""

    checked: Annotated[int, COUNT]
    hash: Annotated[bytes, HASH]


@dataclass(frozen=True, slots=True)
class Opened:
    """The box is open; nothing here changes any more but `closes_at`, by `extended`."""

    at: Annotated[datetime, INSTANT]
    format: Annotated[str, one_of(FORMAT)]
    contest: Annotated[str, TEXT]
    community: Annotated[str, TEXT]
    question: Annotated[Mapping[str, str], LOCAL]
    options: Annotated[tuple[Option, ...], several(record(Option))]
    method: Annotated[str, TEXT]
    seats: Annotated[int, COUNT]
    rules: Annotated[Mapping[str, Any], DOCUMENT]
    ballots: Annotated[str, one_of("valid_only", "as_marked")]
    secrecy: Annotated[str, one_of("secret", "open")]
    revoting: Annotated[bool, TRUTH]
    electors: Annotated[int, COUNT]
    roll: Annotated[SealedRoll, record(SealedRoll)]
    lot: Annotated[Lot, record(Lot)]
    officials: Annotated[tuple[Official, ...], several(record(Official))]
    k: Annotated[int, COUNT]
    publish_mode: Annotated[str, one_of("full", "patterns", "restricted")]
    cadence: Annotated[int, COUNT]
    opens_at: Annotated[datetime, INSTANT]
    closes_at: Annotated[datetime, INSTANT]
    turnout_floor: Annotated[Fraction | None, FRACTION] = None
    rule: Annotated[DecisionRule | None, record(DecisionRule)] = None


@dataclass(frozen=True, slots=True)
class Extended:
    """The end was moved before it had come."""

    at: Annotated[datetime, INSTANT]
    closes_at: Annotated[datetime, INSTANT]
    reason: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class PaperBatch:
    """A batch of paper ballots, keyed twice and signed. `hash` is salted: a small batch could be guessed."""

    at: Annotated[datetime, INSTANT]
    batch: Annotated[str, TEXT]
    number: Annotated[int, POSITIVE]
    count: Annotated[int, COUNT]
    issued: Annotated[int, COUNT]
    spoiled: Annotated[int, COUNT]
    unreturned: Annotated[int, COUNT]
    hash: Annotated[bytes, HASH]
    note: Annotated[bytes, NOTE]


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """An official signs with another key from here on."""

    at: Annotated[datetime, INSTANT]
    name: Annotated[str, TEXT]
    old_key: Annotated[str, KEY]
    new_key: Annotated[str, KEY]
    reason: Annotated[str, TEXT]
    note: Annotated[bytes, NOTE]


@dataclass(frozen=True, slots=True)
class Closed:
    """The box as it was closed."""

    at: Annotated[datetime, INSTANT]
    box: Annotated[SealedSet, record(SealedSet)]
    online: Annotated[int, COUNT]
    paper: Annotated[int, COUNT]
    commitments: Annotated[int, COUNT]
    participation: Annotated[Participation, record(Participation)]


@dataclass(frozen=True, slots=True)
class LotDrawn:
    """The dice, drawn after the close."""

    at: Annotated[datetime, INSTANT]
    seed: Annotated[str, SEED]


@dataclass(frozen=True, slots=True)
class Counted:
    """The first count's result."""

    at: Annotated[datetime, INSTANT]
    result: Annotated[bytes, HASH]
    tally: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class Challenged:
    """Somebody contests the result."""

    at: Annotated[datetime, INSTANT]
    reason: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class Recounted:
    """The result of the count after a challenge."""

    at: Annotated[datetime, INSTANT]
    result: Annotated[bytes, HASH]
    tally: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class Certified:
    """The officials signed close and result."""

    at: Annotated[datetime, INSTANT]
    result: Annotated[bytes, HASH]
    close_note: Annotated[bytes, NOTE]
    result_note: Annotated[bytes, NOTE]


@dataclass(frozen=True, slots=True)
class Corrected:
    """Another result stands in place of an earlier one, which stays on record."""

    at: Annotated[datetime, INSTANT]
    replaces: Annotated[bytes, HASH]
    result: Annotated[bytes, HASH]
    reason: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class Annulled:
    """The contest is void."""

    at: Annotated[datetime, INSTANT]
    reason: Annotated[str, TEXT]


Event: TypeAlias = (
    Opened
    | Extended
    | PaperBatch
    | KeyChanged
    | Closed
    | LotDrawn
    | Counted
    | Challenged
    | Recounted
    | Certified
    | Corrected
    | Annulled
)

TYPES: Mapping[str, type[Any]] = {
    "opened": Opened,
    "extended": Extended,
    "paper-batch": PaperBatch,
    "key-changed": KeyChanged,
    "closed": Closed,
    "lot-drawn": LotDrawn,
    "counted": Counted,
    "challenged": Challenged,
    "recounted": Recounted,
    "certified": Certified,
    "corrected": Corrected,
    "annulled": Annulled,
}
_NAMES = {kind: name for name, kind in TYPES.items()}


def type_of(event: Event) -> str:
    """The `type` that an event is written with."""
    return _NAMES[type(event)]


def encode(event: Event) -> bytes:
    """The entry of an event. Raises Invalid for a value outside its form, TooLarge above 65,535 bytes."""
    data = canonical.encode({"type": type_of(event), **written(event)})
    if len(data) > tiles.LARGEST_ENTRY:
        raise TooLarge("event_too_large", limit=tiles.LARGEST_ENTRY, got=len(data))
    parse(data)
    return data


def parse(data: bytes) -> Event:
    """The event of an entry. Raises Invalid unless it is canonical, of a known type and has exactly its members."""
    value = canonical.parse(data)
    if not isinstance(value, Mapping):
        raise malformed("", "an object")
    members = dict(value)
    name = members.pop("type", None)
    kind = TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise malformed("/type", f"one of {', '.join(TYPES)}")
    event: Event = read(kind, members)
    if isinstance(event, Opened) and (event.lot.seed is not None) != (event.lot.drawn == "before_opening"):
        raise malformed("/lot/seed", "dice exactly where they are drawn before the opening")
    return event


def is_commitment(entry: bytes) -> bool:
    """Whether an entry of a contest's log is a cast commitment: 32 bytes, which no event is."""
    return len(entry) == SIZE
