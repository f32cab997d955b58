"""The table of methods that front ends draw their forms from agrees with the count that reads the values."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from tests.access.world import a_role
from tests.contests import world
from tests.contests.test_drafts import faults
from tests.contests.world import person
from voting.contests import methods
from voting.core import ballot
from voting.core import count as engine
from voting.store import transact

CATALOGUE = {form.method: form for form in methods.catalogue()}
RULES = [(form.method, rule) for form in CATALOGUE.values() for rule in form.rules]
OPTIONS = ("a", "b", "c")
TRIED: tuple[Any, ...] = (
    True,
    False,
    0,
    1,
    2,
    5,
    9,
    13,
    10**10,
    -1,
    "",
    "1.5",
    "x",
    "droop_integer",
    "percent_of_active:7",
)
DICE = {"tie_break_seed", "tie_break_contest"}


def test_every_method_is_listed_with_all_rules_but_the_dice() -> None:
    assert {name: {rule.name for rule in form.rules} for name, form in CATALOGUE.items()} == {
        name: engine.legal_rules(name).keys() - DICE for name in engine.METHODS
    }


def is_taken(method: str, rule: str, value: Any) -> bool:
    try:
        engine.validate_rules(method, {rule: value})
    except engine.CountError:
        return False
    return True


def test_a_schema_takes_what_the_count_takes_and_nothing_else() -> None:
    told = {}
    for method, rule in RULES:
        checker = jsonschema_rs.Draft202012Validator(dict(rule.schema))
        for value in (*TRIED, *rule.legal):
            told[method, rule.name, value] = (checker.is_valid(value), is_taken(method, rule.name, value))
    assert [which for which, (described, taken) in told.items() if described != taken] == []


def test_every_word_of_a_choice_is_taken_by_the_count() -> None:
    for method, rule in RULES:
        for word in rule.schema.get("enum", ()):
            engine.validate_rules(method, {rule.name: word})


def test_seats_within_the_bounds_are_taken_and_beyond_them_refused(session: Session) -> None:
    for method, form in CATALOGUE.items():
        most = form.most_seats or len(OPTIONS)
        assert methods.faults(method, OPTIONS, form.least_seats, {}) == methods.faults(method, OPTIONS, most, {}) == ()
        for seats in {max(form.least_seats - 1, 0), most + 1} - {form.least_seats}:
            [(pointer, code)] = faults(session, method=method, seats=seats)
            assert (pointer, code) in {("/seats", "seats_of_method"), ("/seats", "more_seats_than_options")}, method


def test_the_ballot_that_is_named_is_the_ballot_that_is_taken() -> None:
    for method, form in CATALOGUE.items():
        taken = ballot.form(method, OPTIONS)
        assert (taken.ranks == 1) == (form.paper in ("one", "several")), method
        assert (taken.marks > 1) == (form.paper in ("several", "grades", "equal_ranking")), method
        assert (taken.best is not None) == (form.paper == "grades"), method


LOT = {"round": 1, "tied": "#/options/0", "selected": "#/options/0", "selecting": "winner"}


@pytest.mark.anyio
async def test_what_cannot_be_counted_is_refused_over_http_with_what_is_legal(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    services = app.state.services
    world.build(services.engine)
    transact(services.engine, lambda session: session.add(a_role("rle_1", person(0), "social_worker")))
    asked = {
        "roll_id": "rol_1",
        "question": {"en": "How?"},
        "opens_at": "2031-01-01T00:00:00Z",
        "closes_at": "2031-01-02T00:00:00Z",
        "options": [{"label": {"en": str(number)}} for number in range(14)],
    }

    async def refused(method: str, seats: int, **rules: Any) -> tuple[str, str, str]:
        headers = {"Authorization": f"Bearer {services.issuer.issue_access(person(0), 'com_1', services.clock())}"}
        body = asked | {"method": method, "seats": seats, "rules": rules}
        answer = await client.post("/v1/communities/com_1/contests", json=body, headers=headers)
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        return fault["pointer"], fault["code"], fault["fix"]

    overvote = await refused("irv", 1, overvote="ignore")
    assert overvote[:2] == ("/rules/overvote", "illegal_rule")
    assert "exhaust_immediately" in overvote[2]
    assert (await refused("irv", 1, tie_break_resolutions=[LOT]))[0] == "/rules/tie_break_resolutions/0/tied"
    assert (await refused("stv-gregory-exact", 13))[:2] == ("/seats", "method_takes_fewer")
