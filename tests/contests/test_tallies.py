"""Published tallies across contests: found by every filter, paged in every order, and as a table no spreadsheet computes."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from tests.contests import world
from tests.contests.world import DAY, NOW
from voting.community.tables import Community
from voting.contests import counting, queries, tallies
from voting.contests.tables import Contest, Option, Tally
from voting.contests.tallies import Filters, Sort
from voting.core.count import count
from voting.errors import Invalid
from voting.ids import timed_id
from voting.roll.tables import Roll
from voting.store import transact


def counted(session: Session, number: int, *, roll: str = "rol_1", at: datetime | None = None, **changes: Any) -> None:
    """A published contest `con_<number>`, counted on day `number`, closed the other way round."""
    at = at or NOW + number * DAY
    values: dict[str, Any] = {
        "community_id": "com_1",
        "question": {"zh-CN": f"第{number}题", "en": f"Question {number}"},
        "method": "irv",
        "state": "provisional",
        "opens_at": NOW - 400 * DAY,
        "closes_at": NOW - number * DAY,
        "provisional_at": at,
        "created_at": NOW,
    } | changes
    contest = Contest(id=f"con_{number}", roll_id=roll, **values)
    session.add(contest)
    session.flush()
    options = [f"opt_{number}_{name}" for name in "ab"]
    for place, option in enumerate(options):
        label = {"zh-CN": f"选项{place}", "en": f"Option {place}"}
        session.add(Option(id=option, community_id="com_1", contest_id=contest.id, position=place, label=label))
    found = count(contest.method, options, {((options[0],),): 2, ((options[1],),): 1}, 1, {})
    result = counting.document(contest, queries.Turnout(6, 3), found)
    tally = Tally(
        id=timed_id("tal", at),
        community_id=contest.community_id,
        contest_id=contest.id,
        counted_at=at,
        result=result,
        result_hash=counting.hash_of(result),
    )
    session.add(tally)
    session.flush()


def found(session: Session, **filters: Any) -> list[str]:
    return [listed.contest.id for listed in tallies.page(session, Filters(**filters))]


def a_roll(session: Session, identifier: str, basis: str, scope: dict[str, Any]) -> None:
    session.add(Roll(id=identifier, community_id="com_1", name=identifier, basis=basis, scope=scope, created_at=NOW))
    session.flush()


def test_only_what_is_published_is_found(session: Session) -> None:
    counted(session, 1)
    counted(session, 2, provisional_at=None, state="counted")
    counted(session, 3, provisional_at=None, state="inconclusive")
    counted(session, 4, state="annulled")
    world.open_contest(session, 6, "con_open")
    assert found(session) == ["con_4", "con_3", "con_1"]


def test_a_contest_that_was_counted_again_appears_once_with_its_newest_tally(session: Session) -> None:
    counted(session, 1)
    old = tallies.page(session, Filters())[0].tally
    newer = Tally(**(old.model_dump() | {"id": timed_id("tal", NOW + 9 * DAY), "counted_at": NOW + 9 * DAY}))
    session.add(newer)
    session.flush()
    assert [listed.tally.id for listed in tallies.page(session, Filters())] == [newer.id]


def test_winners_come_with_their_labels(session: Session) -> None:
    counted(session, 1)
    assert tallies.page(session, Filters())[0].winners == (("opt_1_a", {"zh-CN": "选项0", "en": "Option 0"}),)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"community_id": "com_2"}, ["con_3"]),
        ({"kind": "owner"}, ["con_2"]),
        ({"method": "plurality"}, ["con_1"]),
        ({"state": "certified"}, ["con_4"]),
        ({"unit_id": "unt_1"}, ["con_4", "con_2"]),
        ({"unit_id": "unt_2"}, ["con_4"]),
        ({"unit_id": "unt__"}, []),
        ({"unit_id": "bld_1"}, []),
        ({"counted_from": NOW + 2 * DAY, "counted_to": NOW + 4 * DAY}, ["con_3", "con_2"]),
        ({"counted_from": NOW + 2 * DAY, "kind": "person"}, ["con_5", "con_3"]),
    ],
)
def test_a_filter_finds_its_tallies(session: Session, filters: dict[str, Any], expected: list[str]) -> None:
    a_roll(session, "rol_unit", "owner", {"kind": "unit", "ids": ["unt_1"]})
    a_roll(session, "rol_units", "household", {"kind": "unit", "ids": ["unt_1", "unt_2"]})
    a_roll(session, "rol_building", "person", {"kind": "building", "ids": ["bld_1"]})
    counted(session, 1, method="plurality")
    counted(session, 2, roll="rol_unit")
    counted(session, 3, community_id="com_2")
    counted(session, 4, roll="rol_units", state="certified")
    counted(session, 5, roll="rol_building")
    assert found(session, **filters) == expected


@pytest.mark.parametrize("sort", ["-counted_at", "counted_at", "-closes_at", "closes_at"])
def test_pages_of_every_order_join_without_gap_or_repetition(session: Session, sort: Sort) -> None:
    for number in range(1, 8):
        counted(session, number, closes_at=NOW - (number // 2) * DAY)
    whole = tallies.page(session, Filters(), sort=sort)
    paged, after = [], None
    while rows := tallies.page(session, Filters(), sort=sort, after=after, limit=2):
        paged += rows
        after = rows[-1].key(sort)
    assert [row.tally.id for row in paged] == [row.tally.id for row in whole]
    values = [getattr(row.tally if "counted" in sort else row.contest, sort.lstrip("-")) for row in whole]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert len(whole) == 7


@pytest.mark.parametrize("key", [(), (1,), ("a", "b"), (1, 2), (1, "a", "b")])
def test_a_key_of_another_order_is_refused(session: Session, key: tuple[Any, ...]) -> None:
    with pytest.raises(Invalid):
        tallies.page(session, Filters(), sort="closes_at", after=key)


@pytest.fixture
async def asking(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A service with three published tallies; one question looks like a formula."""

    def work(session: Session) -> None:
        world.community(session)
        session.add(Community(id="com_2", name={"en": "2"}, time_zone="Asia/Shanghai", created_at=NOW))
        session.flush()
        world.roll(session, 6)
        for number in (1, 2, 3):
            counted(session, number)
        session.get_one(Contest, "con_3").question = {"en": '=HYPERLINK("http://x")'}

    transact(app.state.services.engine, work)
    return client


@pytest.mark.anyio
async def test_a_stranger_reads_pages_of_tallies(asking: httpx.AsyncClient) -> None:
    first = (await asking.get("/v1/tallies?limit=2")).json()
    assert [item["contest_id"] for item in first["items"]] == ["con_3", "con_2"]
    assert first["items"][1] | {"etag": ""} == first["items"][1] | {
        "kind": "person",
        "scope": {"kind": "community", "ids": []},
        "outcome": "decided",
        "turnout": {"electors": 6, "cast": 3},
        "winners": [{"id": "opt_2_a", "label": {"zh-CN": "选项0", "en": "Option 0"}}],
        "counted_at": (NOW + timedelta(days=2)).isoformat().replace("+00:00", "Z"),
        "etag": "",
    }
    second = (await asking.get(f"/v1/tallies?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["contest_id"] for item in second["items"]] == ["con_1"]
    assert second["next_cursor"] is None


@pytest.mark.anyio
@pytest.mark.parametrize(("query", "headers"), [("?format=csv", {}), ("", {"Accept": "text/csv"})])
async def test_the_same_comes_as_a_table(asking: httpx.AsyncClient, query: str, headers: dict[str, str]) -> None:
    answer = await asking.get(f"/v1/tallies{query}", headers={"Accept-Language": "zh", **headers})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Accept" in answer.headers["vary"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == ['\'=HYPERLINK("http://x")', "第2题", "第1题"]
    assert (rows[1]["winners"], rows[1]["turnout"], rows[1]["method"]) == ("选项0", "3/6", "irv")


@pytest.mark.anyio
async def test_a_table_is_paged_by_its_link(asking: httpx.AsyncClient) -> None:
    answer = await asking.get("/v1/tallies?format=csv&limit=1")
    following = await asking.get(answer.links["next"]["url"])
    assert b"con_2" in following.content
    assert b"con_3" not in following.content


@pytest.mark.anyio
async def test_a_page_that_is_current_is_not_sent_again(asking: httpx.AsyncClient) -> None:
    for form in ("json", "csv"):
        answer = await asking.get(f"/v1/tallies?format={form}")
        again = await asking.get(f"/v1/tallies?format={form}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.anyio
async def test_a_filter_that_means_nothing_is_refused(asking: httpx.AsyncClient) -> None:
    for query in ("from=yesterday", "kind=cat", "sort=size", "format=xml", "to=2026-03-01T00:00:00"):
        assert (await asking.get(f"/v1/tallies?{query}")).status_code == 422, query


@pytest.mark.anyio
async def test_instants_bound_the_count(asking: httpx.AsyncClient) -> None:
    answer = await asking.get("/v1/tallies?from=2026-03-03T16:00:00%2B08:00&to=2026-03-04T08:00:00Z")
    assert [item["contest_id"] for item in answer.json()["items"]] == ["con_2"]
