"""Was my ballot recorded and counted as cast? A voter's opening against the contest's bundle, without asking anybody.

    report = check_bundle("parking.zip", cast.opening, cast.receipt)
    for finding in report.findings:
        print(finding.code, finding.holds, finding.sentence)

A check that could not be made (the publish mode withholds the box, say) neither holds nor fails, and says what is missing.
This checks one ballot; that the result follows from all of them is the business of the `verify.py` in the bundle.
"""

from __future__ import annotations

import json
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clients.python import hashes, proofs
from clients.python.ballots import Opening
from clients.python.bundles import BOX, Bundle
from clients.python.published import BoxProof, OwnRecord

_SENTENCES = {
    "contest": ("The bundle is of this ballot's contest.", "The bundle is of another contest."),
    "manifest": ("The log's key signed the bundle.", "The log's key did not sign this bundle."),
    "receipt": ("The receipt is signed, and for this ballot.", "The receipt is not a signed one for this ballot."),
    "log": ("The log is whole, and its key signed it.", "The log is not the one that its key signed."),
    "recorded": ("The log holds this ballot's commitment.", "The log does not hold this ballot's commitment."),
    "box": ("The box is the one that was closed.", "The box is not the one that was closed."),
    "counted": ("The box holds this ballot as it was cast.", "The box does not hold this ballot as it was cast."),
    "participation": ("The check-offs are those of the close.", "The check-offs are not those of the close."),
    "checked_off": (
        "The elector is on the roll and checked off.",
        "The elector is not on the roll, or not checked off.",
    ),
}
_MISSING = {
    "receipt": "No receipt was given.",
    "box": "The bundle withholds the box.",
    "counted": "The bundle withholds the box, and the ballot's place in it was not given.",
    "checked_off": "The elector's place in the roll was not given.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: a stable code, whether it holds (None: it could not be made), and a sentence."""

    code: str
    holds: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about one ballot. `anchored`: the log's key was given, and not only taken from the bundle."""

    findings: tuple[Finding, ...]
    anchored: bool

    @property
    def ok(self) -> bool:
        """Nothing is wrong. See `complete` for whether everything could be looked at."""
        return all(finding.holds is not False for finding in self.findings)

    @property
    def complete(self) -> bool:
        """Every check could be made."""
        return all(finding.holds is not None for finding in self.findings)

    def of(self, code: str) -> Finding:
        """The finding of this code."""
        return next(finding for finding in self.findings if finding.code == code)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one leaf stands in a tree, and the path to its root: of an elector in the roll, of a ballot in the box."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]


NOWHERE = Place(b"", 0, ())
"""The place of a ballot of which the service says that the box has none."""


def place_of(record: OwnRecord) -> Place:
    """The place of an elector, as the service tells it to the voter."""
    return Place(bytes.fromhex(record.leaf), record.index, tuple(map(bytes.fromhex, record.proof)))


def place_in_box(proof: BoxProof, opening: Opening) -> Place:
    """The place of the opening's own line in a box that is withheld, by the service's proof."""
    return Place(_line(opening), proof.index, tuple(map(bytes.fromhex, proof.proof)))


@dataclass(frozen=True, slots=True)
class Known:
    """What the checker knows from elsewhere. Keys that are not given are taken from the bundle itself; the places are told
    to the voter by the service."""

    receipt: str | None = None
    log_key: str | None = None
    receipt_keys: Sequence[Mapping[str, str]] | None = None
    elector: Place | None = None
    ballot: Place | None = None


def holds_box(bundle: Path | str | IO[bytes]) -> bool:
    """Whether a downloaded bundle shows the box. `ValueError` for a file that is none."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            return BOX in Bundle(archive)
    except (zipfile.BadZipFile, LookupError, TypeError) as error:
        raise ValueError(f"expected a bundle: {error}") from error


def check_bundle(bundle: Path | str | IO[bytes], opening: Opening, receipt: str | None = None, **known: Any) -> Report:
    """Check one ballot against a downloaded bundle; `known` are members of `Known`. `ValueError` for a file that is none."""
    return check_file(bundle, opening, Known(receipt=receipt, **known))


def check_file(bundle: Path | str | IO[bytes], opening: Opening, known: Known) -> Report:
    """The same with everything that is known in one value."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            return _check(Bundle(archive), opening, known)
    except (zipfile.BadZipFile, LookupError, TypeError) as error:
        raise ValueError(f"expected a bundle: {error}") from error


def _check(bundle: Bundle, opening: Opening, known: Known) -> Report:
    key = known.log_key or bundle.manifest["log_key"]
    told: list[tuple[str, bool | None]] = [
        ("contest", bundle.manifest["contest"] == opening.contest_id),
        ("manifest", proofs.text_of_note(bundle.read("manifest.note"), key) == bundle.statement),
        ("receipt", _receipt(bundle, opening, known)),
    ]
    log = _Log(bundle, opening.commitment)
    told += [("log", log.is_signed(bundle, key)), ("recorded", log.holds_mine)]
    told += _ballot(bundle, log.closed["box"], opening, known.ballot)
    told += _elector(bundle, log, known.elector)
    return Report(
        tuple(Finding(code, holds, _sentence(code, holds)) for code, holds in told), known.log_key is not None
    )


def _sentence(code: str, holds: bool | None) -> str:
    return _MISSING[code] if holds is None else _SENTENCES[code][0 if holds else 1]


def _receipt(bundle: Bundle, opening: Opening, known: Known) -> bool | None:
    if known.receipt is None:
        return None
    claims = proofs.receipt_claims_of(known.receipt, known.receipt_keys or bundle.manifest["receipt_keys"]) or {}
    expected = {"commitment": hashes.encode(opening.commitment), "log": bundle.manifest["origin"]}
    return {name: claims.get(name) for name in expected} == expected


class _Log:
    """The log of a bundle, read once: its tree, what was opened and closed, and whether it holds a commitment."""

    def __init__(self, bundle: Bundle, commitment: bytes) -> None:
        self._tree = proofs.Tree()
        self.holds_mine = False
        self.opened: dict[str, Any] = {}
        self.closed: dict[str, Any] = {}
        for entry in bundle.entries():
            self._tree.add(entry)
            if len(entry) == len(commitment):
                self.holds_mine = self.holds_mine or entry == commitment
                continue
            event = json.loads(entry)
            if event["type"] == "opened":
                self.opened = event
            elif event["type"] == "closed":
                self.closed = event

    def is_signed(self, bundle: Bundle, key: str) -> bool:
        """Whether the checkpoint is the key's, and of exactly this tree."""
        root = b64encode(self._tree.root()).decode()
        expected = f"{bundle.manifest['origin']}\n{self._tree.size}\n{root}\n"
        return proofs.text_of_note(bundle.read("log/checkpoint"), key) == expected


def _ballot(
    bundle: Bundle, closed: Mapping[str, Any], opening: Opening, place: Place | None
) -> Iterator[tuple[str, bool | None]]:
    """Whether the box is the one that was closed, and holds the ballot under its slot."""
    if BOX in bundle:
        tree, line, slot = proofs.Tree(), b"", opening.slot.hex().encode()
        for one in bundle.lines(BOX):
            tree.add(one)
            line = one if slot in one else line
        yield "box", (tree.size, tree.root().hex()) == (closed["size"], closed["root"])
        yield "counted", line == _line(opening)
        return
    yield "box", None
    if place is None:
        yield "counted", None
        return
    stands = proofs.is_included(place.leaf, place.index, closed["size"], place.path, bytes.fromhex(closed["root"]))
    yield "counted", stands and place.leaf == _line(opening)


def _line(opening: Opening) -> bytes:
    """The one spelling of a ballot in the box."""
    ranking = json.dumps([list(rank) for rank in opening.ranking], separators=(",", ":"))
    return f'{{"ranking":{ranking},"seq":{opening.seq},"slot":"{opening.slot.hex()}"}}'.encode()


def _elector(bundle: Bundle, log: _Log, place: Place | None) -> Iterator[tuple[str, bool | None]]:
    """Whether the check-offs are those that were closed, and the elector's own is among them."""
    bits, closed, roll = bundle.read("roll/participation.bits"), log.closed["participation"], log.opened["roll"]
    checked = sum(byte.bit_count() for byte in bits)
    yield "participation", (hashes.digest("participation", bits).hex(), checked) == (closed["hash"], closed["checked"])
    if place is None:
        yield "checked_off", None
        return
    listed = proofs.is_included(place.leaf, place.index, roll["size"], place.path, bytes.fromhex(roll["root"]))
    yield "checked_off", listed and bool(bits[place.index // 8] >> (7 - place.index % 8) & 1)
