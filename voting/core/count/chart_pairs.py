"""A comparison as a square: rows against columns, won, lost or even; then what the method made of it."""

from __future__ import annotations

from collections.abc import Callable

from voting.core.count.chart_svg import INNER, MARGIN, PX, WIDTH, Canvas, breadth, fitted
from voting.core.count.explain_pairs import spoken
from voting.core.count.pairwise import Comparison
from voting.core.count.say import Speaker
from voting.core.count.tally import Tally

MOST_CELL = 44 * PX
LEAST_CELL = 2 * PX
LEAST_NAMED = 13 * PX
MOST_NAMED = 48
"""Rows are named up to this many options; a larger square shows only its pattern."""

MOST_LISTED = 60

Cell = Callable[[int, int], tuple[str, str, str]]
"""Row and column → the class, the text and the title of a cell."""


def draw(canvas: Canvas, tally: Tally, seen: Comparison, speaker: Speaker) -> None:
    """The matrix of votes, and of strongest paths, locked pairs, worst comparisons or balances."""
    options = seen.pairwise.options
    order = [option for group in tally.ranking for option in group] if tally.ranking else list(options)
    places = [options.index(option) for option in order]
    votes = seen.pairwise.votes

    def compared(row: int, column: int) -> tuple[str, str, str]:
        here, there = votes[row][column], votes[column][row]
        title = f"{speaker.name(options[row])} {here} : {there} {speaker.name(options[column])}"
        return ("won" if here > there else "lost" if here < there else "even"), str(here), title

    _square(canvas, tally, options, places, compared, speaker.say("chart_pairs"), speaker)
    _key(canvas, speaker)
    if seen.paths is not None:
        paths = seen.paths

        def strongest(row: int, column: int) -> tuple[str, str, str]:
            here, there = paths[row][column], paths[column][row]
            title = f"{speaker.name(options[row])} → {speaker.name(options[column])}: {spoken(here)}"
            return ("won" if here > there else "lost" if here < there else "even"), str(spoken(here)), title

        _square(canvas, tally, options, places, strongest, speaker.say("chart_paths"), speaker)
    _majorities(canvas, seen, speaker)
    if seen.worst is not None:
        told = {option: str(spoken(held)) for option, held in seen.worst}
        _list(canvas, tally, speaker.say("chart_worst"), [(option, told[option]) for option in order], speaker)
    if tally.scores is not None:
        balances = {option: f"{int(votes):+d}" if votes else "0" for option, votes in tally.scores}
        _list(canvas, tally, speaker.say("chart_balance"), [(option, balances[option]) for option in order], speaker)
    canvas.y += 4 * PX


def _square(
    canvas: Canvas,
    tally: Tally,
    options: tuple[str, ...],
    places: list[int],
    cell: Cell,
    heading: str,
    speaker: Speaker,
) -> None:
    """Rows and columns numbered alike; rows named."""
    canvas.y += 24 * PX
    canvas.text(MARGIN, canvas.y, heading, "ink head")
    canvas.y += 6 * PX
    side = max(LEAST_CELL, min(MOST_CELL, (INNER - 96 * PX) // len(places)))
    left = WIDTH - MARGIN - side * len(places)
    named = len(places) <= MOST_NAMED
    height = max(LEAST_NAMED, min(side, 30 * PX)) if named else side
    size = _size([cell(row, column)[1] for row in places for column in places if row != column], side)
    numbered = breadth(str(len(places)), 9) <= side
    canvas.y += 12 * PX
    for number in range(len(places) if numbered else 0):
        canvas.text(left + side * number + side // 2, canvas.y, str(number + 1), "soft tiny", "middle")
    canvas.y += 4 * PX
    for number, row in enumerate(places):
        elected = options[row] in tally.winners
        label = f"{number + 1} {'✓ ' if elected else ''}{speaker.name(options[row])}"
        if named:
            room = left - MARGIN - 4 * PX
            style = "ink bold" if elected else "ink"
            canvas.text(MARGIN, canvas.y + height // 2 + 4 * PX, fitted(label, room, bold=elected), style)
        for index, column in enumerate(places):
            x = left + side * index
            if row == column:
                canvas.box(x, canvas.y, side, height, "self edge")
                continue
            kind, text, title = cell(row, column)
            canvas.box(x, canvas.y, side, height, f"{kind} edge", title)
            if size and named:
                style = f"ink{' tiny' if size == 9 else ''}{' bold' if kind == 'won' else ''}"
                canvas.text(x + side // 2, canvas.y + height // 2 + 4 * PX, text, style, "middle")
        canvas.y += height


def _size(texts: list[str], side: int) -> int:
    """The font size at which every number fits its cell, 0 if there is none."""
    widest = max(texts, key=breadth, default="")
    return next((size for size in (11, 9) if breadth(widest, size, bold=size == 11) <= side), 0)


def _key(canvas: Canvas, speaker: Speaker) -> None:
    """What the shades of a square mean, for the option of the row."""
    canvas.y += 16 * PX
    x = MARGIN
    for kind in ("won", "lost", "even"):
        word = speaker.say(f"chart_{kind}")
        canvas.box(x, canvas.y - 9 * PX, 10 * PX, 10 * PX, kind)
        canvas.text(x + 15 * PX, canvas.y, word, "soft")
        x += 31 * PX + breadth(word)


def _majorities(canvas: Canvas, seen: Comparison, speaker: Speaker) -> None:
    """The victories of ranked pairs in the order they were taken up."""
    if seen.majorities is None:
        return
    canvas.y += 24 * PX
    canvas.text(MARGIN, canvas.y, speaker.say("chart_locked"), "ink head")
    for entry in seen.majorities[:MOST_LISTED]:
        canvas.y += 15 * PX
        votes = f"{entry.votes} : {entry.against}"
        mark = "✓" if entry.locked else "✕"
        text = f"{mark} {speaker.name(entry.winner)} > {speaker.name(entry.loser)}"
        style = "ink" if entry.locked else "soft"
        canvas.text(MARGIN, canvas.y, fitted(text, INNER - breadth(votes) - 8 * PX), style)
        canvas.text(WIDTH - MARGIN, canvas.y, votes, style, "end")
    if len(seen.majorities) > MOST_LISTED:
        canvas.y += 15 * PX
        canvas.text(MARGIN, canvas.y, "…", "soft")


def _list(canvas: Canvas, tally: Tally, heading: str, items: list[tuple[str, str]], speaker: Speaker) -> None:
    """Options with a number each, the best first."""
    canvas.y += 24 * PX
    canvas.text(MARGIN, canvas.y, heading, "ink head")
    for option, text in items:
        canvas.y += 15 * PX
        won = option in tally.winners
        mark, style = ("✓ ", "ink bold") if won else ("", "ink")
        room = INNER - breadth(text, bold=won) - 8 * PX
        canvas.text(MARGIN, canvas.y, fitted(mark + speaker.name(option), room, bold=won), style)
        canvas.text(WIDTH - MARGIN, canvas.y, text, style, "end")
