"""A small register to compile rolls from: two buildings, three units, five homes, and the people of them.

1栋 1单元 101  80 m²  Wang (born 1960, owner, represents), Li (1990), Wang junior (2015)
1栋 1单元 102  50 m²  empty, owned by Wang as well
1栋 2单元 201  60 m²  Zhao (tenant, no birth date, no representative); owned by Qian, no person of the register
2栋 1单元 101  70 m²  Sun (represents) and Zhou, co-owners, Zhou casts
2栋 1单元 102  30 m²  empty, without an owner
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlmodel import Session

from voting.community.tables import Building, Community, Dwelling, Household, Ownership, Person, Residency, Unit
from voting.core.authority import Grant, Principal

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
OFFICER = Principal("person", "per_sun", "com_1", (Grant("committee_officer", "community", "com_1"),))
RESIDENT = Principal("person", "per_li", "com_1")
AUDITOR = Principal("person", "per_zhou", "com_1", (Grant("auditor", "community", "com_1"),))
FOREIGN = Principal("person", "per_far", "com_2", (Grant("community_admin", "community", "com_2"),))

_PEOPLE = [
    ("per_wang", "王", date(1960, 5, 1), "dwl_1", "owner_occupier"),
    ("per_li", "李", date(1990, 5, 1), "dwl_1", "household_member"),
    ("per_child", "王小", date(2015, 5, 1), "dwl_1", "household_member"),
    ("per_zhao", "赵", None, "dwl_3", "tenant"),
    ("per_sun", "孙", date(1970, 5, 1), "dwl_4", "owner_occupier"),
    ("per_zhou", "周", date(1971, 5, 1), "dwl_4", "owner_occupier"),
]
_HOMES = [
    ("dwl_1", "unt_1", "101", 800_000),
    ("dwl_2", "unt_1", "102", 500_000),
    ("dwl_3", "unt_2", "201", 600_000),
    ("dwl_4", "unt_3", "101", 700_000),
    ("dwl_5", "unt_3", "102", 300_000),
]
_TITLES = [
    ("own_1", "dwl_1", "per_wang", "王", "key_wang", True),
    ("own_2", "dwl_2", "per_wang", "王", "key_wang", True),
    ("own_3", "dwl_3", None, "钱", "key_qian", True),
    ("own_4", "dwl_4", "per_sun", "孙", "key_sun", False),
    ("own_5", "dwl_4", "per_zhou", "周", "key_sun", True),
]


def settle(session: Session) -> None:
    """Write the register above, and a second community with one person."""
    for community in ("com_1", "com_2"):
        session.add(Community(id=community, name={"zh-CN": community}, time_zone="Asia/Shanghai", created_at=NOW))
    session.flush()
    session.add_all(Building(id=f"bld_{n}", community_id="com_1", label=f"{n}栋") for n in (1, 2))
    session.flush()
    for unit, building, label in (
        ("unt_1", "bld_1", "1单元"),
        ("unt_2", "bld_1", "2单元"),
        ("unt_3", "bld_2", "1单元"),
    ):
        session.add(Unit(id=unit, community_id="com_1", building_id=building, label=label))
    session.flush()
    for home, unit, label, area in _HOMES:
        session.add(Dwelling(id=home, community_id="com_1", unit_id=unit, label=label, area_cm2=area))
    session.add_all(Person(id=key, community_id="com_1", name=name, born_on=born) for key, name, born, *_ in _PEOPLE)
    session.add(Person(id="per_far", community_id="com_2", name="远"))
    session.flush()
    for key, _, _, home, kind in _PEOPLE:
        session.add(Residency(id=f"res_{key}", community_id="com_1", dwelling_id=home, person_id=key, kind=kind))
    for home, representative in (("dwl_1", "per_wang"), ("dwl_2", None), ("dwl_3", None), ("dwl_4", "per_sun")):
        session.add(
            Household(id=f"hsh_{home[4:]}", community_id="com_1", dwelling_id=home, representative_id=representative)
        )
    for key, home, person, name, merge_key, votes in _TITLES:
        session.add(
            Ownership(
                id=key,
                community_id="com_1",
                dwelling_id=home,
                person_id=person,
                owner_name=name,
                merge_key=merge_key,
                is_voter=votes,
            )
        )
    session.flush()
