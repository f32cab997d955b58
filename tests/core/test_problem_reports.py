"""What is pure about problem reports: the machine, who is counted, and distances in whole numbers."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import coordinates
from voting.core.coordinates import E7, Box, Spot
from voting.core.lifecycle import obstacle
from voting.core.problem_reports import ACTIVE, LED_TO, REPORT, ReportFacts, counted

LONGITUDE, LATITUDE = st.integers(-180 * E7, 180 * E7), st.integers(-90 * E7, 90 * E7)
TOWN = st.builds(Spot, st.integers(1_214_000_000, 1_215_000_000), st.integers(312_000_000, 313_000_000))


def test_every_state_is_reached_and_only_a_withdrawn_report_has_no_way_on() -> None:
    reached, frontier = {REPORT.initial}, {REPORT.initial}
    while frontier:
        frontier = {move.to for (state, _), move in REPORT.table.items() if state in frontier} - reached
        reached |= frontier
    leaving = {state for (state, _), move in REPORT.table.items() if move.to != state}
    assert reached == REPORT.states
    assert REPORT.states - leaving == {"withdrawn"}
    assert set(ACTIVE) < set(LED_TO) < REPORT.states


def test_every_end_and_every_new_beginning_needs_a_reason_but_a_duplicate_whose_reason_is_the_other() -> None:
    ends = {"resolved", "dismissed", "withdrawn", "reopened"}
    told = {move.to: move.needs_reason for (state, _), move in REPORT.table.items() if move.to != state}
    assert {state for state, needs in told.items() if needs} == ends


def test_every_guard_stands_somewhere_and_is_known() -> None:
    assert {guard for move in REPORT.table.values() for guard in move.guards} == set(REPORT.guards)


def test_what_others_stand_behind_is_not_taken_back() -> None:
    mine = ReportFacts(is_reporter=True)
    assert obstacle(REPORT, "open", "withdraw", mine) is None
    assert obstacle(REPORT, "open", "withdraw", ReportFacts(is_reporter=True, confirmations=1)) == "others_confirmed"
    assert obstacle(REPORT, "open", "withdraw", ReportFacts(is_reporter=True, duplicates=1)) == "duplicates_follow"


def test_everybody_counts_once_and_the_reporter_never() -> None:
    confirmed = {"a": frozenset({"wang", "zhao"}), "b": frozenset({"wang", "li"})}
    assert counted("li", confirmed, {"b": "sun"}) == 3
    assert counted("li", confirmed, {"b": "zhao"}) == 2
    assert counted(None, confirmed, {"b": None}) == 3
    assert counted("li", {}, {}) == 0


def haversine(one: Spot, other: Spot) -> float:
    """Metres on the same sphere, by another formula."""
    a, b = radians(one.latitude_e7 / E7), radians(other.latitude_e7 / E7)
    across = radians((one.longitude_e7 - other.longitude_e7) / E7)
    half = sin((a - b) / 2) ** 2 + cos(a) * cos(b) * sin(across / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(half))


@given(TOWN, TOWN)
def test_a_distance_in_town_is_that_of_the_sphere(one: Spot, other: Spot) -> None:
    assert coordinates.distance(one, other) / 1000 == pytest.approx(haversine(one, other), rel=1e-4, abs=0.01)


@given(LATITUDE)
def test_the_cosine_is_the_cosine(angle: int) -> None:
    assert abs(coordinates.cosine(angle) / 10**12 - cos(radians(angle / E7))) < 1e-9


@given(st.builds(Spot, LONGITUDE, LATITUDE), st.builds(Spot, LONGITUDE, LATITUDE))
def test_a_distance_is_the_same_both_ways_and_nothing_to_itself(one: Spot, other: Spot) -> None:
    assert coordinates.distance(one, other) == coordinates.distance(other, one)
    assert coordinates.distance(one, one) == 0


@given(
    st.builds(Spot, LONGITUDE, LATITUDE),
    st.integers(-6000, 6000),
    st.integers(-6000, 6000),
    st.integers(1, 500),
)
def test_a_frame_holds_everything_that_is_near(spot: Spot, east: int, north: int, metres: int) -> None:
    longitude = (spot.longitude_e7 + east + 180 * E7) % (360 * E7) - 180 * E7
    other = Spot(longitude, max(-90 * E7, min(90 * E7, spot.latitude_e7 + north)))
    if coordinates.distance(spot, other) <= metres * 1000:
        assert coordinates.around(spot, metres).holds(other)


def test_a_frame_across_180_degrees_holds_both_its_sides() -> None:
    box = Box(1799 * E7 // 10, -10, -1799 * E7 // 10, 10)
    assert box.holds(Spot(180 * E7, 0))
    assert box.holds(Spot(-1799 * E7 // 10, 0))
    assert not box.holds(Spot(0, 0))
    near = coordinates.around(Spot(180 * E7 - 1, 0), 50)
    assert near.west > near.east
    assert near.holds(Spot(-180 * E7, 0))
