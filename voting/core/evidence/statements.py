"""What officials sign, as text: the close, the result, a paper batch, a change of key. Source: evidence format §6.

Each is the text of a signed note: lines that end with a line feed, the log's origin first, so that a signature for one contest
or one purpose is none for another. Hashes and roots are 32 bytes, written in hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voting.core.evidence import notes
from voting.core.evidence.events import SealedSet
from voting.core.evidence.notes import Note, VerifierKey

CLOSE, RESULT, BATCH, KEY_CHANGE = "close statement", "result statement", "paper batch", "key change"


def close(origin: str, box: SealedSet, checked_off: int, log: SealedSet) -> str:
    """The box and the check-offs as they were closed, and the tree whose last entry is `closed`."""
    return _text(origin, CLOSE, _set("box", box), f"checked-off {checked_off}", _set("log", log))


def result(origin: str, box: SealedSet, result_hash: bytes) -> str:
    """What was counted, and from which box."""
    return _text(origin, RESULT, _set("box", box), f"result {result_hash.hex()}")


def batch(origin: str, batch_id: str, count: int, batch_hash: bytes) -> str:
    """How many ballots a paper batch holds, and their salted hash."""
    return _text(origin, BATCH, batch_id, f"count {count}", f"hash {batch_hash.hex()}")


def key_change(origin: str, name: str, old_key: str, new_key: str) -> str:
    """That an official signs with another key from here on. Keys are verifier keys."""
    return _text(origin, KEY_CHANGE, name, old_key, new_key)


def signers(note: Note, text: str, keys: Iterable[str]) -> tuple[VerifierKey, ...]:
    """The officials of these verifier keys who signed this text, each key once whatever names it has; nobody for any other
    text. Statements of k of n hold when at least k are found."""
    if note.text != text:
        return ()
    found: dict[bytes, VerifierKey] = {}
    for key in note.signers([notes.parse_key(key) for key in keys]):
        found.setdefault(key.public, key)
    return tuple(found.values())


def unsigned(text: str) -> bytes:
    """The note of a statement that nobody has signed yet: it ends after its blank line."""
    return Note(text).data


def _set(name: str, told: SealedSet) -> str:
    return f"{name} {told.size} {told.root.hex()}"


def _text(*lines: str) -> str:
    _refuse_breaks(lines)
    return "".join(f"{line}\n" for line in lines)


def _refuse_breaks(lines: Sequence[str]) -> None:
    if any("\n" in line or not line for line in lines):
        raise ValueError("expected whole lines, none of them empty or broken")
