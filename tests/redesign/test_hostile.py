"""Hostile text in reports: stored, it comes back byte for byte in NFC; refused, it is refused by name and leaves nothing."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from sqlmodel import func, select

from tests.api.settled import as_person
from tests.deliberation.test_comment_hostile import KEPT, REFUSED
from tests.redesign.conftest import GATE, REPORTS, Street
from voting.redesign.tables import ProblemReport
from voting.store import reader

MEMBERS = ("observation", "category")


def post(street: Street, member: str, text: str) -> Any:
    """As the bytes of a client that escapes whatever is not ASCII."""
    body = json.dumps({"observation": "o", "location": GATE, member: text}).encode()
    headers = as_person(street.service.app, "per_li") | {"Content-Type": "application/json"}
    return street.service.request("POST", f"/v1{REPORTS}", content=body, headers=headers)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_comes_back_as_it_was(street: Street, name: str) -> None:
    answer = post(street, "observation", KEPT[name])
    assert answer.status_code == 201, answer.text
    wanted = unicodedata.normalize("NFC", KEPT[name])
    report = answer.json()["id"]
    assert street.seen(report)["observation"].encode() == wanted.encode()
    (version,) = street.wang.get(f"/problem-reports/{report}/versions")["items"]
    assert version["observation"] == wanted
    drawn = street.wang.get(f"/problem-reports/{report}?format=geojson")
    assert drawn["properties"]["observation"] == wanted


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_by_name(street: Street, name: str, member: str) -> None:
    text, code = REFUSED[name]
    if (name, member) == ("too long", "category"):
        code = "too_long"  # A category is short: the form of the body is looked at first.
    before = stored(street)
    answer = post(street, member, text)
    assert answer.status_code in (413, 422), answer.text
    problem = answer.json()
    told = {problem["code"], *(error["code"] for error in problem.get("errors", ()))}
    assert code in told or answer.status_code == 413, told
    assert stored(street) == before


def stored(street: Street) -> int:
    with reader(street.service.engine) as session:
        return session.exec(select(func.count()).select_from(ProblemReport)).one()


@pytest.mark.parametrize("path", ["resolve", "dismiss"])
def test_a_reason_is_a_text_like_any_other(street: Street, path: str) -> None:
    report = street.report("acknowledge", "start")
    for name in ("a bidi override", "a stray zero width space", "nine marks"):
        text, code = REFUSED[name]
        assert street.sun.refused(f"/problem-reports/{report}/{path}", {"reason": text}) == (422, code)
    assert street.seen(report)["state"] == "in_progress"
    street.sun.post(f"/problem-reports/{report}/{path}", {"reason": KEPT["script tags"]})
    assert street.seen(report)["reason"] == KEPT["script tags"]
