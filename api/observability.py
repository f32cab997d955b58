"""What the operator sees: one log line per request and the figures of /metrics.

Nothing is counted per person, and nothing says what anybody chose. A ballot's request leaves no line at all unless the
service failed: no body, no address, no user agent, no caller, no time of casting.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as TEXT_FORMAT
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import Scope

from api.exchange import Exchange

__all__ = ["TEXT_FORMAT", "Meter", "configure_logging"]

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_UNMATCHED = "unmatched"


def configure_logging(json: bool) -> None:
    """Lines of JSON, or readable ones that a terminal shows in colour, for this service and the libraries it runs on."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    lines, people = structlog.processors.JSONRenderer(ensure_ascii=False), structlog.dev.ConsoleRenderer(colors=colours)
    renderer = lines if json else people
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    finish = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=finish))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


class Meter:
    """Counts and logs the answers of one process."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("yishi.http")
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("yishi_http_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "yishi_http_request_seconds",
            "Seconds until the answer left",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._faults = Counter("yishi_faults", "Faults of the service itself", registry=self._registry)
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._timers: dict[str, Any] = {}

    def page(self) -> bytes:
        """The figures in the text form of Prometheus."""
        return generate_latest(self._registry)

    def answered(self, scope: Scope, exchange: Exchange, status: int, seconds: float) -> None:
        """Count one answer; log it unless it is a ballot's."""
        route = scope.get("route")
        path = getattr(route, "path", _UNMATCHED)
        method = ("HEAD" if exchange.bodiless else scope["method"]) if route is not None else "ANY"
        counter = self._counters.get((method, path, status))
        if counter is None:
            counter = self._counters[method, path, status] = self._requests.labels(method, path, status)
            self._timers[path] = self._seconds.labels(path)
        counter.inc()
        self._timers[path].observe(seconds)
        if not _is_ballot(path) and not path.startswith(("/livez", "/readyz", "/metrics")):
            self._log.info(
                "answered",
                request_id=exchange.request_id,
                method=method,
                route=path,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

    def fault(self, scope: Scope, exchange: Exchange, error: Exception) -> None:
        """Log a fault of the service with its cause: no local values and, for a ballot, not even the error's message."""
        self._faults.inc()
        path = getattr(scope.get("route"), "path", _UNMATCHED)
        told = _stack(error, with_message=not _is_ballot(path))
        self._log.error("fault", request_id=exchange.request_id, method=scope["method"], route=path, exception=told)


def _is_ballot(path: str) -> bool:
    return path.endswith("/ballots")


def _stack(error: BaseException, *, with_message: bool) -> str:
    """Where an error came from, innermost call last, and what it was."""
    if with_message:
        return "".join(traceback.format_exception(error))
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
