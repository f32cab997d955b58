"""Candidates: the persons whom the options of an election name, and what they never are beside that.

Source: the separations of the domain. A candidate is never returning officer, teller or scrutineer of the contest they
stand in, and holds no proxy in it. What they may do is asked of the contest whenever somebody acts (`Loaded.subject`);
offices and proxies that are given for the very contest are refused when they are given (`voting.access.roles`,
`voting.roll.proxies`), and here, when somebody who has such an office is put up.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from voting.access.tables import RoleAssignment
from voting.community.tables import Person
from voting.contests.tables import Option
from voting.core.authority import OFFICIATING, Principal
from voting.errors import Fault, Invalid


def check(session: Session, community_id: str, persons: Sequence[str | None], contest_id: str | None = None) -> None:
    """Raise `Invalid` where an option names nobody of the community, one person twice, or an official of the contest."""
    named = [person for person in persons if person is not None]
    if not named:
        return
    known = set(session.exec(select(Person.id).where(col(Person.id).in_(named), Person.community_id == community_id)))
    officiating = _officiating(session, contest_id, named) if contest_id is not None else set()
    faults, seen = [], set[str]()
    for place, person in enumerate(persons):
        if person is None:
            continue
        pointer = f"/options/{place}/person_id"
        if person not in known:
            faults.append(Fault(pointer, "person_not_found", {"id": person[:80]}))
        elif person in seen:
            faults.append(Fault(pointer, "candidate_twice"))
        elif person in officiating:
            faults.append(Fault(pointer, "candidate_never_officiates"))
        seen.add(person)
    if faults:
        raise Invalid(faults)


def callers(session: Session, principal: Principal, contest_id: str) -> frozenset[str]:
    """The caller's id, if they stand in the contest. Asked only of those who hold an office: of others it changes nothing."""
    if principal.kind != "person" or not principal.grants:
        return frozenset()
    query = select(Option.id).where(Option.contest_id == contest_id, Option.person_id == principal.id)
    return frozenset() if session.exec(query.limit(1)).first() is None else frozenset({principal.id})


def _officiating(session: Session, contest_id: str, persons: Sequence[str]) -> set[str]:
    """Those of them who have an office of this contest that has no end yet."""
    query = select(RoleAssignment.holder_id).where(
        RoleAssignment.scope_kind == "contest",
        RoleAssignment.scope_id == contest_id,
        RoleAssignment.holder_kind == "person",
        col(RoleAssignment.holder_id).in_(persons),
        col(RoleAssignment.role).in_(sorted(OFFICIATING)),
        col(RoleAssignment.ends_at).is_(None),
    )
    return set(session.exec(query))
