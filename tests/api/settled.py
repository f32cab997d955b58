"""The small world of `tests.access.world` behind a running service, and callers who belong to it."""

from __future__ import annotations

from fastapi import FastAPI

from tests.access import world
from voting.community import codes
from voting.store import transact


def settle(app: FastAPI) -> None:
    """Write the world into the service's database."""
    transact(app.state.services.engine, world.settle)


def as_person(app: FastAPI, person_id: str, community_id: str = "com_1") -> dict[str, str]:
    """The headers of a person with a fresh access token."""
    services = app.state.services
    return {"Authorization": f"Bearer {services.issuer.issue_access(person_id, community_id, services.clock())}"}


def printed(app: FastAPI) -> dict[str, str]:
    """Person id → a fresh one-time code, for everybody who lives in the world."""
    services = app.state.services
    made = transact(services.engine, lambda session: codes.issue(session, world.ADMIN, "com_1", now=services.clock()))
    return {one.person_id: one.code for one in made}
