"""The moves of a contest: notice, open, extend, close, count, publish, annul. `voting.contests.certifying` has the others.

Each asks who may, asks the machine, changes the row and writes one event, in one transaction that holds the row: a cast
that comes at the same moment is either wholly before the move or sees it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, literal, null
from sqlmodel import Session, col, select

from voting.community import search_index
from voting.contests import closing, counting, entries, moving, queries, ruling
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, Participation
from voting.core import lifecycle, privacy
from voting.core.authority import Principal
from voting.core.contests import CONTEST
from voting.core.count.tiebreak import LOTS
from voting.core.evidence.events import Annulled, Counted, Extended, LotDrawn
from voting.errors import Conflict, Invalid
from voting.log import journal, logs
from voting.log.journal import EventFact
from voting.roll.tables import RollEntry


def notice(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Publish the notice. The notice period runs from here; the draft is no longer editable."""
    loaded, state = moving.begin(session, principal, contest_id, "notice", now)
    loaded.contest.noticed_at = loaded.now
    if loaded.contest.channel == "external":
        loaded.contest.rule = ruling.frozen(session, loaded.contest)
    return moving.end(
        session, principal, loaded, state, "noticed", facts={"closes_at": _written(loaded.contest.closes_at)}
    )


def open_(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Open the box: everybody on the sealed roll stands on the participation list, and nothing of the question changes."""
    loaded, state = moving.begin(session, principal, contest_id, "open", now)
    contest, roll = loaded.contest, loaded.roll
    listed = select(literal(contest.id), col(RollEntry.id), null()).where(RollEntry.roll_id == roll.id)
    session.execute(insert(Participation).from_select(["contest_id", "entry_id", "channel"], listed))
    contest.electors = roll.electors
    contest.rule = ruling.frozen(session, contest)
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
    return moving.end(session, principal, loaded, state, "opened", facts=facts)


def extend(
    session: Session, principal: Principal, contest_id: str, *, closes_at: datetime, reason: str | None, now: datetime
) -> Loaded:
    """Move the end, before it has come and by no more days in all than the terms allow."""
    loaded, state = moving.begin(session, principal, contest_id, "extend", now, reason)
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
    return moving.end(session, principal, loaded, state, "extended", reason, {"closes_at": _written(closes_at)})


def close(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Close the box: at its end, or before it when everybody has cast. `voting.contests.closing` finishes what is begun."""
    loaded, state = moving.begin(session, principal, contest_id, "close", now)
    loaded.contest.closed_at = loaded.now
    row = closing.begin(session, loaded.contest)
    facts = {"electors": loaded.contest.electors, "cast": row.box_size, "checked": row.checked}
    return moving.end(session, principal, loaded, state, "closed", facts=facts)


def count(
    session: Session, principal: Principal, contest_id: str, *, lot_seed: str | None = None, now: datetime
) -> Loaded:
    """Count the box, or find the contest inconclusive when its turnout floor is missed.

    `lot_seed` are dice drawn after the close, for a contest that opened without: asked for when a tie needs them.
    """
    loaded, state = moving.begin(session, principal, contest_id, "count", now)
    contest = loaded.contest
    turnout = queries.turnout(session, contest)
    if not loaded.terms.floor_is_met(turnout.cast, turnout.electors):
        state = lifecycle.move(CONTEST, contest.state, "find_inconclusive", queries.facts(session, loaded))
        return _counted(
            session, principal, loaded, state, "found_inconclusive", counting.document(contest, turnout, None)
        )
    _draw_lot(session, loaded, lot_seed)
    found = counting.tally(session, contest, contest.lot_seed)
    if counting.waits_for_lot(contest, found, contest.lot_seed):
        raise Conflict("tie_needs_lot")
    return _counted(session, principal, loaded, state, "counted", counting.document(contest, turnout, found))


def _draw_lot(session: Session, loaded: Loaded, seed: str | None) -> None:
    """Take dice that were drawn after the close, where the rules give ties to a lot and no dice were drawn before."""
    contest = loaded.contest
    if seed is None:
        return
    if contest.lot_seed is not None:
        raise Conflict("lot_already_drawn")
    if contest.rules.get("tie_break") not in LOTS:
        raise Conflict("lot_not_needed")
    contest.lot_seed = seed
    logs.append_event(session, contest.id, LotDrawn(loaded.now, seed))


def _counted(
    session: Session, principal: Principal, loaded: Loaded, state: str, kind: str, result: dict[str, Any]
) -> Loaded:
    tally = moving.keep(session, loaded, result)
    logs.append_event(session, loaded.contest.id, Counted(loaded.now, tally.result_hash, tally.id))
    return moving.end(session, principal, loaded, state, kind, facts=moving.told(tally))


def publish(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Show the provisional result to everybody. The objection period runs from here."""
    loaded, state = moving.begin(session, principal, contest_id, "publish", now)
    contest = loaded.contest
    contest.provisional_at = loaded.now
    found = search_index.Subject(contest.community_id, "result", contest.id, loaded.now)
    search_index.put(session, found, contest.question, _labels(session, contest))
    return moving.end(session, principal, loaded, state, "published")


def _labels(session: Session, contest: Contest) -> dict[str, str]:
    """What could be chosen, in every language: a result is found by it."""
    options = queries.options(session, contest.id)
    return {tag: " · ".join(option.label[tag] for option in options if tag in option.label) for tag in contest.question}


def annul(session: Session, principal: Principal, contest_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Declare the contest void, with a reason. It stays on record."""
    loaded, state = moving.begin(session, principal, contest_id, "annul", now, reason)
    if loaded.contest.opened_at is not None:
        logs.append_event(session, contest_id, Annulled(loaded.now, reason or ""))
        if loaded.contest.closed_at is None:
            # Whoever had cast by then: the files must not tell whose ballot is whose.
            closing.begin(session, loaded.contest)
    return moving.end(session, principal, loaded, state, "annulled", reason)


def _first_end(session: Session, contest: Contest) -> datetime:
    """When the contest was to end before any extension: its `opened` event says so."""
    events = journal.of(session, "contest", contest.id, limit=200)
    opened = next((event for event in events if event.kind == "opened"), None)
    return contest.closes_at if opened is None else datetime.fromisoformat(opened.facts["closes_at"])


def _written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
