"""Waiting at a thread: whatever is shown there wakes who waits, and what is not shown is never told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from api.app import create_app
from tests.access.world import a_role
from tests.api.seats import asleep, looked_at
from tests.contests import processes
from tests.deliberation import world
from tests.deliberation.test_proposal_walks import Drawer
from tests.deliberation.world import ANN, BO, MOD, THREAD, do, resident, say
from tests.statements import counting_statements
from voting.deliberation import (
    cases,
    comment_checks,
    comment_erasure,
    comment_moderation,
    comment_summaries,
    comments,
    contribution_erasure,
    flags,
    moderation_policy,
    reactions,
    thread_marks,
)
from voting.deliberation.cases import Ruling
from voting.deliberation.comment_tables import Comment
from voting.deliberation.proposal_tables import Proposal
from voting.settings import Settings
from voting.store import engine_for, reader, transact

KEY = "contest:con_1"
PATH = "/v1/threads/contest/con_1"
SOON = 0.3


def changes(engine: Engine, key: str = KEY) -> int:
    with reader(engine) as session:
        return thread_marks.of(session, [key])[key].changes


def anyhow(_version: int) -> None:
    """Expects nothing."""


def checked_first(session: Session) -> None:
    """From now on everything waits for a check."""
    moderation_policy.edit(session, world.ADMIN, "com_1", {"pre_check": True}, anyhow, now=world.NOW)


def case_of(engine: Engine, comment: str) -> str:
    with reader(engine) as session:
        return str(session.get_one(Comment, comment).case_id)


def test_everything_that_is_shown_is_a_change(talking: Engine) -> None:
    comment = say(talking, ANN)
    seen = [changes(talking)]

    def after(work: Any, *args: Any, **named: Any) -> None:
        do(talking, work, *args, **named)
        seen.append(changes(talking))

    after(comments.edit, ANN, comment, {"text": "b"}, anyhow)
    after(flags.flag, BO, comment_moderation.KIND, comment, rule_id="abuse")
    after(cases.decide, MOD, case_of(talking, comment), "take", Ruling())
    after(cases.decide, MOD, case_of(talking, comment), "hide", Ruling("abuse", "r"))
    after(cases.decide, ANN, case_of(talking, comment), "appeal", Ruling(None, "r"))
    after(cases.decide, world.REVIEWER, case_of(talking, comment), "reinstate", Ruling("abuse", "r"))
    after(comment_summaries.write, MOD, *THREAD, side="all", text="s")
    after(comments.retract, ANN, comment)
    after(comment_erasure.erase_text, world.ADMIN, comment)
    say(talking, BO)
    seen.append(changes(talking))
    after(contribution_erasure.of_person, world.ADMIN, BO.id, Drawer())
    assert seen == sorted(set(seen))
    assert changes(talking, "contest:con_2") == 0


def test_a_reaction_and_one_flag_more_are_no_change(talking: Engine) -> None:
    comment = say(talking, ANN)
    do(talking, flags.flag, BO, comment_moderation.KIND, comment, rule_id="abuse")
    before = changes(talking)
    do(talking, reactions.react, BO, comment, "support")
    do(talking, flags.flag, resident(3), comment_moderation.KIND, comment, rule_id="abuse")
    assert changes(talking) == before


def test_what_waits_for_a_check_is_heard_of_when_it_is_published(talking: Engine) -> None:
    transact(talking, checked_first)
    held_back, comment = say(talking, ANN), say(talking, ANN)
    do(talking, comment_checks.withhold, MOD, held_back, rule_id="abuse", reason="r")
    do(talking, comments.edit, ANN, held_back, {"text": "b"}, anyhow)
    assert changes(talking) == 0
    do(talking, comment_checks.publish, MOD, comment)
    assert changes(talking) == 1


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings.model_copy(update={"watch_every_ms": 40, "pool_size": 4, "rate_per_minute": 0}))
    async with made.router.lifespan_context(made):
        transact(made.state.services.engine, settle)
        yield made


def settle(session: Session) -> None:
    world.settle(session)
    session.add(a_role("rle_mod", "per_mod", "moderator"))
    session.add(Proposal(id="prp_1", community_id="com_1", created_at=world.NOW, published_at=world.NOW))


def bearer(app: FastAPI, number: object = 1) -> dict[str, str]:
    services = app.state.services
    token = services.issuer.issue_access(f"per_{number}", "com_1", services.clock())
    return {"Authorization": f"Bearer {token}", "If-Match": "*"}


async def waits(app: FastAPI, client: httpx.AsyncClient, path: str) -> asyncio.Task[httpx.Response]:
    """The first resident waits."""
    etag = (await client.get(path, headers=bearer(app))).json()["etag"]
    held = asyncio.create_task(client.get(path, params={"wait": 30, "etag": etag}, headers=bearer(app)))
    await asleep(app)
    return held


async def posts(app: FastAPI, client: httpx.AsyncClient, text: str, path: str = PATH) -> str:
    """The second resident says something."""
    answer = await client.post(f"{path}/comments", json={"text": text}, headers=bearer(app, 2))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.anyio
@pytest.mark.parametrize("below", ["/comments?sort=tree", "", "/arguments"])
async def test_a_post_answers_who_waits_at_the_thread(app: FastAPI, client: httpx.AsyncClient, below: str) -> None:
    held = await waits(app, client, f"{PATH}{below.partition('?')[0]}")
    await posts(app, client, "here")
    answer = await asyncio.wait_for(held, 15)
    assert answer.status_code == 200
    assert ("here" in answer.text) is (below != "")


@pytest.mark.anyio
async def test_an_edit_of_a_proposal_answers_who_waits_for_it(app: FastAPI, client: httpx.AsyncClient) -> None:
    made = await client.post(
        "/v1/communities/com_1/proposals",
        json={"title": {"en": "Sheds"}, "body": {"en": "One"}},
        headers=bearer(app),
    )
    assert made.status_code == 201, made.text
    path = f"/v1/proposals/{made.json()['id']}"
    held = await waits(app, client, path)
    edited = await client.patch(path, json={"body": {"en": "Two"}}, headers=bearer(app))
    assert edited.status_code == 200, edited.text
    answer = await asyncio.wait_for(held, 15)
    assert (answer.status_code, answer.json()["etag"]) == (200, edited.json()["etag"])


@pytest.mark.anyio
async def test_moderation_answers_who_waits_for_one_thing(app: FastAPI, client: httpx.AsyncClient) -> None:
    comment = await posts(app, client, "SECRET WORDS")
    path = f"/v1/comments/{comment}"
    held = await waits(app, client, path)
    await client.post(f"{path}/flag", json={"rule_id": "abuse"}, headers=bearer(app, 3))
    assert (await asyncio.wait_for(held, 15)).json()["state"] == "flagged"
    case = case_of(app.state.services.engine, comment)
    await client.post(f"/v1/moderation-cases/{case}/take", headers=bearer(app, "mod"))
    held = await waits(app, client, path)
    ruling = {"rule_id": "abuse", "reason": "r"}
    hidden = await client.post(f"/v1/moderation-cases/{case}/hide", json=ruling, headers=bearer(app, "mod"))
    assert hidden.status_code == 200, hidden.text
    answer = await asyncio.wait_for(held, 15)
    assert (answer.json()["tombstone"], "SECRET" in answer.text) == ("hidden", False)


@pytest.mark.anyio
async def test_another_thread_wakes_nobody_here(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, f"{PATH}/comments")
    with counting_statements(app.state.services.engine) as sent:
        await posts(app, client, "elsewhere", "/v1/threads/option/opt_1")
        await asyncio.sleep(SOON)
    assert not held.done()
    assert not [one for one in sent if "FROM comment " in one]
    held.cancel()


@pytest.mark.anyio
async def test_a_comment_that_is_hidden_wakes_with_its_tombstone_alone(app: FastAPI, client: httpx.AsyncClient) -> None:
    comment = await posts(app, client, "SECRET WORDS")
    held = await waits(app, client, f"{PATH}/comments")
    flagged = await client.post(f"/v1/comments/{comment}/flag", json={"rule_id": "abuse"}, headers=bearer(app, 3))
    assert (await asyncio.wait_for(held, 15)).json()["items"][0]["state"] == flagged.json()["state"] == "flagged"
    case = case_of(app.state.services.engine, comment)
    await client.post(f"/v1/moderation-cases/{case}/take", headers=bearer(app, "mod"))
    held = await waits(app, client, f"{PATH}/comments")
    ruling = {"rule_id": "abuse", "reason": "r"}
    hidden = await client.post(f"/v1/moderation-cases/{case}/hide", json=ruling, headers=bearer(app, "mod"))
    assert hidden.status_code == 200, hidden.text
    answer = await asyncio.wait_for(held, 15)
    assert (answer.json()["items"][0]["tombstone"], "SECRET" in answer.text) == ("hidden", False)


@pytest.mark.anyio
async def test_what_waits_for_a_check_is_told_to_nobody(app: FastAPI, client: httpx.AsyncClient) -> None:
    transact(app.state.services.engine, checked_first)
    held = await waits(app, client, f"{PATH}/comments")
    listening = asyncio.create_task(client.get(f"{PATH}/changes", headers=bearer(app)))
    comment = await posts(app, client, "SECRET WORDS")
    await asyncio.sleep(SOON)
    assert not held.done()
    published = await client.post(f"/v1/comments/{comment}/publish", headers=bearer(app, "mod"))
    assert published.status_code == 200, published.text
    assert "SECRET WORDS" in (await asyncio.wait_for(held, 15)).text
    await looked_at(app, changes=1)
    app.state.services.end_waiting()
    told = (await asyncio.wait_for(listening, 15)).text
    data = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
    assert [one["changes"] for one in data] == [0, 1]
    assert all(set(one) == {"thread_kind", "thread_id", "changes", "etag"} for one in data)


@pytest.mark.anyio
async def test_who_comes_back_to_a_stream_with_the_last_event_is_told_nothing_twice(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    await posts(app, client, "x")
    first = await client.get(f"{PATH}/changes?seconds=0", headers=bearer(app))
    assert first.headers["content-type"] == "text/event-stream; charset=utf-8"
    known = next(line[4:] for line in first.text.splitlines() if line.startswith("id: "))
    again = await client.get(f"{PATH}/changes?seconds=0", headers=bearer(app) | {"Last-Event-ID": known})
    assert "data:" not in again.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "status"), [(PATH, 401), ("/v1/threads/contest/con_9", 404), ("/v1/threads/weather/con_1", 404)]
)
async def test_nobody_waits_where_they_may_not_read(
    app: FastAPI, client: httpx.AsyncClient, path: str, status: int
) -> None:
    headers = {} if status == 401 else bearer(app)
    for asked in ("/changes", "/comments?wait=20&etag=x"):
        answer = await asyncio.wait_for(client.get(f"{path}{asked}", headers=headers), 15)
        assert answer.status_code == status
    assert app.state.services.watch.waiting == 0


@pytest.mark.anyio
async def test_thirty_who_wait_cost_one_look_a_tick(app: FastAPI, client: httpx.AsyncClient) -> None:
    etag = (await client.get(f"{PATH}/comments", headers=bearer(app))).json()["etag"]
    asked = {"params": {"wait": 30, "etag": etag}, "headers": bearer(app)}
    held = [asyncio.create_task(client.get(f"{PATH}/comments", **asked)) for _ in range(30)]
    await asleep(app, 30)
    with counting_statements(app.state.services.engine) as sent:
        await asyncio.sleep(SOON)
    assert 0 < sum("FROM thread_mark" in one for one in sent) < 30
    assert not [one for one in sent if "FROM comment " in one]
    await posts(app, client, "x")
    answers = await asyncio.wait_for(asyncio.gather(*held), 20)
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.anyio
async def test_processes_hear_of_each_others_comments(database_url: str, tmp_path: Path) -> None:
    engine = engine_for(database_url)
    transact(engine, world.settle)
    engine.dispose()
    place = processes.place(database_url, tmp_path)
    headers = place.bearer("per_1")
    async with httpx.AsyncClient(timeout=60, headers=headers) as client:
        with place.server() as here, place.server() as there:
            await processes.ready(here, there)
            path = f"{here.url}{PATH}/comments"
            etag = (await client.get(path)).json()["etag"]
            held = asyncio.create_task(client.get(path, params={"wait": 40, "etag": etag}))
            await asyncio.sleep(SOON)
            said = await client.post(f"{there.url}{PATH}/comments", json={"text": "from there"})
            assert said.status_code == 201, said.text
            assert "from there" in (await asyncio.wait_for(held, 15)).text
