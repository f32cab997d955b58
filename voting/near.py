"""The word that was most likely meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_MOST_READ = 64


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word nearest to what was written, if any is near."""
    found = difflib.get_close_matches(word[:_MOST_READ].lower(), known, n=1, cutoff=0.6)
    return found[0] if found else None
