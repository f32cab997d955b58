"""Retries, keys, errors and paging over a real line, alike in both clients."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from clients.python import (
    AlreadyCast,
    AsyncClient,
    Client,
    Conflict,
    Forbidden,
    IllegalMove,
    Invalid,
    NoAnswer,
    NotFound,
    Problem,
    Retries,
    ServiceFault,
    Stale,
    TimedOut,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
)
from tests.clients.scripted import ok, refused, serving

SOON = Retries(attempts=3, first_wait=0.001, longest_wait=2)
COMMUNITY = {"id": "com_1", "name": {"en": "B"}}
ROLL = {"id": "rll_1", "name": "", "basis": "person", "state": "sealed", "electors": 0, "heads": 0, "area_cm2": 0}


def blocking(url: str, resource: str, method: str, *values: Any, token: str | None = None, **named: Any) -> Any:
    """Call a method of the blocking client; a listing is walked to its end."""
    with Client(url, token, retries=SOON, timeout=2) as client:
        answer = getattr(getattr(client, resource), method)(*values, **named)
        return list(answer) if method == "list" else answer


def awaiting(url: str, resource: str, method: str, *values: Any, token: str | None = None, **named: Any) -> Any:
    """The same with the awaiting client."""

    async def call() -> Any:
        async with AsyncClient(url, token, retries=SOON, timeout=2) as client:
            answer = getattr(getattr(client, resource), method)(*values, **named)
            return [item async for item in answer] if method == "list" else await answer

    return asyncio.run(call())


@pytest.fixture(params=[blocking, awaiting], ids=["blocking", "awaiting"])
def call(request: pytest.FixtureRequest) -> Any:
    """Either client."""
    return request.param


def test_a_passing_fault_is_tried_again_with_the_same_key(call: Any) -> None:
    with serving(refused(503, "busy"), None, ok(COMMUNITY, 201)) as script:
        assert call(script.url, "communities", "create", {"en": "B"}).id == "com_1"
    keys = {request.headers["idempotency-key"] for request in script.seen}
    assert len(script.seen) == 3
    assert len(keys) == 1


def test_two_calls_have_two_keys(call: Any) -> None:
    with serving(ok(COMMUNITY, 201), ok(COMMUNITY, 201)) as script:
        call(script.url, "communities", "create", {"en": "B"})
        call(script.url, "communities", "create", {"en": "B"})
    assert len({request.headers["idempotency-key"] for request in script.seen}) == 2


def test_a_cast_is_sent_again_byte_for_byte(call: Any) -> None:
    with serving(None, refused(409, "already_cast")) as script, pytest.raises(AlreadyCast):
        call(script.url, "contests", "cast", "con_1", ["opt_a"])
    assert script.seen[0].body == script.seen[1].body


def test_a_state_change_that_may_have_arrived_is_not_sent_again(call: Any) -> None:
    with serving(None) as script, pytest.raises(NoAnswer):
        call(script.url, "rolls", "seal", "rll_1")
    assert len(script.seen) == 1


def test_a_refusal_for_rate_waits_as_told_even_for_a_state_change(call: Any) -> None:
    with serving(refused(429, "too_fast", retry_after=0), ok(ROLL)) as script:
        assert call(script.url, "rolls", "seal", "rll_1").id == "rll_1"
    assert len(script.seen) == 2


def test_the_header_tells_the_wait_where_the_body_does_not(call: Any) -> None:
    answer = (429, {"code": "too_fast"}, {"retry-after": "100"})
    with serving(answer) as script, pytest.raises(TooMany) as refusal:
        call(script.url, "rolls", "get", "rll_1")
    assert refusal.value.retry_after == 100
    assert len(script.seen) == 1, "a wait longer than the longest is the caller's to decide"


def test_a_key_still_in_flight_is_waited_for(call: Any) -> None:
    with serving(refused(409, "in_flight", retry_after=0), ok(COMMUNITY, 201)) as script:
        call(script.url, "communities", "create", {"en": "B"})
    assert len(script.seen) == 2


def test_attempts_end(call: Any) -> None:
    with serving(*[refused(503, "busy")] * 3) as script, pytest.raises(Unavailable):
        call(script.url, "rolls", "get", "rll_1")
    assert not script.answers


def test_a_service_that_is_not_there_is_no_answer(call: Any) -> None:
    with serving() as script:
        url = script.url
    with pytest.raises(NoAnswer) as error:
        call(url, "rolls", "get", "rll_1")
    assert error.value.unsent


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Invalid), (401, Unauthenticated), (403, Forbidden), (404, NotFound), (409, Conflict), (412, Stale),
     (413, TooLarge), (418, Problem), (422, Invalid), (428, Stale), (500, ServiceFault)],
)  # fmt: skip
def test_each_status_has_its_error(call: Any, status: int, kind: type[Problem]) -> None:
    answer = refused(status, "some_code", detail="What came.", fix="Do this.")
    with serving(answer) as script, pytest.raises(kind) as refusal:
        call(script.url, "rolls", "get", "rll_1")
    assert type(refusal.value) is kind
    assert str(refusal.value) == f"{status} some_code: What came. Do this."


def test_a_fault_carries_its_pointer(call: Any) -> None:
    faults = [{"pointer": "/ranking/0", "code": "unknown_option", "detail": "There is no opt_x."}]
    with serving(refused(422, "invalid_request", errors=faults)) as script, pytest.raises(Invalid) as refusal:
        call(script.url, "contests", "cast", "con_1", ["opt_x"])
    assert refusal.value.errors[0].pointer == "/ranking/0"
    assert "There is no opt_x." in str(refusal.value)


def test_an_illegal_move_lists_the_legal_ones(call: Any) -> None:
    actions = [{"action": "close", "allowed": True}, {"action": "open", "allowed": False}]
    with (
        serving(refused(409, "illegal_move", allowed_actions=actions)) as script,
        pytest.raises(IllegalMove) as refusal,
    ):
        call(script.url, "contests", "open", "con_1")
    assert refusal.value.allowed_actions == ("close",)


def test_a_refusal_that_is_not_json_is_still_a_problem(call: Any) -> None:
    with serving((502, b"<html>gateway", {})) as script, pytest.raises(ServiceFault, match="gateway"):
        call(script.url, "rolls", "seal", "rll_1")


def test_an_answer_that_is_not_json_is_unexpected(call: Any) -> None:
    with serving((200, b"<html>", {})) as script, pytest.raises(UnexpectedAnswer):
        call(script.url, "rolls", "get", "rll_1")


def test_a_receipt_for_another_commitment_is_unexpected(call: Any) -> None:
    answer = {"receipt": "a.b.c", "commitment": "x", "integrate_by": "2026-01-01T00:00:00Z"}
    with serving(ok(answer, 201)) as script, pytest.raises(UnexpectedAnswer, match="another commitment"):
        call(script.url, "contests", "cast", "con_1", ["opt_a"])


def test_a_listing_follows_the_cursor_and_keeps_the_query(call: Any) -> None:
    pages = [{"items": [ROLL], "next_cursor": "a+/b"}, {"items": [{**ROLL, "id": "rll_2"}], "next_cursor": None}]
    with serving(*map(ok, pages)) as script:
        assert [roll.id for roll in call(script.url, "rolls", "list", "com_1")] == ["rll_1", "rll_2"]
    assert script.seen[1].path == "/v1/communities/com_1/rolls?cursor=a%2B%2Fb"


def test_a_page_is_fetched_only_when_it_is_reached() -> None:
    with serving(ok({"items": [ROLL], "next_cursor": "next"})) as script, Client(script.url) as client:
        assert next(client.rolls.list("com_1")).id == "rll_1"
        assert len(script.seen) == 1


def test_an_id_cannot_leave_its_place_in_the_path(call: Any) -> None:
    with serving(ok(ROLL)) as script:
        call(script.url, "rolls", "get", "../x?y#z")
    assert script.seen[0].path == "/v1/rolls/..%2Fx%3Fy%23z"


def test_the_token_is_sent_as_bearer(call: Any) -> None:
    with serving(ok(ROLL)) as script:
        call(script.url, "rolls", "get", "rll_1", token="key_1.s")
    assert script.seen[0].headers["authorization"] == "Bearer key_1.s"


def test_acting_for_another_leaves_the_first_as_it_was() -> None:
    with serving(ok(ROLL), ok(ROLL)) as script, Client(script.url, "first") as client:
        client.acting("second").rolls.get("rll_1")
        client.rolls.get("rll_1")
    assert [request.headers["authorization"] for request in script.seen] == ["Bearer second", "Bearer first"]


def test_a_slow_answer_times_out_and_may_have_acted() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(url, retries=Retries(attempts=1), timeout=0.05) as client, pytest.raises(TimedOut) as error:
            client.rolls.get("rll_1")
    assert not error.value.unsent


def test_both_clients_have_the_same_methods() -> None:
    def methods(client: Any) -> set[str]:
        resources = {name: value for name, value in vars(client).items() if not name.startswith("_")}
        return {f"{name}.{verb}" for name, value in resources.items() for verb in dir(value) if verb[0] != "_"}

    with Client("http://127.0.0.1:1") as one:
        other = AsyncClient("http://127.0.0.1:1")
        assert methods(one) == methods(other)
        asyncio.run(other.close())
