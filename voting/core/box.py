"""A ballot as the box keeps it: one byte per mark, the byte being the option's position.

`0xFF` is a blank rank; `0xFE n p1 … pn` (n ≥ 2, positions ascending) several marks at one rank; `0xFD` an overvote whose marks
are unknown. A ballot without marks is no bytes. Every ranking has exactly one form, so that equal bytes are equal
ballots; bytes that are not that form are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

BLANK, SEVERAL, UNKNOWN = 0xFF, 0xFE, 0xFD
MOST_OPTIONS = UNKNOWN
"""Positions run from 0 to 252."""
OVERVOTE = "__OVERVOTE__"
"""How a ranking says that a rank bears several marks nobody can name."""

Ranking = tuple[tuple[str, ...], ...]


class MalformedBallot(ValueError):
    """Stored bytes that no ballot has: the box was changed by something else than the writer."""


def pack(ranking: Sequence[Sequence[str]], places: Mapping[str, int]) -> bytes:
    """The bytes of a legal ranking. `places` maps option id → position; an unknown id is a `KeyError`."""
    packed = bytearray()
    for rank in ranking:
        if len(rank) == 1:
            packed.append(UNKNOWN if rank[0] == OVERVOTE else places[rank[0]])
        elif rank:
            packed += bytes((SEVERAL, len(rank), *sorted(places[option] for option in rank)))
        else:
            packed.append(BLANK)
    return bytes(packed)


def unpack(ballot: bytes, options: Sequence[str]) -> Ranking:
    """The ranking of stored bytes; `options` are the ids by position. Raises `MalformedBallot`."""
    return tuple(_ranks(ballot, options))


def _ranks(ballot: bytes, options: Sequence[str]) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(ballot):
        mark = ballot[at]
        at += 1
        if mark < len(options):
            yield (options[mark],)
        elif mark == BLANK:
            yield ()
        elif mark == UNKNOWN:
            yield (OVERVOTE,)
        elif mark == SEVERAL and at < len(ballot):
            places = ballot[at + 1 : at + 1 + ballot[at]]
            at += 1 + ballot[at]
            yield _several(places, at > len(ballot), options)
        else:
            raise MalformedBallot(f"expected a position below {len(options)} at byte {at - 1}; got {mark}")


def _several(places: bytes, cut: bool, options: Sequence[str]) -> tuple[str, ...]:
    ascending = all(low < high for low, high in pairwise(places))
    if cut or len(places) < 2 or not ascending or places[-1] >= len(options):
        raise MalformedBallot(f"expected two or more ascending positions below {len(options)}; got {places.hex()}")
    return tuple(options[place] for place in places)


def grouped(ballots: Iterable[bytes], options: Sequence[str]) -> dict[Ranking, int]:
    """How many ballots bear each ranking, sorted by stored bytes: the order of the box leaves no trace."""
    return named(Counter(ballots), options)


def named(counts: Mapping[bytes, int], options: Sequence[str]) -> dict[Ranking, int]:
    """The rankings of stored bytes and how many ballots bear each, sorted by the bytes."""
    return {unpack(ballot, options): count for ballot, count in sorted(counts.items())}
