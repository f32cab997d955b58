"""What was counted, across contests and communities: for auditors and everybody else, without an account.

Only what is published: a contest appears with its newest tally once its result is public, and stays when it is annulled.
The same for every caller, so that nothing here depends on who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, and_, func, literal, or_, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from voting.contests.tables import Contest, Option, Tally
from voting.errors import Invalid
from voting.roll.tables import Roll

Sort = Literal["-counted_at", "counted_at", "-closes_at", "closes_at"]
Kind = Literal["person", "household", "owner"]
Key = tuple[str | int, ...]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; nothing given finds everything. Instants bound the moment of the count: from ≤ counted < to."""

    community_id: str | None = None
    kind: Kind | None = None
    """Who decided: the basis of the roll."""
    method: str | None = None
    state: str | None = None
    unit_id: str | None = None
    """Contests of this unit alone, or of several units of which it is one."""
    counted_from: datetime | None = None
    counted_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A published tally with its contest, and the labels of its winners in the order of their election."""

    tally: Tally
    contest: Contest
    roll: Roll
    winners: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def outcome(self) -> str:
        """How the count ended."""
        return str(self.tally.result["outcome"])

    def key(self, sort: Sort) -> Key:
        """Where it stands in a list sorted so."""
        if sort.endswith("counted_at"):
            return (self.tally.id,)
        return (self.contest.closes_at - _EPOCH) // _MICROSECOND, self.tally.id


def page(
    session: Session, filters: Filters, *, sort: Sort = "-counted_at", after: Key | None = None, limit: int = 50
) -> tuple[Listed, ...]:
    """At most `limit` published tallies behind the key `after`. Ids of tallies sort by the moment of the count."""
    query = (
        select(Tally, Contest, Roll)
        .join(Contest, col(Contest.id) == col(Tally.contest_id))
        .join(Roll, col(Roll.id) == col(Contest.roll_id))
        .where(published(), *_conditions(filters))
    )
    columns: list[Any] = [col(Tally.id)]
    if sort.endswith("closes_at"):
        columns.insert(0, col(Contest.closes_at))
    descends = sort.startswith("-")
    if after is not None:
        query = query.where(_behind(columns, _read(after, len(columns)), descends))
    ordered = query.order_by(*(column.desc() if descends else column for column in columns))
    rows = session.exec(ordered.limit(limit)).all()
    labels = _labels(session, [contest.id for _, contest, _ in rows])
    return tuple(Listed(*row, _winners(row[0].result, labels)) for row in rows)


def published() -> ColumnElement[bool]:
    """The newest tally of a contest whose result is public. For a query over `Tally` and `Contest`."""
    newer = aliased(Tally)
    newest = select(func.max(newer.id)).where(newer.contest_id == Contest.id).correlate(Contest).scalar_subquery()
    public = or_(col(Contest.provisional_at).is_not(None), col(Contest.state) == "inconclusive")
    return and_(public, col(Tally.id) == newest)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = (
        (col(Contest.community_id), filters.community_id),
        (col(Roll.basis), filters.kind),
        (col(Contest.method), filters.method),
        (col(Contest.state), filters.state),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in wanted if value is not None]
    if filters.unit_id is not None:
        # The scope is one short text on both databases, with its members sorted.
        scope = type_coerce(col(Roll.scope), String)
        found.append(scope.contains(f'"{filters.unit_id}"', autoescape=True))
        found.append(scope.contains('"kind":"unit"', autoescape=True))
    if filters.counted_from is not None:
        found.append(col(Tally.counted_at) >= filters.counted_from)
    if filters.counted_to is not None:
        found.append(col(Tally.counted_at) < filters.counted_to)
    return found


def _read(after: Key, length: int) -> tuple[Any, ...]:
    """The key as values of the columns."""
    if len(after) != length or not isinstance(after[-1], str):
        raise Invalid.at("/cursor", "cursor_invalid")
    if length == 1:
        return after
    if not isinstance(after[0], int):
        raise Invalid.at("/cursor", "cursor_invalid")
    return _EPOCH + after[0] * _MICROSECOND, after[1]


def _behind(columns: Sequence[Any], key: Sequence[Any], descends: bool) -> ColumnElement[bool]:
    """Rows behind a key, written out column by column: row values compare differently on the two databases."""
    found: ColumnElement[bool] = literal(False)
    for place in reversed(range(len(columns))):
        column, value = columns[place], key[place]
        further = column < value if descends else column > value
        found = or_(further, and_(column == value, found))
    return found


def _labels(session: Session, contest_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
    wanted = select(Option.id, Option.label).where(col(Option.contest_id).in_(contest_ids))
    return dict(session.exec(wanted).all())


def _winners(
    result: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, Mapping[str, str]], ...]:
    return tuple((winner, labels.get(winner, {})) for winner in result["winners"])
