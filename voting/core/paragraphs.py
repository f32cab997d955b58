"""Paragraphs of a text, and how those of one text became those of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_PARAGRAPHS = 400
"""Paragraphs of a text in one language: a comparison costs their square."""

_BREAK = re.compile(r"\n(?:[ \t]*\n)+")


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where a body's paragraphs begin and end: what blank lines part."""
    edges = [0, *(edge for found in _BREAK.finditer(text) for edge in found.span()), len(text)]
    found = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        part = text[begin:end]
        if part.strip():
            found.append((begin + len(part) - len(part.lstrip("\n")), end - len(part) + len(part.rstrip("\n"))))
    return tuple(found)


def paragraphs(text: str) -> tuple[str, ...]:
    """A body's paragraphs, without the blank lines between them."""
    return tuple(text[begin:end] for begin, end in spans(text))


@dataclass(frozen=True, slots=True)
class Step:
    """Paragraphs of two versions that stand against each other. Equal ones are in `old` and `new` alike."""

    kind: Literal["equal", "replaced", "removed", "added"]
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


_KINDS: Mapping[str, Literal["equal", "replaced", "removed", "added"]] = {
    "equal": "equal",
    "replace": "replaced",
    "delete": "removed",
    "insert": "added",
}


def compare(old: str, new: str) -> tuple[Step, ...]:
    """How the paragraphs of one text became those of another, in the order of reading."""
    before, after = paragraphs(old), paragraphs(new)
    found = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    return tuple(Step(_KINDS[kind], before[a:b], after[c:d]) for kind, a, b, c, d in found)
