"""People who talk over HTTP: residents by number, moderators, a reviewer of appeals, an administrator who publishes."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from tests.access.world import a_role
from tests.api.conftest import Service
from tests.deliberation import world
from tests.deliberation.pdfs import pdf

TITLE, BODY = {"zh-CN": "标题"}, {"zh-CN": "一、现状\n\n二、建议"}
PDF_FILE = pdf()


def settle(session: Session) -> None:
    """The world of `tests.deliberation.world`, with roles for those who moderate."""
    world.settle(session)
    for name, role in (("mod", "moderator"), ("mod2", "moderator"), ("rev", "appeal_reviewer")):
        session.add(a_role(f"rle_{name}", f"per_{name}", role))


class Talk:
    """Sends what somebody says."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def send(self, method: str, path: str, body: Any = None, who: str = "1", **headers: str) -> Any:
        """Send as `per_<who>`, for any version; `content` instead of a JSON body where it is bytes."""
        services = self.service.app.state.services
        token = services.issuer.issue_access(f"per_{who}", "com_1", services.clock())
        sent = {"Authorization": f"Bearer {token}", "If-Match": "*"} | headers
        given = {} if method == "GET" else {"content": body} if isinstance(body, bytes) else {"json": body or {}}
        return self.service.request(method, f"/v1{path}", headers=sent, **given)

    def done(self, method: str, path: str, body: Any = None, who: str = "1", **headers: str) -> Any:
        """What is answered; it must succeed."""
        answer = self.send(method, path, body, who, **headers)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, who: str = "1", **headers: str) -> tuple[int, str]:
        """Status and code of a refusal whose sentence has all its facts."""
        answer = self.send(method, path, body, who, **headers)
        assert answer.status_code >= 400, answer.text
        problem = answer.json()
        assert "{" not in problem["detail"], problem["detail"]
        inner = problem.get("errors") or []
        return answer.status_code, inner[0]["code"] if inner else problem["code"]

    def wait(self, hours: int) -> None:
        """Time passes in the community."""
        self.done("POST", "/communities/com_1/clock/advance", {"seconds": 3600 * hours}, "admin")

    def proposal(self, *commands: str, **members: Any) -> str:
        """A published proposal of the first resident."""
        made = str(self.done("POST", "/communities/com_1/proposals", {"title": TITLE, "body": BODY} | members)["id"])
        self.done("POST", f"/proposals/{made}/submit")
        self.done("POST", f"/proposals/{made}/publish", who="admin")
        for command in commands:
            body = {"number": 5, "days": 60} if command == "gather" else None
            self.done("POST", f"/proposals/{made}/{command}", body, "admin")
        return made

    def flag(self, path: str, *people: str) -> str:
        """Flags of these people; the id of the case."""
        for who in people:
            self.done("POST", f"{path}/flag", {"rule_id": "abuse"}, who)
        return str(self.done("GET", path, who="mod")["case_id"])

    def decide(self, case: str, command: str, who: str = "mod", **more: Any) -> Any:
        """Give a command about a case."""
        body = {} if command == "take" else {"rule_id": "abuse", "reason": "r"} | more
        return self.done("POST", f"/moderation-cases/{case}/{command}", body, who)

    def hidden(self, path: str, command: str = "hide", **more: Any) -> str:
        """The case by which a moderator has hidden it."""
        case = self.flag(path, "2")
        self.decide(case, "take")
        self.decide(case, command, **more)
        return case

    def actions(self, path: str, who: str) -> dict[str, str | None]:
        """Action → the reason against it."""
        offered = self.done("GET", path, who=who)["allowed_actions"]
        return {one["action"]: one["reason"] for one in offered}
