"""Amendments: one change of one paragraph, suggested to the authors of a proposal. Pure: texts in, a text or nothing out.

    proposed -> accepted | rejected* | taken_back        proposed, rejected -> promoted (a proposal of its own)
    erased* in any state, which it keeps: what it said is gone, and it can neither be accepted nor promoted any more

An amendment is written for one version. It still fits a later one when the paragraph it is about stands there unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from voting.core.lifecycle import Machine, Move, written
from voting.core.paragraphs import paragraphs, spans

Action = Literal["replace", "insert_before", "insert_after", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a paragraph (from 1). `delete` has no text, everything else has one."""

    action: Action
    paragraph: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    """What the guards of an amendment look at."""

    writes_proposal: bool = False
    """Whether the caller is an author of the proposal."""
    is_author: bool = False
    """Whether the caller suggested it."""
    proposal_is_open: bool = True
    """Whether the text of the proposal may still change."""
    against_proposal: str | None = None
    """proposal_hidden_for_review | proposal_hidden: why nobody does anything with the text of the proposal."""
    against_text: str | None = None
    """amendment_hidden_for_review | amendment_hidden: why it becomes part of nothing."""
    hidden_until: datetime | None = None
    fits: bool = True
    """Whether the paragraph it is about stands unchanged in the newest version."""
    is_erased: bool = False
    """Whether what it said is gone."""


_SHOWN = ("amendment_hidden_for_review", "amendment_hidden", "proposal_hidden_for_review", "proposal_hidden")
"""A proposal of one's own out of an amendment would have the text of the other."""

STATES = ("proposed", "accepted", "rejected", "promoted", "taken_back")

AMENDMENT: Machine[AmendmentFacts] = Machine(
    noun="amendment",
    initial="proposed",
    offered=("accept", "reject", "promote", "take_back", "erase"),
    table={
        ("proposed", "accept"): Move(
            "accepted", ("amended_by_authors", *_SHOWN, "proposal_text_final", "amendment_erased", "amendment_outdated")
        ),
        ("proposed", "reject"): Move("rejected", ("amended_by_authors",), needs_reason=True),
        ("proposed", "take_back"): Move("taken_back", ("amender_only",)),
        ("proposed", "promote"): Move("promoted", ("amender_only", *_SHOWN, "amendment_erased")),
        ("rejected", "promote"): Move("promoted", ("amender_only", *_SHOWN, "amendment_erased")),
        **{
            (state, "erase"): Move(state, ("author_never_reviews", "amendment_erased_already"), needs_reason=True)
            for state in STATES
        },
    },
    guards={
        "author_never_reviews": lambda facts: facts.writes_proposal,
        "amended_by_authors": lambda facts: not facts.writes_proposal,
        "amender_only": lambda facts: not facts.is_author,
        "amendment_hidden_for_review": lambda facts: facts.against_text == "amendment_hidden_for_review",
        "amendment_hidden": lambda facts: facts.against_text == "amendment_hidden",
        "proposal_hidden_for_review": lambda facts: facts.against_proposal == "proposal_hidden_for_review",
        "proposal_hidden": lambda facts: facts.against_proposal == "proposal_hidden",
        "proposal_text_final": lambda facts: not facts.proposal_is_open,
        "amendment_outdated": lambda facts: not facts.fits,
        "amendment_erased": lambda facts: facts.is_erased,
        "amendment_erased_already": lambda facts: facts.is_erased,
    },
    dates=lambda facts: {"hidden_until": written(facts.hidden_until)},
)


def place(base: str, newest: str, paragraph: int) -> int | None:
    """Where paragraph `paragraph` of `base` stands in `newest`, both from 1; nothing where it was changed or taken out."""
    for old, new, size in _kept(base, newest):
        if old <= paragraph - 1 < old + size:
            return new + paragraph - old
    return None


@lru_cache(maxsize=32)
def _kept(base: str, newest: str) -> tuple[tuple[int, int, int], ...]:
    """Runs of paragraphs that stayed: where one begins in each text, from 0, and how many. All amendments of a version ask
    for the same."""
    found = SequenceMatcher(a=paragraphs(base), b=paragraphs(newest), autojunk=False).get_matching_blocks()
    return tuple((block.a, block.b, block.size) for block in found)


def apply(text: str, change: Change) -> str:
    """The text with the change made; every other character of it stays. The paragraph must be one of the text's."""
    found = spans(text)
    begin, end = found[change.paragraph - 1]
    new = change.text or ""
    if change.action == "replace":
        return text[:begin] + new + text[end:]
    if change.action == "insert_before":
        return text[:begin] + new + "\n\n" + text[begin:]
    if change.action == "insert_after":
        return text[:end] + "\n\n" + new + text[end:]
    if change.paragraph < len(found):
        return text[:begin] + text[found[change.paragraph][0] :]
    return text[: found[-2][1] if len(found) > 1 else 0] + text[end:]
