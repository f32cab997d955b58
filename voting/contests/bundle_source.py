"""What a bundle is made from: whoever asks may have it, the result is published, the log is signed to its end.

Everything here is small: rows, and the events from the close on. The large parts are streamed when the bundle is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from sqlmodel import Session

from voting.contests import queries, results, statements_signed
from voting.contests.queries import Loaded
from voting.contests.tables import Tally
from voting.core.authority import Principal
from voting.core.count.formats.results import Status
from voting.core.evidence import bundle, bundle_schemas, canonical, events
from voting.core.evidence.bundle import Tier
from voting.core.evidence.events import Closed, Corrected, Counted, Event, Opened, Recounted
from voting.errors import Conflict, Unavailable
from voting.log import cosigning, logs, storage
from voting.log.keys import LogKeys
from voting.log.tables import Log

ACTS: Mapping[Tier, str] = {"public": "contest.read", "auditor": "contest.read_withheld"}
_RESULTS = (Counted, Recounted, Corrected)
_BEHIND_FOR = 2
"""Seconds after which a log that lags behind its events is asked for again."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a bundle is signed with, and the public keys that it names: of receipts, as JWK."""

    logs: LogKeys
    receipts: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A published contest, ready to be put into a bundle."""

    loaded: Loaded
    tier: Tier
    log: Log
    checkpoint: bytes
    opening: bytes
    """The entry `opened`."""
    opened: Opened
    closed: Closed
    close_note: bytes
    result_note: bytes
    """What officials sign, as signed so far."""
    told: Counted | Recounted | Corrected
    """The event that gave the result its hash."""
    status: Status
    tally: Tally

    @property
    def origin(self) -> str:
        """The name of the log."""
        assert self.log.origin is not None, "the log is signed"
        return self.log.origin

    @property
    def stamp(self) -> bytes:
        """Sources of one stamp are bundles of the same bytes: it covers all that can still change."""
        return stamped(
            self.tier.encode(),
            self.loaded.contest.state.encode(),
            self.checkpoint,
            self.close_note,
            self.result_note,
            *shipped().values(),
            canonical.encode(bundle_schemas.SCHEMAS),
        )


def of(session: Session, principal: Principal, contest_id: str, tier: Tier, *, now: datetime) -> Source:
    """The source of a bundle. Raises `Conflict` before the publication, where nothing was counted and where the vote is held
    on an official system, `Unavailable` while the log has not been signed to its end."""
    loaded = queries.load(session, principal, contest_id, now, ACTS[tier])
    contest = loaded.contest
    results.refuse_external(contest)
    if contest.state == "inconclusive":
        raise Conflict("nothing_was_counted")
    tally = results.newest(session, contest_id)
    if tally is None:
        raise Conflict("not_counted_yet", state=contest.state)
    if contest.provisional_at is None:
        raise Conflict("not_published_yet", state=contest.state)
    log = logs.get(session, contest_id)
    if log.checkpoint is None or (log.integrated, log.signed_size) != (log.appended, log.size):
        raise Unavailable("log_behind", retry_after=_BEHIND_FOR, id=contest_id)
    opening = storage.entry(session, contest_id, 0)
    opened = events.parse(opening)
    since = _since_close(session, log)
    closed, told = since[0], next(event for event in reversed(since) if isinstance(event, _RESULTS))
    assert isinstance(opened, Opened), "the first entry of a contest's log"
    assert isinstance(closed, Closed), "the search ends there"
    close, result = statements_signed.close(session, contest), statements_signed.result(session, contest)
    assert close is not None, "the close stands in the log"
    assert result is not None, "there is a tally"
    return Source(
        loaded=loaded,
        tier=tier,
        log=log,
        checkpoint=cosigning.cosigned(session, log).data,
        opening=opening,
        opened=opened,
        closed=closed,
        close_note=close.note.data,
        result_note=result.note.data,
        told=told,
        status=_status(since),
        tally=tally,
    )


@cache
def shipped() -> Mapping[str, bytes]:
    """The verifier and its guide, as they are installed beside the service."""
    folder = resources.files("clients") / "verifier"
    return {name: (folder / name).read_bytes() for name in (bundle.GUIDE, bundle.VERIFIER)}


def stamped(*parts: bytes) -> bytes:
    """SHA-256 over parts, each after its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _since_close(session: Session, log: Log) -> list[Event]:
    """The events from `closed` on: there is no commitment behind it."""
    found: list[Event] = []
    for index in reversed(range(log.size)):
        event = events.parse(storage.entry(session, log.id, index))
        found.insert(0, event)
        if isinstance(event, Closed):
            return found
    raise Conflict("evidence_does_not_hold", part="log")


def _status(since: Sequence[Event]) -> Status:
    """How a result stands, in the words of NIST SP 1500-100."""
    kinds = {events.type_of(event) for event in since}
    told: tuple[tuple[str, Status], ...] = (
        ("corrected", "correction"),
        ("certified", "certified"),
        ("recounted", "recount"),
    )
    return next((status for kind, status in told if kind in kinds), "unofficial-complete")
