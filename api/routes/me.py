"""The caller: who the service takes them for, and how an outside identity becomes a person."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request as HttpRequest

from api.deps import Conditional, Now, Who, Writing
from api.exchange import exchange_of
from api.problems import documented
from api.route import YishiRoute
from api.schemas.me import Me
from api.schemas.tokens import BoundOut, IdentityCode
from voting.access import identities
from voting.community import codes
from voting.core import authority
from voting.errors import Conflict, Fault, Invalid, Unauthenticated

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=YishiRoute)


@router.get("", operation_id="get_me", responses=documented(401))
def get_me(who: Who, conditional: Conditional) -> Me:
    """Tell the caller who they are here, which roles they hold and what these allow."""
    authority.require(who, "me.read", authority.PLATFORM)
    return conditional.answer(Me.of(who))


@router.post("/identities", operation_id="bind_identity", status_code=201, responses=documented(401, 409, 422))
def bind_identity(body: IdentityCode, session: Writing, now: Now, request: HttpRequest) -> BoundOut:
    """Bind the outside identity of the access token to the person of a printed code."""
    identity = exchange_of(request.scope).identity
    if identity is None or (identity.claims is None and identity.principal is authority.STRANGER):
        raise Unauthenticated("authentication_required")
    if identity.claims is None:
        raise Conflict("identity_is_ours")
    bound = codes.redeem(session, [body.code], now)[0]
    if isinstance(bound, Fault):
        raise Invalid.at("/code", bound.code)
    identities.bind(session, identity.claims, bound.person_id, bound.community_id, now=now)
    return BoundOut.of(bound)
