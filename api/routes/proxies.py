"""Proxies: an elector lets a person of the community vote in their place."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.proxies import ProxyDraft, ProxyOut
from voting.roll import proxies

router = APIRouter(prefix="/v1", tags=["rolls"], route_class=YishiRoute)
_READ = documented(401, 403, 404)


@router.post(
    "/rolls/{roll_id}/proxies",
    operation_id="grant_proxy",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def grant_proxy(
    roll_id: str, body: ProxyDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProxyOut:
    """Let a person vote in one's place; an officer records a written proxy of any elector."""
    view = proxies.grant(session, who, roll_id, body.grant(), now=now)
    return conditional.answer(ProxyOut.of(view), view.proxy.version)


@router.get("/rolls/{roll_id}/proxies", operation_id="list_proxies", responses=_READ)
def list_proxies(roll_id: str, session: Reading, who: Who, page: Page, conditional: Conditional) -> ListPage[ProxyOut]:
    """List the proxies of a roll: all for officers and where they are published, else one's own."""
    found = proxies.of_roll(session, who, roll_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda view: (view.proxy.id,), ProxyOut.of))


@router.get("/proxies/{proxy_id}", operation_id="get_proxy", responses=_READ)
def get_proxy(proxy_id: str, session: Reading, who: Who, conditional: Conditional) -> ProxyOut:
    """Read a proxy."""
    view = proxies.get(session, who, proxy_id)
    return conditional.answer(ProxyOut.of(view), view.proxy.version)


@router.post("/proxies/{proxy_id}/revoke", operation_id="revoke_proxy", responses=documented(401, 403, 404, 409))
def revoke_proxy(proxy_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProxyOut:
    """Take a proxy back. A ballot that was cast stays cast."""
    view = proxies.revoke(session, who, proxy_id, now=now)
    return conditional.answer(ProxyOut.of(view), view.proxy.version)
