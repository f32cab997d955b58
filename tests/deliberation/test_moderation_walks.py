"""Any walk through flags, cases and the life of what they are about, for proposals and amendments, on both databases.

What is legal is said here once more, in the words of the domain, and not read from the machines. A legal move is offered, taken
and leaves one event; any other is refused with none; what everybody reads follows from both. Seeded, so that a failure can be
walked again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from tests.access.moment import NOW
from tests.api.test_authorisation_matrix import every_route
from tests.deliberation.world import ADMIN, ANN, BO, MOD, MOD2, REVIEWER, resident
from voting.core.amendments import Change
from voting.core.authority import Principal
from voting.core.moderation import CASE, STANDING
from voting.deliberation import (
    amendment_moderation,
    amendments,
    cases,
    comment_batches,
    endorsements,
    flags,
    moderation_policy,
    proposal_drafts,
    proposal_moderation,
    proposal_moves,
    proposal_queries,
)
from voting.deliberation.cases import Ruling
from voting.deliberation.comment_posting import Draft
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.moderation_tables import ModerationCase
from voting.errors import YishiError
from voting.log.tables import Event
from voting.store import writer

THRESHOLD, REVIEW, APPEAL = 2, 2, 3
"""Flags; days until what flags hid is shown again; days to appeal."""
PEOPLE = (ANN, BO, *(resident(number) for number in (3, 4, 5)))
STAFF = (MOD, MOD2, REVIEWER)
ENDS = {
    "take": "under_review",
    "dismiss": "dismissed",
    "hide": "hidden",
    "remove_legal": "removed_legal",
    "appeal": "appealed",
    "reinstate": "reinstated",
    "uphold": "upheld",
}
OPEN, SHOWN = ("flagged", "under_review"), ("visible", "flagged", "under_review", "reinstated")
PROLONGED = "support_prolonged"
_TEXT = {"en": "one\n\ntwo"}


def anyhow(_version: int) -> None:
    """Expects nothing."""


@dataclass
class Model:
    """What the domain says of the thing."""

    author: Principal
    standing: str = "visible"
    case: str = ""
    case_state: str = ""
    moderator: str = ""
    took_it: set[str] = field(default_factory=set)
    """Whoever has ever taken the case: none of them reviews its appeal."""
    written: datetime = NOW
    opened: datetime = NOW
    cleared: list[datetime] = field(default_factory=list)
    """When the cases were opened that found nothing broken: until it is written anew flags hide it no more."""
    flagged: set[str] = field(default_factory=set)
    hid_once: bool = False
    until: datetime = NOW
    appeal_until: datetime = NOW
    endorsed: set[str] = field(default_factory=set)
    hidings: int = 0
    """How often flags hid it: each time the window of support goes on for as long."""

    def is_shown(self, now: datetime) -> bool:
        return self.standing in SHOWN and not (self.standing in OPEN and now < self.until)

    def legal(self, move: str, who: Principal, now: datetime) -> bool:
        """Whether the domain lets this person make the move now."""
        writes = who.id == self.author.id
        if move == "flag":
            fresh = self.standing == "visible" or (self.standing in OPEN and who.id not in self.flagged)
            return not writes and fresh
        if move in ("edit", "endorse", "amend", "comment"):
            own = {"edit": writes, "endorse": not writes and who.id not in self.endorsed, "amend": not writes}
            return self.is_shown(now) and own.get(move, True)
        if move == "appeal":
            return writes and self.case_state == "hidden" and now < self.appeal_until
        if who not in STAFF or (who is REVIEWER and move not in ("reinstate", "uphold")):
            return False
        if move == "take":
            return self.case_state == "flagged" or (self.case_state == "under_review" and self.moderator != who.id)
        if move in ("dismiss", "hide", "remove_legal"):
            return self.case_state == "under_review" and self.moderator == who.id
        return self.case_state == "appealed" and who.id not in self.took_it

    def took(self, move: str, who: Principal, now: datetime, newest: Callable[[], str]) -> None:
        """What a legal move leads to."""
        if move == "flag":
            if self.standing == "visible":
                self.flagged, self.took_it, self.until, self.case, self.opened = set(), set(), now, newest(), now
                self.hid_once = any(opened >= self.written for opened in self.cleared)
                self.standing = self.case_state = "flagged"
            self.flagged.add(who.id)
            if len(self.flagged) >= THRESHOLD and not self.hid_once:
                self.hid_once, self.until = True, now + timedelta(days=REVIEW)
                self.hidings += 1
        elif move == "edit":
            self.written, self.standing = now, "visible" if self.standing == "reinstated" else self.standing
        elif move == "endorse":
            self.endorsed.add(who.id)
        elif move in ENDS:
            self.case_state = ENDS[move]
            self.standing = "visible" if move == "dismiss" else self.case_state
            if move == "take":
                self.moderator = who.id
                self.took_it.add(who.id)
            self.cleared += [self.opened] if move == "dismiss" else []
            self.appeal_until = now + timedelta(days=APPEAL) if move == "hide" else self.appeal_until


class Walk:
    """One thing, what is known of it, and the session it lives in."""

    def __init__(self, session: Session, kind: str, dice: Random) -> None:
        self.session, self.kind, self.dice, self.now = session, kind, dice, NOW
        limits = {"flag_threshold": THRESHOLD, "review_hours": 24 * REVIEW, "appeal_days": APPEAL}
        moderation_policy.edit(session, ADMIN, "com_1", limits, anyhow, now=NOW)
        draft = proposal_drafts.Draft(_TEXT, _TEXT)
        self.proposal = proposal_drafts.create(session, ANN, "com_1", draft, now=NOW).proposal.id
        proposal_moves.give(session, ANN, self.proposal, "submit", now=NOW)
        proposal_moves.give(session, ADMIN, self.proposal, "publish", now=NOW)
        endorsements.gather(session, ADMIN, self.proposal, SupportRule(days=300, number=15), now=NOW)
        self.thing = self.proposal if kind == "proposal" else self._amend(BO).amendment.id
        self.model = Model(ANN if kind == "proposal" else BO)

    def moves(self) -> tuple[str, ...]:
        of_case = tuple(ENDS) if self.model.case else ()
        mine = ("edit", "endorse", "amend", "comment") if self.kind == "proposal" else ()
        return ("flag", "flag", *mine, *of_case, *of_case)

    def _amend(self, who: Principal) -> amendments.AmendmentView:
        change = Change("replace", 1, f"{self.dice.random()}")
        return amendments.propose(self.session, who, self.proposal, change, locale="en", base=1, now=self.now)

    def _edit(self, who: Principal) -> object:
        loaded = proposal_queries.load(self.session, who, self.proposal, self.now, "proposal.edit", hold=True)
        body = {"en": f"{self.dice.random()}"}
        return proposal_drafts.edit(self.session, who, loaded, {"body": body}, minor=True)

    def _flag(self, who: Principal) -> object:
        kind: Any = proposal_moderation.KIND if self.kind == "proposal" else amendment_moderation.KIND
        return flags.flag(self.session, who, kind, self.thing, rule_id="abuse", now=self.now)

    def _give(self, move: str, who: Principal) -> object:
        session, now = self.session, self.now
        if move in ENDS:
            ruling = Ruling() if move == "take" else Ruling("abuse", "r")
            return cases.decide(session, who, self.model.case, move, ruling, now=now)
        if move == "endorse":
            return endorsements.endorse(session, who, self.proposal, now=now)
        if move == "comment":
            return comment_batches.post(session, who, "proposal", self.proposal, Draft("x"), now=now)
        return {"flag": self._flag, "edit": self._edit, "amend": self._amend}[move](who)

    def offered(self, move: str, who: Principal) -> bool:
        """What `allowed_actions` says."""
        session, now = self.session, self.now
        if move in ENDS:
            try:
                actions = cases.get(session, who, self.model.case, now=now).actions
            except YishiError:
                return False
        elif self.kind == "proposal":
            loaded = proposal_queries.load(session, who, self.proposal, now)
            actions = proposal_queries.view(session, who, loaded).actions
        else:
            actions = amendments.get(session, who, self.thing, now=now).actions
        return next(one.allowed for one in actions if one.action == move)

    def events(self) -> int:
        about = select(ModerationCase.id).where(ModerationCase.subject_id == self.thing)
        things = [self.thing, *self.session.exec(about)]
        found = select(func.count()).select_from(Event).where(col(Event.subject_id).in_(things))
        return self.session.exec(found.where(Event.kind != PROLONGED)).one()

    def prolonged(self) -> int:
        found = select(func.count()).select_from(Event).where(Event.subject_id == self.thing, Event.kind == PROLONGED)
        return self.session.exec(found).one()

    def newest(self) -> str:
        about = select(ModerationCase.id).where(ModerationCase.subject_id == self.thing)
        return self.session.exec(about.where(ModerationCase.state == "flagged")).one()

    def step(self) -> None:
        """Try a move of somebody, or let a day pass."""
        if self.dice.random() < 0.1:
            self.now += timedelta(days=1)
            return
        move, who = self.dice.choice(self.moves()), self.dice.choice((*PEOPLE, *STAFF))
        if self.dice.random() < 0.5:  # Chance alone seldom gets as far as an appeal.
            pairs = [(move, who) for move in self.moves() for who in (*PEOPLE, *STAFF)]
            move, who = self.dice.choice([pair for pair in pairs if self.model.legal(*pair, self.now)] or pairs)
        legal, before = self.model.legal(move, who, self.now), self.events()
        where = (move, who.id, self.model)
        if move != "comment":
            assert self.offered(move, who) is legal, where
        try:
            with self.session.begin_nested():
                self._give(move, who)
            taken = True
        except YishiError:
            taken = False
        self.session.expire_all()
        assert taken is legal, where
        elsewhere = move in ("amend", "comment")
        assert self.events() == before + (taken and not elsewhere), where
        if taken:
            self.model.took(move, who, self.now, self.newest)
        assert self.prolonged() == (self.model.hidings if self.kind == "proposal" else 0), where

    def stands_where_it_should(self) -> None:
        """Everybody reads it while it is shown, its author and moderators always, and nobody else ever."""
        reader = resident(9)
        for who, inside in ((reader, False), (self.model.author, True), (MOD, True)):
            if self.kind == "proposal":
                loaded = proposal_queries.load(self.session, who, self.proposal, self.now)
                seen = proposal_queries.view(self.session, who, loaded)
                assert (seen.text is not None) is bool(seen.authors) is seen.sight.is_shown
                bears, sight = seen.proposal.standing, seen.sight
            else:
                found = amendments.get(self.session, who, self.thing, now=self.now)
                bears, sight = found.amendment.standing, found.sight
            assert bears == self.model.standing
            assert sight.is_shown is (inside or self.model.is_shown(self.now)), (who.id, self.model)
            assert (sight.case_id is not None) is (inside and bool(self.model.case))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["proposal", "amendment"])
def test_any_walk_does_what_the_domain_says_and_nothing_else(talking: Engine, kind: str, seed: int) -> None:
    with writer(talking) as session:
        walk, seen = Walk(session, kind, Random(seed)), set()
        for _ in range(70):
            walk.step()
            walk.stands_where_it_should()
            seen.add(walk.model.standing)
        session.rollback()
    assert len(seen) >= 4, seen


def test_every_move_of_moderation_has_an_address_for_every_kind() -> None:
    routes = every_route()
    for command in STANDING.offered:
        assert {
            f"POST /v1/proposals/{{proposal_id}}/{command}",
            f"POST /v1/amendments/{{amendment_id}}/{command}",
        } <= routes
    assert STANDING.commands - set(STANDING.offered) == {"revise"}, "an edit gives it"
    assert {f"POST /v1/moderation-cases/{{case_id}}/{command}" for command in CASE.offered} <= routes
