"""Who the caller is: tokens for one-time codes, roles, API clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clients.python.answers import ClientKey, Document, Refusal, Role, Tokens
from clients.python.calls import Answer, Call, Page, one, page_of, path, present
from clients.python.errors import UnexpectedAnswer
from clients.python.records import read


def redeem(code: str) -> Call[Tokens]:
    """Trade a one-time code for tokens of its person. A code works once."""
    return Call("POST", path("tokens"), one(Tokens), json={"grant_type": "code", "code": code})


def redeem_batch(codes: Sequence[str]) -> Call[tuple[Tokens | Refusal, ...]]:
    """Trade up to 500 codes at once; for each, in order, tokens or why not."""
    return Call("POST", path("tokens", "batch"), _tokens_or_refusals, json={"codes": list(codes)})


def refresh(refresh_token: str) -> Call[Tokens]:
    """Trade a refresh token for the next pair. It works once."""
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return Call("POST", path("tokens"), one(Tokens), json=body)


def me() -> Call[Document]:
    """Who the service takes this caller for: person, roles, household."""
    return Call("GET", path("me"), one(Document))


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
    ends_at: datetime | None = None,
) -> Call[Role]:
    """Give a person or API client a role over the community, or over one building, unit or contest."""
    body = present(
        holder_kind=holder_kind,
        holder_id=holder_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id or community_id,
        ends_at=None if ends_at is None else ends_at.isoformat(),
    )
    return Call("POST", path("communities", community_id, "roles"), one(Role), json=body, creates=True)


def create_client(community_id: str, *, name: str, scopes: Sequence[str]) -> Call[ClientKey]:
    """A new API client of the community; its key is shown this once."""
    body = {"name": name, "scopes": list(scopes)}
    return Call("POST", path("communities", community_id, "clients"), one(ClientKey), json=body, creates=True)


def _tokens_or_refusals(answer: Answer) -> tuple[Tokens | Refusal, ...]:
    document = answer.document()
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise UnexpectedAnswer(f"expected `items`, got {answer.content[:80]!r}")
    return tuple(read(Tokens, item) if "access_token" in item else read(Refusal, item) for item in document["items"])
