"""An import is all or nothing, the same file twice changes nothing, and every wrong cell is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from tests.community.conftest import NOW, Importer, add_community
from tests.community.files import LI, SHOP, TENANT, WANG, Cells, csv_of, xlsx_of
from voting.community import register_import
from voting.community.tables import (
    Building,
    Dwelling,
    Household,
    Ownership,
    Person,
    Residency,
    Unit,
)
from voting.core.authority import Grant, Principal
from voting.errors import Forbidden, Invalid
from voting.log.tables import Event
from voting.store import reader, transact

TABLES: Sequence[type[SQLModel]] = (Building, Unit, Dwelling, Household, Person, Residency, Ownership, Event)


def rows_of(engine: Engine, table: type[SQLModel]) -> list[Any]:
    with reader(engine) as session:
        return list(session.exec(select(table)))


def only(engine: Engine, table: type[SQLModel]) -> Any:
    (row,) = rows_of(engine, table)
    return row


def faults_of(bring: Importer, content: bytes, **options: bool) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        bring(content, **options)
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("file", [csv_of, xlsx_of])
def test_a_row_becomes_places_a_person_a_residency_and_an_ownership(
    engine: Engine, bring: Importer, file: Callable[..., bytes]
) -> None:
    report = bring(file(WANG))
    assert {kind: count.added for kind, count in report.counts.items()} == dict.fromkeys(report.counts, 1)
    person = only(engine, Person)
    assert (person.name, person.phone, person.born_on) == ("王芳", "13800138000", date(1980, 3, 1))
    assert only(engine, Dwelling).area_cm2 == 895_000
    assert only(engine, Residency).kind == "owner_occupier"
    assert (only(engine, Ownership).person_id, only(engine, Ownership).is_voter) == (person.id, True)
    assert only(engine, Household).representative_id == person.id


def test_the_same_file_again_changes_nothing(engine: Engine, bring: Importer) -> None:
    content = csv_of(WANG, LI, SHOP, {**WANG, "person": "王小明", "phone": "", "residency": "household_member"})
    bring(content)
    before = [rows_of(engine, table) for table in TABLES]
    report = bring(content)
    assert sum(count.added + count.changed + count.ended for count in report.counts.values()) == 0
    assert [rows_of(engine, table) for table in TABLES] == before


def test_a_file_with_one_wrong_cell_writes_nothing(engine: Engine, bring: Importer) -> None:
    content = csv_of(WANG, SHOP | {"area_m2": "-1"})
    assert faults_of(bring, content) == [("/rows/3/area_m2", "area_not_positive")]
    assert [rows_of(engine, table) for table in TABLES] == [[] for _ in TABLES]


def test_every_wrong_cell_is_named_by_row_and_column(bring: Importer) -> None:
    content = csv_of(
        WANG | {"phone": "1.38E+10"}, LI | {"building": "=A1", "born_on": "31.12.1990"}, SHOP | {"area_m2": "0"}
    )
    assert faults_of(bring, content) == [
        ("/rows/2/phone", "phone_is_a_number"),
        ("/rows/3/building", "register_formula"),
        ("/rows/3/born_on", "date_unreadable"),
        ("/rows/4/area_m2", "area_not_positive"),
    ]


def test_cells_and_rows_that_contradict_each_other_are_named_together_from_the_top_down(bring: Importer) -> None:
    content = csv_of(SHOP, SHOP | {"area_m2": "7"}, WANG | {"unit": ""}, SHOP | {"dwelling": "102", "area_m2": "x"})
    assert faults_of(bring, content) == [
        ("/rows/3/area_m2", "area_conflict"),
        ("/rows/4/unit", "register_value_missing"),
        ("/rows/5/area_m2", "area_not_a_number"),
    ]


def test_a_workbook_is_refused_for_its_formulas_and_its_numeric_phone(bring: Importer) -> None:
    content = xlsx_of(WANG | {"area_m2": "=80+9.5"}, LI | {"phone": 13900139000})
    assert faults_of(bring, content) == [
        ("/rows/2/area_m2", "register_formula"),
        ("/rows/3/phone", "phone_is_a_number"),
    ]


def test_more_faults_than_are_shown_are_still_counted(bring: Importer) -> None:
    content = csv_of(*({**SHOP, "dwelling": str(number), "area_m2": "-1"} for number in range(300)))
    with pytest.raises(Invalid) as caught:
        bring(content)
    assert (len(caught.value.faults), caught.value.facts["total"]) == (200, 300)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (WANG | {"building": "9"}, ("/rows/2/building", "building_unknown")),
        (WANG | {"unit": "9"}, ("/rows/2/unit", "unit_unknown")),
        (WANG | {"dwelling": "999"}, ("/rows/2/dwelling", "dwelling_unknown")),
    ],
)
def test_a_place_that_does_not_exist_is_refused_where_none_may_be_made(
    bring: Importer, row: Cells, fault: tuple[str, str]
) -> None:
    bring(csv_of(WANG))
    assert faults_of(bring, csv_of(row), create_places=False) == [fault]


def test_people_can_be_brought_without_areas_where_no_place_may_be_made(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    bring(csv_of({name: cell for name, cell in LI.items() if name != "area_m2"}), create_places=False)
    assert len(rows_of(engine, Person)) == 2


def test_an_import_that_changes_something_counts_it(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI))
    report = bring(
        csv_of(WANG | {"area_m2": "90"}, LI | {"residency": "tenant", "area_m2": ""}, TENANT | {"area_m2": "90"})
    )
    changed = {
        kind: (count.added, count.changed) for kind, count in report.counts.items() if count.added or count.changed
    }
    assert changed == {"dwellings": (0, 1), "persons": (1, 0), "residencies": (1, 1)}
    assert only(engine, Dwelling).version == 2


def test_an_import_is_one_event_without_names(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    event = only(engine, Event)
    assert (event.kind, event.subject_id, event.facts["persons_added"]) == ("register_imported", "com_b", 1)
    assert "王芳" not in str(event.facts)


def test_an_empty_cell_says_nothing(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG | {"merge_key": "A7"}))
    bring(csv_of(WANG | {"born_on": "", "area_m2": "", "merge_key": ""}))
    assert (only(engine, Person).born_on, only(engine, Dwelling).area_cm2) == (date(1980, 3, 1), 895_000)
    assert only(engine, Ownership).merge_key == "A7"


def test_two_dwellings_of_one_buyer_are_one_head(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, WANG | {"dwelling": "302", "residency": "owner_elsewhere"}))
    assert len(rows_of(engine, Person)) == 1
    assert {ownership.merge_key for ownership in rows_of(engine, Ownership)} == {only(engine, Person).id}


def test_two_shops_of_one_company_are_one_head_and_a_note(engine: Engine, bring: Importer) -> None:
    report = bring(csv_of(SHOP, SHOP | {"dwelling": "102"}))
    assert {ownership.merge_key for ownership in rows_of(engine, Ownership)} == {"owner:远大公司"}
    assert [(note.pointer, note.code) for note in report.notes] == [("/rows/3/owner", "same_name_one_owner")]


def test_one_name_without_a_phone_in_two_dwellings_is_two_people_and_a_note(engine: Engine, bring: Importer) -> None:
    nameless = {name: cell for name, cell in WANG.items() if name not in ("phone", "born_on")}
    report = bring(csv_of(nameless, nameless | {"dwelling": "302"}))
    assert len(rows_of(engine, Person)) == 2
    assert [(note.pointer, note.code) for note in report.notes] == [("/rows/3/person", "same_name_two_people")]


def test_the_marked_representative_speaks_for_the_household(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI | {"representative": "yes"}))
    names = {person.id: person.name for person in rows_of(engine, Person)}
    assert names[only(engine, Household).representative_id] == "李雷"


def test_a_child_who_owns_does_not_speak_for_the_household(engine: Engine, bring: Importer) -> None:
    child = WANG | {"person": "王小明", "phone": "", "born_on": "2015-01-01"}
    bring(csv_of(child, WANG))
    names = {person.id: person.name for person in rows_of(engine, Person)}
    assert names[only(engine, Household).representative_id] == "王芳"


def test_of_two_co_owners_exactly_one_casts(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG, LI | {"owner": "yes", "voter": "yes"}))
    assert sorted((ownership.owner_name, ownership.is_voter) for ownership in rows_of(engine, Ownership)) == [
        ("李雷", True),
        ("王芳", False),
    ]


def test_an_owner_who_moves_out_keeps_the_ownership_and_loses_the_household(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    report = bring(csv_of(WANG | {"residency": "owner_elsewhere"}))
    assert only(engine, Residency).to_on == date(2026, 2, 28)
    assert report.counts["residencies"].ended == 1
    assert only(engine, Household).representative_id is None
    assert only(engine, Ownership).owner_name == "王芳"


def test_an_owner_who_sells_is_no_owner_any_more(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    buyer = WANG | {"person": "孙七", "phone": "13600136000", "born_on": ""}
    bring(csv_of(WANG | {"residency": "tenant", "owner": "no"}, buyer))
    assert [(ownership.owner_name, ownership.is_voter) for ownership in rows_of(engine, Ownership)] == [("孙七", True)]


def test_an_owner_known_by_name_becomes_a_person_without_a_second_ownership(engine: Engine, bring: Importer) -> None:
    bring(csv_of(TENANT | {"owner": "王芳"}))
    bring(csv_of(WANG | {"residency": "owner_elsewhere", "owner": "yes"}))
    ownership = only(engine, Ownership)
    names = {person.id: person.name for person in rows_of(engine, Person)}
    assert names[ownership.person_id] == "王芳"


def test_a_new_phone_number_of_a_known_name_is_a_doubt_not_a_guess(bring: Importer) -> None:
    bring(csv_of(WANG))
    assert faults_of(bring, csv_of(WANG | {"phone": "13800138001"})) == [("/rows/2/phone", "person_has_other_phone")]


def test_a_person_found_by_id_takes_the_new_name_and_number(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    bring(csv_of(WANG | {"person": "王芳芳", "phone": "13800138001", "person_ref": only(engine, Person).id}))
    person = only(engine, Person)
    assert (person.name, person.phone, person.external_ref) == ("王芳芳", "13800138001", None)
    assert only(engine, Ownership).owner_name == "王芳芳"


def test_another_community_keeps_its_own_people(engine: Engine, bring: Importer) -> None:
    bring(csv_of(WANG))
    bring(csv_of(WANG), into=add_community(engine, "com_a"))
    assert sorted(person.community_id for person in rows_of(engine, Person)) == ["com_a", "com_b"]


def test_a_resident_may_not_import(engine: Engine, community: str) -> None:
    resident = Principal("person", "per_1", community)
    with pytest.raises(Forbidden):
        transact(
            engine,
            lambda session: register_import.import_register(
                session,
                resident,
                community,
                csv_of(WANG),
                now=NOW,
            ),
        )


def test_an_officer_of_the_community_may_import(engine: Engine, community: str) -> None:
    officer = Principal("person", "per_1", community, (Grant("committee_officer", "community", community),))
    report = transact(
        engine,
        lambda session: register_import.import_register(
            session,
            officer,
            community,
            csv_of(WANG),
            now=NOW,
        ),
    )
    assert report.rows_read == 1


@pytest.mark.prove
def test_ten_thousand_rows_are_imported_within_five_seconds(bring: Importer) -> None:
    rows = (
        person | {"dwelling": f"{number}", "person": f"{person['person']}{number}", "phone": f"13{turn}{number:08d}"}
        for number in range(5_000)
        for turn, person in enumerate((WANG, LI))
    )
    content = csv_of(*rows)
    # Seconds of this process: on a busy machine the time on the wall says more of the others.
    began = time.process_time()
    report = bring(content)
    assert time.process_time() - began < 5
    assert (report.rows_read, report.counts["persons"].added) == (10_000, 10_000)
