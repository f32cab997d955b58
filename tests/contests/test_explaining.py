"""A published count told again in sentences and as a picture, to whoever may see the result and in their language."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from tests.contests import world
from tests.contests.people import FOREIGNER, RESIDENT, STRANGER, TELLER
from tests.contests.test_moves import closed, published
from tests.contests.world import CONTEST, DAY, NOW, PLACES
from voting.contests import closing, explaining, labels, moves, results
from voting.contests.tables import BoxRow, Contest, SealedBallot
from voting.contests.terms import Terms
from voting.core import box
from voting.core.authority import SYSTEM
from voting.errors import Conflict
from voting.store import transact


def told(session: Session, contest_id: str, locale: str = "en") -> tuple[str, ...]:
    return explaining.explanation(session, STRANGER, contest_id, locale=locale, now=NOW + DAY).sentences


def refused(session: Session, contest_id: str) -> list[str]:
    codes = []
    for tell in (explaining.explanation, explaining.picture):
        with pytest.raises(Conflict) as found:
            tell(session, RESIDENT, contest_id, locale="en", now=NOW + DAY)
        codes.append(found.value.code)
    return codes


def test_sentences_call_options_by_their_labels(session: Session) -> None:
    sentences = told(session, published(session), "zh-CN")
    assert "一号方案" in sentences[-1]
    assert not any("opt_" in sentence for sentence in sentences)


def test_nothing_is_told_before_the_count_or_before_the_publication(session: Session) -> None:
    contest_id = closed(session, (0, 1), (1,))
    assert refused(session, contest_id) == ["not_counted_yet"] * 2
    moves.count(session, TELLER, contest_id, lot_seed="1" * 20, now=NOW + DAY)
    assert refused(session, contest_id) == ["not_published_yet"] * 2
    assert explaining.explanation(session, TELLER, contest_id, locale="en", now=NOW + DAY).sentences


def test_a_count_by_lot_is_told_with_the_lot(session: Session) -> None:
    contest_id = closed(session, (0,), (1,))
    moves.count(session, TELLER, contest_id, lot_seed="1" * 20, now=NOW + DAY)
    moves.publish(session, SYSTEM, contest_id, now=NOW + DAY)
    assert any("lot" in sentence for sentence in told(session, contest_id))


def test_an_inconclusive_contest_says_why_nothing_was_counted(session: Session) -> None:
    contest_id = closed(session, (0,), terms=Terms(turnout_floor=Fraction(1, 2)))
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    expected = "1 of 6 electors cast a ballot; the turnout floor of 1/2 was missed, so nothing was counted."
    assert told(session, contest_id) == (expected,)
    assert "1/2" in told(session, contest_id, "zh-CN")[0]
    with pytest.raises(Conflict, match="nothing_was_counted"):
        explaining.picture(session, STRANGER, contest_id, locale="en", now=NOW + DAY)


def test_a_box_that_no_longer_gives_the_result_tells_nothing(session: Session) -> None:
    contest_id = published(session)
    session.add_all(SealedBallot(contest_id=contest_id, slot=bytes([n]) * 32, seq=0, ballot=b"\x02") for n in range(9))
    session.flush()
    assert refused(session, contest_id) == ["result_not_reproduced"] * 2


def test_a_kept_tally_is_the_one_that_is_counted_again(session: Session) -> None:
    contest_id = published(session)
    loaded, stored = results.of(session, FOREIGNER, contest_id, now=NOW + DAY)
    assert explaining.tally_of(session, loaded, stored) is explaining.tally_of(session, loaded, stored)
    assert explaining.tally_of(session, loaded, stored).winners == tuple(stored.result["winners"])


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-CN", "中"), ("en", "e"), ("en-GB", "e"), ("zh-TW", "中"), ("fr", "e")]
)
def test_a_text_is_read_in_the_nearest_language(locale: str, expected: str) -> None:
    assert labels.read({"zh-CN": "中", "en": "e", "de": "d"}, locale) == expected


def test_a_text_without_the_language_is_read_in_one_it_has() -> None:
    assert labels.read({"ug": "u", "de": "d"}, "zh-CN") == "d"


def build(session: Session) -> None:
    world.community(session)
    world.roll(session, 5)
    world.open_contest(session, 5, closes_at=NOW + timedelta(hours=1), rules={"tie_break": "random"})
    for number, marks in enumerate((["opt_a", "opt_b"], ["opt_b"], ["opt_a"], ["opt_c", "opt_b"], ["opt_c"])):
        slot, packed = bytes([number]) * 32, box.pack([[mark] for mark in marks], PLACES)
        session.add(BoxRow(contest_id=CONTEST, slot=slot, ballot=packed))
    contest = session.get_one(Contest, CONTEST)
    contest.state, contest.closed_at = "closed", NOW
    closing.begin(session, contest)
    world.finish_closing(session)
    moves.count(session, SYSTEM, CONTEST, lot_seed="1" * 20, now=NOW)
    moves.publish(session, SYSTEM, CONTEST, now=NOW)


@pytest.fixture
async def public(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    transact(app.state.services.engine, build)
    return client


@pytest.mark.anyio
async def test_anybody_reads_the_sentences_in_their_language(public: httpx.AsyncClient) -> None:
    path = f"/v1/contests/{CONTEST}/explanation"
    english = (await public.get(path)).json()
    chinese = (await public.get(path, headers={"Accept-Language": "zh"})).json()
    assert (english["locale"], chinese["locale"]) == ("en", "zh-CN")
    assert len(english["sentences"]) == len(chinese["sentences"]) > 3
    assert (await public.get(path + "?locale=zh-CN")).json() == chinese
    assert (await public.get(path + "?locale=fr")).status_code == 422


@pytest.mark.anyio
async def test_the_picture_is_still_whole_and_conditional(public: httpx.AsyncClient) -> None:
    path = f"/v1/contests/{CONTEST}/rounds.svg"
    answer = await public.get(path + "?locale=zh-CN")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    root = ElementTree.fromstring(answer.text)  # our own picture
    assert root.tag.endswith("svg")
    assert root.attrib["lang"].startswith("zh")
    assert not re.search(r"(href|src|url\()\s*=?\s*[\"']?http", answer.text)
    again = await public.get(path + "?locale=zh-CN", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    other = await public.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert other.status_code == 200
