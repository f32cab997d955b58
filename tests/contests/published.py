"""A published contest with its log: cast, closed, counted and signed, with secrets that every run shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlmodel import Session, select

from clients.python.ballots import Opening
from tests.contests import world
from tests.contests.world import CONTEST, DAY, NOW, OPTIONS, PLACES
from voting.contests import closing, moves
from voting.contests import signing as signatures
from voting.contests.tables import BoxRow, Contest, Participation
from voting.core import box
from voting.core.authority import SYSTEM
from voting.core.evidence import hashes
from voting.core.evidence.events import Event
from voting.core.evidence.notes import Signer
from voting.log import logs, sequencer
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Signing
from voting.log.tables import CastCommitment
from voting.roll.tables import RollEntry
from voting.store import reader, transact

KEYS = LogKeys(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), "yishi.test")
ORIGIN = KEYS.origin("contest", CONTEST)
COUNTED, LATER = NOW + DAY, NOW + 2 * DAY
DICE = "31415926535897932384"


def rankings(voters: int) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """What so many voters mark: of every length, some of them nothing at all; never drawn, always the same."""
    orders = [
        sorted(OPTIONS, key=lambda option, n=n: hashes.digest("rank", b"%d" % n, option.encode()))
        for n in range(voters)
    ]
    return tuple(tuple((option,) for option in order[: (number + 3) % 5]) for number, order in enumerate(orders))


@dataclass(frozen=True)
class Poll:
    """Who may vote and what is cast. `contest` are columns of the contest."""

    electors: int = 20
    ballots: Sequence[Sequence[Sequence[str]]] = field(default_factory=lambda: rankings(12))
    contest: dict[str, Any] = field(default_factory=dict)
    officials: tuple[Signer, ...] = ()
    k: int = 0
    signers: tuple[Signer, ...] = ()
    """Officials who sign the close."""
    drawn: str | None = None
    """Dice for the count, where none were drawn before."""
    revotes: frozenset[int] = frozenset()
    """Voters who cast something else first."""

    def openings(self) -> tuple[Opening, ...]:
        """What each voter keeps of the last ballot."""
        return tuple(
            _opening(number, 1 if number in self.revotes else 0, ranking) for number, ranking in enumerate(self.ballots)
        )

    @property
    def replaced(self) -> dict[int, tuple[Opening, ...]]:
        """The earlier ballots of those who cast again."""
        return {number: (_opening(number, 0, [[OPTIONS[0]]]),) for number in self.revotes}


def _opening(number: int, seq: int, ranking: Sequence[Sequence[str]]) -> Opening:
    secret, nonce = hashes.digest("test", b"s%d" % number), hashes.digest("test", b"n%d.%d" % (number, seq))
    return Opening(CONTEST, secret, nonce, seq, tuple(tuple(rank) for rank in ranking))


def official(name: str, number: int) -> Signer:
    """An official with a key that every run shares."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def signing(folder: Path) -> Signing:
    """A machine with the keys of these tests and its guard in a folder."""
    return Signing(KEYS, Guard(folder / "guard"))


def publish(
    engine: Engine,
    by: Signing | Path,
    poll: Poll | None = None,
    *,
    backwards: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Hold the poll from the community to the published result. `backwards` writes its rows in the other order; `meanwhile`
    happens between the last online ballot and the close."""
    poll = poll or Poll()
    transact(engine, lambda session: _cast(session, poll, backwards))
    meanwhile()
    transact(engine, lambda session: moves.close(session, SYSTEM, CONTEST, now=COUNTED))
    assert closing.finish(engine, CONTEST, lambda log_id: sign(engine, by))
    for official in poll.signers:
        signed(engine, "close", official)
    with patch("voting.contests.moving.timed_id", lambda prefix, now: f"{prefix}_00000000000000000000golden"):
        transact(engine, lambda session: moves.count(session, SYSTEM, CONTEST, lot_seed=poll.drawn, now=COUNTED))
    transact(engine, lambda session: moves.publish(session, SYSTEM, CONTEST, now=COUNTED))
    sign(engine, by)


def sign(engine: Engine, by: Signing | Path) -> None:
    """Bring the log to its end."""
    sequencer.flush(engine, CONTEST, NOW + 3 * DAY, signing(by) if isinstance(by, Path) else by)


def signed(engine: Engine, name: str, official: Signer) -> None:
    """An official signs a statement."""

    def work(session: Session) -> None:
        told = signatures.read(session, SYSTEM, CONTEST, name, now=LATER).note.text
        signatures.sign(session, SYSTEM, CONTEST, name, official.sign(told).line, now=LATER)

    transact(engine, work)


def append(engine: Engine, by: Signing | Path, event: Event, **columns: Any) -> None:
    """Something more happens to the contest: an event in its log, and columns that change with it."""

    def work(session: Session) -> None:
        for name, value in columns.items():
            setattr(session.get_one(Contest, CONTEST), name, value)
        logs.append_event(session, CONTEST, event)

    transact(engine, work)
    sign(engine, by)


def move(engine: Engine, by: Signing | Path, make: Callable[..., Any], **values: Any) -> None:
    """A move of the contest after its publication, and the log brought to its end."""
    transact(engine, lambda session: make(session, SYSTEM, CONTEST, now=LATER, **values))
    sign(engine, by)


def _cast(session: Session, poll: Poll, backwards: bool) -> None:
    world.community(session)
    world.roll(session, poll.electors)
    fixed = {"publish_mode": "full", "rules": {"tie_break": "random"}, "lot_seed": DICE}
    named = [{"name": one.name, "key": one.key.text} for one in poll.officials]
    officials = {"officials": named, "k": poll.k} if named else {}
    world.open_contest(session, poll.electors, **(fixed | officials | poll.contest))
    casts = list(enumerate(poll.openings()))
    for number, opening in reversed(casts) if backwards else casts:
        entry = session.get_one(Participation, (CONTEST, f"ent_rol_1_{number:05}"))
        entry.channel = "online"
        ballot = box.pack(opening.ranking, PLACES)
        session.add(BoxRow(contest_id=CONTEST, slot=opening.slot, seq=opening.seq, ballot=ballot))
        session.add(CastCommitment(contest_id=CONTEST, commitment=opening.commitment, integrate_by=NOW + DAY))
        for earlier in poll.replaced.get(number, ()):
            session.add(CastCommitment(contest_id=CONTEST, commitment=earlier.commitment, integrate_by=NOW + DAY))
        session.flush()


def entry_leaves(engine: Engine) -> dict[str, bytes]:
    """Elector → roll leaf."""
    with reader(engine) as session:
        rows = session.exec(select(RollEntry.elector, RollEntry.salt, RollEntry.unit_id)).all()
        return {elector: hashes.roll_leaf(salt, elector, unit) for elector, salt, unit in rows}
