"""Names as a display shows them to neighbours: enough to find oneself, not enough for a stranger.

The first character of a name stays, the others are stars (王芳 → 王*, 欧阳修 → 欧**, Ann Lee → A** L**). Several owners are
masked one by one. Labels of dwellings are no names and stay.
"""

from __future__ import annotations

_BETWEEN = "、"


def masked(label: str, basis: str) -> str:
    """The label of an entry on a roll of that basis, as others see it."""
    if basis == "household":
        return label
    return _BETWEEN.join(_name(name) for name in label.split(_BETWEEN))


def _name(name: str) -> str:
    return " ".join(part[:1] + "*" * (len(part) - 1) for part in name.split(" "))
