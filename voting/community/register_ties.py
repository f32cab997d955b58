"""Who lives where, and who speaks for each household, after an import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from voting import ids
from voting.community.register_cells import OWNER_ELSEWHERE
from voting.community.register_check import Place, Register, Tie
from voting.community.register_parse import Findings
from voting.community.register_stored import Plan, Stored

ADULT_AGE = 18
"""Who speaks for a household and is given a code (Civil Code 17)."""

_DAY = timedelta(days=1)


def is_adult(born_on: date | None, today: date) -> bool:
    """Whether somebody is of age on a day; a person whose birthday is unknown is taken to be."""
    if born_on is None:
        return True
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day)) >= ADULT_AGE


def representative(residents: Iterable[tuple[str, str, date | None]], today: date) -> str | None:
    """Who speaks for a household that named nobody: the first owner occupier of age. Residents are (id, kind, born on)."""
    for person_id, kind, born_on in residents:
        if kind == "owner_occupier" and is_adult(born_on, today):
            return person_id
    return None


def settle(
    register: Register,
    stored: Stored,
    dwellings: dict[Place, str],
    people: Sequence[str],
    plan: Plan,
    findings: Findings,
) -> None:
    """Plan residencies and households. One person twice in one dwelling is a finding, by whatever names they came."""
    residents = {
        dwellings[place]: {person: now.kind for person, now in stored.residencies.get(dwellings[place], {}).items()}
        for place in register.flats
    }
    marked: dict[str, str] = {}
    seen: dict[tuple[str, str], int] = {}
    for tie in register.ties:
        dwelling_id, person_id = dwellings[tie.place], people[tie.human]
        first = seen.setdefault((dwelling_id, person_id), tie.row)
        if first != tie.row:
            findings.add(tie.row, "person", "relation_twice", name=register.humans[tie.human].name, first=first)
            continue
        _residency(tie, dwelling_id, person_id, residents[dwelling_id], stored, plan)
        if tie.representative:
            marked[dwelling_id] = person_id
    born = {person.id: person.born_on for person in stored.persons.values()}
    born |= {
        person_id: human.born_on for person_id, human in zip(people, register.humans, strict=True) if human.born_on
    }
    for dwelling_id, living in residents.items():
        _household(dwelling_id, living, marked.get(dwelling_id), born, stored, plan)


def _residency(tie: Tie, dwelling_id: str, person_id: str, living: dict[str, str], stored: Stored, plan: Plan) -> None:
    known = stored.residencies.get(dwelling_id, {}).get(person_id)
    if tie.residency == OWNER_ELSEWHERE:
        if known is not None:
            plan.updates["residencies"].append(
                {"id": known.id, "kind": known.kind, "from_on": known.from_on, "to_on": plan.today - _DAY}
            )
            plan.counts["residencies"].ended += 1
            del living[person_id]
        return
    if tie.residency is None:
        return
    living[person_id] = tie.residency
    if known is None:
        plan.add(
            "residencies",
            id=ids.random_id("res"),
            dwelling_id=dwelling_id,
            person_id=person_id,
            kind=tie.residency,
            from_on=tie.from_on,
        )
    elif known.kind != tie.residency or tie.from_on not in (None, known.from_on):
        plan.change("residencies", id=known.id, kind=tie.residency, from_on=tie.from_on or known.from_on, to_on=None)
    else:
        plan.keep("residencies")


def _household(
    dwelling_id: str,
    living: dict[str, str],
    marked: str | None,
    born: dict[str, date | None],
    stored: Stored,
    plan: Plan,
) -> None:
    known = stored.households.get(dwelling_id)
    before = known[1] if known else None
    speaker = marked or (before if before in living else None)
    speaker = speaker or representative(
        ((person, kind, born.get(person)) for person, kind in living.items()), plan.today
    )
    if known is None:
        plan.add("households", id=ids.random_id("hsh"), dwelling_id=dwelling_id, representative_id=speaker)
    elif speaker != before:
        plan.change("households", id=known[0], representative_id=speaker)
    else:
        plan.keep("households")
