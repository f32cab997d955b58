"""A community's journal: what becomes an entry, what a reader is given since the last visit, and what erasing leaves behind."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select

from tests.contests import world as ballots
from tests.contests.people import AUDITOR, OFFICER, RETURNING
from tests.contests.world import CONTEST, DAY, NOW
from tests.log import world
from voting.contests import moves
from voting.core.authority import STRANGER
from voting.core.evidence import checkpoints, journal_entries, merkle, notes, tiles
from voting.core.evidence.journal_entries import About, ContestLog, Moved
from voting.errors import Conflict, Invalid, NotFound
from voting.log import journal, journal_reads, logs, publication, sequencer, storage
from voting.log.journal_reads import Journal
from voting.log.sequencer import Signing
from voting.log.tables import Event, JournalSalt
from voting.store import reader, reading, transact

COMMUNITY = "com_1"
KEY = world.KEYS.signer(world.KEYS.origin("community", COMMUNITY)).key
REASON = "水管爆裂"


@pytest.fixture
def machine(tmp_path: Any) -> Signing:
    return world.signing(tmp_path)


def annul(engine: Engine) -> None:
    transact(engine, lambda session: moves.annul(session, RETURNING, CONTEST, reason=REASON, now=NOW) and None)


def sequence(engine: Engine, machine: Signing) -> None:
    """The contest's log, then the journal that it is announced in."""
    sequencer.flush(engine, CONTEST, NOW, machine)
    sequencer.flush(engine, COMMUNITY, NOW, machine)


def read(engine: Engine, **asked: Any) -> Journal:
    who = asked.pop("who", STRANGER)
    with reader(engine) as session:
        return journal_reads.read(session, who, COMMUNITY, **asked)


def entries(engine: Engine) -> list[journal_entries.Entry]:
    with reading(engine) as session:
        log = logs.get(session, COMMUNITY)
        return [journal_entries.parse(entry) for entry in storage.entries(session, COMMUNITY, 0, log.signed_size)]


def note_an_event(engine: Engine, subject: str, to_state: str | None, reason: str | None = None) -> str:
    def work(session: Any) -> str:
        return journal.record(
            session,
            community_id=COMMUNITY,
            subject_kind=subject,
            subject_id="x_1",
            kind="moved",
            actor_id="per_1",
            now=NOW,
            from_state="before",
            to_state=to_state,
            reason=reason,
        ).id

    return transact(engine, work)


def test_a_public_change_becomes_an_entry_and_the_contests_log_is_announced(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    annul(engine)
    sequence(engine, machine)
    moved, announced = entries(engine)
    assert isinstance(moved, Moved)
    assert (moved.what, moved.subject, moved.from_state, moved.to_state) == (
        "annulled",
        About("contest", CONTEST),
        "open",
        "annulled",
    )
    told, _ = checkpoints.opened(world.log(engine).checkpoint or b"", world.KEYS.signer(world.ORIGIN).key)
    assert announced == ContestLog(NOW, told.origin, told.size, told.root)


def test_a_log_that_only_took_commitments_is_not_announced(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    sequence(engine, machine)
    world.wait(engine, world.values(3))
    sequencer.flush(engine, CONTEST, NOW + world.MINUTE, machine)
    sequencer.flush(engine, COMMUNITY, NOW + world.MINUTE, machine)
    assert [type(entry) for entry in entries(engine)] == [ContestLog]
    world.append(engine, world.EXTENDED)
    sequence(engine, machine)
    assert [type(entry) for entry in entries(engine)] == [ContestLog, ContestLog]


@pytest.mark.parametrize(
    ("subject", "state", "public"),
    [
        ("roll", "sealed", True),
        ("roll", "compiled", False),
        ("contest", "draft", False),
        ("contest", "noticed", True),
        ("contest", None, False),
        ("person", "sealed", False),
    ],
)
def test_what_is_public_follows_from_the_thing_and_its_state(
    engine: Engine, subject: str, state: str | None, public: bool
) -> None:
    transact(engine, lambda session: ballots.community(session))
    note_an_event(engine, subject, state)
    with reading(engine) as session:
        assert (session.exec(select(JournalSalt)).first() is not None) is public


def test_an_entry_tells_neither_who_nor_why(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    annul(engine)
    sequence(engine, machine)
    whole = json.dumps([dict(item.entry) for item in read(engine).items], ensure_ascii=False)
    assert RETURNING.id not in whole
    assert REASON not in whole
    assert all(item.opened is None for item in read(engine).items)


@pytest.mark.parametrize("who", [AUDITOR, OFFICER])
def test_those_who_watch_can_open_the_hashes(engine: Engine, machine: Signing, who: Any) -> None:
    world.build(engine)
    annul(engine)
    sequence(engine, machine)
    item = read(engine, who=who).items[0]
    assert item.opened is not None
    assert (item.opened.actor_id, item.opened.reason) == (RETURNING.id, REASON)
    assert item.entry["actor"] == journal_entries.actor_hash(item.opened.actor_salt, RETURNING.id).hex()
    assert item.entry["reason"] == journal_entries.text_hash(item.opened.reason_salt or b"", REASON).hex()


def test_erasing_leaves_every_proof_valid(engine: Engine, machine: Signing) -> None:
    transact(engine, lambda session: ballots.community(session))
    events = [note_an_event(engine, "contest", "noticed", REASON) for _ in range(5)]
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    before = read(engine, who=AUDITOR)
    transact(engine, lambda session: publication.erase(session, events[2]))
    note_an_event(engine, "contest", "annulled")
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    after = read(engine, who=AUDITOR, since=before.checkpoint.decode())
    told, _ = checkpoints.opened(after.checkpoint, KEY)
    proven = after.consistency
    assert proven is not None
    assert merkle.verify_consistency(5, told.size, proven.first_root, told.root, proven.path)
    whole = read(engine, who=AUDITOR).items
    assert [dict(item.entry) for item in whole[:5]] == [dict(item.entry) for item in before.items]
    assert [item.opened is None for item in whole] == [False, False, True, False, False, False]
    for item, leaf in zip(whole, leaves(engine), strict=True):
        assert journal_entries.parse(leaf) == journal_entries.parse(
            json.dumps(dict(item.entry), sort_keys=True, separators=(",", ":")).encode()
        )


def leaves(engine: Engine) -> tuple[bytes, ...]:
    """The entries as the log holds them, proven one by one."""
    with reading(engine) as session:
        log, read_tile = logs.get(session, COMMUNITY), storage.reader(session, COMMUNITY)
        found = storage.entries(session, COMMUNITY, 0, log.signed_size)
        for index, entry in enumerate(found):
            path = tiles.inclusion(index, log.signed_size, read_tile)
            assert merkle.verify_inclusion(merkle.leaf_hash(entry), index, log.signed_size, path, log.root)
        return found


def test_the_salts_are_fresh_for_every_event(engine: Engine) -> None:
    transact(engine, lambda session: ballots.community(session))
    for _ in range(3):
        note_an_event(engine, "roll", "sealed", REASON)
    with reading(engine) as session:
        salts = session.exec(select(JournalSalt)).all()
        assert len({salt for row in salts for salt in (row.actor_salt, row.reason_salt)}) == 6
        assert session.exec(select(Event.reason)).all() == [REASON] * 3


def test_what_was_written_stands_in_the_entry_as_the_hash_that_was_given(engine: Engine, machine: Signing) -> None:
    hashed = journal_entries.text_hash(bytes(32), "支持")

    def work(session: Any) -> None:
        moved = {"subject_kind": "contest", "subject_id": "x_1", "kind": "moved", "to_state": "noticed"}
        journal.record(session, community_id=COMMUNITY, actor_id="per_1", now=NOW, text=hashed, **moved)

    transact(engine, lambda session: ballots.community(session))
    transact(engine, work)
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    (entry,) = entries(engine)
    assert isinstance(entry, Moved)
    assert entry.text == hashed


def test_a_visitor_reads_on_from_a_size_or_from_a_kept_checkpoint(engine: Engine, machine: Signing) -> None:
    transact(engine, lambda session: ballots.community(session))
    for _ in range(3):
        note_an_event(engine, "roll", "sealed")
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    kept = read(engine).checkpoint.decode()
    for _ in range(2):
        note_an_event(engine, "roll", "superseded")
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    for since in ("3", kept):
        found = read(engine, since=since)
        assert [item.index for item in found.items] == [3, 4]
        assert (found.since, found.consistency is None) == (3, False)
    assert read(engine, since="5").items == []
    assert read(engine).consistency is None


def test_a_checkpoint_that_the_journal_never_had_is_told(engine: Engine, machine: Signing) -> None:
    transact(engine, lambda session: ballots.community(session))
    note_an_event(engine, "roll", "sealed")
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    other = checkpoints.Checkpoint(KEY.name, 1, b"\x01" * 32)
    with pytest.raises(Conflict) as refused:
        read(engine, since=other.signed(world.KEYS.signer(KEY.name)).data.decode())
    assert refused.value.code == "checkpoint_not_ours"


@pytest.mark.parametrize("since", ["", "-1", "x", "2", "1\n", notes.Note("a\n").data.decode()])
def test_a_since_that_is_nothing_is_refused(engine: Engine, machine: Signing, since: str) -> None:
    transact(engine, lambda session: ballots.community(session))
    note_an_event(engine, "roll", "sealed")
    sequencer.flush(engine, COMMUNITY, NOW, machine)
    with pytest.raises(Invalid):
        read(engine, since=since)


def test_there_is_no_journal_before_the_first_public_event(engine: Engine) -> None:
    with pytest.raises(NotFound):
        read(engine)


@pytest.mark.anyio
async def test_the_journal_is_read_page_by_page(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    world.build(services.engine)
    for _ in range(5):
        note_an_event(services.engine, "roll", "sealed")
    for log_id in (CONTEST, COMMUNITY):
        services.sequencer.flush(log_id)
    first = (await client.get(f"/v1/journal?community={COMMUNITY}&limit=4")).json()
    second = (await client.get(f"/v1/journal?community={COMMUNITY}&limit=4&cursor={first['next_cursor']}")).json()
    assert [item["index"] for item in first["items"] + second["items"]] == list(range(6))
    assert second["next_cursor"] is None
    assert first["size"] == 6
    later = await client.get("/v1/journal", params={"community": COMMUNITY, "since": first["checkpoint"]})
    assert later.json()["items"] == []


@pytest.mark.anyio
async def test_the_notice_board_shows_the_checkpoint_as_a_code(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    world.build(services.engine)
    services.sequencer.flush(CONTEST)
    answer = await client.get(f"/v1/logs/{CONTEST}/checkpoint.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert f"contests/{CONTEST} · 1" in answer.text
    assert "<script" not in answer.text


def test_a_days_work_is_one_journal(engine: Engine, machine: Signing) -> None:
    """Opened by a service, extended, closed: all of it stands in the order in which it happened."""
    world.build(engine)
    sequencer.flush(engine, CONTEST, NOW, machine)
    transact(engine, lambda session: moves.close(session, OFFICER, CONTEST, now=NOW + DAY) and None)
    annul(engine)
    sequence(engine, machine)
    told = [entry.to_state if isinstance(entry, Moved) else "log" for entry in entries(engine)]
    assert told == ["log", "closed", "annulled", "log"]
