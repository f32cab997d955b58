"""The entries of a community's journal: what moved, and how its contests' logs stood. Source: docs/evidence-format.md §2.

An entry names ids and states. Who did it, why, and what they wrote stand there as salted hashes only: whoever is told the
salt can check them, and when the salt is erased nobody can any more, while every proof stays valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from voting.core.evidence import canonical, hashes
from voting.core.evidence.event_forms import COUNT, HASH, INSTANT, TEXT, malformed, read, record, written


@dataclass(frozen=True, slots=True)
class About:
    """What moved: `roll`, `contest` … and its id."""

    kind: Annotated[str, TEXT]
    id: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True)
class Moved:
    """One public change of state: `event` is its id among the service's events, `what` its kind in the past tense."""

    at: Annotated[datetime, INSTANT]
    event: Annotated[str, TEXT]
    what: Annotated[str, TEXT]
    subject: Annotated[About, record(About)]
    to_state: Annotated[str, TEXT]
    actor: Annotated[bytes, HASH]
    from_state: Annotated[str | None, TEXT] = None
    reason: Annotated[bytes | None, HASH] = None
    text: Annotated[bytes | None, HASH] = None
    """What was written, as a salted hash: the salt is kept beside the text and erased with it."""


@dataclass(frozen=True, slots=True)
class ContestLog:
    """The log of a contest as it was signed after an event of it."""

    at: Annotated[datetime, INSTANT]
    origin: Annotated[str, TEXT]
    size: Annotated[int, COUNT]
    root: Annotated[bytes, HASH]


Entry: TypeAlias = Moved | ContestLog

TYPES: Mapping[str, type[Any]] = {"moved": Moved, "contest-log": ContestLog}
_NAMES = {kind: name for name, kind in TYPES.items()}


def encode(entry: Entry) -> bytes:
    """The entry as canonical JSON."""
    return canonical.encode({"type": _NAMES[type(entry)], **written(entry)})


def parse(data: bytes) -> Entry:
    """The entry of these bytes. Raises Invalid unless they are canonical, of a known type and have exactly its members."""
    value = canonical.parse(data)
    if not isinstance(value, Mapping):
        raise malformed("", "an object")
    members = dict(value)
    name = members.pop("type", None)
    kind = TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise malformed("/type", f"one of {', '.join(TYPES)}")
    entry: Entry = read(kind, members)
    return entry


def actor_hash(salt: bytes, actor_id: str) -> bytes:
    """Who did it: H("actor", salt of 32 bytes ‖ id)."""
    return hashes.salted("actor", salt, actor_id)


def text_hash(salt: bytes, text: str) -> bytes:
    """Why, or any other text: H("text", salt of 32 bytes ‖ text)."""
    return hashes.salted("text", salt, text)
