"""Roles, the scopes over which they are given, and what a rule says of an act: the words of `voting.core.authority`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one act. `resident` among the roles means every person of the community."""

    scope: str
    """What an API client must be granted besides its role."""
    roles: frozenset[str] = frozenset()
    who: Literal["public", "known", "members", "roles", "residents", "platform"] = "roles"
    """public: anybody; known: whoever proves an identity; members: whoever belongs to the community; roles: those of
    `roles`; residents: persons of the community themselves, never an API client; platform: API clients of the platform."""
    own: bool = False
    """A person may do it to themselves."""
    writes: bool = False
    personal: bool = False
    """It shows or changes personal data."""


ROLES = (
    "resident",
    "committee_officer",
    "social_worker",
    "returning_officer",
    "teller",
    "scrutineer",
    "auditor",
    "community_admin",
    "owners_committee_member",
    "property_manager",
    "unit_leader",
    "backbone_resident",
    "moderator",
    "appeal_reviewer",
)
GRANTED_ROLES = tuple(role for role in ROLES if role != "resident")
"""Roles that are assigned. `resident` follows from the register."""

SCOPE_KINDS = ("community", "building", "unit", "contest")

ADMIN = frozenset({"community_admin"})
KEEPERS = ADMIN | {"committee_officer"}
OFFICERS = KEEPERS | {"returning_officer"}
MODERATORS = ADMIN | {"moderator"}
STAFF = KEEPERS | {"social_worker"}
COUNTERS = frozenset({"community_admin", "returning_officer", "teller"})
RETURNING = frozenset({"returning_officer"})
WITNESSES = OFFICERS | {"social_worker", "teller", "scrutineer", "auditor"}
REVIEWERS = KEEPERS | {"moderator"}
ANSWERING = KEEPERS | {"owners_committee_member"}
ORGANISING = STAFF | {"owners_committee_member"}
HANDLING = ANSWERING | {"property_manager"}


def keeps(roles: frozenset[str], scope: str, *, personal: bool = False) -> Rule:
    """A writing act of those of `roles`."""
    return Rule(scope, roles, writes=True, personal=personal)
