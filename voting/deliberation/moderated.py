"""The seam between moderation and what it moderates: flags and cases know a thing by its kind, never by its table.

A kind is one object: how a thing of it is loaded and held, which column says how moderation stands with it, what a flag does
to it, and how it is shown. It is registered once, by `join`; `voting.deliberation.comment_moderation` shows it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlmodel import Session

from voting.core import moderation
from voting.core.authority import Principal, Subject

Loaded = TypeVar("Loaded")
View = TypeVar("View")


class Row(Protocol):
    """What the row of every thing has that can be moderated."""

    id: str
    community_id: str
    hidden_until: datetime | None
    """Hidden by flags alone until then, unless somebody decides before."""
    rule_id: str | None
    """The rule by which it is hidden or removed."""
    case_id: str | None
    """The newest case about it."""


@dataclass(frozen=True, slots=True)
class Thing(Generic[Loaded]):
    """One thing as a flag finds it, its row held."""

    loaded: Loaded
    row: Row
    author_id: str | None
    """Who wrote what is flagged."""
    subject: Subject
    """What authority sees."""
    now: datetime
    """The community's own time."""
    written_at: datetime
    """Since when it is worded as it is."""


def _nobody(_session: Session, _thing_id: str) -> frozenset[str]:
    return frozenset()


def nobody(_session: Session, _ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The writers of things that their cases name alone."""
    return {}


def _nothing(session: Session, loaded: object, until: datetime) -> None:
    """Nothing else happens."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Loaded, View]):
    """What moderation has to know of one kind of thing."""

    name: str
    """As in `moderation_case.subject_kind`."""
    flag_act: str
    """The act of `voting.core.authority` by which one is flagged."""
    column: str
    """The column of its row that bears the state of its case."""
    load: Callable[[Session, Principal, str, datetime], Thing[Loaded]]
    """One of it, held. Raises NotFound for whoever may not know of it."""
    hold: Callable[[Session, str], Row]
    """The row of one that there is a case about, held."""
    flagged: Callable[[Session, Principal, Thing[Loaded]], str]
    """The state after a flag of this caller. Raises IllegalMove where there is none."""
    view: Callable[[Session, Principal, Loaded], View]
    """One of it as this caller sees it: its text, or its tombstone."""
    candidates: Callable[[Session, str], frozenset[str]] = _nobody
    """Persons who stand in the contest that one of it is about: they never judge it."""
    hid: Callable[[Session, Loaded, datetime], None] = _nothing
    """What else happens to one that flags hide until an instant."""
    writers: Callable[[Session, Sequence[str]], Mapping[str, frozenset[str]]] = nobody
    """Thing → who writes it besides the author its case names: they appeal, and decide nothing about it."""

    def state(self, row: Row) -> str:
        """How moderation stands with it."""
        return str(getattr(row, self.column))

    def bear(self, row: Row, case_state: str, rule_id: str | None) -> None:
        """Bring it into the state of its case. Only what is undecided stays hidden by flags; only what is not shown names a
        rule."""
        state = moderation.subject_state(case_state)
        setattr(row, self.column, state)
        if case_state not in moderation.UNDECIDED:
            row.hidden_until = None
        row.rule_id = None if state in moderation.SHOWN else rule_id


_KINDS: dict[str, Kind[Any, Any]] = {}


def join(kind: Kind[Loaded, View]) -> Kind[Loaded, View]:
    """Let things of a kind be moderated. A name is given once."""
    assert kind.name not in _KINDS, kind.name
    _KINDS[kind.name] = kind
    return kind


def of(name: str) -> Kind[Any, Any]:
    """The kind of that name."""
    return _KINDS[name]


def kinds() -> tuple[str, ...]:
    """The name of every kind, in the order they joined."""
    return tuple(_KINDS)
