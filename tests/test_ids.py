"""Ids sort by creation where that is public, and say nothing where it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from voting.ids import random_id, timed_id

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 (the strategy adds the zone)
INSTANTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))


@given(INSTANTS, st.integers(1, 10**6))
def test_a_later_millisecond_sorts_behind(instant: datetime, milliseconds: int) -> None:
    assert timed_id("evt", instant) < timed_id("evt", instant + timedelta(milliseconds=milliseconds))


def test_ids_of_one_instant_sort_as_they_were_made() -> None:
    instant = datetime(2026, 3, 1, tzinfo=UTC)
    made = [timed_id("evt", instant) for _ in range(1000)]
    assert made == sorted(made)


def test_random_ids_do_not_sort_as_they_were_made() -> None:
    made = [random_id("per") for _ in range(100)]
    assert made != sorted(made)


def test_an_id_is_its_prefix_and_26_digits() -> None:
    prefix, _, digits = random_id("per").partition("_")
    assert (prefix, len(digits), set(digits) <= set("0123456789abcdefghjkmnpqrstvwxyz")) == ("per", 26, True)
