"""What residents write: stored as it was written, in NFC, or refused with the character that stands in the way.

Nothing is stripped, escaped or interpreted: a text comes back byte for byte, and markup in it is text. Refused is what a
reader cannot see or what makes a reader see something else. Sources: UAX #15 (NFC, stream-safe text), UAX #9 (explicit
directional formatting), UTS #51 (emoji sequences), UTS #39. Lengths are code points of the NFC form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from voting.errors import Fault, Invalid

MOST_MARKS = 8
"""Combining marks on one base character. The longest of living orthographies have four or five."""

MOST_NON_STARTERS = 30
"""UAX #15, stream-safe text: longer runs are no text, and to normalise them costs the square of their length."""


def _run_of(numbers: list[int], least: int) -> re.Pattern[str]:
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    members = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)
    return re.compile(f"[{members}]{{{least},}}")


_BLOCKS = (
    (0x300, 0x3100),
    (0xA600, 0xAC00),
    (0xFB00, 0xFF00),
    (0x10100, 0x12000),
    (0x16A00, 0x17000),
    (0x1BC00, 0x1EA00),
)
"""Where combining marks stand; between them are ideographs, syllables and ancient signs without any."""

_CLASSES = tuple((number, chr(number)) for first, end in _BLOCKS for number in range(first, end))
_MARKS = _run_of([number for number, char in _CLASSES if unicodedata.category(char)[0] == "M"], MOST_MARKS + 1)
_NON_STARTERS = _run_of([number for number, char in _CLASSES if unicodedata.combining(char)], MOST_NON_STARTERS + 1)

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LAST = "".join(chr((plane << 16) + 0xFFFE) + chr((plane << 16) + 0xFFFF) for plane in range(17))
_NO_CHARACTERS = re.compile(f"[\ufdd0-\ufdef{_LAST}]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default ignorable code points (Unicode Character Database), all that a reader may not see."""

_BLANK = "\u2800"
"""A braille cell without dots: a symbol to Unicode, nothing to a reader. It stands between other cells."""

_JOINERS = "\u200c\u200d"
_MARKS_OF_DIRECTION = "\u061c\u200e\u200f"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_JOINING_SCRIPTS = ((0x0600, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF))
"""Arabic and Syriac to Sinhala, Myanmar, Khmer and Mongolian: a joiner changes the shape or the meaning there."""

_TAGS = (0xE0020, 0xE007F)
_BLACK_FLAG = "\U0001f3f4"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a text is refused: the code of the sentence, the character as `U+XXXX` and its place, from 1."""

    code: str
    character: str = ""
    place: int = 0


def is_stream_safe(text: str) -> bool:
    """Whether the text may be normalised at a cost that is linear in its length."""
    return text.isascii() or _NON_STARTERS.search(text) is None


def flaw(text: str) -> Flaw | None:
    """The first thing that keeps a text in NFC from being stored, or nothing."""
    for code, pattern in (
        ("text_control_character", _CONTROLS),
        ("text_surrogate", _SURROGATES),
        ("text_no_character", _NO_CHARACTERS),
        ("text_direction_override", _DIRECTIONS),
        ("text_too_many_marks", _MARKS),
    ):
        found = pattern.search(text)
        if found is not None:
            return _flaw(code, text, found.start())
    has_right_to_left: bool | None = None
    for invisible in _INVISIBLE.finditer(text):
        if invisible[0] in _MARKS_OF_DIRECTION:
            if has_right_to_left is None:
                has_right_to_left = _RIGHT_TO_LEFT.search(text) is not None
            if has_right_to_left:
                continue
        elif _is_needed(text, invisible.start()):
            continue
        return _flaw("text_invisible_character", text, invisible.start())
    return None


def accept(text: str, pointer: str, *, most: int, least: int = 1) -> str:
    """The text in NFC, between `least` and `most` code points, at least one of them visible where `least` is above 0.

    Raises `Invalid` at the pointer. The length is looked at before anything whose cost grows faster.
    """
    found = _fault(text, pointer, most, least)
    if found is not None:
        raise Invalid([found])
    return unicodedata.normalize("NFC", text)


def accept_local(texts: Mapping[str, str], pointer: str, *, most: int) -> dict[str, str]:
    """The same text in several languages, locale → NFC. Raises `Invalid` with one fault for each that is refused."""
    found = [fault for tag, text in texts.items() if (fault := _fault(text, f"{pointer}/{tag}", most, 1)) is not None]
    if found:
        raise Invalid(found)
    return {tag: unicodedata.normalize("NFC", text) for tag, text in texts.items()}


def _fault(text: str, pointer: str, most: int, least: int) -> Fault | None:
    if len(text) > 4 * most:
        return Fault(pointer, "text_too_long", {"limit": most, "length": len(text)})
    if not is_stream_safe(text):
        return Fault(pointer, "text_too_many_marks", {"character": "", "place": 0, "limit": MOST_MARKS})
    normal = unicodedata.normalize("NFC", text)
    if len(normal) > most:
        return Fault(pointer, "text_too_long", {"limit": most, "length": len(normal)})
    if least and (len(normal) < least or not normal.replace(_BLANK, "").strip()):
        return Fault(pointer, "text_empty", {"least": least})
    stands = flaw(normal)
    if stands is None:
        return None
    return Fault(pointer, stands.code, {"character": stands.character, "place": stands.place, "limit": MOST_MARKS})


def _flaw(code: str, text: str, place: int) -> Flaw:
    return Flaw(code, f"U+{ord(text[place]):04X}", place + 1)


def _is_needed(text: str, place: int) -> bool:
    """Whether an invisible character does what it is for where it stands."""
    char = text[place]
    before = text[place - 1] if place else ""
    after = text[place + 1] if place + 1 < len(text) else ""
    if not before:
        return False
    if char in _JOINERS:
        return _joins(before) or (char == "\u200d" and _is_pictograph(before) and _is_pictograph(after))
    if "\ufe00" <= char <= "\ufe0f":
        return not _INVISIBLE.match(before) and not before.isspace()
    if "\u180b" <= char <= "\u180f":
        return 0x1800 <= ord(before) <= 0x18AF
    if 0xE0100 <= ord(char) <= 0xE01EF:
        return unicodedata.category(before) == "Lo"
    if _TAGS[0] <= ord(char) <= _TAGS[1]:
        return before == _BLACK_FLAG or (
            _TAGS[0] <= ord(before) < _TAGS[1] and _BLACK_FLAG in text[max(0, place - 7) : place]
        )
    return False


def _joins(before: str) -> bool:
    return any(first <= ord(before) <= last for first, last in _JOINING_SCRIPTS)


def _is_pictograph(char: str) -> bool:
    """A symbol, a skin tone, a variation selector or the end of a tag sequence: what a joiner stands between in emoji."""
    return bool(char) and (
        unicodedata.category(char) in ("So", "Sk", "Sm") or char == "\ufe0f" or ord(char) == _TAGS[1]
    )
