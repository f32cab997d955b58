"""A neighbourhood behind a running service, on each database, and the people who report problems in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service, portal, service
from tests.deliberation.conftest import Caller, settle
from voting.store import transact

__all__ = ["portal", "service"]

GATE = {"type": "Point", "coordinates": [121.4737, 31.2304]}
DRAFT = {"observation": "消防通道被两辆车堵住", "location": GATE, "category": "停车"}
REPORTS = "/communities/com_1/problem-reports"
REASON = {"reason": "已划黄线"}


class Street:
    """Li, Wang, Zhao and Zhou (an auditor) live there; Sun is an officer; far is elsewhere."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.li, self.wang, self.zhao, self.sun, self.zhou, self.far = (
            Caller(service, f"per_{name}") for name in ("li", "wang", "zhao", "sun", "zhou", "far")
        )

    def report(self, *commands: str, by: Caller | None = None, **members: Any) -> str:
        """A report of Li's that has been given these commands by whoever gives them."""
        made = str((by or self.li).post(REPORTS, DRAFT | members)["id"])
        for command in commands:
            who = (by or self.li) if command == "withdraw" else self.sun
            body = REASON if command in ("withdraw", "resolve", "dismiss", "reopen") else None
            who.post(f"/problem-reports/{made}/{command}", body)
        return made

    def seen(self, report: str, by: Caller | None = None) -> Any:
        """What a resident who is not concerned reads."""
        return (by or self.zhao).get(f"/problem-reports/{report}")


@pytest.fixture(scope="module")
def street(service: Service) -> Street:
    """One service for a file of tests; each test makes its own reports."""
    transact(service.engine, settle)
    return Street(service)
