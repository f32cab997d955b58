"""What the demo prints: lines to paste for each role, and the same values as shell variables in a file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voting.commands.before_the_vote import Told

_JSON = "-H 'Content-Type: application/json'"
_DAYS_TO_CLOSE = 14


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the demo, with what they need to call the service."""

    url: str
    community_id: str
    leader_id: str
    """The certified election."""
    parking_id: str
    """The ranking."""
    parking_state: str
    options: tuple[tuple[str, str], ...]
    """Option ids of the ranking with their English labels, in ballot order."""
    told: Told
    """What was proposed and said."""
    code: str
    resident: str
    social_worker: str
    returning_officer: str
    auditor: str
    moderator: str
    appeal_reviewer: str
    integrator: str

    def variables(self) -> dict[str, str]:
        """As shell variables."""
        ids = [option for option, _ in self.options]
        return {
            "YISHI": self.url,
            "COMMUNITY": self.community_id,
            "LEADER": self.leader_id,
            "PARKING": self.parking_id,
            "FIRST": ids[0],
            "SECOND": ids[2],
            "SHED": self.told.shed_id,
            "STATEMENT": self.told.statement_id,
            "CASE": self.told.case_id,
            "CODE": self.code,
            "RESIDENT": self.resident,
            "SOCIAL_WORKER": self.social_worker,
            "RETURNING_OFFICER": self.returning_officer,
            "AUDITOR": self.auditor,
            "MODERATOR": self.moderator,
            "APPEAL_REVIEWER": self.appeal_reviewer,
            "INTEGRATOR": self.integrator,
        }


def keep(cast: Cast, path: Path) -> None:
    """Write the variables to a file that only its owner reads: it holds tokens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"export {name}='{value}'\n" for name, value in cast.variables().items())


def lines(cast: Cast, *, fast_clock: bool) -> Iterator[str]:
    """Headings and commands."""
    yield f"Community B 小区 at {cast.url}: a certified unit-leader election, a ranking on the parking redesign, a proposal."
    yield from _section("Resident 居民: look, then rank", _resident(cast))
    yield from _section(
        "Neighbour 邻居: read the proposal of a bicycle shed, support it, join the talk", _neighbour(cast)
    )
    yield from _section("Moderator 评议: the case of a rude comment, and its appeal", _moderation(cast))
    yield from _section("Social worker 社工: how many have taken part, and what happened so far", _social_worker(cast))
    yield from _section(
        "Returning officer 选举主持人: close, count, publish, certify", _returning_officer(cast, fast_clock)
    )
    yield from _section("Auditor 审计: the certified election, round by round (needs no account)", _auditor(cast))
    yield from _section("Integrator 集成方: the register out, and a new roll", _integrator(cast))


def _section(title: str, commands: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"# {title}"
    yield from commands


def _resident(cast: Cast) -> list[str]:
    ids = [option for option, _ in cast.options]
    return [
        _get(cast, f"/v1/contests/{cast.parking_id}"),
        _post(cast, "/v1/tokens", {"grant_type": "code", "code": cast.code}),
        _post(cast, f"/v1/contests/{cast.parking_id}/ballots", {"ranking": [ids[0], ids[2]]}, cast.resident),
    ]


def _neighbour(cast: Cast) -> list[str]:
    proposal, thread = f"/v1/proposals/{cast.told.shed_id}", f"/v1/threads/proposal/{cast.told.shed_id}"
    said = {"text": "棚顶可以装太阳能板", "alignment": 1}
    return [
        _get(cast, proposal, cast.resident),
        _get(cast, f"{proposal}/diff?from=1&to=2", cast.resident),
        _post(cast, f"{proposal}/endorsements", None, cast.resident),
        _get(cast, f"{thread}/comments?sort=most_supported", cast.resident),
        _post(cast, f"{thread}/comments", said, cast.resident),
        _post(cast, f"/v1/comments/{cast.told.statement_id}/react", {"reaction": "support"}, cast.resident),
        _get(cast, f"{thread}/opinions", cast.resident),
    ]


def _moderation(cast: Cast) -> list[str]:
    case = f"/v1/moderation-cases/{cast.told.case_id}"
    return [
        _get(cast, case, cast.moderator),
        _post(cast, f"{case}/uphold", {"reason": "骂人的话不必点名也伤人"}, cast.moderator),
        _post(cast, f"{case}/uphold", {"reason": "骂人的话不必点名也伤人"}, cast.appeal_reviewer),
    ]


def _social_worker(cast: Cast) -> list[str]:
    return [
        _get(cast, f"/v1/contests/{cast.parking_id}/turnout"),
        _get(cast, f"/v1/contests/{cast.parking_id}/events", cast.social_worker),
    ]


def _returning_officer(cast: Cast, fast_clock: bool) -> list[str]:
    verbs = [
        _post(cast, f"/v1/contests/{cast.parking_id}/{verb}", None, cast.returning_officer)
        for verb in ("close", "count", "publish", "certify")
    ]
    if not fast_clock:
        return ["# (close is refused while people may still vote; `yishi demo --fast-clock` lets days pass)", *verbs]
    return [
        "# the integrator lets two weeks pass, the vote ends",
        _advance(cast, _DAYS_TO_CLOSE),
        *verbs[:3],
        "# and five days for objections",
        _advance(cast, 5),
        verbs[3],
    ]


def _advance(cast: Cast, days: int) -> str:
    path = f"/v1/communities/{cast.community_id}/clock/advance"
    return _post(cast, path, {"seconds": days * 86_400}, cast.integrator)


def _auditor(cast: Cast) -> list[str]:
    return [
        _get(cast, f"/v1/contests/{cast.leader_id}/result"),
        _get(cast, f"/v1/contests/{cast.leader_id}/rounds"),
        _get(cast, f"/v1/contests/{cast.leader_id}/events", cast.auditor),
    ]


def _integrator(cast: Cast) -> list[str]:
    roll = {"name": "Owners 业主名册", "basis": "owner", "scope": {"kind": "community"}}
    return [
        _get(cast, f"/v1/communities/{cast.community_id}/register/export", cast.integrator),
        _post(cast, f"/v1/communities/{cast.community_id}/rolls", roll, cast.integrator),
    ]


def _get(cast: Cast, path: str, token: str | None = None) -> str:
    address = f"{cast.url}{path}"
    return " ".join(("curl -s", f"'{address}'" if "?" in address else address, *_bearer(token)))


def _post(cast: Cast, path: str, body: object, token: str | None = None) -> str:
    if body is None:
        return " ".join(("curl -s -X POST", f"{cast.url}{path}", *_bearer(token)))
    written = json.dumps(body, ensure_ascii=False)
    return " ".join(("curl -s", f"{cast.url}{path}", *_bearer(token), _JSON, f"-d '{written}'"))


def _bearer(token: str | None) -> tuple[str, ...]:
    return () if token is None else (f"-H 'Authorization: Bearer {token}'",)
