"""What can be searched: put there and taken out by whoever owns the text, in the transaction that shows or hides it.

Both databases hold the same terms and find the same things. Ranked are first what has the whole query in its title, then what
has it anywhere; the newest first in both.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, or_, text
from sqlmodel import Session, col, select

from voting.community.search_tables import SearchDocument
from voting.core import searching

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXCERPT = 200
_NEWEST_FIRST = (col(SearchDocument.at).desc(), col(SearchDocument.subject_id).desc())

Key = tuple[int, int, str]
"""Whether the title has the whole query (1 or 0), microseconds since 1970, the subject: found things stand in this order, from
the greatest."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be found: its kind and id, what it stands under, and since when it can be read."""

    community_id: str
    kind: str
    id: str
    at: datetime
    about_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `in_title` says that its title has the whole query."""

    document: SearchDocument
    in_title: bool

    @property
    def key(self) -> Key:
        """Where it stands among what was found."""
        return int(self.in_title), (self.document.at - _EPOCH) // _MICROSECOND, self.document.subject_id


def put(session: Session, subject: Subject, title: Mapping[str, str], body: Mapping[str, str]) -> None:
    """Let a text be found, in the place of an earlier one of the same subject."""
    row = _row(session, subject.id)
    values = _values(subject, title, body)
    if row is None:
        row = SearchDocument(**_identity(session, subject), **values)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def put_new(session: Session, texts: Sequence[tuple[Subject, Mapping[str, str], Mapping[str, str]]]) -> None:
    """Let texts be found that were never put before, (subject, title, body) each, by one statement."""
    rows = [_identity(session, subject) | _values(subject, title, body) for subject, title, body in texts]
    if rows:
        session.execute(insert(SearchDocument), rows)


def _identity(session: Session, subject: Subject) -> dict[str, Any]:
    identity = {
        "community_id": subject.community_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "about_id": subject.about_id,
        "at": subject.at,
    }
    if _is_sqlite(session):
        # SQLite numbers rows itself, which keeps its index in order; elsewhere no counter is shared by all processes.
        return identity
    return identity | {"number": secrets.randbits(62)}


def _values(subject: Subject, title: Mapping[str, str], body: Mapping[str, str]) -> dict[str, Any]:
    title_terms = f"{searching.of_community(subject.community_id)} {searching.indexed(title.values())}"
    return {
        "title": dict(title),
        "excerpt": {tag: one[:_EXCERPT] for tag, one in body.items()},
        "title_terms": title_terms,
        "all_terms": f"{title_terms} {searching.indexed(body.values())}",
    }


def remove(session: Session, subject_id: str) -> None:
    """Let a text be found no more."""
    row = _row(session, subject_id)
    if row is not None:
        session.delete(row)
        session.flush()


def forget(session: Session, subject_ids: Sequence[str]) -> None:
    """Let erased texts be found no more, and nothing of them be left in the index."""
    take_out(session, subject_ids)
    compact(session)


def take_out(session: Session, subject_ids: Sequence[str]) -> None:
    """Let many texts be found no more. What the index keeps of them goes with the next `compact`."""
    session.flush()
    gone = delete(SearchDocument).where(col(SearchDocument.subject_id).in_(subject_ids))
    session.execute(gone.execution_options(synchronize_session=False))


def compact(session: Session) -> None:
    """Write SQLite's index anew: it would keep the terms of what was taken out, or edited, in its files."""
    if _is_sqlite(session):
        session.connection().exec_driver_sql("INSERT INTO search_terms(search_terms) VALUES ('optimize')")


def find(
    session: Session,
    community_id: str,
    terms: Sequence[str],
    *,
    kind: str | None = None,
    after: Key | None = None,
    limit: int = 20,
) -> tuple[Hit, ...]:
    """At most `limit` things that hold all terms, behind the key `after`."""
    found: list[Hit] = []
    for in_title in (True, False):
        if after is not None and int(in_title) > after[0]:
            continue
        query = select(SearchDocument).where(*_holds(session, community_id, terms, in_title))
        if kind is not None:
            query = query.where(SearchDocument.subject_kind == kind)
        if after is not None and int(in_title) == after[0]:
            query = query.where(_is_behind(after))
        rows = session.exec(query.order_by(*_NEWEST_FIRST).limit(limit - len(found)))
        found += [Hit(row, in_title) for row in rows]
        if len(found) == limit:
            break
    return tuple(found)


def alike(
    session: Session,
    community_id: str,
    terms: Sequence[str],
    *,
    kind: str,
    limit: int,
    column: Literal["title_terms", "all_terms"] = "title_terms",
) -> tuple[SearchDocument, ...]:
    """At most `limit` of the newest things of a kind whose title, or (`all_terms`) whose whole text, holds any of the terms."""
    held = _matches(session, column, _anyone(session, community_id, terms))
    query = select(SearchDocument).where(held, SearchDocument.subject_kind == kind)
    return tuple(session.exec(query.order_by(*_NEWEST_FIRST).limit(limit)))


def of_subjects(session: Session, subject_ids: Sequence[str]) -> Mapping[str, SearchDocument]:
    """Subject → what is found of it; those that are not found are absent."""
    query = select(SearchDocument).where(col(SearchDocument.subject_id).in_(subject_ids))
    return {row.subject_id: row for row in session.exec(query)} if subject_ids else {}


def _is_behind(after: Key) -> ColumnElement[bool]:
    at = _EPOCH + after[1] * _MICROSECOND
    return or_(
        col(SearchDocument.at) < at, and_(col(SearchDocument.at) == at, col(SearchDocument.subject_id) < after[2])
    )


def _row(session: Session, subject_id: str) -> SearchDocument | None:
    return session.exec(select(SearchDocument).where(SearchDocument.subject_id == subject_id)).first()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _holds(session: Session, community_id: str, terms: Sequence[str], in_title: bool) -> list[ColumnElement[bool]]:
    """All terms in the title; or all terms, and not all of them in the title."""
    every = [searching.of_community(community_id), *terms]
    query = (" AND " if _is_sqlite(session) else " & ").join(every)
    if in_title:
        return [_matches(session, "title_terms", query)]
    return [_matches(session, "all_terms", query), _matches(session, "title_terms", query, stands=False)]


def _anyone(session: Session, community_id: str, terms: Sequence[str]) -> str:
    home = searching.of_community(community_id)
    if _is_sqlite(session):
        return f"{home} AND ({' OR '.join(terms)})"
    return f"{home} & ({' | '.join(terms)})"


def _matches(session: Session, column: str, query: str, *, stands: bool = True) -> ColumnElement[bool]:
    """Whether a column holds what the query asks for, or (`stands` false) does not.

    Terms are ASCII letters and digits: nothing in them is an operator of either database.
    """
    if _is_sqlite(session):
        found, query = _SQLITE[column], f"{{{column}}} : ({query})"
    else:
        found = _POSTGRES[column]
    clause = text(found if stands else f"NOT {found}")
    return clause.bindparams(bindparam(f"{column}_query", query))  # type: ignore[return-value]  # a clause of text is one


_SQLITE = {
    "title_terms": "(number IN (SELECT rowid FROM search_terms WHERE search_terms MATCH :title_terms_query))",
    "all_terms": "(number IN (SELECT rowid FROM search_terms WHERE search_terms MATCH :all_terms_query))",
}
_POSTGRES = {
    "title_terms": "(to_tsvector('simple', title_terms) @@ to_tsquery('simple', :title_terms_query))",
    "all_terms": "(to_tsvector('simple', all_terms) @@ to_tsquery('simple', :all_terms_query))",
}
