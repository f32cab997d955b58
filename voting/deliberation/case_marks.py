"""Whether moderation has touched a thing since one looked last, for those who wait at it: the versions of its cases, summed.

A case rises with every flag and every decision; what a moderator's word changes about a thing is told of the case in the
journal, and not of the thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from voting.deliberation import moderated
from voting.deliberation.moderation_tables import ModerationCase

Subject = tuple[str, str]
"""Kind and id of what a case is about."""


def of_subjects(session: Session, subjects: Collection[Subject]) -> Mapping[Subject, int]:
    """A number for each thing that has cases, by one statement; none where nothing asked for can be moderated."""
    wanted = sorted(subject for subject in subjects if subject[0] in moderated.kinds())
    if not wanted:
        return {}
    about = (col(ModerationCase.subject_kind), col(ModerationCase.subject_id))
    query = select(*about, func.sum(ModerationCase.version)).where(tuple_(*about).in_(wanted)).group_by(*about)
    return {(kind, identifier): int(versions) for kind, identifier, versions in session.exec(query)}
