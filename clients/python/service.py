"""The service itself."""

from __future__ import annotations

from clients.python.answers import ServiceDescription
from clients.python.calls import Call, one


def about() -> Call[ServiceDescription]:
    """Name, version and where to read on."""
    return Call("GET", "/v1", one(ServiceDescription))


def is_ready() -> Call[bool]:
    """Whether the service can take requests now; it is `Unavailable` when it cannot."""
    return Call("GET", "/readyz", lambda answer: answer.status == 200)
