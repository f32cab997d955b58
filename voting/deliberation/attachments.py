"""Attachments of proposals: added by the authors while the text may change, removed by them or by a reviewer, with a reason.

The journal holds H("text", salt ‖ SHA-256 of the bytes, hexadecimal). Whoever has the file and the salt can check it; when a
file is removed its bytes and the salt are gone, and every proof stays valid. Bytes are kept before the row and forgotten with
it: what a failure between the two leaves is a file that nobody is told of, or a row whose file is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from voting.access import idempotency
from voting.community.queries import Action
from voting.core import authority, lifecycle, texts
from voting.core.authority import Principal, Subject
from voting.core.evidence import journal_entries
from voting.core.evidence.hashes import SIZE
from voting.core.proposals import PROPOSAL
from voting.deliberation import attachment_files, attachment_notes, proposal_moves, proposal_queries
from voting.deliberation.attachment_files import File
from voting.deliberation.attachment_store import Shelf
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Attachment
from voting.errors import Conflict, NotFound, Unavailable
from voting.ids import random_id
from voting.roll.queries import known
from voting.store import reading

MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """An attachment and what this caller may do with it."""

    attachment: Attachment
    actions: tuple[Action, ...] = ()


def prepared(engine: Engine, principal: Principal, proposal_id: str, data: bytes, *, now: datetime) -> File:
    """The file as it will be kept: an image drawn anew, a PDF written anew. First whether the caller may attach it.

    No connection is held while that takes its time.
    """
    with reading(engine) as session:
        loaded = proposal_queries.load(session, principal, proposal_id, now, "proposal.attach")
        lifecycle.move(PROPOSAL, loaded.proposal.state, "attach", proposal_queries.facts(session, principal, loaded))
    return attachment_files.cleaned(data)


@contextmanager
def shelved(shelf: Shelf, file: File, *, dry_run: bool = False) -> Iterator[str]:
    """The id under which the bytes are kept, before a transaction begins that a slow store would hold up. They are
    forgotten if the work within fails."""
    identifier = random_id("att")
    if dry_run:
        yield identifier
        return
    shelf.put(identifier, file.data)
    try:
        yield identifier
    except BaseException:
        with suppress(Unavailable):
            shelf.delete(identifier)
        raise


def add(
    session: Session, principal: Principal, proposal_id: str, name: str, file: File, identifier: str, *, now: datetime
) -> AttachmentView:
    """Attach a file, as `prepared` and `shelved`."""
    loaded, _ = proposal_moves.begin(session, principal, proposal_id, "attach", now)
    name = texts.accept(name, "/name", most=MOST_NAME)
    salt = secrets.token_bytes(SIZE)
    row = Attachment(
        id=identifier,
        community_id=loaded.proposal.community_id,
        proposal_id=proposal_id,
        author_id=principal.id,
        name=name,
        media_type=file.media_type,
        size=len(file.data),
        width=file.width,
        height=file.height,
        sha256=file.sha256,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, file.sha256.hex()),
        created_at=loaded.now,
    )
    session.add(row)
    session.flush()
    attachment_notes.note(session, principal, row, "added", None, state_of(loaded), loaded.now)
    return _view(principal, loaded, row)


def get(session: Session, principal: Principal, attachment_id: str, *, now: datetime) -> AttachmentView:
    """One attachment, for whoever may read its proposal."""
    loaded, row = _load(session, principal, attachment_id, now)
    return _view(principal, loaded, row)


def content(
    session: Session, principal: Principal, shelf: Shelf, attachment_id: str, *, now: datetime
) -> tuple[Attachment, bytes]:
    """An attachment with its bytes."""
    _, row = _load(session, principal, attachment_id, now)
    if row.removed_at is not None:
        raise NotFound("attachment_gone", id=attachment_id)
    return row, shelf.get(row.id)


def page(
    session: Session, principal: Principal, proposal_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[AttachmentView, ...]:
    """At most `limit` attachments of a proposal behind the id `after`; removed ones leave their place. None of a proposal that
    this caller is not shown."""
    if not proposal_queries.sight_of(principal, proposal_queries.load(session, principal, proposal_id, now)).is_shown:
        return ()
    query = select(Attachment).where(Attachment.proposal_id == proposal_id)
    if after is not None:
        query = query.where(col(Attachment.id) > after)
    return tuple(AttachmentView(row) for row in session.exec(query.order_by(col(Attachment.id)).limit(limit)))


def remove(
    session: Session,
    principal: Principal,
    shelf: Shelf,
    attachment_id: str,
    *,
    reason: str | None,
    dry_run: bool = False,
    now: datetime,
) -> AttachmentView:
    """Forget a file, with the reason. Its place and its hash stand."""
    loaded, row = _load(session, principal, attachment_id, now, hold=True)
    authority.require(principal, "attachment.remove", _subject(principal, loaded))
    if row.removed_at is not None:
        raise Conflict("attachment_removed_already")
    lifecycle.check_reason(reason, "remove")
    # Whoever has a file can tell by its hash that it was this one.
    row.removed_at, row.salt, row.sha256, row.name = loaded.now, None, b"", ""
    session.flush()
    idempotency.forget(session, row.id)
    attachment_notes.note(
        session, principal, row, "removed", state_of(loaded), state_of(loaded, removed=True), loaded.now, reason
    )
    if not dry_run:
        shelf.delete(row.id)
    return _view(principal, loaded, row)


def state_of(loaded: Loaded, *, removed: bool = False) -> str:
    """`kept` and `dropped` before the proposal is published, when nobody knows of it; `attached` and `removed` after."""
    is_public = loaded.proposal.published_at is not None
    return ("removed" if is_public else "dropped") if removed else ("attached" if is_public else "kept")


def _load(
    session: Session, principal: Principal, attachment_id: str, now: datetime, *, hold: bool = False
) -> tuple[Loaded, Attachment]:
    row = session.get(Attachment, attachment_id)
    if row is None:
        known(principal)
        raise NotFound("attachment_not_found", id=attachment_id)
    try:
        loaded = proposal_queries.load(session, principal, row.proposal_id, now, hold=hold)
    except NotFound as error:
        raise NotFound("attachment_not_found", id=attachment_id) from error
    if not proposal_queries.sight_of(principal, loaded).is_shown:
        raise NotFound("attachment_not_found", id=attachment_id)
    if hold:
        session.refresh(row, with_for_update=True)
    return loaded, row


def _subject(principal: Principal, loaded: Loaded) -> Subject:
    """About the caller where they are an author."""
    return replace(loaded.subject, person_id=principal.id if loaded.is_author(principal) else None)


def _view(principal: Principal, loaded: Loaded, row: Attachment) -> AttachmentView:
    decision = authority.may(principal, "attachment.remove", _subject(principal, loaded))
    code = "attachment_removed_already" if decision.allowed and row.removed_at is not None else decision.code
    return AttachmentView(row, (Action("remove", code is None, code),))
