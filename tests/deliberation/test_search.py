"""Searching over HTTP, on both databases the same; and hints at duplicates."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from sqlmodel import select

from tests.api.conftest import Service
from tests.deliberation.conftest import Town, settle
from voting.community.search_tables import SearchDocument
from voting.deliberation.comment_tables import Comment
from voting.store import reader, transact, writer

TAGS = ("zh-CN", "zh-HK", "ja", "ko")
SEARCH = "/communities/com_1/search"


@pytest.fixture(scope="module")
def shelf(service: Service) -> tuple[Town, dict[str, str]]:
    """A town with a few published proposals, by name."""
    transact(service.engine, settle)
    town = Town(service)
    texts = {
        "shed": ("南门增设非机动车棚", "建在南门东侧，费用两万元。"),
        "charge": ("加装充电桩", "与车棚一起建，见 3 栋提案。"),
        "lamp": ("更换路灯", "The lamps at the south gate are dark."),
        "again": ("南门增设非机动车车棚", "请尽快。"),
    }
    made = {name: town.published(title={"zh-CN": title}, body={"zh-CN": body}) for name, (title, body) in texts.items()}
    return town, made


def found(shelf: tuple[Town, dict[str, str]], query: str, **asked: Any) -> list[str]:
    town, made = shelf
    names = {identifier: name for name, identifier in made.items()}
    more = "".join(f"&{name}={value}" for name, value in asked.items())
    return [names.get(one["id"], one["id"]) for one in town.wang.get(f"{SEARCH}?q={query}{more}")["items"]]


def test_whole_titles_come_first_then_the_newest(shelf: Any) -> None:
    assert found(shelf, "车棚") == ["again", "shed", "charge"]
    assert found(shelf, "南门 增设") == ["again", "shed"]
    assert found(shelf, "SOUTH gate") == ["lamp"]
    assert found(shelf, "3栋") == ["charge"]
    assert found(shelf, "路障") == []
    assert found(shelf, "车棚", kind="comment") == []


def test_the_longest_text_in_many_languages_is_published_and_found(shelf: Any) -> None:
    town, _ = shelf
    draw = Random(1)
    said = {tag: "".join(chr(draw.randrange(0x4E00, 0x9FA6)) for _ in range(20_000)) for tag in TAGS}
    made = town.published(title=dict.fromkeys(TAGS, "长文"), body=said)
    assert found(shelf, "长文") == [made]


def test_pages_go_on_where_the_last_ended(shelf: Any) -> None:
    town, made = shelf
    first = town.wang.get(f"{SEARCH}?q=车棚&limit=2")
    second = town.wang.get(f"{SEARCH}?q=车棚&limit=2&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["items"] + second["items"]] == [made[n] for n in ("again", "shed", "charge")]
    assert [one["in_title"] for one in first["items"] + second["items"]] == [True, True, False]


def test_a_query_of_signs_is_refused_and_operators_are_words(shelf: Any) -> None:
    town, _ = shelf
    assert town.wang.refused(f"{SEARCH}?q=%22*", method="GET") == (422, "nothing_to_search")
    assert found(shelf, "lamps OR NOT title_terms:(") == []
    assert town.far.refused(f"{SEARCH}?q=车棚", method="GET") == (404, "community_not_found")


def test_a_draft_is_told_what_resembles_it(shelf: Any) -> None:
    town, made = shelf
    draft = town.proposal(title={"zh-CN": "南门增设车棚"})
    near = town.li.get(f"/proposals/{draft}/duplicates")["items"]
    assert {one["id"] for one in near} == {made["shed"], made["again"]}


def test_an_edit_is_found_by_its_new_text_and_an_erased_one_by_nothing(shelf: Any) -> None:
    town, _ = shelf
    proposal = town.published(title={"zh-CN": "清理垃圾房"})
    changed = {"title": {"zh-CN": "改造垃圾房"}}
    assert town.li.ask("PATCH", f"/proposals/{proposal}", changed, **{"If-Match": "*"}).status_code == 200
    assert (found(shelf, "清理"), found(shelf, "改造")) == ([], [proposal])
    town.sun.post(f"/proposals/{proposal}/versions/2/erase", {"reason": "r"})
    assert found(shelf, "垃圾") == []
    with reader(town.service.engine) as session:
        assert proposal not in session.exec(select(SearchDocument.subject_id)).all()


def test_a_comment_is_found_while_everybody_reads_it(shelf: Any) -> None:
    town, made = shelf
    thread = f"/threads/proposal/{made['lamp']}/comments"
    comment = town.wang.post(thread, {"text": "夜里一片漆黑"})["id"]
    (hit,) = town.zhao.get(f"{SEARCH}?q=漆黑")["items"]
    assert (hit["id"], hit["about_id"], hit["kind"], hit["excerpt"]) == (
        comment,
        made["lamp"],
        "comment",
        {"und": "夜里一片漆黑"},
    )
    town.wang.post(f"/comments/{comment}/retract")
    assert found(shelf, "漆黑") == []


def test_a_hidden_comment_is_not_found_and_the_page_is_filled_behind_it(shelf: Any) -> None:
    town, made = shelf
    thread = f"/threads/proposal/{made['lamp']}/comments"
    ids = [town.wang.post(thread, {"text": f"灯泡坏了 {number}"})["id"] for number in range(3)]
    with writer(town.service.engine) as session:
        session.get_one(Comment, ids[2]).state = "hidden"
        session.commit()
    page = town.zhao.get(f"{SEARCH}?q=灯泡&limit=2")
    assert ([one["id"] for one in page["items"]], page["next_cursor"]) == ([ids[1], ids[0]], None)
