"""The one clock. Everything else takes `now` as a parameter (time-zone aware, UTC)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)
