"""The lives of an activity and of its minutes as tables. Pure: facts in, a state or a reason out.

    announced -> held -> closed        announced -> cancelled*
    draft -> published                 of minutes, which are corrected* and stay published

Guards are named for their reason, as in `voting.core.lifecycle`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voting.core.lifecycle import Machine, Move, written

MOST_KIND = 40
MOST_TITLE = 200
MOST_PLACE = 200
MOST_MINUTES = 50_000
MOST_REASON = 2_000
"""Code points, of a title or of minutes in one language."""
LEVELS = range(1, 6)
"""Levels of participation: 1 informed, 2 voice, 3 involved, 4 collaborate, 5 empower."""


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What the guards of an activity look at."""

    now: datetime | None = None
    starts_at: datetime | None = None
    is_erased: bool = False
    """Whether what was announced is erased."""
    minutes: str | None = None
    """Where its minutes stand; empty where there are none."""
    open_items: int = 0
    """Action items that are open."""


ACTIVITY: Machine[ActivityFacts] = Machine(
    noun="activity",
    initial="announced",
    offered=("edit", "hold", "cancel", "draft_minutes", "add_action_item", "close"),
    table={
        ("announced", "edit"): Move("announced", ("text_erased_already",)),
        ("announced", "hold"): Move("held", ("activity_not_begun",)),
        ("announced", "cancel"): Move("cancelled", needs_reason=True),
        ("held", "draft_minutes"): Move("held", ("minutes_exist",)),
        ("held", "add_action_item"): Move("held"),
        ("held", "close"): Move("closed", ("minutes_unpublished", "action_items_open")),
    },
    guards={
        "activity_not_begun": lambda facts: facts.now is None or facts.starts_at is None or facts.now < facts.starts_at,
        "minutes_exist": lambda facts: facts.minutes is not None,
        "minutes_unpublished": lambda facts: facts.minutes == "draft",
        "action_items_open": lambda facts: facts.open_items > 0,
        "text_erased_already": lambda facts: facts.is_erased,
    },
    dates=lambda facts: {"starts_at": written(facts.starts_at)},
)


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What the guards of minutes look at."""

    is_erased: bool = False
    """Whether the newest version is erased."""


MINUTES: Machine[MinutesFacts] = Machine(
    noun="minutes",
    initial="draft",
    offered=("edit", "publish", "correct"),
    table={
        ("draft", "edit"): Move("draft"),
        ("draft", "publish"): Move("published", ("text_erased_already",)),
        ("published", "correct"): Move("published", needs_reason=True),
    },
    guards={"text_erased_already": lambda facts: facts.is_erased},
)
"""What was said and decided. A correction is another version; what was published before stays to be read."""
