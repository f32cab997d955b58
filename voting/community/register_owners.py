"""Who owns what after an import, whose heads are merged, and which co-owner casts for the dwelling.

All dwellings of one merge key are one head (Civil Code 278; SPC interpretation Fa Shi [2009] 7, art. 9). Without a key
in the file a person's dwellings are merged under the person, and an owner known by name only under the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voting import ids
from voting.community.register_check import Deed, Place, Register, Tie
from voting.community.register_parse import Findings
from voting.community.register_stored import Plan, Stored, StoredOwnership


@dataclass(slots=True)
class _Owner:
    """One ownership as it is going to be. `said` is the file's word on who casts."""

    id: str
    person_id: str | None
    owner_name: str
    merge_key: str
    before: StoredOwnership | None = None
    said: bool | None = None
    row: int = 0
    removed: bool = False


def merge_key_of_name(owner_name: str) -> str:
    """The key under which an owner known by name only is one head."""
    return f"owner:{owner_name}"


def settle(
    register: Register,
    stored: Stored,
    dwellings: dict[Place, str],
    people: Sequence[str],
    plan: Plan,
    findings: Findings,
) -> None:
    """Plan the ownerships of every dwelling of the file, and of every person whose name it changes."""
    owners = _now(register, stored, dwellings, people)
    keys = _keys(register, stored, people)
    for tie in register.ties:
        _tie(tie, owners[dwellings[tie.place]], people[tie.human], register.humans[tie.human].name, keys)
    for deed in register.deeds:
        _deed(deed, owners[dwellings[deed.place]])
    for dwelling_id, listed in owners.items():
        if listed:
            _write(dwelling_id, listed, plan, findings)


def _now(
    register: Register, stored: Stored, dwellings: dict[Place, str], people: Sequence[str]
) -> dict[str, list[_Owner]]:
    names = {person_id: human.name for person_id, human in zip(people, register.humans, strict=True)}
    touched = {dwellings[place] for place in register.flats}
    renamed = {
        person_id
        for person_id, name in names.items()
        if person_id in stored.persons and stored.persons[person_id].name != name
    }
    if renamed:
        touched |= {d for d, listed in stored.ownerships.items() if any(o.person_id in renamed for o in listed)}
    return {
        dwelling_id: [
            _Owner(o.id, o.person_id, names.get(o.person_id or "", o.owner_name), o.merge_key, o)
            for o in stored.ownerships.get(dwelling_id, ())
        ]
        for dwelling_id in [*dict.fromkeys(dwellings[place] for place in register.flats), *sorted(touched)]
    }


def _keys(register: Register, stored: Stored, people: Sequence[str]) -> dict[str, str]:
    """The merge key under which a person's further dwellings go: the stored one, else the first of the file."""
    keys: dict[str, str] = {}
    for listed in stored.ownerships.values():
        for ownership in listed:
            if ownership.person_id is not None:
                keys[ownership.person_id] = min(ownership.merge_key, keys.get(ownership.person_id, ownership.merge_key))
    for tie in register.ties:
        if tie.merge_key:
            keys.setdefault(people[tie.human], tie.merge_key)
    return keys


def _tie(tie: Tie, listed: list[_Owner], person_id: str, name: str, keys: dict[str, str]) -> None:
    known = next((owner for owner in listed if owner.person_id == person_id), None)
    if tie.owns is False and known is not None:
        known.removed = True
    if not tie.owns:
        return
    if known is None:
        known = next((owner for owner in listed if owner.person_id is None and owner.owner_name == name), None)
    if known is None:
        known = _Owner(ids.random_id("own"), person_id, name, keys.get(person_id, person_id))
        listed.append(known)
    known.person_id = person_id
    known.merge_key = tie.merge_key or known.merge_key
    known.said, known.row = tie.voter, tie.row


def _deed(deed: Deed, listed: list[_Owner]) -> None:
    known = next((owner for owner in listed if owner.owner_name == deed.owner_name and not owner.removed), None)
    if known is None:
        known = _Owner(ids.random_id("own"), None, deed.owner_name, merge_key_of_name(deed.owner_name))
        listed.append(known)
    known.merge_key = deed.merge_key or known.merge_key
    known.said, known.row = deed.voter, deed.row


def _write(dwelling_id: str, listed: list[_Owner], plan: Plan, findings: Findings) -> None:
    staying = [owner for owner in listed if not owner.removed]
    voter = _voter(staying, findings)
    for owner in listed:
        if owner.removed:
            plan.removed_ownerships.append(owner.id)
            plan.counts["ownerships"].ended += 1
            continue
        casts = owner is voter
        after = StoredOwnership(owner.id, owner.person_id, owner.owner_name, owner.merge_key, casts)
        if after == owner.before:
            plan.keep("ownerships")
            continue
        values = {
            "id": owner.id,
            "person_id": owner.person_id,
            "owner_name": owner.owner_name,
            "merge_key": owner.merge_key,
            "is_voter": casts,
        }
        if owner.before is None:
            plan.add("ownerships", dwelling_id=dwelling_id, **values)
        else:
            plan.change("ownerships", **values)


def _voter(staying: list[_Owner], findings: Findings) -> _Owner | None:
    """Exactly one owner casts: whom the file marks, else who did before, else the first whom the file does not exclude."""
    if not staying:
        return None
    marked = [owner for owner in staying if owner.said]
    before = [owner for owner in staying if owner.before and owner.before.is_voter and owner.said is None]
    free = [owner for owner in staying if owner.said is None]
    chosen = next(iter([*marked, *before, *free]), None)
    if chosen is None:
        findings.add(staying[0].row, "voter", "voter_missing")
    return chosen
