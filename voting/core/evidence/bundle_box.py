"""The readable box: one canonical line per counted ballot, their root, and how many ballots bear each ranking.

Source: evidence format §5. A million lines pass through in chunks; what is kept is one spelling for each different ranking,
one hash for every four thousand lines, and the patterns.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from voting.core import box
from voting.core.box import Ranking
from voting.core.evidence import canonical, merkle

Row: TypeAlias = tuple[bytes, int, bytes]
"""Slot of 32 bytes, seq, and the marks as the box keeps them (`voting.core.box`)."""

_LEAVES = 1 << 12
"""Lines hashed into one subtree: a power of two, so that the roots of the subtrees are nodes of the whole tree."""

HEADER = "count,ranking\n"


class Unsorted(ValueError):
    """Rows that do not rise by slot: a slot twice, or an order that could say something."""


class Lines:
    """Writes `box/cvr.ndjson` from rows that rise by slot, and knows afterwards what the whole box says.

    `options` are the ids by position. `root`, `size` and `patterns` are those of the lines written so far.
    """

    def __init__(self, options: Sequence[str]) -> None:
        self._options = tuple(options)
        self._spelled: dict[bytes, bytes] = {}
        self._subtrees: list[bytes] = []
        self._counts: Counter[bytes] = Counter()
        self.size = 0

    def chunks(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The file's bytes, some thousand lines at a time. Raises `Unsorted` and `box.MalformedBallot`."""
        if self.size:
            raise ValueError("expected a fresh object: a box is written once")
        last, ahead = b"", iter(rows)
        while batch := list(islice(ahead, _LEAVES)):
            lines = []
            for slot, seq, ballot in batch:
                if slot <= last:
                    raise Unsorted(f"expected slots that rise, got {slot.hex()} behind {last.hex()}")
                last = slot
                lines.append(self.line(slot, seq, ballot))
            self._counts.update(ballot for _, _, ballot in batch)
            self._subtrees.append(_root(lines))
            self.size += len(lines)
            lines.append(b"")
            yield b"\n".join(lines)

    @property
    def root(self) -> bytes:
        """The RFC 6962 root over the lines without their line feeds."""
        return merkle.root_of_hashes(self._subtrees)

    def patterns(self) -> dict[Ranking, int]:
        """How many ballots bear each ranking, in the order of their text (`written`)."""
        return sorted_patterns({box.unpack(ballot, self._options): n for ballot, n in self._counts.items()})

    def line(self, slot: bytes, seq: int, ballot: bytes) -> bytes:
        """The line of one ballot, without its line feed."""
        return b'%b,"seq":%d,"slot":"%b"}' % (self._ranking(ballot), seq, slot.hex().encode())

    def _ranking(self, ballot: bytes) -> bytes:
        spelled = self._spelled.get(ballot)
        if spelled is None:
            ranking = box.unpack(ballot, self._options)
            spelled = self._spelled[ballot] = b'{"ranking":' + canonical.encode([list(rank) for rank in ranking])
        return spelled


def root(rows: Iterable[Row], options: Sequence[str]) -> tuple[int, bytes]:
    """Size and root of the box of these rows, for the event that closes a contest."""
    lines = Lines(options)
    for _ in lines.chunks(rows):
        pass
    return lines.size, lines.root


def written(ranking: Ranking) -> str:
    """A ranking as `patterns.csv` has it: ranks joined by `>`, options of a rank by `=`, a blank rank `-`, no mark nothing."""
    return ">".join("=".join(rank) or "-" for rank in ranking)


def ranking_of(text: str) -> Ranking:
    """The ranking that `written` wrote."""
    return tuple(() if rank == "-" else tuple(rank.split("=")) for rank in text.split(">")) if text else ()


def sorted_patterns(patterns: Mapping[Ranking, int]) -> dict[Ranking, int]:
    """The patterns in the order of the bytes of their text."""
    return dict(sorted(patterns.items(), key=lambda pattern: written(pattern[0]).encode()))


def patterns_csv(patterns: Mapping[Ranking, int]) -> bytes:
    """`patterns.csv`: one line for each ranking, sorted by its text."""
    lines = (f"{count},{written(ranking)}\n" for ranking, count in sorted_patterns(patterns).items())
    return (HEADER + "".join(lines)).encode()


def patterns_of(content: bytes) -> dict[Ranking, int]:
    """The patterns of a `patterns.csv`. Raises `ValueError` for any bytes that `patterns_csv` does not write."""
    head, *lines = content.decode("ascii").split("\n")
    patterns = {}
    for line in lines[:-1]:
        count, _, text = line.partition(",")
        patterns[ranking_of(text)] = int(count)
    if patterns_csv(patterns) != content:
        raise ValueError(f"expected the header {HEADER!r} and sorted lines, got {head!r} and other lines")
    return patterns


def _root(lines: Sequence[bytes]) -> bytes:
    sha256 = hashlib.sha256
    return merkle.root_of_hashes([sha256(b"\x00" + line).digest() for line in lines])
