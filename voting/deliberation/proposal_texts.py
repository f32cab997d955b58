"""The texts of a proposal: checked, kept as versions with a salt each, compared by paragraphs, erased.

The journal holds H("text", salt ‖ canonical {"body", "title"}) of each version. Whoever has text and salt can check it; when a
version is erased both are gone, and every proof stays valid.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from voting.access import idempotency
from voting.core import lifecycle, paragraphs, proposals, texts
from voting.core.authority import Principal
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.core.paragraphs import Step
from voting.deliberation import proposal_queries, search
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Proposal, ProposalVersion
from voting.errors import Conflict, Fault, Invalid
from voting.log import journal


@dataclass(frozen=True, slots=True)
class Text:
    """What a proposal says: locale → text, title and body in the same languages."""

    title: Mapping[str, str]
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the body became another in one language, and both titles."""

    locale: str
    old_title: str | None
    new_title: str | None
    steps: tuple[Step, ...]


def checked(text: Text) -> Text:
    """The text in NFC. Raises `Invalid` where it is refused, or where title and body are not in the same languages."""
    title = texts.accept_local(text.title, "/title", most=proposals.MOST_TITLE)
    body = texts.accept_local(text.body, "/body", most=proposals.MOST_BODY)
    faults = [
        Fault(f"/body/{tag}", "too_many_paragraphs", {"limit": paragraphs.MOST_PARAGRAPHS})
        for tag, one in body.items()
        if len(paragraphs.paragraphs(one)) > paragraphs.MOST_PARAGRAPHS
    ]
    if set(title) != set(body):
        facts = {"title": sorted(title), "body": sorted(body)}
        faults.append(Fault("/body", "languages_differ", facts))
    if faults:
        raise Invalid(faults)
    return Text(title, body)


def write(
    session: Session,
    proposal: Proposal,
    text: Text,
    author_id: str,
    now: datetime,
    *,
    minor: bool = False,
    note: str | None = None,
) -> ProposalVersion:
    """Keep a checked text as the proposal's newest version."""
    salt = secrets.token_bytes(SIZE)
    kept = ProposalVersion(
        proposal_id=proposal.id,
        number=proposal.number,
        community_id=proposal.community_id,
        title=dict(text.title),
        body=dict(text.body),
        minor=minor,
        note=note,
        author_id=author_id,
        created_at=now,
        salt=salt,
        text_hash=digest(salt, text.title, text.body),
    )
    session.add(kept)
    session.flush()
    return kept


def digest(salt: bytes, title: Mapping[str, str], body: Mapping[str, str]) -> bytes:
    """The salted hash of a version, as the journal has it."""
    document = canonical.encode({"body": dict(body), "title": dict(title)}).decode()
    return journal_entries.text_hash(salt, document)


def compare(
    session: Session, principal: Principal, proposal_id: str, old: int, new: int, *, now: datetime
) -> tuple[Comparison, ...]:
    """How version `old` became version `new`, in every language that one of them has; nothing of a proposal that this caller
    is not shown."""
    loaded = proposal_queries.load(session, principal, proposal_id, now)
    if not proposal_queries.sight_of(principal, loaded).is_shown:
        return ()
    before = proposal_queries.version(session, proposal_id, old)
    after = proposal_queries.version(session, proposal_id, new)
    return tuple(
        Comparison(
            locale,
            before.title.get(locale),
            after.title.get(locale),
            paragraphs.compare(before.body.get(locale, ""), after.body.get(locale, "")),
        )
        for locale in sorted({*before.body, *after.body})
    )


def erase(
    session: Session, principal: Principal, proposal_id: str, number: int, *, reason: str | None, now: datetime
) -> tuple[Loaded, ProposalVersion]:
    """Forget what a version said, and its salt. Its place, its author and its hash stand; the reason is told."""
    loaded = proposal_queries.load(session, principal, proposal_id, now, "proposal.erase_version", hold=True)
    kept = proposal_queries.version(session, proposal_id, number)
    if proposal_queries.has_written(session, principal, loaded):
        raise Conflict("author_never_reviews")
    if kept.erased_at is not None:
        raise Conflict("version_erased_already", number=number)
    lifecycle.check_reason(reason, "erase_version")
    kept.title, kept.body, kept.note, kept.salt, kept.erased_at = {}, {}, None, None, loaded.now
    search.shelve(session, loaded.proposal, kept)
    idempotency.forget(session, proposal_id)
    session.flush()
    journal.record(
        session,
        community_id=kept.community_id,
        subject_kind="proposal",
        subject_id=proposal_id,
        kind="version_erased",
        actor_id=principal.id,
        now=loaded.now,
        from_state=loaded.proposal.state,
        to_state=loaded.proposal.state,
        reason=reason,
        text=kept.text_hash,
        facts={"number": number},
    )
    return loaded, kept
