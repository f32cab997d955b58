"""How the register spells things: one spelling per place, name and phone number, so that equal things compare equal.

Unicode forms are those of UAX #15. Nothing here is lossy for a reader: only width, composition and white space change.
"""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_PHONE_MARKS = re.compile(r"[\s()\-.·]+")
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_MAINLAND = re.compile(r"(?:\+86|0086|86)(1[3-9][0-9]{9})")


def name(text: str) -> str:
    """A person's or owner's name: composed (NFC), edges stripped, runs of white space one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def label(text: str) -> str:
    """A building's, unit's or dwelling's label: as a name, and full-width digits and letters made narrow (NFKC)."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def phone(text: str) -> str | None:
    """Digits with an optional `+`, a mainland mobile number without its country code; None when it is no phone number."""
    digits = _PHONE_MARKS.sub("", unicodedata.normalize("NFKC", text))
    if not _PHONE.fullmatch(digits):
        return None
    mainland = _MAINLAND.fullmatch(digits)
    return mainland[1] if mainland else digits
