"""How texts are cut into terms: the same for every database, words of two characters found, everything ASCII."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core.searching import indexed, likeness, wanted


def has(text: str, query: str) -> bool:
    return set(wanted(query)) <= set(indexed([text]).split())


@pytest.mark.parametrize(
    "query", ["车棚", "棚", "非机动车", "南门 车棚", "3栋", "ＢＩＣＹＣＬＥ", "Bicycle shed", "café"]
)
def test_words_of_one_two_and_more_characters_are_found_in_both_languages(query: str) -> None:
    assert has("3栋南门增设非机动车棚：a new bicycle shed, by the CAFÉ", query)


@pytest.mark.parametrize("query", ["棚车", "机棚", "bicycles", "33栋"])
def test_what_is_not_there_is_not_found(query: str) -> None:
    assert not has("3栋南门增设非机动车棚 bicycle", query)


@pytest.mark.parametrize("unseen", ["\ufe00", "\U000e0101", "\u200d", "\u00ad"])
def test_what_nobody_sees_parts_no_word(unseen: str) -> None:
    assert has(f"南门车{unseen}棚 bi{unseen}cycle", "车棚 bicycle")


def test_a_query_of_signs_alone_wants_nothing() -> None:
    assert wanted("，。!? 🏠 %_'\"") == ()


@given(st.text(max_size=50))
def test_terms_hold_nothing_that_is_an_operator_of_a_database(text: str) -> None:
    assert all(term.isascii() and term.isalnum() and term[0].isalpha() for term in indexed([text]).split())
    assert all(term.islower() or not term.isalpha() for term in wanted(text))


def test_likeness_is_the_share_of_common_terms() -> None:
    assert likeness(["a", "b", "b"], ["b", "c"]) == Fraction(1, 3)
    assert likeness([], []) == 0
