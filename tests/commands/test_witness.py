"""`yishi witness` against real servers: it cosigns what extends, refuses what was rewritten, and two of it never diverge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from clients.python import Client
from tests import databases
from tests.commands.processes import yishi, yishi_here
from tests.commands.servers import serving
from tests.contests.world import CONTEST, NOW
from tests.log import world
from voting.commands.witness_state import Pinned, WitnessState
from voting.core.evidence import checkpoints, cosignatures, merkle, notes, tiles
from voting.core.evidence.checkpoints import Checkpoint
from voting.log import keys, logs, storage
from voting.log.tables import LogTile
from voting.store import engine_for, transact

NAME = "witness.example"
ORIGIN = f"yishi.example/contests/{CONTEST}"


@dataclass(frozen=True)
class Place:
    """A log that is served, and the database behind it."""

    url: str
    database: str
    folder: Path

    def grow(self, *values: bytes) -> None:
        """More commitments in the log, and signed before this returns."""
        engine = engine_for(self.database)
        world.wait(engine, values, NOW)
        engine.dispose()
        self.settle()

    def settle(self) -> None:
        """Sequence what is due; the server's own thread may be doing it."""
        engine = engine_for(self.database)
        machine = world.Signing(keys.LogKeys(keys.load(self.folder / "log-key.pem"), "yishi.example"), self.guard)
        world.sequencer.flush(engine, CONTEST, NOW + world.MINUTE, machine)
        engine.dispose()

    @property
    def guard(self) -> world.Guard:
        """The server's own."""
        return world.Guard(self.folder / "log-state")

    def fork(self) -> None:
        """Let the server show another history of the same log, signed by its key."""
        engine = engine_for(self.database)
        signer = keys.LogKeys(keys.load(self.folder / "log-key.pem"), "yishi.example").signer(ORIGIN)

        def work(session: Session) -> None:
            log = logs.held(session, CONTEST)
            grown = tiles.grow(tiles.Edge(), [b"another beginning", *world.values(log.size + 400)])
            session.execute(delete(LogTile).where(col(LogTile.log_id) == CONTEST))
            storage.put(session, CONTEST, grown.tiles)
            told = Checkpoint(ORIGIN, grown.edge.size, grown.edge.root())
            log.size = log.signed_size = told.size
            log.root = log.signed_root = told.root
            log.checkpoint = told.signed(signer).data

        transact(engine, work)
        engine.dispose()

    def witness(self, state: str = "seen", *more: str) -> tuple[int, str, str]:
        """Run the command once: status, output, complaints."""
        done = yishi_here("witness", self.url, *self.options(state), *more)
        return done.returncode, done.stdout, done.stderr

    def options(self, state: str) -> list[str]:
        """Of the command, for one look."""
        key, folder = self.folder.parent / "witness.pem", self.folder.parent / state
        return ["--log", CONTEST, "--key", str(key), "--state", str(folder), "--name", NAME, "--once"]


@contextmanager
def place(template: Path, folder: Path) -> Iterator[Place]:
    """A server with the log of one contest. All places of one parent folder sign with the same key."""
    folder.mkdir()
    (folder / "log-key.pem").write_bytes((folder.parent / "log-key.pem").read_bytes())
    database = databases.fresh_sqlite(template, folder)
    engine = engine_for(database)
    world.build(engine)
    engine.dispose()
    witness = cosignatures.witness(NAME, keys.load(folder.parent / "witness.pem")).key.text
    settings = {"database_url": database, "public_url": "https://yishi.example", "witnesses": json.dumps([witness])}
    with serving(folder, **settings) as url:
        yield Place(url, database, folder)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witnessed")
    keys.load(folder / "log-key.pem")
    return folder


@pytest.fixture(scope="module")
def served(sqlite_template: Path, parent: Path) -> Iterator[Place]:
    with place(sqlite_template, parent / "one") as made:
        yield made


def pinned(served: Place, state: str = "seen") -> Pinned | None:
    return WitnessState(served.folder.parent / state).read(ORIGIN)


def test_a_witness_cosigns_what_extends_and_the_log_serves_it(served: Place) -> None:
    served.settle()
    for more in (0, 3, 300):
        served.grow(*world.values(more))
        status, said, complaint = served.witness()
        assert (status, said.split()[:2]) == (0, ["cosigned", ORIGIN]), complaint
    with Client(served.url) as client:
        data, told = client.logs.checkpoint(CONTEST), client.logs.get(CONTEST)
    checkpoint, note = checkpoints.opened(data, notes.parse_key(told.key))
    witness = cosignatures.witness(NAME, keys.load(served.folder.parent / "witness.pem")).key
    assert note.signers([witness]) == (witness,)
    assert [one.name for one in told.cosignatures] == [NAME]
    found = pinned(served)
    assert found is not None
    assert found.checkpoint == checkpoint


def test_a_reader_that_is_not_ours_reads_and_verifies_the_whole_log(served: Place) -> None:
    served.grow(*world.values(2))
    served.witness()
    reader = TilesReader(HttpBackend(f"{served.url}/v1/logs/{CONTEST}"))
    checkpoint = reader.get_checkpoint()
    with Client(served.url) as client:
        checkpoint.verify(Vkey.from_string(client.logs.get(CONTEST).key))
    checkpoint.verify(
        Vkey.from_string(cosignatures.witness(NAME, keys.load(served.folder.parent / "witness.pem")).key.text)
    )
    assert reader.calculate_root_hash() == checkpoint.root_hash
    first = json.loads(reader.get_entry(0))
    assert (first["type"], first["contest"]) == ("opened", CONTEST)


def test_a_voters_program_checks_the_proof_of_its_commitment(served: Place) -> None:
    mine, other = world.values(2)
    served.grow(mine)
    with Client(served.url) as client:
        proof, key = client.logs.proof(CONTEST, mine), client.logs.get(CONTEST).key
        assert client.logs.tile(CONTEST, "0/000") == client.logs.tile(CONTEST, "0/000.p/255") + proof_leaf(client)
    assert proof.holds(mine, key)
    assert not proof.holds(other, key)
    assert not replace(proof, index=proof.index - 1).holds(mine, key)
    assert not replace(proof, path=("?", *proof.path[1:])).holds(mine, key)
    assert not proof.holds(mine, cosignatures.witness(ORIGIN, keys.load(served.folder / "stranger.pem")).key.text)


def proof_leaf(client: Client) -> bytes:
    """The last leaf of the first tile, from its bundle."""
    return merkle.leaf_hash(tiles.entries_of(client.logs.tile(CONTEST, "entries/000"))[255])


def test_a_log_that_became_shorter_is_refused(served: Place) -> None:
    state = WitnessState(served.folder.parent / "longer")
    with Client(served.url) as client:
        key = notes.parse_key(client.logs.get(CONTEST).key)
    assert state.move(ORIGIN, None, Pinned(key, Checkpoint(ORIGIN, 10**6, b"\x01" * 32)))
    status, _, complaint = served.witness("longer")
    assert status == 1
    assert "1000000" in complaint


def test_a_log_signed_by_another_key_than_the_first_is_refused(served: Place) -> None:
    other = keys.LogKeys(keys.load(served.folder.parent / "stranger.pem"), "yishi.example").signer(ORIGIN).key
    status, _, complaint = served.witness("seen", "--log-key", other.text)
    assert status == 1
    assert "no valid signature" in complaint


def test_a_log_that_is_not_there_is_told(served: Place) -> None:
    assert yishi_here("witness", served.url, *served.options("seen"), "--log", "con_none").returncode == 3


def test_the_command_runs_as_a_process_and_names_its_key(served: Place) -> None:
    done = yishi("witness", served.url, *served.options("process"))
    assert done.returncode == 0, done.stderr
    witness = cosignatures.witness(NAME, keys.load(served.folder.parent / "witness.pem")).key
    assert f"witness {witness.text}" in done.stderr


def test_of_two_witnesses_on_one_folder_only_one_moves_the_tree(tmp_path: Path) -> None:
    state = WitnessState(tmp_path / "state")
    key = cosignatures.witness(NAME, keys.load(tmp_path / "key.pem")).key
    first, second = (Pinned(key, Checkpoint(ORIGIN, size, b"\x01" * 32)) for size in (5, 7))
    assert state.move(ORIGIN, None, first)
    assert not state.move(ORIGIN, None, second)
    assert state.read(ORIGIN) == first
    assert state.move(ORIGIN, first, second)
    assert not state.move(ORIGIN, first, Pinned(key, Checkpoint(ORIGIN, 6, b"\x01" * 32)))
    assert state.read(ORIGIN) == second


def test_a_forked_log_is_refused_and_the_evidence_kept(served: Place) -> None:
    """The last test of this server: its log is another one afterwards."""
    served.grow(*world.values(4))
    assert served.witness("torn")[0] == 0
    served.fork()
    before = pinned(served, "torn")
    status, said, complaint = served.witness("torn")
    assert (status, said) == (1, "")
    assert "refused" in complaint
    assert pinned(served, "torn") == before
    (kept,) = (served.folder.parent / "torn").glob("*.refused-*")
    told, _ = checkpoints.opened(kept.read_bytes(), before.key if before else notes.parse_key(""))
    assert told.origin == ORIGIN
    with Client(served.url) as client:
        assert client.logs.get(CONTEST).cosignatures == ()
