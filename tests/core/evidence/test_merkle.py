"""Merkle trees against the published vectors of transparency-dev/merkle and against the definition in the RFC."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import shared_folder
from voting.core.evidence import merkle

VECTORS = shared_folder() / "vectors" / "merkle" / "testdata"
hashes_of = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def cases(kind: str) -> list[Any]:
    folder = VECTORS / kind
    return [pytest.param(path, id=str(path.relative_to(folder))) for path in sorted(folder.rglob("*.json"))]


def load(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_bytes())
    told["proof"] = [base64.b64decode(step) for step in told["proof"] or []]
    return told


def defined_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(hashes[:split]) + defined_root(hashes[split:])).digest()


def test_the_published_vectors_are_all_there(shared: Path) -> None:
    assert (len(cases("inclusion")), len(cases("consistency"))) == (98, 98), f"vectors missing below {shared}"


@pytest.mark.parametrize("path", cases("inclusion"))
def test_a_published_inclusion_case_is_judged_as_published(path: Path) -> None:
    told = load(path)
    leaf, root = base64.b64decode(told["leafHash"]), base64.b64decode(told["root"])
    held = merkle.verify_inclusion(leaf, told["leafIdx"], told["treeSize"], told["proof"], root)
    assert held is not told["wantErr"]


@pytest.mark.parametrize("path", cases("consistency"))
def test_a_published_consistency_case_is_judged_as_published(path: Path) -> None:
    told = load(path)
    roots = base64.b64decode(told["root1"]), base64.b64decode(told["root2"])
    held = merkle.verify_consistency(told["size1"], told["size2"], *roots, told["proof"])
    assert held is not told["wantErr"]


@given(hashes_of)
def test_a_root_is_the_root_of_the_definition(hashes: list[bytes]) -> None:
    assert merkle.root_of_hashes(hashes) == defined_root(hashes)


@given(st.lists(st.binary(max_size=5), max_size=20))
def test_a_root_over_leaves_hashes_each_leaf_first(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == defined_root([hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves])


@given(hashes_of)
def test_a_tree_that_grows_leaf_by_leaf_has_the_same_roots(hashes: list[bytes]) -> None:
    frontier = merkle.Frontier()
    for size, leaf in enumerate(hashes, 1):
        frontier = frontier.append(leaf)
        assert (frontier.size, frontier.root()) == (size, defined_root(hashes[:size]))


def test_a_frontier_keeps_one_peak_per_bit_of_its_size() -> None:
    frontier = merkle.Frontier()
    for size in range(1, 70):
        frontier = frontier.append(merkle.leaf_hash(b"x"))
        assert len(frontier.peaks) == size.bit_count()


def test_an_empty_tree_has_the_root_of_no_bytes() -> None:
    assert merkle.root(()) == merkle.Frontier().root() == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 34))
def test_every_inclusion_proof_of_a_tree_verifies(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([place])) for place in range(size)]
    root = merkle.root_of_hashes(hashes)
    for place, leaf in enumerate(hashes):
        assert merkle.verify_inclusion(leaf, place, size, merkle.inclusion(hashes, place), root)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_consistency_proof_of_a_tree_verifies(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([place])) for place in range(size)]
    for first in range(1, size + 1):
        roots = merkle.root_of_hashes(hashes[:first]), merkle.root_of_hashes(hashes)
        assert merkle.verify_consistency(first, size, *roots, merkle.consistency(hashes, first))


@given(hashes=hashes_of.filter(lambda hashes: len(set(hashes)) > 1), data=st.data())
def test_a_proof_for_one_leaf_proves_no_other(hashes: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(hashes) - 1))
    other = data.draw(st.sampled_from(hashes).filter(lambda leaf: leaf != hashes[place]))
    proof, root = merkle.inclusion(hashes, place), merkle.root_of_hashes(hashes)
    assert not merkle.verify_inclusion(other, place, len(hashes), proof, root)


@given(hashes=st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40), data=st.data())
def test_a_flipped_bit_of_a_proof_is_caught(hashes: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(hashes) - 1))
    proof, root = list(merkle.inclusion(hashes, place)), merkle.root_of_hashes(hashes)
    step, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[step] = (int.from_bytes(proof[step], "big") ^ 1 << bit).to_bytes(32, "big")
    assert not merkle.verify_inclusion(hashes[place], place, len(hashes), proof, root)


@given(hashes=st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40, unique=True), data=st.data())
def test_a_rewritten_prefix_is_caught(hashes: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(hashes) - 1))
    rewritten = [merkle.leaf_hash(hashes[0]), *hashes[1:]]
    roots = merkle.root_of_hashes(hashes[:first]), merkle.root_of_hashes(rewritten)
    assert not merkle.verify_consistency(first, len(hashes), *roots, merkle.consistency(rewritten, first))


@pytest.mark.parametrize("index", [-1, 3])
def test_an_inclusion_proof_outside_the_tree_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match="tree size 3"):
        merkle.inclusion([b"x" * 32] * 3, index)


@pytest.mark.parametrize("first", [-1, 0, 4])
def test_a_consistency_proof_from_no_tree_or_a_larger_one_is_refused(first: int) -> None:
    with pytest.raises(IndexError, match="from 1 to 3"):
        merkle.consistency([b"x" * 32] * 3, first)
