"""Each person's answer, with the reason of a no."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.roll.neighbourhood import FOREIGN, NOW, OFFICER
from tests.roll.test_service import COMMUNITY, made
from voting.community.tables import Residency
from voting.core.authority import STRANGER, Grant, Principal
from voting.errors import NotFound, Unauthenticated
from voting.roll import eligibility, service
from voting.roll.service import Scope
from voting.store import reader, transact


def answer(engine: Engine, roll_id: str, person: str) -> tuple[bool, str]:
    with reader(engine) as session:
        found = eligibility.of_caller(session, Principal("person", person, "com_1"), roll_id)
    return found.eligible, found.code


@pytest.mark.parametrize(
    ("basis", "person", "code"),
    [
        ("person", "per_li", "elector_on_roll"),
        ("person", "per_child", "elector_under_age"),
        ("household", "per_wang", "elector_on_roll"),
        ("household", "per_li", "elector_is_represented"),
        ("household", "per_zhao", "elector_on_roll"),
        ("owner", "per_wang", "elector_on_roll"),
        ("owner", "per_li", "elector_owns_nothing_here"),
        ("owner", "per_sun", "elector_co_owner_acts"),
        ("owner", "per_zhou", "elector_on_roll"),
    ],
)
def test_a_person_is_told_yes_or_why_not(settled: Engine, basis: str, person: str, code: str) -> None:
    assert answer(settled, made(settled, "compiled", basis), person) == (code == "elector_on_roll", code)


def test_who_lives_outside_the_scope_is_told_so(settled: Engine) -> None:
    roll_id = made(settled, "compiled", scope=Scope("unit", ("unt_2",)))
    assert answer(settled, roll_id, "per_li") == (False, "elector_lives_elsewhere")


def test_who_moved_in_after_the_compilation_is_not_listed(settled: Engine) -> None:
    roll_id = made(settled, "compiled", scope=Scope("unit", ("unt_2",)))
    move = Residency(id="res_x", community_id="com_1", dwelling_id="dwl_3", person_id="per_li", kind="tenant")
    transact(settled, lambda session: session.add(move))
    assert answer(settled, roll_id, "per_li") == (False, "elector_not_listed")


def test_before_the_compilation_there_is_no_answer_yet(settled: Engine) -> None:
    assert answer(settled, made(settled, "draft"), "per_li") == (False, "roll_not_compiled")


def test_a_yes_names_the_entry_and_its_weight(settled: Engine) -> None:
    roll_id = made(settled, "compiled", "owner")
    with reader(settled) as session:
        entry = eligibility.of_caller(session, Principal("person", "per_wang", "com_1"), roll_id).entry
    assert entry is not None
    assert (entry.elector, entry.heads, entry.area_cm2) == ("key_wang", 1, 1_300_000)


def test_a_program_is_never_an_elector(settled: Engine) -> None:
    grants = (Grant("committee_officer", "community", "com_1"),)
    client = Principal("client", "cli_1", "com_1", grants, frozenset({"rolls:read"}))
    roll_id = made(settled, "compiled")
    with reader(settled) as session:
        assert eligibility.of_caller(session, client, roll_id).code == "elector_is_a_person"


def test_a_stranger_and_a_foreigner_learn_nothing(settled: Engine) -> None:
    roll_id = made(settled, "compiled")
    with reader(settled) as session:
        with pytest.raises(Unauthenticated):
            eligibility.of_caller(session, STRANGER, roll_id)
        with pytest.raises(NotFound):
            eligibility.of_caller(session, FOREIGN, roll_id)


def test_without_a_minimum_age_a_child_is_an_elector(settled: Engine) -> None:
    roll_id = transact(
        settled,
        lambda session: (
            service.create(
                session, OFFICER, "com_1", name="儿童议事", basis="person", scope=COMMUNITY, minimum_age=None, now=NOW
            ).roll.id
        ),
    )
    transact(settled, lambda session: service.compile_entries(session, OFFICER, roll_id, now=NOW).roll.id)
    assert answer(settled, roll_id, "per_child") == (True, "elector_on_roll")
