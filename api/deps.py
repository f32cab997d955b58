"""What a route may ask for. The only door to a database session, to the caller and to the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import idempotency
from api.exchange import Exchange, exchange_of
from api.identity import principal_of
from api.negotiation import Conditional, IfMatch
from api.paging import Page
from api.services import Services
from voting import store
from voting.core.authority import Principal
from voting.errors import Unauthenticated

__all__ = [
    "Conditional",
    "DryRun",
    "IfMatch",
    "Locale",
    "Now",
    "Page",
    "Reading",
    "Running",
    "Voter",
    "Who",
    "WithActions",
    "Writing",
]


def services_of(request: Request) -> Services:
    """The running parts of this process."""
    found: Services = request.app.state.services
    return found


async def _running(request: Request) -> Services:
    return services_of(request)


async def _now(request: Request) -> datetime:
    return services_of(request).clock()


async def _locale(request: Request) -> str:
    return exchange_of(request.scope).locale


async def _who(request: Request) -> Principal:
    exchange = exchange_of(request.scope)
    identity = exchange.identity
    assert identity is not None, "every route that asks for a caller is a YishiRoute"
    services = services_of(request)
    return await principal_of(identity, services, services.clock(), gated=exchange.gated)


async def _voter(request: Request) -> Principal:
    identity = exchange_of(request.scope).identity
    if identity is not None and identity.claims is not None and identity.claims.community_id is not None:
        return Principal("person", identity.claims.subject, identity.claims.community_id)
    principal = await _who(request)
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    return principal


async def _dry_run(
    request: Request,
    response: Response,
    dry_run: Annotated[bool, Query(description="Tell what would happen; write nothing")] = False,
) -> bool:
    exchange_of(request.scope).dry_run = dry_run
    if dry_run:
        response.headers["Dry-Run"] = "true"
    return dry_run


async def _reading(request: Request) -> AsyncIterator[Session]:
    session = store.reader(services_of(request).engine)
    try:
        yield session
    finally:
        await _leave(session)


async def _writing(request: Request, dry_run: Annotated[bool, Depends(_dry_run)]) -> AsyncIterator[Session]:
    session = store.writer(services_of(request).engine)
    try:
        yield session
        await run_in_threadpool(_finish, session, exchange_of(request.scope), dry_run)
    finally:
        await _leave(session)


def _finish(session: Session, exchange: Exchange, dry_run: bool) -> None:
    """End the work of a request that succeeded. The answer waits for this; if it raises, the answer is never sent."""
    if dry_run:
        session.flush()
        session.rollback()
        return
    idempotency.keep(session, exchange)
    session.commit()


async def _leave(session: Session) -> None:
    if session.in_transaction():
        await run_in_threadpool(session.close)
    else:
        session.close()


ASK_WHO = frozenset({_who, _voter})
"""The dependencies of routes that ask for the caller."""

# `scope="function"` ends these before the answer leaves; by default they would end after it.
Reading = Annotated[Session, Depends(_reading, scope="function")]
"""A session that reads."""

Writing = Annotated[Session, Depends(_writing, scope="function")]
"""A session that writes: committed before the answer leaves, rolled back on `?dry_run=true` and on any refusal."""

Who = Annotated[Principal, Depends(_who)]
"""The caller with their grants; a stranger when there is no token."""

Voter = Annotated[Principal, Depends(_voter)]
"""The caller by the token alone: no grants, no database. A stranger is refused."""

Now = Annotated[datetime, Depends(_now)]
"""The instant of the request, UTC. Services add a demo community's offset."""

DryRun = Annotated[bool, Depends(_dry_run)]
"""Whether only to tell what would happen. Routes with `Writing` have it already."""

Locale = Annotated[str, Depends(_locale)]
"""`en` or `zh-CN`."""

WithActions = Annotated[
    bool, Query(alias="actions", description="Tell of each item what the caller may do, as where it is read alone")
]
"""Whether a list looks at the actions of its items: they cost queries and bytes that a mere listing has no use for."""

Running = Annotated[Services, Depends(_running)]
"""The running parts: issuer, ballot writer, settings."""
