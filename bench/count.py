"""How fast ballots are counted: our engine from the packed box and from Python lists, pyrankvote, and a plain loop in C.

The ballots are Plackett-Luce rankings of three blocs, cut to partial ones, from a fixed seed. Every count gives the whole
table of rounds. Runs go through the counters in turn, so that a slower minute of the machine is everybody's; figures are
medians of CPU time. Run as `python -m bench.count`; a peer that is not installed, or no C compiler, is left out.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import peers
from bench.peers import Counter
from voting.core.count import Tally, packed
from voting.core.count.fast import count_packed

SEED = 20240607
CANDIDATES = 10
SEATS = 3
NAMES = tuple("ABCDEFGHIJ")
PART = 1_000_000
"""Ballots drawn at a time, for the memory's sake."""


def drawn(ballots: int, candidates: int = CANDIDATES) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Candidates in the order of each ballot (a row each), and how many of them the ballot names (1 to all)."""
    numbers = np.random.default_rng(SEED)
    blocs = numbers.normal(0, 1.2, (3, candidates))
    orders, lengths = [], []
    for start in range(0, ballots, PART):
        size = min(PART, ballots - start)
        # Sorting by log strength plus a Gumbel variate draws from Plackett-Luce.
        worth = blocs[numbers.choice(3, size, p=(0.45, 0.35, 0.2))] + numbers.gumbel(size=(size, candidates))
        orders.append(np.argsort(-worth, axis=1).astype(np.uint8))
        lengths.append(numbers.integers(1, candidates + 1, size))
    return np.concatenate(orders), np.concatenate(lengths)


def keys(orders: np.ndarray[Any, Any], lengths: np.ndarray[Any, Any]) -> packed.Keys:
    """The rankings as keys, one a ballot, unsorted."""
    held = np.zeros(len(orders), dtype=np.uint64)
    for rank in range(CANDIDATES):
        mark = (orders[:, rank].astype(np.uint64) + np.uint64(1)) << np.uint64(packed.shift(rank))
        held |= np.where(lengths > rank, mark, np.uint64(0))
    return held


def box_of(held: packed.Keys) -> packed.Packed:
    """The packed box of keys that are one ballot each."""
    return packed.from_arrays(held, np.ones(len(held), dtype=np.int64), CANDIDATES)


def ours(lists: Sequence[Sequence[int]], box: packed.Packed) -> dict[str, Counter]:
    """Our counts."""
    return {
        "IRV, packed box": lambda: count_packed("irv", NAMES, box),
        "IRV from lists": lambda: count_packed("irv", NAMES, packed.from_lists(lists, CANDIDATES)),
        "STV exact, packed box": lambda: count_packed("stv-gregory-exact", NAMES, box, SEATS),
        "STV exact from lists": lambda: count_packed(
            "stv-gregory-exact", NAMES, packed.from_lists(lists, CANDIDATES), SEATS
        ),
        "Schulze, packed box": lambda: count_packed("schulze", NAMES, box),
    }


def loop_in_c(box: packed.Packed, folder: Path) -> dict[str, Counter]:
    """The plain loop, compiled here; nothing without a compiler. It answers with the tallies of each round."""
    compiler = shutil.which("cc")
    if compiler is None:
        return {}
    library = folder / "irv.so"
    source = Path(__file__).with_name("irv.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    irv = ctypes.CDLL(str(library)).irv
    irv.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_void_p]
    votes = np.zeros((32, 32), dtype=np.int64)

    def count() -> list[list[int]]:
        rounds = irv(box.keys.ctypes.data, box.counts.ctypes.data, len(box.keys), CANDIDATES, votes.ctypes.data)
        return [[int(held) for held in row[: CANDIDATES + 1]] for row in votes[:rounds]]

    return {LOOP: count}


def agree(counters: Mapping[str, Counter]) -> None:
    """Refuse to time what does not count alike: the loop in C round by round, the libraries on the winner.

    Rules of transferable votes differ from library to library, and so may those they elect.
    """
    tally = counters["IRV, packed box"]()
    assert isinstance(tally, Tally)
    rounds = [[entry.exhausted.total, *(entry.votes(name) for name in NAMES)] for entry in tally.rounds]
    if LOOP in counters and counters[LOOP]() != rounds:
        raise RuntimeError("the loop in C and the packed box differ")
    for method in ("IRV", "Schulze"):
        counted = counters[f"{method}, packed box"]()
        assert isinstance(counted, Tally)
        wanted = {NAMES.index(winner) for winner in counted.winners}
        for name in rivals(method, counters):
            found = counters[name]()
            if found != wanted:
                raise RuntimeError(f"{name} elects {found}, we elect {wanted}")


def rivals(method: str, counters: Mapping[str, Any]) -> list[str]:
    """The counts of the other libraries by one method."""
    return [name for name in counters if name.startswith(f"{method}, ") and name not in (LOOP, f"{method}, packed box")]


def timed(count: Counter) -> float:
    """CPU seconds of one count."""
    begun = time.process_time()
    count()
    return time.process_time() - begun


def medians(counters: Mapping[str, Counter], rounds: int) -> dict[str, float]:
    """Median CPU seconds of every count, the counts taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in counters}
    for _ in range(rounds):
        for name, count in counters.items():
            seconds[name].append(timed(count))
    return {name: statistics.median(held) for name, held in seconds.items()}


LOOP = "IRV, loop in C"

NEEDED = (
    ("IRV", "IRV, packed box", 75),
    ("IRV from lists", "IRV from lists", 12),
    ("STV", "STV exact, packed box", 50),
    ("Schulze", "Schulze, packed box", 15),
)
"""How many times faster than the fastest other library each count has to be."""

MOST_LOOPS = 30
"""How many times as long as the loop in C the packed box may take."""


def table(figures: Mapping[str, float], ballots: int, distinct: int) -> str:
    """The figures, and their ratios beside what is needed."""
    lines = [f"{ballots:,} ballots × {CANDIDATES} candidates, {distinct:,} distinct rankings.", ""]
    lines += ["| count | CPU ms |", "|---|---|"]
    lines += [f"| {name} | {seconds * 1000:,.1f} |" for name, seconds in figures.items()]
    lines += ["", "| ratio | measured | needed |", "|---|---|---|"]
    for method, ours, needed in NEEDED:
        others = rivals(method, figures)
        if others:
            fastest = min(others, key=lambda name: figures[name])
            lines.append(f"| {fastest} / {ours} | {figures[fastest] / figures[ours]:,.1f} | ≥ {needed} |")
    if LOOP in figures:
        lines.append(
            f"| IRV, packed box / {LOOP} | {figures['IRV, packed box'] / figures[LOOP]:,.1f} | ≤ {MOST_LOOPS} |"
        )
    return "\n".join(lines)


def growth(sizes: Sequence[int], rounds: int) -> str:
    """How the time grows with the ballots: packing keys in any order, and counting the box."""
    lines = ["| ballots | distinct rankings | packing ms | IRV ms | IRV ns a ballot |", "|---|---|---|---|---|"]
    for size in sizes:
        held = keys(*drawn(size))
        box = box_of(held)
        counters: dict[str, Counter] = {
            "pack": lambda held=held: box_of(held),  # type: ignore[misc]  # a default binds the loop's value
            "irv": lambda box=box: count_packed("irv", NAMES, box),  # type: ignore[misc]  # likewise
        }
        taken = medians(counters, rounds)
        lines.append(
            f"| {size:,} | {len(box.keys):,} | {taken['pack'] * 1000:,.1f} | {taken['irv'] * 1000:,.2f} "
            f"| {taken['irv'] * 1e9 / size:,.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, nargs="*", default=[10_000, 100_000, 1_000_000, 10_000_000])
    options = parser.parse_args()
    orders, lengths = drawn(options.ballots)
    box = box_of(keys(orders, lengths))
    lists = [order[:length] for order, length in zip(orders.tolist(), lengths.tolist(), strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        counters = {**ours(lists, box), **loop_in_c(box, Path(folder)), **peers.counters(lists, SEATS)}
        agree(counters)
        print(table(medians(counters, options.rounds), options.ballots, len(box.keys)))
    if options.growth:
        print(f"\n{growth(options.growth, options.rounds)}")


if __name__ == "__main__":
    main()
