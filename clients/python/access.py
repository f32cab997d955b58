"""Who the caller is: tokens for one-time codes, roles, API clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clients.python.answers import ClientKey, Me, Refusal, Resource, Role, Tokens
from clients.python.calls import Answer, Call, Page, one, page_of, path, present
from clients.python.errors import UnexpectedAnswer
from clients.python.records import Record, read


@dataclass(frozen=True, kw_only=True)
class KnownKey(Record):
    """A key of an API client, without its secret."""

    id: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ApiClient(Resource):
    """An API client and its keys, newest first."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    keys: tuple[KnownKey, ...]
    community_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def redeem(code: str) -> Call[Tokens]:
    """Trade a one-time code for tokens of its person. A code works once."""
    return Call("POST", path("tokens"), one(Tokens), json={"grant_type": "code", "code": code})


def redeem_batch(codes: Sequence[str]) -> Call[tuple[Tokens | Refusal, ...]]:
    """Trade up to 500 codes at once; for each, in order, tokens or why not."""
    return Call("POST", path("tokens", "batch"), _tokens_or_refusals, json={"codes": list(codes)})


def refresh(refresh_token: str) -> Call[Tokens]:
    """Trade a refresh token for the next pair. It works once; a lost answer is given again until the next pair is used."""
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return Call("POST", path("tokens"), one(Tokens), json=body, idempotent=True)


def revoke(refresh_token: str) -> Call[None]:
    """Leave this device: end a refresh token and all that descend from the same code."""
    body = {"refresh_token": refresh_token}
    return Call("POST", path("tokens", "revoke"), lambda answer: None, json=body, idempotent=True)


def me() -> Call[Me]:
    """Who the service takes this caller for, with roles and what they allow."""
    return Call("GET", path("me"), one(Me))


def roles(community_id: str) -> Call[Page[Role]]:
    """The roles held in a community."""
    return Call("GET", path("communities", community_id, "roles"), page_of(Role))


def assign_role(
    community_id: str,
    *,
    holder_id: str,
    role: str,
    holder_kind: str = "person",
    scope_kind: str = "community",
    scope_id: str | None = None,
    source: str | None = None,
    ends_at: datetime | None = None,
) -> Call[Role]:
    """Give a person or API client a role over the community, or over one building, unit or contest."""
    body = present(
        holder_kind=holder_kind,
        holder_id=holder_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        source=source,
        ends_at=None if ends_at is None else ends_at.isoformat(),
    )
    return Call("POST", path("communities", community_id, "roles"), one(Role), json=body, creates=True)


def end_role(role_id: str, reason: str | None = None) -> Call[Role]:
    """End a role now."""
    return Call("POST", path("roles", role_id, "end"), one(Role), json=present(reason=reason))


def role(role_id: str) -> Call[Role]:
    """One assignment."""
    return Call("GET", path("roles", role_id), one(Role))


def clients(community_id: str) -> Call[Page[ApiClient]]:
    """The API clients of a community, oldest first, revoked ones too."""
    return Call("GET", path("communities", community_id, "api-clients"), page_of(ApiClient))


def client(client_id: str) -> Call[ApiClient]:
    """One API client and its keys, without their secrets."""
    return Call("GET", path("api-clients", client_id), one(ApiClient))


def rotate_client(client_id: str, *, expires_at: datetime | None = None) -> Call[ClientKey]:
    """Another key for it, shown this once. The old one works until it is revoked; two may be live."""
    body = present(expires_at=None if expires_at is None else expires_at.isoformat())
    return Call("POST", path("api-clients", client_id, "rotate"), one(ClientKey), json=body)


def revoke_client(client_id: str, *, key_id: str | None = None) -> Call[ApiClient]:
    """End one key, or the client with all its keys. To revoke again changes nothing."""
    where = path("api-clients", client_id, "revoke")
    return Call("POST", where, one(ApiClient), json=present(key_id=key_id), idempotent=True)


def create_client(
    community_id: str,
    *,
    name: str,
    scopes: Sequence[str],
    roles: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> Call[ClientKey]:
    """A new API client of the community, with roles over it; its key is shown this once."""
    until = None if expires_at is None else expires_at.isoformat()
    body = present(name=name, scopes=list(scopes), roles=list(roles), expires_at=until)
    return Call("POST", path("communities", community_id, "api-clients"), one(ClientKey), json=body)


def _tokens_or_refusals(answer: Answer) -> tuple[Tokens | Refusal, ...]:
    document = answer.document()
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise UnexpectedAnswer(f"expected `items`, got {answer.content[:80]!r}")
    return tuple(read(Tokens, item) if "access_token" in item else read(Refusal, item) for item in document["items"])
