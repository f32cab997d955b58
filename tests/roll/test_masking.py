"""How a display shows names."""

from __future__ import annotations

import pytest

from voting.roll.masking import masked


@pytest.mark.parametrize(
    ("label", "basis", "expected"),
    [
        ("王芳", "person", "王*"),
        ("欧阳修文", "person", "欧***"),
        ("王", "person", "王"),
        ("Ann Lee", "person", "A** L**"),
        ("王芳、李雷", "owner", "王*、李*"),
        ("远大公司", "owner", "远***"),
        ("1栋 2单元 301", "household", "1栋 2单元 301"),
    ],
)
def test_a_name_shows_its_first_character(label: str, basis: str, expected: str) -> None:
    assert masked(label, basis) == expected
