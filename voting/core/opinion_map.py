"""Groups of opinion as a picture: an area for each group, and how every group stands on the statements all of them know.

One self-contained SVG, readable at 360 px, light and dark. There is no mark of a person in it: a group is one area whose
size is its number of people, and where an area stands means nothing. Equal opinions draw equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from voting.core.count.chart_svg import INNER, MARGIN, PX, WIDTH, Canvas, breadth, paragraph, px
from voting.core.count.say import locale_of

HUES = (0, 1, 3, 4, 6)
"""The colours of the groups; those of support and opposition are others."""
LETTERS = "ABCDE"
FOR, AGAINST, NEITHER = "h2", "h5", "gone"
MOST_SHOWN = 3
"""Statements of either kind."""
LARGEST = 58 * PX
"""The longest radius."""
GAP = 14 * PX
ROOMY = 20 * PX
"""The radius from which letter and number fit into an area."""
LEAST = 8 * PX
"""The shortest radius: smaller areas are drawn larger than they are, so that they can be seen."""
BAR = 11 * PX
_LEFT = MARGIN + 20 * PX

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("意见分组", "Groups of opinion"),
    "reacted": ("{people}人表过态 · 分为{groups}组", "{people} people reacted · {groups} groups"),
    "together": ("{people}人表过态 · 没有分出不同的组", "{people} people reacted · no groups stand apart"),
    "too_few": ("表态者不足{floor}人，不显示任何数字", "Fewer than {floor} people have reacted: no figure is shown"),
    "people": ("{people}人", "{people}"),
    "shared": ("各组都是赞成多于反对", "More for than against in every group"),
    "parted": ("各组看法不同", "Where the groups part"),
    "figures": ("赞成{supports} 反对{opposes}", "{supports} for, {opposes} against"),
    "legend": ("赞成|反对|不置可否", "for|against|neither"),
    "foot": (
        "面积是人数，位置没有含义。任何一组都不少于{floor}人，谁在哪一组不告诉任何人。",
        "Areas are numbers of people; where they stand means nothing. No group is smaller than {floor}, "
        "and nobody is told who is in which.",
    ),
    "described": ("{title}：{groups}。", "{title}: {groups}."),
    "group": ("{letter}组{people}人", "group {letter} has {people} people"),
    "stand": (
        "{letter}组赞成{supports}、反对{opposes}、不置可否{passes}",
        "{letter}: {supports} for, {opposes} against, {passes} neither",
    ),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How many of one group support, oppose and pass a statement."""

    supports: int
    opposes: int
    passes: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said, and the stand of every group, largest group first."""

    text: str
    stands: tuple[Stand, ...]

    @property
    def is_shared(self) -> bool:
        """Whether more support it than oppose it in every group."""
        return all(stand.supports > stand.opposes for stand in self.stands)


def draw(people: int | None, groups: Sequence[int], statements: Sequence[Statement], *, floor: int, locale: str) -> str:
    """Draw opinions in `zh` or `en`. `people` is None below the floor; statements come the most bridging first.

    Raises `ValueError` for any other language.
    """
    words = _Words(0 if locale_of(locale) == "zh" else 1)
    canvas = Canvas()
    title = words.say("title")
    canvas.y += 14 * PX
    canvas.text(MARGIN, canvas.y, title, "ink title")
    canvas.y += 17 * PX
    canvas.text(MARGIN, canvas.y, _summary(words, people, groups, floor), "soft")
    if people is None or not groups:
        return canvas.svg(title, words.say("too_few", floor=floor), words.locale)
    _areas(canvas, words, groups)
    shared = [one for one in statements if one.is_shared][:MOST_SHOWN]
    parted = [one for one in reversed(statements) if not one.is_shared][:MOST_SHOWN] if len(groups) > 1 else []
    for key, chosen in (("shared", shared), ("parted", parted)):
        if chosen:
            _heading(canvas, words.say(key))
            for one in chosen:
                _statement(canvas, words, one)
    if shared or parted:
        _legend(canvas, words)
    _foot(canvas, words, floor)
    return canvas.svg(title, _description(words, groups, [*shared, *parted]), words.locale)


class _Words:
    def __init__(self, place: int) -> None:
        self._place = place
        self.locale = ("zh", "en")[place]

    def say(self, key: str, **facts: object) -> str:
        return _WORDS[key][self._place].format(**facts)


def _summary(words: _Words, people: int | None, groups: Sequence[int], floor: int) -> str:
    if people is None:
        return words.say("too_few", floor=floor)
    return words.say("reacted" if len(groups) > 1 else "together", people=people, groups=len(groups))


def radii(groups: Sequence[int]) -> tuple[int, ...]:
    """Radii in hundredths of a pixel: areas are as the numbers of people down to the least, and all stand in one row."""
    roots = [isqrt(size * 10**8) for size in groups]
    room = INNER - GAP * (len(groups) - 1) - 2 * LEAST * (len(groups) - 1)
    scale = min(Fraction(LARGEST, max(roots)), Fraction(room, 2 * sum(roots)))
    return tuple(max(int(root * scale), LEAST) for root in roots)


def _areas(canvas: Canvas, words: _Words, groups: Sequence[int]) -> None:
    found = radii(groups)
    middle = canvas.y + 16 * PX + max(found)
    x = (WIDTH - 2 * sum(found) - GAP * (len(found) - 1)) // 2
    for place, (size, radius) in enumerate(zip(groups, found, strict=True)):
        x += radius
        canvas.parts.append(f'<circle cx="{px(x)}" cy="{px(middle)}" r="{px(radius)}" class="h{HUES[place]}"/>')
        # What does not fit into an area stands under it.
        ink, y = (f"t{HUES[place]}", middle) if radius >= ROOMY else ("ink", middle + radius + 18 * PX)
        canvas.text(x, y - 2 * PX, LETTERS[place], f"{ink} title", "middle")
        canvas.text(x, y + 15 * PX, words.say("people", people=size), f"{ink} head", "middle")
        x += radius + GAP
    canvas.y = middle + max(found) + 8 * PX


def _heading(canvas: Canvas, text: str) -> None:
    canvas.y += 10 * PX
    canvas.rule()
    canvas.y += 19 * PX
    canvas.text(MARGIN, canvas.y, text, "ink head")


def _statement(canvas: Canvas, words: _Words, one: Statement) -> None:
    """What was said in at most three lines, then a bar for each group."""
    canvas.y += 5 * PX
    for line in paragraph(" ".join(one.text.split()), INNER, 11, bold=False, most=3):
        canvas.y += 15 * PX
        canvas.text(MARGIN, canvas.y, line, "ink")
    canvas.y += 6 * PX
    said = [words.say("figures", supports=stand.supports, opposes=stand.opposes) for stand in one.stands]
    room = INNER - (_LEFT - MARGIN) - 8 * PX - max(map(breadth, said))
    for place, (stand, figures) in enumerate(zip(one.stands, said, strict=True)):
        canvas.box(MARGIN, canvas.y, 14 * PX, BAR, f"h{HUES[place]}")
        canvas.text(MARGIN + 7 * PX, canvas.y + 9 * PX, LETTERS[place], f"t{HUES[place]} tiny bold", "middle")
        _bar(canvas, stand, room)
        canvas.text(WIDTH - MARGIN, canvas.y + 9 * PX, figures, "soft", "end")
        canvas.y += BAR + 4 * PX


def _bar(canvas: Canvas, stand: Stand, room: int) -> None:
    whole = stand.supports + stand.passes + stand.opposes
    x, counted = _LEFT, 0
    for votes, classes in ((stand.supports, FOR), (stand.passes, NEITHER), (stand.opposes, AGAINST)):
        counted += votes
        end = _LEFT + room * counted // whole
        if votes:
            canvas.box(x, canvas.y, end - x, BAR, classes)
        x = end


def _legend(canvas: Canvas, words: _Words) -> None:
    canvas.y += 16 * PX
    x = MARGIN
    for text, classes in zip(words.say("legend").split("|"), (FOR, AGAINST, NEITHER), strict=True):
        canvas.box(x, canvas.y - 9 * PX, 10 * PX, 10 * PX, classes)
        canvas.text(x + 14 * PX, canvas.y, text, "soft")
        x += 14 * PX + breadth(text) + 14 * PX


def _foot(canvas: Canvas, words: _Words, floor: int) -> None:
    canvas.y += 8 * PX
    for line in paragraph(words.say("foot", floor=floor), INNER, 11, bold=False, most=4):
        canvas.y += 14 * PX
        canvas.text(MARGIN, canvas.y, line, "soft")


def _description(words: _Words, groups: Sequence[int], statements: Sequence[Statement]) -> str:
    """Everything that is drawn, in sentences."""
    joint, stop = ("；", "。") if words.locale == "zh" else ("; ", ".")
    listed = joint.join(
        words.say("group", letter=letter, people=size) for letter, size in zip(LETTERS, groups, strict=False)
    )
    told = [words.say("described", title=words.say("title"), groups=listed)]
    for one in statements:
        stands = joint.join(
            words.say("stand", letter=letter, supports=stand.supports, opposes=stand.opposes, passes=stand.passes)
            for letter, stand in zip(LETTERS, one.stands, strict=False)
        )
        told.append(f"“{' '.join(one.text.split())}” {stands}{stop}")
    return " ".join(told)
