"""A real HTTP server on a free port whose answers a test writes down beforehand: for what a service seldom does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class Script:
    """Answers in the order they are given, and the requests in the order they came. `None` hangs up without an answer."""

    answers: list[tuple[int, Any, dict[str, str]] | None]
    seen: list[Seen] = field(default_factory=list)
    url: str = ""


def ok(document: Any, status: int = 200, **headers: str) -> tuple[int, Any, dict[str, str]]:
    """An answer with JSON."""
    return status, document, headers


def refused(status: int, code: str, **members: Any) -> tuple[int, Any, dict[str, str]]:
    """A problem."""
    return status, {"status": status, "code": code, **members}, {"content-type": "application/problem+json"}


@contextmanager
def serving(*answers: tuple[int, Any, dict[str, str]] | None, slow: float = 0) -> Iterator[Script]:
    """Play the script once, answer by answer, each after `slow` seconds."""
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.seen.append(Seen(self.command, self.path, headers, body))
            answer = script.answers.pop(0)
            time.sleep(slow)
            if answer is None:
                self.close_connection = True
                return
            status, document, extra = answer
            content = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            length = {"content-type": "application/json", "content-length": str(len(content))}
            for name, value in (length | extra).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815 (names given by http.server)

        def log_message(self, format: str, *values: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
