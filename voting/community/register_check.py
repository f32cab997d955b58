"""From typed rows to one register: which dwellings, which people, who lives where and who owns what.

People are told apart by their reference, else by name and phone number, else by name within one dwelling: a name alone
never makes two rows one person. Owners without a person are told apart by name. What rows say of the same thing must
agree; an empty cell says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from voting.community.register_cells import OWNER_ELSEWHERE
from voting.community.register_parse import Findings, Row

Place = tuple[str, str, str]
"""Labels of building, unit and dwelling."""


@dataclass(slots=True)
class Flat:
    """One dwelling of the file."""

    row: int
    area_cm2: int | None = None


@dataclass(slots=True)
class Human:
    """One person of the file, gathered from all rows that mean them."""

    row: int
    name: str
    ref: str = ""
    phone: str | None = None
    born_on: date | None = None
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tie:
    """One person and one dwelling. `human` is an index into `Register.humans`; `owns` is None where the file is silent."""

    row: int
    place: Place
    human: int
    residency: str | None
    from_on: date | None
    owns: bool | None
    merge_key: str
    voter: bool | None
    representative: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """An owner known by name only."""

    row: int
    place: Place
    owner_name: str
    merge_key: str
    voter: bool | None


@dataclass(slots=True)
class Register:
    """Everything a file says, each thing once, in the file's order."""

    flats: dict[Place, Flat] = field(default_factory=dict)
    humans: list[Human] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)


def check(rows: Sequence[Row], findings: Findings, notes: Findings, today: date) -> Register:
    """The register of a file. Contradictions go to `findings`, guesses that a person should see to `notes`."""
    register = Register()
    for row in rows:
        _row_alone(row, findings, today)
        if row.building and row.unit and row.dwelling:
            _flat(row, register, findings)
    if findings:
        return register
    humans = _humans(rows, register, findings)
    _one_phone_each(register, findings)
    _ties(rows, humans, register, findings)
    _deeds(rows, register, findings)
    _one_of_each(register, findings)
    _note_same_names(register, notes)
    return register


def _row_alone(row: Row, findings: Findings, today: date) -> None:
    for column in ("building", "unit", "dwelling"):
        if not getattr(row, column):
            findings.add(row.number, column, "register_value_missing")
    if not row.person:
        _nobody(row, findings)
        return
    owns, owner_name = row.owner
    kind = row.residency
    if kind is None and owns is not True and owner_name != row.person:
        findings.add(row.number, "residency", "residency_missing")
    if (kind == "tenant" and _is_owner(row)) or (kind in ("owner_occupier", OWNER_ELSEWHERE) and not _may_own(row)):
        findings.add(row.number, "owner", "residency_contradicts_owner", residency=kind or "")
    if row.merge_key and not _is_owner(row) and not owner_name:
        findings.add(row.number, "merge_key", "merge_key_without_owner")
    if row.voter and not _is_owner(row) and not owner_name:
        findings.add(row.number, "voter", "voter_without_owner")
    if row.representative and (kind is None or kind == OWNER_ELSEWHERE):
        findings.add(row.number, "representative", "representative_not_resident")
    if row.from_on and (kind is None or kind == OWNER_ELSEWHERE):
        findings.add(row.number, "from_on", "from_on_without_residency")
    if row.born_on and row.born_on > today:
        findings.add(row.number, "born_on", "born_in_the_future", value=row.born_on.isoformat())


def _nobody(row: Row, findings: Findings) -> None:
    for column in ("phone", "born_on", "residency", "from_on", "representative", "person_ref"):
        if getattr(row, column):
            findings.add(row.number, column, "register_person_missing")
    if row.owner[0]:
        findings.add(row.number, "owner", "register_person_missing")
    if not row.owner[1] and (row.merge_key or row.voter):
        findings.add(row.number, "merge_key" if row.merge_key else "voter", "register_person_missing")


def _is_owner(row: Row) -> bool:
    owns, owner_name = row.owner
    return (
        bool(owns)
        or owner_name == row.person
        or (not owner_name and row.residency in ("owner_occupier", OWNER_ELSEWHERE))
    )


def _may_own(row: Row) -> bool:
    owns, owner_name = row.owner
    return owns is not False and owner_name in ("", row.person)


def _place(row: Row) -> Place:
    return row.building, row.unit, row.dwelling


def _flat(row: Row, register: Register, findings: Findings) -> None:
    flat = register.flats.setdefault(_place(row), Flat(row.number))
    if flat.area_cm2 is None:
        flat.area_cm2 = row.area_cm2
    elif row.area_cm2 is not None and row.area_cm2 != flat.area_cm2:
        findings.add(row.number, "area_m2", "area_conflict", first=flat.row)


def _humans(rows: Sequence[Row], register: Register, findings: Findings) -> dict[int, int]:
    """Row number → index of its person. References first, so that a row without one can find its person by phone."""
    of_row: dict[int, int] = {}
    by_ref: dict[str, int] = {}
    by_phone: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_place: dict[tuple[str, Place], int] = {}
    people = [row for row in rows if row.person]
    for row in (row for row in people if row.person_ref):
        known = by_ref.get(row.person_ref)
        index = by_ref[row.person_ref] = _gather(row, known, register, findings)
        of_row[row.number] = index
    for index, human in enumerate(register.humans):
        if human.phone:
            by_phone[human.name, human.phone].append(index)
    for row in (row for row in people if not row.person_ref and row.phone):
        same = by_phone[row.person, row.phone or ""]
        if len(same) > 1:
            findings.add(row.number, "person_ref", "person_ambiguous", name=row.person)
            continue
        index = _gather(row, same[0] if same else None, register, findings)
        if not same:
            same.append(index)
        of_row[row.number] = index
    for row in (row for row in people if not row.person_ref and not row.phone):
        key = row.person, _place(row)
        index = by_place[key] = _gather(row, by_place.get(key), register, findings)
        of_row[row.number] = index
    return of_row


def _gather(row: Row, known: int | None, register: Register, findings: Findings) -> int:
    if known is None:
        human = Human(row.number, row.person, row.person_ref, row.phone, row.born_on, [_place(row)])
        register.humans.append(human)
        return len(register.humans) - 1
    human = register.humans[known]
    for column, said, before in (
        ("person", row.person, human.name),
        ("phone", row.phone, human.phone),
        ("born_on", row.born_on, human.born_on),
    ):
        if said and before and said != before:
            findings.add(row.number, column, "person_conflict", first=human.row)
    human.phone = human.phone or row.phone
    human.born_on = human.born_on or row.born_on
    human.places.append(_place(row))
    return known


def _one_phone_each(register: Register, findings: Findings) -> None:
    """Two people of one name in one dwelling must be told apart by reference: else they are one person, told twice."""
    seen: dict[tuple[str, Place], Human] = {}
    for human in register.humans:
        for place in dict.fromkeys(human.places):
            other = seen.setdefault((human.name, place), human)
            if other is not human and not (human.ref and other.ref):
                findings.add(human.row, "person", "person_twice_in_dwelling", name=human.name, first=other.row)


def _ties(rows: Sequence[Row], humans: dict[int, int], register: Register, findings: Findings) -> None:
    seen: dict[tuple[int, Place], int] = {}
    for row in rows:
        human = humans.get(row.number)
        if human is None:
            continue
        place = _place(row)
        first = seen.setdefault((human, place), row.number)
        if first != row.number:
            findings.add(row.number, "person", "relation_twice", name=row.person, first=first)
            continue
        owner = _is_owner(row)
        owns = True if owner else (False if row.owner[0] is False else None)
        merge_key, voter = (row.merge_key, row.voter) if owner else ("", None)
        register.ties.append(
            Tie(row.number, place, human, row.residency, row.from_on, owns, merge_key, voter, bool(row.representative))
        )


def _deeds(rows: Sequence[Row], register: Register, findings: Findings) -> None:
    people: dict[tuple[Place, str], Tie] = {}
    for tie in register.ties:
        people.setdefault((tie.place, register.humans[tie.human].name), tie)
    seen: dict[tuple[Place, str], Deed] = {}
    for row in rows:
        name = row.owner[1]
        if not name or name == row.person:
            continue
        place = _place(row)
        deed = Deed(row.number, place, name, row.merge_key, row.voter)
        own = people.get((place, name))
        if own is not None:
            _named_beside(row, own, findings)
            continue
        known = seen.setdefault((place, name), deed)
        if known is deed:
            register.deeds.append(deed)
        elif row.merge_key and row.merge_key != known.merge_key:
            findings.add(row.number, "merge_key", "merge_key_conflict", first=known.row)


def _named_beside(row: Row, tie: Tie, findings: Findings) -> None:
    """The row names as owner someone who has a row of their own in the same dwelling: that row decides."""
    if not tie.owns:
        findings.add(row.number, "owner", "owner_conflict", name=row.owner[1], first=tie.row)
    if row.merge_key not in ("", tie.merge_key):
        findings.add(row.number, "merge_key", "owner_has_own_row", name=row.owner[1], first=tie.row)
    if row.voter is not None and row.voter != tie.voter:
        findings.add(row.number, "voter", "owner_has_own_row", name=row.owner[1], first=tie.row)


def _one_of_each(register: Register, findings: Findings) -> None:
    representatives: dict[Place, int] = {}
    voters: dict[Place, int] = {}
    for tie in register.ties:
        if tie.representative and representatives.setdefault(tie.place, tie.row) != tie.row:
            findings.add(tie.row, "representative", "representative_twice", first=representatives[tie.place])
    claims: list[Tie | Deed] = [*register.ties, *register.deeds]
    for claim in claims:
        if claim.voter and voters.setdefault(claim.place, claim.row) != claim.row:
            findings.add(claim.row, "voter", "voter_twice", first=voters[claim.place])


def _note_same_names(register: Register, notes: Findings) -> None:
    alone: dict[str, Human] = {}
    for human in register.humans:
        if human.ref or human.phone:
            continue
        first = alone.setdefault(human.name, human)
        if first is not human:
            notes.add(human.row, "person", "same_name_two_people", name=human.name, first=first.row)
    owned: dict[str, Deed] = {}
    for deed in register.deeds:
        if deed.merge_key:
            continue
        known = owned.setdefault(deed.owner_name, deed)
        if known is not deed:
            notes.add(deed.row, "owner", "same_name_one_owner", name=deed.owner_name, first=known.row)
