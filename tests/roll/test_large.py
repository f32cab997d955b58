"""A roll of many is compiled and sealed in sets: the statements do not grow with the electors."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.roll.neighbourhood import NOW, OFFICER
from tests.roll.test_races import seal_holds
from tests.roll.test_service import a_roll
from tests.statements import counting_statements
from voting.roll import service
from voting.store import transact

MANY = 2000


def crowd(session: Session) -> None:
    """Settle two thousand tenants in one home."""
    people = [{"id": f"per_m{n}", "residency": f"res_m{n}", "name": f"居民{n}"} for n in range(MANY)]
    session.execute(
        text("INSERT INTO person (id, version, community_id, name) VALUES (:id, 1, 'com_1', :name)"), people
    )
    residency = (
        "INSERT INTO residency (id, community_id, dwelling_id, person_id, kind)"
        " VALUES (:residency, 'com_1', 'dwl_5', :id, 'tenant')"
    )
    session.execute(text(residency), people)


def statements_of_a_roll(engine: Engine) -> int:
    """Compile, display, close and seal one roll; how many statements that took."""
    roll_id = transact(engine, a_roll)
    with counting_statements(engine) as sent:
        for act in (service.compile_entries, service.display, service.close_objections, service.seal):
            transact(engine, lambda session, act=act: act(session, OFFICER, roll_id, now=NOW).roll.id)
    assert seal_holds(engine, roll_id)
    return len(sent)


def test_the_statements_of_a_roll_do_not_grow_with_its_electors(settled: Engine) -> None:
    few = statements_of_a_roll(settled)
    transact(settled, crowd)
    assert statements_of_a_roll(settled) == few
