"""Fixtures of the HTTP tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases


@pytest.fixture
def sqlite_alone(sqlite_template: Path, tmp_path: Path) -> str:
    """For tests of what happens before storage: `database_url` may be overridden with it."""
    return databases.fresh_sqlite(sqlite_template, tmp_path)
