"""What if: other methods and fewer options over the same ballots, side by side, with nothing kept and nothing leaked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, func, select

from tests.contests import test_explaining
from tests.contests.people import AUDITOR, STRANGER, TELLER
from tests.contests.test_moves import closed, published
from tests.contests.world import CONTEST, DAY, NOW
from voting.contests import moves, queries, recounts
from voting.contests.recounts import Alternative, Recount
from voting.contests.tables import Contest, Tally
from voting.core.authority import SYSTEM, Principal
from voting.errors import Conflict, Forbidden, Invalid, Unauthenticated
from voting.log import journal
from voting.store import transact

SQUEEZED = [(0,)] * 4 + [(1,)] * 3 + [(2, 1)] * 2
"""Option 0 has most first preferences, option 1 wins by instant-runoff against it, and nobody ranks 0 second."""


def asked(
    session: Session, contest_id: str, *alternatives: Alternative, who: Principal = STRANGER, locale: str = "en"
) -> Recount:
    return recounts.recount(session, who, contest_id, alternatives, locale=locale, now=NOW + DAY)


def squeezed(session: Session, **changes: Any) -> tuple[str, list[str]]:
    contest_id = closed(session, *SQUEEZED[:6], **changes)
    moves.count(session, TELLER, contest_id, lot_seed="1" * 20, now=NOW + DAY)
    moves.publish(session, SYSTEM, contest_id, now=NOW + DAY)
    return contest_id, [option.id for option in queries.options(session, contest_id)]


def faults(session: Session, contest_id: str, *alternatives: Alternative) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        asked(session, contest_id, *alternatives)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_counts_stand_side_by_side_in_the_order_asked_for(session: Session) -> None:
    contest_id = published(session)
    found = asked(session, contest_id, Alternative("plurality"), Alternative("schulze"), Alternative("stv-scottish"))
    assert [counted.way.method for counted in found.alternatives] == ["plurality", "schulze", "stv-scottish"]
    assert found.published.way.method == "irv"
    assert all(counted.document["rounds"] and counted.sentence for counted in found.alternatives)


def test_the_published_count_is_the_stored_one(session: Session) -> None:
    contest_id = published(session)
    stored = session.exec(select(Tally).where(Tally.contest_id == contest_id)).one().result
    document = asked(session, contest_id, Alternative("borda")).published.document
    assert document == {name: value for name, value in stored.items() if name not in ("contest", "turnout")}


def test_the_same_rules_find_the_same(session: Session) -> None:
    contest_id = published(session)
    found = asked(session, contest_id, Alternative())
    assert found.alternatives[0].document == found.published.document
    assert found.alternatives[0].sentence == "Counted by “Instant runoff”, the outcome is the same: 一号方案."


def test_without_an_option_its_ballots_pass_on(session: Session) -> None:
    contest_id, ids = squeezed(session)
    found = asked(session, contest_id, Alternative(without=ids[:1]))
    assert found.published.document["winners"] == [ids[0]]
    assert found.alternatives[0].document["winners"] == [ids[1]]
    assert found.alternatives[0].sentence == (
        "Counted by “Instant runoff” without 一号方案, 二号方案 would be elected instead of 一号方案."
    )


def test_the_sentence_speaks_the_callers_language(session: Session) -> None:
    contest_id, ids = squeezed(session)
    found = asked(session, contest_id, Alternative(without=ids[:1]), locale="zh-CN")
    assert found.alternatives[0].sentence == "去掉一号方案后按“排序复选”计票，当选的是二号方案，而不是一号方案。"


def test_more_seats_elect_others_as_well(session: Session) -> None:
    contest_id = published(session)
    found = asked(session, contest_id, Alternative("borda", seats=2))
    assert found.alternatives[0].sentence == "Counted by “Borda count”, 二号方案 would be elected as well."


def test_no_lot_is_drawn_for_a_question_nobody_decides(session: Session) -> None:
    contest_id = closed(session, (0,), (0,), (0,), (1,), (2,))
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    moves.publish(session, SYSTEM, contest_id, now=NOW + DAY)
    found = asked(session, contest_id, Alternative("plurality", seats=2))
    assert found.alternatives[0].document["outcome"] == "tie_open"
    assert found.alternatives[0].sentence.endswith("A tie that only a lot could break is left open here.")


def test_nothing_of_it_is_kept(session: Session) -> None:
    contest_id = published(session)
    before = [event.id for event in journal.of(session, "contest", contest_id)]
    asked(session, contest_id, Alternative("borda"))
    assert [event.id for event in journal.of(session, "contest", contest_id)] == before
    assert session.exec(select(func.count()).select_from(Tally)).one() == 1
    assert not session.dirty
    assert not session.new


@pytest.mark.parametrize(
    ("alternative", "pointer", "code"),
    [
        (Alternative("schultze"), "/alternatives/1/method", "unknown_method_did_you_mean"),
        (Alternative("borda", rules={"point": 1}), "/alternatives/1/rules/point", "unknown_rule_did_you_mean"),
        (Alternative("borda", rules={"points": "two"}), "/alternatives/1/rules/points", "illegal_rule"),
        (
            Alternative("borda", rules={"tie_break_seed": "1"}),
            "/alternatives/1/rules/tie_break_seed",
            "lot_seed_elsewhere",
        ),
        (Alternative("irv", seats=2), "/alternatives/1/seats", "seats_of_method"),
        (Alternative("score"), "/alternatives/1/method", "method_needs_its_own_ballots"),
        (Alternative("yes-no"), "/alternatives/1/method", "method_needs_its_own_ballots"),
        (Alternative(without=("opt_x",)), "/alternatives/1/without/0", "unknown_option"),
        (
            Alternative(rules={"excluded_candidates": ["opt_x"]}),
            "/alternatives/1/rules/excluded_candidates/0",
            "unknown_option",
        ),
    ],
)
def test_a_wrong_alternative_is_named_where_it_stands(
    session: Session, alternative: Alternative, pointer: str, code: str
) -> None:
    assert faults(session, published(session), Alternative(), alternative) == [(pointer, code)]


def test_what_takes_too_long_is_refused_beforehand(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    contest_id = published(session)
    monkeypatch.setattr(recounts, "MOST_WORK", 3 * 3 * 2)
    assert len(asked(session, contest_id, Alternative("irv"), Alternative("borda")).alternatives) == 2
    too_many = (Alternative("irv"), Alternative("borda"), Alternative("approval"))
    assert faults(session, contest_id, *too_many) == [("/alternatives", "recount_too_large")]


@pytest.mark.parametrize("who", [STRANGER, TELLER])
def test_before_the_publication_nobody_tries_other_rules(session: Session, who: Principal) -> None:
    contest_id = closed(session, (0, 1), (0,), (1,))
    with pytest.raises(Conflict, match="not_counted_yet"):
        asked(session, contest_id, Alternative("borda"), who=who)
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    with pytest.raises(Conflict, match="not_published_yet"):
        asked(session, contest_id, Alternative("borda"), who=who)


def test_ballots_for_auditors_alone_are_counted_again_for_auditors_alone(session: Session) -> None:
    contest_id = published(session)
    session.get_one(Contest, contest_id).publish_mode = "restricted"
    with pytest.raises(Unauthenticated):
        asked(session, contest_id, Alternative("borda"))
    with pytest.raises(Forbidden):
        asked(session, contest_id, Alternative("borda"), who=TELLER)
    assert asked(session, contest_id, Alternative("borda"), who=AUDITOR).alternatives


@pytest.mark.anyio
async def test_anybody_asks_over_http_and_is_told_that_it_is_advice(app: FastAPI, client: httpx.AsyncClient) -> None:
    transact(app.state.services.engine, test_explaining.build)
    path = f"/v1/contests/{CONTEST}/recount"
    body = {"alternatives": [{"method": "borda"}, {"without": ["opt_a"]}]}
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["advisory"], len(told["alternatives"])) == (True, 2)
    assert told["alternatives"][1]["without"] == ["opt_a"]
    assert {"winners", "rounds", "sentence", "tally"} <= set(told["alternatives"][0])
    assert (await client.post(path + "?dry_run=true", json=body)).json() == told
    for wrong in ({"alternatives": []}, {"alternatives": [{}] * 9}, {"alternatives": [{"mehtod": "irv"}]}, {}):
        assert (await client.post(path, json=wrong)).status_code == 422


@pytest.mark.anyio
async def test_the_table_of_methods_needs_no_account(client: httpx.AsyncClient) -> None:
    listed = {method["method"]: method for method in (await client.get("/v1/methods")).json()["items"]}
    assert (listed["irv"]["least_seats"], listed["irv"]["most_seats"], listed["irv"]["ballot"]) == (1, 1, "ranking")
    points = next(rule for rule in listed["borda"]["rules"] if rule["name"] == "points")
    assert points["value_schema"]["enum"] == points["legal"] == ["one_based", "zero_based", "harmonic"]
