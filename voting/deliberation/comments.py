"""Editing and taking back a comment, and reading one with what it said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from voting.community.queries import Expectation
from voting.core import authority, lifecycle, texts
from voting.core.authority import Principal
from voting.core.evidence import journal_entries
from voting.core.moderation import COMMENT, SHOWN
from voting.deliberation import (
    cases,
    comment_posting,
    comment_texts,
    comment_view,
    moderation_policy,
    sanctions,
    thread_marks,
)
from voting.deliberation.comment_posting import MOST_CHARACTERS
from voting.deliberation.comment_tables import Comment, CommentMention, CommentVersion
from voting.deliberation.comment_view import CommentView, Loaded
from voting.log.tables import Event


@dataclass(frozen=True, slots=True)
class Version:
    """What a comment said, and the salt that opens its hash in the journal."""

    edition: int
    alignment: int
    text: str
    salt: bytes
    written_at: datetime


def get(session: Session, principal: Principal, comment_id: str, *, now: datetime) -> CommentView:
    """One comment, for members of its community."""
    return comment_view.one(session, principal, comment_view.load(session, principal, comment_id, now))


def edit(
    session: Session,
    principal: Principal,
    comment_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    *,
    now: datetime,
) -> CommentView:
    """New words, alignment or mentions. What it said before is kept for everybody to read; reactions stay."""
    loaded = _held(session, principal, comment_id, "edit", now)
    comment = loaded.comment
    expects(comment.version)
    before = comment.state
    sanctions.refuse(session, principal, "comment", loaded.thread.now)
    facts = comment_view.facts(session, principal, loaded)
    forbids = authority.forbids(principal, "comment", loaded.subject())
    state = lifecycle.move(COMMENT, before, "edit", facts, forbids=forbids)
    if state == "visible" and moderation_policy.of(session, comment.community_id).pre_check:
        state = lifecycle.move(COMMENT, before, "edit_for_check", facts)
    text = texts.accept(changes["text"], "/text", most=MOST_CHARACTERS) if "text" in changes else comment.text
    alignment = changes.get("alignment", comment.alignment)
    if "mentions" in changes:
        _mention(session, comment, changes["mentions"])
    _keep(session, comment)
    salt = None if text is None else comment_texts.salt()
    comment.text, comment.salt, comment.alignment, comment.state = text, salt, alignment, state
    comment.rule_id = None
    comment.edition, comment.edited_at = comment.edition + 1, loaded.thread.now
    session.flush()
    comment_posting.note(
        session, principal, comment, "edited", loaded.thread.now, from_state=before, edition=comment.edition
    )
    return comment_view.one(session, principal, loaded)


def retract(session: Session, principal: Principal, comment_id: str, *, now: datetime) -> CommentView:
    """Take a comment back; an undecided case about it is dropped. A tombstone keeps its place, so that replies stand
    somewhere."""
    loaded = _held(session, principal, comment_id, "retract", now)
    comment = loaded.comment
    before = comment.state
    facts, forbids = (
        comment_view.facts(session, principal, loaded),
        authority.forbids(principal, "comment", loaded.subject()),
    )
    comment.state = lifecycle.move(COMMENT, before, "retract", facts, forbids=forbids)
    thread_marks.stir_by(session, comment)
    cases.drop(session, principal, comment.case_id, loaded.thread.now)
    comment.hidden_until = comment.rule_id = None
    session.flush()
    comment_posting.note(session, principal, comment, "retracted", loaded.thread.now, from_state=before)
    return comment_view.one(session, principal, loaded)


def versions(
    session: Session, principal: Principal, comment_id: str, after: int | None, limit: int, *, now: datetime
) -> tuple[Version, ...]:
    """At most `limit` versions behind the edition `after`, oldest first; none of a comment that this caller is not
    shown. What was never shown, because a check came before, only its author and moderators read."""
    loaded = comment_view.load(session, principal, comment_id, now)
    if comment_view.one(session, principal, loaded).text is None:
        return ()
    shown = None if comment_view.sees_hidden(principal, loaded) else _shown(session, comment_id)
    found: list[Version] = []
    seen = after or 0
    while len(found) < limit:
        kept = _kept(session, comment_id, seen, limit)
        if not kept:
            break
        seen = kept[-1].edition
        found += [version for version in map(_version, kept) if shown is None or _hash(version) in shown]
    found = found[:limit]
    newest = loaded.comment
    if len(found) < limit and (after is None or newest.edition > after):
        at = newest.edited_at or newest.created_at
        found.append(Version(newest.edition, newest.alignment, newest.text or "", newest.salt or b"", at))
    return tuple(found)


def _kept(session: Session, comment_id: str, after: int, limit: int) -> Sequence[CommentVersion]:
    """At most `limit` former texts behind the edition `after` that were not erased."""
    query = select(CommentVersion).where(
        CommentVersion.comment_id == comment_id,
        CommentVersion.edition > after,
        col(CommentVersion.text).is_not(None),
    )
    return session.exec(query.order_by(col(CommentVersion.edition)).limit(limit)).all()


def _shown(session: Session, comment_id: str) -> frozenset[str]:
    """The hashes of the texts that were ever shown, in hexadecimal: each came with an event that says so."""
    told = select(Event.facts).where(
        Event.subject_kind == "comment", Event.subject_id == comment_id, col(Event.to_state).in_(SHOWN)
    )
    return frozenset(facts["text"] for facts in session.exec(told) if "text" in facts)


def _hash(version: Version) -> str:
    return journal_entries.text_hash(version.salt, version.text).hex()


def _held(session: Session, principal: Principal, comment_id: str, command: str, now: datetime) -> Loaded:
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    authority.require(principal, f"comment.{command}", loaded.subject())
    return loaded


def _keep(session: Session, comment: Comment) -> None:
    values = {
        "comment_id": comment.id,
        "edition": comment.edition,
        "alignment": comment.alignment,
        "text": comment.text,
        "salt": comment.salt,
        "written_at": comment.edited_at or comment.created_at,
    }
    session.execute(insert(CommentVersion), [values])


def _mention(session: Session, comment: Comment, mentions: Sequence[str]) -> None:
    named = comment_posting.check_mentions(session, comment.community_id, mentions)
    session.execute(delete(CommentMention).where(col(CommentMention.comment_id) == comment.id))
    if named:
        session.execute(insert(CommentMention), [{"comment_id": comment.id, "person_id": one} for one in named])


def _version(row: CommentVersion) -> Version:
    return Version(row.edition, row.alignment, row.text or "", row.salt or b"", row.written_at)
