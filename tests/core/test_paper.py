"""Two keyings of one pile: what is in question, and when nothing is any more."""

from __future__ import annotations

import pytest

from voting.core.paper import Keying, Sheets, agreed, discrepancies

A, B, BLANK = (("a",),), (("b",),), ()


def numbers(first: Keying, second: Keying) -> list[int]:
    return [one.number for one in discrepancies(first, second)]


@pytest.mark.parametrize(
    ("sheets", "count"), [(Sheets(5), 5), (Sheets(7, 2, 1), 4), (Sheets(0), 0), (Sheets(2, 1, 2), -1)]
)
def test_what_was_given_out_was_counted_spoiled_or_never_came_back(sheets: Sheets, count: int) -> None:
    assert sheets.count == count


def test_the_same_twice_is_agreed() -> None:
    assert agreed(Keying((A, BLANK), {}), Keying((A, BLANK), {})) == (A, BLANK)


def test_every_difference_is_named_by_its_number_from_one() -> None:
    first, second = Keying((A, A, BLANK), {}), Keying((A, B, A), {})
    assert numbers(first, second) == [2, 3]
    assert agreed(first, second) is None


def test_it_is_not_enough_that_one_teller_gives_way() -> None:
    assert numbers(Keying((A,), {1: B}), Keying((B,), {})) == [1]


def test_two_who_record_different_things_are_not_agreed() -> None:
    assert numbers(Keying((A,), {1: A}), Keying((B,), {1: B})) == [1]


def test_what_both_record_stands_even_against_both_keyings() -> None:
    assert agreed(Keying((A,), {1: BLANK}), Keying((B,), {1: BLANK})) == (BLANK,)


def test_piles_of_different_height_are_not_compared() -> None:
    with pytest.raises(ValueError, match="got 1 and 2"):
        discrepancies(Keying((A,), {}), Keying((A, A), {}))
