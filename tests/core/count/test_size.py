"""How large a poll may be: refused beforehand, or counted in time and memory that grow with the marks."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import numpy as np
import pytest

from voting.core.count import METHODS, Ranking, TooLarge, check_size, count

RANKINGS, OPTIONS, SEATS = 100_000, 100, 50
NAMES = tuple(f"c{number:02}" for number in range(OPTIONS))
PEAK = Path("/proc/self/status")
REFUSED = ("stv-gregory-exact",)
MOST_SECONDS = 300
MOST_MEGABYTES = 400


@pytest.mark.parametrize(
    ("method", "options", "seats", "rankings", "what"),
    [
        ("plurality", 1001, 1, 0, "1000 options"),
        ("schulze", 501, 1, 0, "500 options"),
        ("stv-gregory-exact", 20, 13, 0, "12 seats"),
        ("irv", 200, 1, 6_000_000, "distinct rankings"),
        ("irv-multi-pass", 100, 50, 500_000, "distinct rankings"),
        ("minimax", 500, 1, 300_000, "options²"),
        ("stv-meek-prf", 100, 50, 300_000, "distinct rankings"),
    ],
)
def test_what_would_not_end_is_refused_before_a_ballot_is_read(
    method: str, options: int, seats: int, rankings: int, what: str
) -> None:
    with pytest.raises(TooLarge, match=what) as refused:
        check_size(method, options, seats, rankings)
    assert refused.value.size > refused.value.limit


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_takes_a_neighbourhood(method: str) -> None:
    check_size(method, 30, 9, 100_000)


def test_seats_that_nobody_can_take_cost_nothing() -> None:
    check_size("stv-gregory-exact", 12, 500)


def test_a_count_refuses_what_the_check_refuses() -> None:
    options = [f"o{number}" for number in range(30)]
    with pytest.raises(TooLarge, match="at most 12 seats; got 13"):
        count("stv-gregory-exact", options, {}, 13)


def test_equal_ranks_are_refused_earlier_than_strict_ones() -> None:
    options = [f"o{number:02}" for number in range(100)]
    weak: dict[Ranking, int] = {
        ((one, two), (three,)): 1 for one in options[:25] for two in options[25:50] for three in options[50:55]
    }
    with pytest.raises(TooLarge, match="equal ranks"):
        count("stv-meek", options, weak, 50, {"overvote": "equal_ranks_split"})


def large_box(names: list[str]) -> dict[Ranking, int]:
    """Distinct partial rankings of three blocs, from a fixed seed; a rank of one option is one tuple for all ballots."""
    numbers = np.random.default_rng(7)
    ranks = [(name,) for name in names]
    blocs = numbers.normal(0, 1.2, (3, len(names)))
    box: dict[Ranking, int] = {}
    while len(box) < RANKINGS:
        worth = blocs[numbers.choice(3, 20_000)] + numbers.gumbel(size=(20_000, len(names)))
        lengths = numbers.integers(1, len(names) + 1, 20_000).tolist()
        for order, length in zip(np.argsort(-worth, axis=1).tolist(), lengths, strict=True):
            box[tuple(ranks[place] for place in order[:length])] = 1
    return dict(list(box.items())[:RANKINGS])


def megabytes(field: str) -> float:
    """A memory figure of this process."""
    line = next(line for line in PEAK.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


@pytest.fixture(scope="module")
def large() -> dict[Ranking, int]:
    return large_box(list(NAMES))


@pytest.mark.prove
@pytest.mark.skipif(not PEAK.exists(), reason="needs /proc to measure the peak memory")
@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_hundred_options_fifty_seats_and_a_hundred_thousand_rankings_are_counted_or_refused_beforehand(
    method: str, large: dict[Ranking, int]
) -> None:
    ballots = {ranking[:6]: held for ranking, held in large.items()} if method == "score" else large
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, begun = megabytes("VmRSS"), time.process_time()
    try:
        check_size(method, OPTIONS, SEATS, RANKINGS)
    except TooLarge:
        assert method in REFUSED
        return
    tally = count(
        method, NAMES, ballots, 1 if method == "irv" else SEATS, {"tie_break": "order", "tie_break_order": NAMES}
    )
    assert tally.valid == len(ballots)
    assert time.process_time() - begun < MOST_SECONDS
    assert megabytes("VmHWM") - before < MOST_MEGABYTES
