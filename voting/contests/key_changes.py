"""An official signs with another key from here on: lost, or known to others. k officials sign that; the log keeps it.

What was signed with the old key before stays signed. Only while the contest is open: afterwards there is nothing left to
protect but the count of signatures itself.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.contests import moving, officials, queries, signing, statements_signed
from voting.contests.officials import Official
from voting.contests.queries import Loaded
from voting.contests.statements_signed import Statement
from voting.contests.tables import Contest
from voting.core.authority import Principal
from voting.core.evidence import statements
from voting.core.evidence.events import KeyChanged
from voting.core.evidence.notes import Note
from voting.errors import Conflict, Fault, Invalid
from voting.log import logs
from voting.log.tables import Log

NAME = "key-change"


def statement(
    session: Session, principal: Principal, contest_id: str, *, name: str, new_key: str, now: datetime
) -> Statement:
    """What k officials sign before the key of `name` changes. Nothing of it is stored."""
    loaded = queries.load(session, principal, contest_id, now)
    return statements_signed.collected(
        session, loaded.contest, NAME, _text(session, loaded, name, new_key), loaded.contest.k
    )


def change(
    session: Session,
    principal: Principal,
    contest_id: str,
    *,
    name: str,
    new_key: str,
    reason: str | None,
    lines: str,
    now: datetime,
) -> Loaded:
    """Change the key of an official, with k signatures of the officials' present keys."""
    loaded, state = moving.begin(session, principal, contest_id, "change_key", now, reason)
    contest = loaded.contest
    text = _text(session, loaded, name, new_key)
    signed = dict(signing.verified(contest, text, lines))
    if len(signed) < contest.k:
        raise Conflict("signatures_missing", needed=contest.k, got=len(signed))
    old_key = _key_of(contest, name)
    note = Note(text, tuple(signed.values())).data
    logs.append_event(session, contest.id, KeyChanged(loaded.now, name, old_key, new_key, reason or "", note))
    contest.officials = officials.as_document(_changed(contest, name, new_key))
    facts = {"name": name, "old_key": old_key, "new_key": new_key}
    return moving.end(session, principal, loaded, state, "key_changed", reason, facts)


def _text(session: Session, loaded: Loaded, name: str, new_key: str) -> str:
    """The statement, after the new key was found to be one that may stand there."""
    contest = loaded.contest
    old_key = _key_of(contest, name)
    found = [fault.code for fault in officials.faults(_changed(contest, name, new_key), contest.k)]
    if found or new_key == old_key:
        raise Invalid([Fault("/new_key", code) for code in found or ["official_key_twice"]])
    log = session.get(Log, contest.id)
    if log is None or log.origin is None:
        raise Conflict("nothing_to_sign_yet", state=contest.state)
    return statements.key_change(log.origin, name, old_key, new_key)


def _key_of(contest: Contest, name: str) -> str:
    found = next((one for one in officials.of_document(contest.officials) if one.name == name), None)
    if found is None:
        raise Invalid.at("/name", "not_an_official", name=name)
    return found.key


def _changed(contest: Contest, name: str, new_key: str) -> list[Official]:
    named = officials.of_document(contest.officials)
    return [Official(one.name, new_key if one.name == name else one.key) for one in named]
