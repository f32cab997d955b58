"""One transaction's worth of casting: every waiting ballot of one contest, decided and written by set-based statements.

An elector is checked off, the ballot goes into the box and its commitment before the sequencer in the same transaction (in
an open vote also the link from the elector to the slot), or none of it happens. The check-off is conditional and holds the
row, so that two processes that meet over one elector queue and the second sees the first. Who was already checked off is
answered from the box: the same slot, seq and marks again are the same receipt; a later seq with the slot's secret
replaces the ballot where the contest allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from voting.contests.statements import Held, Poll, Statements, Stored
from voting.errors import Conflict, Forbidden, Invalid, NotFound, YishiError
from voting.log.integration import MARGIN

CADENCE = MARGIN
AT_CLOSE_BELOW = 500
"""Rolls of fewer electors are integrated at the close: a batch of a minute might hold one ballot only."""


def cadence_of(electors: int) -> int:
    """Seconds between two batches of the contest's log; 0 where there is one batch, at the close."""
    return 0 if electors < AT_CLOSE_BELOW else CADENCE.seconds


@dataclass(frozen=True, slots=True)
class Cast:
    """One legal ballot on its way into the box."""

    contest_id: str
    person_id: str
    slot: bytes
    seq: int
    ballot: bytes
    commitment: bytes
    shown: bool = False
    """Whether the slot's secret was shown: a revision needs it."""
    dry_run: bool = False
    proxy_id: str | None = None
    """The proxy by which the person votes for another elector."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ballot is in the box. `resent`: it already was. The receipt is written after the commit."""

    integrate_by: datetime
    resent: bool = False
    receipt: str = ""


Outcome: TypeAlias = Accepted | YishiError


class Lost(Exception):
    """A row that this transaction holds changed under it: roll back and decide again."""


class Clash(Exception):
    """A slot or commitment is taken: roll back and decide again, carefully."""


def integrate_by(poll: Poll, now: datetime) -> datetime:
    """When a ballot cast now is promised to be in the log: the end of the next cadence period, or soon after the close.

    The close may come as late as the terms allow an extension to make it.
    """
    if cadence_of(poll.electors) == 0:
        return poll.closes_at + poll.extension + MARGIN
    second = now.replace(microsecond=0)
    return second - timedelta(seconds=second.second % CADENCE.seconds) + 2 * CADENCE


def write(
    statements: Statements, casts: Sequence[Cast], clock: Callable[[], datetime], careful: bool = False
) -> list[Outcome]:
    """Decide and write ballots of one contest on an open transaction. One outcome each, in the order given.

    `careful` looks for taken slots and commitments first; without it a batch that meets one raises `Clash`.
    """
    poll = statements.poll()
    if poll is None:
        return [NotFound("contest_not_found", id=casts[0].contest_id) for _ in casts]
    now = clock() + poll.clock_offset
    batch = _Batch(statements, poll, integrate_by(poll, now), casts, careful)
    return batch.decide(_refusal(poll, now))


def _refusal(poll: Poll, now: datetime) -> YishiError | None:
    if poll.state != "open":
        return Conflict("contest_not_open", state=poll.state)
    if now >= poll.closes_at:
        return Conflict("voting_is_over", closes_at=poll.closes_at.isoformat())
    return None


class _Batch:
    """The casts of one transaction and what became of each, by place in the batch."""

    def __init__(self, statements: Statements, poll: Poll, due: datetime, casts: Sequence[Cast], careful: bool) -> None:
        self._statements = statements
        self._poll = poll
        self._due = due
        self._casts = casts
        self._careful = careful
        self._outcomes: dict[int, Outcome] = {}
        self._channels: dict[str, str | None] = {}
        self._entries: dict[int, str] = {}

    def decide(self, refusal: YishiError | None) -> list[Outcome]:
        """First the electors not yet checked off, then everybody else against what the box then holds."""
        self._find_electors(refusal)
        if refusal is None:
            while first := self._claims():
                self._claim(first)
        if followers := [place for place in self._entries if place not in self._outcomes]:
            self._follow(followers, refusal)
        return [self._outcomes[place] for place in range(len(self._casts))]

    def _find_electors(self, refusal: YishiError | None) -> None:
        found = self._statements.electors(self._poll.roll_id, sorted({cast.person_id for cast in self._casts}))
        proxies = sorted({cast.proxy_id for cast in self._casts if cast.proxy_id is not None})
        held = self._statements.proxied(self._poll.roll_id, proxies) if proxies else {}
        for place, cast in enumerate(self._casts):
            elector = found.get(cast.person_id) if cast.proxy_id is None else _principal(cast, held)
            if elector is None:
                self._outcomes[place] = refusal or Forbidden(_against(cast, held))
                continue
            entry, channel = elector
            self._entries[place] = entry
            self._channels[entry] = channel

    def _claims(self) -> list[int]:
        """The first undecided cast of each elector not checked off; never two of one slot or commitment at once."""
        entries: set[str] = set()
        values: set[bytes] = set()
        claims = []
        for place, entry in self._entries.items():
            cast = self._casts[place]
            if place in self._outcomes or self._channels[entry] is not None or entry in entries:
                continue
            if cast.slot in values or cast.commitment in values:
                continue
            entries.add(entry)
            values.update((cast.slot, cast.commitment))
            claims.append(place)
        return claims

    def _claim(self, claims: Sequence[int]) -> None:
        if self._careful:
            claims = self._unclashing(claims)
            if not claims:
                return
        casts = [self._casts[place] for place in claims]
        entries = {self._entries[place] for place in claims}
        if self._statements.add_commitments((cast.commitment for cast in casts), self._due) != len(casts):
            raise Clash
        if self._statements.add_ballots((cast.slot, cast.seq, cast.ballot) for cast in casts) != len(casts):
            raise Clash
        if self._statements.check_off(entries) != len(entries):
            raise Lost
        if self._poll.is_open_vote:
            links = [(self._entries[place], self._casts[place].slot) for place in claims]
            if self._statements.add_links(links) != len(links):
                raise Lost
        self._channels.update(dict.fromkeys(entries, "online"))
        self._outcomes.update(dict.fromkeys(claims, Accepted(self._due)))

    def _unclashing(self, claims: Sequence[int]) -> list[int]:
        """The claims of free slots and commitments; the others are refused, and their electors not checked off."""
        slots = self._statements.stored([self._casts[place].slot for place in claims])
        commitments = self._statements.promised([self._casts[place].commitment for place in claims])
        for place in claims:
            if self._casts[place].slot in slots:
                self._outcomes[place] = Conflict("slot_taken")
            elif self._casts[place].commitment in commitments:
                self._outcomes[place] = Conflict("commitment_taken")
        return [place for place in claims if place not in self._outcomes]

    def _follow(self, followers: Sequence[int], refusal: YishiError | None) -> None:
        stored = self._statements.stored(sorted({self._casts[place].slot for place in followers}))
        promised = self._statements.promised(sorted({self._casts[place].commitment for place in followers}))
        for place in followers:
            cast = self._casts[place]
            outcome = _follower(cast, self._channels[self._entries[place]], stored, promised, self._poll, refusal)
            self._outcomes[place] = self._revise(cast, stored, promised) if outcome is None else outcome

    def _revise(self, cast: Cast, stored: dict[bytes, Stored], promised: dict[bytes, datetime]) -> Outcome:
        if self._statements.add_commitments([cast.commitment], self._due) != 1:
            return Conflict("commitment_taken")
        if not self._statements.revise(cast.slot, cast.seq, cast.ballot):
            raise Lost
        stored[cast.slot] = Stored(cast.seq, cast.ballot)
        promised[cast.commitment] = self._due
        return Accepted(self._due)


def _principal(cast: Cast, held: Mapping[str, Held]) -> tuple[str, str | None] | None:
    """The elector that a proxy votes for, and the channel of the check-off; nothing where the proxy is not the caller's.

    A revoked proxy still answers for an elector who has cast: a ballot sent again gets its receipt.
    """
    proxy = held.get(cast.proxy_id or "")
    if proxy is None or proxy.agent_id != cast.person_id:
        return None
    if proxy.channel is None and (proxy.is_revoked or proxy.agent_stands):
        return None
    return proxy.entry_id, proxy.channel


def _against(cast: Cast, held: Mapping[str, Held]) -> str:
    """Why nobody is found for whom the caller casts."""
    proxy = held.get(cast.proxy_id or "")
    if proxy is not None and proxy.agent_id == cast.person_id and not proxy.is_revoked:
        return "proxy_held_by_candidate"
    return "proxy_not_valid" if cast.proxy_id else "not_on_roll"


def _follower(
    cast: Cast,
    channel: str | None,
    stored: Mapping[bytes, Stored],
    promised: Mapping[bytes, datetime],
    poll: Poll,
    refusal: YishiError | None,
) -> Outcome | None:
    """What a cast after the check-off is: a resend, a refusal, or (nothing) a revision to be written."""
    found = stored.get(cast.slot) if channel == "online" else None
    if found == Stored(cast.seq, cast.ballot) and cast.commitment in promised:
        return Accepted(promised[cast.commitment], resent=True)
    if refusal is not None:
        return refusal
    if found is None:
        return Conflict("already_cast")
    if found.seq == cast.seq:
        return Conflict("ballot_differs", seq=cast.seq)
    if not poll.revoting:
        return Conflict("revoting_not_allowed")
    if not cast.shown:
        return Invalid.at("/secret", "secret_required")
    return Conflict("older_revision", seq=cast.seq) if cast.seq < found.seq else None
