"""What the tests of rules share: the published profiles and cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def published(shared: Path) -> dict[str, dict[str, Any]]:
    """The published profiles by id."""
    profiles = json.loads((shared / "rules" / "profiles.json").read_text(encoding="utf-8"))
    return {profile["id"]: profile for profile in profiles}


def document(**changes: Any) -> dict[str, Any]:
    """A small rule that can be read, with members changed."""
    made: dict[str, Any] = {
        "format": 1,
        "id": "test.simple",
        "version": 1,
        "title": {"zh": "测试", "en": "Test"},
        "clause": {"zh": "无", "en": "none"},
        "certainty": "practice",
        "electorate": "owner",
        "participating": ["for", "against"],
        "tests": [a_test()],
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def a_test(**changes: Any) -> dict[str, Any]:
    """More than half of those taking part, by heads."""
    made = {"kind": "pass", "basis": "count", "have": "for", "of": "participating", "op": ">", "fraction": "1/2"}
    return made | changes
