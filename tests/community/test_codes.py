"""A code binds one person, once, however many show it at the same moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from tests.community.conftest import NOW, Importer, add_community
from tests.community.files import LI, WANG, csv_of
from tests.statements import counting_statements
from voting.community import codes
from voting.community.codes import BoundPerson, PrintedCode
from voting.community.tables import BindCode, Dwelling, Household, Person
from voting.core.authority import SYSTEM, Grant, Principal
from voting.errors import Fault, Forbidden, Invalid, NotFound, Unauthenticated
from voting.log.tables import Event
from voting.store import reader, transact


def printed(engine: Engine, dwelling_ids: Sequence[str] | None = None, now: datetime = NOW) -> tuple[PrintedCode, ...]:
    return transact(engine, lambda session: codes.issue(session, SYSTEM, "com_b", dwelling_ids=dwelling_ids, now=now))


def redeemed(engine: Engine, *shown: str, now: datetime = NOW) -> list[BoundPerson | Fault]:
    return transact(engine, lambda session: codes.redeem(session, shown, now))


def refusals(answers: Sequence[BoundPerson | Fault]) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, Fault)]


def test_a_code_is_three_groups_of_four(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", printed(engine)[0].code)


def test_a_code_binds_its_person_and_household(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    (answer,) = redeemed(engine, printed(engine)[0].code)
    with reader(engine) as session:
        person, household = session.exec(select(Person)).one(), session.exec(select(Household)).one()
    assert answer == BoundPerson(person.id, "com_b", household.id)


def test_a_code_is_stored_as_a_hash_alone(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    code = printed(engine)[0].code
    with reader(engine) as session:
        assert session.exec(select(BindCode.code_hash)).one() == codes.fingerprint(code)
        assert code not in "".join(str(event.facts) for event in session.exec(select(Event)))


def test_a_code_is_read_as_people_type_it() -> None:
    assert (
        codes.fingerprint("0a1b-CDEF 2345") == codes.fingerprint("OAIB-cdef-2345") == codes.fingerprint("oalbcdef2345")
    )


def test_a_used_an_unknown_and_an_expired_code_are_refused_each_in_its_place(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI))
    used, late = (code.code for code in printed(engine))
    redeemed(engine, used)
    answers = redeemed(engine, used, "0000-0000-0000", late, now=NOW + timedelta(days=30))
    assert [(answer.pointer, answer.code) for answer in answers if isinstance(answer, Fault)] == [
        ("/codes/0", "code_used"),
        ("/codes/1", "code_unknown"),
        ("/codes/2", "code_expired"),
    ]


def test_a_code_given_twice_in_one_batch_binds_once(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    code = printed(engine)[0].code
    answers = redeemed(engine, code, code)
    assert isinstance(answers[0], BoundPerson)
    assert refusals(answers) == ["code_used"]


def test_a_code_shown_by_many_at_once_binds_one(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    code = printed(engine)[0].code
    barrier = Barrier(8)

    def show(_: int) -> BoundPerson | Fault:
        barrier.wait()
        return redeemed(engine, code)[0]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(show, range(8)))
    assert refusals(answers) == ["code_used"] * 7


def test_overlapping_batches_at_once_bind_every_code_once(engine: Engine, bring: Importer) -> None:
    bring(csv_of(*(WANG | {"dwelling": f"{n}", "person": f"王{n}", "phone": f"138{n:08d}"} for n in range(60))))
    shown = [code.code for code in printed(engine)]
    barrier = Barrier(4)

    def show(turn: int) -> list[BoundPerson | Fault]:
        barrier.wait()
        return redeemed(engine, *(shown if turn % 2 else reversed(shown)))

    with ThreadPoolExecutor(4) as pool:
        answers = [answer for batch in pool.map(show, range(4)) for answer in batch]
    bound = [answer.person_id for answer in answers if isinstance(answer, BoundPerson)]
    assert (len(bound), len(set(bound))) == (60, 60)


def test_printing_again_revokes_what_nobody_used(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI))
    first = {code.person_name: code.code for code in printed(engine)}
    redeemed(engine, first["王芳"])
    again = {code.person_name: code.code for code in printed(engine)}
    assert refusals(redeemed(engine, first["李雷"], first["王芳"])) == ["code_unknown", "code_used"]
    assert refusals(redeemed(engine, *again.values())) == []


def test_every_adult_gets_one_code_and_a_child_none(engine: Engine, bring: Importer) -> None:
    bring(
        csv_of(
            WANG,
            WANG | {"dwelling": "302", "residency": "owner_elsewhere"},
            LI | {"born_on": "2008-03-02"},
            LI | {"person": "李明", "born_on": "2008-03-01", "phone": "13900139001"},
            LI | {"person": "李红", "born_on": "", "phone": ""},
        )
    )
    assert [(code.person_name, code.dwelling) for code in printed(engine)] == [
        ("李明", "301"),
        ("李红", "301"),
        ("王芳", "301"),
    ]


def test_an_owner_who_lives_elsewhere_gets_a_code_at_the_dwelling(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG | {"residency": "owner_elsewhere"}))
    assert [(code.building, code.unit, code.dwelling) for code in printed(engine)] == [("1", "2", "301")]


def test_codes_can_be_printed_for_some_dwellings(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI | {"dwelling": "302"}))
    with reader(engine) as session:
        dwelling = session.exec(select(Dwelling.id).where(Dwelling.label == "302")).one()
    assert [code.person_name for code in printed(engine, [dwelling])] == ["李雷"]


def test_a_dwelling_of_another_community_is_not_found(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG), into=add_community(engine, "com_a"))
    with reader(engine) as session:
        dwelling = session.exec(select(Dwelling.id)).one()
    with pytest.raises(Invalid) as caught:
        printed(engine, [dwelling])
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/dwelling_ids/0", "dwelling_not_found")]


@pytest.mark.parametrize(
    ("principal", "refusal"),
    [
        (Principal("stranger", "stranger"), Unauthenticated),
        (Principal("person", "per_1", "com_a", (Grant("community_admin", "community", "com_a"),)), NotFound),
        (Principal("person", "per_1", "com_b"), Forbidden),
        (Principal("client", "cli_1", "com_b", (Grant("community_admin", "community", "com_b"),)), Forbidden),
    ],
)
def test_only_officers_of_the_community_print(
    engine: Engine, community: str, principal: Principal, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        transact(engine, lambda session: codes.issue(session, principal, community, now=NOW))


def test_five_hundred_codes_take_as_many_statements_as_five(engine: Engine, bring: Importer) -> None:
    bring(csv_of(*(WANG | {"dwelling": f"{n}", "person": f"王{n}", "phone": f"138{n:08d}"} for n in range(500))))
    shown = [code.code for code in printed(engine)]
    with counting_statements(engine) as few:
        assert refusals(redeemed(engine, *shown[:5])) == []
    with counting_statements(engine) as many:
        assert refusals(redeemed(engine, *shown[5:])) == []
    assert len(many) == len(few)


def test_more_than_a_batch_is_refused(engine: Engine, community: str) -> None:
    with pytest.raises(Invalid) as caught:
        redeemed(engine, *["0000-0000-0000"] * 501)
    assert caught.value.faults[0].code == "codes_too_many"


def test_a_code_is_valid_for_thirty_days(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    code = printed(engine)[0]
    assert code.expires_at == datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
