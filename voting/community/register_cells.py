"""One cell of a register file: from what the file holds to the value it means, or the reason why it means nothing.

A cell that a spreadsheet would compute is refused; text that only looks like a formula is written with an apostrophe before
it, on the way out and on the way in (OWASP, "CSV Injection"). Cached readers are given only values that name nobody.
"""

from __future__ import annotations

import enum
import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from voting.community import areas, text
from voting.errors import Fact


class Marker(enum.Enum):
    """What stands in a sheet in place of a value."""

    FORMULA = "formula"


Raw = str | int | float | bool | date | datetime | time | timedelta | Marker
"""A cell as a reader found it. CSV has text only; XLSX has numbers, truth values and dates as well."""

OWNER_ELSEWHERE = "owner_elsewhere"
RESIDENCIES = ("owner_occupier", "tenant", "household_member", OWNER_ELSEWHERE)
RESIDENCY_ZH = {
    "owner_occupier": "自住业主",
    "tenant": "租户",
    "household_member": "家庭成员",
    OWNER_ELSEWHERE: "非居住业主",
}
EARLIEST = date(1900, 1, 1)
MAX_LABEL = 40
MAX_NAME = 100

_ALSO = {"租客": "tenant", "承租人": "tenant", "家属": "household_member", "业主自住": "owner_occupier"}
_KINDS = {kind.replace("_", ""): kind for kind in RESIDENCIES} | {zh: kind for kind, zh in RESIDENCY_ZH.items()} | _ALSO
_TRUTH = dict.fromkeys(("yes", "y", "true", "1", "是", "√", "✓"), True) | dict.fromkeys(
    ("no", "n", "false", "0", "否", "×"), False
)
_ACTIVE = "=+-@\t\r"
_LITERAL = re.compile(r"'+[=+\-@\t\r]")
_SIGNED_NUMBER = re.compile(r"[+-]\(?[0-9][0-9 ().\-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_FLOATING = re.compile(r"[0-9]+\.[0-9]*")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)
_EXACT_FLOAT = 10**15


class BadCell(ValueError):
    """The cell means nothing here: `code` names the sentence, `facts` fill it beside the row and the column."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def escape(value: str) -> str:
    """Text as it is written to a file: an apostrophe before whatever a spreadsheet would compute, or would unescape."""
    return f"'{value}" if value[:1] in (*_ACTIVE, "'") and value and _needs_escape(value) else value


def _needs_escape(value: str) -> bool:
    return value[0] in _ACTIVE or _LITERAL.match(value) is not None


def words(raw: Raw) -> str:
    """The text of a cell, edges stripped, escape removed. Raises BadCell for formulas, dates and lost digits."""
    if isinstance(raw, str):
        return _words(raw)
    if isinstance(raw, Marker):
        raise BadCell("register_formula")
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return _digits(raw)
    raise BadCell("register_became_date")


def _words(raw: str) -> str:
    found = raw.strip()
    if not found:
        return ""
    if _CONTROL.search(found):
        raise BadCell("register_control_character")
    if _LITERAL.match(found):
        return found[1:].strip()
    if found[0] in _ACTIVE and not _SIGNED_NUMBER.fullmatch(found):
        raise BadCell("register_formula")
    return found


def _digits(raw: int | float) -> str:
    if abs(raw) >= _EXACT_FLOAT:
        raise BadCell("register_lost_digits", value=str(raw))
    return str(int(raw)) if raw == int(raw) else repr(raw)


def _short(found: str, limit: int) -> str:
    if len(found) > limit:
        raise BadCell("register_too_long", limit=limit, length=len(found))
    if _SCIENTIFIC.fullmatch(found) and "+" in found:
        raise BadCell("register_lost_digits", value=found)
    return found


@lru_cache(maxsize=1 << 16, typed=True)
def label(raw: Raw) -> str:
    """A building, unit or dwelling; empty when the cell is."""
    return _short(text.label(words(raw)), MAX_LABEL)


def name(raw: Raw) -> str:
    """A person's or owner's name, a merge key or a person's reference; empty when the cell is."""
    return _short(text.name(words(raw)), MAX_NAME)


@lru_cache(maxsize=1 << 16, typed=True)
def area(raw: Raw) -> int | None:
    """Exclusive area in cm² from decimal m²; None when the cell is empty."""
    found = text.label(words(raw))
    if not found:
        return None
    try:
        return areas.cm2(found)
    except areas.BadArea as bad:
        raise BadCell(bad.code, value=found[:40]) from None


def phone(raw: Raw) -> str | None:
    """A phone number. A number cell is refused whatever it shows: it has lost leading zeros, and perhaps digits."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raise BadCell("phone_is_a_number", value=str(raw))
    found = words(raw)
    if not found:
        return None
    if _SCIENTIFIC.fullmatch(found) or _FLOATING.fullmatch(found):
        raise BadCell("phone_is_a_number", value=found[:40])
    number = text.phone(found)
    if number is None:
        raise BadCell("phone_not_a_number", value=found[:40])
    return number


@lru_cache(maxsize=1 << 15, typed=True)
def day(raw: Raw) -> date | None:
    """A calendar day, year first: `1990-03-01`, `1990/3/1`, `1990年3月1日` or a date cell; None when empty."""
    if isinstance(raw, datetime):
        if raw.time() != time():
            raise BadCell("date_unreadable", value=str(raw))
        return _known_day(raw.date())
    if isinstance(raw, date):
        return _known_day(raw)
    found = text.label(words(raw)).replace(" ", "")
    if not found:
        return None
    match = _DATE.fullmatch(found)
    if match is None:
        raise BadCell("date_unreadable", value=found[:40])
    year, month, day_of_month = (int(group) for group in match.groups() if group is not None)
    try:
        return _known_day(date(year, month, day_of_month))
    except ValueError as error:
        raise error if isinstance(error, BadCell) else BadCell("date_unreadable", value=found) from None


def _known_day(found: date) -> date:
    if found < EARLIEST or found.year > 2200:
        raise BadCell("date_out_of_range", value=found.isoformat())
    return found


@lru_cache(maxsize=1 << 10, typed=True)
def truth(raw: Raw) -> bool | None:
    """Yes, no, or None when the cell is empty."""
    found = text.label(words(raw)).casefold()
    if not found:
        return None
    if found not in _TRUTH:
        raise BadCell("register_not_yes_or_no", value=found[:40])
    return _TRUTH[found]


def owner(raw: Raw) -> tuple[bool | None, str]:
    """Yes or no, or the owner's name: `(True, "")`, `(False, "")`, `(None, "李四")`, `(None, "")` when empty."""
    found = name(raw)
    if not found:
        return None, ""
    said = _TRUTH.get(text.label(found).casefold())
    return (None, found) if said is None else (said, "")


@lru_cache(maxsize=1 << 10, typed=True)
def residency(raw: Raw) -> str | None:
    """One of `RESIDENCIES`; None when the cell is empty."""
    found = text.label(words(raw))
    if not found:
        return None
    kind = _KINDS.get(found.casefold().replace("_", "").replace("-", "").replace(" ", ""))
    if kind is None:
        raise BadCell("residency_unknown", value=found[:40], known=", ".join(RESIDENCIES))
    return kind
