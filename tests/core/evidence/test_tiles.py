"""Tiles: a tree that grows by any steps has the same tiles, and proofs from tiles are the proofs of the tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.core.evidence import merkle, tiles
from voting.core.evidence.tiles import ENTRIES, WIDTH, Edge
from voting.errors import Invalid

SIZES = (1, 2, 255, 256, 257, 511, 512, 513, 700, 65_535, 65_536, 65_537, 66_000)
ENTRY = [place.to_bytes(3, "big") * (1 + place % 3) for place in range(66_000)]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRY]


class Store:
    """Tiles as a log keeps them: the widest of each place."""

    def __init__(self) -> None:
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}

    def add(self, entries: list[bytes]) -> None:
        growth = tiles.grow(self.edge, entries)
        self.edge = growth.edge
        self.tiles |= {(tile.level, tile.index): tile.data for tile in growth.tiles}

    def read(self, level: int, index: int, width: int) -> bytes:
        found = self.tiles[level, index]
        assert level == ENTRIES or len(found) >= width * 32
        return found


@pytest.fixture(scope="module")
def grown() -> Store:
    store = Store()
    place = 0
    for step in (1, 1, 254, 1, 100, 355, 40_000, 25_288):
        store.add(ENTRY[place : place + step])
        place += step
    return store


def test_the_published_shape_of_seventy_thousand_leaves_is_ours() -> None:
    found = [(level, index, width) for level, index, width in tiles.layout(70_000) if level >= 0]
    assert sum(level == 0 and width == WIDTH for level, _, width in found) == 273
    assert [tile for tile in found if tile[2] < WIDTH] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_a_tree_of_256_leaves_has_a_second_level_of_one_hash() -> None:
    assert list(tiles.layout(256)) == [(ENTRIES, 0, 256), (0, 0, 256), (1, 0, 1)]


def test_a_tree_that_grew_by_steps_has_the_tiles_of_its_layout(grown: Store) -> None:
    laid = {(level, index): width for level, index, width in tiles.layout(grown.edge.size)}
    held = {key: len(data) // 32 for key, data in grown.tiles.items() if key[0] >= 0}
    assert {key: width for key, width in laid.items() if key[0] >= 0} == held
    assert set(laid) == set(grown.tiles)


def test_the_bundles_hold_every_entry_in_order(grown: Store) -> None:
    bundles = sorted(key for key in grown.tiles if key[0] == ENTRIES)
    found = [entry for key in bundles for entry in tiles.entries_of(grown.tiles[key])]
    assert found == ENTRY


def test_the_edge_knows_the_root(grown: Store) -> None:
    assert grown.edge.root() == merkle.root_of_hashes(HASHES)


@given(st.lists(st.integers(0, 600), max_size=6))
@settings(max_examples=30)
def test_growing_by_any_steps_is_growing_at_once(steps: list[int]) -> None:
    store, total = Store(), 0
    for step in steps:
        store.add(ENTRY[total : total + step])
        total += step
        assert store.edge.root() == merkle.root_of_hashes(HASHES[:total])
    once = Store()
    once.add(ENTRY[:total])
    assert (once.edge.size, once.edge.root(), once.tiles) == (total, store.edge.root(), store.tiles)


@pytest.mark.parametrize("size", SIZES)
def test_the_root_of_a_prefix_comes_from_the_tiles_of_the_whole(grown: Store, size: int) -> None:
    assert tiles.root(size, grown.read) == merkle.root_of_hashes(HASHES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_the_edge_of_a_prefix_is_cut_from_wider_tiles(grown: Store, size: int) -> None:
    once = Store()
    once.add(ENTRY[:size])
    assert tiles.edge_of(size, grown.read) == once.edge


@pytest.mark.parametrize("size", [1, 2, 257, 700, 65_537])
def test_an_inclusion_proof_from_tiles_is_that_of_the_tree(grown: Store, size: int) -> None:
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        assert tiles.inclusion(index, size, grown.read) == merkle.inclusion(HASHES[:size], index)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 2), (3, 700), (256, 257), (255, 65_536), (65_536, 66_000)])
def test_a_consistency_proof_from_tiles_is_that_of_the_tree(grown: Store, first: int, second: int) -> None:
    assert tiles.consistency(first, second, grown.read) == merkle.consistency(HASHES[:second], first)


@given(first=st.integers(1, 700), more=st.integers(0, 700))
@settings(max_examples=60)
def test_consistency_from_tiles_verifies_between_any_two_sizes(grown: Store, first: int, more: int) -> None:
    second = first + more
    proof = tiles.consistency(first, second, grown.read)
    roots = tiles.root(first, grown.read), tiles.root(second, grown.read)
    assert merkle.verify_consistency(first, second, *roots, proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_proof_outside_the_tree_is_refused(grown: Store, index: int, size: int) -> None:
    with pytest.raises(IndexError):
        tiles.inclusion(index, size, grown.read)


PATHS = {
    "tile/0/000": (0, 0, 256),
    "tile/0/000.p/1": (0, 0, 1),
    "tile/1/255.p/255": (1, 255, 255),
    "tile/63/x001/x234/067": (63, 1_234_067, 256),
    "tile/entries/x001/000.p/17": (ENTRIES, 1000, 17),
}


@pytest.mark.parametrize(("text", "place"), PATHS.items())
def test_a_path_names_its_tile_and_comes_back(text: str, place: tuple[int, int, int]) -> None:
    assert tiles.parse_path(text) == place
    assert tiles.path(*place) == text


@pytest.mark.parametrize(
    "text",
    [
        "tile/64/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p",
        "tile/-1/000",
        "tile/entry/000",
        "tile/0/000/",
        "tile/0/\u0661\u0661\u0661",
        "checkpoint",
    ],
)
def test_a_path_spelled_otherwise_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        tiles.parse_path(text)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02x", b"\x00\x01x\x00"])
def test_a_bundle_that_is_cut_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        tiles.entries_of(data)


def test_an_entry_has_at_most_65535_bytes() -> None:
    assert tiles.entries_of(tiles.bundle([b"x" * 65_535])) == (b"x" * 65_535,)
    with pytest.raises(ValueError, match="65535"):
        tiles.bundle([b"x" * 65_536])
