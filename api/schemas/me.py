"""Who the service takes the caller for."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.schemas.base import Representation
from voting.core import authority
from voting.core.authority import Grant, Principal, Subject


class HeldRole(BaseModel):
    """A role of the caller, and what it lets them do there together with their other roles."""

    role: str = Field(examples=["returning_officer"])
    scope_kind: str = Field(examples=["contest"])
    scope_id: str = Field(examples=["con_01jv"])
    acts: list[str] = Field(examples=[["contest.close", "contest.count"]])


class OwnCommunity(BaseModel):
    """A community the caller belongs to, and what they may do in it as a whole."""

    community_id: str = Field(examples=["com_01jv"])
    acts: list[str] = Field(examples=[["community.read", "roll.read", "contest.read", "contest.cast"]])


class Me(Representation):
    """The caller: identity, communities, roles, and what all of that allows."""

    kind: str = Field(examples=["person"], description="person, client (an API client) or system")
    id: str = Field(examples=["per_4k2m"])
    community_id: str | None = Field(None, description="Absent for the platform's own API clients")
    scopes: list[str] = Field(default_factory=list, description="Of an API client: what its key is for")
    roles: list[HeldRole]
    communities: list[OwnCommunity]

    @classmethod
    def of(cls, who: Principal) -> Me:
        """The principal as it is answered. A grant where the caller does not belong is worth nothing and not shown."""
        granted = [grant.scope_id for grant in who.grants if grant.scope_kind == "community"]
        own = [who.community_id] if who.community_id else list(dict.fromkeys(granted))
        return cls(
            kind=who.kind,
            id=who.id,
            community_id=who.community_id,
            scopes=sorted(who.scopes),
            roles=[_held(who, grant) for grant in who.grants],
            communities=[OwnCommunity(community_id=one, acts=_acts(who, Subject(one))) for one in own],
        )


def _held(who: Principal, grant: Grant) -> HeldRole:
    community = who.community_id or grant.scope_id
    ids: dict[str, Any] = {} if grant.scope_kind == "community" else {f"{grant.scope_kind}_id": grant.scope_id}
    acts = _acts(who, Subject(community, **ids))
    return HeldRole(role=grant.role, scope_kind=grant.scope_kind, scope_id=grant.scope_id, acts=acts)


def _acts(who: Principal, subject: Subject) -> list[str]:
    return list(authority.allowed_acts(who, subject))
