"""`yishi sign` against a running service: the statement is fetched, signed here, and the signature handed in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.commands.processes import yishi, yishi_here
from tests.commands.servers import serving
from tests.contests import world
from tests.contests.people import RETURNING
from tests.contests.world import CONTEST, NOW
from tests.databases import fresh_sqlite
from voting.commands.keys import client_key
from voting.contests import closing, moves
from voting.store import engine_for, transact


def test_an_official_signs_the_close_of_a_running_service(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YISHI_KEY_PASSPHRASE", "correct horse battery")
    key = tmp_path / "wang.pem"
    verifier = yishi_here("sign", "--new-key", key, "--name", "wang").stdout.strip()
    url = fresh_sqlite(sqlite_template, tmp_path)
    engine = engine_for(url)
    world.build(engine, electors=2, closes_at=NOW, officials=[{"name": "王芳", "key": verifier}], k=1)
    transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=NOW))
    assert closing.finish(engine, CONTEST, world.flusher(engine, tmp_path))
    engine.dispose()
    token = client_key(url, "tests", scopes=["contests:write"], community_id="com_1", roles=["committee_officer"])
    with serving(tmp_path, database_url=url) as address:
        statement = f"{address}/v1/contests/{CONTEST}/statements/close"
        assert httpx.get(statement).json()["is_signed"] is False
        done = yishi("sign", statement, "--key", key, "--post", "--token", token, input="y\n")
        assert done.returncode == 0, done.stderr
        assert httpx.get(statement).json()["text"] in done.stderr
        assert "1 of 1 signatures" in done.stderr
        signed = httpx.get(statement).json()
    assert signed["is_signed"] is True
    assert [one["name"] for one in signed["signed_by"]] == ["wang"]
    assert done.stdout in signed["note"]
