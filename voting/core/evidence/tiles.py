"""Tiles: a tree cut into pieces that never change once they are full, and the tree as it grows. Source: C2SP tlog-tiles.

A tile of level l holds up to 256 hashes, each the root of 256^l leaves; an entry bundle holds up to 256 entries, each after
its length in two bytes, big-endian. A partial tile is a prefix of every later one of its place, so that the newest answers
for all. Proofs are computed from tiles alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from voting.core.evidence import merkle
from voting.errors import Invalid

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
ENTRIES = -1
"""The level that stands for entry bundles."""
LARGEST_ENTRY = 65_535
HIGHEST = 63

Reader = Callable[[int, int, int], bytes]
"""(level, index, width) → at least the first `width` hashes of that tile."""

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, or an entry bundle (level `ENTRIES`): its place, how many hashes or entries it holds, and its bytes."""

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        """Where it is served, below the log's prefix."""
        return path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: its size, the last bundle and the last tile of each level while they are partial."""

    size: int = 0
    bundle: bytes = b""
    tiles: tuple[bytes, ...] = ()
    """By level; empty where the level's last tile is full or there is none."""

    def root(self) -> bytes:
        """The root of the tree, equal to the root over all of its leaves."""
        peaks = [peak for level in reversed(self.tiles) for peak in _peaks(_split(level))]
        return merkle.fold(peaks)


@dataclass(frozen=True, slots=True)
class Growth:
    """What more leaves made of a tree: the new edge, and every tile and bundle that is new or wider than before."""

    edge: Edge
    tiles: tuple[Tile, ...]


def path(level: int, index: int, width: int = WIDTH) -> str:
    """The C2SP path of a tile, or of a bundle for level `ENTRIES`."""
    digits = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        digits = f"x{index % 1000:03}/{digits}"
    name = "entries" if level == ENTRIES else str(level)
    return f"tile/{name}/{digits}" + ("" if width == WIDTH else f".p/{width}")


def parse_path(text: str) -> tuple[int, int, int]:
    """(level, index, width) of a path in its one spelling. Raises Invalid `tile_path_malformed`."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise Invalid.at("", "tile_path_malformed")
    level = ENTRIES if found[1] == "entries" else int(found[1])
    index = int(found[2].replace("x", "").replace("/", ""))
    width = int(found[3]) if found[3] else WIDTH
    if level > HIGHEST or (found[3] and width >= WIDTH) or path(level, index, width) != text:
        raise Invalid.at("", "tile_path_malformed")
    return level, index, width


def width_at(size: int, level: int, index: int) -> int:
    """How many hashes (entries) that tile holds in a tree of `size` leaves: 0 when it has none."""
    held = (size if level == ENTRIES else size >> HEIGHT * level) - index * WIDTH
    return max(0, min(WIDTH, held))


def layout(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of `size` leaves, bundles first, then level by level."""
    level = ENTRIES
    while level <= 0 or size >> HEIGHT * level:
        held = size if level == ENTRIES else size >> HEIGHT * level
        yield from ((level, index, width_at(size, level, index)) for index in range(-(-held // WIDTH)))
        level += 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle. Raises ValueError for an entry of more than 65,535 bytes."""
    return b"".join(_prefixed(entry) for entry in entries)


def entries_of(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises Invalid `bundle_malformed` when it is cut."""
    found, place = [], 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data) or place + 2 > len(data):
            raise Invalid.at("", "bundle_malformed")
        found.append(data[place + 2 : end])
        place = end
    return tuple(found)


def grow(edge: Edge, entries: Sequence[bytes]) -> Growth:
    """Append entries to the tree of this edge."""
    made: list[Tile] = []
    rising: Sequence[bytes] = [merkle.leaf_hash(entry) for entry in entries]
    first = edge.size % WIDTH
    bundles = _filled(edge.bundle, first, [_prefixed(entry) for entry in entries])
    made += [Tile(ENTRIES, edge.size // WIDTH + place, width, data) for place, (width, data) in enumerate(bundles)]
    last_bundle = bundles[-1][1] if bundles and bundles[-1][0] < WIDTH else (b"" if bundles else edge.bundle)
    levels, level = list(edge.tiles), 0
    while rising:
        if level == len(levels):
            levels.append(b"")
        held = edge.size >> HEIGHT * level
        filled = _filled(levels[level], held % WIDTH, rising)
        made += [Tile(level, held // WIDTH + place, width, data) for place, (width, data) in enumerate(filled)]
        levels[level] = filled[-1][1] if filled[-1][0] < WIDTH else b""
        rising = [merkle.root_of_hashes(_split(data)) for width, data in filled if width == WIDTH]
        level += 1
    return Growth(Edge(edge.size + len(entries), last_bundle, tuple(levels)), tuple(made))


def edge_of(size: int, read: Reader) -> Edge:
    """The right edge of a stored tree of `size` leaves. Tiles and bundles may be wider than the tree: they are cut."""
    bundle_width = size % WIDTH
    last = b""
    if bundle_width:
        last = cut(ENTRIES, read(ENTRIES, size // WIDTH, bundle_width), bundle_width)
    levels = []
    for level in range(_levels(size)):
        held = size >> HEIGHT * level
        width = held % WIDTH
        levels.append(cut(level, read(level, held // WIDTH, width), width) if width else b"")
    return Edge(size, last, tuple(levels))


def cut(level: int, data: bytes, width: int) -> bytes:
    """The first `width` hashes or entries of a tile."""
    return bundle(entries_of(data)[:width]) if level == ENTRIES else data[: width * HASH]


def root(size: int, read: Reader) -> bytes:
    """The root of the first `size` leaves of a stored tree."""
    return _Spans(size, read).over(0, size) if size else merkle.EMPTY


def inclusion(index: int, size: int, read: Reader) -> merkle.Proof:
    """PATH(index, D[0:size]) from tiles. Raises IndexError outside the tree."""
    if not 0 <= index < size:
        raise IndexError(f"expected an index below the tree size {size}, got {index}")
    spans, proof, begin, end = _Spans(size, read), [], 0, size
    while end - begin > 1:
        split = begin + merkle.split(end - begin)
        if index < split:
            proof.append(spans.over(split, end))
            end = split
        else:
            proof.append(spans.over(begin, split))
            begin = split
    return tuple(reversed(proof))


def consistency(first: int, second: int, read: Reader) -> merkle.Proof:
    """PROOF(first, D[0:second]) from tiles. Raises IndexError unless 0 < first ≤ second."""
    if not 0 < first <= second:
        raise IndexError(f"expected a size from 1 to {second}, got {first}")
    spans, proof, begin, end = _Spans(second, read), [], 0, second
    while first != end:
        split = begin + merkle.split(end - begin)
        if first <= split:
            proof.append(spans.over(split, end))
            end = split
        else:
            proof.append(spans.over(begin, split))
            begin = split
    if begin:
        proof.append(spans.over(begin, end))
    return tuple(reversed(proof))


class _Spans:
    """Roots of runs of leaves of a tree of `size` leaves, each tile read once."""

    def __init__(self, size: int, read: Reader) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def over(self, begin: int, end: int) -> bytes:
        """The root over the leaves [begin, end) of a subtree of the tree."""
        peaks = []
        while begin < end:
            height = min(
                (begin & -begin).bit_length() - 1 if begin else HIGHEST * HEIGHT, (end - begin).bit_length() - 1
            )
            peaks.append(self._node(begin, height))
            begin += 1 << height
        return merkle.fold(peaks)

    def _node(self, begin: int, height: int) -> bytes:
        """The root of the 2^height leaves from `begin` on."""
        level, rest = divmod(height, HEIGHT)
        place = begin >> HEIGHT * level
        tile = self._tile(level, place // WIDTH)
        offset = place % WIDTH
        return merkle.root_of_hashes(tile[offset : offset + (1 << rest)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        found = self._tiles.get((level, index))
        if found is None:
            width = width_at(self._size, level, index)
            found = self._tiles[level, index] = _split(self._read(level, index, width)[: width * HASH])
        return found


def _levels(size: int) -> int:
    """How many levels of tiles a tree of `size` leaves has."""
    return max(1, -(-size.bit_length() // HEIGHT)) if size else 0


def _filled(partial: bytes, held: int, items: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """(width, bytes) of the tiles that `items` fill behind a partial tile of `held` items; the last may be partial."""
    made, place = [], 0
    while place < len(items):
        taken = items[place : place + WIDTH - held]
        made.append((held + len(taken), partial + b"".join(taken)))
        place, partial, held = place + len(taken), b"", 0
    return made


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the perfect trees over `hashes`, largest first."""
    found, place = [], 0
    while place < len(hashes):
        width = 1 << (len(hashes) - place).bit_length() - 1
        found.append(merkle.root_of_hashes(hashes[place : place + width]))
        place += width
    return found


def _split(data: bytes) -> list[bytes]:
    return [data[place : place + HASH] for place in range(0, len(data), HASH)]


def _prefixed(entry: bytes) -> bytes:
    if len(entry) > LARGEST_ENTRY:
        raise ValueError(f"expected an entry of at most {LARGEST_ENTRY} bytes, got {len(entry)}")
    return len(entry).to_bytes(2, "big") + entry
