"""The officials of a contest: who signs its close, its result and its paper, and how many of them must.

Each has a name and an Ed25519 verifier key (C2SP signed-note, type 0x01) whose private half never comes near the service. Two
names with one key are one key, and are refused. They are frozen with the notice and stand in the `opened` event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voting.core.evidence import notes
from voting.core.evidence.notes import VerifierKey
from voting.errors import Fault, Invalid

MOST = 20


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who signs. `key` is `name+key id+base64`."""

    name: str
    key: str

    @property
    def verifier(self) -> VerifierKey:
        """The key as a value. Raises `Invalid` for a text that is none."""
        return notes.parse_key(self.key)


def of_document(stored: Sequence[Mapping[str, str]]) -> tuple[Official, ...]:
    """The officials of a stored contest."""
    return tuple(Official(one["name"], one["key"]) for one in stored)


def as_document(officials: Sequence[Official]) -> list[dict[str, str]]:
    """As stored and shown."""
    return [{"name": one.name, "key": one.key} for one in officials]


def faults(officials: Sequence[Official], k: int) -> list[Fault]:
    """Everything wrong with the officials of a draft, nothing if they can sign."""
    found = []
    names: dict[str, int] = {}
    keys: dict[bytes, int] = {}
    for place, official in enumerate(officials):
        if names.setdefault(official.name, place) != place:
            found.append(Fault(f"/officials/{place}/name", "official_twice", {"name": official.name}))
        found += _of_key(official, place, keys)
    if not 0 <= k <= len(officials):
        found.append(Fault("/k", "more_signatures_than_officials", {"k": k, "officials": len(officials)}))
    return found


def _of_key(official: Official, place: int, keys: dict[bytes, int]) -> list[Fault]:
    pointer = f"/officials/{place}/key"
    try:
        key = official.verifier
    except Invalid:
        return [Fault(pointer, "verifier_key_malformed")]
    if key.kind != notes.ED25519:
        return [Fault(pointer, "official_key_kind")]
    if keys.setdefault(key.public, place) != place:
        return [Fault(pointer, "official_key_twice")]
    return []
