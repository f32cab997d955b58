"""Every operation of the API's description has a call in the client, or a reason why not; and no call is of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from api.app import create_app
from clients.python.answers import Contest, Turnout
from clients.python.ballots import Opening, open_new
from clients.python.calls import Call
from clients.python.comment_answers import Comment, Thread
from clients.python.resources import Resources
from voting.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Operation = tuple[str, str]

_MACHINES = "for balancers and for Prometheus, not for programs"
_EDITOR = "registers come in as a file; entries one by one are for who writes an editor of a register"
EXCEPTIONS: Mapping[str, str] = {
    "livez": _MACHINES,
    "metrics": _MACHINES,
    "list_problem_codes": "every refusal explains itself",
    "get_problem_code": "every refusal explains itself",
    "bind_identity": "the outside identity is in the browser or the mini-program, which call for themselves",
    **dict.fromkeys(
        (
            *("create_building", "get_building", "edit_building", "create_unit", "get_unit", "edit_unit"),
            *("create_dwelling", "get_dwelling", "edit_dwelling", "edit_person"),
            *("begin_residency", "list_residencies", "get_residency", "end_residency"),
            *("begin_ownership", "list_ownerships", "get_ownership", "make_voter", "end_ownership"),
            *("list_households", "get_household", "name_representative"),
        ),
        _EDITOR,
    ),
}
"""By operationId: why the client has no call for it."""

_CONTEST = {"community_id": "x", "roll_id": "x", "method": "irv", "seats": 1, "state": "open", "electors": 1}
_COMMENT = {"thread_id": "x", "depth": 0, "state": "visible", "alignment": 0, "edition": 1, "replies": 0}
VALUES: Mapping[Any, Any] = {
    Contest: Contest(
        id="x", question={}, options=(), opens_at=NOW, closes_at=NOW, ballot_form={"max_score": 5}, **_CONTEST
    ),
    Turnout: Turnout(cast=0, electors=1),
    Comment: Comment(id="x", thread_kind="contest", created_at=NOW, **_COMMENT),
    Thread: Thread(id="x", kind="contest", community_id="x", is_open=True, comments={}),
    Opening: open_new("x", ["x"]),
    datetime: NOW,
    date: NOW.date(),
    str: "x",
    int: 1,
    float: 1.5,
    bool: True,
    bytes: b"x",
}
"""A value of each type that a call may ask for; a collection is empty."""


class Recorder:
    """A sender that hands the call back instead of sending it."""

    def send(self, call: Call[Any], /) -> Any:
        """The call."""
        return call

    items = listen = send


def value_of(hint: Any) -> Any:
    """A value of this type."""
    if hint in VALUES:
        return VALUES[hint]
    origin = get_origin(hint)
    if origin is tuple and Ellipsis not in get_args(hint):
        return tuple(map(value_of, get_args(hint)))
    if isinstance(origin, type) and origin.__module__ in ("collections.abc", "builtins"):
        return {} if issubclass(origin, Mapping) else ()
    return value_of(get_args(hint)[0])


def calls() -> Iterator[tuple[str, Call[Any]]]:
    """Every call of the client, with made-up values, and its name."""
    for name, resource in vars(Resources(Recorder())).items():
        for verb in (verb for verb in dir(resource) if verb[0] != "_" and verb != "sender"):
            method = getattr(resource, verb)
            hints = get_type_hints(method)
            asked = [
                (key, one.kind)
                for key, one in signature(method).parameters.items()
                if one.default is Parameter.empty and one.kind is not Parameter.VAR_KEYWORD
            ]
            values = [value_of(hints[key]) for key, kind in asked if kind is not Parameter.KEYWORD_ONLY]
            named = {key: value_of(hints[key]) for key, kind in asked if kind is Parameter.KEYWORD_ONLY}
            yield f"{name}.{verb}", method(*values, **named)


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Operation]:
    """Method and path of every operation of the description."""
    folder: Path = tmp_path_factory.mktemp("description")
    described = create_app(Settings(database_url=f"sqlite:///{folder}/empty.db", key_file=folder / "key.pem")).openapi()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def operation_of(call: Call[Any], operations: Mapping[str, Operation]) -> str | None:
    """The operation that a call is of: where several paths match, the one with the fewest parameters."""
    found = [
        (path.count("{"), name)
        for name, (method, path) in operations.items()
        if method == call.method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", path), call.path)
    ]
    return min(found)[1] if found else None


def test_every_operation_has_a_call_or_a_reason(operations: dict[str, Operation]) -> None:
    called = {operation_of(call, operations) for _, call in calls()}
    assert sorted(set(operations) - called - set(EXCEPTIONS)) == []


def test_an_exception_is_of_an_operation_that_has_no_call(operations: dict[str, Operation]) -> None:
    called = {operation_of(call, operations) for _, call in calls()}
    assert sorted(set(EXCEPTIONS) & called) == []
    assert sorted(set(EXCEPTIONS) - set(operations)) == []


def test_every_call_is_of_an_operation(operations: dict[str, Operation]) -> None:
    assert [name for name, call in calls() if operation_of(call, operations) is None] == []
