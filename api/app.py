"""The application: routers, problem handlers, layers and the parts that run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import ending, openapi, problems
from api.cors import Cors
from api.direct import Shortcut
from api.front import Front
from api.observability import Meter
from api.routes import (
    action_items,
    activities,
    amendments,
    attachments,
    ballots,
    buildings,
    bundles,
    bylaws,
    calendars,
    clients,
    codes,
    comment_summaries,
    comments,
    communities,
    contests,
    contributions,
    decisions,
    deliveries,
    description,
    dwellings,
    endorsements,
    external,
    health,
    households,
    journal,
    lineage,
    logs,
    me,
    methods,
    minutes,
    moderation,
    objections,
    open_ballots,
    opinions,
    ownerships,
    paper,
    persons,
    problem_reports,
    proofs,
    proposal_reviews,
    proposals,
    proxies,
    publication,
    register,
    residencies,
    result_objections,
    results,
    roles,
    rolls,
    rules,
    sanctions,
    search,
    service,
    statements,
    tallies,
    tokens,
    units,
)
from api.routes import problems as problem_routes
from api.services import Services
from voting.clock import Clock, system_now
from voting.errors import YishiError
from voting.settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    # Ballots stay first: matching is a walk over this tuple, and casting is the path that must be fast.
    ballots.router,
    service.router,
    description.router,
    problem_routes.router,
    health.router,
    tokens.router,
    me.router,
    methods.router,
    roles.router,
    clients.router,
    communities.router,
    calendars.router,
    bylaws.router,
    buildings.router,
    units.router,
    dwellings.router,
    persons.router,
    residencies.router,
    open_ballots.router,
    ownerships.router,
    households.router,
    register.router,
    codes.router,
    rolls.router,
    objections.router,
    proxies.router,
    contests.router,
    results.router,
    publication.router,
    statements.router,
    paper.router,
    logs.router,
    journal.router,
    proofs.router,
    rules.router,
    decisions.router,
    deliveries.router,
    external.router,
    result_objections.router,
    tallies.router,
    bundles.router,
    proposals.router,
    endorsements.router,
    amendments.router,
    attachments.router,
    lineage.router,
    search.router,
    proposal_reviews.router,
    comments.posting,
    comments.router,
    comment_summaries.router,
    opinions.router,
    moderation.router,
    contributions.router,
    sanctions.router,
    problem_reports.router,
    activities.router,
    action_items.router,
    minutes.router,
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    services.start()
    try:
        with ending.on_signal(services.end_waiting):
            yield
    finally:
        services.stop()


def _version() -> str:
    """The version of the installed distribution; a checkout that is not installed has none."""
    try:
        return version("yishi")
    except PackageNotFoundError:
        return "0+checkout"


def create_app(settings: Settings, clock: Clock = system_now) -> FastAPI:
    """The application for these settings. Its lifespan starts the ballot writer and lets the database go at the end."""
    app = FastAPI(
        title="Yishi 议事",
        version=_version(),
        summary="A headless service with which a neighbourhood deliberates, votes and audits.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # The framework's own telemetry would export addresses and user agents; ours is in `api.observability`.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={
            YishiError: problems.on_refusal,
            RequestValidationError: problems.on_validation,
            HTTPException: problems.on_http,
        },
    )
    app.state.services = Services.of(settings, clock)
    app.state.meter = Meter()
    for router in ROUTERS:
        # Not `include_router`: it would match every request twice, and these routers need nothing added.
        app.router.routes.extend(router.routes)
    app.add_middleware(Shortcut, route=ballots.SHORTCUT)
    app.add_middleware(Front, meter=app.state.meter, cors=Cors(app.state.services))
    app.openapi = partial(openapi.complete, app)  # type: ignore[method-assign]  # the framework's own way to extend it
    return app
