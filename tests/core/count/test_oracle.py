"""The same results by the plainest definition: every ballot read anew in every round, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.core.count.polls import NAMES, examples, strict_boxes
from voting.core.count import Ranking, count

DECIDED = {"tie_break": "order", "tie_break_order": NAMES}
SOME = examples(60)

Weights = dict[int, Fraction]


def choice(ranking: Ranking, standing: list[str]) -> str | None:
    return next((rank[0] for rank in ranking if rank[0] in standing), None)


def held(papers: list[tuple[Ranking, Fraction]], standing: list[str]) -> dict[str, Fraction]:
    sums = dict.fromkeys(standing, Fraction(0))
    for ranking, weight in papers:
        top = choice(ranking, standing)
        if top is not None:
            sums[top] += weight
    return sums


def last_of(sums: dict[str, Fraction]) -> str:
    return min(sums, key=lambda name: (sums[name], -NAMES.index(name)))


def plain_irv(box: Mapping[Ranking, int]) -> list[dict[str, Fraction]]:
    papers = [(ranking, Fraction(number)) for ranking, number in box.items()]
    standing, rounds = list(NAMES), []
    while True:
        sums = held(papers, standing)
        rounds.append(sums)
        if 2 * max(sums.values()) > sum(sums.values()) or len(standing) == 2 or len(rounds) > len(NAMES):
            return rounds
        standing.remove(last_of(sums))


def plain_gregory(box: Mapping[Ranking, int], seats: int) -> list[str]:
    papers = [(ranking, Fraction(1)) for ranking, number in box.items() for _ in range(number) if ranking]
    need = len(papers) // (seats + 1) + 1
    standing, winners = list(NAMES), []
    while len(winners) < seats:
        sums = held(papers, standing)
        if len(standing) <= seats - len(winners):
            return winners + standing
        over = [name for name in standing if sums[name] >= need]
        out = over or [last_of(sums)]
        keep = {name: (sums[name] - need) / sums[name] for name in over}
        papers = [(ranking, weight * keep.get(choice(ranking, standing) or "", 1)) for ranking, weight in papers]
        standing = [name for name in standing if name not in out]
        winners += over
    return winners


@SOME
@given(box=strict_boxes())
def test_instant_runoff_counts_as_reading_every_ballot_anew_would(box: Mapping[Ranking, int]) -> None:
    tally = count("irv", NAMES, box, 1, DECIDED)
    if tally.outcome == "no_ballots":
        assert not any(box.keys())
        return
    assert [dict(entry.tallies) for entry in tally.rounds] == plain_irv(box)


@SOME
@given(box=strict_boxes(most=8), seats=st.integers(1, 4))
def test_exact_transfers_elect_whom_single_ballots_with_weights_would(box: Mapping[Ranking, int], seats: int) -> None:
    tally = count("stv-gregory-exact", NAMES, box, seats, DECIDED)
    if tally.outcome == "no_ballots":
        return
    assert set(tally.winners) == set(plain_gregory(box, seats))


@SOME
@given(box=strict_boxes())
def test_one_seat_by_exact_transfers_is_instant_runoff_with_a_fixed_threshold(box: Mapping[Ranking, int]) -> None:
    single = count("irv", NAMES, box, 1, DECIDED | {"threshold_basis": "first_round"})
    assert count("stv-gregory-exact", NAMES, box, 1, DECIDED).winners == single.winners
