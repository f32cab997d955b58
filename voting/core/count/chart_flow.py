"""The rounds of a count as rows of votes, joined by what stayed and what moved. A vote is as wide in every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voting.core.count.chart_svg import HUES, INNER, MARGIN, PX, WIDTH, Canvas, breadth, fitted, wrapped
from voting.core.count.numbers import Amount
from voting.core.count.say import Speaker, figure
from voting.core.count.tally import Round, Tally

BAR = 34 * PX
LINE = 14 * PX
FLOW = 44 * PX
MOST_LINES = 4

GONE = ""
"""The place of votes that count for nobody."""

Held = dict[str, Amount]


@dataclass(frozen=True, slots=True)
class Row:
    """Rounds that hold the same votes, drawn as one."""

    entries: tuple[Round, ...]
    votes: Held

    @property
    def first(self) -> Round:
        """The round that heads the row."""
        return self.entries[0]

    @property
    def elected(self) -> tuple[str, ...]:
        """Who is elected on these votes."""
        return tuple(option for entry in self.entries for option in entry.elected)

    @property
    def eliminated(self) -> tuple[str, ...]:
        """Who is eliminated on these votes, or before they were counted."""
        return tuple(option for entry in self.entries for option in entry.eliminated)


@dataclass(frozen=True, slots=True)
class Flow:
    """Votes that go from a place in one row to a place in the next."""

    source: str
    target: str
    votes: Amount


def draw(canvas: Canvas, tally: Tally, speaker: Speaker) -> None:
    """The list of options, then row after row."""
    rows = rows_of(tally)
    order = order_of(tally, rows)
    hues = {option: f"{place}" if place < HUES else "x" for place, option in enumerate(order)}
    full = max(sum(row.votes.values()) for row in rows)
    _options(canvas, tally, order, hues, speaker)
    above: Row | None = None
    for row in rows:
        linked = above is not None and above.first.passing == row.first.passing
        flows = flows_between(above, row) if above is not None and linked else ()
        _row(canvas, _Scale(order, hues, full), above if linked else None, row, flows, speaker)
        above = row
    canvas.y += 4 * PX


def rows_of(tally: Tally) -> tuple[Row, ...]:
    """The rounds; stages that leave the votes as they were join the row before."""
    rows: list[Row] = []
    for entry in tally.rounds:
        votes: Held = dict(entry.tallies)
        votes[GONE] = entry.exhausted.total + entry.residual + entry.final_surplus
        if rows and entry.action != "count" and rows[-1].votes == votes:
            rows[-1] = Row((*rows[-1].entries, entry), votes)
        else:
            rows.append(Row((entry,), votes))
    return tuple(rows)


def order_of(tally: Tally, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """The options from left to right in every row: by their votes in the first."""
    known = [option for option in tally.options if any(option in row.votes for row in rows)]
    return tuple(sorted(known, key=lambda option: -rows[0].votes.get(option, 0)))


def flows_between(above: Row, row: Row) -> tuple[Flow, ...]:
    """What moved between two rows, and what stayed. Where the count records no transfers only the latter is known."""
    if row.first.action == "count":
        transfers = above.entries[-1].transfers
    else:
        transfers = tuple(transfer for entry in row.entries for transfer in entry.transfers)
    moved: dict[tuple[str, str], Amount] = {}
    for transfer in transfers:
        pair = (transfer.source, transfer.target or GONE)
        moved[pair] = moved.get(pair, 0) + transfer.votes
    for source in dict.fromkeys(source for source, _ in tuple(moved)):
        lost = above.votes[source] - _sent(source, moved) - _stayed(source, above.votes, row.votes, moved)
        moved[source, GONE] = moved.get((source, GONE), 0) + lost  # What rounding down left over.
    stayed = [Flow(place, place, _stayed(place, above.votes, row.votes, moved)) for place in above.votes]
    flows = [*stayed, *(Flow(source, target, votes) for (source, target), votes in moved.items())]
    return tuple(flow for flow in flows if flow.votes > 0)


def _stayed(place: str, before: Held, after: Held, moved: dict[tuple[str, str], Amount]) -> Amount:
    """Votes of a place that are where they were."""
    received: Amount = sum((votes for (_, target), votes in moved.items() if target == place), start=0)
    return min(before[place] - _sent(place, moved), after.get(place, 0) - received)


def _sent(place: str, moved: dict[tuple[str, str], Amount]) -> Amount:
    """Votes that left a place."""
    return sum((votes for (source, _), votes in moved.items() if source == place), start=0)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where votes stand from left to right."""

    order: tuple[str, ...]
    hues: dict[str, str]
    full: Amount

    def width(self, votes: Amount) -> int:
        """The width of votes."""
        return int(INNER * votes / self.full) if self.full else 0

    def spans(self, votes: Held) -> dict[str, tuple[int, int]]:
        """(x, width) of every place that holds votes."""
        spans: dict[str, tuple[int, int]] = {}
        before: Amount = 0
        for place in (*self.order, GONE):
            held = votes.get(place, 0)
            if held > 0:
                left, right = self.width(before), self.width(before + held)
                spans[place] = (MARGIN + left, right - left)
            before += held
        return spans

    def hue(self, place: str) -> str:
        """The fill class of a place."""
        return "gone" if place == GONE else f"h{self.hues[place]}"


def _options(canvas: Canvas, tally: Tally, order: tuple[str, ...], hues: dict[str, str], speaker: Speaker) -> None:
    """Every option with its colour and how it fared."""
    for option in order:
        fate = _fate(tally, option, speaker)
        canvas.y += 17 * PX
        canvas.box(MARGIN, canvas.y - 9 * PX, 10 * PX, 10 * PX, f"h{hues[option]}")
        won = option in tally.winners
        room = INNER - 16 * PX - breadth(fate, bold=won) - 10 * PX
        name = fitted(speaker.name(option), room, bold=won)
        canvas.text(MARGIN + 16 * PX, canvas.y, name, "ink bold" if won else "ink")
        canvas.text(WIDTH - MARGIN, canvas.y, fate, "ink bold" if won else "soft", "end")
    canvas.y += 12 * PX
    canvas.rule()


def _fate(tally: Tally, option: str, speaker: Speaker) -> str:
    """In which round an option was elected or eliminated."""
    for entry in tally.rounds:
        if option in entry.elected and entry.passing is not None:
            return speaker.say("chart_elected_pass", passing=entry.passing)
        if option in entry.elected:
            return speaker.say("chart_elected", number=entry.number)
        if option in entry.eliminated and entry.passing is None:
            return speaker.say("chart_eliminated", number=entry.number)
    return speaker.say("chart_not_elected") if tally.complete else ""


def _row(canvas: Canvas, scale: _Scale, above: Row | None, row: Row, flows: tuple[Flow, ...], speaker: Speaker) -> None:
    """One row: what flows into it, its heading, its bar."""
    spans = scale.spans(row.votes)
    notes = _notes(row, spans, speaker)
    top = canvas.y
    canvas.y += (FLOW if above else 10 * PX) + LINE * len(notes) + 16 * PX
    if above is not None:
        _flows(canvas, scale, above, row, flows, (top, canvas.y + 6 * PX), speaker)
    baseline = canvas.y - LINE * len(notes)
    canvas.text(MARGIN, baseline, _heading(row, speaker), "ink head halo")
    canvas.text(WIDTH - MARGIN, baseline, _needed(row, speaker), "soft halo", "end")
    for note in notes:
        baseline += LINE
        canvas.text(MARGIN, baseline, note, "ink halo")
    canvas.y += 6 * PX
    for place, (x, width) in spans.items():
        _segment(canvas, scale, row, place, (x, width), speaker)
    canvas.y += BAR


def _segment(canvas: Canvas, scale: _Scale, row: Row, place: str, span: tuple[int, int], speaker: Speaker) -> None:
    """The votes of one option, named if there is room."""
    x, width = span
    text = figure(row.votes[place])
    name = speaker.say("chart_nobody") if place == GONE else speaker.name(place)
    canvas.box(x, canvas.y, width, BAR, f"{scale.hue(place)} edge", f"{name}: {text}")
    ink = "ink" if place == GONE else f"t{scale.hues[place]}"
    mark = "✓ " if place in row.elected else "✕ " if place in row.eliminated else ""
    style = f"{ink} bold" if mark else ink
    short = fitted(mark + name, width - 6 * PX, bold=bool(mark))
    if short:
        canvas.text(x + 4 * PX, canvas.y + 14 * PX, short, style)
    if _has_room(text, width):
        canvas.text(x + 4 * PX, canvas.y + 28 * PX, text, style)


def _has_room(text: str, width: int) -> bool:
    """Whether a segment is wide enough for its votes."""
    return breadth(text, bold=True) + 6 * PX <= width


def _notes(row: Row, spans: dict[str, tuple[int, int]], speaker: Speaker) -> list[str]:
    """Lines above a bar: who is in, who is out, and the votes of segments too narrow to hold them."""
    passed_on = [] if row.eliminated else [option for entry in row.entries for option in entry.source]
    decided = [
        line
        for key, options in (("chart_surplus", passed_on), ("chart_in", row.elected), ("chart_out", row.eliminated))
        for line in _listed(key, options, speaker)
    ]
    narrow = [
        f"{speaker.say('chart_nobody') if place == GONE else speaker.name(place)} {figure(row.votes[place])}"
        for place, (_, width) in spans.items()
        if not _has_room(figure(row.votes[place]), width)
    ]
    return [*decided, *_cut(wrapped(narrow, INNER))]


def _listed(key: str, options: Sequence[str], speaker: Speaker) -> list[str]:
    """Options in lines, the first after a word that says what happened to them."""
    names = [speaker.name(option) for option in options]
    return _cut(wrapped([speaker.say(key, option=names[0]), *names[1:]], INNER, joint=speaker.comma)) if names else []


def _cut(lines: list[str]) -> list[str]:
    """No more lines than a row can bear."""
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "…"]


def _heading(row: Row, speaker: Speaker) -> str:
    """Which round a row is."""
    entry = row.first
    if entry.passing is not None:
        return speaker.say("chart_pass", passing=entry.passing, number=entry.number)
    if entry.number == 0 or entry.action == "first_preferences":
        return speaker.say("chart_first")
    if entry.action == "count complete":
        return speaker.say("chart_end")
    return speaker.say("chart_round", number=entry.number)


def _needed(row: Row, speaker: Speaker) -> str:
    """The votes that elect."""
    threshold = row.entries[-1].threshold
    return "" if threshold is None else speaker.say("chart_needed", threshold=threshold)


def _flows(
    canvas: Canvas,
    scale: _Scale,
    above: Row,
    row: Row,
    flows: tuple[Flow, ...],
    ends: tuple[int, int],
    speaker: Speaker,
) -> None:
    """Bands from the row above to this one; neither end crosses another of the same place."""
    rank = {place: number for number, place in enumerate((*scale.order, GONE))}
    leaving = {place: x for place, (x, _) in scale.spans(above.votes).items()}
    tops: dict[Flow, int] = {}
    for flow in sorted(flows, key=lambda flow: (rank[flow.source], rank[flow.target])):
        tops[flow] = leaving[flow.source]
        leaving[flow.source] += scale.width(flow.votes)
    entering = {place: x for place, (x, _) in scale.spans(row.votes).items()}
    for flow in sorted(flows, key=lambda flow: (rank[flow.target], rank[flow.source])):
        if flow.target not in entering:
            continue
        width = scale.width(flow.votes)
        kind = "stay" if flow.source == flow.target else "flow"
        title = _told(flow, speaker)
        canvas.ribbon(
            (tops[flow], ends[0], width),
            (entering[flow.target], ends[1], width),
            f"{scale.hue(flow.source)} {kind}",
            title,
        )
        entering[flow.target] += width


def _told(flow: Flow, speaker: Speaker) -> str:
    """A flow in words."""
    nobody = speaker.say("chart_nobody")
    source = speaker.name(flow.source) if flow.source else nobody
    target = speaker.name(flow.target) if flow.target else nobody
    if flow.source == flow.target:
        return f"{source}: {figure(flow.votes)}"
    return f"{source} → {target}: {figure(flow.votes)}"
