"""Stored bytes and rankings are one and the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import box
from voting.core.box import OVERVOTE, MalformedBallot, Ranking

OPTIONS = tuple(f"opt_{n}" for n in range(7))
PLACES = {option: place for place, option in enumerate(OPTIONS)}

ranks = st.sets(st.sampled_from(range(7))).map(lambda places: tuple(OPTIONS[place] for place in sorted(places)))
rankings = st.lists(ranks | st.just((OVERVOTE,)), max_size=9).map(tuple)


@given(rankings)
def test_a_ranking_comes_back_from_its_bytes(ranking: Ranking) -> None:
    assert box.unpack(box.pack(ranking, PLACES), OPTIONS) == ranking


@given(st.binary(max_size=8))
def test_bytes_are_a_ballot_in_one_form_only_or_refused(ballot: bytes) -> None:
    try:
        ranking = box.unpack(ballot, OPTIONS)
    except MalformedBallot:
        return
    assert box.pack(ranking, PLACES) == ballot


@pytest.mark.parametrize(
    ("ranking", "ballot"),
    [
        ((), b""),
        ((("opt_2",), ("opt_0",)), b"\x02\x00"),
        (((), ("opt_1",)), b"\xff\x01"),
        ((("opt_3", "opt_1"), ("opt_0",)), b"\xfe\x02\x01\x03\x00"),
        (((OVERVOTE,), ("opt_6",)), b"\xfd\x06"),
    ],
)
def test_a_ballot_is_stored_as_written_down(ranking: Ranking, ballot: bytes) -> None:
    assert box.pack(ranking, PLACES) == ballot


@pytest.mark.parametrize(
    "ballot", [b"\x07", b"\xfe", b"\xfe\x02\x01", b"\xfe\x01\x01", b"\xfe\x02\x03\x01", b"\xfe\x02\x01\x07"]
)
def test_foreign_bytes_are_refused(ballot: bytes) -> None:
    with pytest.raises(MalformedBallot):
        box.unpack(ballot, OPTIONS)


@given(st.lists(st.sampled_from([b"\x00", b"\x01\x02", b"", b"\xff\x03"])))
def test_the_order_of_the_box_leaves_no_trace(ballots: list[bytes]) -> None:
    forwards, backwards = box.grouped(ballots, OPTIONS), box.grouped(reversed(ballots), OPTIONS)
    assert list(forwards.items()) == list(backwards.items())
    assert sum(forwards.values()) == len(ballots)


def test_the_last_position_is_no_mark() -> None:
    options = tuple(str(n) for n in range(box.MOST_OPTIONS))
    places = {option: place for place, option in enumerate(options)}
    ranking = ((options[-1],), ())
    assert box.unpack(box.pack(ranking, places), options) == ranking
