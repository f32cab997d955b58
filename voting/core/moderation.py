"""What may become of a comment or another text, and of the case that was opened about it. Source: the state machines of
the domain.

A comment has its own life (posted, edited, retracted, checked before it is shown) and, once somebody flagged it, that of
its case: `flagged → under_review → visible | hidden | removed_legal`, `hidden → appealed → reinstated | upheld`. The
comment bears the state of its case. What has a life of its own, like a proposal, bears it beside that, as its standing.
Automatic hiding is no state but a date: until then nobody is shown the text, and if
nobody reviews it in time it is back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from voting.core.lifecycle import Machine, Move, written

DEEPEST = 8
"""Levels of replies below a comment that stands under its subject."""

SHOWN = frozenset({"visible", "flagged", "under_review", "reinstated"})
"""States in which a comment is read by everybody, unless it is hidden until a date."""

RESTING = frozenset({"pending", "withheld"})
"""States before a comment stands anywhere: its author and moderators alone know of it."""

UNDECIDED = frozenset({"flagged", "under_review"})

SANCTIONED_ACTS = ("comment", "react", "flag", "propose")
"""What a sanction may forbid."""


def is_shown(state: str, hidden_until: datetime | None, now: datetime) -> bool:
    """Whether everybody reads the text at this instant."""
    return state in SHOWN and not is_hidden_for_review(state, hidden_until, now)


def is_hidden_for_review(state: str, hidden_until: datetime | None, now: datetime) -> bool:
    """Whether flags alone hide it: nobody has decided, and the time for that is not over."""
    return state in UNDECIDED and hidden_until is not None and now < hidden_until


def tombstone(state: str, hidden_until: datetime | None, now: datetime) -> str | None:
    """Why a text is not shown to everybody at this instant: `hidden_for_review`, or the state that hides it."""
    if is_hidden_for_review(state, hidden_until, now):
        return "hidden_for_review"
    return None if state in SHOWN else state


def obstacle(noun: str, state: str, hidden_until: datetime | None, now: datetime) -> str | None:
    """The code of what stands against doing anything with a text that is not shown: `<noun>_hidden_for_review` or
    `<noun>_hidden`."""
    found = tombstone(state, hidden_until, now)
    if found is None:
        return None
    return f"{noun}_hidden_for_review" if found == "hidden_for_review" else f"{noun}_hidden"


def hides(flags: int, threshold: int, hidden_before: bool) -> bool:
    """Whether this many flags of different people hide a comment for review: once in a case, and not at all what a case
    has cleared as it is worded. A threshold of 0 never does."""
    return threshold > 0 and flags >= threshold and not hidden_before


def controversy(supports: int, opposes: int) -> int:
    """How contested: all reactions for or against, times the share of the smaller side in the larger, in thousandths,
    down."""
    larger, smaller = max(supports, opposes), min(supports, opposes)
    return 0 if smaller == 0 else (supports + opposes) * 1000 * smaller // larger


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """What the guards of a comment look at."""

    is_author: bool = False
    is_closed: bool = False
    """Whether its subject takes no comments any more."""
    is_hidden_for_review: bool = False
    hidden_until: datetime | None = None
    """Until when it, or what it stands under, is hidden for review."""
    against_subject: str | None = None
    """subject_hidden_for_review | subject_hidden: why nothing is said under its subject."""
    is_deepest: bool = False
    has_flagged: bool = False
    """Whether the caller has flagged it in the case that is open."""


_OPEN = ("thread_closed", "subject_hidden_for_review", "subject_hidden")
_TALK = (*_OPEN, "comment_hidden_for_review")
_WRITES = ("comment_author_only", *_OPEN)


COMMENT: Machine[CommentFacts] = Machine(
    noun="comment",
    initial="visible",
    offered=("edit", "retract", "reply", "react", "flag", "publish", "withhold"),
    table={
        ("visible", "edit"): Move("visible", _WRITES),
        ("reinstated", "edit"): Move("visible", _WRITES),
        ("visible", "edit_for_check"): Move("pending", _WRITES),
        ("reinstated", "edit_for_check"): Move("pending", _WRITES),
        ("pending", "edit"): Move("pending", _WRITES),
        ("withheld", "edit"): Move("pending", _WRITES),
        ("pending", "publish"): Move("visible", ("author_never_decides",)),
        ("withheld", "publish"): Move("visible", ("author_never_decides",)),
        ("pending", "withhold"): Move("withheld", ("author_never_decides",), needs_reason=True),
        ("visible", "flag"): Move("flagged", ("own_comment",)),
        ("flagged", "flag"): Move("flagged", ("own_comment", "flagged_already")),
        ("under_review", "flag"): Move("under_review", ("own_comment", "flagged_already")),
    }
    | {(state, "reply"): Move(state, (*_TALK, "comment_too_deep")) for state in SHOWN}
    | {(state, "react"): Move(state, ("own_comment", *_TALK)) for state in SHOWN}
    | {(state, "retract"): Move("retracted", ("comment_author_only",)) for state in (*SHOWN, *RESTING)},
    guards={
        "comment_author_only": lambda facts: not facts.is_author,
        "author_never_decides": lambda facts: facts.is_author,
        "own_comment": lambda facts: facts.is_author,
        "thread_closed": lambda facts: facts.is_closed,
        "subject_hidden_for_review": lambda facts: facts.against_subject == "subject_hidden_for_review",
        "subject_hidden": lambda facts: facts.against_subject == "subject_hidden",
        "comment_hidden_for_review": lambda facts: facts.is_hidden_for_review,
        "comment_too_deep": lambda facts: facts.is_deepest,
        "flagged_already": lambda facts: facts.has_flagged,
    },
    dates=lambda facts: {"hidden_until": written(facts.hidden_until)},
)
"""A reinstated comment is not flagged again until it is edited: what was decided on appeal stays decided."""


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What the guards of a text look at that lives a life of its own beside moderation."""

    is_author: bool = False
    is_public: bool = True
    """Whether everybody of its community may know of it."""
    has_flagged: bool = False
    """Whether the caller has flagged it in the case that is open."""


STANDING: Machine[StandingFacts] = Machine(
    noun="text",
    initial="visible",
    offered=("flag",),
    table={
        ("visible", "flag"): Move("flagged", ("not_public_yet", "own_text")),
        ("flagged", "flag"): Move("flagged", ("own_text", "flagged_already")),
        ("under_review", "flag"): Move("under_review", ("own_text", "flagged_already")),
        ("reinstated", "revise"): Move("visible"),
    },
    guards={
        "not_public_yet": lambda facts: not facts.is_public,
        "own_text": lambda facts: facts.is_author,
        "flagged_already": lambda facts: facts.has_flagged,
    },
)
"""How moderation stands with a proposal or an amendment: the states of its case. As with comments, what was reinstated is
not flagged again until it is revised."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the guards of a case look at."""

    is_author: bool = False
    """Whether the caller wrote what the case is about."""
    is_moderator: bool = False
    """Whether the caller has taken the case or decided it."""
    has_taken: bool = False
    """Whether the caller took it at any time, though somebody else may have taken it over."""
    appeal_until: datetime | None = None
    now: datetime | None = None


def _case_dates(facts: CaseFacts) -> Mapping[str, str]:
    return {"appeal_until": written(facts.appeal_until)}


_DECIDES = ("author_never_decides", "case_of_another")
_REVIEWS = ("author_never_decides", "moderator_never_reviews")

CASE: Machine[CaseFacts] = Machine(
    noun="case",
    initial="flagged",
    offered=("take", "dismiss", "hide", "remove_legal", "appeal", "reinstate", "uphold"),
    table={
        ("flagged", "take"): Move("under_review", ("author_never_decides",)),
        ("under_review", "take"): Move("under_review", ("author_never_decides", "case_is_yours")),
        ("under_review", "dismiss"): Move("dismissed", _DECIDES),
        ("under_review", "hide"): Move("hidden", _DECIDES, needs_reason=True),
        ("under_review", "remove_legal"): Move("removed_legal", _DECIDES, needs_reason=True),
        ("hidden", "appeal"): Move("appealed", ("authors_appeal", "appeal_period_over"), needs_reason=True),
        ("appealed", "reinstate"): Move("reinstated", _REVIEWS, needs_reason=True),
        ("appealed", "uphold"): Move("upheld", _REVIEWS, needs_reason=True),
        ("flagged", "drop"): Move("dropped"),
        ("under_review", "drop"): Move("dropped"),
    },
    guards={
        "author_never_decides": lambda facts: facts.is_author,
        "case_of_another": lambda facts: not facts.is_moderator,
        "case_is_yours": lambda facts: facts.is_moderator,
        "moderator_never_reviews": lambda facts: facts.is_moderator or facts.has_taken,
        "authors_appeal": lambda facts: not facts.is_author,
        "appeal_period_over": lambda facts: (
            facts.appeal_until is not None and facts.now is not None and facts.now >= facts.appeal_until
        ),
    },
    dates=_case_dates,
)
"""A retraction drops the case; a case that was decided stays decided. An appeal is against the decision: whether a
sanction that came with it still runs does not matter."""

_OF_CASE = {"dismissed": "visible", "dropped": "retracted"}


def subject_state(case_state: str) -> str:
    """The state of what a case is about."""
    return _OF_CASE.get(case_state, case_state)
