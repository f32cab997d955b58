"""Any walk through a contest, here or on an official system: what the machine allows happens and leaves one event, and
what it refuses is refused with a reason and leaves none. Seeded, so that a failure can be walked again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.contests import world
from tests.contests.people import ADMIN, OFFICER, RETURNING, TELLER
from tests.contests.test_decision import OPENS, QUESTION
from tests.contests.world import DAY, NOW
from voting.contests import drafts, external, moves, queries
from voting.contests.external import Found, Paper
from voting.contests.tables import BoxRow, Contest, Participation
from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.lifecycle import contest_machine
from voting.errors import IllegalMove, Invalid
from voting.log.tables import Event

pytestmark = pytest.mark.prove  # The walks do not know the moves of signing and recounting yet.

STEPS = 9
WALKS = 2
INSTANTS = (NOW, NOW + 12 * DAY, OPENS, OPENS + DAY, OPENS + 20 * DAY)
FOUND = Found("市表决平台", "1", {"roll": 6, "votes": {"for": 4}}, (Paper("p", "0" * 64),))
Command = Callable[[Session, str, datetime, Random], object]


def official(dice: Random) -> Principal:
    return dice.choice((OFFICER, TELLER))


COMMANDS: Mapping[str, Command] = {
    "edit": lambda s, c, now, _: drafts.edit(s, OFFICER, queries.load(s, OFFICER, c, now), {"seats": 1}),
    "notice": lambda s, c, now, _: moves.notice(s, OFFICER, c, now=now),
    "open": lambda s, c, now, _: moves.open_(s, OFFICER, c, now=now),
    "extend": lambda s, c, now, _: moves.extend(
        s, OFFICER, c, closes_at=now + timedelta(hours=30), reason="x", now=now
    ),
    "close": lambda s, c, now, _: moves.close(s, OFFICER, c, now=now),
    "count": lambda s, c, now, _: moves.count(s, ADMIN, c, now=now),
    "publish": lambda s, c, now, _: moves.publish(s, RETURNING, c, now=now),
    "certify": lambda s, c, now, _: moves.certify(s, RETURNING, c, now=now),
    "annul": lambda s, c, now, dice: moves.annul(s, RETURNING, c, reason=dice.choice(("x", None)), now=now),
    "record": lambda s, c, now, dice: external.record(s, official(dice), c, FOUND, now=now),
}


def events(session: Session, contest_id: str) -> int:
    return session.scalar(select(func.count()).select_from(Event).where(col(Event.subject_id) == contest_id)) or 0


def vote(session: Session, contest_id: str, dice: Random) -> None:
    """Somebody casts."""
    waiting = select(Participation).where(
        col(Participation.contest_id) == contest_id, col(Participation.channel).is_(None)
    )
    row = session.scalars(waiting.limit(1)).first()
    if row is not None and session.get_one(Contest, contest_id).state == "open":
        row.channel = "online"
        mark = bytes((dice.randint(0, 2),))
        session.add(BoxRow(contest_id=contest_id, slot=secrets.token_bytes(32), ballot=mark))
        session.flush()


def refusal(command: Command, session: Session, contest_id: str, now: datetime, dice: Random) -> Exception | None:
    """What a command is refused with, or nothing."""
    try:
        command(session, contest_id, now, dice)
    except (IllegalMove, Invalid) as error:
        return error
    return None


@pytest.mark.parametrize("channel", ["here", "external"])
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_leaves_one_event_for_each_move_and_none_for_a_refusal(
    session: Session, channel: str, seed: int
) -> None:
    dice = Random(f"{channel} {seed}")
    draft = replace(QUESTION, channel=channel, terms=replace(QUESTION.terms, extension_max_days=2))
    contest_id = drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest.id
    machine = contest_machine(channel)
    place = moved = refused = 0
    while place < len(INSTANTS):
        now = INSTANTS[place]
        for _ in range(STEPS):
            contest = session.get_one(Contest, contest_id)
            before, count = contest.state, events(session, contest_id)
            loaded = queries.load(session, OFFICER, contest_id, now)
            allowed = lifecycle.survey(machine, before, queries.facts(session, loaded)).allowed
            # Mostly what leads on, so that a walk comes far; now and then anything at all.
            command = dice.choice(sorted(COMMANDS)) if dice.random() < 0.5 or not allowed else dice.choice(allowed)
            if command == "annul" and dice.random() < 0.9:
                continue
            error = refusal(COMMANDS[command], session, contest_id, now, dice)
            if error is not None:
                assert isinstance(error, Invalid) or command not in allowed, (before, command, error)
                assert (session.get_one(Contest, contest_id).state, events(session, contest_id)) == (before, count)
                refused += 1
                continue
            assert command in allowed, (before, command)
            assert events(session, contest_id) == count + 1
            moved += 1
            if command == "close":
                world.finish_closing(session, contest_id)
            vote(session, contest_id, dice)
        place += 1
    assert moved >= 2
    assert refused >= 2


def test_the_walks_come_to_the_end_of_both_machines(session: Session) -> None:
    reached = {"here": set[str](), "external": set[str]()}
    for channel, path in (
        ("here", ("notice", "open", "close", "count", "publish", "certify")),
        ("external", ("notice", "record", "record", "publish", "certify")),
    ):
        contest_id = drafts.create(session, OFFICER, "com_1", replace(QUESTION, channel=channel), now=NOW).contest.id
        officials = iter((OFFICER, TELLER))
        for command in path:
            now = {"notice": NOW, "open": OPENS}.get(command, OPENS + DAY)
            if command == "record":
                external.record(session, next(officials), contest_id, FOUND, now=now)
            else:
                COMMANDS[command](session, contest_id, now, Random(1))
            if command == "open":
                vote(session, contest_id, Random(1))
            if command == "close":
                world.finish_closing(session, contest_id)
            reached[channel].add(session.get_one(Contest, contest_id).state)
    assert {"certified"} <= reached["here"] & reached["external"]
    assert "recorded" in reached["external"]
