"""The people of a file: found in the register, or made. A name alone never makes two records one person.

A person is found by reference (the register's own, or the id that the export writes), else by name and phone number, else
by name within a dwelling where they live or own. Where that leaves a doubt, nobody is guessed: it is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from voting import ids
from voting.community.register_check import Human, Place, Register
from voting.community.register_parse import Findings
from voting.community.register_stored import Plan, Stored, StoredPerson


@dataclass(slots=True)
class _Index:
    by_ref: dict[str, str] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    by_place: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))


def settle(
    register: Register, stored: Stored, dwellings: dict[Place, str], plan: Plan, findings: Findings
) -> list[str]:
    """The person id of every human of the register, in its order; an empty id beside each finding."""
    index = _index(stored)
    found: list[str] = []
    claimed: dict[str, Human] = {}
    for human in register.humans:
        person_id = _find(human, index, stored, dwellings, findings)
        if person_id is None:
            found.append("")
            continue
        if not person_id:
            person_id = ids.random_id("per")
            _add(person_id, human, plan)
        elif person_id in claimed:
            _join(human, claimed[person_id], findings)
        else:
            claimed[person_id] = human
        found.append(person_id)
    for person_id, human in claimed.items():
        _update(stored.persons[person_id], human, plan)
    return found


def _index(stored: Stored) -> _Index:
    index = _Index()
    for person in stored.persons.values():
        if person.ref:
            index.by_ref[person.ref] = person.id
        if person.phone:
            index.by_phone[person.name, person.phone].append(person.id)
    for dwelling_id, residencies in stored.residencies.items():
        for person_id in residencies:
            index.by_place[stored.persons[person_id].name, dwelling_id].add(person_id)
    for dwelling_id, ownerships in stored.ownerships.items():
        for ownership in ownerships:
            if ownership.person_id is not None:
                index.by_place[stored.persons[ownership.person_id].name, dwelling_id].add(ownership.person_id)
    return index


def _find(human: Human, index: _Index, stored: Stored, dwellings: dict[Place, str], findings: Findings) -> str | None:
    """A person's id, an empty text for somebody new, None for a doubt."""
    if human.ref:
        known = index.by_ref.get(human.ref) or (human.ref if human.ref in stored.persons else None)
        if known:
            return known
    candidates = set(index.by_phone.get((human.name, human.phone), ())) if human.phone else set()
    for place in human.places:
        candidates |= index.by_place.get((human.name, dwellings.get(place, "")), set())
    others = [stored.persons[candidate] for candidate in sorted(candidates)]
    others = [other for other in others if not (human.ref and other.ref)]
    if any(human.phone and other.phone and human.phone != other.phone for other in others):
        findings.add(human.row, "phone", "person_has_other_phone", name=human.name)
        return None
    if len(others) > 1:
        findings.add(human.row, "person_ref", "person_ambiguous", name=human.name)
        return None
    return others[0].id if others else ""


def _join(human: Human, first: Human, findings: Findings) -> None:
    for column, said, before in (
        ("person", human.name, first.name),
        ("phone", human.phone, first.phone),
        ("born_on", human.born_on, first.born_on),
        ("person_ref", human.ref, first.ref),
    ):
        if said and before and said != before:
            findings.add(human.row, column, "person_conflict", first=first.row)
    first.phone = first.phone or human.phone
    first.born_on = first.born_on or human.born_on
    first.ref = first.ref or human.ref


def _add(person_id: str, human: Human, plan: Plan) -> None:
    plan.add(
        "persons",
        id=person_id,
        name=human.name,
        phone=human.phone,
        born_on=human.born_on,
        external_ref=human.ref or None,
    )


def _update(person: StoredPerson, human: Human, plan: Plan) -> None:
    ref = person.ref if human.ref in ("", person.id) else human.ref
    after = StoredPerson(person.id, human.name, human.phone or person.phone, human.born_on or person.born_on, ref)
    if after == person:
        plan.keep("persons")
        return
    plan.change(
        "persons", id=person.id, name=after.name, phone=after.phone, born_on=after.born_on, external_ref=ref or None
    )
