"""A contest's log on a fresh database, commitments that wait for it, and what a reader finds in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.contests import world
from tests.contests.world import CONTEST, NOW
from voting.core.evidence import checkpoints, event_order, events, merkle, tiles
from voting.core.evidence.events import Annulled, Event, Extended
from voting.core.evidence.notes import VerifierKey
from voting.log import logs, sequencer, storage
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Run, Signing
from voting.log.tables import CastCommitment, Log
from voting.store import reading, transact

KEYS = LogKeys(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), "yishi.example")
ORIGIN = KEYS.origin("contest", CONTEST)
MINUTE = timedelta(minutes=1)
ANNULLED = Annulled(NOW, "fire")
EXTENDED = Extended(NOW, NOW + timedelta(days=9), "rain")


def signing(folder: Path) -> Signing:
    """A machine with its guard in this folder."""
    return Signing(KEYS, Guard(folder / "guard"))


def build(engine: Engine, electors: int = 600) -> None:
    """An open contest said to have so many electors: 600 are sequenced every minute, fewer than 500 at the close."""

    def work(session: Session) -> None:
        world.community(session)
        world.roll(session, 2)
        world.open_contest(session, electors)

    transact(engine, work)


def values(count: int) -> list[bytes]:
    """So many commitments."""
    return [secrets.token_bytes(32) for _ in range(count)]


def wait(engine: Engine, commitments: Iterable[bytes], integrate_by: datetime = NOW + 2 * MINUTE) -> None:
    """Commitments that a writer promised."""
    rows = [CastCommitment(contest_id=CONTEST, commitment=one, integrate_by=integrate_by) for one in commitments]
    transact(engine, lambda session: session.add_all(rows))


def append(engine: Engine, event: Event) -> None:
    """An event, as a service appends it."""
    transact(engine, lambda session: logs.append_event(session, CONTEST, event))


def run(engine: Engine, machine: Signing, now: datetime = NOW + MINUTE, **changes: int) -> Run:
    """Run the log; it must be free."""
    done = sequencer.run_once(engine, CONTEST, now, machine, **changes)
    assert done is not None
    return done


def log(engine: Engine) -> Log:
    """The log's row."""
    with reading(engine) as session:
        return logs.get(session, CONTEST)


def entries(engine: Engine, key: VerifierKey | None = None) -> tuple[bytes, ...]:
    """Every entry, checked: the tiles lead to the root, the events stand in order, the checkpoint is signed by `key`."""
    with reading(engine) as session:
        found = logs.get(session, CONTEST)
        read = storage.reader(session, CONTEST)
        held = storage.entries(session, CONTEST, 0, found.size)
        assert len(held) == found.size
        assert merkle.root(held) == found.root == tiles.root(found.size, read)
        if found.checkpoint is not None:
            told, _ = checkpoints.opened(found.checkpoint, key or KEYS.signer(ORIGIN).key)
            assert (told.size, told.root) == (found.signed_size, merkle.root(held[: found.signed_size]))
    event_order.check(held)
    return held


def commitments(held: Sequence[bytes]) -> list[bytes]:
    """The commitments among entries."""
    return [entry for entry in held if events.is_commitment(entry)]


def types(held: Sequence[bytes]) -> list[str]:
    """The types of the entries."""
    return ["commitment" if len(entry) == 32 else events.type_of(events.parse(entry)) for entry in held]


def places(engine: Engine) -> dict[bytes, int | None]:
    """Commitment → its leaf index."""
    with reading(engine) as session:
        rows = session.exec(select(CastCommitment.commitment, CastCommitment.leaf_index))
        return {bytes(commitment): index for commitment, index in rows}
