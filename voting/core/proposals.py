"""The life of a proposal as a table, and what its rules say. Pure: facts in, a state or a reason out.

    draft -> submitted -> published -> gathering_support -> qualified -> under_review
      └─ returned* ──┘                       └─ lapsed          -> accepted | accepted_in_part | rejected*
    accepted … -> on_ballot -> adopted | not_adopted     accepted …, adopted -> implementing -> implemented
    rejected, not_adopted, implemented, lapsed -> archived, once it was told how the input changed the outcome
    withdrawn* by its authors until it qualifies; merged* into another by a reviewer, split* into parts by its authors

Guards are named for their reason, as in `voting.core.lifecycle`. What a text says is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Literal
from zoneinfo import ZoneInfo

from voting.core.lifecycle import Machine, Move, written
from voting.core.rules import clocks
from voting.core.rules.clocks import Deadline

MOST_TITLE = 200
MOST_BODY = 20_000
MOST_NOTE = 2_000
"""Code points in one language."""
MOST_AUTHORS = 20
MOST_ATTACHMENTS = 10


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the guards of a proposal look at, about the caller and about the proposal."""

    is_author: bool = False
    has_written: bool = False
    """Whether the caller is an author, or was one."""
    invitation: str | None = None
    """invited | accepted | left: where the caller stands among the authors."""
    authors: int = 1
    """Authors and whoever is asked to be one."""
    accepted: int = 1
    """Authors."""
    attachments: int = 0
    """Files that were not removed."""
    now: datetime | None = None
    support_until: datetime | None = None
    needed: int = 0
    """Endorsements that qualify it."""
    standing: int = 0
    """Endorsements that count now."""
    mine: str | None = None
    """standing | unconfirmed | withdrawn | released | moved: the caller's own endorsement."""
    against_text: str | None = None
    """proposal_hidden_for_review | proposal_hidden: why nobody does anything with its text."""
    hidden_until: datetime | None = None
    is_checked_first: bool = False
    """Whether its community shows no text before somebody has checked it. What is published was checked by who published it."""
    against_endorsing: str | None = None
    """Why the caller is none of those whose support counts, as the code of a guard."""
    contest_state: str | None = None
    """Where the contest stands that it was put into."""
    is_erased: bool = False
    """Whether the newest wording was erased."""
    has_outcome: bool = False
    """Whether it was told how the input changed the outcome."""


_EDITABLE = ("draft", "returned", "published", "gathering_support")
_WITHDRAWABLE = ("draft", "submitted", "returned", "published", "gathering_support")
_WITH_AUTHORS = _WITHDRAWABLE
_DECIDED = ("accepted", "accepted_in_part")
_ENDED = ("rejected", "not_adopted", "implemented", "lapsed")
_BY_WINDOW = ("support_window_over",)
ASKS = ("draft", "noticed", "open")
"""States of a contest that may still put a proposal to the vote: nothing is put into a vote that is over."""
_SHOWN = ("proposal_hidden_for_review", "proposal_hidden")
"""What nobody can read, nobody supports, changes, joins with another or puts to the vote. Its figures and its clock go on."""
_TEXT_CHANGES = (*_SHOWN, "checked_before_shown")
"""What changes a text that everybody reads, or shows another beside it."""
PROPOSING = frozenset({"create", "edit", "submit", "amend", "split"})
"""Commands that a sanction forbids as `propose`."""
MERGEABLE = ("published", "gathering_support", "qualified")
"""States from which a proposal is merged or split, and in which another may be merged into it."""

_WRITING: Mapping[tuple[str, str], Move] = {
    ("draft", "submit"): Move("submitted", ("authors_only",)),
    ("returned", "submit"): Move("submitted", ("authors_only",)),
    ("submitted", "publish"): Move("published", ("author_never_reviews", "wording_erased")),
    ("submitted", "return"): Move("returned", ("author_never_reviews",), needs_reason=True),
    **{
        (state, "edit"): Move(
            state, ("authors_only", *_TEXT_CHANGES, *(_BY_WINDOW if state == "gathering_support" else ()))
        )
        for state in _EDITABLE
    },
    **{(state, "attach"): Move(state, ("authors_only", *_TEXT_CHANGES, "too_many_attachments")) for state in _EDITABLE},
    **{(state, "invite"): Move(state, ("authors_only", "too_many_authors")) for state in _WITH_AUTHORS},
    **{(state, "accept_invitation"): Move(state, ("not_invited",)) for state in _WITH_AUTHORS},
    **{(state, "leave"): Move(state, ("not_among_authors", "last_author")) for state in _WITH_AUTHORS},
    **{(state, "withdraw"): Move("withdrawn", ("authors_only",), needs_reason=True) for state in _WITHDRAWABLE},
}

_SUPPORT: Mapping[tuple[str, str], Move] = {
    ("published", "gather"): Move("gathering_support", ("author_never_reviews", *_SHOWN, "wording_erased")),
    ("gathering_support", "endorse"): Move(
        "gathering_support",
        (
            *_SHOWN,
            *_BY_WINDOW,
            "wording_erased",
            "author_never_endorses",
            "endorsed_already",
            "erased_since",
            "not_on_support_roll",
            "lives_elsewhere",
        ),
    ),
    ("gathering_support", "confirm_endorsement"): Move(
        "gathering_support", (*_SHOWN, *_BY_WINDOW, "wording_erased", "nothing_to_confirm")
    ),
    ("gathering_support", "withdraw_endorsement"): Move("gathering_support", (*_BY_WINDOW, "not_endorsed")),
    ("gathering_support", "qualify"): Move("qualified", ("support_too_low",)),
    ("gathering_support", "lapse"): Move("lapsed", ("support_window_open",)),
}

_LINEAGE: Mapping[tuple[str, str], Move] = {
    ("published", "amend"): Move("published", (*_TEXT_CHANGES, "author_edits_instead")),
    ("gathering_support", "amend"): Move("gathering_support", (*_TEXT_CHANGES, *_BY_WINDOW, "author_edits_instead")),
    **{(state, "merge"): Move("merged", ("author_never_reviews", *_SHOWN), needs_reason=True) for state in MERGEABLE},
    **{(state, "split"): Move("split", ("authors_only", *_SHOWN), needs_reason=True) for state in MERGEABLE},
    **{(state, "move_endorsement"): Move(state, ("nothing_to_move",)) for state in ("merged", "split")},
}

_REVIEW: Mapping[tuple[str, str], Move] = {
    ("qualified", "review"): Move("under_review", ("author_never_reviews",)),
    ("under_review", "accept"): Move("accepted", ("author_never_reviews",)),
    ("under_review", "accept_in_part"): Move("accepted_in_part", ("author_never_reviews",)),
    ("under_review", "reject"): Move("rejected", ("author_never_reviews",), needs_reason=True),
    **{(state, "put_on_ballot"): Move("on_ballot", _SHOWN) for state in _DECIDED},
    ("on_ballot", "adopt"): Move("adopted", ("contest_not_certified",)),
    ("on_ballot", "not_adopt"): Move("not_adopted", ("contest_undecided",)),
    **{(state, "implement"): Move("implementing") for state in (*_DECIDED, "adopted")},
    ("implementing", "complete"): Move("implemented"),
    **{(state, "report_outcome"): Move(state) for state in (*_DECIDED, "adopted", "implementing", *_ENDED)},
    **{(state, "archive"): Move("archived", ("outcome_missing",)) for state in _ENDED},
}

PROPOSAL: Machine[ProposalFacts] = Machine(
    noun="proposal",
    initial="draft",
    offered=(
        *("edit", "attach", "invite", "accept_invitation", "leave", "submit", "publish", "return", "withdraw"),
        *("gather", "endorse", "confirm_endorsement", "withdraw_endorsement", "lapse"),
        *("amend", "merge", "split", "move_endorsement"),
        *("review", "accept", "accept_in_part", "reject", "put_on_ballot", "adopt", "not_adopt"),
        *("implement", "complete", "report_outcome", "archive"),
    ),
    table={**_WRITING, **_SUPPORT, **_LINEAGE, **_REVIEW},
    guards={
        "authors_only": lambda facts: not facts.is_author,
        "author_never_reviews": lambda facts: facts.is_author or facts.has_written,
        "author_never_endorses": lambda facts: facts.is_author,
        "checked_before_shown": lambda facts: facts.is_checked_first,
        "proposal_hidden_for_review": lambda facts: facts.against_text == "proposal_hidden_for_review",
        "proposal_hidden": lambda facts: facts.against_text == "proposal_hidden",
        "too_many_attachments": lambda facts: facts.attachments >= MOST_ATTACHMENTS,
        "too_many_authors": lambda facts: facts.authors >= MOST_AUTHORS,
        "not_invited": lambda facts: facts.invitation != "invited",
        "not_among_authors": lambda facts: facts.invitation not in ("invited", "accepted"),
        "last_author": lambda facts: facts.is_author and facts.accepted == 1,
        "support_window_over": lambda facts: not _runs(facts),
        "support_window_open": lambda facts: _runs(facts),
        "endorsed_already": lambda facts: facts.mine in ("standing", "unconfirmed"),
        "not_endorsed": lambda facts: facts.mine not in ("standing", "unconfirmed"),
        "nothing_to_confirm": lambda facts: facts.mine != "unconfirmed",
        "nothing_to_move": lambda facts: facts.mine not in ("released", "moved"),
        "author_edits_instead": lambda facts: facts.is_author,
        "wording_erased": lambda facts: facts.is_erased,
        "erased_since": lambda facts: facts.against_endorsing == "erased_since",
        "not_on_support_roll": lambda facts: facts.against_endorsing == "not_on_support_roll",
        "lives_elsewhere": lambda facts: facts.against_endorsing == "lives_elsewhere",
        "support_too_low": lambda facts: facts.standing < facts.needed,
        "contest_not_certified": lambda facts: facts.contest_state != "certified",
        "contest_undecided": lambda facts: facts.contest_state not in ("certified", "inconclusive", "annulled"),
        "outcome_missing": lambda facts: not facts.has_outcome,
    },
    dates=lambda facts: {"support_until": written(facts.support_until), "hidden_until": written(facts.hidden_until)},
)


def _runs(facts: ProposalFacts) -> bool:
    return facts.now is not None and facts.support_until is not None and facts.now < facts.support_until


def goes_on(until: datetime, stood_still: timedelta, zone: ZoneInfo) -> Deadline:
    """When a window of support is over that stood still for a while: with the day on which what is left of it runs out."""
    last = (until + stood_still - timedelta(microseconds=1)).astimezone(zone).date()
    return Deadline(last, clocks.midnight_after(last, zone), True)


def needed(share: Fraction, electors: int) -> int:
    """Endorsements that a share of a roll comes to: the least whole number that is not below it, and one at least."""
    return max(1, ceil(share * electors))


def revision(
    *, minor: bool, text: bool, place: bool, language: bool, unreadable: bool
) -> Literal["none", "minor", "major"]:
    """What an edit is to those who support a proposal. `text` and `place` say what changed, `minor` what its author calls
    it. Another place is never minor: no comparison shows it. Nor is it when a `language` is left out, in which somebody may
    have read it, or when what was read is `unreadable` by now."""
    if not text and not place:
        return "none"
    return "minor" if minor and not (place or language or unreadable) else "major"
