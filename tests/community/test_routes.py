"""Every route of a community: first the stranger's 401, then the wrong community's 404, then what it does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.community.files import LI, SHOP, WANG, csv_of, xlsx_of
from tests.community.neighbours import Headers, Neighbours

pytestmark = pytest.mark.anyio

JSON = {"label": "x"}
ROUTES: list[tuple[str, str, object]] = [
    ("GET", "/v1/communities/com_b", None),
    ("PATCH", "/v1/communities/com_b", {}),
    ("POST", "/v1/communities/com_b/clock/advance", {"seconds": 1}),
    ("POST", "/v1/communities/com_b/buildings", JSON),
    ("GET", "/v1/communities/com_b/buildings", None),
    ("GET", "/v1/buildings/{building}", None),
    ("PATCH", "/v1/buildings/{building}", JSON),
    ("POST", "/v1/buildings/{building}/units", JSON),
    ("GET", "/v1/communities/com_b/units", None),
    ("GET", "/v1/units/{unit}", None),
    ("PATCH", "/v1/units/{unit}", JSON),
    ("POST", "/v1/units/{unit}/dwellings", JSON | {"area_cm2": 1}),
    ("GET", "/v1/communities/com_b/dwellings", None),
    ("GET", "/v1/dwellings/{dwelling}", None),
    ("PATCH", "/v1/dwellings/{dwelling}", JSON),
    ("POST", "/v1/communities/com_b/persons", {"name": "王"}),
    ("GET", "/v1/communities/com_b/persons", None),
    ("GET", "/v1/persons/{person}", None),
    ("PATCH", "/v1/persons/{person}", {}),
    ("POST", "/v1/dwellings/{dwelling}/residencies", {"person_id": "per_1", "kind": "tenant"}),
    ("GET", "/v1/dwellings/{dwelling}/residencies", None),
    ("GET", "/v1/residencies/{residency}", None),
    ("POST", "/v1/residencies/{residency}/end", {}),
    ("POST", "/v1/dwellings/{dwelling}/ownerships", {"owner_name": "远大公司"}),
    ("GET", "/v1/dwellings/{dwelling}/ownerships", None),
    ("GET", "/v1/ownerships/{ownership}", None),
    ("POST", "/v1/ownerships/{ownership}/make_voter", None),
    ("POST", "/v1/ownerships/{ownership}/end", None),
    ("GET", "/v1/communities/com_b/households", None),
    ("GET", "/v1/households/{household}", None),
    ("POST", "/v1/households/{household}/representative", {"person_id": "per_1"}),
    ("GET", "/v1/communities/com_b/register/export", None),
    ("POST", "/v1/communities/com_b/codes", {}),
]
IMPORT = "/v1/communities/com_b/register/import"
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def neighbours(app: FastAPI) -> Neighbours:
    return Neighbours(app)


@pytest.fixture
async def ids(client: httpx.AsyncClient, neighbours: Neighbours) -> dict[str, str]:
    """One of everything in `com_b`: 王芳 owns and lives in 1-2-301."""
    admin = neighbours.officer()
    answer = await client.post(IMPORT, content=csv_of(WANG), headers=admin | CSV)
    assert answer.status_code == 200, answer.text
    found = {}
    for kind in ("building", "unit", "dwelling", "household"):
        page = (await client.get(f"/v1/communities/com_b/{kind}s", headers=admin)).json()
        found[kind] = page["items"][0]["id"]
    for kind, plural in (("residency", "residencies"), ("ownership", "ownerships")):
        row = (await client.get(f"/v1/dwellings/{found['dwelling']}/{plural}", headers=admin)).json()["items"][0]
        found |= {kind: row["id"], "person": row["person_id"]}
    return found


async def test_a_stranger_is_asked_who_they_are(client: httpx.AsyncClient, ids: dict[str, str]) -> None:
    for method, path, body in [*ROUTES, ("GET", "/v1/communities", None), ("POST", IMPORT, None)]:
        answer = await client.request(method, path.format(**ids), json=body)
        assert (answer.status_code, path) == (401, path)
        assert answer.json()["code"] == "authentication_required"


async def test_another_communitys_officer_finds_nothing(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    other = neighbours.officer("com_a")
    for method, path, body in ROUTES:
        answer = await client.request(method, path.format(**ids), json=body, headers={**other, "If-Match": "*"})
        assert (answer.status_code, path) == (404, path)
    assert (await client.post(IMPORT, content=csv_of(WANG), headers=other | CSV)).status_code == 404


async def test_a_resident_reads_places_and_themselves_and_nobody_else(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    wang, neighbour = neighbours.as_person(ids["person"]), neighbours.person()[1]
    for path in ("/v1/communities/com_b", "/v1/buildings/{building}", "/v1/units/{unit}"):
        assert (await client.get(path.format(**ids), headers=neighbour)).status_code == 200
    for path in (
        "/v1/persons/{person}",
        "/v1/dwellings/{dwelling}",
        "/v1/households/{household}",
        "/v1/residencies/{residency}",
        "/v1/ownerships/{ownership}",
    ):
        assert (await client.get(path.format(**ids), headers=wang)).status_code == 200, path
        assert (await client.get(path.format(**ids), headers=neighbour)).status_code == 403, path


async def test_an_auditor_sees_no_personal_data(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    auditor = neighbours.person("auditor")[1]
    for path in ("/v1/persons/{person}", "/v1/communities/com_b/register/export", "/v1/communities/com_b/households"):
        assert (await client.get(path.format(**ids), headers=auditor)).status_code == 403


async def test_a_resident_writes_nothing(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    wang = {**neighbours.as_person(ids["person"]), "If-Match": "*"}
    for method, path, body in ROUTES:
        if method != "GET":
            answer = await client.request(method, path.format(**ids), json=body, headers=wang)
            assert (answer.status_code, path) == (403, path)


async def test_the_platform_makes_a_community_and_administers_it(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    platform = neighbours.platform("communities:read", "communities:write", "register:write")
    draft = {"name": {"zh-CN": "丙小区"}, "time_zone": "Asia/Urumqi"}
    made = await client.post("/v1/communities", json=draft, headers=platform)
    assert made.status_code == 201
    identifier = made.json()["id"]
    assert (await client.get(f"/v1/communities/{identifier}", headers=platform)).json()["time_zone"] == "Asia/Urumqi"
    imported = await client.post(
        f"/v1/communities/{identifier}/register/import", content=csv_of(WANG), headers={**platform, **CSV}
    )
    assert imported.status_code == 200


async def test_a_resident_makes_no_community(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    answer = await client.post("/v1/communities", json={"name": {"en": "B"}}, headers=neighbours.officer())
    assert (answer.status_code, answer.json()["code"]) == (403, "platform_only")


async def test_the_platform_lists_communities_page_by_page(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    platform = neighbours.platform()
    first = (await client.get("/v1/communities?limit=1", headers=platform)).json()
    query = {"limit": 1, "cursor": first["next_cursor"]}
    second = (await client.get("/v1/communities", params=query, headers=platform)).json()
    assert [page["items"][0]["id"] for page in (first, second)] == ["com_a", "com_b"]
    assert second["next_cursor"] is None


async def edit(client: httpx.AsyncClient, path: str, change: object, headers: Headers) -> httpx.Response:
    read = await client.get(path, headers=headers)
    return await client.patch(path, json=change, headers={**headers, "If-Match": read.json()["etag"]})


EDITS: list[tuple[str, dict[str, object]]] = [
    ("/v1/communities/com_b", {"name": {"en": "B"}, "origins": ["https://b.example"], "time_zone": "Asia/Urumqi"}),
    ("/v1/buildings/{building}", {"label": "甲"}),
    ("/v1/units/{unit}", {"label": "乙"}),
    ("/v1/dwellings/{dwelling}", {"label": "302", "area_cm2": 897_500}),
    ("/v1/persons/{person}", {"name": "王芳芳", "phone": None, "born_on": "1980-03-02", "external_ref": "R1"}),
]


async def test_an_edit_needs_the_version_it_edits(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    for path, change in EDITS:
        place = path.format(**ids)
        assert (await client.patch(place, json=change, headers=admin)).status_code == 428
        stale = (await client.get(place, headers=admin)).json()["etag"]
        changed = await edit(client, place, change, admin)
        assert changed.status_code == 200, changed.text
        assert {name: changed.json()[name] for name in change} == change
        assert (await client.patch(place, json=change, headers={**admin, "If-Match": stale})).status_code == 412


WRONG_EDITS: list[tuple[str, dict[str, object], str, str]] = [
    ("/v1/persons/{person}", {"phone": "见备注"}, "/phone", "phone_not_a_number"),
    ("/v1/persons/{person}", {"born_on": "2190-01-01"}, "/born_on", "date_out_of_range"),
    ("/v1/persons/{person}", {"born_on": "1.3.1980"}, "/born_on", "not_a_date"),
    ("/v1/persons/{person}", {"name": None}, "/name", "wrong_type"),
    ("/v1/dwellings/{dwelling}", {"area_cm2": 0}, "/area_cm2", "out_of_bounds"),
    ("/v1/dwellings/{dwelling}", {"area_cm2": 10**12}, "/area_cm2", "out_of_bounds"),
    ("/v1/dwellings/{dwelling}", {"area_cm2": 89.5}, "/area_cm2", "wrong_type"),
    ("/v1/buildings/{building}", {"label": "   "}, "/label", "too_short"),
    ("/v1/buildings/{building}", {"lable": "3"}, "/lable", "unknown_member_did_you_mean"),
    ("/v1/communities/com_b", {"time_zone": "Mars/Olympus"}, "/time_zone", "time_zone_unknown"),
    ("/v1/communities/com_b", {"time_zone": "Asia"}, "/time_zone", "time_zone_unknown"),
    ("/v1/communities/com_b", {"time_zone": "../etc/passwd"}, "/time_zone", "time_zone_unknown"),
    ("/v1/communities/com_b", {"origins": ["javascript:alert(1)"]}, "/origins/0", "wrong_form"),
]


async def test_a_wrong_edit_names_the_member(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    for path, change, pointer, code in WRONG_EDITS:
        answer = await edit(client, path.format(**ids), change, admin)
        assert answer.status_code == 422, change
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_mini_program_edits_by_post(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    headers = {**neighbours.officer(), "If-Match": "*", "X-HTTP-Method-Override": "PATCH"}
    answer = await client.post(f"/v1/units/{ids['unit']}", json={"label": "九"}, headers=headers)
    assert (answer.status_code, answer.json()["label"]) == (200, "九")


async def test_places_are_made_one_inside_the_other(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    admin = neighbours.officer()
    building = (await client.post("/v1/communities/com_b/buildings", json={"label": "３栋"}, headers=admin)).json()
    unit = (await client.post(f"/v1/buildings/{building['id']}/units", json={"label": "2"}, headers=admin)).json()
    dwelling = await client.post(
        f"/v1/units/{unit['id']}/dwellings", json={"label": "501", "area_cm2": 895_000}, headers=admin
    )
    assert dwelling.status_code == 201
    told = {name: dwelling.json()[name] for name in ("building", "unit", "label", "area_m2")}
    assert told == {"building": "3栋", "unit": "2", "label": "501", "area_m2": "89.5"}
    homes = await client.get(f"/v1/communities/com_b/households?dwelling_id={dwelling.json()['id']}", headers=admin)
    assert [home["dwelling"] for home in homes.json()["items"]] == ["501"]


async def test_a_label_is_taken_once_among_siblings(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    for path, body in (
        ("/v1/communities/com_b/buildings", {"label": "1"}),
        (f"/v1/buildings/{ids['building']}/units", {"label": "2"}),
        (f"/v1/units/{ids['unit']}/dwellings", {"label": "301", "area_cm2": 1}),
    ):
        answer = await client.post(path, json=body, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (409, "label_taken")
    other = await client.post("/v1/communities/com_b/buildings", json={"label": "2"}, headers=admin)
    taken = await edit(client, f"/v1/buildings/{other.json()['id']}", {"label": "1"}, admin)
    assert (taken.status_code, taken.json()["code"]) == (409, "label_taken")


async def test_lists_are_narrowed_to_a_building_or_unit(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    await client.post(IMPORT, content=csv_of(SHOP, SHOP | {"building": "9"}), headers=admin | CSV)
    base = "/v1/communities/com_b"
    for path, labels in (
        (f"{base}/units?building_id={ids['building']}", {"1", "2"}),
        (f"{base}/dwellings?building_id={ids['building']}", {"101", "301"}),
        (f"{base}/dwellings?unit_id={ids['unit']}", {"301"}),
    ):
        items = (await client.get(path, headers=admin)).json()["items"]
        assert {item["label"] for item in items} == labels


async def test_an_officer_of_one_building_lists_that_building_alone(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    worker = neighbours.person("social_worker", scope=("building", ids["building"]))[1]
    inside = await client.get(f"/v1/communities/com_b/dwellings?building_id={ids['building']}", headers=worker)
    assert inside.status_code == 200
    assert (await client.get("/v1/communities/com_b/dwellings", headers=worker)).status_code == 403


async def test_a_person_is_entered_once(client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours) -> None:
    admin = neighbours.officer()
    again = await client.post(
        "/v1/communities/com_b/persons", json={"name": "王芳", "phone": "+86 138 0013 8000"}, headers=admin
    )
    assert (again.status_code, again.json()["code"]) == (409, "person_exists")
    profile = (await client.get(f"/v1/persons/{ids['person']}", headers=admin)).json()
    assert [row["id"] for row in profile["residencies"]] == [ids["residency"]]
    assert [row["id"] for row in profile["ownerships"]] == [ids["ownership"]]


async def test_a_representative_lives_in_the_household(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin, (stranger, _) = neighbours.officer(), neighbours.person()
    path = f"/v1/households/{ids['household']}/representative"
    refused = await client.post(path, json={"person_id": stranger}, headers=admin)
    assert refused.json()["errors"][0]["code"] == "representative_not_resident"
    lives = {"person_id": stranger, "kind": "household_member"}
    await client.post(f"/v1/dwellings/{ids['dwelling']}/residencies", json=lives, headers=admin)
    named = await client.post(path, json={"person_id": stranger}, headers=admin)
    assert (named.status_code, named.json()["representative_id"]) == (200, stranger)
    gone = next(row["id"] for row in (await client.get(f"/v1/persons/{stranger}", headers=admin)).json()["residencies"])
    assert (await client.post(f"/v1/residencies/{gone}/end", headers=admin)).status_code == 200
    home = (await client.get(f"/v1/households/{ids['household']}", headers=admin)).json()
    assert home["representative_id"] == ids["person"]


async def test_residency_and_ownership_never_contradict(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin, (other, _) = neighbours.officer(), neighbours.person()
    path = f"/v1/dwellings/{ids['dwelling']}/residencies"
    for body, code in (
        ({"person_id": other, "kind": "owner_occupier"}, "residency_contradicts_owner"),
        ({"person_id": "per_nobody", "kind": "tenant"}, "person_not_found"),
    ):
        assert (await client.post(path, json=body, headers=admin)).json()["errors"][0]["code"] == code
    twice = await client.post(path, json={"person_id": ids["person"], "kind": "household_member"}, headers=admin)
    assert (twice.status_code, twice.json()["code"]) == (409, "residency_exists")
    sold = await client.post(f"/v1/ownerships/{ids['ownership']}/end", headers=admin)
    assert (sold.status_code, sold.json()["code"]) == (409, "owner_lives_there")


async def test_exactly_one_owner_casts_for_a_dwelling(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    path = f"/v1/dwellings/{ids['dwelling']}/ownerships"
    company = (await client.post(path, json={"owner_name": "远大公司"}, headers=admin)).json()
    assert (company["is_voter"], company["merge_key"]) == (False, "owner:远大公司")
    made = await client.post(f"/v1/ownerships/{company['id']}/make_voter", headers=admin)
    assert made.json()["is_voter"] is True
    assert (await client.get(f"/v1/ownerships/{ids['ownership']}", headers=admin)).json()["is_voter"] is False
    assert (await client.post(f"/v1/ownerships/{company['id']}/end", headers=admin)).status_code == 204
    assert (await client.get(f"/v1/ownerships/{ids['ownership']}", headers=admin)).json()["is_voter"] is True
    both = await client.post(path, json={"owner_name": "甲", "person_id": ids["person"]}, headers=admin)
    assert both.json()["errors"][0]["code"] == "person_or_owner_name"


async def test_a_demo_clock_goes_forward_and_only_forward(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    admin, path = neighbours.officer(), "/v1/communities/com_b/clock/advance"
    for total in (86_400, 172_800):
        moved = await client.post(path, json={"seconds": 86_400}, headers=admin)
        assert moved.json()["clock_offset_seconds"] == total
    assert (await client.post(path, json={"seconds": -1}, headers=admin)).status_code == 422


async def test_every_allowed_action_is_offered_with_its_address(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    seen = (await client.get("/v1/communities/com_b", headers=neighbours.officer())).json()["allowed_actions"]
    assert {
        "action": "edit",
        "method": "PATCH",
        "href": "/v1/communities/com_b",
        "allowed": True,
        "reason": None,
    } in seen
    resident = (await client.get("/v1/communities/com_b", headers=neighbours.person()[1])).json()["allowed_actions"]
    assert {action["reason"] for action in resident} == {"role_missing"}


async def test_an_import_on_trial_tells_and_writes_nothing(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    admin = neighbours.officer()
    told = await client.post(f"{IMPORT}?dry_run=true", content=csv_of(WANG), headers=admin | CSV)
    assert (told.json()["dry_run"], told.json()["persons"]["added"]) == (True, 1)
    assert (await client.get("/v1/communities/com_b/dwellings", headers=admin)).json()["items"] == []


SAID = {
    "en": "Row 2, column phone: 1.38E+10 is a number cell: leading zeros and perhaps digits are lost.",
    "zh-CN": "第 2 行“phone”列：1.38E+10 是数值单元格，开头的零及部分数字可能已丢失。",
}


async def test_a_refused_import_names_row_and_column_in_the_callers_language(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    content, admin = csv_of(WANG | {"phone": "1.38E+10"}), neighbours.officer()
    for language, detail in SAID.items():
        answer = await client.post(IMPORT, content=content, headers={**admin, **CSV, "Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (422, "register_rejected")
        (error,) = answer.json()["errors"]
        assert (error["row"], error["column"], error["code"]) == (2, "phone", "phone_is_a_number")
        assert error["detail"] == detail


async def test_a_note_of_an_import_speaks_the_callers_language(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    content = csv_of(SHOP, SHOP | {"dwelling": "102"})
    answer = await client.post(
        IMPORT, content=content, headers={**neighbours.officer(), **CSV, "Accept-Language": "zh"}
    )
    (note,) = answer.json()["rows"]
    assert (note["row"], note["column"]) == (3, "owner")
    assert "远大公司" in note["detail"]


async def test_a_file_comes_as_a_form_or_as_it_is(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    admin = neighbours.officer()
    form = await client.post(IMPORT, files={"file": ("r.xlsx", xlsx_of(WANG))}, headers=admin)
    assert (form.status_code, form.json()["persons"]["added"]) == (200, 1)
    plain = await client.post(IMPORT, content=xlsx_of(WANG, LI), headers=admin)
    assert (plain.status_code, plain.json()["persons"]) == (
        200,
        {"added": 1, "changed": 0, "ended": 0, "unchanged": 1},
    )


NO_FILES: list[tuple[dict[str, Any], int, str]] = [
    ({"json": {"file": "x"}}, 415, "unsupported_media_type"),
    ({"files": {"other": ("r.csv", b"x")}}, 422, "invalid_request"),
    ({"data": {"file": "text"}, "files": {"x": ("r.csv", b"x")}}, 422, "invalid_request"),
    ({"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "malformed_body"),
    ({"content": b"PK\x03\x04 no", "headers": CSV}, 422, "invalid_request"),
    ({"content": b"", "headers": CSV}, 422, "invalid_request"),
    ({"content": b"a" * 33_554_433, "headers": CSV}, 413, "body_too_large"),
]


async def test_what_is_no_file_is_refused(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    admin = neighbours.officer()
    for sent, status, code in NO_FILES:
        answer = await client.post(IMPORT, **{**sent, "headers": {**admin, **sent.get("headers", {})}})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_the_register_goes_out_as_a_file(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    admin = neighbours.officer()
    answer = await client.get("/v1/communities/com_b/register/export", headers=admin)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    again = (await client.post(IMPORT, content=answer.content, headers=admin | CSV)).json()
    assert {again[kind]["added"] + again[kind]["changed"] for kind in ("persons", "dwellings", "ownerships")} == {0}


async def test_codes_are_shown_once_and_kept_by_no_cache(
    client: httpx.AsyncClient, ids: dict[str, str], neighbours: Neighbours
) -> None:
    answer = await client.post("/v1/communities/com_b/codes", headers=neighbours.officer())
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    (code,) = answer.json()["codes"]
    assert (code["person_id"], code["dwelling"]) == (ids["person"], "301")
