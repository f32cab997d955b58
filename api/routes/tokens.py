"""Tokens: a printed code or a refresh token for an access token. And the keys by which anybody verifies them."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response
from starlette.requests import Request as HttpRequest

from api.deps import Conditional, DryRun, Locale, Now, Running, Writing
from api.exchange import exchange_of
from api.problems import documented, respond
from api.route import YishiRoute
from api.schemas.tokens import (
    CodeBatch,
    CodeGrant,
    CodeRefused,
    KeySet,
    Leave,
    TokenBatch,
    TokenPairOut,
    TokenRequest,
)
from api.services import Services
from voting.access import grants
from voting.access.grants import TokenPair
from voting.community import codes
from voting.community.codes import BoundPerson
from voting.errors import Fault, Invalid, Unauthenticated

router = APIRouter(tags=["tokens"], route_class=YishiRoute)


@router.post("/v1/tokens", operation_id="create_tokens", response_model=TokenPairOut, responses=documented(401, 422))
def create_tokens(
    body: TokenRequest,
    session: Writing,
    now: Now,
    running: Running,
    dry_run: DryRun,
    request: HttpRequest,
    response: Response,
) -> TokenPairOut | Response:
    """Get an access token for a printed code, or the next one for a refresh token."""
    response.headers["cache-control"] = "no-store"
    if isinstance(body, CodeGrant):
        bound = codes.redeem(session, [body.code], now)[0]
        if isinstance(bound, Fault):
            raise Invalid.at("/code", bound.code)
        return TokenPairOut.of(_issued(session, running, [bound], now)[0], bound.household_id, dry_run=dry_run)
    days = running.settings.refresh_token_days
    pair = grants.renew(session, running.issuer, body.refresh_token, days=days, now=now)
    if pair is None:
        # Answered, not raised: the end of the family must be committed.
        return respond(Unauthenticated("refresh_reused"), exchange_of(request.scope))
    return TokenPairOut.of(pair, dry_run=dry_run)


@router.post(
    "/v1/tokens/batch",
    operation_id="create_token_batch",
    responses=documented(422),
    response_model_exclude_none=True,
)
def create_token_batch(
    body: CodeBatch, session: Writing, now: Now, running: Running, dry_run: DryRun, locale: Locale, response: Response
) -> TokenBatch:
    """Get access tokens for up to 500 printed codes; a code that is refused does not hold up the others."""
    response.headers["cache-control"] = "no-store"
    answers = codes.redeem(session, body.codes, now)
    bound = [answer for answer in answers if isinstance(answer, BoundPerson)]
    pairs = iter(_issued(session, running, bound, now))
    return TokenBatch(
        items=[
            CodeRefused.of(answer, locale)
            if isinstance(answer, Fault)
            else TokenPairOut.of(next(pairs), answer.household_id, dry_run=dry_run)
            for answer in answers
        ]
    )


@router.post("/v1/tokens/revoke", operation_id="revoke_tokens", status_code=204, responses=documented(422))
def revoke_tokens(body: Leave, session: Writing) -> None:
    """Leave this device: end the refresh token and all that descend from the same code. An unknown token is no error."""
    grants.revoke(session, body.refresh_token)


@router.get("/v1/jwks", operation_id="get_jwks")
@router.get("/.well-known/jwks.json", operation_id="get_well_known_jwks", include_in_schema=False)
async def get_jwks(running: Running, conditional: Conditional) -> KeySet:
    """Read the public keys that verify our access tokens and receipts."""
    return conditional.answer(KeySet(keys=running.issuer.jwks["keys"]))


def _issued(session: Writing, running: Services, bound: Sequence[BoundPerson], now: Now) -> tuple[TokenPair, ...]:
    people = [(one.person_id, one.community_id) for one in bound]
    return grants.issue(session, running.issuer, people, days=running.settings.refresh_token_days, now=now)
