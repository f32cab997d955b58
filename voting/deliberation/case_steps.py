"""What is kept of each step of a case, and what the journal is told of it: the rule, and the reason as a salted hash."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from voting.core.authority import Principal
from voting.core.evidence import journal_entries
from voting.deliberation import comment_texts
from voting.deliberation.moderation_tables import ModerationCase, ModerationStep
from voting.ids import timed_id
from voting.log import journal
from voting.log.tables import Event


def keep(
    session: Session,
    principal: Principal,
    community_id: str,
    case_id: str | None,
    subject_kind: str,
    kind: str,
    rule_id: str,
    reason: str | None,
    at: datetime,
) -> ModerationStep:
    """Keep a step with its reason. Flushed."""
    salt = None if reason is None else comment_texts.salt()
    # Who flagged stands with the flags, where it can be erased with the person.
    step = ModerationStep(
        id=timed_id("mst", at),
        community_id=community_id,
        case_id=case_id,
        subject_kind=subject_kind,
        kind=kind,
        rule_id=rule_id,
        actor_id=None if kind == "flagged" else principal.id,
        reason=reason,
        salt=salt,
        at=at,
    )
    session.add(step)
    session.flush()
    return step


def has_taken(session: Session, principal: Principal, case_id: str) -> bool:
    """Whether the caller took the case at any time."""
    took = select(Event.id).where(
        Event.subject_kind == "moderation_case",
        Event.subject_id == case_id,
        Event.kind == "taken",
        Event.actor_id == principal.id,
    )
    return session.exec(took.limit(1)).first() is not None


def text_of(step: ModerationStep | None) -> bytes | None:
    """The hash of a step's reason, as the journal has it."""
    if step is None or step.reason is None or step.salt is None:
        return None
    return journal_entries.text_hash(step.salt, step.reason)


def note(
    session: Session,
    principal: Principal,
    case: ModerationCase,
    kind: str,
    at: datetime,
    *,
    from_state: str | None,
    step: ModerationStep | None = None,
    **facts: journal.EventFact,
) -> None:
    """Write one event about a case."""
    journal.record(
        session,
        community_id=case.community_id,
        subject_kind="moderation_case",
        subject_id=case.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=case.state,
        text=text_of(step),
        facts={"about": case.subject_id, **({"rule": step.rule_id} if step else {}), **facts},
    )


def note_flag(
    session: Session, principal: Principal, case: ModerationCase, at: datetime, *, opens: bool, hides: bool
) -> None:
    """Write the one event of a flag: it opens a case, hides what it is about, or is one more."""
    until = case.hidden_until.isoformat().replace("+00:00", "Z") if hides and case.hidden_until else None
    kind = "hidden_for_review" if hides else "opened" if opens else "flagged"
    note(session, principal, case, kind, at, from_state=None if opens else case.state, until=until)
