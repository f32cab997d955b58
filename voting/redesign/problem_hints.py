"""Whether it was reported already: what is near in place and what says the same, to be looked at before one reports.

Distances are whole millimetres (`voting.core.coordinates`), likeness is a fraction: both come out the same everywhere. The
newest of those in the frame, and of those that hold any of the words, are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from voting.community import queries, search_index
from voting.core import authority, coordinates, searching
from voting.core.authority import Principal, Subject
from voting.core.coordinates import Spot
from voting.core.problem_reports import LED_TO
from voting.redesign import problem_report_queries
from voting.redesign.problem_report_queries import View
from voting.redesign.problem_report_search import KIND
from voting.redesign.tables import ProblemReport

MOST_METRES = 500
MOST_HINTS = 10
LIKE = Fraction(1, 2)
"""From this share of the words on, a report elsewhere is shown as well."""
_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Hint:
    """A report that may be about the same, how far it is, and how many of the words it holds."""

    view: View
    millimetres: int
    likeness: Fraction


def near(
    session: Session, principal: Principal, community_id: str, spot: Spot, metres: int, query: str, *, now: datetime
) -> tuple[Hint, ...]:
    """Reports within so many metres, those first that say the same as well; then those elsewhere that do. None that was
    dismissed, taken back or is itself a duplicate."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "problem_report.read", Subject(community_id, kind="problem_report"))
    terms = searching.wanted(query)
    known = problem_report_queries.known_by_text(principal, community_id, at)
    candidates = (
        *_around(session, community_id, spot, metres, known),
        *_saying(session, community_id, terms, known),
    )
    rows = {row.id: row for row in candidates}
    held = search_index.of_subjects(session, sorted(rows)) if terms else {}
    found = []
    for row in rows.values():
        away = coordinates.distance(spot, Spot(row.longitude_e7, row.latitude_e7))
        like = searching.share(terms, held[row.id].all_terms.split()) if row.id in held else Fraction(0)
        rank = (away > metres * 1000) * 2 + (like < LIKE)
        if rank < 3:
            found.append((rank, away, row, like))
    found.sort(key=lambda one: (one[0], one[1], one[2].id))
    views = problem_report_queries.lines(session, principal, [row for _, _, row, _ in found[:MOST_HINTS]], at)
    return tuple(Hint(view, away, like) for view, (_, away, _, like) in zip(views, found, strict=False))


def _around(session: Session, community_id: str, spot: Spot, metres: int, known: Any) -> tuple[ProblemReport, ...]:
    frame = problem_report_queries.within(coordinates.around(spot, metres))
    query = select(ProblemReport).where(
        ProblemReport.community_id == community_id, frame, known, col(ProblemReport.state).in_(LED_TO)
    )
    return tuple(session.exec(query.order_by(col(ProblemReport.id).desc()).limit(_CANDIDATES)))


def _saying(session: Session, community_id: str, terms: tuple[str, ...], known: Any) -> tuple[ProblemReport, ...]:
    if not terms:
        return ()
    hits = search_index.alike(session, community_id, terms, kind=KIND, limit=_CANDIDATES, column="all_terms")
    ids = [hit.subject_id for hit in hits]
    query = select(ProblemReport).where(col(ProblemReport.id).in_(ids), known, col(ProblemReport.state).in_(LED_TO))
    return tuple(session.exec(query))
