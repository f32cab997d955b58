"""How texts are cut into terms, the same for every database, and how alike two texts are. Pure.

Chinese, Japanese and Korean have no spaces between words: a run of such characters becomes its characters and its pairs,
so that every word of two is found and longer ones by their pairs. Everything else becomes words, folded by width and case
(UAX #15, NFKC). Terms are ASCII letters and digits alone, which no tokenizer of a database cuts further.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

MOST_QUERY = 100
"""Code points of a query."""
MOST_TERMS = 24
"""Terms of a query; what comes after them narrows nothing."""

MOST_INDEXED = 400_000
"""Letters of all terms of a text. PostgreSQL keeps up to 2²⁰ − 1 bytes of them, each with a few of its own."""
LONGEST_TERM = 2000
"""Letters. No query is that long, and PostgreSQL keeps none that is longer than 2046."""

_TOGETHER = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(f"([{_TOGETHER}]+)|((?:(?![{_TOGETHER}])[^\\W_])+)")
_UNSEEN = re.compile("[\u00ad\u180b-\u180f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
"""Characters that part or dress others without being seen: joiners, variation selectors, soft hyphens."""
_ASCII_WORD = re.compile("[a-z0-9]+")


def indexed(texts: Iterable[str]) -> str:
    """Every term of the texts once, parted by spaces, as it is kept for searching; of very long ones the first."""
    kept, size = [], 0
    found = (term for text in texts for run, together in _runs(text) for term in _terms(run, together, True))
    for term in dict.fromkeys(found):
        if len(term) > LONGEST_TERM:
            continue
        size += len(term) + 1
        if size > MOST_INDEXED:
            break
        kept.append(term)
    return " ".join(kept)


def wanted(query: str) -> tuple[str, ...]:
    """The terms that a text must hold to be found. Nothing where the query has no letter, digit or character."""
    found = (term for run, together in _runs(query[:MOST_QUERY]) for term in _terms(run, together, False))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def of_community(community_id: str) -> str:
    """The term that every text of a community holds: no search leaves its community."""
    return "k" + community_id.encode().hex()


def share(wanted: Iterable[str], held: Iterable[str]) -> Fraction:
    """How many of the different terms that are wanted are held, from 0 to 1."""
    terms = set(wanted)
    return Fraction(len(terms & set(held)), len(terms)) if terms else Fraction(0)


def likeness(one: Iterable[str], other: Iterable[str]) -> Fraction:
    """How many of the different terms of two sets both have, from 0 to 1 (the index of Jaccard)."""
    left, right = set(one), set(other)
    return Fraction(len(left & right), len(left | right)) if left | right else Fraction(0)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Words, and runs of characters that are written together (true)."""
    for found in _RUNS.finditer(_UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())):
        yield (found[1], True) if found[1] else (found[2], False)


def _terms(run: str, together: bool, with_single: bool) -> Iterator[str]:
    if not together:
        yield f"w{run}" if _ASCII_WORD.fullmatch(run) else f"x{run.encode().hex()}"
        return
    if with_single or len(run) == 1:
        yield from (f"u{ord(char):x}" for char in run)
    yield from (f"u{ord(first):x}u{ord(second):x}" for first, second in pairwise(run))
