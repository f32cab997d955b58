"""API clients of a community: made, given another key, revoked.

These POSTs keep no answer for an Idempotency-Key: a stored answer would be a stored secret.
"""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.clients import ClientDraft, ClientOut, ClientWithKey, KeyDraft, KeyRevocation
from voting.access import clients

router = APIRouter(prefix="/v1", tags=["API clients"], route_class=YishiRoute)


@router.post(
    "/communities/{community_id}/api-clients",
    operation_id="create_api_client",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
)
def create_api_client(
    community_id: str, body: ClientDraft, session: Writing, who: Who, now: Now, response: Response
) -> ClientWithKey:
    """Make an API client and its first key, which is shown this once."""
    response.headers["cache-control"] = "no-store"
    made = clients.create(
        session,
        who,
        community_id=community_id,
        name=body.name,
        scopes=body.scopes,
        roles_over_community=body.roles,
        expires_at=body.expires_at,
        now=now,
    )
    return ClientWithKey.issued(made, who)


@router.get(
    "/communities/{community_id}/api-clients", operation_id="list_api_clients", responses=documented(401, 403, 404)
)
def list_api_clients(
    community_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[ClientOut]:
    """List the API clients of a community, oldest first, revoked ones too."""
    found = clients.listing(session, who, community_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda one: (one.client.id,), lambda one: ClientOut.of(one, who)))


@router.get("/api-clients/{client_id}", operation_id="get_api_client", responses=documented(401, 403, 404))
def get_api_client(client_id: str, session: Reading, who: Who, conditional: Conditional) -> ClientOut:
    """Read an API client and its keys, without their secrets."""
    return conditional.answer(ClientOut.of(clients.read(session, who, client_id), who))


@router.post(
    "/api-clients/{client_id}/rotate",
    operation_id="rotate_api_client",
    responses=documented(401, 403, 404, 409, 422),
)
def rotate_api_client(
    client_id: str, session: Writing, who: Who, now: Now, response: Response, body: KeyDraft | None = None
) -> ClientWithKey:
    """Give the client another key. The old one works until it is revoked; two may be live."""
    response.headers["cache-control"] = "no-store"
    expires_at = body.expires_at if body else None
    return ClientWithKey.issued(clients.rotate(session, who, client_id, expires_at=expires_at, now=now), who)


@router.post(
    "/api-clients/{client_id}/revoke",
    operation_id="revoke_api_client",
    responses=documented(401, 403, 404, 422),
)
def revoke_api_client(
    client_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: KeyRevocation | None = None
) -> ClientOut:
    """End one key, or the client with all its keys. To revoke again changes nothing."""
    key_id = body.key_id if body else None
    return conditional.answer(ClientOut.of(clients.revoke(session, who, client_id, key_id=key_id, now=now), who))
