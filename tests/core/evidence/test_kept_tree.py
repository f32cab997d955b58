"""A kept tree is the tree of the RFC, for every size and place."""

from __future__ import annotations

import pytest

from voting.core.evidence import merkle
from voting.core.evidence.kept_tree import KeptTree


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 13, 33])
def test_a_kept_tree_has_the_root_and_the_proofs_of_the_rfc(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    tree = KeptTree(hashes)
    assert (tree.size, tree.root) == (size, merkle.root_of_hashes(hashes))
    for index in range(size):
        assert tree.inclusion(index) == merkle.inclusion(hashes, index)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        KeptTree([merkle.leaf_hash(b"")] * 3).inclusion(index)
