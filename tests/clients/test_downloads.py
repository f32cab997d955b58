"""Downloads over a real line, alike in both clients: streamed, continued where they broke, begun anew when it changed."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from clients.python import AsyncClient, Client, NoAnswer, NotFound, Retries, Unavailable
from clients.python.calls import Call
from tests.clients.scripted import refused, serving

CALL: Call[bytes] = Call("GET", "/v1/contests/con_1/bundle", lambda answer: answer.content)
SOON = Retries(attempts=3, first_wait=0.001, longest_wait=2)
CONTENT = bytes(range(256)) * 40
ETAG = '"abc"'


def blocking(url: str, out: io.BytesIO, **options: Any) -> str:
    with Client(url, retries=SOON, timeout=2) as client:
        return client.download(CALL, out, **options)


def awaiting(url: str, out: io.BytesIO, **options: Any) -> str:
    async def fetch() -> str:
        async with AsyncClient(url, retries=SOON, timeout=2) as client:
            return await client.download(CALL, out, **options)

    return asyncio.run(fetch())


@pytest.fixture(params=[blocking, awaiting], ids=["blocking", "awaiting"])
def download(request: pytest.FixtureRequest) -> Any:
    """Either client."""
    return request.param


def part(content: bytes, status: int = 200, *, of: int | None = None) -> tuple[int, Any, dict[str, str]]:
    """An answer that promises `of` bytes and brings these."""
    headers = {"content-type": "application/zip", "etag": ETAG}
    return status, content, headers if of is None else {**headers, "content-length": str(of), "connection": "close"}


def test_it_arrives_whole_and_tells_how_far_it_is(download: Any) -> None:
    out, told = io.BytesIO(), []
    with serving(part(CONTENT)) as script:
        assert download(script.url, out, progress=lambda got, whole: told.append((got, whole))) == ETAG
    assert out.getvalue() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert script.seen[0].headers["accept-encoding"] == "identity"


def test_it_continues_where_the_line_broke(download: Any) -> None:
    out = io.BytesIO()
    with serving(part(CONTENT[:4000], of=len(CONTENT)), part(CONTENT[4000:], 206)) as script:
        download(script.url, out)
    assert out.getvalue() == CONTENT
    assert script.seen[1].headers["range"] == "bytes=4000-"
    assert script.seen[1].headers["if-range"] == ETAG


def test_it_begins_anew_when_it_has_changed_since(download: Any) -> None:
    out = io.BytesIO(b"before")
    out.seek(6)
    with serving(part(b"old" * 1000, of=9000), part(CONTENT)) as script:
        download(script.url, out)
    assert out.getvalue() == b"before" + CONTENT


def test_it_gives_up_after_as_many_attempts_as_it_was_told(download: Any) -> None:
    short = part(CONTENT[:10], of=len(CONTENT))
    with serving(short, short, short) as script, pytest.raises(NoAnswer):
        download(script.url, io.BytesIO())
    assert len(script.seen) == 3


def test_a_refusal_is_raised_and_nothing_is_written(download: Any) -> None:
    out = io.BytesIO()
    with serving(refused(404, "contest_not_found")) as script, pytest.raises(NotFound):
        download(script.url, out)
    assert out.getvalue() == b""


def test_a_passing_refusal_is_waited_for(download: Any) -> None:
    out = io.BytesIO()
    with serving(refused(503, "log_behind", retry_after=0), part(CONTENT)) as script:
        download(script.url, out)
    assert out.getvalue() == CONTENT
    with serving(*[refused(503, "log_behind", retry_after=0)] * 3) as script, pytest.raises(Unavailable):
        download(script.url, out)
