"""Rolls over HTTP: who is let in, what is answered, what a refusal says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from api.services import Services
from tests.roll import neighbourhood
from tests.roll.neighbourhood import NOW
from voting.access.tables import RoleAssignment
from voting.store import transact

pytestmark = pytest.mark.anyio

ROLES = (
    ("per_sun", "com_1", "committee_officer"),
    ("per_zhou", "com_1", "auditor"),
    ("per_far", "com_2", "community_admin"),
)
WRITES = ("compile", "display", "close_objections", "seal", "supersede")


def settle(session: Session) -> None:
    """The neighbourhood, with an officer, an auditor and another community's administrator."""
    neighbourhood.settle(session)
    for person, community, role in ROLES:
        session.add(
            RoleAssignment(
                id=f"rle_{person}",
                community_id=community,
                holder_kind="person",
                holder_id=person,
                role=role,
                scope_kind="community",
                scope_id=community,
                source="appointment",
                starts_at=NOW,
            )
        )


class Caller:
    """One person's HTTP client."""

    def __init__(self, client: httpx.AsyncClient, token: str | None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers | headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.headers | headers)


class Town:
    """Everybody who calls, and a roll to call about."""

    def __init__(self, client: httpx.AsyncClient, services: Services) -> None:
        def caller(person: str | None, community: str = "com_1") -> Caller:
            if person is None:
                return Caller(client, None)
            return Caller(client, services.issuer.issue_access(person, community, services.clock()))

        self.stranger = caller(None)
        self.officer, self.auditor, self.resident = caller("per_sun"), caller("per_zhou"), caller("per_li")
        self.foreigner = caller("per_far", "com_2")

    async def roll(self, *commands: str, **terms: Any) -> str:
        draft = {"name": "停车改造名册", "basis": "person"} | terms
        made = await self.officer.post("/v1/communities/com_1/rolls", draft)
        assert made.status_code == 201, made.text
        for command in commands:
            moved = await self.officer.post(f"/v1/rolls/{made.json()['id']}/{command}")
            assert moved.status_code == 200, moved.text
        return str(made.json()["id"])


@pytest.fixture
async def town(app: FastAPI, client: httpx.AsyncClient) -> Town:
    services: Services = app.state.services
    transact(services.engine, settle)
    return Town(client, services)


async def every_route(caller: Caller, roll_id: str, community_id: str = "com_1") -> dict[str, tuple[int, str]]:
    """Status and code of every route of rolls, called with bodies that are right."""
    base = f"/v1/rolls/{roll_id}"
    answers = {
        "create": await caller.post(f"/v1/communities/{community_id}/rolls", {"name": "x", "basis": "person"}),
        "list": await caller.get(f"/v1/communities/{community_id}/rolls"),
        "get": await caller.get(base),
        "entries": await caller.get(f"{base}/entries"),
        "eligibility": await caller.get(f"{base}/eligibility/me"),
        "correct": await caller.post(f"{base}/correct", {"reason": "r", "add": ["per_li"]}, **{"If-Match": "*"}),
    }
    for command in WRITES:
        answers[command] = await caller.post(f"{base}/{command}")
    return {name: (answer.status_code, answer.json().get("code", "")) for name, answer in answers.items()}


async def test_a_stranger_is_asked_who_they_are(town: Town) -> None:
    answers = await every_route(town.stranger, await town.roll("compile"))
    assert set(answers.values()) == {(401, "authentication_required")}


async def test_another_communitys_administrator_finds_nothing(town: Town) -> None:
    answers = await every_route(town.foreigner, await town.roll("compile"))
    assert {name: answers.pop(name) for name in ("create", "list")} == dict.fromkeys(
        ("create", "list"), (404, "community_not_found")
    )
    assert set(answers.values()) == {(404, "roll_not_found")}


async def test_a_resident_reads_but_does_not_write(town: Town) -> None:
    answers = await every_route(town.resident, await town.roll("compile"))
    allowed = {name for name, (status, _) in answers.items() if status == 200}
    assert allowed == {"list", "get", "eligibility"}
    assert {answer for name, answer in answers.items() if name not in allowed} == {(403, "role_missing")}


async def test_an_auditor_reads_no_entries(town: Town) -> None:
    roll_id = await town.roll("compile")
    answer = await town.auditor.get(f"/v1/rolls/{roll_id}/entries")
    assert (answer.status_code, answer.json()["code"]) == (403, "auditor_sees_no_personal_data")


async def test_an_officer_takes_a_roll_from_draft_to_its_seal(town: Town) -> None:
    roll_id = await town.roll("compile", "display", "close_objections", "seal")
    told = (await town.officer.get(f"/v1/rolls/{roll_id}")).json()
    assert (told["state"], told["electors"], told["heads"], len(told["root"])) == ("sealed", 5, 5, 64)
    assert [a["action"] for a in told["allowed_actions"] if a["allowed"]] == ["supersede"]


async def test_a_roll_of_a_unit_holds_that_unit(town: Town) -> None:
    roll_id = await town.roll("compile", scope={"kind": "unit", "ids": ["unt_2"]})
    told = (await town.resident.get(f"/v1/rolls/{roll_id}")).json()
    assert (told["electors"], told["scope"]) == (1, {"kind": "unit", "ids": ["unt_2"]})


async def test_a_representation_names_nobody(town: Town) -> None:
    roll_id = await town.roll("compile")
    told = (await town.resident.get(f"/v1/rolls/{roll_id}")).text
    assert not any(secret in told for secret in ("王", "李", "per_", "ent_"))


async def test_an_illegal_move_names_what_is_allowed_in_the_callers_language(town: Town) -> None:
    roll_id = await town.roll("compile", "display", "close_objections", "seal")
    refused = await town.officer.post(f"/v1/rolls/{roll_id}/compile", **{"Accept-Language": "zh-CN"})
    told = refused.json()
    assert (refused.status_code, told["code"], told["allowed_actions"]) == (409, "roll_sealed", ["supersede"])
    assert told["title"] == "名册已封存"


async def test_a_dry_run_tells_and_writes_nothing(town: Town) -> None:
    roll_id = await town.roll()
    told = await town.officer.post(f"/v1/rolls/{roll_id}/compile?dry_run=true")
    assert (told.status_code, told.json()["electors"], told.headers["dry-run"]) == (200, 5, "true")
    assert (await town.officer.get(f"/v1/rolls/{roll_id}")).json()["state"] == "draft"


async def test_entries_come_page_by_page(town: Town) -> None:
    roll_id = await town.roll("compile")
    path, seen = f"/v1/rolls/{roll_id}/entries?limit=2", []
    cursor = ""
    while cursor is not None:
        page = (await town.officer.get(path + (f"&cursor={cursor}" if cursor else ""))).json()
        seen += [entry["label"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(["王", "李", "赵", "孙", "周"])


async def test_a_correction_names_the_version_it_corrects(town: Town) -> None:
    roll_id = await town.roll("compile", "display", "close_objections")
    path, body = f"/v1/rolls/{roll_id}/correct", {"reason": "异议成立", "add": ["per_li"]}
    etag = (await town.officer.get(f"/v1/rolls/{roll_id}")).json()["etag"]
    assert (await town.officer.post(path, body)).status_code == 428
    assert (await town.officer.post(path, body, **{"If-Match": etag})).status_code == 200
    assert (await town.officer.post(path, body, **{"If-Match": etag})).status_code == 412


async def test_a_read_that_has_not_changed_is_a_304(town: Town) -> None:
    path = f"/v1/rolls/{await town.roll()}"
    etag = (await town.officer.get(path)).headers["etag"]
    assert (await town.officer.get(path, **{"If-None-Match": etag})).status_code == 304


async def test_the_same_key_makes_one_roll(town: Town) -> None:
    path, body, key = (
        "/v1/communities/com_1/rolls",
        {"name": "x", "basis": "owner"},
        {"Idempotency-Key": "a-roll-of-owners-1"},
    )
    first, again = await town.officer.post(path, body, **key), await town.officer.post(path, body, **key)
    assert first.json()["id"] == again.json()["id"]
    assert len((await town.officer.get(path)).json()["items"]) == 1


WRONG_DRAFTS: list[tuple[dict[str, Any], str, str]] = [
    ({"basis": "person"}, "/name", "missing_member"),
    ({"name": "x", "basis": "persons"}, "/basis", "not_one_of_did_you_mean"),
    ({"name": "x", "basis": "person", "minimum_age": "18"}, "/minimum_age", "wrong_type"),
    ({"name": "x", "basis": "person", "minimum_age": 121}, "/minimum_age", "out_of_bounds"),
    ({"name": "x", "basis": "person", "age_on": "2026-02-30"}, "/age_on", "not_a_date"),
    ({"name": "x", "basis": "person", "age_on": 20260301}, "/age_on", "not_a_date"),
    ({"name": "x", "basis": "person", "minimum_aeg": 18}, "/minimum_aeg", "unknown_member_did_you_mean"),
    ({"name": "x", "basis": "person", "scope": {"kind": "unit"}}, "/scope/ids", "roll_scope_ids"),
    (
        {"name": "x", "basis": "person", "scope": {"kind": "unit", "ids": ["unt_9"]}},
        "/scope/ids/0",
        "roll_scope_absent",
    ),
]


async def test_a_wrong_draft_is_refused_with_its_place(town: Town) -> None:
    for body, pointer, code in WRONG_DRAFTS:
        refused = await town.officer.post("/v1/communities/com_1/rolls", body)
        assert refused.status_code == 422
        assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


async def test_a_resident_learns_that_they_stand_on_the_roll(town: Town) -> None:
    path = f"/v1/rolls/{await town.roll('compile')}/eligibility/me"
    for locale, reason in (("en", "You stand on this roll."), ("zh-CN", "您在本名册之内。")):
        told = (await town.resident.get(path, **{"Accept-Language": locale})).json()
        assert (told["eligible"], told["code"], told["reason"]) == (True, "elector_on_roll", reason)
        assert told["entry"]["label"] == "李"


async def test_a_resident_learns_why_they_do_not(town: Town) -> None:
    roll_id = await town.roll("compile", basis="household")
    told = (await town.resident.get(f"/v1/rolls/{roll_id}/eligibility/me")).json()
    assert (told["eligible"], told["code"], told["entry"]) == (False, "elector_is_represented", None)


async def test_an_objection_goes_from_a_resident_to_the_correction_that_follows_it(town: Town) -> None:
    roll_id = await town.roll("compile", "display")
    filed = await town.resident.post(
        f"/v1/rolls/{roll_id}/objections",
        {"kind": "missing", "statement": "我家漏登"},
        **{"Idempotency-Key": "objection-1"},
    )
    assert filed.status_code == 201, filed.text
    offered = {action["action"]: action["allowed"] for action in filed.json()["allowed_actions"]}
    assert offered == {"withdraw": True, "uphold": False, "dismiss": False, "appeal": False}
    upheld = await town.officer.post(f"/v1/objections/{filed.json()['id']}/uphold", {"reason": "属实"})
    assert upheld.json()["state"] == "upheld"
    closed = await town.officer.post(f"/v1/rolls/{roll_id}/close_objections")
    corrected = await town.officer.post(
        f"/v1/rolls/{roll_id}/correct",
        {"reason": "异议成立", "add": ["per_li"], "objection_id": filed.json()["id"]},
        **{"If-Match": closed.headers["etag"]},
    )
    assert corrected.status_code == 200, corrected.text
    versions = await town.resident.get(f"/v1/rolls/{roll_id}/versions")
    assert [version["objection_id"] for version in versions.json()["items"]] == [None, filed.json()["id"]]


async def test_a_dry_run_of_an_objection_leaves_none(town: Town) -> None:
    roll_id = await town.roll("compile", "display")
    body = {"kind": "missing", "statement": "我家漏登"}
    tried = await town.resident.post(f"/v1/rolls/{roll_id}/objections?dry_run=true", body)
    listed = await town.officer.get(f"/v1/rolls/{roll_id}/objections")
    assert (tried.status_code, listed.json()["items"]) == (201, [])


async def test_the_display_masks_neighbours(town: Town) -> None:
    shown = await town.resident.get(f"/v1/rolls/{await town.roll('compile', 'display', basis='owner')}/display")
    assert {line["area_cm2"] for line in shown.json()["items"]} == {0}
    assert {line["own"] for line in shown.json()["items"]} == {False}
