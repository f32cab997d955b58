"""A published contest with its log: cast, closed, counted and signed, with secrets that every run shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from clients.python.ballots import Opening
from tests.contests import world
from tests.contests.world import CONTEST, DAY, NOW, OPTIONS, PLACES
from voting.contests import closing, moves, queries
from voting.contests.tables import BoxRow, Closing, Contest, Participation, SealedBallot, SealedParticipation, Tally
from voting.core import box
from voting.core.authority import SYSTEM
from voting.core.evidence import bundle_box, bundle_roll, hashes
from voting.core.evidence.events import Closed, Counted, Event, SealedSet
from voting.core.evidence.events import Participation as CheckedOff
from voting.log import logs, sequencer
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Signing
from voting.log.tables import CastCommitment
from voting.roll.tables import RollEntry
from voting.store import reader, transact

KEYS = LogKeys(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), "yishi.test")
ORIGIN = KEYS.origin("contest", CONTEST)
COUNTED = NOW + DAY
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

    def openings(self) -> tuple[Opening, ...]:
        """What each voter keeps."""
        return tuple(
            Opening(CONTEST, hashes.digest("test", b"s%d" % n), hashes.digest("test", b"n%d" % n), 0, _marks(ranking))
            for n, ranking in enumerate(self.ballots)
        )


def _marks(ranking: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(rank) for rank in ranking)


def signing(folder: Path) -> Signing:
    """A machine with the keys of these tests and its guard in a folder."""
    return Signing(KEYS, Guard(folder / "guard"))


def publish(engine: Engine, by: Signing | Path, poll: Poll | None = None, *, backwards: bool = False) -> None:
    """Hold the poll from the community to the published result. `backwards` writes its rows in the other order."""
    transact(engine, lambda session: _hold(session, poll or Poll(), backwards))
    sign(engine, by)


def sign(engine: Engine, by: Signing | Path) -> None:
    """Bring the log to its end."""
    sequencer.flush(engine, CONTEST, NOW + 3 * DAY, signing(by) if isinstance(by, Path) else by)


def append(engine: Engine, by: Signing | Path, event: Event, **columns: Any) -> None:
    """Something more happens to the contest: an event in its log, and columns that change with it."""

    def work(session: Session) -> None:
        for name, value in columns.items():
            setattr(session.get_one(Contest, CONTEST), name, value)
        logs.append_event(session, CONTEST, event)

    transact(engine, work)
    sign(engine, by)


def _hold(session: Session, poll: Poll, backwards: bool) -> None:
    world.community(session)
    world.roll(session, poll.electors)
    lot = {"rules": {"tie_break": "random"}, "lot_seed": DICE}
    world.open_contest(session, poll.electors, **({"publish_mode": "full"} | lot | poll.contest))
    casts = list(enumerate(poll.openings()))
    for number, opening in reversed(casts) if backwards else casts:
        entry = session.get_one(Participation, (CONTEST, f"ent_rol_1_{number:05}"))
        entry.channel = "online"
        session.add(BoxRow(contest_id=CONTEST, slot=opening.slot, ballot=box.pack(opening.ranking, PLACES)))
        session.add(CastCommitment(contest_id=CONTEST, commitment=opening.commitment, integrate_by=NOW + DAY))
        session.flush()
    contest = session.get_one(Contest, CONTEST)
    contest.state, contest.closed_at = "closed", NOW + DAY
    closing.begin(session, contest)
    world.finish_closing(session, CONTEST)
    if logs.get(session, CONTEST).stage == "open":
        logs.append_event(session, CONTEST, _closed(session))
    moves.count(session, SYSTEM, CONTEST, now=COUNTED)
    if logs.get(session, CONTEST).stage == "closed":
        tally = session.exec(select(Tally)).one()
        logs.append_event(session, CONTEST, Counted(COUNTED, tally.result_hash, tally.id))
    moves.publish(session, SYSTEM, CONTEST, now=COUNTED)


def _closed(session: Session) -> Closed:
    options = [option.id for option in queries.options(session, CONTEST)]
    query = select(SealedBallot.slot, SealedBallot.seq, SealedBallot.ballot).order_by(col(SealedBallot.slot))
    size, root = bundle_box.root(session.exec(query).all(), options)
    entries = session.exec(
        select(RollEntry.salt, RollEntry.elector, SealedParticipation.channel).join(
            SealedParticipation, col(SealedParticipation.entry_id) == col(RollEntry.id)
        )
    )
    leaves = ((hashes.roll_leaf(salt, elector, None), channel is not None) for salt, elector, channel in entries)
    found = bundle_roll.participation(leaves)
    row = session.get_one(Closing, CONTEST)
    checked = CheckedOff(found.checked, found.hash)
    return Closed(NOW + DAY, SealedSet(root, size), row.online, row.paper, size, checked)


def entry_leaves(engine: Engine) -> dict[str, bytes]:
    """Elector → roll leaf."""
    with reader(engine) as session:
        rows = session.exec(select(RollEntry.elector, RollEntry.salt, RollEntry.unit_id)).all()
        return {elector: hashes.roll_leaf(salt, elector, unit) for elector, salt, unit in rows}
