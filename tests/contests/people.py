"""Who acts in these tests."""

from __future__ import annotations

from tests.contests.world import person
from voting.core.authority import STRANGER, Grant, Principal

__all__ = ["ADMIN", "AUDITOR", "FOREIGNER", "OFFICER", "RESIDENT", "RETURNING", "STRANGER", "TELLER"]


def holding(identifier: str, *roles: str, community_id: str = "com_1") -> Principal:
    """A person of the community with these roles over all of it."""
    grants = tuple(Grant(role, "community", community_id) for role in roles)
    return Principal("person", identifier, community_id, grants)


RETURNING = holding("per_returning", "returning_officer")
OFFICER = holding("per_officer", "committee_officer")
TELLER = holding("per_teller", "teller")
AUDITOR = holding("per_auditor", "auditor")
ADMIN = holding("per_admin", "community_admin")
RESIDENT = holding(person(0))
FOREIGNER = holding("per_foreign", "returning_officer", community_id="com_2")
