"""A small community with a sealed roll and an open contest, written straight into the tables."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from api.schemas.ballots import encode
from voting.community.tables import Community, Person
from voting.contests import closing, entries
from voting.contests.batch import Cast
from voting.contests.tables import BoxRow, Contest, Option, Participation
from voting.core import box
from voting.core.evidence import hashes, merkle
from voting.log import integration, logs, sequencer
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Signing
from voting.log.tables import CastCommitment
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.roll.terms import RollTerms
from voting.store import reader, transact

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
OPTIONS = ("opt_a", "opt_b", "opt_c", "opt_d")
PLACES = {option: place for place, option in enumerate(OPTIONS)}
CONTEST = "con_1"


@dataclass(frozen=True, slots=True)
class Voter:
    """What a voter's client keeps: who it acts for, and the secret of its slot."""

    person_id: str
    secret: bytes
    nonce: bytes

    @property
    def slot(self) -> bytes:
        """The pseudonym in the contest of this world."""
        return hashes.slot(CONTEST, self.secret)

    def body(self, *ranking: str, seq: int = 0, **members: Any) -> dict[str, Any]:
        """The same ballot as a request."""
        made = self.cast(*ranking, seq=seq)
        return {
            "ranking": list(ranking),
            "slot": encode(made.slot),
            "seq": seq,
            "commitment": encode(made.commitment),
            **members,
        }

    def cast(self, *ranking: str, seq: int = 0, shown: bool = False, dry_run: bool = False) -> Cast:
        """A ballot of single marks."""
        marks = [[option] for option in ranking]
        commitment = hashes.commitment(self.nonce, self.slot, seq, hashes.ballot(CONTEST, marks))
        packed = box.pack(marks, PLACES)
        return Cast(CONTEST, self.person_id, self.slot, seq, packed, commitment, shown, dry_run)


def voter(person_id: str) -> Voter:
    """A client with a fresh secret."""
    return Voter(person_id, secrets.token_bytes(32), secrets.token_bytes(32))


def person(number: int) -> str:
    """The id of the n-th person."""
    return f"per_{number:05}"


def community(session: Session, identifier: str = "com_1") -> None:
    """A community without people."""
    session.add(
        Community(id=identifier, name={"zh-CN": "乙小区"}, time_zone="Asia/Shanghai", created_at=NOW, demo=True)
    )
    session.flush()


def roll(session: Session, electors: int, identifier: str = "rol_1", state: str = "sealed", start: int = 0) -> None:
    """A roll of persons that takes proxies, sealed unless told otherwise."""
    made = Roll(
        id=identifier,
        community_id="com_1",
        name="全体",
        basis="person",
        scope={"kind": "community"},
        created_at=NOW,
        terms=RollTerms(proxies_max=3).as_document(),
    )
    session.add(made)
    session.flush()
    numbers = range(start, start + electors)
    if not session.get(Person, person(start)):
        session.add_all(Person(id=person(n), community_id="com_1", name=f"居民{n}") for n in numbers)
        session.flush()
    session.add_all(
        RollEntry(
            id=f"ent_{identifier}_{n:05}",
            community_id="com_1",
            roll_id=identifier,
            elector=person(n),
            label=f"居民{n}",
            salt=b"s" * 32,
        )
        for n in numbers
    )
    session.flush()
    leaves = sorted(hashes.roll_leaf(b"s" * 32, person(n), None) for n in numbers)
    session.add_all(
        RollVoter(roll_id=identifier, person_id=person(n), entry_id=f"ent_{identifier}_{n:05}") for n in numbers
    )
    session.flush()
    made.root = merkle.root(leaves) if state == "sealed" else None
    made.state, made.electors, made.heads = state, electors, electors
    session.flush()


def open_contest(session: Session, electors: int, identifier: str = CONTEST, **changes: Any) -> None:
    """An open contest of four options, with everybody on the participation list."""
    values: dict[str, Any] = {
        "community_id": "com_1",
        "roll_id": "rol_1",
        "question": {"zh-CN": "停车改造", "en": "Parking"},
        "method": "irv",
        "terms": {"revoting": False, "ballots": "valid_only"},
        "state": "open",
        "opens_at": NOW,
        "opened_at": NOW,
        "closes_at": NOW + DAY,
        "electors": electors,
        "created_at": NOW,
    }
    contest = Contest(id=identifier, **(values | changes))
    session.add(contest)
    session.flush()
    options = [
        Option(
            id=option if identifier == CONTEST else f"{option}_{identifier}",
            community_id="com_1",
            contest_id=identifier,
            position=place,
            label={"en": option},
        )
        for place, option in enumerate(OPTIONS)
    ]
    session.add_all(options)
    roll_id = contest.roll_id
    entries.open_log(session, contest, options, session.get_one(Roll, roll_id))
    listed = session.scalars(select(col(RollEntry.id)).where(col(RollEntry.roll_id) == roll_id)).all()
    session.add_all(Participation(contest_id=identifier, entry_id=entry) for entry in listed)
    session.flush()


def build(engine: Engine, electors: int = 5, **contest: Any) -> None:
    """Community, sealed roll and open contest in one transaction."""

    def work(session: Session) -> None:
        community(session)
        roll(session, electors)
        open_contest(session, electors, **contest)

    transact(engine, work)


def change(engine: Engine, **values: Any) -> None:
    """Change the contest behind everybody's back."""

    def work(session: Session) -> None:
        contest = session.get_one(Contest, CONTEST)
        for name, value in values.items():
            setattr(contest, name, value)

    transact(engine, work)


def finish_closing(session: Session, contest_id: str = CONTEST) -> None:
    """Every step after the close within one transaction: nothing is signed or scrubbed, the log has a name all the same."""
    while (step := closing.advance(session, contest_id)) != closing.DONE:
        if step == closing.SIGN:
            while integration.integrate(session, contest_id, NOW).more:
                pass
            log = logs.held(session, contest_id)
            log.origin = log.origin or f"yishi.test/contests/{contest_id}"
            closing.note_signed(session, contest_id)
        if step == closing.SCRUB:
            closing.note_storage(session, contest_id, {})


def flusher(engine: Engine, folder: Path, now: datetime = NOW) -> Callable[[str], object]:
    """Brings logs to their end and signs them, as a process with its guard in `folder` does."""
    keys = LogKeys(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), "yishi.example")
    signing = Signing(keys, Guard(folder / "guard"))
    return lambda log_id: sequencer.flush(engine, log_id, now, signing)


def counts(engine: Engine) -> tuple[int, int, int]:
    """How many electors are checked off, ballots in the box, commitments waiting."""
    with reader(engine) as session:
        checked = session.scalar(select(func.count()).where(col(Participation.channel).is_not(None)))
        boxed = session.scalar(select(func.count()).select_from(BoxRow))
        waiting = session.scalar(select(func.count()).select_from(CastCommitment))
    return checked or 0, boxed or 0, waiting or 0


def ballots(engine: Engine) -> dict[bytes, tuple[int, bytes]]:
    """Slot → (seq, marks)."""
    with reader(engine) as session:
        return {row.slot: (row.seq, row.ballot) for row in session.scalars(select(BoxRow))}


def packed(options: Iterable[str]) -> bytes:
    """The bytes of single marks."""
    return box.pack([[option] for option in options], PLACES)
