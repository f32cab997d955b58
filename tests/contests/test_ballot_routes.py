"""Casting over HTTP: who may, what is acknowledged, what is refused where, and that both ways to the service are one."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, inspect

from api.schemas.ballots import decode, encode
from tests.contests import world
from tests.contests.world import CONTEST, NOW, person, voter
from voting.clock import system_now
from voting.core.evidence import hashes
from voting.store import transact

pytestmark = pytest.mark.anyio
PATH = f"/v1/contests/{CONTEST}/ballots"
LATER = timedelta(days=365 * 50)


class Booth:
    """Casts over HTTP, straight or through the framework (any query sends a request there)."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, query: str) -> None:
        self.app = app
        self.client = client
        self.query = query

    def token(self, who: str, community_id: str = "com_1") -> str:
        services = self.app.state.services
        return str(services.issuer.issue_access(who, community_id, services.clock()))

    async def cast(self, who: str, body: Any, path: str = PATH, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token(who)}"}
        return await self.client.post(path + self.query, json=body, headers=bearer | headers)

    async def send(self, who: str, content: bytes, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {self.token(who)}", "Content-Type": "application/json"}
        return await self.client.post(PATH + self.query, content=content, headers=given | headers)


@pytest.fixture(params=["", "?dry_run=false"], ids=["straight", "framework"])
async def booth(app: FastAPI, client: httpx.AsyncClient, request: pytest.FixtureRequest) -> Booth:
    world.build(app.state.services.engine, closes_at=NOW + LATER)
    return Booth(app, client, request.param)


def boxed(booth: Booth) -> tuple[int, int, int]:
    return world.counts(booth.app.state.services.engine)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_a_stranger_casts_nothing(booth: Booth) -> None:
    answer = await booth.client.post(PATH + booth.query, json=voter(person(0)).body("opt_a"))
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_required")


async def test_another_communitys_resident_finds_no_contest(booth: Booth) -> None:
    headers = {"Authorization": f"Bearer {booth.token(person(0), 'com_2')}"}
    answer = await booth.client.post(PATH + booth.query, json=voter(person(0)).body("opt_a"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "contest_not_found")


async def test_who_is_not_on_the_roll_is_refused(booth: Booth) -> None:
    answer = await booth.cast("per_stranger", voter("per_stranger").body("opt_a"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_on_roll")


async def test_an_unknown_contest_is_not_found(booth: Booth) -> None:
    answer = await booth.cast(person(0), voter(person(0)).body("opt_a"), "/v1/contests/con_none/ballots")
    assert (answer.status_code, answer.json()["code"]) == (404, "contest_not_found")


async def test_a_ballot_is_acknowledged_by_a_receipt_without_slot_or_ranking(booth: Booth) -> None:
    body = voter(person(0)).body("opt_b", "opt_a")
    answer = await booth.cast(person(0), body)
    assert answer.status_code == 201, answer.text
    acknowledged = answer.json()
    claims = booth.app.state.services.issuer.verify_receipt(acknowledged["receipt"])
    assert (claims["contest"], claims["commitment"]) == (CONTEST, body["commitment"])
    assert set(claims) == {"contest", "commitment", "log", "integrate_by"}
    assert "opening" not in acknowledged
    assert acknowledged["slot_origin"] == "client"
    assert boxed(booth) == (1, 1, 1)


async def test_the_same_ballot_again_is_answered_by_the_same_receipt(booth: Booth) -> None:
    body = voter(person(0)).body("opt_b")
    first, again = await booth.cast(person(0), body), await booth.cast(person(0), body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_a_second_ballot_is_refused(booth: Booth) -> None:
    await booth.cast(person(0), voter(person(0)).body("opt_b"))
    answer = await booth.cast(person(0), voter(person(0)).body("opt_b"))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_cast")


async def test_a_simple_front_end_gets_the_opening_once(booth: Booth) -> None:
    answer = await booth.cast(person(0), {"ranking": ["opt_b", ["opt_a"]]})
    acknowledged = answer.json()
    opening = acknowledged["opening"]
    assert acknowledged["slot_origin"] == "server"
    slot = hashes.slot(CONTEST, decode(opening["secret"]))
    marks = hashes.ballot(CONTEST, [["opt_b"], ["opt_a"]])
    assert opening["slot"] == encode(slot)
    commitment = hashes.commitment(decode(opening["nonce"]), slot, opening["seq"], marks)
    assert acknowledged["commitment"] == encode(commitment)
    assert world.ballots(booth.app.state.services.engine) == {slot: (0, b"\x01\x00")}


async def test_a_client_that_cannot_hash_resends_by_its_secret(booth: Booth) -> None:
    body = {"ranking": ["opt_b"], "secret": encode(b"s" * 32)}
    first, again = await booth.cast(person(0), body), await booth.cast(person(0), body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["slot_origin"] == "client"
    assert first.json() == again.json()


async def test_a_ballot_is_revised_by_whoever_shows_the_secret(booth: Booth) -> None:
    world.change(booth.app.state.services.engine, terms={"revoting": True})
    one = voter(person(0))
    await booth.cast(person(0), one.body("opt_a"))
    hidden = await booth.cast(person(0), one.body("opt_b", seq=1))
    assert faults(hidden) == [("/secret", "secret_required")]
    wrong = await booth.cast(person(0), one.body("opt_b", seq=1, secret=encode(b"x" * 32)))
    assert faults(wrong) == [("/secret", "secret_of_another_slot")]
    shown = await booth.cast(person(0), one.body("opt_b", seq=1, secret=encode(one.secret)))
    assert shown.status_code == 201
    assert world.ballots(booth.app.state.services.engine) == {one.slot: (1, b"\x01")}


async def test_grades_by_option_are_the_same_ballot_as_their_ranking(booth: Booth) -> None:
    world.change(booth.app.state.services.engine, method="score", rules={"max_score": 3})
    body = {"scores": {"opt_c": 3, "opt_b": 1, "opt_a": 3}, "secret": encode(b"s" * 32)}
    assert (await booth.cast(person(0), body)).status_code == 201
    [(_, marks)] = world.ballots(booth.app.state.services.engine).values()
    assert marks == b"\xfe\x02\x00\x02\xff\x01"
    again = {"ranking": [["opt_c", "opt_a"], [], ["opt_b"]], "secret": encode(b"s" * 32)}
    assert (await booth.cast(person(0), again)).status_code == 200


WRONG_GRADES: list[tuple[dict[str, Any], str, str]] = [
    ({"scores": {"opt_a": 4}}, "/scores/opt_a", "grade_out_of_range"),
    ({"scores": {"opt_a": -(10**9)}}, "/scores/opt_a", "grade_out_of_range"),
    ({"scores": {"opt_x": 1}}, "/scores/opt_x", "unknown_option"),
    ({"scores": {"opt_a": "1"}}, "/scores/opt_a", "wrong_type"),
    ({"scores": {"opt_a": True}}, "/scores/opt_a", "wrong_type"),
    ({"scores": [1]}, "/scores", "wrong_type"),
    ({"scores": {"opt_a": 1}, "ranking": []}, "/scores", "ranking_and_scores"),
    ({"ranking": [["opt_a"], [], [], [], ["opt_b"]]}, "/ranking", "too_many_ranks"),
    ({}, "/ranking", "missing_member"),
]


async def test_every_wrong_grade_is_named_where_it_stands(booth: Booth) -> None:
    world.change(booth.app.state.services.engine, method="score", rules={"max_score": 3})
    for body, pointer, code in WRONG_GRADES:
        assert (pointer, code) in faults(await booth.cast(person(0), body)), body
    assert boxed(booth) == (0, 0, 0)


async def test_a_ranked_contest_takes_no_grades(booth: Booth) -> None:
    answer = await booth.cast(person(0), {"scores": {"opt_a": 1}})
    assert faults(answer) == [("/scores", "ballot_has_no_grades")]


async def test_a_contest_says_what_its_ballot_may_hold(booth: Booth) -> None:
    engine = booth.app.state.services.engine
    world.change(engine, method="score", rules={"max_score": 3})
    contest = (await booth.client.get(f"/v1/contests/{CONTEST}")).json()
    assert contest["ballot_form"] == {"ranks": 4, "marks": 4, "max_score": 3, "as_marked": False}
    world.change(engine, method="plurality", seats=2, rules={})
    contest = (await booth.client.get(f"/v1/contests/{CONTEST}")).json()
    assert contest["ballot_form"] == {"ranks": 1, "marks": 2, "max_score": None, "as_marked": False}


WRONG_MEMBERS: list[tuple[dict[str, Any], str, str]] = [
    ({"ranking": ["opt_x"]}, "/ranking/0/0", "unknown_option"),
    ({"ranking": ["opt_a", "opt_a"]}, "/ranking/1/0", "duplicate_option"),
    ({"ranking": [["opt_a", "opt_b"]]}, "/ranking/0", "overvote"),
    ({"ranking": [[], "opt_a"]}, "/ranking/0", "skipped_rank"),
    ({"ranking": ["opt_a", "opt_b", "opt_c", "opt_d", "opt_a"]}, "/ranking", "too_many_ranks"),
    ({"ranking": "opt_a"}, "/ranking", "wrong_type"),
    ({"ranking": [1]}, "/ranking/0", "wrong_type"),
    ({"seq": -1}, "/seq", "out_of_bounds"),
    ({"seq": 2**31}, "/seq", "out_of_bounds"),
    ({"seq": "0"}, "/seq", "wrong_type"),
    ({"slot": "short"}, "/slot", "wrong_form"),
    ({"slot": "A" * 42 + "B"}, "/slot", "wrong_form"),
    ({"slot": None}, "/slot", "slot_required"),
    ({"commitment": None}, "/commitment", "commitment_required"),
    ({"rankings": []}, "/rankings", "unknown_member_did_you_mean"),
]
NO_BALLOTS: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b'{"ranking": ["\\u0000"]}', 422),
    (b'{"ranking": [], "ranking": []}', 422),
    (b"[" * 5000 + b"]" * 5000, 422),
    (b'"' + b"x" * 2_000_000 + b'"', 413),
    (b"[]", 422),
]


async def test_every_wrong_member_is_named_where_it_stands(booth: Booth) -> None:
    for members, pointer, code in WRONG_MEMBERS:
        answer = await booth.cast(person(0), voter(person(0)).body("opt_a") | members)
        assert (pointer, code) in faults(answer), members
    assert boxed(booth) == (0, 0, 0)


async def test_every_body_that_is_no_ballot_is_a_problem(booth: Booth) -> None:
    for content, status in NO_BALLOTS:
        answer = await booth.send(person(0), content)
        said = (answer.status_code, answer.headers["content-type"])
        assert said == (status, "application/problem+json"), content[:40]
    assert boxed(booth) == (0, 0, 0)


async def test_another_media_type_is_refused(booth: Booth) -> None:
    answer = await booth.send(person(0), b"{}", **{"Content-Type": "text/csv"})
    assert answer.status_code == 415


async def test_a_refusal_speaks_the_callers_language(booth: Booth) -> None:
    answer = await booth.cast(person(0), {"ranking": ["opt_x"]}, **{"Accept-Language": "zh-CN"})
    assert answer.json()["title"] == "选票填写有误"


async def test_a_closed_contest_takes_no_ballot(booth: Booth) -> None:
    world.change(booth.app.state.services.engine, state="closed")
    answer = await booth.cast(person(0), voter(person(0)).body("opt_a"))
    assert (answer.status_code, answer.json()["code"]) == (409, "contest_not_open")


async def test_a_contest_that_has_not_opened_takes_no_ballot_and_then_does(booth: Booth) -> None:
    engine: Engine = booth.app.state.services.engine
    world.change(engine, state="noticed", opened_at=None)
    answer = await booth.cast(person(0), voter(person(0)).body("opt_a"))
    assert (answer.status_code, answer.json()["code"]) == (409, "contest_not_open")
    world.change(engine, state="open", opened_at=system_now())
    assert (await booth.cast(person(0), voter(person(0)).body("opt_a"))).status_code == 201


async def test_a_dry_run_tells_and_writes_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    world.build(app.state.services.engine, closes_at=NOW + LATER)
    booth = Booth(app, client, "?dry_run=true")
    answer = await booth.cast(person(0), voter(person(0)).body("opt_a"))
    assert (answer.status_code, answer.headers["dry-run"]) == (200, "true")
    assert "receipt" not in answer.json()
    assert boxed(booth) == (0, 0, 0)


async def test_a_cast_leaves_no_line_in_the_log(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await booth.cast(person(0), voter(person(0)).body("opt_a"), **{"User-Agent": "a-very-own-agent"})
        await booth.cast(person(1), {"ranking": ["opt_x"]})
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert [record.getMessage() for record in ours] == []


async def test_before_the_close_every_answer_about_a_contest_tells_turnout_alone(booth: Booth) -> None:
    await booth.cast(person(0), voter(person(0)).body("opt_c"))
    await booth.cast(person(1), voter(person(1)).body("opt_c"))
    turnout = (await booth.client.get(f"/v1/contests/{CONTEST}/turnout")).json()
    assert (turnout["electors"], turnout["cast"]) == (5, 2)
    for path in ("result", "rounds"):
        answer = await booth.client.get(f"/v1/contests/{CONTEST}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_counted_yet")


def test_storage_tells_neither_time_nor_order_nor_person(engine: Engine) -> None:
    tables = inspect(engine)
    assert {column["name"] for column in tables.get_columns("ballot_box")} == {"contest_id", "slot", "seq", "ballot"}
    assert {column["name"] for column in tables.get_columns("participation")} == {"contest_id", "entry_id", "channel"}
    waiting = {column["name"] for column in tables.get_columns("cast_commitment")}
    assert waiting == {"contest_id", "commitment", "integrate_by", "leaf_index"}
    for table in ("ballot_box", "participation", "cast_commitment"):
        assert not [column["name"] for column in tables.get_columns(table) if column.get("identity")]
        assert not [column["name"] for column in tables.get_columns(table) if column.get("default")]


def test_sqlite_keeps_no_row_number_beside_a_ballot(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("row numbers are SQLite's")

    def definitions(session: Any) -> list[str]:
        query = "SELECT sql FROM sqlite_master WHERE name IN ('ballot_box', 'participation', 'cast_commitment')"
        return [row[0] for row in session.connection().exec_driver_sql(query)]

    found = transact(engine, definitions)
    assert len(found) == 3
    assert all("WITHOUT ROWID" in text for text in found)
