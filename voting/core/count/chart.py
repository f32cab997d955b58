"""A count as a picture: flows from round to round, bars for a single round, the matrix of a comparison.

One self-contained SVG, readable at 360 px, light and dark; its description for screen readers is the whole explanation.
Equal tallies draw equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from voting.core.count import chart_bars, chart_flow, chart_pairs
from voting.core.count.chart_svg import INNER, MARGIN, PX, WIDTH, Canvas, paragraph
from voting.core.count.chart_words import NAMES
from voting.core.count.explain import explain, nothing_counts
from voting.core.count.say import Speaker, locale_of
from voting.core.count.tally import Tally

TITLE = 16
"""The size of the title in pixels."""

TITLE_LINES = 3


def chart(tally: Tally, locale: str, labels: Mapping[str, str] | None = None, title: str = "") -> str:
    """Draw a tally in `zh` or `en` as one SVG. `labels` names the options; `title` stands above, else the method's name.

    Raises `ValueError` for any other language.
    """
    speaker = Speaker(locale_of(locale), labels or {})
    heading = title or name_of(tally.method, speaker)
    canvas = Canvas()
    canvas.y -= 6 * PX
    for line in paragraph(heading, INNER, TITLE, bold=True, most=TITLE_LINES):
        canvas.y += 20 * PX
        canvas.text(MARGIN, canvas.y, line, "ink title")
    canvas.y += 17 * PX
    canvas.text(MARGIN, canvas.y, summary(tally, speaker), "soft")
    canvas.y += 10 * PX
    if nothing_counts(tally):
        canvas.y += 16 * PX
        canvas.text(WIDTH // 2, canvas.y, speaker.say("chart_no_ballots"), "ink bold", "middle")
        canvas.y += 8 * PX
    elif tally.comparison is not None:
        chart_pairs.draw(canvas, tally, tally.comparison, speaker)
    elif len(tally.rounds) == 1:
        chart_bars.draw(canvas, tally, speaker)
    else:
        chart_flow.draw(canvas, tally, speaker)
    return canvas.svg(heading, " ".join(explain(tally, locale, labels)), speaker.locale)


def name_of(method: str, speaker: Speaker) -> str:
    """What a method is called."""
    return speaker.say(f"name_{method}") if method in NAMES else method


def summary(tally: Tally, speaker: Speaker) -> str:
    """Ballots and seats in a line."""
    key = "chart_summary_seats" if tally.seats > 0 else "chart_summary"
    return speaker.say(key, valid=tally.valid, seats=tally.seats)
