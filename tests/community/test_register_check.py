"""What rows of one file say must agree: every contradiction is named by row and column. No database is asked."""

from __future__ import annotations

from datetime import date

import pytest

from tests.community.conftest import NOW
from tests.community.files import LI, SHOP, TENANT, WANG, Cells, csv_of
from voting.community.register_check import check
from voting.community.register_parse import Findings, parse
from voting.community.register_plan import plan
from voting.community.register_read import read
from voting.community.register_stored import Stored

TODAY = date(2026, 3, 1)


def found_in(*rows: Cells) -> list[tuple[str, str]]:
    """What an import into an empty register would refuse."""
    findings = Findings()
    register = check(parse(read(csv_of(*rows)), findings, areas_needed=True), findings, Findings(), TODAY)
    if not findings:
        plan(register, Stored(), findings, community_id="com_b", create_places=True, today=TODAY, now=NOW)
    return [(fault.pointer, fault.code) for fault in findings.shown]


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([WANG | {"unit": ""}], [("/rows/2/unit", "register_value_missing")]),
        ([SHOP | {"area_m2": ""}], [("/rows/2/area_m2", "area_missing")]),
        ([WANG, LI | {"area_m2": "90"}], [("/rows/3/area_m2", "area_conflict")]),
        ([WANG, WANG], [("/rows/3/person", "relation_twice")]),
        ([WANG, WANG | {"phone": "13900139000"}], [("/rows/3/person", "person_twice_in_dwelling")]),
        ([WANG, WANG | {"phone": ""}], [("/rows/3/person", "person_twice_in_dwelling")]),
        ([WANG, WANG | {"dwelling": "302", "born_on": "1999-01-01"}], [("/rows/3/born_on", "person_conflict")]),
        (
            [WANG | {"person": ""}],
            [(f"/rows/2/{name}", "register_person_missing") for name in ("phone", "born_on", "residency")],
        ),
        ([WANG | {"residency": ""}], [("/rows/2/residency", "residency_missing")]),
        ([WANG | {"owner": "no"}], [("/rows/2/owner", "residency_contradicts_owner")]),
        ([WANG | {"owner": "李四"}], [("/rows/2/owner", "residency_contradicts_owner")]),
        ([TENANT | {"owner": "yes"}], [("/rows/2/owner", "residency_contradicts_owner")]),
        ([TENANT | {"merge_key": "A"}], [("/rows/2/merge_key", "merge_key_without_owner")]),
        ([TENANT | {"voter": "yes"}], [("/rows/2/voter", "voter_without_owner")]),
        (
            [WANG | {"representative": "yes"}, LI | {"representative": "yes"}],
            [("/rows/3/representative", "representative_twice")],
        ),
        (
            [WANG | {"residency": "owner_elsewhere", "representative": "yes"}],
            [("/rows/2/representative", "representative_not_resident")],
        ),
        ([WANG | {"voter": "yes"}, LI | {"owner": "yes", "voter": "yes"}], [("/rows/3/voter", "voter_twice")]),
        ([WANG | {"voter": "no"}], [("/rows/2/voter", "voter_missing")]),
        ([WANG | {"born_on": "2026-03-02"}], [("/rows/2/born_on", "born_in_the_future")]),
        ([TENANT | {"owner": "王芳"}, WANG | {"residency": "household_member"}], [("/rows/2/owner", "owner_conflict")]),
        ([TENANT | {"owner": "王芳", "merge_key": "X"}, WANG], [("/rows/2/merge_key", "owner_has_own_row")]),
        (
            [WANG | {"person_ref": "R1"}, WANG | {"person_ref": "R2", "dwelling": "302"}, WANG | {"dwelling": "303"}],
            [("/rows/4/person_ref", "person_ambiguous")],
        ),
    ],
)
def test_rows_that_contradict_are_refused(rows: list[Cells], faults: list[tuple[str, str]]) -> None:
    assert found_in(*rows) == faults
