"""The life of a problem report as a table, and what its rules say. Pure: facts in, a state or a reason out.

    open -> acknowledged -> in_progress -> resolved*
    open, reopened, acknowledged, in_progress -> duplicate, dismissed*      resolved, dismissed, duplicate -> reopened*
    withdrawn* by its reporter while nobody else stands behind it; reopened goes on like open

Guards are named for their reason, as in `voting.core.lifecycle`. A confirmation moves nothing: it is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from voting.core.lifecycle import Machine, Move, written

MOST_OBSERVATION = 4_000
MOST_CATEGORY = 40
MOST_REASON = 2_000
"""Code points."""
MOST_CHAIN = 20
"""Reports that one passes from a duplicate to the report it leads to."""

ACTIVE = ("open", "reopened", "acknowledged", "in_progress")
"""States in which somebody still has to do something."""
LED_TO = (*ACTIVE, "resolved")
"""States of a report that others may be duplicates of."""
_EDITABLE = ("open", "reopened", "acknowledged")
_CONFIRMABLE = (*ACTIVE, "duplicate")


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the guards of a problem report look at, about the caller and about the report."""

    is_reporter: bool = False
    handles: bool = False
    """Whether the caller is one of those who deal with problems there."""
    confirmations: int = 0
    """Others who have the problem too."""
    has_confirmed: bool = False
    """Whether the caller is one of them by a word of their own about this report."""
    duplicates: int = 0
    """Reports that are duplicates of this one."""
    against_text: str | None = None
    """report_hidden_for_review | report_hidden: why nobody changes or confirms what it says."""
    hidden_until: datetime | None = None


_BY_REPORTER = ("reporter_only",)
_SHOWN = ("report_hidden_for_review", "report_hidden")
"""What nobody can read, nobody changes or confirms. It is dealt with all the same: the problem may be real."""
_BY_ANOTHER = ("reporter_never_decides",)

REPORT: Machine[ReportFacts] = Machine(
    noun="problem report",
    initial="open",
    offered=(
        *("edit", "withdraw", "confirm", "take_back"),
        *("acknowledge", "start", "resolve", "dismiss", "mark_duplicate", "reopen"),
    ),
    table={
        **{(state, "edit"): Move(state, (*_BY_REPORTER, *_SHOWN)) for state in _EDITABLE},
        **{
            (state, "withdraw"): Move(
                "withdrawn", (*_BY_REPORTER, "others_confirmed", "duplicates_follow"), needs_reason=True
            )
            for state in _EDITABLE
        },
        **{
            (state, "confirm"): Move(state, ("reporter_never_confirms", *_SHOWN, "confirmed_already"))
            for state in _CONFIRMABLE
        },
        **{(state, "take_back"): Move(state, ("not_confirmed",)) for state in _CONFIRMABLE},
        ("open", "acknowledge"): Move("acknowledged"),
        ("reopened", "acknowledge"): Move("acknowledged"),
        ("acknowledged", "start"): Move("in_progress"),
        ("in_progress", "resolve"): Move("resolved", _BY_ANOTHER, needs_reason=True),
        **{(state, "dismiss"): Move("dismissed", _BY_ANOTHER, needs_reason=True) for state in ACTIVE},
        **{(state, "mark_duplicate"): Move("duplicate") for state in ACTIVE},
        ("resolved", "reopen"): Move("reopened", ("not_concerned",), needs_reason=True),
        ("duplicate", "reopen"): Move("reopened", ("not_concerned",), needs_reason=True),
        ("dismissed", "reopen"): Move("reopened", ("handlers_only",), needs_reason=True),
    },
    guards={
        "reporter_only": lambda facts: not facts.is_reporter,
        "reporter_never_decides": lambda facts: facts.is_reporter,
        "reporter_never_confirms": lambda facts: facts.is_reporter,
        "others_confirmed": lambda facts: facts.confirmations > 0,
        "duplicates_follow": lambda facts: facts.duplicates > 0,
        "confirmed_already": lambda facts: facts.has_confirmed,
        "not_confirmed": lambda facts: not facts.has_confirmed,
        "not_concerned": lambda facts: not (facts.handles or facts.is_reporter or facts.has_confirmed),
        "handlers_only": lambda facts: not facts.handles,
        "report_hidden_for_review": lambda facts: facts.against_text == "report_hidden_for_review",
        "report_hidden": lambda facts: facts.against_text == "report_hidden",
    },
    dates=lambda facts: {"hidden_until": written(facts.hidden_until)},
)


def counted(reporter: str | None, confirmed: Mapping[str, frozenset[str]], reporters: Mapping[str, str | None]) -> int:
    """Residents besides the reporter who have the problem.

    `confirmed` maps the report and each that leads to it to those who confirmed it, `reporters` each that leads to it to its
    reporter: whoever reported a duplicate has the problem too. Everybody counts once.
    """
    who = {person for persons in confirmed.values() for person in persons} | set(reporters.values())
    return len(who - {reporter, None})
