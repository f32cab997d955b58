"""A bundle of a few ballots made from the format alone: what a voter's client checks, with keys that every run shares."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.python import hashes
from clients.python.ballots import Opening
from clients.python.checks import Place
from voting.access.tokens import RECEIPT, SigningKey
from voting.core import box
from voting.core.evidence import bundle, bundle_box, bundle_roll, bundle_schemas, events, merkle, tiles
from voting.core.evidence import hashes as service
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.events import Closed, Lot, Opened, Option, Participation, SealedRoll, SealedSet
from voting.core.evidence.notes import Note, Signer

CONTEST = "con_small"
ORIGIN = f"yishi.test/contests/{CONTEST}"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
RECEIPTS = SigningKey(ec.derive_private_key(0x1234, ec.SECP256R1()))
OPTIONS = ("opt_a", "opt_b", "opt_c")
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
VOTERS, ELECTORS = 5, 11


def opening(number: int) -> Opening:
    """What the n-th voter keeps."""
    ranking = tuple((OPTIONS[(number + place) % 3],) for place in range(number % 3 + 1))
    return Opening(CONTEST, bytes([number + 1]) * 32, bytes([number + 101]) * 32, 0, ranking)


def receipt(cast: Opening, **changes: Any) -> str:
    """The receipt the service gave for a cast."""
    claims = {"contest": CONTEST, "commitment": hashes.encode(cast.commitment), "log": ORIGIN, "integrate_by": 0}
    return RECEIPTS.sign(claims | changes, RECEIPT)


@dataclass(frozen=True)
class Small:
    """The parts of the bundle; a test exchanges some and builds."""

    openings: tuple[Opening, ...] = tuple(opening(number) for number in range(VOTERS))
    recorded: tuple[Opening, ...] | None = None
    """What the log holds, where that is not what the box holds."""
    checked: frozenset[int] = frozenset(range(VOTERS))
    closed: Mapping[str, Any] = field(default_factory=dict)
    """Members of `closed` that were exchanged."""
    public: bool = True
    """Whether the box is shown."""

    @property
    def rows(self) -> list[bundle_box.Row]:
        """The box."""
        places = {option: place for place, option in enumerate(OPTIONS)}
        return sorted((cast.slot, cast.seq, box.pack(cast.ranking, places)) for cast in self.openings)

    @property
    def leaves(self) -> list[bytes]:
        """The roll leaf of each elector."""
        return [service.roll_leaf(bytes([n]) * 32, f"per_{n}", None) for n in range(ELECTORS)]

    @property
    def lines(self) -> list[bytes]:
        """The lines of the box."""
        return b"".join(bundle_box.Lines(OPTIONS).chunks(self.rows)).splitlines()

    def elector(self, number: int) -> Place:
        """Where the n-th elector stands in the roll."""
        return place_in(sorted(self.leaves), self.leaves[number])

    def ballot(self, cast: Opening) -> Place:
        """Where a ballot stands in the box."""
        return place_in(self.lines, next(line for line in self.lines if cast.slot.hex().encode() in line))

    def entries(self) -> list[bytes]:
        """The log."""
        bits = bundle_roll.participation((leaf, n in self.checked) for n, leaf in enumerate(self.leaves))
        size, root = bundle_box.root(self.rows, OPTIONS)
        opened = Opened(
            at=AT,
            format="yishi/1",
            contest=CONTEST,
            community="com_1",
            question={"en": "?"},
            options=tuple(Option(option, {"en": option}, False) for option in OPTIONS),
            method="irv",
            seats=1,
            rules={},
            ballots="valid_only",
            secrecy="secret",
            revoting=True,
            electors=ELECTORS,
            roll=SealedRoll("rol_1", bits.root, ELECTORS),
            lot=Lot("none"),
            officials=(),
            k=0,
            publish_mode="full",
            cadence=0,
            opens_at=AT,
            closes_at=AT.replace(day=8),
        )
        closed = Closed(AT, SealedSet(root, size), size, 0, size, Participation(bits.checked, bits.hash))
        casts = self.openings if self.recorded is None else self.recorded
        commitments = sorted(cast.commitment for cast in casts)
        return [events.encode(opened), *commitments, events.encode(replace(closed, **self.closed))]

    def file(self, *, signer: Signer = LOG) -> io.BytesIO:
        """The bundle."""
        grown = tiles.grow(tiles.Edge(), self.entries())
        checkpoint = Checkpoint(ORIGIN, grown.edge.size, grown.edge.root())
        roll = bundle_roll.participation((leaf, n in self.checked) for n, leaf in enumerate(self.leaves))
        members = [
            bundle.whole(bundle.CONTEST, self.entries()[0]),
            bundle.whole(bundle.CHECKPOINT, checkpoint.signed(signer).data),
            *(bundle.whole(f"log/{tile.path}", tile.data) for tile in sorted(grown.tiles, key=lambda tile: tile.path)),
            bundle.whole(bundle.BITS, roll.bits),
            *([bundle.whole(bundle.BOX, b"".join(line + b"\n" for line in self.lines))] if self.public else []),
            *bundle_schemas.members(),
        ]
        subject = bundle.Subject("public", CONTEST, "com_1", ORIGIN, "certified", LOG.key.text, (RECEIPTS.public_jwk,))
        out = io.BytesIO()
        bundle.assemble(out, io.BytesIO(), subject, members, lambda text: Note(text, (signer.sign(text),)).data)
        out.seek(0)
        return out


def place_in(leaves: list[bytes], leaf: bytes) -> Place:
    """Where a leaf stands in the tree of these leaves."""
    index = leaves.index(leaf)
    return Place(leaf, index, merkle.inclusion([merkle.leaf_hash(one) for one in leaves], index))
