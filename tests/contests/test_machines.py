"""Any walk through a contest, here or on an official system: what the machine allows happens and leaves one event, and
what it refuses is refused with a reason and leaves none. Seeded, so that a failure can be walked again.

A walk knows every move: officials sign, keys change, the closing is finished step by step, results are challenged, counted
again, certified, corrected and set aside. It begins at random and then takes the usual way, so that each comes to an end.
"""

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
from tests.contests.people import ADMIN, OFFICER, RESIDENT, RETURNING, TELLER
from tests.contests.test_decision import OPENS, QUESTION
from tests.contests.test_officials import THREE, signer
from tests.contests.test_signing import as_counted_by_mistake, lines_of
from tests.contests.world import DAY, NOW
from voting.contests import certifying, closing, drafts, external, key_changes, moves, queries, signing
from voting.contests.external import Found, Paper
from voting.contests.statements_signed import CLOSE, RESULT
from voting.contests.tables import BoxRow, Closing, Contest, Participation
from voting.core import lifecycle
from voting.core.contests import ContestFacts, contest_machine
from voting.core.evidence.notes import Signer
from voting.core.lifecycle import Machine
from voting.errors import Conflict, IllegalMove, Invalid
from voting.log import logs
from voting.log.tables import Event

WALKS = 3
STAGES = ((NOW, 4), (NOW + 12 * DAY, 2), (OPENS, 9), (OPENS + DAY, 20), (OPENS + 20 * DAY, 9))
"""Instant and how many steps are taken at it."""
FOUND = Found("市表决平台", "1", {"roll": 6, "votes": {"for": 4}}, (Paper("p", "0" * 64),))
TERMS = replace(QUESTION.terms, extension_max_days=2)
DRAFT = replace(QUESTION, terms=TERMS, officials=THREE, k=2)
ENDS = ("certified", "annulled", "inconclusive")
USUAL: Mapping[str, tuple[str, ...]] = {
    "draft": ("notice",),
    "noticed": ("open", "record"),
    "open": ("close",),
    "closed": ("seal", "sign_close", "count"),
    "counted": ("publish",),
    "recorded": ("publish",),
    "provisional": ("sign_result", "certify"),
    "challenged": ("recount",),
    "recounted": ("publish",),
}
"""State → what leads on from it."""
KEYS: Mapping[str, Signer] = {
    made.key.text: made for name in ("wang", "li", "zhao") for turn in range(4) for made in [signer(name, turn=turn)]
}
Command = Callable[[Session, str, datetime, Random], object]


def officials_of(session: Session, contest_id: str) -> list[tuple[str, Signer]]:
    """The officials' names and the keys they sign with now."""
    return [(one["name"], KEYS[one["key"]]) for one in session.get_one(Contest, contest_id).officials]


def open_(session: Session, contest_id: str, now: datetime, _: Random) -> None:
    """Open the box; its log has a name, as from its first signature on."""
    moves.open_(session, OFFICER, contest_id, now=now)
    logs.held(session, contest_id).origin = f"yishi.test/contests/{contest_id}"


def change_key(session: Session, contest_id: str, now: datetime, dice: Random) -> None:
    """Somebody's key changes, as all of them sign."""
    named = officials_of(session, contest_id)
    name, old = dice.choice(named)
    new = dice.choice([text for text, key in KEYS.items() if key.name == old.name and text != old.key.text])
    told = key_changes.statement(session, RESIDENT, contest_id, name=name, new_key=new, now=now).note.text
    lines = lines_of(told, [key for _, key in named])
    key_changes.change(session, OFFICER, contest_id, name=name, new_key=new, reason="lost", lines=lines, now=now)


def sign(statement: str) -> Command:
    """One of the officials signs."""

    def given(session: Session, contest_id: str, now: datetime, dice: Random) -> None:
        told = signing.read(session, RETURNING, contest_id, statement, now=now).note.text
        one = dice.choice(officials_of(session, contest_id))[1]
        signing.sign(session, RETURNING, contest_id, statement, lines_of(told, [one]), now=now)

    return given


def seal(session: Session, contest_id: str, *_: object) -> None:
    """The next step of the closing."""
    if closing.advance(session, contest_id) in (closing.SIGN, closing.SCRUB):
        world.finish_closing(session, contest_id)


def correct(session: Session, contest_id: str, now: datetime, dice: Random) -> None:
    """Half of the time something was counted by mistake."""
    with session.begin_nested():
        if dice.random() < 0.5 and session.get_one(Contest, contest_id).state == "certified":
            as_counted_by_mistake(session, contest_id, now)
        certifying.correct(session, RETURNING, contest_id, reason="x", now=now)


COMMANDS: Mapping[str, Command] = {
    "edit": lambda s, c, now, _: drafts.edit(s, OFFICER, queries.load(s, OFFICER, c, now), {"seats": 1}),
    "notice": lambda s, c, now, _: moves.notice(s, OFFICER, c, now=now),
    "open": open_,
    "extend": lambda s, c, now, _: moves.extend(
        s, OFFICER, c, closes_at=now + timedelta(hours=30), reason="x", now=now
    ),
    "change_key": change_key,
    "close": lambda s, c, now, _: moves.close(s, OFFICER, c, now=now),
    "count": lambda s, c, now, _: moves.count(s, ADMIN, c, now=now),
    "publish": lambda s, c, now, _: moves.publish(s, RETURNING, c, now=now),
    "challenge": lambda s, c, now, dice: certifying.challenge(s, OFFICER, c, reason=dice.choice(("x", " ")), now=now),
    "recount": lambda s, c, now, _: certifying.recount(s, TELLER, c, now=now),
    "certify": lambda s, c, now, _: certifying.certify(s, RETURNING, c, now=now),
    "correct": correct,
    "annul": lambda s, c, now, dice: moves.annul(s, RETURNING, c, reason=dice.choice(("x", None)), now=now),
    "record": lambda s, c, now, dice: external.record(s, dice.choice((OFFICER, TELLER)), c, FOUND, now=now),
}
ASIDE: Mapping[str, Command] = {"seal": seal, "sign_close": sign(CLOSE), "sign_result": sign(RESULT)}
"""What is no move of the contest itself."""


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


class Walk:
    """A contest, its machine, and what was tried."""

    def __init__(self, session: Session, channel: str, dice: Random) -> None:
        self.session, self.dice = session, dice
        self.machine: Machine[ContestFacts] = contest_machine(channel)
        self.id = drafts.create(session, OFFICER, "com_1", replace(DRAFT, channel=channel), now=NOW).contest.id
        self.moved = self.refused = 0

    @property
    def state(self) -> str:
        return self.session.get_one(Contest, self.id).state

    def allowed(self, now: datetime) -> tuple[str, ...]:
        loaded = queries.load(self.session, OFFICER, self.id, now)
        return lifecycle.survey(self.machine, self.state, queries.facts(self.session, loaded)).allowed

    def give(self, command: str, now: datetime) -> bool:
        """Give a command; whether it was taken. It leaves one event then, and none otherwise."""
        if command in ASIDE:
            return self._beside(command, now)
        allowed, before, count = self.allowed(now), self.state, events(self.session, self.id)
        error = self._refusal(COMMANDS[command], now)
        if error is None:
            assert command in allowed, (before, command)
            assert events(self.session, self.id) == count + 1, command
            self.moved += 1
            return True
        # Allowed and refused is what lacks a reason, lies out of range, or would correct nothing.
        assert isinstance(error, Invalid | Conflict) or command not in allowed, (before, command, error)
        assert (self.state, events(self.session, self.id)) == (before, count)
        self.refused += 1
        return False

    def _beside(self, command: str, now: datetime) -> bool:
        """The closing's own steps are no events; a signature is one the first time."""
        before, count = self.state, events(self.session, self.id)
        error = self._refusal(ASIDE[command], now)
        row = self.session.get(Closing, self.id)
        there = {
            "seal": True,
            "sign_close": row is not None and row.log_root is not None,
            "sign_result": before in ("counted", "provisional", "challenged", "recounted", "certified", "inconclusive")
            and row is not None,
        }[command]
        if self.state != "annulled":
            assert (error is None) is there, (before, command, error)
        found = events(self.session, self.id) - count
        assert self.state == before
        assert found in ((0,) if error is not None or command == "seal" else (0, 1))
        return error is None

    def _refusal(self, command: Command, now: datetime) -> Exception | None:
        try:
            command(self.session, self.id, now, self.dice)
        except (IllegalMove, Invalid, Conflict) as error:
            return error
        return None

    def usual(self, now: datetime) -> str | None:
        """What leads on, nothing at the end; where the time of a step is over only an annulment does."""
        if self.state in ENDS:
            return None
        allowed = self.allowed(now)
        of_state = [step for step in USUAL[self.state] if step in ASIDE or step in allowed]
        return self.dice.choice(of_state or ["annul"])


@pytest.mark.parametrize("channel", ["here", "external"])
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_leaves_one_event_for_each_move_and_none_for_a_refusal(
    session: Session, channel: str, seed: int
) -> None:
    dice = Random(f"{channel} {seed}")
    walk = Walk(session, channel, dice)
    for now, steps in STAGES:
        for _ in range(steps):
            usual = walk.usual(now)
            anything = dice.choice(sorted({**COMMANDS, **ASIDE}))
            command = usual if usual is not None and dice.random() < 0.4 else anything
            if command != "annul" or dice.random() < 0.1:
                walk.give(command, now)
                vote(session, walk.id, dice)
    now = OPENS + 60 * DAY
    for _ in range(60):
        following = walk.usual(now)
        if following is None:
            break
        walk.give(following, now)
    assert walk.state in ENDS
    assert walk.moved >= 4
    assert walk.refused >= 4


WAYS: Mapping[str, tuple[str, ...]] = {
    "here": (
        *("notice", "open", "change_key", "close", "seal", "sign_close", "count", "publish", "challenge", "recount"),
        *("publish", "sign_result", "certify", "correct", "annul"),
    ),
    "external": ("notice", "record", "publish", "certify", "annul"),
}
OFTEN = (*ASIDE, "record")
"""What is given by several, or takes several steps."""


@pytest.mark.parametrize("channel", sorted(WAYS))
def test_the_usual_way_passes_every_state_up_to_the_certificate_and_beyond(session: Session, channel: str) -> None:
    walk, reached = Walk(session, channel, Random(1)), {"draft"}
    for command in WAYS[channel]:
        now = {"notice": NOW, "open": OPENS, "change_key": OPENS}.get(command, OPENS + DAY)
        # A reason may be missing the first time, and one signature is not enough.
        tries = (walk.give(command, now) for _ in range(12))
        assert any(list(tries) if command in OFTEN else tries), command
        reached.add(walk.state)
        vote(session, walk.id, walk.dice)
    assert reached == walk.machine.states - {"inconclusive"}
