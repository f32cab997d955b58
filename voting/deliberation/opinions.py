"""What residents agree on, from their reactions: by option of a contest, and the statements that bridge groups of opinion.

Statements are the comments that stand directly under a subject and are shown; residents are those who reacted to at least
one. Never a figure of fewer than `opinion_groups.FLOOR` residents, never a resident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import numpy as np
from sqlmodel import Session, col, select

from voting.core import authority
from voting.core.authority import Principal
from voting.deliberation import comment_pages, comment_subjects, comment_view, opinion_groups
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import Comment, CommentReaction
from voting.deliberation.comment_view import CommentView
from voting.deliberation.opinion_groups import FLOOR, Stand

MOST_STATEMENTS = 300
"""Those with most reactions are looked at."""
MOST_RESIDENTS = 20_000
BRIDGES = 10


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the stand of every group, largest group first; None for a group of whom too few reacted."""

    view: CommentView
    stands: tuple[Stand | None, ...]
    bridge: Fraction


@dataclass(frozen=True, slots=True)
class OptionAgreement:
    """How people spoke of one option: authors and reactions for and against, empty below the floor."""

    option_id: str
    people: int | None
    supports: int | None
    opposes: int | None


@dataclass(frozen=True, slots=True)
class Opinions:
    """Sizes of the groups, the statements that bridge them, and agreement by option. `residents` is empty below the
    floor."""

    thread: Thread
    residents: int | None
    groups: tuple[int, ...]
    bridges: tuple[Statement, ...]
    options: tuple[OptionAgreement, ...]


def of_thread(session: Session, principal: Principal, kind: str, subject_id: str, *, now: datetime) -> Opinions:
    """The opinions of a thread, for members of its community."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    options = _by_option(session, thread) if kind == "contest" else ()
    statements = _statements(session, thread)
    people, matrix, reacted = _matrix(session, [one.id for one in statements])
    if people < FLOOR:
        return Opinions(thread, None, (), (), options)
    found = opinion_groups.find(matrix, reacted)
    views = comment_view.lines(session, principal, statements, thread.now)
    bridges = [
        Statement(
            view, tuple(stand if stand.reacted >= FLOOR else None for stand in stands), opinion_groups.bridge(stands)
        )
        for view, stands in zip(views, found.stands, strict=True)
        if all(stand.reacted >= FLOOR for stand in stands)
    ]
    bridges.sort(key=lambda one: (-one.bridge, one.view.comment.id))
    return Opinions(thread, people, found.sizes, tuple(bridges[:BRIDGES]), options)


def _statements(session: Session, thread: Thread) -> tuple[Comment, ...]:
    reactions = col(Comment.supports) + col(Comment.opposes) + col(Comment.passes)
    query = select(Comment).where(*comment_pages.shown(thread), Comment.branch == thread.key)
    return tuple(session.exec(query.order_by(reactions.desc(), col(Comment.id)).limit(MOST_STATEMENTS)))


def _matrix(session: Session, statements: list[str]) -> tuple[int, np.ndarray, np.ndarray]:
    """Residents, their stances, and where they have one. Rows are in no order that tells who is who."""
    columns = {statement: column for column, statement in enumerate(statements)}
    found = session.exec(
        select(CommentReaction.person_id, CommentReaction.comment_id, CommentReaction.stance)
        .where(col(CommentReaction.comment_id).in_(statements))
        .order_by(col(CommentReaction.person_id), col(CommentReaction.comment_id))
    ).all()
    rows: dict[str, int] = {}
    for person, _, _ in found:
        if len(rows) < MOST_RESIDENTS:
            rows.setdefault(person, len(rows))
    matrix = np.zeros((len(rows), len(statements)), dtype=np.int8)
    reacted = np.zeros(matrix.shape, dtype=np.bool_)
    for person, statement, stance in found:
        if person in rows:
            matrix[rows[person], columns[statement]] = stance
            reacted[rows[person], columns[statement]] = True
    return len(rows), matrix, reacted


def _by_option(session: Session, thread: Thread) -> tuple[OptionAgreement, ...]:
    """For each option how many people say that they are for or against it in its thread: the newest alignment of each
    author."""
    found = []
    for option_id in comment_subjects.options_of(session, thread.id):
        said = session.exec(
            select(Comment.author_id, Comment.alignment)
            .where(*comment_pages.shown(thread, f"option:{option_id}"), Comment.branch == f"option:{option_id}")
            .order_by(col(Comment.id))
        )
        stands = {author: alignment for author, alignment in said if author is not None}
        enough = len(stands) >= FLOOR
        figures = (len(stands), sum(one > 0 for one in stands.values()), sum(one < 0 for one in stands.values()))
        found.append(OptionAgreement(option_id, *(figures if enough else (None, None, None))))
    return tuple(found)
