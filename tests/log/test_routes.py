"""The routes of logs: what anybody reads, what is cached for ever, and proofs that verify without the service."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from api.schemas.ballots import encode
from tests.contests.world import CONTEST, NOW
from tests.log import world
from tests.log.world import EXTENDED
from voting.core.evidence import checkpoints, cosignatures, merkle, notes, proofs, tiles
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import Signer, VerifierKey
from voting.log.integration import integrate
from voting.settings import Settings
from voting.store import transact

pytestmark = pytest.mark.anyio

LOG = f"/v1/logs/{CONTEST}"
PROOF = f"/v1/contests/{CONTEST}/proof"
WITNESS = cosignatures.witness("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
STRANGER = cosignatures.witness("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
TEXT = {"Accept": "text/plain"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"witnesses": [WITNESS.key.text], "public_url": "https://yishi.example"})


def sequence(app: FastAPI) -> None:
    """Run the log of the contest now."""
    app.state.services.sequencer.flush(CONTEST)


def settle(app: FastAPI, count: int = 0) -> list[bytes]:
    """A contest with so many commitments in its log."""
    engine = app.state.services.engine
    world.build(engine)
    made = world.values(count)
    world.wait(engine, made, NOW)
    sequence(app)
    return made


def key_of(app: FastAPI) -> VerifierKey:
    key: VerifierKey = app.state.services.log_keys.signer(world.ORIGIN).key
    return key


async def checkpoint(app: FastAPI, client: httpx.AsyncClient) -> Checkpoint:
    found, _ = checkpoints.opened((await client.get(f"{LOG}/checkpoint")).content, key_of(app))
    return found


async def test_a_log_says_how_it_is_known(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 3)
    told = (await client.get(LOG)).json()
    assert (told["kind"], told["origin"], told["size"], told["cadence"]) == ("contest", world.ORIGIN, 4, 60)
    assert notes.parse_key(told["key"]) == key_of(app)
    assert told["witnesses"] == [WITNESS.key.text]
    assert told["cosignatures"] == []


async def test_a_checkpoint_is_a_note_that_nobody_keeps(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 3)
    answer = await client.get(f"{LOG}/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert (await checkpoint(app, client)).size == 4


async def test_the_whole_tree_is_served_as_tiles(app: FastAPI, client: httpx.AsyncClient) -> None:
    made = settle(app, 300)
    head, found = await checkpoint(app, client), {}
    for level, index, width in tiles.layout(head.size):
        answer = await client.get(f"{LOG}/{tiles.path(level, index, width)}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        found[level, index] = answer.content
    entries = [*tiles.entries_of(found[-1, 0]), *tiles.entries_of(found[-1, 1])]
    assert merkle.root(entries) == head.root
    assert entries[1:] == sorted(made)
    assert tiles.root(head.size, lambda level, index, width: found[level, index]) == head.root


async def test_a_tile_of_an_older_size_is_cut_from_the_newer_one(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 10)
    whole = (await client.get(f"{LOG}/tile/0/000.p/11")).content
    assert (await client.get(f"{LOG}/tile/0/000.p/4")).content == whole[: 4 * 32]
    bundle = tiles.entries_of((await client.get(f"{LOG}/tile/entries/000.p/11")).content)
    assert tiles.entries_of((await client.get(f"{LOG}/tile/entries/000.p/2")).content) == bundle[:2]


NO_TILES = ("0/000", "0/000.p/12", "0/001", "1/000.p/1", "0/0", "00/000", "x/000", "entries/000", "entries/000.p/12")


async def test_there_is_no_other_tile(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 10)
    answers = [await client.get(f"{LOG}/tile/{path}") for path in NO_TILES]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "tile_not_found")}


async def test_what_is_not_signed_is_not_served(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 1)
    engine = app.state.services.engine
    app.state.services.sequencer.stop()
    world.append(engine, EXTENDED)
    transact(engine, lambda session: integrate(session, CONTEST, NOW))
    assert world.log(engine).size == 3
    assert (await checkpoint(app, client)).size == 2
    assert (await client.get(f"{LOG}/tile/0/000.p/3")).status_code == 404


async def test_a_log_without_checkpoint_says_so(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.state.services.sequencer.stop()
    world.build(app.state.services.engine)
    answer = await client.get(f"{LOG}/checkpoint")
    assert (answer.status_code, answer.json()["code"]) == (409, "log_not_signed_yet")
    assert (await client.get(LOG)).json()["size"] == 0


async def test_there_is_no_log_of_another_name(client: httpx.AsyncClient) -> None:
    paths = ("", "/checkpoint", "/checkpoint.svg", "/consistency?from=1", "/tile/0/000.p/1")
    answers = [await client.get(f"/v1/logs/con_none{path}") for path in paths]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "log_not_found")}


async def test_a_proof_is_kept_and_verified_without_the_service(app: FastAPI, client: httpx.AsyncClient) -> None:
    made = settle(app, 300)
    for commitment in made[:5]:
        answer = await client.get(f"{PROOF}/{encode(commitment)}", headers=TEXT)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        proven = proofs.parse(answer.content)
        assert proven.verified(commitment, key_of(app)).size == 301
        assert proven.index == 1 + sorted(made).index(commitment)


async def test_a_proof_in_json_is_the_same_proof(app: FastAPI, client: httpx.AsyncClient) -> None:
    (commitment, *_) = settle(app, 7)
    told = (await client.get(f"{PROOF}/{encode(commitment)}")).json()
    text = (await client.get(f"{PROOF}/{encode(commitment)}?format=text")).text
    proven = proofs.parse(text.encode())
    assert told["text"] == text
    assert [b64decode(step) for step in told["path"]] == list(proven.path)
    assert (told["index"], told["checkpoint"].encode()) == (proven.index, proven.checkpoint)


async def test_a_commitment_that_waits_is_promised_its_time(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 2)
    (waiting,) = world.values(1)
    due = app.state.services.clock().replace(microsecond=0) + timedelta(minutes=5)
    world.wait(app.state.services.engine, [waiting], due)
    answer = await client.get(f"{PROOF}/{encode(waiting)}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_log_yet")
    assert answer.json()["integrate_by"] == due.isoformat().replace("+00:00", "Z")
    assert answer.json()["integrate_by"] in answer.json()["detail"]


async def test_an_unknown_commitment_is_not_found(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 2)
    answer = await client.get(f"{PROOF}/{encode(bytes(32))}")
    assert (answer.status_code, answer.json()["code"]) == (404, "commitment_not_found")
    assert (await client.get(f"{PROOF}/short")).status_code == 422


async def test_consistency_is_proven_between_any_two_sizes(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 20)
    head = await checkpoint(app, client)
    for query, sizes in {"from=1": (1, 21), "from=3&to=8": (3, 8), "from=21": (21, 21)}.items():
        told = (await client.get(f"{LOG}/consistency?{query}")).json()
        roots = b64decode(told["from_root"]), b64decode(told["to_root"])
        path = [b64decode(step) for step in told["path"]]
        assert (told["from_size"], told["to_size"]) == sizes
        assert merkle.verify_consistency(*sizes, *roots, path)
        assert sizes[1] != 21 or roots[1] == head.root


async def test_no_consistency_outside_the_log(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app, 20)
    queries = ("", "from=0", "from=5&to=4", "from=22", "from=1&to=22", "from=x")
    answers = [await client.get(f"{LOG}/consistency?{query}") for query in queries]
    assert [answer.status_code for answer in answers] == [422] * len(queries)


async def bring(
    client: httpx.AsyncClient, *signers: Signer, tree: Checkpoint, at: int = 1_700_000_000
) -> httpx.Response:
    lines = [cosignatures.cosign(tree, signer, at).line.strip() for signer in signers]
    return await client.post(f"{LOG}/cosignatures", json={"signatures": lines})


async def test_a_cosignature_is_served_with_the_checkpoint_and_with_proofs(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    (commitment,) = settle(app, 1)
    answer = await bring(client, WITNESS, tree=await checkpoint(app, client))
    assert answer.json()["cosignatures"] == [{"name": WITNESS.name, "cosigned_at": "2023-11-14T22:13:20Z"}]
    proven = proofs.parse((await client.get(f"{PROOF}/{encode(commitment)}", headers=TEXT)).content)
    assert proven.verified(commitment, key_of(app), [WITNESS.key], needed=1).size == 2


async def test_a_later_cosignature_replaces_the_earlier(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    tree = await checkpoint(app, client)
    for at in (1_700_000_000, 1_700_000_001):
        await bring(client, WITNESS, tree=tree, at=at)
    note = notes.parse((await client.get(f"{LOG}/checkpoint")).content)
    assert [signature.signed_at for signature in note.signatures] == [None, 1_700_000_001]


async def test_a_cosignature_of_an_older_tree_is_not_served_any_more(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    tree = await checkpoint(app, client)
    await bring(client, WITNESS, tree=tree)
    world.append(app.state.services.engine, EXTENDED)
    sequence(app)
    assert len(notes.parse((await client.get(f"{LOG}/checkpoint")).content).signatures) == 1
    answer = await bring(client, WITNESS, tree=tree)
    assert (answer.status_code, answer.json()["code"]) == (409, "cosignature_of_another_tree")


async def test_an_unknown_witness_is_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    answer = await bring(client, WITNESS, STRANGER, tree=await checkpoint(app, client))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/signatures/1"
    assert (await client.get(LOG)).json()["cosignatures"] == []


async def test_a_malformed_cosignature_is_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    for line in ("", "x", "\u2014 a b", WITNESS.key.text):
        assert (await client.post(f"{LOG}/cosignatures", json={"signatures": [line]})).status_code == 422
