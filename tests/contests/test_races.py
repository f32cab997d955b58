"""Two processes, one database: no elector has two ballots, no acknowledged ballot is lost, no late one is counted."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from tests.access.world import a_role
from tests.contests import processes, world
from tests.contests.people import RETURNING, TELLER
from tests.contests.processes import Place, Server
from tests.contests.world import CONTEST, Voter, person, voter
from voting.clock import system_now
from voting.community.tables import Person
from voting.contests import closing, moves, results
from voting.contests.tables import BoxRow, Closing, Contest, PaperBatch, Participation, SealedBallot
from voting.store import reader, transact

pytestmark = pytest.mark.anyio
AT_ONCE = 200


@pytest.fixture
def place(engine: Engine, database_url: str, tmp_path: Path) -> Place:
    """A database with an open contest of three hundred electors."""
    world.build(engine, electors=300, closes_at=system_now() + timedelta(days=1))
    return processes.place(database_url, tmp_path)


def same_body(one: Voter, _turn: int) -> dict[str, Any]:
    return one.body("opt_a")


def other_slot(one: Voter, _turn: int) -> dict[str, Any]:
    return voter(one.person_id).body("opt_a")


def other_seq(one: Voter, turn: int) -> dict[str, Any]:
    return one.body("opt_a", seq=turn)


async def test_two_hundred_casts_of_one_elector_at_two_processes_are_one_ballot(engine: Engine, place: Place) -> None:
    with place.server() as first, place.server() as second:
        await processes.ready(first, second)
        for number, kind in enumerate((same_body, other_slot, other_seq)):
            one = voter(person(number))
            casts = [((first, second)[turn % 2].ballots, kind(one, turn)) for turn in range(AT_ONCE)]
            answers = await processes.at_once(casts, place.bearer(one.person_id))
            said = Counter(answer.status_code for answer in answers)
            assert said[201] == 1, (kind.__name__, said)
            assert said[200 if kind is same_body else 409] == AT_ONCE - 1, (kind.__name__, said)
            if kind is same_body:
                assert len({answer.json()["receipt"] for answer in answers}) == 1
            assert world.counts(engine) == (number + 1,) * 3


def settle_paper(engine: Engine) -> None:
    """A teller, and a batch of papers."""

    def work(session: Session) -> None:
        session.add(Person(id=TELLER.id, community_id="com_1", name="teller"))
        session.flush()
        session.add(a_role("rle_teller", TELLER.id, "teller"))
        session.add(
            PaperBatch(id="pbt_1", community_id="com_1", contest_id=CONTEST, label="1", created_at=system_now())
        )

    transact(engine, work)


async def test_of_paper_and_online_the_first_channel_wins(engine: Engine, place: Place) -> None:
    """Each elector casts online and is given paper at the same moment, at two processes: one of the two happens."""
    settle_paper(engine)
    electors, teller = 25, place.bearer(TELLER.id)
    with place.server() as first, place.server() as second:
        await processes.ready(first, second)
        async with httpx.AsyncClient(timeout=processes.PATIENCE) as client:

            async def cast(number: int, server: Server) -> int:
                one = voter(person(number))
                sent = await client.post(server.ballots, json=one.body("opt_a"), headers=place.bearer(one.person_id))
                return sent.status_code

            async def give(number: int, server: Server) -> int:
                body = {"entry_id": f"ent_rol_1_{number:05}"}
                sent = await client.post(f"{server.url}/v1/paper-batches/pbt_1/issue", json=body, headers=teller)
                return sent.status_code

            for number in range(electors):
                servers = (first, second) if number % 2 else (second, first)
                attempts = [act(number, server) for server in servers for act in (cast, give) for _ in range(2)]
                said = await asyncio.gather(*attempts)
                assert Counter(said)[409] == 7, said
    with reader(engine) as session:
        listed = session.exec(select(Participation.channel).where(col(Participation.channel).is_not(None))).all()
        issued = session.get_one(PaperBatch, "pbt_1").issued
    by_channel = Counter(listed)
    assert by_channel["online"] + by_channel["paper"] == electors
    assert (len(world.ballots(engine)), issued) == (by_channel["online"], by_channel["paper"])


async def cast_until_killed(
    place: Place, server: Server, voters: list[Voter], enough: int
) -> dict[bytes, tuple[Voter, str]]:
    """Cast from sixteen connections; kill the process when `enough` are acknowledged. Slot → voter and receipt."""
    waiting, acknowledged = list(voters), dict[bytes, tuple[Voter, str]]()

    async def keep_casting(client: httpx.AsyncClient) -> None:
        while waiting:
            one = waiting.pop()
            try:
                answer = await client.post(
                    server.ballots, json=one.body("opt_b", "opt_a"), headers=place.bearer(one.person_id)
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            acknowledged[one.slot] = (one, answer.json()["receipt"])
            if len(acknowledged) == enough:
                server.process.send_signal(signal.SIGKILL)

    async with httpx.AsyncClient(timeout=processes.PATIENCE) as client:
        await asyncio.gather(*(keep_casting(client) for _ in range(16)))
    return acknowledged


async def test_after_a_kill_every_acknowledged_ballot_is_there(engine: Engine, place: Place) -> None:
    with place.server() as server:
        await processes.ready(server)
        acknowledged = await cast_until_killed(place, server, [voter(person(n)) for n in range(300)], enough=120)
        server.process.wait()
    assert 120 <= len(acknowledged) < 300
    with place.server() as restarted:
        await processes.ready(restarted)
        stored = world.ballots(engine)
        assert {slot: stored.get(slot) for slot in acknowledged} == dict.fromkeys(
            acknowledged, (0, world.packed(["opt_b", "opt_a"]))
        )
        assert world.counts(engine) == (len(stored),) * 3
        for one, receipt in list(acknowledged.values())[:20]:
            again = await processes.at_once(
                [(restarted.ballots, one.body("opt_b", "opt_a"))], place.bearer(one.person_id)
            )
            assert (again[0].status_code, again[0].json()["receipt"]) == (200, receipt)


async def test_a_close_among_casts_counts_exactly_the_acknowledged(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    """The window ends while two processes are casting; whatever was acknowledged is counted, nothing else."""
    with place.server() as first, place.server() as second:
        await processes.ready(first, second)
        total = await cast_until_closed(engine, place, (first, second), enough=100)
    transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=system_now()))
    assert closing.finish(engine, CONTEST, world.flusher(engine, tmp_path))
    transact(engine, lambda session: moves.count(session, RETURNING, CONTEST, now=system_now()))
    with reader(engine) as session:
        _, tally = results.of(session, RETURNING, CONTEST, now=system_now())
    assert 100 <= total < 300
    assert tally.result["turnout"] == {"electors": 300, "cast": total}
    assert tally.result["total_ballots_with_rankings"] == total


async def cast_until_closed(engine: Engine, place: Place, servers: tuple[Server, Server], enough: int) -> int:
    """Cast at both processes; the window ends when `enough` are acknowledged. How many were acknowledged in all."""
    waiting, acknowledged = [voter(person(n)) for n in range(300)], 0

    async def keep_casting(client: httpx.AsyncClient, server: Server) -> None:
        nonlocal acknowledged
        while waiting:
            one = waiting.pop()
            answer = await client.post(server.ballots, json=one.body("opt_b"), headers=place.bearer(one.person_id))
            if answer.status_code != 201:
                assert answer.json()["code"] == "voting_is_over"
                return
            acknowledged += 1
            if acknowledged == enough:
                await asyncio.to_thread(world.change, engine, closes_at=system_now())

    async with httpx.AsyncClient(timeout=processes.PATIENCE) as client:
        await asyncio.gather(*(keep_casting(client, servers[turn % 2]) for turn in range(12)))
    return acknowledged


@pytest.mark.prove
@pytest.mark.parametrize("turn", range(3))
async def test_of_two_hundred_requests_for_one_elector_one_ballot_is_counted(
    engine: Engine, place: Place, turn: int
) -> None:
    """Same body, other slot, other seq, paper, and the close at that moment, at two processes: one check-off, one outcome."""
    settle_paper(engine)
    alone = world.person(0)

    def only_one_elector(session: Session) -> None:
        for row in session.exec(select(Participation).where(Participation.entry_id != "ent_rol_1_00000")):
            session.delete(row)
        contest = session.get_one(Contest, CONTEST)
        contest.electors = 1
        session.add(Person(id=RETURNING.id, community_id="com_1", name="returning"))
        session.flush()
        session.add(a_role("rle_returning", RETURNING.id, "returning_officer"))

    transact(engine, only_one_elector)
    one = voter(alone)
    paths = {"cast": f"/v1/contests/{CONTEST}/ballots", "give": "/v1/paper-batches/pbt_1/issue"}
    paths["close"] = f"/v1/contests/{CONTEST}/close"
    acts: list[tuple[str, dict[str, Any] | None, str]] = []
    for number in range(AT_ONCE // 5):
        casts = (same_body(one, number), other_slot(one, number), other_seq(one, number))
        acts += [("cast", body, alone) for body in casts]
        acts += [("give", {"entry_id": "ent_rol_1_00000"}, TELLER.id), ("close", None, RETURNING.id)]
    with place.server() as first, place.server() as second:
        await processes.ready(first, second)
        async with httpx.AsyncClient(
            timeout=processes.PATIENCE, limits=httpx.Limits(max_connections=AT_ONCE)
        ) as client:
            sent = [
                client.post((first, second)[n % 2].url + paths[kind], json=body, headers=place.bearer(who))
                for n, (kind, body, who) in enumerate(acts[turn:] + acts[:turn])
            ]
            answers = await asyncio.gather(*sent)
            closed = await client.post(first.url + paths["close"], headers=place.bearer(RETURNING.id))
    said = Counter((answer.request.url.path.rpartition("/")[2], answer.status_code) for answer in answers)
    assert {status for _, status in said} <= {200, 201, 409}, said
    by_paper, by_ballot = said["issue", 200], said["ballots", 201]
    assert by_paper + by_ballot == 1, said
    with reader(engine) as session:
        contest, row = session.get_one(Contest, CONTEST), session.get(Closing, CONTEST)
        boxed = len(session.exec(select(SealedBallot)).all()) + len(session.exec(select(BoxRow)).all())
        issued = session.get_one(PaperBatch, "pbt_1").issued
    assert (boxed, issued) == (by_ballot, by_paper)
    # Paper outside the box keeps the contest open; an online ballot of the last elector lets it close, once.
    assert contest.state == ("open" if by_paper else "closed")
    assert said["close", 200] + (closed.status_code == 200) == by_ballot
    assert (row is None) if by_paper else (row is not None and row.checked == row.online == 1)
