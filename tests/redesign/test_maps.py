"""Reports on maps: GeoJSON by name or by Accept, frames, and what is near before one reports."""

from __future__ import annotations

from typing import Any

import pytest
from geojson_pydantic import Feature, FeatureCollection

from tests.redesign.conftest import DRAFT, REASON, REPORTS, Street


def at(longitude: float, latitude: float) -> dict[str, Any]:
    return {"location": {"type": "Point", "coordinates": [longitude, latitude]}}


def test_a_page_is_a_feature_collection_when_asked_for(street: Street) -> None:
    made = [street.report(category="图", **at(121.5 + step / 1000, 31.25)) for step in range(3)]
    by_name = street.wang.ask("GET", f"{REPORTS}?category=图&limit=2&format=geojson")
    by_accept = street.wang.ask("GET", f"{REPORTS}?category=图&limit=2", Accept="application/geo+json, */*;q=0.1")
    assert by_name.headers["content-type"] == by_accept.headers["content-type"] == "application/geo+json"
    assert by_name.json()["features"] == by_accept.json()["features"]
    assert "Accept" in by_name.headers["vary"].split(", ")
    assert 'rel="next"' in by_name.headers["link"]
    told = by_name.json()
    collection: Any = FeatureCollection(**told)
    assert [feature.id for feature in collection.features] == made[:0:-1]
    assert told["features"][0]["geometry"] == {"type": "Point", "coordinates": [121.502, 31.25]}
    properties = told["features"][0]["properties"]
    assert (properties["state"], properties["category"], properties["crs"]) == ("open", "图", "wgs84")
    assert not {"id", "location", "etag"} & set(properties)
    assert by_name.headers["etag"] == told["etag"]
    again = street.wang.ask("GET", f"{REPORTS}?category=图&limit=2&format=geojson", **{"If-None-Match": told["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    rest = street.wang.get(f"{REPORTS}?category=图&limit=2&format=geojson&cursor={told['next_cursor']}")
    assert ([one["id"] for one in rest["features"]], rest["next_cursor"]) == (made[:1], None)


def test_one_report_is_a_feature_whose_etag_edits_it(street: Street) -> None:
    report = street.report()
    told = street.li.get(f"/problem-reports/{report}?format=geojson&crs=gcj02")
    assert Feature(**told).id == report
    assert (told["properties"]["crs"], told["geometry"]["coordinates"] == DRAFT["location"]["coordinates"]) == (
        "gcj02",
        False,
    )
    assert {one["action"] for one in told["properties"]["allowed_actions"] if one["allowed"]} >= {"edit", "withdraw"}
    plain = street.li.get(f"/problem-reports/{report}")
    assert plain["etag"] != told["etag"]
    edited = street.li.ask("PATCH", f"/problem-reports/{report}", {"category": "灯"}, **{"If-Match": told["etag"]})
    assert edited.status_code == 200
    assert (
        street.li.refused(f"/problem-reports/{report}", {"category": "路"}, "PATCH", **{"If-Match": told["etag"]})[0]
        == 412
    )


def test_the_reporter_is_on_no_map_of_a_neighbour(street: Street) -> None:
    street.report(by=street.wang, category="谁")
    assert "per_wang" not in street.zhao.ask("GET", f"{REPORTS}?category=谁&format=geojson").text


def framed(street: Street, bbox: str) -> list[str]:
    return [one["id"] for one in street.wang.get(f"{REPORTS}?category=框&bbox={bbox}")["items"]]


def test_a_frame_holds_its_edges_and_crosses_180_degrees(street: Street) -> None:
    here, east, west = (street.report(category="框", **at(*place)) for place in ((10, 20), (179.9, 0), (-179.9, 0)))
    assert framed(street, "10,20,10,20") == framed(street, "9.9999999,19,11,20.0000001") == [here]
    assert framed(street, "10.0000001,19,11,21") == []
    assert framed(street, "179.5,-1,-179.5,1") == [west, east]
    assert framed(street, "-180,-90,180,90") == [west, east, here]


@pytest.mark.parametrize(
    ("bbox", "code"),
    [
        ("1,2,3", "wrong_form"),
        ("a,b,c,d", "wrong_form"),
        ("1e3,0,0,0", "wrong_form"),
        ("0,1,0,0", "bbox_impossible"),
        ("181,0,0,0", "bbox_impossible"),
        ("0,0,0,91", "bbox_impossible"),
    ],
)
def test_a_frame_that_is_none_is_refused(street: Street, bbox: str, code: str) -> None:
    assert street.wang.refused(f"{REPORTS}?bbox={bbox}", method="GET") == (422, code)


def near(street: Street, longitude: float, latitude: float, more: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = street.wang.get(f"{REPORTS}/near?longitude={longitude}&latitude={latitude}{more}")[
        "items"
    ]
    return found


def test_what_is_near_is_told_by_distance_within_the_bound(street: Street) -> None:
    # One degree of latitude is 111,195.08 m on the mean sphere: 0.0001° is 11.12 m.
    spots = [street.report(**at(100, 40 + step / 10_000)) for step in (0, 2, 4, 6)]
    assert [(one["id"], one["metres"]) for one in near(street, 100, 40)] == [
        *((spots[0], 0), (spots[1], 23), (spots[2], 45)),
    ]
    assert [one["id"] for one in near(street, 100, 40, "&metres=67")] == spots
    assert [one["id"] for one in near(street, 100, 40, "&metres=66")] == spots[:3]


def test_what_says_the_same_comes_first_and_from_afar_last(street: Street) -> None:
    other = street.report(observation="单车乱放", **at(101, 40))
    same = street.report(observation="井盖破损有异响", **at(101, 40.0003))
    afar = street.report(observation="井盖破损", **at(102, 41))
    found = near(street, 101, 40, "&q=井盖破损")
    assert [one["id"] for one in found] == [same, other, afar]
    assert [one["likeness"] for one in found] == ["1", "0", "1"]
    assert [one["id"] for one in near(street, 101, 40, "&q=%22*")] == [other, same]


def test_what_is_over_or_leads_elsewhere_is_no_hint(street: Street) -> None:
    place = at(103, 40)
    target, resolved = street.report(**place), street.report("acknowledge", "start", "resolve", **place)
    copy, _ = street.report(**place), street.report("dismiss", **place)
    street.report("withdraw", **place)
    street.sun.post(f"/problem-reports/{copy}/mark_duplicate", {"duplicate_of": target})
    assert {one["id"] for one in near(street, 103, 40)} == {target, resolved}
    street.li.post(f"/problem-reports/{resolved}/reopen", REASON)
    assert {one["state"] for one in near(street, 103, 40)} == {"open", "reopened"}


def test_near_stays_within_the_community_and_the_world(street: Street) -> None:
    street.report(**at(104, 40))
    assert street.far.refused(f"{REPORTS}/near?longitude=104&latitude=40", method="GET") == (404, "community_not_found")
    assert street.far.get("/communities/com_2/problem-reports/near?longitude=104&latitude=40")["items"] == []
    for place in ("longitude=nan&latitude=0", "longitude=181&latitude=0", "longitude=0&latitude=inf", "longitude=0"):
        assert street.wang.refused(f"{REPORTS}/near?{place}", method="GET")[0] == 422


def test_a_list_tells_of_each_what_may_be_done_when_asked(street: Street) -> None:
    report = street.report(category="动作")
    (plain,) = street.li.get(f"{REPORTS}?category=动作")["items"]
    (asked,) = street.li.get(f"{REPORTS}?category=动作&actions=true")["items"]
    assert "allowed_actions" not in plain
    assert asked["allowed_actions"] == street.li.get(f"/problem-reports/{report}")["allowed_actions"]
