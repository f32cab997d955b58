"""After the publication: certify, challenge, recount, correct. Whatever is found, the earlier finding stays on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.contests import counting, moving, queries, results, sealing, statements_signed
from voting.contests.queries import Loaded
from voting.contests.tables import Closing, Tally
from voting.core.authority import Principal
from voting.core.evidence import bundle_box
from voting.core.evidence.events import Certified, Challenged, Corrected, Recounted
from voting.errors import Conflict
from voting.log import logs


def certify(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Certify the result after the objection period, with the officials' signatures. It never changes any more."""
    loaded, state = moving.begin(session, principal, contest_id, "certify", now)
    contest = loaded.contest
    if contest.opened_at is None:
        # Held on an official system: it has neither a box nor a log here.
        return moving.end(session, principal, loaded, state, "certified")
    close, result = statements_signed.close(session, contest), statements_signed.result(session, contest)
    assert close is not None, "it was closed"
    assert result is not None, "it was counted"
    certified = Certified(loaded.now, _newest(session, loaded).result_hash, close.note.data, result.note.data)
    logs.append_event(session, contest_id, certified)
    return moving.end(session, principal, loaded, state, "certified")


def challenge(session: Session, principal: Principal, contest_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Record that the result is contested: it is not certified before a recount."""
    loaded, state = moving.begin(session, principal, contest_id, "challenge", now, reason)
    logs.append_event(session, contest_id, Challenged(loaded.now, reason or ""))
    return moving.end(session, principal, loaded, state, "challenged", reason)


def recount(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Loaded:
    """Count the sealed box again by the same rules. The event says whether the result is the same."""
    loaded, state = moving.begin(session, principal, contest_id, "recount", now)
    before = _newest(session, loaded).result_hash
    tally = moving.keep(session, loaded, _again(session, loaded))
    logs.append_event(session, contest_id, Recounted(loaded.now, tally.result_hash, tally.id))
    facts = moving.told(tally) | {"same": tally.result_hash == before}
    return moving.end(session, principal, loaded, state, "recounted", facts=facts)


def correct(session: Session, principal: Principal, contest_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Put another result in place of a certified one, where the same box counts otherwise today: a fault of the counting.

    Raises `Conflict` where it does not. The certified result stays on record.
    """
    loaded, state = moving.begin(session, principal, contest_id, "correct", now, reason)
    replaced = _newest(session, loaded).result_hash
    result = _again(session, loaded)
    if counting.hash_of(result) == replaced:
        raise Conflict("nothing_to_correct")
    tally = moving.keep(session, loaded, result)
    logs.append_event(session, contest_id, Corrected(loaded.now, replaced, tally.result_hash, reason or ""))
    facts = moving.told(tally) | {"replaces": replaced.hex()}
    return moving.end(session, principal, loaded, state, "corrected", reason, facts)


def _again(session: Session, loaded: Loaded) -> dict[str, Any]:
    """The result of the sealed box, which must be the one that was closed, as it counts today."""
    contest = loaded.contest
    options = tuple(option.id for option in queries.options(session, contest.id))
    size, root = bundle_box.root(sealing.rows(session, contest.id), options)
    row = session.get_one(Closing, contest.id)
    if (size, root) != (row.box_size, row.box_root):
        raise Conflict("box_is_not_the_sealed_one", expected=row.box_size, got=size)
    found = counting.tally(session, contest, contest.lot_seed)
    return counting.document(contest, queries.turnout(session, contest), found)


def _newest(session: Session, loaded: Loaded) -> Tally:
    found = results.newest(session, loaded.contest.id)
    assert found is not None, "it was counted"
    return found
