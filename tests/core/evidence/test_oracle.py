"""Notes, checkpoints, tiles and proofs against `tlog-scales`, an implementation of the C2SP formats that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import signing, tlog
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.writer import TilesWriter

from voting.core.evidence import checkpoints, cosignatures, merkle, notes, tiles
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import Signer
from voting.core.evidence.tiles import Edge

ORIGIN = "yishi.example/contests/con_1"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
LOG = Signer(ORIGIN, PRIVATE)
WITNESS = cosignatures.witness("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
ENTRIES = [place.to_bytes(2, "big") * (1 + place % 40) for place in range(1300)]


def written_by_us(folder: Path, steps: tuple[int, ...]) -> Edge:
    """A log as files, grown by these steps and signed after the last."""
    edge, place = Edge(), 0
    for step in steps:
        growth = tiles.grow(edge, ENTRIES[place : place + step])
        edge, place = growth.edge, place + step
        for tile in growth.tiles:
            path = folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tile.data)
    note = Checkpoint(ORIGIN, edge.size, edge.root()).signed(LOG)
    cosigned = cosignatures.cosign(Checkpoint(ORIGIN, edge.size, edge.root()), WITNESS, 1_700_000_000)
    (folder / "checkpoint").write_bytes(cosignatures.with_cosignatures(note, [cosigned]).data)
    return edge


def test_a_log_that_we_write_is_read_entry_by_entry(tmp_path: Path) -> None:
    edge = written_by_us(tmp_path, (1, 255, 300, 744))
    reader = TilesReader(LocalBackend(tmp_path))
    checkpoint = reader.get_checkpoint()
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, edge.size)
    assert reader.calculate_root_hash() == checkpoint.root_hash == edge.root()
    assert [reader.get_entry(place) for place in range(edge.size)] == ENTRIES


def test_the_oracle_accepts_our_signatures_and_no_others(tmp_path: Path) -> None:
    written_by_us(tmp_path, (5,))
    checkpoint = tlog.Checkpoint.from_text((tmp_path / "checkpoint").read_text())
    for key in (LOG.key, WITNESS.key):
        checkpoint.verify(signing.Vkey.from_string(key.text))
    stranger = Signer(ORIGIN, WITNESS.private).key
    with pytest.raises(RuntimeError, match="no signature"):
        checkpoint.verify(signing.Vkey.from_string(stranger.text))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 513, 1300])
def test_the_oracle_proves_what_we_verify(tmp_path: Path, size: int) -> None:
    edge = written_by_us(tmp_path, (size,))
    reader = TilesReader(LocalBackend(tmp_path))
    reader.get_checkpoint()
    for index in {0, size // 2, size - 1}:
        proof = reader.get_inclusion_proof(index, size).node_hashes
        assert merkle.verify_inclusion(merkle.leaf_hash(ENTRIES[index]), index, size, proof, edge.root())
    first = max(1, size // 3)
    proof = reader.get_consistency_proof(first, size).node_hashes
    assert merkle.verify_consistency(first, size, merkle.root(ENTRIES[:first]), edge.root(), proof)


@pytest.mark.parametrize("size", [2, 257, 1300])
def test_the_oracle_verifies_what_we_prove(tmp_path: Path, size: int) -> None:
    edge = written_by_us(tmp_path, (size,))

    def read(level: int, index: int, width: int) -> bytes:
        return (tmp_path / tiles.path(level, index, width)).read_bytes()

    for index in {0, size // 2, size - 1}:
        proof = tlog.InclusionProof(index, size, list(tiles.inclusion(index, size, read)))
        proof.check(merkle.leaf_hash(ENTRIES[index]), edge.root())
    first = size // 2
    tlog.ConsistencyProof(first, size, list(tiles.consistency(first, size, read))).check(
        merkle.root(ENTRIES[:first]), edge.root()
    )


def test_both_write_the_same_files(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    written_by_us(ours, (1300,))
    writer = TilesWriter.create(theirs, ORIGIN)
    for entry in ENTRIES:
        writer.add_leaf(entry)
    writer.commit([signing.PlainEd25519Signer(ORIGIN, PRIVATE)])
    files = {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()}
    assert files == {path.relative_to(ours) for path in ours.rglob("*") if path.is_file()}
    for path in files - {Path("checkpoint")}:
        assert (ours / path).read_bytes() == (theirs / path).read_bytes()


def test_we_read_a_checkpoint_that_the_oracle_signed() -> None:
    made = tlog.Checkpoint.make_signed(
        ORIGIN, 3, merkle.root(ENTRIES[:3]), [signing.PlainEd25519Signer(ORIGIN, PRIVATE)]
    )
    checkpoint, note = checkpoints.opened(made.serialize().encode(), LOG.key)
    assert checkpoint == Checkpoint(ORIGIN, 3, merkle.root(ENTRIES[:3]))
    assert note.data == checkpoint.signed(LOG).data, "Ed25519 signs alike everywhere"


def test_key_ids_are_the_oracles() -> None:
    for kind in (notes.ED25519, notes.COSIGNATURE):
        key = Signer(ORIGIN, PRIVATE, kind).key
        assert signing.Vkey(ORIGIN, None, kind, key.public).serialize() == key.text
