"""One poll of a case, held over HTTP from the register to the result: what `yishi replay` does, step by step.

Everything goes through the published client; nothing here touches the database. Durations are nanoseconds.
"""

from __future__ import annotations

import csv
import io
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from clients.python import Client, YishiClientError
from clients.python.answers import Contest, Refusal
from voting.clock import system_now
from voting.core.count.case import is_open

AT_ONCE = 32
"""Ballots on their way at the same moment."""
CODES_AT_ONCE = 500
PEOPLE_PER_DWELLING = 10
_LEAD, _WINDOW = timedelta(minutes=2), timedelta(days=7)
"""The window begins a little before now (two machines' clocks differ) and ends when everybody has cast."""
_NAMING = ("tie_break_order", "excluded_candidates", "tie_break_resolutions", "undeclared_write_in", "tied", "selected")
"""Rule members that name options."""
_LOTS = ("tie_break_seed", "tie_break_contest")
"""Rule members of a lot: the service draws its own; what a lot of the case's source gave stands in the resolutions."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Poll:
    """What is replayed: the case as written, and one ranking (of the case's names) for each ballot."""

    document: Mapping[str, Any]
    rankings: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def options(self) -> list[str]:
        """The names that stand, in ballot order."""
        return list(self.document["candidates"])


@dataclass(slots=True)
class Timing:
    """How long the casting took as a whole, and each ballot from being sent to its receipt."""

    total_ns: int = 0
    each_ns: list[int] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Ballots acknowledged per second."""
        return len(self.each_ns) * 1e9 / self.total_ns

    def milliseconds(self, share: float) -> float:
        """The time that this share of the ballots did not exceed."""
        ranked = sorted(self.each_ns)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] / 1e6


def poll_of(document: Mapping[str, Any]) -> Poll:
    """Every ballot of the case by itself, dealt evenly: the pile of one ranking is not cast in one go."""
    piles = [(tuple(map(tuple, entry["ranking"])), entry["count"]) for entry in document["ballots"]]
    total = sum(number for _, number in piles)
    dealt = sorted(
        (place * total // number, pile, ranks) for pile, (ranks, number) in enumerate(piles) for place in range(number)
    )
    return Poll(document, tuple(ranks for _, _, ranks in dealt))


def register_csv(electors: int) -> bytes:
    """A register of so many grown people, ten to a dwelling."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("building", "unit", "dwelling", "area_m2", "person", "residency", "person_ref"))
    for number in range(1, electors + 1):
        dwelling = f"{(number - 1) // PEOPLE_PER_DWELLING + 1:05}"
        writer.writerow(("1", "1", dwelling, "80", f"Elector {number:06}", "tenant", f"E{number:06}"))
    return text.getvalue().encode("utf-8-sig")


def found_community(client: Client, name: str, electors: int) -> str:
    """A community with its register; its id."""
    community = client.communities.create({"en": f"Replay of {name}", "zh-CN": f"{name} 重放"})
    client.register.import_file(community.id, register_csv(electors))
    return community.id


def hand_out_tokens(client: Client, community_id: str, progress: Progress) -> list[str]:
    """Print a code for everybody and redeem them all; one access token for each elector."""
    codes = [code.code for code in client.register.print_codes(community_id)]
    nobody = client.acting(None)
    tokens: list[str] = []
    for start in range(0, len(codes), CODES_AT_ONCE):
        for answer in nobody.access.redeem_batch(codes[start : start + CODES_AT_ONCE]):
            if isinstance(answer, Refusal):
                raise RuntimeError(f"a printed code was refused: {answer.code} {answer.detail}")
            tokens.append(answer.access_token)
        progress(min(CODES_AT_ONCE, len(codes) - start))
    return tokens


def seal_roll(client: Client, community_id: str) -> str:
    """A roll of everybody, compiled, displayed, sealed; its id."""
    roll = client.rolls.create(community_id, name="Everybody", basis="person")
    client.rolls.compile(roll.id)
    client.rolls.display(roll.id)
    client.rolls.close_objections(roll.id)
    return (client.rolls.seal(roll.id)).id


def open_contest(client: Client, community_id: str, roll_id: str, poll: Poll, publish_mode: str = "by_size") -> Contest:
    """The case's question with its rule values, open."""
    opens_at = system_now().replace(microsecond=0) - _LEAD
    contest = client.contests.create(
        community_id,
        roll_id=roll_id,
        question={"en": str(poll.document.get("title") or poll.document.get("name") or "Replay")},
        options=[{"label": {"en": name}} for name in poll.options],
        method=poll.document["method"],
        seats=poll.document["seats"],
        rules=rules_of(poll),
        terms={"notice_days": 0, "objection_days": 0, "ballots": "as_marked"},
        publish_mode=publish_mode,
        opens_at=opens_at,
        closes_at=opens_at + _WINDOW,
    )
    client.contests.notice(contest.id)
    return client.contests.open(contest.id)


def rules_of(poll: Poll) -> dict[str, Any]:
    """The rule values as the service takes them: options by their place in the request, open ones left out."""
    places = {name: f"#/options/{place}" for place, name in enumerate(poll.options)}

    def placed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {member: placed(inner) if member in _NAMING else inner for member, inner in value.items()}
        if isinstance(value, list):
            return [placed(item) for item in value]
        return places.get(value, value)

    given = {
        member: value
        for member, value in poll.document["rules"].items()
        if not (value is None or is_open(value) or member in _LOTS)
    }
    return {"tie_break": None, **placed(given)}


def cast_all(url: str, contest: Contest, poll: Poll, tokens: Sequence[str], progress: Progress) -> Timing:
    """Cast every ballot, each by another elector, `AT_ONCE` at a time.

    Every worker has a thread and a connection of its own: a pool that all of them share costs several times the CPU.
    """
    ids = {option.label["en"]: option.id for option in contest.options}
    waiting = deque(zip(tokens, poll.rankings, strict=True))
    timing = Timing()

    def work() -> None:
        with Client(url, connections=1, timeout=60) as client:
            while waiting:
                try:
                    token, ranking = waiting.popleft()
                except IndexError:
                    return
                marked = [[ids.get(name, name) for name in rank] for rank in ranking]
                began = time.perf_counter_ns()
                try:
                    client.acting(token).contests.cast(contest.id, marked)
                except YishiClientError:
                    waiting.clear()
                    raise
                timing.each_ns.append(time.perf_counter_ns() - began)
                progress(1)

    began = time.perf_counter_ns()
    with ThreadPoolExecutor(AT_ONCE) as workers:
        for worker in [workers.submit(work) for _ in range(AT_ONCE)]:
            worker.result()
    timing.total_ns = time.perf_counter_ns() - began
    return timing


def close_and_count(client: Client, contest: Contest) -> Mapping[str, Any]:
    """Close (everybody has cast), count, publish; the result with its rounds."""
    client.contests.close(contest.id)
    client.contests.count(contest.id)
    client.contests.publish(contest.id)
    stranger = client.acting(None)
    result = stranger.contests.result(contest.id)
    rounds = stranger.contests.rounds(contest.id)
    return {**result.tally, "rounds": list(rounds.rounds)}


def names_of(contest: Contest) -> dict[str, str]:
    """Option id → the case's name."""
    return {option.id: option.label["en"] for option in contest.options}
