"""The moves of a contest: notice, open, extend, close, count, publish, certify, annul.

Each asks who may, asks the machine, changes the row and writes one event, in one transaction that holds the row: a cast
that comes at the same moment is either wholly before the move or sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, literal, null
from sqlmodel import Session, col, select

from voting.contests import closing, counting, entries, queries, ruling
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, Participation, Tally
from voting.core import lifecycle, privacy
from voting.core.authority import Principal
from voting.core.evidence.events import Annulled, Extended
from voting.core.lifecycle import CONTEST, contest_machine
from voting.errors import Conflict, Invalid
from voting.ids import timed_id
from voting.log import journal, logs
from voting.log.journal import EventFact
from voting.roll.tables import RollEntry


def notice(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Publish the notice. The notice period runs from here; the draft is no longer editable."""
    loaded, state = _may(session, principal, contest_id, "notice", now)
    loaded.contest.noticed_at = loaded.now
    if loaded.contest.channel == "external":
        loaded.contest.rule = ruling.frozen(loaded.contest)
    return _done(session, principal, loaded, state, "noticed", facts={"closes_at": _written(loaded.contest.closes_at)})


def open_(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Open the box: everybody on the sealed roll stands on the participation list, and nothing of the question changes."""
    loaded, state = _may(session, principal, contest_id, "open", now)
    contest, roll = loaded.contest, loaded.roll
    listed = select(literal(contest.id), col(RollEntry.id), null()).where(RollEntry.roll_id == roll.id)
    session.execute(insert(Participation).from_select(["contest_id", "entry_id", "channel"], listed))
    contest.electors = roll.electors
    contest.rule = ruling.frozen(contest)
    contest.opened_at = loaded.now
    options = queries.options(session, contest.id)
    form = queries.form(contest, options)
    contest.publish_mode = privacy.settled(contest.publish_mode, roll.electors, form)
    entries.open_log(session, contest, options, roll)
    facts: dict[str, EventFact] = {
        "closes_at": _written(contest.closes_at),
        "electors": roll.electors,
        "roll_root": roll.root.hex() if roll.root else "",
        "options": [option.id for option in options],
    }
    if contest.rule is not None:
        facts |= {"rule": contest.rule["id"], "rule_version": contest.rule["version"]}
    return _done(session, principal, loaded, state, "opened", facts=facts)


def extend(
    session: Session, principal: Principal, contest_id: str, *, closes_at: datetime, reason: str | None, now: datetime
) -> Loaded:
    """Move the end, before it has come and by no more days in all than the terms allow."""
    loaded, state = _may(session, principal, contest_id, "extend", now, reason)
    contest = loaded.contest
    first_end = _first_end(session, contest)
    last = first_end + timedelta(days=loaded.terms.extension_max_days)
    last = min(last, ruling.last_end(session, contest, first_end) or last)
    if not contest.closes_at < closes_at <= last:
        facts = {"after": _written(contest.closes_at), "until": _written(last)}
        raise Invalid.at("/closes_at", "extension_out_of_range", **facts)
    too_long = ruling.window_faults(session, contest, closes_at)
    if too_long:
        raise Invalid(too_long)
    contest.closes_at = closes_at
    logs.append_event(session, contest.id, Extended(loaded.now, closes_at, reason or ""))
    return _done(session, principal, loaded, state, "extended", reason, {"closes_at": _written(closes_at)})


def close(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Close the box: at its end, or before it when everybody has cast. `voting.contests.closing` finishes what is begun."""
    loaded, state = _may(session, principal, contest_id, "close", now)
    loaded.contest.closed_at = loaded.now
    row = closing.begin(session, loaded.contest)
    facts = {"electors": loaded.contest.electors, "cast": row.box_size, "checked": row.checked}
    return _done(session, principal, loaded, state, "closed", facts=facts)


def count(
    session: Session, principal: Principal, contest_id: str, *, lot_seed: str | None = None, now: datetime
) -> Loaded:
    """Count the box, or find the contest inconclusive when its turnout floor is missed.

    `lot_seed` are dice drawn after the close, for a contest that opened without: asked for when a tie needs them.
    """
    loaded, state = _may(session, principal, contest_id, "count", now)
    contest = loaded.contest
    turnout = queries.turnout(session, contest)
    if not loaded.terms.floor_is_met(turnout.cast, turnout.electors):
        state = lifecycle.move(CONTEST, contest.state, "find_inconclusive", queries.facts(session, loaded))
        result = counting.document(contest, turnout, None)
        return _done(session, principal, loaded, state, "found_inconclusive", facts=_store(session, loaded, result))
    if lot_seed is not None and contest.lot_seed is not None:
        raise Conflict("lot_already_drawn")
    seed = contest.lot_seed or lot_seed
    found = counting.tally(session, contest, seed)
    if counting.waits_for_lot(contest, found, seed):
        raise Conflict("tie_needs_lot")
    contest.lot_seed = seed
    result = counting.document(contest, turnout, found)
    return _done(session, principal, loaded, state, "counted", facts=_store(session, loaded, result))


def publish(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Show the provisional result to everybody. The objection period runs from here."""
    loaded, state = _may(session, principal, contest_id, "publish", now)
    loaded.contest.provisional_at = loaded.now
    return _done(session, principal, loaded, state, "published")


def certify(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Certify the result after the objection period. Nothing of the contest changes any more."""
    loaded, state = _may(session, principal, contest_id, "certify", now)
    return _done(session, principal, loaded, state, "certified")


def annul(session: Session, principal: Principal, contest_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Declare the contest void, with a reason. It stays on record."""
    loaded, state = _may(session, principal, contest_id, "annul", now, reason)
    if loaded.contest.opened_at is not None:
        logs.append_event(session, contest_id, Annulled(loaded.now, reason or ""))
    return _done(session, principal, loaded, state, "annulled", reason)


def _may(
    session: Session, principal: Principal, contest_id: str, command: str, now: datetime, reason: str | None = None
) -> tuple[Loaded, str]:
    """The contest, held, and the state the command leads to."""
    loaded = queries.load(session, principal, contest_id, now, f"contest.{command}", hold=True)
    machine = contest_machine(loaded.contest.channel)
    return loaded, lifecycle.move(machine, loaded.contest.state, command, queries.facts(session, loaded), reason)


def _done(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    state: str,
    kind: str,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> Loaded:
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


def _store(session: Session, loaded: Loaded, result: dict[str, object]) -> dict[str, EventFact]:
    digest = counting.hash_of(result)
    identifier = timed_id("tal", loaded.now)
    session.add(
        Tally(
            id=identifier,
            community_id=loaded.contest.community_id,
            contest_id=loaded.contest.id,
            counted_at=loaded.now,
            result=result,
            result_hash=digest,
        )
    )
    return {"tally": identifier, "result_hash": digest.hex()}


def _first_end(session: Session, contest: Contest) -> datetime:
    """When the contest was to end before any extension: its `opened` event says so."""
    events = journal.of(session, "contest", contest.id, limit=200)
    opened = next((event for event in events if event.kind == "opened"), None)
    return contest.closes_at if opened is None else datetime.fromisoformat(opened.facts["closes_at"])


def _written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
