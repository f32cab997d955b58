"""Waiting for a change and listening to changes, alike in both clients."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Any

import pytest

from clients.python import AsyncClient, Client, Conflict, NotFound, Retries
from clients.python.answers import Contest, Turnout
from clients.python.records import read
from tests.clients.scripted import Script, ok, refused, serving

SOON = Retries(attempts=3, first_wait=0.001, longest_wait=2)
CONTEST = {
    "id": "con_1", "community_id": "com_1", "roll_id": "rll_1", "question": {"en": "?"}, "options": [], "method": "irv",
    "seats": 1, "state": "open", "electors": 3, "opens_at": "2026-03-01T00:00:00Z", "closes_at": "2026-03-08T00:00:00Z",
    "etag": '"3.abc"',
}  # fmt: skip
KNOWN = read(Contest, CONTEST)
STANDS = '{{"contest_id":"con_1","state":"open","opens_at":"2026-03-01T00:00:00Z","closes_at":"2026-03-08T00:00:00Z",\
"electors":3,"cast":{cast},"etag":"e{cast}"}}'


def event(cast: int) -> bytes:
    return f"event: change\nid: e{cast}\ndata: {STANDS.format(cast=cast)}\n\n".encode()


def stream(*parts: bytes) -> tuple[int, bytes, dict[str, str]]:
    """An event stream that ends."""
    return 200, b"retry: 0\n\n" + b":\n\n".join(parts), {"content-type": "text/event-stream"}


def blocking(url: str, method: str, *values: Any, first: int = 0, timeout: float = 2) -> Any:
    """Call a method of the blocking client, or take the first items of what it listens to."""
    with Client(url, retries=SOON, timeout=timeout) as client:
        answer = getattr(client.contests, method)(*values)
        return list(islice(answer, first)) if first else answer


def awaiting(url: str, method: str, *values: Any, first: int = 0, timeout: float = 2) -> Any:
    """The same with the awaiting client."""

    async def call() -> Any:
        async with AsyncClient(url, retries=SOON, timeout=timeout) as client:
            answer = getattr(client.contests, method)(*values)
            if not first:
                return await answer
            found: list[Any] = []
            async for item in answer:
                found.append(item)
                if len(found) == first:
                    await answer.aclose()
                    break
            return found

    return asyncio.run(call())


@pytest.fixture(params=[blocking, awaiting], ids=["blocking", "awaiting"])
def call(request: pytest.FixtureRequest) -> Any:
    """Either client."""
    return request.param


def test_waiting_says_what_is_known_and_brings_what_is_new(call: Any) -> None:
    with serving(ok(CONTEST | {"state": "closed"})) as script:
        assert call(script.url, "wait", KNOWN, 20).state == "closed"
    assert script.seen[0].path == "/v1/contests/con_1?wait=20&etag=%223.abc%22"


def test_what_has_not_changed_is_the_same_contest(call: Any) -> None:
    with serving((304, b"", {})) as script:
        assert call(script.url, "wait", KNOWN) is KNOWN


def test_turnout_is_waited_for_by_its_own_etag(call: Any) -> None:
    known = read(Turnout, {"cast": 1, "electors": 3, "etag": '"t1"'})
    with serving(ok({"cast": 2, "electors": 3, "etag": '"t2"'})) as script:
        assert call(script.url, "wait_turnout", "con_1", known).cast == 2
    assert script.seen[0].path == "/v1/contests/con_1/turnout?wait=25&etag=%22t1%22"


def test_a_result_that_did_not_come_is_a_conflict(call: Any) -> None:
    with serving(refused(409, "not_published_yet")) as script, pytest.raises(Conflict):
        call(script.url, "wait_result", "con_1", 5)
    assert script.seen[0].path == "/v1/contests/con_1/result?wait=5"


def test_an_answer_that_is_waited_for_may_take_its_seconds_beyond_the_timeout(call: Any) -> None:
    with serving(ok(CONTEST), slow=0.3) as script:
        assert call(script.url, "wait", KNOWN, 2, timeout=0.1).id == "con_1"


def test_a_service_that_stops_is_asked_again(call: Any) -> None:
    with serving(refused(503, "stopping", retry_after=0), ok(CONTEST | {"state": "closed"})) as script:
        assert call(script.url, "wait", KNOWN).state == "closed"


def test_changes_are_records_and_comments_are_nothing(call: Any) -> None:
    with serving(stream(event(0), event(1))) as script:
        assert [one.cast for one in call(script.url, "changes", "con_1", first=2)] == [0, 1]
    assert script.seen[0].path == "/v1/contests/con_1/changes"
    assert script.seen[0].headers["accept"] == "text/event-stream"


def test_a_listener_comes_back_with_what_it_heard_last(call: Any) -> None:
    with serving(stream(event(0)), None, stream(event(1))) as script:
        assert [one.cast for one in call(script.url, "changes", "con_1", first=2)] == [0, 1]
    assert last_ids(script) == [None, "e0", "e0"]


def test_an_event_that_was_cut_off_is_not_told(call: Any) -> None:
    with serving(stream(event(0), event(1)[:-2]), stream(event(1))) as script:
        assert [one.cast for one in call(script.url, "changes", "con_1", first=2)] == [0, 1]


def test_a_refusal_to_listen_is_raised(call: Any) -> None:
    with serving(refused(404, "contest_not_found")) as script, pytest.raises(NotFound):
        call(script.url, "changes", "con_1", first=1)


def last_ids(script: Script) -> list[str | None]:
    """What each connection said it had heard."""
    return [request.headers.get("last-event-id") for request in script.seen]
