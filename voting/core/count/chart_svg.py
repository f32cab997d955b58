"""A small canvas for charts: one self-contained SVG, 360 px wide, light and dark, without script or fetched fonts.

Lengths are integers in hundredths of a pixel, so that equal tallies draw equal bytes.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import Literal

PX = 100
WIDTH = 360 * PX
MARGIN = 12 * PX
INNER = WIDTH - 2 * MARGIN

HUES = 8
"""How many options have a colour of their own; the others share a grey."""

FONTS = "system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"

LIGHT = (
    ".yishi .page{fill:#fff}.yishi .ink{fill:#16191d}.yishi .soft{fill:#525a63}.yishi .track{fill:#e9ecef}"
    ".yishi .gone{fill:#c9ced4}.yishi .rule{stroke:#d4d9de}.yishi .halo{stroke:#fff}.yishi .edge{stroke:#fff}"
    ".yishi .won{fill:#cfe3f7}.yishi .lost{fill:#fbe3cd}.yishi .even{fill:#eceff1}.yishi .self{fill:#f6f7f8}"
    ".yishi .line{stroke:#16191d}"
)
DARK = (
    ".yishi .page{fill:#14171b}.yishi .ink{fill:#f1f3f5}.yishi .soft{fill:#aab2bb}.yishi .track{fill:#262b31}"
    ".yishi .gone{fill:#454d56}.yishi .rule{stroke:#353c44}.yishi .halo{stroke:#14171b}.yishi .edge{stroke:#14171b}"
    ".yishi .won{fill:#17426b}.yishi .lost{fill:#663b14}.yishi .even{fill:#2b3138}.yishi .self{fill:#1c2025}"
    ".yishi .line{stroke:#f1f3f5}"
)
# Eight colours that stay apart for colour-blind eyes, each with the ink (dark or white) that reads on it.
COLOURS = (
    ("#0072b2", "#fff"),
    ("#e69f00", "#111"),
    ("#009e73", "#111"),
    ("#cc79a7", "#111"),
    ("#56b4e9", "#111"),
    ("#d55e00", "#111"),
    ("#7a5195", "#fff"),
    ("#8c6d31", "#fff"),
)
STYLE = (
    f".yishi text{{font-family:{FONTS};font-size:11px}}.yishi .title{{font-size:16px;font-weight:700}}"
    ".yishi .head{font-size:12px;font-weight:700}.yishi .bold{font-weight:700}.yishi .tiny{font-size:9px}"
    ".yishi .halo{stroke-width:3px;stroke-linejoin:round;paint-order:stroke}.yishi .edge{stroke-width:1px}"
    ".yishi .flow{fill-opacity:.5}.yishi .stay{fill-opacity:.18}.yishi .rule{stroke-width:1px}"
    ".yishi .line{stroke-width:2px}"
    ".yishi .hx{fill:#8a939c}.yishi .tx{fill:#111}"
    + "".join(f".yishi .h{n}{{fill:{fill}}}.yishi .t{n}{{fill:{ink}}}" for n, (fill, ink) in enumerate(COLOURS))
    + LIGHT
    + f"@media (prefers-color-scheme:dark){{{DARK}}}"
)

_BREAKS = re.compile(r"[\u2e80-\uffff][，。、：；！？）》”…]*|[^\s\u2e80-\uffff]+\s*|\s+")
"""Pieces of a text that stay together: an ideograph with the marks behind it, a word with its spaces."""

Anchor = Literal["start", "middle", "end"]


def px(length: int) -> str:
    """A length in pixels, exact to two places."""
    sign = "-" if length < 0 else ""
    whole, rest = divmod(abs(length), PX)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def clean(text: str) -> str:
    """Text as XML takes it: escaped, and what XML cannot hold replaced by U+FFFD."""
    kept = (
        char if char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char != "\ufffe" else "\ufffd"
        for char in text
    )
    return escape("".join("\ufffd" if char == "\uffff" else char for char in kept))


def breadth(text: str, size: int = 11, bold: bool = False) -> int:
    """About how wide a text is at a font size in pixels; of the fonts in use the widest, so rather too wide."""
    width = sum(_advance(char) for char in text) * size
    return width * 112 // 100 if bold else width


def _advance(char: str) -> int:
    """Hundredths of the font size."""
    if ord(char) >= 0x2E80 or char in "mwMW%@—…✓✕":
        return 102
    if char in "iljI.,:;'| ":
        return 36
    if char in "trf()[]-/·!":
        return 44
    return 76 if char.isupper() else 64


def fitted(text: str, room: int, size: int = 11, bold: bool = False) -> str:
    """The text, shortened with an ellipsis until it fits; nothing if not even two characters fit."""
    if breadth(text, size, bold) <= room:
        return text
    for length in range(len(text) - 1, 1, -1):
        short = text[:length].rstrip() + "…"
        if breadth(short, size, bold) <= room:
            return short
    return ""


def wrapped(items: list[str], room: int, size: int = 11, joint: str = " · ") -> list[str]:
    """Items joined into lines that fit; an item wider than a line is shortened. A comma stays at the end of its line."""
    lines: list[str] = []
    comma = joint.rstrip() if joint[:1] in ",、" else ""
    for item in items:
        longer = f"{lines[-1]}{joint}{item}" if lines else item
        if lines and breadth(longer + comma, size) <= room:
            lines[-1] = longer
            continue
        if lines:
            lines[-1] += comma
        lines.append(fitted(item, room - breadth(comma, size), size))
    return lines


def paragraph(text: str, room: int, size: int, bold: bool, most: int) -> list[str]:
    """The text in lines that fit, at most so many, the last one shortened. Lines break at spaces and between ideographs."""
    lines = [""]
    for piece in _BREAKS.findall(text):
        if breadth((lines[-1] + piece).rstrip(), size, bold) <= room or len(lines) == most:
            lines[-1] += piece
        elif lines[-1]:
            lines.append(piece)
        else:
            lines[-1] = piece
    return [fitted(line.strip(), room, size, bold) for line in lines]


class Canvas:
    """Shapes and texts from top to bottom; `y` is where the next one goes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = MARGIN

    def text(self, x: int, y: int, text: str, classes: str, anchor: Anchor = "start") -> None:
        """A line of text on a baseline."""
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(f'<text x="{px(x)}" y="{px(y)}" class="{classes}"{side}>{clean(text)}</text>')

    def box(self, x: int, y: int, width: int, height: int, classes: str, title: str = "") -> None:
        """A rectangle; `title` is shown when it is pointed at."""
        inside = f"><title>{clean(title)}</title></rect>" if title else "/>"
        self.parts.append(
            f'<rect x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}" class="{classes}"{inside}'
        )

    def ribbon(self, top: tuple[int, int, int], bottom: tuple[int, int, int], classes: str, title: str) -> None:
        """A band from (x, y, width) above to (x, y, width) below."""
        (x1, y1, w1), (x2, y2, w2) = top, bottom
        middle = (y1 + y2) // 2
        left = f"M{px(x1)} {px(y1)}C{px(x1)} {px(middle)} {px(x2)} {px(middle)} {px(x2)} {px(y2)}"
        right = f"H{px(x2 + w2)}C{px(x2 + w2)} {px(middle)} {px(x1 + w1)} {px(middle)} {px(x1 + w1)} {px(y1)}Z"
        self.parts.append(f'<path d="{left}{right}" class="{classes}"><title>{clean(title)}</title></path>')

    def rule(self) -> None:
        """A thin line across, at `y`."""
        self.parts.append(f'<path d="M{px(MARGIN)} {px(self.y)}H{px(WIDTH - MARGIN)}" class="rule"/>')

    def svg(self, title: str, description: str, locale: str) -> str:
        """The finished document."""
        height = px(self.y + MARGIN)
        body = "".join(self.parts)
        title, description = clean(title), clean(description)
        key = hashlib.sha256((title + description + body).encode()).hexdigest()[:12]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="yishi" viewBox="0 0 {px(WIDTH)} {height}" '
            f'width="{px(WIDTH)}" height="{height}" role="img" lang="{locale}" aria-labelledby="t{key} d{key}">'
            f'<title id="t{key}">{title}</title><desc id="d{key}">{description}</desc>'
            f"<style>{STYLE}</style>"
            f'<rect width="{px(WIDTH)}" height="{height}" class="page"/>{body}</svg>\n'
        )
