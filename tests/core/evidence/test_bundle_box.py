"""The readable box, its root and its patterns; the participation's bits. Worked out by hand, and by slower definitions."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from voting.core import box
from voting.core.evidence import bundle_box, bundle_roll, hashes, merkle
from voting.core.evidence.bundle_box import Lines

OPTIONS = ("opt_a", "opt_b", "opt_c")
PLACES = {option: place for place, option in enumerate(OPTIONS)}
RANKS = st.lists(st.sampled_from(OPTIONS), unique=True, max_size=3).map(lambda rank: tuple(sorted(rank)))
RANKINGS = st.lists(RANKS, max_size=4).map(tuple)
ROWS = st.dictionaries(st.binary(min_size=32, max_size=32), st.tuples(st.integers(0, 9), RANKINGS), max_size=12)


def rows(ballots: dict[bytes, tuple[int, box.Ranking]]) -> list[bundle_box.Row]:
    return [(slot, seq, box.pack(ranking, PLACES)) for slot, (seq, ranking) in sorted(ballots.items())]


def test_a_line_is_spelled_as_the_format_says() -> None:
    made = b"".join(Lines(OPTIONS).chunks([(b"\x01" * 32, 2, box.pack([["opt_b"], [], ["opt_a", "opt_c"]], PLACES))]))
    assert made == b'{"ranking":[["opt_b"],[],["opt_a","opt_c"]],"seq":2,"slot":"' + b"01" * 32 + b'"}\n'


@given(ROWS)
def test_a_line_is_what_another_encoder_writes(ballots: dict[bytes, tuple[int, box.Ranking]]) -> None:
    lines = b"".join(Lines(OPTIONS).chunks(rows(ballots))).split(b"\n")
    assert lines.pop() == b""
    expected = [
        rfc8785.dumps({"slot": slot.hex(), "seq": seq, "ranking": [list(rank) for rank in ranking]})
        for slot, (seq, ranking) in sorted(ballots.items())
    ]
    assert lines == expected


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 9, 15, 16, 17, 33])
def test_the_root_is_that_of_the_lines_however_they_are_portioned(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_box, "_LEAVES", 8)
    ballots = [(n.to_bytes(32, "big"), 0, bytes((n % 3,))) for n in range(1, size + 1)]
    lines = Lines(OPTIONS)
    content = b"".join(lines.chunks(ballots))
    assert lines.root == merkle.root(content.split(b"\n")[:-1])
    assert bundle_box.root(ballots, OPTIONS) == (size, lines.root)


@pytest.mark.parametrize("slots", [(b"b" * 32, b"a" * 32), (b"a" * 32, b"a" * 32)])
def test_slots_that_do_not_rise_are_refused(slots: tuple[bytes, bytes]) -> None:
    with pytest.raises(bundle_box.Unsorted):
        list(Lines(OPTIONS).chunks([(slot, 0, b"") for slot in slots]))


@given(ROWS)
def test_the_patterns_count_every_ballot_once(ballots: dict[bytes, tuple[int, box.Ranking]]) -> None:
    lines = Lines(OPTIONS)
    list(lines.chunks(rows(ballots)))
    assert lines.patterns() == Counter(ranking for _, ranking in ballots.values())


@given(st.dictionaries(RANKINGS, st.integers(1, 99), max_size=8))
def test_patterns_are_read_as_they_were_written(patterns: dict[box.Ranking, int]) -> None:
    assert bundle_box.patterns_of(bundle_box.patterns_csv(patterns)) == patterns


def test_patterns_are_written_as_the_format_says() -> None:
    patterns = {(("opt_b",), ()): 1, (("opt_a", "opt_b"), (), ("opt_c",)): 3, (): 2, ((box.OVERVOTE,),): 1}
    expected = b"count,ranking\n2,\n1,__OVERVOTE__\n3,opt_a=opt_b>->opt_c\n1,opt_b>-\n"
    assert bundle_box.patterns_csv(patterns) == expected


@pytest.mark.parametrize(
    "content",
    [b"", b"count,ranking\n1,b\n1,a\n", b"count,ranking\n01,a\n", b"count,ranking\n1,a", b"count,ranking\n,\n"],
)
def test_patterns_in_another_spelling_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        bundle_box.patterns_of(content)


def test_participation_bits_stand_in_the_order_of_the_leaves() -> None:
    leaves = [hashes.roll_leaf(bytes([n]) * 32, f"per_{n}", None) for n in range(11)]
    voted = [n % 3 == 0 for n in range(11)]
    found = bundle_roll.participation(zip(leaves, voted, strict=True))
    assert (found.electors, found.checked) == (11, 4)
    assert found.root == merkle.root(sorted(leaves))
    text = "".join("01"[dict(zip(leaves, voted, strict=True))[leaf]] for leaf in sorted(leaves)) + "00000"
    assert found.bits == bytes(int(text[at : at + 8], 2) for at in (0, 8))
    assert found.hash == hashlib.sha256(b"yishi/1/participation\n" + found.bits).digest()


@given(st.lists(st.booleans(), max_size=40))
def test_every_bit_is_found_at_its_place(bits: list[bool]) -> None:
    packed = bundle_roll.packed(bits)
    assert len(packed) == (len(bits) + 7) // 8
    assert [bundle_roll.bit(packed, place) for place in range(len(packed) * 8)] == bits + [False] * (-len(bits) % 8)


def test_the_canonical_line_is_json_any_reader_reads() -> None:
    made = b"".join(Lines(OPTIONS).chunks([(b"\x01" * 32, 0, b"")]))
    assert json.loads(made) == {"ranking": [], "seq": 0, "slot": "01" * 32}
