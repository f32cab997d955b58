"""The two clients. `Client` blocks, `AsyncClient` awaits; both carry out the conversations of `calls` over httpx.

    with Client("http://127.0.0.1:8000", token) as yishi:
        cast = yishi.contests.cast(contest_id, [["opt_a"], ["opt_b"]])

`acting(token)` is the same client for another caller, on the same connections.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

import httpx

from clients.python import contests
from clients.python.calls import Answer, Call, Caller, Outcome, Page, Send, Step, accept, exchange, following
from clients.python.checks import NOWHERE, Known, Report, check_file, holds_box, place_in_box, place_of
from clients.python.contests import Cast
from clients.python.downloads import Download, Progress
from clients.python.errors import NoAnswer, NotFound, TimedOut, YishiClientError
from clients.python.resources import AsyncResources, Resources
from clients.python.retries import Retries
from clients.python.streams import SILENCE, Stream

T = TypeVar("T")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Client(Resources):
    """The blocking client. Threads may share it."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        locale: str = "en",
        retries: Retries | None = None,
        timeout: float = 30.0,
        connections: int = 10,
    ) -> None:
        super().__init__(self)
        self._caller = Caller(base_url.rstrip("/"), token, locale, retries or Retries())
        self._http = httpx.Client(timeout=timeout, limits=_limits(connections), verify=_trust())

    def acting(self, token: str | None) -> Self:
        """The same client for another caller, on the same connections."""
        other = object.__new__(type(self))
        Resources.__init__(other, other)
        other._caller, other._http = replace(self._caller, token=token), self._http
        return other

    def send(self, call: Call[T], /) -> T:
        """Carry out one call."""
        conversation = exchange(call, self._caller)
        outcome: Outcome = None
        while True:
            try:
                step = conversation.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            outcome = self._perform(step)

    def items(self, call: Call[Page[T]], /) -> Iterator[T]:
        """Every item of every page."""
        ahead: Call[Page[T]] | None = call
        while ahead is not None:
            page = self.send(ahead)
            yield from page.items
            ahead = following(ahead, page)

    def download(self, call: Call[Any], out: BinaryIO, progress: Progress | None = None) -> str:
        """Bring a large answer into a file that can seek, continuing where the line breaks; its etag."""
        found = Download(self._caller.request(call), out, progress)
        attempt = 0
        while True:
            attempt += 1
            try:
                self._receive(found)
                return found.etag
            except YishiClientError as error:
                wait = self._caller.retries.wait_before_retry(error, attempt, call.repeatable)
                if wait is None:
                    raise
            time.sleep(wait)

    def check(self, cast: Cast, *, log_key: str | None = None) -> Report:
        """Check one's own ballot against everything that is published of its contest: see `checks`.

        With the voter's token it finds the voter's own check-off as well. The slot is told without the token.
        """
        contest_id, known = cast.opening.contest_id, Known(receipt=cast.receipt, log_key=log_key)
        with tempfile.TemporaryFile() as file:
            self.download(contests.bundle(contest_id), file)
            if self._caller.token:
                known = replace(known, elector=place_of(self.send(contests.my_record(contest_id))))
            if not holds_box(file):
                asked = contests.box_proof(contest_id, cast.opening.slot)
                try:
                    known = replace(known, ballot=place_in_box(self.acting(None).send(asked), cast.opening))
                except NotFound:
                    known = replace(known, ballot=NOWHERE)
            return check_file(file, cast.opening, known)

    def _receive(self, found: Download) -> None:
        step = found.request
        try:
            with self._http.stream(step.method, step.url, headers=step.headers) as response:
                if response.status_code >= 400:
                    accept(Answer(response.status_code, response.headers, response.read()))
                found.begin(response.status_code, response.headers)
                for chunk in response.iter_raw():
                    found.write(chunk)
        except httpx.TransportError as error:
            raise _no_answer(step, error) from error
        found.end()

    def listen(self, call: Call[T], /) -> Iterator[T]:
        """Every record of a stream, over as many connections as it takes."""
        stream = Stream(call, self._caller)
        while True:
            try:
                yield from self._hear(stream)
                wait = stream.pause
            except YishiClientError as error:
                wait = stream.broken(error)
            time.sleep(wait)

    def _hear(self, stream: Stream[T]) -> Iterator[T]:
        step, timeout = stream.request, _patient(self._http.timeout, SILENCE)
        try:
            with self._http.stream(step.method, step.url, headers=step.headers, timeout=timeout) as response:
                if response.status_code >= 400:
                    accept(Answer(response.status_code, response.headers, response.read()))
                for line in response.iter_lines():
                    found = stream.heard(line)
                    if found is not None:
                        yield found
        except httpx.TransportError as error:
            raise _no_answer(step, error) from error

    def _perform(self, step: Step) -> Outcome:
        if not isinstance(step, Send):
            time.sleep(step.seconds)
            return None
        try:
            return _answer(
                self._http.request(
                    step.method,
                    step.url,
                    headers=step.headers,
                    content=step.content,
                    timeout=_patient(self._http.timeout, step.patience),
                )
            )
        except httpx.TransportError as error:
            return _no_answer(step, error)

    def close(self) -> None:
        """Close the connections, also those of every `acting` client."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(AsyncResources):
    """The awaiting client, for one event loop."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        locale: str = "en",
        retries: Retries | None = None,
        timeout: float = 30.0,
        connections: int = 10,
    ) -> None:
        super().__init__(self)
        self._caller = Caller(base_url.rstrip("/"), token, locale, retries or Retries())
        self._http = httpx.AsyncClient(timeout=timeout, limits=_limits(connections), verify=_trust())

    def acting(self, token: str | None) -> Self:
        """The same client for another caller, on the same connections."""
        other = object.__new__(type(self))
        AsyncResources.__init__(other, other)
        other._caller, other._http = replace(self._caller, token=token), self._http
        return other

    async def send(self, call: Call[T], /) -> T:
        """Carry out one call."""
        conversation = exchange(call, self._caller)
        outcome: Outcome = None
        while True:
            try:
                step = conversation.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            outcome = await self._perform(step)

    async def items(self, call: Call[Page[T]], /) -> AsyncIterator[T]:
        """Every item of every page."""
        ahead: Call[Page[T]] | None = call
        while ahead is not None:
            page = await self.send(ahead)
            for item in page.items:
                yield item
            ahead = following(ahead, page)

    async def download(self, call: Call[Any], out: BinaryIO, progress: Progress | None = None) -> str:
        """Bring a large answer into a file that can seek, continuing where the line breaks; its etag."""
        found = Download(self._caller.request(call), out, progress)
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._receive(found)
                return found.etag
            except YishiClientError as error:
                wait = self._caller.retries.wait_before_retry(error, attempt, call.repeatable)
                if wait is None:
                    raise
            await asyncio.sleep(wait)

    async def check(self, cast: Cast, *, log_key: str | None = None) -> Report:
        """Check one's own ballot against everything that is published of its contest: see `checks`.

        With the voter's token it finds the voter's own check-off as well. The slot is told without the token.
        """
        contest_id, known = cast.opening.contest_id, Known(receipt=cast.receipt, log_key=log_key)
        with tempfile.TemporaryFile() as file:
            await self.download(contests.bundle(contest_id), file)
            if self._caller.token:
                known = replace(known, elector=place_of(await self.send(contests.my_record(contest_id))))
            if not holds_box(file):
                asked = contests.box_proof(contest_id, cast.opening.slot)
                try:
                    known = replace(known, ballot=place_in_box(await self.acting(None).send(asked), cast.opening))
                except NotFound:
                    known = replace(known, ballot=NOWHERE)
            return await asyncio.to_thread(check_file, file, cast.opening, known)

    async def _receive(self, found: Download) -> None:
        step = found.request
        try:
            async with self._http.stream(step.method, step.url, headers=step.headers) as response:
                if response.status_code >= 400:
                    accept(Answer(response.status_code, response.headers, await response.aread()))
                found.begin(response.status_code, response.headers)
                async for chunk in response.aiter_raw():
                    found.write(chunk)
        except httpx.TransportError as error:
            raise _no_answer(step, error) from error
        found.end()

    async def listen(self, call: Call[T], /) -> AsyncIterator[T]:
        """Every record of a stream, over as many connections as it takes."""
        stream = Stream(call, self._caller)
        while True:
            try:
                async for found in self._hear(stream):
                    yield found
                wait = stream.pause
            except YishiClientError as error:
                wait = stream.broken(error)
            await asyncio.sleep(wait)

    async def _hear(self, stream: Stream[T]) -> AsyncIterator[T]:
        step, timeout = stream.request, _patient(self._http.timeout, SILENCE)
        try:
            async with self._http.stream(step.method, step.url, headers=step.headers, timeout=timeout) as response:
                if response.status_code >= 400:
                    accept(Answer(response.status_code, response.headers, await response.aread()))
                async for line in response.aiter_lines():
                    found = stream.heard(line)
                    if found is not None:
                        yield found
        except httpx.TransportError as error:
            raise _no_answer(step, error) from error

    async def _perform(self, step: Step) -> Outcome:
        if not isinstance(step, Send):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return _answer(
                await self._http.request(
                    step.method,
                    step.url,
                    headers=step.headers,
                    content=step.content,
                    timeout=_patient(self._http.timeout, step.patience),
                )
            )
        except httpx.TransportError as error:
            return _no_answer(step, error)

    async def close(self) -> None:
        """Close the connections, also those of every `acting` client."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that are trusted, read once: reading them takes longer than a request."""
    return httpx.create_ssl_context()


def _limits(connections: int) -> httpx.Limits:
    return httpx.Limits(max_connections=connections, max_keepalive_connections=connections)


def _patient(timeout: httpx.Timeout, seconds: int) -> httpx.Timeout:
    """The timeouts of the client, with so many seconds more to wait for an answer."""
    read = None if timeout.read is None else timeout.read + seconds
    return httpx.Timeout(connect=timeout.connect, read=read, write=timeout.write, pool=timeout.pool)


def _answer(response: httpx.Response) -> Answer:
    return Answer(response.status_code, response.headers, response.content)


def _no_answer(step: Send, error: httpx.TransportError) -> NoAnswer:
    kind = TimedOut if isinstance(error, httpx.TimeoutException) else NoAnswer
    outcome = kind(f"{step.method} {step.url}: {error or type(error).__name__}", unsent=isinstance(error, _NEVER_SENT))
    outcome.__cause__ = error
    return outcome
