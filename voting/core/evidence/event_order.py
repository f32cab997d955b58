"""The order of a contest log's entries, as one table: (stage, type) → stage. Source: docs/evidence-format.md §2.

`opened` comes first; while the box is open, commitments stand among the events; `annulled` may follow any stage and is the
last entry. Whether a lot had to be drawn follows from `opened`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from voting.core.evidence import events
from voting.core.evidence.events import Event, Opened
from voting.errors import Invalid

EMPTY = "empty"
COMMITMENT = "commitment"
"""Stands for a cast commitment among the types."""

TABLE: Mapping[tuple[str, str], str] = {
    (EMPTY, "opened"): "open",
    ("open", COMMITMENT): "open",
    ("open", "extended"): "open",
    ("open", "paper-batch"): "open",
    ("open", "key-changed"): "open",
    ("open", "closed"): "closed",
    ("closed", "lot-drawn"): "drawn",
    ("closed", "counted"): "counted",
    ("drawn", "counted"): "counted",
    ("counted", "challenged"): "challenged",
    ("challenged", "recounted"): "counted",
    ("counted", "certified"): "certified",
    ("certified", "corrected"): "certified",
} | {(stage, "annulled"): "annulled" for stage in ("open", "closed", "drawn", "counted", "challenged", "certified")}

LAST_OF_CASTING = ("closed", "annulled")
"""Every commitment stands before these."""


def after(stage: str, kind: str) -> str:
    """The stage after an entry of this type. Raises Invalid `event_out_of_order`."""
    found = TABLE.get((stage, kind))
    if found is None:
        raise Invalid.at("", "event_out_of_order", type=kind, stage=stage)
    return found


def check(entries: Iterable[bytes]) -> tuple[Event, ...]:
    """The events of a whole contest log. Raises Invalid for a malformed entry or one that stands in the wrong place."""
    stage = EMPTY
    found: list[Event] = []
    for entry in entries:
        if events.is_commitment(entry):
            stage = after(stage, COMMITMENT)
            continue
        event = events.parse(entry)
        kind = events.type_of(event)
        stage = after(stage, kind)
        if kind == "lot-drawn" and not _draws_late(found):
            raise Invalid.at("", "event_out_of_order", type=kind, stage=stage)
        found.append(event)
    return tuple(found)


def _draws_late(found: list[Event]) -> bool:
    opened = found[0]
    return isinstance(opened, Opened) and opened.lot.drawn == "after_close"
