"""Bodies of API clients. A key's secret is in the answer that made it, and nowhere else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.base import Actionable, AllowedAction, Instant, Request, Text
from voting.access.clients import IssuedKey, KnownClient
from voting.core import authority
from voting.core.authority import GRANTED_ROLES, SCOPES, Principal, Subject

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_SCOPES: JsonDict = {"items": {"type": "string", "enum": [scope for scope in SCOPES if scope != "platform"]}}
_ROLES: JsonDict = {"items": {"type": "string", "enum": list(GRANTED_ROLES)}}
_EXAMPLE: JsonDict = {"name": "物业小程序", "scopes": ["contests:read", "rolls:read"], "roles": ["property_manager"]}


class ClientDraft(Request):
    """An API client to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Text
    scopes: list[Word] = Field(max_length=50, json_schema_extra=_SCOPES)
    roles: list[Word] = Field(
        default_factory=list,
        max_length=20,
        description="Roles over the whole community; narrower ones are given by `assign_role`",
        json_schema_extra=_ROLES,
    )
    expires_at: Instant | None = None


class KeyDraft(Request):
    """Another key of a client."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"expires_at": "2027-03-01T00:00:00+08:00"}]})

    expires_at: Instant | None = None


class KeyRevocation(Request):
    """Which key ends; the client itself when none is named."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key_id": "key_6vd3"}]})

    key_id: Id | None = None


class ClientKeyOut(BaseModel):
    """A key without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["key_6vd3"])
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None


class ClientOut(Actionable):
    """An API client and its keys, newest first."""

    id: str = Field(examples=["cli_01jv"])
    community_id: str | None = None
    name: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    keys: list[ClientKeyOut]

    @classmethod
    def of(cls, known: KnownClient, who: Principal) -> ClientOut:
        """A client as this caller sees it."""
        return cls(**_members(known, who))


class ClientWithKey(ClientOut):
    """An API client with a new key. The secret is shown this once."""

    key: str = Field(examples=["key_6vd3.wN0zq4…"], description="The bearer: send it as `Authorization: Bearer …`")

    @classmethod
    def issued(cls, issued: IssuedKey, who: Principal) -> ClientWithKey:
        """A client with the bearer of its newest key."""
        return cls(**_members(issued, who), key=issued.bearer)


def _members(known: KnownClient | IssuedKey, who: Principal) -> dict[str, object]:
    client = known.client
    decision = authority.may(who, "clients.manage", Subject(client.community_id or "", kind="client"))
    ended = None if client.revoked_at is None else "client_not_live"
    reason = decision.code or ended
    return {
        **{name: getattr(client, name) for name in ("id", "community_id", "name", "scopes", "created_at")},
        "expires_at": client.expires_at,
        "revoked_at": client.revoked_at,
        "keys": [ClientKeyOut.model_validate(key) for key in known.keys],
        "allowed_actions": [
            AllowedAction(
                action=action,
                method="POST",
                href=f"/v1/api-clients/{client.id}/{action}",
                allowed=reason is None,
                reason=reason,
            )
            for action in ("rotate", "revoke")
        ],
    }
