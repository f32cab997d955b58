"""Two server processes on one database, killed while they cast and sequence: every receipt is kept, one tree per size.

The community's clock is moved on after each wave, so that what was cast is due; an event makes the sequencers look at once.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col

from tests import databases
from tests.contests import processes
from tests.contests import world as ballots
from tests.contests.processes import Place, Server
from tests.contests.world import CONTEST, Voter, person, voter
from tests.log import world
from tests.log.world import EXTENDED
from voting.clock import system_now
from voting.community.tables import Community
from voting.core.evidence import checkpoints, merkle, notes
from voting.core.evidence.checkpoints import Checkpoint
from voting.errors import Invalid
from voting.log import keys
from voting.log.guard import Guard
from voting.store import engine_for, transact

pytestmark = pytest.mark.anyio
PERIOD = 120
"""Seconds that the community's clock is moved on by: two casting periods."""


class Story:
    """What was promised, and every tree that anybody could have seen."""

    def __init__(self, engine: Engine, place: Place, voters: int) -> None:
        self.engine = engine
        self.place = place
        self.waiting = [voter(person(number)) for number in range(voters)]
        self.promised: set[bytes] = set()
        self.seen: set[tuple[int, bytes]] = set()

    async def wave(self, servers: Sequence[Server], size: int, victim: Server | None = None) -> None:
        """Cast so many ballots at these servers; kill one of them half-way."""
        portion, self.waiting = self.waiting[:size], self.waiting[size:]
        half = len(self.promised) + size // 2

        async def keep_casting(client: httpx.AsyncClient, server: Server) -> None:
            while portion:
                one = portion.pop()
                if not await self._cast(client, server, one):
                    return
                if victim is not None and len(self.promised) >= half and victim.process.poll() is None:
                    victim.process.send_signal(signal.SIGKILL)

        async with httpx.AsyncClient(timeout=processes.PATIENCE) as client:
            await asyncio.gather(*(keep_casting(client, servers[turn % len(servers)]) for turn in range(8)))

    async def _cast(self, client: httpx.AsyncClient, server: Server, one: Voter) -> bool:
        headers = self.place.bearer(one.person_id)
        try:
            answer = await client.post(server.ballots, json=one.body("opt_b"), headers=headers)
        except httpx.TransportError:
            return False
        assert answer.status_code == 201, answer.text
        self.promised.add(one.cast("opt_b").commitment)
        return True

    async def due(self) -> None:
        """Everything cast so far is due, and an event makes the sequencers look."""

        def work(session: Session) -> None:
            ahead = col(Community.clock_offset_seconds) + PERIOD
            session.execute(update(Community).values(clock_offset_seconds=ahead))

        await asyncio.to_thread(transact, self.engine, work)
        await asyncio.to_thread(world.append, self.engine, EXTENDED)

    async def watch(self, servers: Sequence[Server], seconds: float, until_done: bool = False) -> None:
        """Look at the checkpoint of every server that lives, and at the guard, again and again."""
        guard, end = Guard(self.place.settings.log_state_dir), asyncio.get_running_loop().time() + seconds
        async with httpx.AsyncClient(timeout=processes.PATIENCE) as client:
            while asyncio.get_running_loop().time() < end:
                for server in servers:
                    try:
                        note = (await client.get(f"{server.url}/v1/logs/{CONTEST}/checkpoint")).content
                        self._note(checkpoints.parse_text(notes.parse(note).text))
                    except (httpx.TransportError, Invalid):
                        continue
                guarded = guard.read(CONTEST)
                if guarded is not None:
                    self._note(guarded)
                if until_done and None not in world.places(self.engine).values():
                    log = world.log(self.engine)
                    if log.size == log.signed_size:
                        return
                await asyncio.sleep(0.05)

    def _note(self, tree: Checkpoint) -> None:
        self.seen.add((tree.size, tree.root))

    def check(self) -> None:
        """Every receipt is kept, and every tree seen is a beginning of the one there is."""
        names = keys.of(self.place.settings)
        held = world.entries(self.engine, names.signer(names.origin("contest", CONTEST)).key)
        assert self.promised <= set(world.commitments(held))
        places = world.places(self.engine)
        assert all(held[places[commitment] or 0] == commitment for commitment in self.promised)
        assert len(self.seen) == len({size for size, _ in self.seen})
        assert all(merkle.root(held[:size]) == root for size, root in self.seen)


@pytest.fixture
def postgres_alone(postgres_database: str) -> Iterator[Engine]:
    """PostgreSQL, where several processes are usual."""
    with databases.emptied_postgres(postgres_database) as url:
        engine = engine_for(url)
        yield engine
        engine.dispose()


def build(engine: Engine, voters: int) -> None:
    """A contest said to have 600 electors, so that its log takes commitments every minute."""

    def work(session: Session) -> None:
        ballots.community(session)
        ballots.roll(session, voters)
        ballots.open_contest(session, 600, closes_at=system_now() + timedelta(days=90))

    transact(engine, work)


async def tell(engine: Engine, folder: Path, rounds: int, size: int) -> Story:
    """Rounds of casting and sequencing; in each, one of two servers is killed, and started anew for the next."""
    build(engine, rounds * size)
    story = Story(engine, processes.place(str(engine.url.render_as_string(hide_password=False)), folder), rounds * size)
    with ExitStack() as stack:
        servers = [stack.enter_context(story.place.server()) for _ in range(2)]
        await processes.ready(*servers)
        for turn in range(rounds):
            if turn:
                servers[(turn - 1) % 2] = stack.enter_context(story.place.server())
                await processes.ready(*servers)
            victim = servers[turn % 2]
            await story.wave(servers, size, victim if turn % 3 != 2 else None)
            await story.due()
            await story.watch(servers, secrets.randbelow(1500) / 1000)
            if victim.process.poll() is None:
                victim.process.send_signal(signal.SIGKILL)
            victim.process.wait()
        await story.due()
        await story.watch(servers, processes.PATIENCE, until_done=True)
    return story


async def test_after_a_kill_every_receipt_given_is_in_the_log(postgres_alone: Engine, tmp_path: Path) -> None:
    story = await tell(postgres_alone, tmp_path, rounds=1, size=48)
    assert len(story.promised) > 24
    story.check()


@pytest.mark.prove
async def test_after_many_kills_every_receipt_given_is_in_the_log(engine: Engine, tmp_path: Path) -> None:
    story = await tell(engine, tmp_path, rounds=8, size=120)
    assert len(story.promised) > 500
    assert len(story.seen) > 5
    story.check()
