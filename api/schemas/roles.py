"""Bodies of roles: who gets which role over what, and what stands."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.base import Actionable, AllowedAction, Instant, Request, Text
from voting.access.roles import Appointment, RoleAssignment
from voting.core import authority
from voting.core.authority import GRANTED_ROLES, SCOPE_KINDS, Principal, Subject

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RoleDraft(Request):
    """A role to be given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "holder_id": "per_4k2m",
                    "role": "returning_officer",
                    "scope_kind": "contest",
                    "scope_id": "con_01jv",
                    "source": "居民代表会议推选",
                }
            ]
        }
    )

    holder_kind: str = Field("person", json_schema_extra={"enum": ["person", "client"]})
    holder_id: Id
    role: str = Field(json_schema_extra={"enum": list(GRANTED_ROLES)})
    scope_kind: str = Field("community", json_schema_extra={"enum": list(SCOPE_KINDS)})
    scope_id: Id | None = Field(None, description="May be left out for the community itself")
    source: Text = Field("appointment", description="Where the role comes from: appointment, election, contract …")
    starts_at: Instant | None = Field(None, description="From now, when it is left out")
    ends_at: Instant | None = None

    def appointment(self, community_id: str) -> Appointment:
        """The values for the service."""
        scope_id = self.scope_id if self.scope_id or self.scope_kind != "community" else community_id
        return Appointment(
            self.holder_kind,
            self.holder_id,
            self.role,
            self.scope_kind,
            scope_id or "",
            self.source,
            self.starts_at,
            self.ends_at,
        )


class RoleEnd(Request):
    """Why a role ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "辞任"}]})

    reason: Text | None = None


class RoleOut(Actionable):
    """A role that is or was held."""

    id: str = Field(examples=["rle_01jv"])
    community_id: str
    holder_kind: str
    holder_id: str
    role: str
    scope_kind: str
    scope_id: str
    source: str
    starts_at: Instant
    ends_at: Instant | None = None

    @classmethod
    def of(cls, row: RoleAssignment, who: Principal) -> RoleOut:
        """An assignment as this caller sees it."""
        decision = authority.may(who, "roles.end", Subject(row.community_id, kind="role"))
        answer = cls.model_validate(row)
        href = f"/v1/roles/{row.id}/end"
        answer.allowed_actions = [
            AllowedAction(action="end", method="POST", href=href, allowed=decision.allowed, reason=decision.code)
        ]
        return answer
