"""A small world for the tests of access: two communities, a few people, a household, a contest."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from tests.access.moment import NOW
from voting.access.tables import RoleAssignment
from voting.community.tables import Building, Community, Dwelling, Household, Person, Residency, Unit
from voting.contests.tables import Contest
from voting.core.authority import Grant, Principal
from voting.roll.tables import Roll

ADMIN = Principal("person", "per_admin", "com_1", (Grant("community_admin", "community", "com_1"),))
RESIDENT = Principal("person", "per_1", "com_1")
FOREIGN_ADMIN = Principal("person", "per_far", "com_2", (Grant("community_admin", "community", "com_2"),))
AUDITOR = Principal("person", "per_aud", "com_1", (Grant("auditor", "community", "com_1"),))


def settle(session: Session) -> None:
    """Write the world."""
    for number in ("1", "2"):
        session.add(Community(id=f"com_{number}", name={"en": number}, time_zone="Asia/Shanghai", created_at=NOW))
    session.flush()
    for person, community in (("admin", "com_1"), ("1", "com_1"), ("2", "com_1"), ("aud", "com_1"), ("far", "com_2")):
        session.add(Person(id=f"per_{person}", community_id=community, name=person))
    session.add(
        Roll(id="rol_1", community_id="com_1", name="all", basis="person", scope={"kind": "community"}, created_at=NOW)
    )
    for number in ("1", "2"):
        session.add(Building(id=f"bld_{number}", community_id=f"com_{number}", label=number))
    session.flush()
    session.add(Unit(id="unt_1", community_id="com_1", building_id="bld_1", label="1"))
    session.flush()
    session.add(Dwelling(id="dwl_1", community_id="com_1", unit_id="unt_1", label="101", area_cm2=900_000))
    session.flush()
    session.add(Household(id="hsh_1", community_id="com_1", dwelling_id="dwl_1", representative_id="per_1"))
    for number in ("1", "2"):
        session.add(
            Residency(
                id=f"res_{number}",
                community_id="com_1",
                dwelling_id="dwl_1",
                person_id=f"per_{number}",
                kind="owner_occupier",
            )
        )
    session.add(
        Contest(
            id="con_1",
            community_id="com_1",
            roll_id="rol_1",
            question={"en": "?"},
            method="irv",
            opens_at=NOW,
            closes_at=NOW + timedelta(days=1),
            created_at=NOW,
        )
    )
    session.add(a_role("rle_admin", "per_admin", "community_admin"))
    session.add(a_role("rle_aud", "per_aud", "auditor"))
    far = {"community_id": "com_2", "scope_id": "com_2"}
    session.add(a_role("rle_far", "per_far", "community_admin", **far))
    session.flush()


def a_role(identifier: str, holder: str, role: str, **changed: object) -> RoleAssignment:
    """A role over the first community, since yesterday, without end."""
    row = RoleAssignment(
        id=identifier,
        community_id="com_1",
        holder_kind="person",
        holder_id=holder,
        role=role,
        scope_kind="community",
        scope_id="com_1",
        source="appointment",
        starts_at=NOW - timedelta(days=1),
    )
    for name, value in changed.items():
        setattr(row, name, value)
    return row
