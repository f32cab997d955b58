"""The register as CSV: UTF-8 with a mark, Chinese headers, one row per person and dwelling. Importing it changes nothing.

Whatever a spreadsheet would compute is written with an apostrophe before it (`register_cells.escape`). A person without a
reference of the register's own is given their id, so that a corrected file finds them again under a new phone number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from voting.community import areas
from voting.community.register_cells import OWNER_ELSEWHERE, RESIDENCY_ZH, escape
from voting.community.register_check import Place
from voting.community.register_columns import COLUMNS, NAMES
from voting.community.register_stored import Stored, StoredOwnership, StoredPerson, StoredResidency

_YES, _NO = "是", "否"


def csv_file(stored: Stored) -> bytes:
    """The whole register, sorted by place and, within a dwelling, by person."""
    made = io.StringIO(newline="")
    lines = csv.writer(made)
    lines.writerow(column.zh for column in COLUMNS)
    for place in sorted(stored.dwellings, key=natural):
        for row in _rows(place, stored):
            lines.writerow(escape(row.get(name, "")) for name in NAMES)
    return made.getvalue().encode("utf-8-sig")


def natural(place: Place) -> tuple[tuple[tuple[int, str], ...], ...]:
    """A sort key under which 2 comes before 10."""
    return (tuple((len(label), label) if label.isdecimal() else (99, label) for label in place),)


def _rows(place: Place, stored: Stored) -> Iterator[dict[str, str]]:
    dwelling_id, area = stored.dwellings[place]
    where = {"building": place[0], "unit": place[1], "dwelling": place[2], "area_m2": areas.m2(area)}
    living = stored.residencies.get(dwelling_id, {})
    owners = stored.ownerships.get(dwelling_id, [])
    owning = {owner.person_id: owner for owner in owners if owner.person_id is not None}
    speaker = stored.households.get(dwelling_id, ("", None))[1]
    people = sorted(
        living.keys() | owning.keys(), key=lambda one: (stored.persons[one].name, stored.persons[one].ref or one)
    )
    for person_id in people:
        person = stored.persons[person_id]
        yield where | _person(person, living.get(person_id), owning.get(person_id), speaker == person_id)
    nameless = [owner for owner in owners if owner.person_id is None]
    for owner in sorted(nameless, key=lambda one: (one.owner_name, one.merge_key)):
        yield where | {"owner": owner.owner_name} | _head(owner)
    if not people and not nameless:
        yield where


def _person(
    person: StoredPerson, lives: StoredResidency | None, owns: StoredOwnership | None, speaks: bool
) -> dict[str, str]:
    return {
        "person": person.name,
        "phone": person.phone or "",
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "residency": RESIDENCY_ZH[lives.kind if lives else OWNER_ELSEWHERE],
        "from_on": lives.from_on.isoformat() if lives and lives.from_on else "",
        "owner": _YES if owns else _NO,
        "representative": _YES if speaks else "",
        "person_ref": person.ref or person.id,
    } | (_head(owns) if owns else {})


def _head(owner: StoredOwnership) -> dict[str, str]:
    return {"merge_key": owner.merge_key, "voter": _YES if owner.is_voter else _NO}
