"""Every published case, counted and compared. No case is special."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import shared_folder
from voting.core.count import METHODS, case_from_json, difference

FOLDER = Path(os.environ.get("YISHI_CONFORMANCE", shared_folder() / "conformance")) / "counting" / "cases"
CASES = sorted(FOLDER.glob("*.json"))


def test_the_published_cases_are_there() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"no published cases at {FOLDER}: set YISHI_CONFORMANCE to run them")
    assert len(CASES) >= 100


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_published_case_is_counted_as_published(path: Path) -> None:
    document = json.loads(path.read_bytes())
    if document["method"] not in METHODS:
        pytest.skip(f"no method {document['method']} in the table")
    case = case_from_json(document)
    assert difference(case, case.count()) is None
