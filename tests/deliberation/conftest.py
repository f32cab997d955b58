"""A neighbourhood behind a running service, on each database, and the people who deliberate in it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from tests.api.conftest import Service, portal, service
from tests.deliberation import world
from tests.roll import neighbourhood
from tests.roll.neighbourhood import NOW
from voting.access.tables import RoleAssignment
from voting.store import Session, transact

__all__ = ["portal", "service"]

ROLES = (("per_sun", "committee_officer"), ("per_zhou", "auditor"))
DRAFT = {"title": {"zh-CN": "南门车棚"}, "body": {"zh-CN": "一、现状\n\n二、建议"}}


def settle(session: Session) -> None:
    """The register, an officer (per_sun) and an auditor (per_zhou)."""
    neighbourhood.settle(session)
    for person, role in ROLES:
        row = {"holder_kind": "person", "holder_id": person, "role": role, "source": "appointment", "starts_at": NOW}
        scope = {"scope_kind": "community", "scope_id": "com_1"}
        session.add(RoleAssignment(id=f"rle_{person}", community_id="com_1", **row, **scope))


class Caller:
    """One person who calls."""

    def __init__(self, service: Service, person: str) -> None:
        services = service.app.state.services
        community = "com_2" if person == "per_far" else "com_1"
        token = services.issuer.issue_access(person, community, services.clock())
        self._service, self._headers = service, {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send and wait."""
        content = {} if body is None else {"json": body}
        return self._service.request(method, f"/v1{path}", headers=self._headers | headers, **content)

    def get(self, path: str) -> Any:
        """What is read there; it must be readable."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """What is answered; it must succeed."""
        answer = self.ask("POST", path, body, **headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self.ask(method, path, body, **headers)
        assert answer.status_code >= 400, answer.text
        problem = answer.json()
        assert "{" not in problem["detail"], problem["detail"]
        inner = problem.get("errors") or []
        return answer.status_code, inner[0]["code"] if inner else problem["code"]


class Town:
    """Li and Wang live at 1-1-101, Zhao at 1-2-201, Sun (an officer) and Zhou (an auditor) at 2-1-101; far is elsewhere."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.li, self.wang, self.zhao, self.sun, self.zhou, self.far = (
            Caller(service, f"per_{name}") for name in ("li", "wang", "zhao", "sun", "zhou", "far")
        )

    def proposal(self, *commands: str, by: Caller | None = None, **members: Any) -> str:
        """A proposal of Li's that has been given these commands by whoever gives them."""
        author = by or self.li
        made = author.post("/communities/com_1/proposals", DRAFT | members)["id"]
        for command in commands:
            who = author if command in ("submit", "withdraw") else self.sun
            who.post(f"/proposals/{made}/{command}", {"reason": "r"} if command in ("return", "withdraw") else None)
        return str(made)

    def published(self, **members: Any) -> str:
        """A published proposal of Li's."""
        return self.proposal("submit", "publish", **members)


@pytest.fixture(scope="module")
def town(service: Service) -> Town:
    """One service for a file of tests; each test makes its own proposals."""
    transact(service.engine, settle)
    return Town(service)


@pytest.fixture
def talking(engine: Engine) -> Engine:
    """An engine on a database with people who talk about a contest."""
    transact(engine, world.settle)
    return engine
