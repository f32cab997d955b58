"""What an import is going to write: the file's register laid over the stored one. Pure: values in, values out.

An import adds and changes; it never removes a dwelling or a person that the file does not mention. A row that says so
ends one thing only: `owner_elsewhere` a residency, `owner: no` an ownership.
"""

from __future__ import annotations

from datetime import date, datetime

from voting.community import register_owners, register_people, register_places, register_ties
from voting.community.register_check import Register
from voting.community.register_parse import Findings
from voting.community.register_stored import Plan, Stored


def plan(
    register: Register,
    stored: Stored,
    findings: Findings,
    *,
    community_id: str,
    create_places: bool,
    today: date,
    now: datetime,
) -> Plan:
    """Lay `register` over `stored`. With any finding the plan is incomplete and must not be written."""
    made = Plan(community_id, today, now)
    dwellings = register_places.settle(register, stored, made, findings, create=create_places)
    if findings:
        return made
    people = register_people.settle(register, stored, dwellings, made, findings)
    if findings:
        return made
    register_ties.settle(register, stored, dwellings, people, made, findings)
    register_owners.settle(register, stored, dwellings, people, made, findings)
    return made
