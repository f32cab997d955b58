"""Reading a community's journal from where one left off: what changed since, and the proof that nothing before was changed.

Everybody reads the entries. Those who watch over the community are also told who acted and why, with the salts of the hashes
that say so in the entries, as long as nobody had them erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.core.evidence import canonical, checkpoints, notes, tiles
from voting.errors import Conflict, Invalid
from voting.log import cosigning, reads, storage
from voting.log.reads import Consistency
from voting.log.tables import Event, JournalSalt, Log


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens the hashes of an entry. A salt is 32 bytes."""

    actor_id: str
    actor_salt: bytes
    reason: str | None = None
    reason_salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class JournalItem:
    """An entry with its place, and what opens it for those who may know."""

    index: int
    entry: Mapping[str, object]
    opened: Opened | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """Entries behind `since`, the newest checkpoint and, where `since` is no empty journal, the proof that it extends it."""

    log: Log
    since: int
    items: Sequence[JournalItem]
    checkpoint: bytes
    consistency: Consistency | None


def read(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    since: str = "0",
    after: int | None = None,
    limit: int = 50,
) -> Journal:
    """At most `limit` entries behind `since`, which is a size or a checkpoint's note, and behind the index `after`.

    Raises NotFound before the first public event, Invalid for a size that the journal never had, Conflict for a
    checkpoint that is not one of this journal.
    """
    log = reads.signed(session, community_id)
    size = _size(session, log, since)
    begin = size if after is None else max(size, after + 1)
    entries = storage.entries(session, log.id, begin, min(begin + limit, log.signed_size)) if limit else ()
    opened = _opened(session, principal, log, begin, begin + len(entries))
    items = [JournalItem(index, _document(entry), opened.get(index)) for index, entry in enumerate(entries, begin)]
    proven = reads.consistency(session, log.id, size, log.signed_size) if size else None
    return Journal(log, size, items, cosigning.cosigned(session, log).data, proven)


def _size(session: Session, log: Log, since: str) -> int:
    if since.isascii() and since.isdigit() and len(since) < 16:
        size = int(since)
        if size > log.signed_size:
            raise Invalid.at("/since", "sizes_out_of_range", size=log.signed_size)
        return size
    try:
        kept = checkpoints.parse_text(notes.parse(since.encode()).text)
    except Invalid as error:
        raise Invalid.at("/since", "since_malformed") from error
    known = kept.origin == log.origin and kept.size <= log.signed_size
    if not known or tiles.root(kept.size, storage.reader(session, log.id)) != kept.root:
        raise Conflict("checkpoint_not_ours", origin=kept.origin, size=kept.size)
    return kept.size


def _document(entry: bytes) -> Mapping[str, object]:
    value = canonical.parse(entry)
    assert isinstance(value, dict), "entries are objects"
    return value


_PEOPLE = {"moderation_case": "moderation.read", "problem_report": "problem_report.read_reporter"}
"""Kinds of subject whose people are told to those who deal with them alone → the act that shows them there."""


def _opened(session: Session, principal: Principal, log: Log, begin: int, end: int) -> dict[int, Opened]:
    """Index → what opens the entry, for those who may know and as long as the salts are kept."""
    subject = Subject(log.community_id, kind="community")
    if not authority.may(principal, "journal.open", subject).allowed:
        return {}
    closed = [kind for kind, act in _PEOPLE.items() if not authority.may(principal, act, subject).allowed]
    rows = session.exec(
        select(JournalSalt, Event)
        .join(Event, col(Event.id) == col(JournalSalt.event_id))
        .where(
            JournalSalt.community_id == log.community_id,
            JournalSalt.number > begin,
            JournalSalt.number <= end,
            col(JournalSalt.actor_salt).is_not(None),
            col(Event.subject_kind).not_in(closed),
        )
    )
    return {
        salt.number - 1: Opened(event.actor_id, salt.actor_salt or b"", event.reason, salt.reason_salt)
        for salt, event in rows
    }
