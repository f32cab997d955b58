"""What every move of a contest shares: it is held, the machine is asked, the row changes, one event is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.contests import counting, queries
from voting.contests.queries import Loaded
from voting.contests.tables import Tally
from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.core.contests import contest_machine
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact


def begin(
    session: Session, principal: Principal, contest_id: str, command: str, now: datetime, reason: str | None = None
) -> tuple[Loaded, str]:
    """The contest, held, and the state the command leads to."""
    loaded = queries.load(session, principal, contest_id, now, f"contest.{command}", hold=True)
    machine = contest_machine(loaded.contest.channel)
    forbids = authority.forbids(principal, "contest", loaded.subject)
    return loaded, lifecycle.move(
        machine, loaded.contest.state, command, queries.facts(session, loaded), reason, forbids
    )


def end(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    state: str,
    kind: str,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> Loaded:
    """Write the event and bring the contest into its new state."""
    contest = loaded.contest
    journal.record(
        session,
        community_id=contest.community_id,
        subject_kind="contest",
        subject_id=contest.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=contest.state,
        to_state=state,
        reason=reason,
        facts=facts,
    )
    contest.state = state
    session.flush()
    return loaded


def keep(session: Session, loaded: Loaded, result: dict[str, Any]) -> Tally:
    """Store what a count found, for good."""
    tally = Tally(
        id=timed_id("tal", loaded.now),
        community_id=loaded.contest.community_id,
        contest_id=loaded.contest.id,
        counted_at=loaded.now,
        result=result,
        result_hash=counting.hash_of(result),
    )
    session.add(tally)
    session.flush()
    return tally


def told(tally: Tally) -> dict[str, EventFact]:
    """A tally as the facts of an event."""
    return {"tally": tally.id, "result_hash": tally.result_hash.hex()}
