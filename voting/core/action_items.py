"""The life of an action item as a table. Pure: facts in, a state or a reason out.

    open -> done        open -> dropped*        done, dropped -> open by reopening*

What an item says is never changed: it is dropped, and another is written. Guards are named for their reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from voting.core.lifecycle import Machine, Move

MOST_TEXT = 1_000
MOST_REASON = 2_000
"""Code points."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the guards of an action item look at, about the caller and about its activity."""

    organises: bool = False
    """Whether the caller is one of those who organise there."""
    is_responsible: bool = False
    """Whether the caller is the person who is responsible, or has the role that is."""
    activity: str = "held"
    """Where its activity stands."""


ACTION_ITEM: Machine[ItemFacts] = Machine(
    noun="action item",
    initial="open",
    offered=("edit", "complete", "drop", "reopen"),
    table={
        ("open", "edit"): Move("open"),
        ("open", "complete"): Move("done", ("responsible_only",)),
        ("open", "drop"): Move("dropped", needs_reason=True),
        ("done", "reopen"): Move("open", ("activity_closed",), needs_reason=True),
        ("dropped", "reopen"): Move("open", ("activity_closed",), needs_reason=True),
    },
    guards={
        "responsible_only": lambda facts: not (facts.organises or facts.is_responsible),
        "activity_closed": lambda facts: facts.activity == "closed",
    },
)
