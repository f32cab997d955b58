"""Minutes: drafted by those who organise, published, corrected with a reason, erased version by version.

The journal holds H("text", salt ‖ canonical {"body"}) of each version. Whoever has text and salt can check it; when a version
is erased both are gone, and every proof stays valid.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from voting.access import idempotency
from voting.core import activities, authority, lifecycle, paragraphs, texts
from voting.core.activities import ACTIVITY, MINUTES
from voting.core.authority import Principal
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.errors import Conflict, Fault, Invalid
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.programme import activity_queries, minutes_queries, minutes_search
from voting.programme.minutes_queries import Loaded
from voting.programme.tables import Minutes, MinutesVersion


def draft(
    session: Session, principal: Principal, activity_id: str, body: Mapping[str, str], *, now: datetime
) -> Loaded:
    """Begin the minutes of an activity that has taken place. Only those who organise read them before publication."""
    about = activity_queries.load(session, principal, activity_id, now, "activity.draft_minutes", hold=True)
    lifecycle.move(ACTIVITY, about.activity.state, "draft_minutes", activity_queries.facts(session, about))
    said = _checked(body)
    minutes = Minutes(
        id=timed_id("mnt", about.now),
        community_id=about.activity.community_id,
        activity_id=activity_id,
        since=about.now,
        created_at=about.now,
    )
    session.add(minutes)
    session.flush()
    loaded = Loaded(minutes, about.activity, about.now)
    kept = _write(session, principal, loaded, said, None)
    note(session, principal, loaded, kept, "drafted", None)
    return loaded


def edit(
    session: Session, principal: Principal, loaded: Loaded, body: Mapping[str, str], *, reason: str | None = None
) -> Loaded:
    """Another version of held minutes: of a draft, or, with the reason, a correction of what is published."""
    minutes, command = loaded.minutes, require_edit(principal, loaded)
    lifecycle.move(MINUTES, minutes.state, command, minutes_queries.facts(session, minutes), reason)
    if reason is not None:
        reason = texts.accept(reason, "/reason", most=activities.MOST_REASON)
    said = _checked(body)
    if minutes_queries.version(session, minutes.id, minutes.number).body == said:
        return loaded
    minutes.number += 1
    kept = _write(session, principal, loaded, said, reason)
    minutes_search.shelve(session, loaded.activity, minutes, kept)
    note(session, principal, loaded, kept, _DONE[command], minutes.state, reason=reason)
    return loaded


def require_edit(principal: Principal, loaded: Loaded) -> str:
    """The command that an edit is: `edit` of a draft, `correct` of what is published. Raises Forbidden."""
    command = "edit" if loaded.minutes.state == MINUTES.initial else "correct"
    authority.require(principal, f"minutes.{command}", loaded.subject)
    return command


def publish(session: Session, principal: Principal, minutes_id: str, *, now: datetime) -> Loaded:
    """Let everybody of the community read the minutes."""
    loaded = minutes_queries.load(session, principal, minutes_id, now, "minutes.publish", hold=True)
    minutes, before = loaded.minutes, loaded.minutes.state
    minutes.state = lifecycle.move(MINUTES, before, "publish", minutes_queries.facts(session, minutes))
    minutes.since, minutes.published_number = loaded.now, minutes.number
    kept = minutes_queries.version(session, minutes.id, minutes.number)
    minutes_search.shelve(session, loaded.activity, minutes, kept)
    note(session, principal, loaded, kept, "published", before)
    return loaded


def erase(
    session: Session, principal: Principal, minutes_id: str, number: int, *, reason: str | None, now: datetime
) -> MinutesVersion:
    """Forget what a version said, and its salt. Its place and its hash stand; the reason is told."""
    loaded = minutes_queries.load(session, principal, minutes_id, now, "minutes.erase_version", hold=True)
    kept = minutes_queries.version(session, minutes_id, number)
    if kept.erased_at is not None:
        raise Conflict("version_erased_already", number=number)
    lifecycle.check_reason(reason, "erase_version")
    kept.body, kept.reason, kept.salt, kept.erased_at = {}, None, None, loaded.now
    minutes_search.shelve(session, loaded.activity, loaded.minutes, kept)
    idempotency.forget(session, minutes_id)
    note(session, principal, loaded, kept, "version_erased", loaded.minutes.state, reason=reason)
    return kept


_DONE = {"edit": "edited", "correct": "corrected"}
"""Command → what the event says of it."""


def note(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    kept: MinutesVersion,
    kind: str,
    from_state: str | None,
    *,
    reason: str | None = None,
) -> None:
    """Write what happened to the minutes."""
    session.flush()
    told: dict[str, EventFact] = {"activity": loaded.activity.id, "number": kept.number}
    journal.record(
        session,
        community_id=loaded.minutes.community_id,
        subject_kind="minutes",
        subject_id=loaded.minutes.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=from_state,
        to_state=loaded.minutes.state,
        reason=reason,
        text=kept.text_hash,
        facts=told,
    )


def _checked(body: Mapping[str, str]) -> dict[str, str]:
    said = texts.accept_local(body, "/body", most=activities.MOST_MINUTES)
    faults = [
        Fault(f"/body/{tag}", "too_many_paragraphs", {"limit": paragraphs.MOST_PARAGRAPHS})
        for tag, one in said.items()
        if len(paragraphs.paragraphs(one)) > paragraphs.MOST_PARAGRAPHS
    ]
    if faults:
        raise Invalid(faults)
    return said


def _write(
    session: Session, principal: Principal, loaded: Loaded, body: dict[str, str], reason: str | None
) -> MinutesVersion:
    salt = secrets.token_bytes(SIZE)
    kept = MinutesVersion(
        minutes_id=loaded.minutes.id,
        number=loaded.minutes.number,
        community_id=loaded.minutes.community_id,
        body=body,
        reason=reason,
        author_id=principal.id,
        created_at=loaded.now,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, canonical.encode({"body": body}).decode()),
    )
    session.add(kept)
    session.flush()
    return kept
