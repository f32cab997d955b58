"""Posting in a crowd: batches write what each would have written alone, and a refusal is its author's own."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from tests.access.moment import NOW
from tests.api.settled import as_person
from tests.deliberation import world
from tests.deliberation.world import ANN, BO, FOREIGN, THREAD, events, resident, say
from voting.deliberation import comment_batches
from voting.deliberation.comment_batches import Post
from voting.deliberation.comment_posting import Draft
from voting.deliberation.comment_tables import Comment
from voting.errors import YishiError
from voting.log.tables import Event, JournalSalt, Log
from voting.store import reader, transact

PATH = "/v1/threads/contest/con_1/comments"


def test_a_batch_refuses_one_by_one_and_writes_the_rest(talking: Engine) -> None:
    parent = say(talking, ANN)
    posts = [
        Post(ANN, *THREAD, Draft("一")),
        Post(FOREIGN, *THREAD, Draft("x")),
        Post(BO, *THREAD, Draft("\u202e")),
        Post(BO, *THREAD, Draft("二", parent_id=parent)),
        Post(resident(3), "option", "opt_0", Draft("三", mentions=["per_1"])),
        Post(resident(4), *THREAD, Draft("四", parent_id="cmt_none")),
    ]
    answers = transact(talking, lambda session: comment_batches.write(session, posts, NOW))
    assert [isinstance(answer, YishiError) for answer in answers] == [False, True, True, False, False, True]
    with reader(talking) as session:
        assert session.exec(select(func.count()).select_from(Comment)).one() == 4
        assert session.get_one(Comment, parent).replies == 1
        salts = session.exec(select(JournalSalt.number).order_by(JournalSalt.number)).all()
        assert (list(salts), session.get_one(Log, "com_1").appended) == ([1, 2, 3, 4], 4)
    for answer in answers:
        if not isinstance(answer, YishiError):
            assert [event.kind for event in events(talking, answer.comment.id)] == ["posted"]


async def crowd(client: httpx.AsyncClient, app: FastAPI, size: int) -> list[Any]:
    async def one(number: int) -> Any:
        headers = as_person(app, f"per_{1 + number % 9}") | {"Content-Type": "application/json"}
        text = "\u202e" if number % 10 == 9 else f"{number}"
        return await client.post(PATH, content=f'{{"text": "{text}"}}'.encode(), headers=headers)

    return await asyncio.gather(*map(one, range(size)))


@pytest.mark.anyio
async def test_everybody_in_a_crowd_is_answered_and_every_answer_is_durable(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    transact(app.state.services.engine, world.settle)
    answers = await crowd(client, app, 60)
    assert [answer.status_code for answer in answers] == [422 if n % 10 == 9 else 201 for n in range(60)]
    said = {answer.json()["id"] for answer in answers if answer.status_code == 201}

    def stored(session: Session) -> tuple[set[str], int]:
        return set(session.exec(select(Comment.id))), session.exec(select(func.count()).select_from(Event)).one()

    with reader(app.state.services.engine) as session:
        assert stored(session) == (said, 54)


@pytest.mark.anyio
async def test_both_ways_of_posting_answer_alike(app: FastAPI, client: httpx.AsyncClient) -> None:
    transact(app.state.services.engine, world.settle)
    headers = as_person(app, "per_1")
    told = []
    for query, added in (("", {}), ("", {"Idempotency-Key": "12345678"}), ("?dry_run=true", {})):
        answer = await client.post(PATH + query, json={"text": "好", "alignment": 1}, headers=headers | added)
        assert answer.status_code == 201
        assert answer.headers["etag"] == answer.json()["etag"]
        body = {name: value for name, value in answer.json().items() if name not in ("id", "etag", "created_at")}
        told.append({**body, "allowed_actions": [one["action"] for one in body["allowed_actions"]]})
    assert told[0] == told[1] == told[2]
    read = (await client.get(PATH, headers=headers)).json()["items"]
    assert len(read) == 2
    refused = await client.post(PATH, json={"text": "好", "aligment": 1}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_member_did_you_mean")
