"""The life of a proposal as a table, and what its rules say. Pure: facts in, a state or a reason out.

    draft -> submitted -> published -> …          returned* by an officer, withdrawn* by its authors
                 └─ returned ──┘

Guards are named for their reason, as in `voting.core.lifecycle`. What a text says is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from voting.core.lifecycle import Machine, Move

MOST_TITLE = 200
MOST_BODY = 20_000
MOST_NOTE = 2_000
"""Code points in one language."""
MOST_PARAGRAPHS = 400
"""Paragraphs of a body in one language: a comparison costs their square."""
MOST_AUTHORS = 20

SCOPES = ("community", "building", "unit")
UNPUBLISHED = frozenset({"draft", "submitted", "returned"})
"""States before the first publication: nobody but authors and reviewers knows of the proposal."""

_BREAK = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the guards of a proposal look at, about the caller and about the proposal."""

    is_author: bool = False
    invitation: str | None = None
    """invited | accepted | left: where the caller stands among the authors."""
    authors: int = 1
    """Authors and whoever is asked to be one."""
    accepted: int = 1
    """Authors."""


_EDITABLE = ("draft", "returned", "published")
_WITHDRAWABLE = ("draft", "submitted", "returned", "published")
_WITH_AUTHORS = ("draft", "returned", "submitted", "published")

PROPOSAL: Machine[ProposalFacts] = Machine(
    noun="proposal",
    initial="draft",
    offered=("edit", "invite", "accept_invitation", "leave", "submit", "publish", "return", "withdraw"),
    table={
        ("draft", "submit"): Move("submitted", ("authors_only",)),
        ("returned", "submit"): Move("submitted", ("authors_only",)),
        ("submitted", "publish"): Move("published", ("author_never_reviews",)),
        ("submitted", "return"): Move("returned", ("author_never_reviews",), needs_reason=True),
    }
    | {(state, "edit"): Move(state, ("authors_only",)) for state in _EDITABLE}
    | {(state, "invite"): Move(state, ("authors_only", "too_many_authors")) for state in _WITH_AUTHORS}
    | {(state, "accept_invitation"): Move(state, ("not_invited",)) for state in _WITH_AUTHORS}
    | {(state, "leave"): Move(state, ("not_among_authors", "last_author")) for state in _WITH_AUTHORS}
    | {(state, "withdraw"): Move("withdrawn", ("authors_only",), needs_reason=True) for state in _WITHDRAWABLE},
    guards={
        "authors_only": lambda facts: not facts.is_author,
        "author_never_reviews": lambda facts: facts.is_author,
        "too_many_authors": lambda facts: facts.authors >= MOST_AUTHORS,
        "not_invited": lambda facts: facts.invitation != "invited",
        "not_among_authors": lambda facts: facts.invitation not in ("invited", "accepted"),
        "last_author": lambda facts: facts.is_author and facts.accepted == 1,
    },
)


def paragraphs(text: str) -> tuple[str, ...]:
    """A body's paragraphs: what blank lines part. Joined by a blank line they are the text again, but for its blank lines."""
    return tuple(part for part in _BREAK.split(text.strip("\n")) if part.strip())


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
