"""What posting a comment shares with editing it: the draft, its limits, mentions, its place in the tree, its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from voting.community.tables import Person
from voting.core.authority import Principal
from voting.core.evidence import journal_entries
from voting.deliberation import search, thread_marks
from voting.deliberation.comment_tables import Comment
from voting.errors import Invalid
from voting.log import journal

MOST_CHARACTERS = 5000
MOST_MENTIONS = 20
ALIGNMENTS = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says."""

    text: str
    alignment: int = 0
    parent_id: str | None = None
    mentions: Sequence[str] = ()


def check_mentions(session: Session, community_id: str, mentions: Sequence[str]) -> tuple[str, ...]:
    """The persons named, each once. Raises Invalid for too many, or one who is not of the community."""
    named = tuple(dict.fromkeys(mentions))
    if not named:
        return ()
    if len(named) > MOST_MENTIONS:
        raise Invalid.at("/mentions", "too_many_mentions", limit=MOST_MENTIONS, got=len(named))
    known = set(session.exec(select(Person.id).where(Person.community_id == community_id, col(Person.id).in_(named))))
    for place, one in enumerate(mentions):
        if one not in known:
            raise Invalid.at(f"/mentions/{place}", "person_not_found", id=one[:60])
    return named


def note(
    session: Session,
    principal: Principal,
    comment: Comment,
    kind: str,
    at: datetime,
    *,
    from_state: str | None,
    **facts: journal.EventFact,
) -> None:
    """Write one event about a comment, with the hash of its text as long as there is one, and wake who waits at its
    thread."""
    thread_marks.stir_by(session, comment)
    is_said = comment.text is not None and comment.salt is not None and comment.state != "retracted"
    journal.record(
        session,
        community_id=comment.community_id,
        subject_kind="comment",
        subject_id=comment.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=comment.state,
        text=journal_entries.text_hash(comment.salt or b"", comment.text or "") if is_said else None,
        facts={"thread": comment.thread, **facts},
    )
    search.shelve_comment(session, comment)


def count_reply(session: Session, parent: Comment) -> None:
    """One more reply stands below the comment. Its version stays."""
    counted = update(Comment).where(col(Comment.id) == parent.id).values(replies=Comment.replies + 1)
    session.execute(counted.execution_options(synchronize_session=False))


def path_below(parent: Comment | None, comment_id: str) -> str:
    """Where the comment stands in the order of the tree."""
    return (parent.path or "" if parent else "") + comment_id.partition("_")[2]
