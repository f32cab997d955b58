"""Hostile text over HTTP: what is stored comes back byte for byte in NFC, what is not is refused by name and leaves nothing."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from sqlmodel import func, select

from tests.api.conftest import Service
from tests.api.settled import as_person
from tests.deliberation import world
from voting.deliberation.comment_tables import Comment
from voting.store import reader, transact

KEPT = {
    "script tags": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "sql": "'; DROP TABLE comment; --",
    "an emoji family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f3\ufe0f\u200d\U0001f308",
    "a flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "decomposed letters": "cafe\u0301 \u1112\u1161\u11ab",
    "chinese beyond the first plane": "\U00020bb7\U0002f800",
    "right to left": "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "tabs and line ends": "a\tb\n\nc",
    "edges": "  x  ",
    "braces and entities": "{0} {name} %s &lt;&#x202e; \\u0000 \\n",
}
REFUSED = {
    "a bidi override": ("a\u202eb", "text_direction_override"),
    "a bidi isolate": ("a\u2066b", "text_direction_override"),
    "a stray zero width space": ("a\u200bb", "text_invisible_character"),
    "a byte order mark": ("\ufeffa", "text_invisible_character"),
    "nul": ("a\x00b", "forbidden_character"),
    "escape": ("a\x1b[31mb", "text_control_character"),
    "half a surrogate": ("a\ud800b", "forbidden_character"),
    "nine marks": ("a" + "\u0301\u0323" * 5, "text_too_many_marks"),
    "half a million marks": ("a" + "\u0301" * 500_000, "text_too_many_marks"),
    "nothing to see": (" \n ", "text_empty"),
    "too long": ("a" * 5001, "text_too_long"),
}


@pytest.fixture(scope="module")
def talk(service: Service) -> Service:
    transact(service.engine, world.settle)
    return service


def post(service: Service, text: str) -> Any:
    """As the bytes of a client that escapes whatever is not ASCII."""
    body = json.dumps({"text": text}).encode()
    headers = as_person(service.app, "per_1") | {"Content-Type": "application/json"}
    return service.request("POST", "/v1/threads/contest/con_1/comments", content=body, headers=headers)


def stored(service: Service) -> int:
    with reader(service.engine) as session:
        return session.exec(select(func.count()).select_from(Comment)).one()


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_comes_back_as_it_was(talk: Service, name: str) -> None:
    answer = post(talk, KEPT[name])
    assert answer.status_code == 201, answer.text
    path = f"/v1/comments/{answer.json()['id']}"
    read = talk.request("GET", path, headers=as_person(talk.app, "per_2"))
    wanted = unicodedata.normalize("NFC", KEPT[name])
    assert read.json()["text"].encode() == wanted.encode()
    (version,) = talk.request("GET", f"{path}/versions", headers=as_person(talk.app, "per_2")).json()["items"]
    assert version["text"] == wanted


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_by_name(talk: Service, name: str) -> None:
    text, code = REFUSED[name]
    before = stored(talk)
    answer = post(talk, text)
    assert answer.status_code in (413, 422), answer.text
    problem = answer.json()
    told = {problem["code"], *(error["code"] for error in problem.get("errors", ()))}
    assert code in told or answer.status_code == 413, told
    assert stored(talk) == before


def test_a_body_of_a_megabyte_of_marks_is_too_large(talk: Service) -> None:
    answer = post(talk, "a" + "\u0301" * 1_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
