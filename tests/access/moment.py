"""The instant the tests of access happen at."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
