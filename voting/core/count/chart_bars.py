"""One round as horizontal bars, most votes first."""

from __future__ import annotations

from voting.core.count.chart_svg import INNER, MARGIN, PX, WIDTH, Canvas, breadth, fitted, px
from voting.core.count.explain_rounds import by_votes
from voting.core.count.say import Speaker, figure
from voting.core.count.tally import Tally

BAR = 14 * PX
STEP = 40 * PX


def draw(canvas: Canvas, tally: Tally, speaker: Speaker) -> None:
    """One bar for each option: its name and votes above, a mark if it is elected."""
    entry = tally.rounds[0]
    most = max([votes for _, votes in entry.tallies] + [entry.threshold or 0])
    first = canvas.y
    for option, votes in by_votes(entry.tallies):
        elected = option in tally.winners
        text = figure(votes)
        top = canvas.y + 8 * PX
        room = INNER - breadth(text, bold=elected) - 12 * PX
        name = f"✓ {speaker.name(option)}" if elected else speaker.name(option)
        style = "ink bold" if elected else "ink"
        canvas.text(MARGIN, top + 10 * PX, fitted(name, room, bold=elected), style)
        canvas.text(WIDTH - MARGIN, top + 10 * PX, text, style, "end")
        canvas.box(MARGIN, top + 15 * PX, INNER, BAR, "track")
        length = int(INNER * votes / most) if most > 0 else 0
        if length > 0:
            canvas.box(MARGIN, top + 15 * PX, length, BAR, "h0" if elected else "hx", f"{speaker.name(option)}: {text}")
        canvas.y += STEP
    if entry.threshold is not None and entry.threshold > 0:
        x = MARGIN + int(INNER * entry.threshold / most)
        # One stroke through each bar, so that the numbers between them stay clear.
        tops = [first + 20 * PX + STEP * place for place in range(len(entry.tallies))]
        strokes = "".join(f"M{px(x)} {px(top)}v{px(BAR + 6 * PX)}" for top in tops)
        canvas.parts.append(f'<path d="{strokes}" class="line"/>')
        said = speaker.say("chart_needed", threshold=entry.threshold)
        canvas.y += 14 * PX
        canvas.text(min(x, WIDTH - MARGIN), canvas.y, said, "soft", "end" if x > WIDTH // 2 else "start")
    for tie in tally.ties:
        canvas.y += 14 * PX
        key = "chart_tie" if tie.selected else "chart_tie_open"
        said = speaker.say(key, tied=speaker.names(tie.tied), selected=speaker.name(tie.selected or ""))
        canvas.text(MARGIN, canvas.y, fitted(said, INNER), "soft")
    if entry.exhausted.total:
        canvas.y += 14 * PX
        canvas.text(MARGIN, canvas.y, speaker.say("chart_gone", votes=entry.exhausted.total), "soft")
