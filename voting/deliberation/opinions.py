"""What residents agree on, from their reactions: by option of a contest, and the statements that bridge groups of opinion.

Statements are the comments that stand directly under a subject and are shown; residents are those who reacted to at least
one. Never a figure of fewer than `opinion_groups.FLOOR` residents, never a resident.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from voting.deliberation.opinion_shelf import Bridge, Counted, OpinionShelf

MOST_STATEMENTS = 300
"""Those with most reactions are looked at."""
MOST_RESIDENTS = 20_000
BRIDGES = 10


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the stand of every group, largest group first. Of each group at least the floor has reacted."""

    view: CommentView
    stands: tuple[Stand, ...]
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
    counted_at: datetime | None = None
    """The community's time of the count, where it was made for somebody who asked before."""


def of_thread(
    session: Session,
    principal: Principal,
    kind: str,
    subject_id: str,
    *,
    shelf: OpinionShelf | None = None,
    now: datetime,
) -> Opinions:
    """The opinions of a thread, for members of its community. With a shelf those of a large one may be some seconds
    old; what was hidden since is never shown."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    options = _by_option(session, thread) if kind == "contest" else ()
    kept = (shelf or OpinionShelf()).counted(thread.key, lambda: _count(session, thread), thread.now)
    counted = kept.counted
    bridges = _bridges(session, principal, thread, counted.bridges)
    return Opinions(thread, counted.residents, counted.groups, bridges, options, kept.at)


def _count(session: Session, thread: Thread) -> Counted:
    statements = [one.id for one in _statements(session, thread)]
    people, matrix, reacted = _matrix(session, statements)
    if people < FLOOR:
        return Counted()
    found = opinion_groups.find(matrix, reacted)
    bridges = [
        Bridge(statement, stands, opinion_groups.bridge(stands))
        for statement, stands in zip(statements, found.stands, strict=True)
        if all(stand.reacted >= FLOOR for stand in stands)
    ]
    bridges.sort(key=lambda one: (-one.bridge, one.comment_id))
    return Counted(people, found.sizes, tuple(bridges[:BRIDGES]))


def _bridges(
    session: Session, principal: Principal, thread: Thread, bridges: Sequence[Bridge]
) -> tuple[Statement, ...]:
    """Those of the statements that everybody is shown now, with their texts."""
    wanted = col(Comment.id).in_([one.comment_id for one in bridges])
    rows = tuple(session.exec(select(Comment).where(*comment_pages.shown(thread), wanted)))
    views = {view.comment.id: view for view in comment_view.lines(session, principal, rows, thread.now)}
    return tuple(
        Statement(views[one.comment_id], tuple(one.stands), one.bridge) for one in bridges if one.comment_id in views
    )


def _statements(session: Session, thread: Thread) -> tuple[Comment, ...]:
    reactions = col(Comment.supports) + col(Comment.opposes) + col(Comment.passes)
    query = select(Comment).where(*comment_pages.shown(thread), Comment.branch == thread.key)
    return tuple(session.exec(query.order_by(reactions.desc(), col(Comment.id)).limit(MOST_STATEMENTS)))


def _matrix(session: Session, statements: list[str]) -> tuple[int, np.ndarray, np.ndarray]:
    """Residents, their stances, and where they have one. Whose a row is, nothing outside tells."""
    columns = {statement: column for column, statement in enumerate(statements)}
    found = session.execute(
        select(CommentReaction.person_id, CommentReaction.comment_id, CommentReaction.stance).where(
            col(CommentReaction.comment_id).in_(statements)
        )
    ).all()
    rows = {person: row for row, person in enumerate(sorted({one[0] for one in found})[:MOST_RESIDENTS])}
    count = len(found)
    row = np.fromiter((rows.get(one[0], -1) for one in found), dtype=np.int64, count=count)
    column = np.fromiter((columns[one[1]] for one in found), dtype=np.int64, count=count)
    stance = np.fromiter((one[2] for one in found), dtype=np.int8, count=count)
    matrix = np.zeros((len(rows), len(statements)), dtype=np.int8)
    reacted = np.zeros(matrix.shape, dtype=np.bool_)
    known = row >= 0
    matrix[row[known], column[known]] = stance[known]
    reacted[row[known], column[known]] = True
    return len(rows), matrix, reacted


def _by_option(session: Session, thread: Thread) -> tuple[OptionAgreement, ...]:
    """For each option how many people say that they are for or against it in its thread: the newest alignment of each
    author."""
    found = []
    for option_id, key in comment_subjects.options_of(session, thread.id):
        said = session.exec(
            select(Comment.author_id, Comment.alignment)
            .where(*comment_pages.shown(thread, key), Comment.branch == key)
            .order_by(col(Comment.id))
        )
        stands = {author: alignment for author, alignment in said if author is not None}
        enough = len(stands) >= FLOOR
        figures = (len(stands), sum(one > 0 for one in stands.values()), sum(one < 0 for one in stands.values()))
        found.append(OptionAgreement(option_id, *(figures if enough else (None, None, None))))
    return tuple(found)
