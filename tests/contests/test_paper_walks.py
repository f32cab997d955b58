"""Any walk through a paper batch: what its machine allows happens and leaves one event, what it refuses leaves none; and
the contest is not closed while papers are outside the box. Seeded, so that a failure can be walked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

import pytest
from sqlmodel import Session, func, select

from tests.contests.people import OFFICER, RESIDENT, RETURNING, TELLER
from tests.contests.test_officials import LI, WANG, ZHAO
from tests.contests.test_paper import SECOND, THIRD, a_contest, marks
from tests.contests.test_signing import lines_of
from tests.contests.world import DAY, NOW
from voting.contests import moves, paper, paper_keying, queries, signing
from voting.contests.tables import BoxRow, Contest, PaperBatch, PaperKeying
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid
from voting.log.tables import Event

WALKS = 3
STEPS = 30
LATER = NOW + DAY
TELLERS = (TELLER, SECOND, THIRD)
Command = Callable[["Walk", Principal, datetime], object]
ONWARD: Mapping[str, tuple[str, ...]] = {
    "issuing": ("issue", "return"),
    "returned": ("key",),
    "keying": ("key",),
    "discrepant": ("resolve",),
    "matched": ("sign", "enter"),
}
"""State → what leads on from it."""


class Walk:
    """A batch of an open contest that two officials sign."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.dice = session, Random(seed)
        self.contest_id = a_contest(session, k=2)
        self.id = paper.create(session, OFFICER, self.contest_id, label="3号楼", now=NOW).batch.id
        self.moved = self.refused = 0

    @property
    def batch(self) -> PaperBatch:
        return self.session.get_one(PaperBatch, self.id)

    def pile(self) -> list[list[list[str]]]:
        """Everybody marked the first option; now and then a teller reads a paper otherwise."""
        count = self.batch.count or 0
        read = [int(self.dice.random() < 0.2) for _ in range(count)]
        return [marks(self.session, self.contest_id, place) for place in read]

    def give(self, command: str, who: Principal, now: datetime) -> bool:
        """Give a command; whether it was taken. It leaves one event then, and none otherwise."""
        session, before, count = self.session, self.batch.state, self.events()
        held = paper.load(session, who, self.id, "read", now) if who is not RESIDENT else None
        offered = paper.view(session, who, held).actions if held is not None else ()
        allowed = [action.action for action in offered if action.allowed]
        error = self._refusal(COMMANDS[command], who, now)
        if error is not None:
            # What is allowed and refused names an elector who has cast already, or nothing to be done.
            assert isinstance(error, Conflict | Invalid) or command not in allowed, (before, command, error)
            assert (self.batch.state, self.events()) == (before, count)
            self.refused += 1
            return False
        if command != "sign":
            assert command in allowed, (before, command)
        assert self.events() - count in ((0, 1) if command == "sign" else (1,)), (before, command)
        self.moved += 1
        return True

    def _refusal(self, command: Command, who: Principal, now: datetime) -> Exception | None:
        try:
            command(self, who, now)
        except (IllegalMove, Conflict, Invalid, Forbidden) as error:
            return error
        return None

    def events(self) -> int:
        found = select(func.count()).select_from(Event).where(Event.subject_id == self.contest_id)
        return self.session.exec(found).one()

    def check(self) -> None:
        """The sums are right, and paper outside the box holds the contest open."""
        batch, inside = self.batch, self.batch.state == "entered"
        assert 0 <= batch.spoiled + batch.unreturned <= batch.issued
        loaded = queries.load(self.session, OFFICER, self.contest_id, LATER)
        blocked = queries.view(self.session, OFFICER, loaded).actions["close"]
        assert blocked == (None if inside or batch.issued == 0 else "paper_unreconciled")
        boxed = self.session.exec(select(func.count()).select_from(BoxRow)).one()
        assert boxed == (batch.count if inside else 0)
        assert not inside or self.session.exec(select(PaperKeying)).first() is None


def issue(walk: Walk, who: Principal, now: datetime) -> None:
    entry_id = f"ent_rol_1_{walk.dice.randrange(6):05}"
    paper.issue(walk.session, who, walk.id, entry_id=entry_id, now=now)


def resolve(walk: Walk, who: Principal, now: datetime) -> None:
    """The paper of one ballot in question says the first option."""
    number = walk.dice.randint(1, max(1, walk.batch.count or 0))
    told = {number: marks(walk.session, walk.contest_id, 0)}
    paper_keying.resolve(walk.session, who, walk.id, told, now=now)


def sign(walk: Walk, who: Principal, now: datetime) -> None:
    """One official signs the batch."""
    told = signing.read(walk.session, who, walk.contest_id, walk.id, now=now).note.text
    one = walk.dice.choice((WANG, LI, ZHAO))
    signing.sign(walk.session, who, walk.contest_id, walk.id, lines_of(told, [one]), now=now)


COMMANDS: Mapping[str, Command] = {
    "issue": issue,
    "spoil": lambda walk, who, now: paper.spoil(walk.session, who, walk.id, replaced=walk.dice.random() < 0.5, now=now),
    "return": lambda walk, who, now: paper.return_(
        walk.session, who, walk.id, unreturned=walk.dice.randint(0, 2), now=now
    ),
    "key": lambda walk, who, now: paper_keying.key(walk.session, who, walk.id, walk.pile(), now=now),
    "resolve": resolve,
    "sign": sign,
    "enter": lambda walk, who, now: paper_keying.enter(walk.session, who, walk.id, now=now),
}


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_leaves_one_event_for_each_move_and_none_for_a_refusal(session: Session, seed: int) -> None:
    walk = Walk(session, seed)
    for step in range(STEPS):
        command = walk.dice.choice((*sorted(COMMANDS), *ONWARD.get(walk.batch.state, ()) * 3))
        who = walk.dice.choice((*TELLERS, RETURNING, RESIDENT))
        walk.give(command, who, NOW if step < STEPS // 2 else LATER)
        walk.check()
    for _ in range(200):
        onward = ONWARD.get(walk.batch.state)
        if onward is None:
            break
        command = "return" if walk.batch.state == "issuing" else walk.dice.choice(onward)
        walk.give(command, walk.dice.choice(TELLERS), LATER)
    walk.check()
    assert (walk.batch.state, walk.moved >= 8, walk.refused >= 4) == ("entered", True, True)
    moves.close(session, OFFICER, walk.contest_id, now=LATER)
    assert session.get_one(Contest, walk.contest_id).state == "closed"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_when_the_contest_is_closed_nothing_of_a_batch_moves(session: Session, command: str) -> None:
    walk = Walk(session, 0)
    moves.close(session, OFFICER, walk.contest_id, now=LATER)
    assert not walk.give(command, TELLER, LATER)
