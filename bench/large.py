"""Time and memory of every method at 100 candidates, 50 seats and 100,000 distinct rankings. Run as `python -m bench.large`.

The rankings are Plackett-Luce, partial, one ballot each. Memory is what the process holds more at its peak than before the
count, as Linux measures it. A method that refuses the size says so.
"""

from __future__ import annotations

import gc
import time
from pathlib import Path

from bench.count import drawn
from voting.core.count import METHODS, Ranking, TooLarge, count

DRAWN, DISTINCT, CANDIDATES, SEATS = 110_000, 100_000, 100, 50
GRADES = 6
"""Ranks of a ballot by score."""

NAMES = tuple(f"c{number:02}" for number in range(CANDIDATES))


def rankings() -> dict[Ranking, int]:
    """The ballots; a rank of one option is one tuple for all of them."""
    ranks = [(name,) for name in NAMES]
    orders, lengths = drawn(DRAWN, CANDIDATES)
    box: dict[Ranking, int] = {}
    for order, length in zip(orders.tolist(), lengths.tolist(), strict=True):
        ranking = tuple(ranks[place] for place in order[:length])
        box[ranking] = 1
    return dict(list(box.items())[:DISTINCT])


def megabytes(field: str) -> float:
    """A memory figure of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def main() -> None:
    """Measure and print."""
    box = rankings()
    print(f"{len(box):,} distinct rankings × {CANDIDATES} candidates, {SEATS} seats.\n")
    print("| method | CPU s | MB more at the peak | outcome |\n|---|---|---|---|")
    for method in METHODS:
        ballots = {ranking[:GRADES]: held for ranking, held in box.items()} if method == "score" else box
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")
        before, begun = megabytes("VmRSS"), time.process_time()
        try:
            tally = count(method, NAMES, ballots, 1 if method == "irv" else SEATS, {"tie_break": "order"})
            said = f"{len(tally.winners)} elected, {len(tally.rounds)} rounds"
        except TooLarge as refused:
            said = f"refused: {refused}"
        seconds = time.process_time() - begun
        print(f"| {method} | {seconds:.1f} | {megabytes('VmHWM') - before:.0f} | {said} |", flush=True)


if __name__ == "__main__":
    main()
