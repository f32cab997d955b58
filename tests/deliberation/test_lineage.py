"""Merges and splits: lineage stays, support moves by its endorsers' word, and what arrives meanwhile is not lost."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from tests.deliberation.conftest import Town, settle
from tests.deliberation.test_endorsements import PEOPLE, begun
from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from voting.core.authority import Grant, Principal
from voting.deliberation import endorsements, lineage, proposal_queries
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.proposal_tables import Endorsement
from voting.errors import IllegalMove, YishiError
from voting.log.tables import Event
from voting.store import Engine, reader, transact

PARTS = [{"title": {"zh-CN": name}, "body": {"zh-CN": name}} for name in ("车棚", "充电桩")]


def gathering(town: Town, number: int = 3) -> str:
    proposal = town.published()
    town.sun.post(f"/proposals/{proposal}/gather", {"number": number, "days": 30})
    return proposal


def standing(town: Town, proposal: str) -> int:
    return int(town.zhao.get(f"/proposals/{proposal}")["support"]["standing"])


def test_support_goes_along_with_a_merge_only_by_its_endorsers_word(town: Town) -> None:
    source, target = gathering(town), gathering(town, number=2)
    for caller in (town.wang, town.zhao):
        caller.post(f"/proposals/{source}/endorsements")
    assert town.sun.refused(f"/proposals/{source}/merge", {"into": target}) == (422, "reason_required")
    merged = town.sun.post(f"/proposals/{source}/merge", {"into": target, "reason": "同一件事"})
    assert (merged["state"], standing(town, target)) == ("merged", 0)
    assert town.wang.get(f"/proposals/{source}")["support"]["mine"] == "released"
    moved = town.wang.post(f"/proposals/{source}/endorsements/move", {"to": target})
    assert (moved["id"], moved["support"]["standing"], moved["support"]["mine"]) == (target, 1, "standing")
    assert town.wang.refused(f"/proposals/{source}/endorsements/move", {"to": target}) == (409, "endorsed_already")
    assert town.sun.refused(f"/proposals/{source}/endorsements/move", {"to": target}) == (409, "nothing_to_move")
    assert town.zhao.post(f"/proposals/{source}/endorsements/move", {"to": target})["state"] == "qualified"
    (tie,) = town.wang.get(f"/proposals/{target}/lineage")["parents"]
    assert (tie["parent_id"], tie["kind"]) == (source, "merged_from")


def test_endorsers_find_what_waits_for_a_word_of_theirs(town: Town) -> None:
    asks = "/communities/com_1/proposals?asks_me=true&order=newest"
    source, target, changed = gathering(town), gathering(town), gathering(town)
    for proposal in (source, changed):
        town.wang.post(f"/proposals/{proposal}/endorsements")
    town.sun.post(f"/proposals/{source}/merge", {"into": target, "reason": "r"})
    town.li.ask("PATCH", f"/proposals/{changed}", {"body": {"zh-CN": "改"}}, **{"If-Match": "*"})
    assert [one["id"] for one in town.wang.get(asks)["items"]][:2] == [changed, source]
    town.wang.post(f"/proposals/{source}/endorsements/move", {"to": target})
    town.wang.post(f"/proposals/{changed}/endorsements/confirm")
    assert not {source, target, changed} & {one["id"] for one in town.wang.get(asks)["items"]}


def test_a_merge_names_another_proposal_that_still_gathers(town: Town) -> None:
    source, other = gathering(town), town.proposal("submit", "publish", "withdraw")
    path = f"/proposals/{source}/merge"
    assert town.sun.refused(path, {"into": source, "reason": "r"}) == (422, "merged_into_itself")
    assert town.sun.refused(path, {"into": other, "reason": "r"}) == (422, "cannot_be_merged_into")
    assert town.sun.refused(path, {"into": "prp_9", "reason": "r"}) == (422, "proposal_not_here")
    assert town.wang.refused(path, {"into": other, "reason": "r"}) == (403, "role_missing")


def test_no_reviewer_merges_another_proposal_into_their_own(town: Town) -> None:
    source, target = gathering(town), town.proposal("submit", "publish", by=town.wang)
    town.wang.post(f"/proposals/{target}/authors", {"person_id": "per_sun"})
    town.sun.post(f"/proposals/{target}/authors/accept")
    refused = town.sun.refused(f"/proposals/{source}/merge", {"into": target, "reason": "r"})
    assert refused == (422, "author_never_reviews")


def test_the_parts_of_a_split_are_reviewed_and_endorsed_one_by_one(town: Town) -> None:
    source = gathering(town)
    town.wang.post(f"/proposals/{source}/endorsements")
    assert town.li.refused(f"/proposals/{source}/split", {"parts": PARTS[:1], "reason": "r"})[0] == 422
    assert town.wang.refused(f"/proposals/{source}/split", {"parts": PARTS, "reason": "r"}) == (409, "authors_only")
    town.li.post(f"/proposals/{source}/split", {"parts": PARTS, "reason": "分别讨论"})
    children = [tie["child_id"] for tie in town.li.get(f"/proposals/{source}/lineage")["children"]]
    assert [town.li.get(f"/proposals/{child}")["state"] for child in children] == ["submitted"] * 2
    for child in children:
        town.sun.post(f"/proposals/{child}/publish")
        town.sun.post(f"/proposals/{child}/gather", {"number": 5, "days": 30})
        town.wang.post(f"/proposals/{source}/endorsements/move", {"to": child})
        assert standing(town, child) == 1
    stranger = gathering(town)
    assert town.wang.refused(f"/proposals/{source}/endorsements/move", {"to": stranger}) == (422, "not_a_descendant")


@pytest.fixture
def settled(engine: Engine) -> Engine:
    transact(engine, settle)
    return engine


def test_of_endorsements_that_arrive_while_it_is_merged_each_is_released_or_refused(settled: Engine) -> None:
    rule = SupportRule(days=9, number=6)
    source, target = (transact(settled, lambda session: begun(session, rule)) for _ in range(2))
    barrier, taken = Barrier(len(PEOPLE) + 1), []

    def endorse(who: Principal) -> None:
        barrier.wait(timeout=30)
        with suppress(IllegalMove):
            transact(settled, lambda s: endorsements.endorse(s, who, source, now=NOW) and None)
            taken.append(who.id)

    def merge() -> None:
        barrier.wait(timeout=30)
        transact(settled, lambda s: lineage.merge(s, OFFICER, source, target, reason="r", now=NOW) and None)

    threads = [Thread(target=endorse, args=(who,)) for who in PEOPLE.values()] + [Thread(target=merge)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with reader(settled) as session:
        rows = session.exec(select(Endorsement).where(Endorsement.proposal_id == source)).all()
        event = session.exec(select(Event).where(Event.subject_id == source, Event.kind == "merged")).one()
        state = proposal_queries.load(session, RESIDENT, source, NOW).proposal.state
    assert state == "merged"
    assert sorted(row.person_id for row in rows) == sorted(taken)
    assert {row.state for row in rows} <= {"released"}
    assert event.facts["released"] == len(taken)


def test_two_merges_into_each_other_do_not_wait_for_each_other_for_ever(settled: Engine) -> None:
    rule = SupportRule(days=9, number=6)
    one, two = (transact(settled, lambda session: begun(session, rule)) for _ in range(2))
    barrier, refused = Barrier(2), []
    moderator = Principal("person", "per_zhou", "com_1", (Grant("moderator", "community", "com_1"),))

    def merge(source: str, target: str) -> None:
        barrier.wait(timeout=30)
        try:
            transact(settled, lambda s: lineage.merge(s, moderator, source, target, reason="r", now=NOW) and None)
        except YishiError as error:
            refused.append(getattr(error, "faults", (error,))[0].code)

    threads = [Thread(target=merge, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert refused == ["cannot_be_merged_into"]
