"""A neighbourhood behind a running service, on each database, and the people who meet in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Service, portal, service
from tests.deliberation.conftest import Caller, settle
from voting.core.evidence import journal_entries
from voting.core.evidence.journal_entries import Moved
from voting.log import logs, storage
from voting.store import reader, transact

__all__ = ["portal", "service"]

ACTIVITIES = "/communities/com_1/activities"
REASON = {"reason": "场地停电"}


def hours(count: int) -> str:
    """So many hours from now, in whole seconds."""
    at = (datetime.now(UTC) + timedelta(hours=count)).replace(microsecond=0)
    return at.isoformat().replace("+00:00", "Z")


def draft(**members: Any) -> dict[str, Any]:
    """An activity that has just taken place."""
    said = {"kind": "议事会", "level": 3, "title": {"zh-CN": "停车议事会"}, "place": "南门活动室"}
    return said | {"starts_at": hours(-2), "ends_at": hours(-1)} | members


class Hall:
    """Li, Wang, Zhao and Zhou (an auditor) live there; Sun is an officer; far is elsewhere."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.li, self.wang, self.zhao, self.sun, self.zhou, self.far = (
            Caller(service, f"per_{name}") for name in ("li", "wang", "zhao", "sun", "zhou", "far")
        )

    def activity(self, *commands: str, **members: Any) -> str:
        """An activity that Sun has announced and given these commands."""
        made = str(self.sun.post(ACTIVITIES, draft(**members))["id"])
        for command in commands:
            self.sun.post(f"/activities/{made}/{command}", REASON if command == "cancel" else None)
        return made

    def minutes(self, *commands: str, body: Any = None, activity: str | None = None, **members: Any) -> str:
        """Minutes of an activity that took place, drafted by Sun and given these commands."""
        about = activity or self.activity("hold", **members)
        said = {"body": body or {"zh-CN": "一、到会\n\n二、议定"}}
        made = str(self.sun.post(f"/activities/{about}/minutes", said)["id"])
        for command in commands:
            self.sun.post(f"/minutes/{made}/{command}")
        return made

    def journal_of(self, identifier: str) -> list[Moved]:
        """What the journal holds of a thing, oldest first."""
        self.service.app.state.services.sequencer.flush("com_1")
        with reader(self.service.engine) as session:
            size = logs.get(session, "com_1").signed_size
            found = [journal_entries.parse(entry) for entry in storage.entries(session, "com_1", 0, size)]
        return [one for one in found if isinstance(one, Moved) and one.subject.id == identifier]


def allowed(seen: dict[str, Any]) -> dict[str, str | None]:
    """Action → the reason against it, or nothing."""
    return {one["action"]: one["reason"] for one in seen["allowed_actions"]}


@pytest.fixture(scope="module")
def hall(service: Service) -> Hall:
    """One service for a file of tests; each test makes its own activities."""
    transact(service.engine, settle)
    return Hall(service)
