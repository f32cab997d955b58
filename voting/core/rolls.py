"""The life of a roll, and of an objection to it, as tables. Source: the state machines of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voting.core.lifecycle import Machine, Move, written


@dataclass(frozen=True, slots=True)
class RollFacts:
    """What the roll's guards look at. Times are aware; a period that does not run has no end."""

    electors: int
    undecided: int = 0
    """Objections filed or appealed and not yet decided."""
    now: datetime | None = None
    display_until: datetime | None = None
    objections_until: datetime | None = None


_ROLL_SEAL = Move("sealed", ("roll_is_empty", "objections_undecided"))


def _roll_dates(facts: RollFacts) -> dict[str, str]:
    return {"display_until": written(facts.display_until), "objections_until": written(facts.objections_until)}


ROLL: Machine[RollFacts] = Machine(
    noun="roll",
    initial="draft",
    offered=("compile", "display", "object", "close_objections", "correct", "seal", "supersede"),
    table={
        ("draft", "compile"): Move("compiled"),
        ("compiled", "compile"): Move("compiled"),
        ("compiled", "display"): Move("displayed", ("roll_is_empty",)),
        ("displayed", "object"): Move("displayed", ("objection_period_over",)),
        ("displayed", "close_objections"): Move(
            "objections_closed", ("display_period_running", "roll_objections_running")
        ),
        ("objections_closed", "correct"): Move("corrected", needs_reason=True),
        ("corrected", "correct"): Move("corrected", needs_reason=True),
        ("objections_closed", "seal"): _ROLL_SEAL,
        ("corrected", "seal"): _ROLL_SEAL,
        ("sealed", "supersede"): Move("superseded"),
    },
    guards={
        "roll_is_empty": lambda facts: facts.electors == 0,
        "objections_undecided": lambda facts: facts.undecided > 0,
        "display_period_running": lambda facts: _before(facts.now, facts.display_until),
        "roll_objections_running": lambda facts: _before(facts.now, facts.objections_until),
        "objection_period_over": lambda facts: (
            facts.objections_until is not None and not _before(facts.now, facts.objections_until)
        ),
    },
    dates=_roll_dates,
)


def _before(now: datetime | None, end: datetime | None) -> bool:
    """Whether a period has not ended; one without an end does not run."""
    return now is not None and end is not None and now < end


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """What the guards of an objection look at."""

    is_filer: bool = False
    """Whether the caller filed it."""
    is_first_decider: bool = False
    """Whether the caller took the decision that is appealed against."""
    roll_is_sealed: bool = False


OBJECTION: Machine[ObjectionFacts] = Machine(
    noun="objection",
    initial="filed",
    offered=("withdraw", "uphold", "dismiss", "appeal"),
    table={
        ("filed", "withdraw"): Move("withdrawn", ("roll_sealed", "filer_only")),
        ("filed", "uphold"): Move("upheld", ("roll_sealed", "filer_never_decides")),
        ("filed", "dismiss"): Move("dismissed", ("roll_sealed", "filer_never_decides"), needs_reason=True),
        ("dismissed", "appeal"): Move("appealed", ("roll_sealed", "filer_only"), needs_reason=True),
        ("appealed", "uphold"): Move("upheld", ("roll_sealed", "filer_never_decides", "first_decider_never_reviews")),
        ("appealed", "dismiss"): Move(
            "dismissed_finally",
            ("roll_sealed", "filer_never_decides", "first_decider_never_reviews"),
            needs_reason=True,
        ),
        ("appealed", "withdraw"): Move("withdrawn", ("roll_sealed", "filer_only")),
    },
    guards={
        "roll_sealed": lambda facts: facts.roll_is_sealed,
        "filer_only": lambda facts: not facts.is_filer,
        "filer_never_decides": lambda facts: facts.is_filer,
        "first_decider_never_reviews": lambda facts: facts.is_first_decider,
    },
)
