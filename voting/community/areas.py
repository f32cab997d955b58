"""Exclusive area: exact integers of cm², read from and shown as decimal m² (1 m² = 10,000 cm²)."""

from __future__ import annotations

import re

CM2_PER_M2 = 10_000
MAX_CM2 = 100_000 * CM2_PER_M2
"""Larger than any dwelling or shop: a greater figure is a slip of the unit or of the decimal point."""

_DECIMAL = re.compile(r"([+-]?)([0-9]{1,12})(?:\.([0-9]{0,24}))?")


class BadArea(ValueError):
    """The text is no area; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def cm2(text: str) -> int:
    """`"89.5"` → 895000. Raises BadArea: no number, not positive, finer than 1 cm² (four decimals), or absurdly large."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise BadArea("area_not_a_number")
    sign, whole, decimals = found[1], found[2], (found[3] or "").rstrip("0")
    if len(decimals) > 4:
        raise BadArea("area_too_fine")
    area = int(whole) * CM2_PER_M2 + int(decimals.ljust(4, "0"))
    if sign == "-" or area == 0:
        raise BadArea("area_not_positive")
    if area > MAX_CM2:
        raise BadArea("area_absurd")
    return area


def m2(area_cm2: int) -> str:
    """895000 → `"89.5"`: the shortest exact decimal."""
    whole, rest = divmod(area_cm2, CM2_PER_M2)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
