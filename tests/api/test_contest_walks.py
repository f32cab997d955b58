"""Any walk through the life of a contest, over HTTP and on both databases.

A legal move succeeds and leaves exactly one event; an illegal one is 409 (422 where the request itself is wrong) and leaves
none; a dry run answers the same and leaves nothing; what `allowed_actions` offers is what is taken. What is legal is said
here once more, in the words of the domain, and not read from the machine.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, func, select

from tests.access.world import a_role
from tests.api.conftest import Service
from voting.clock import system_now
from voting.community.tables import Community, Person
from voting.contests.tables import Closing
from voting.log.tables import Event
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.store import reader, transact

FEW = settings(
    max_examples=6, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
MANY = settings(FEW, max_examples=120, stateful_step_count=24)
OBJECTION, EXTENSION, OPENS, CLOSES, ELECTORS = 1, 2, 1, 3, 2
"""Days, counted from the draft; at least half of the electors must cast."""
NOTICES = (0, 2)
"""The window bounds the opening, or the notice period does."""
MOVES = (
    *("edit", "notice", "open", "extend", "change_key", "close", "count", "publish"),
    *("challenge", "recount", "certify", "correct", "annul"),
)
WITH_REASON = ("extend", "challenge", "correct", "annul")
_NUMBERS = count()


def build(session: Session, number: int) -> None:
    """A community of two electors on a sealed roll, and one who may move its contests."""
    community, roll = f"com_w{number}", f"rol_w{number}"
    session.add(
        Community(id=community, name={"en": "W"}, time_zone="Asia/Shanghai", created_at=system_now(), demo=True)
    )
    session.flush()
    people = ["mover", *(str(elector) for elector in range(ELECTORS))]
    session.add_all(Person(id=f"per_w{number}_{one}", community_id=community, name=one) for one in people)
    session.flush()
    for role in ("returning_officer", "community_admin"):
        held = a_role(f"rle_w{number}_{role}", f"per_w{number}_mover", role)
        held.community_id = held.scope_id = community
        session.add(held)
    made = Roll(
        id=roll,
        community_id=community,
        name="all",
        basis="person",
        scope={"kind": "community"},
        created_at=system_now(),
    )
    session.add(made)
    session.flush()
    for elector in range(ELECTORS):
        person, entry = f"per_w{number}_{elector}", f"ent_w{number}_{elector}"
        session.add(
            RollEntry(id=entry, community_id=community, roll_id=roll, elector=person, label=person, salt=bytes(32))
        )
        session.flush()
        session.add(RollVoter(roll_id=roll, person_id=person, entry_id=entry))
    session.flush()
    made.state, made.electors, made.root = "sealed", ELECTORS, bytes(32)


def walk_of(service: Service) -> type[RuleBasedStateMachine]:
    """The machine that walks through this service."""

    class Walk(RuleBasedStateMachine):
        @initialize(notice=st.sampled_from(NOTICES))
        def draft(self, notice: int) -> None:
            self.number, self.notice = next(_NUMBERS), notice
            transact(service.engine, lambda session: build(session, self.number))
            self.community, self.day, self.state = f"com_w{self.number}", 0, "draft"
            self.noticed = self.published = 0
            self.closes, self.cast, self.events = CLOSES, 0, 1
            self.begun = system_now()
            answer = self.send("POST", f"/v1/communities/{self.community}/contests", self.drafted())
            assert answer.status_code == 201, answer.text
            self.contest = answer.json()["id"]
            self.options = [option["id"] for option in answer.json()["options"]]

        def drafted(self) -> dict[str, Any]:
            terms = {
                "notice_days": self.notice,
                "objection_days": OBJECTION,
                "extension_max_days": EXTENSION,
                "turnout_floor": "1/2",
            }
            return {
                "roll_id": f"rol_w{self.number}",
                "question": {"en": "?"},
                "options": [{"label": {"en": "A"}}, {"label": {"en": "B"}}],
                "method": "irv",
                "terms": terms,
                "lot_seed": "1" * 20,
                "opens_at": self.at(OPENS),
                "closes_at": self.at(CLOSES),
            }

        def at(self, day: int) -> str:
            return (self.begun + timedelta(days=day)).isoformat()

        def send(self, method: str, path: str, body: Any = None, who: str = "mover") -> Any:
            services = service.app.state.services
            token = services.issuer.issue_access(f"per_w{self.number}_{who}", self.community, services.clock())
            headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
            return service.request(method, path, headers=headers, json={} if body is None else body)

        def outcome(self, move: str) -> str | int:
            """The state a move leads to by the rules of the domain, or the status of its refusal."""
            may_still_cast = self.day < self.closes and self.cast < ELECTORS
            ways: dict[tuple[str, str], tuple[bool, str]] = {
                ("draft", "edit"): (True, "draft"),
                ("draft", "notice"): (self.day < self.closes, "noticed"),
                ("noticed", "open"): (
                    self.day >= max(OPENS, self.noticed + self.notice) and self.day < self.closes,
                    "open",
                ),
                ("open", "extend"): (self.day < self.closes, "open"),
                ("open", "close"): (not may_still_cast, "closed"),
                ("closed", "count"): (self.sealed(), "counted" if 2 * self.cast >= ELECTORS else "inconclusive"),
                ("counted", "publish"): (True, "provisional"),
                ("provisional", "certify"): (self.day >= self.published + OBJECTION, "certified"),
                ("provisional", "challenge"): (True, "challenged"),
                ("challenged", "recount"): (True, "recounted"),
                ("recounted", "publish"): (True, "provisional"),
            }
            # What is certified is only added to: a court may set it aside. The box counts as it did: nothing to correct.
            if move == "annul":
                return 409 if self.state == "annulled" else "annulled"
            legal, to = ways.get((self.state, move), (False, ""))
            if legal and move == "extend" and self.closes + 1 > CLOSES + EXTENSION:
                return 422
            return to if legal else 409

        def sealed(self) -> bool:
            with reader(service.engine) as session:
                row = session.get(Closing, self.contest)
                return row is not None and row.step == "done"

        def call(self, move: str, query: str = "") -> Any:
            path = f"/v1/contests/{self.contest}"
            if move == "edit":
                return self.send("PATCH", path + query, {"question": {"en": "??"}})
            body = {"reason": "r"} if move in WITH_REASON else {}
            if move == "extend":
                body["closes_at"] = self.at(self.closes + 1)
            if move == "change_key":
                body = {"name": "nobody", "new_key": "k", "reason": "r", "signatures": "s"}
            path += "/recount_challenged" if move == "recount" else f"/{move}"
            return self.send("POST", path + query, body)

        @rule(move=st.sampled_from(MOVES))
        def move(self, move: str) -> None:
            """Try a move: first dry, then in earnest."""
            if move == "count" and self.state == "closed":
                service.app.state.services.closer.finish(self.contest)
            expected = self.outcome(move)
            status = expected if isinstance(expected, int) else 200
            offered = {action["action"]: action["allowed"] for action in self.read()["allowed_actions"]}
            promised = status != 409 or (self.state, move) == ("certified", "correct")
            assert offered[move] is promised, (self.state, move, self.day)
            for query in ("?dry_run=true", ""):
                answer = self.call(move, query)
                assert answer.status_code == status, (self.state, move, self.day, query, answer.text)
                assert self.recorded() == self.events + (status == 200 and not query)
            if isinstance(expected, str):
                self.took(move, expected)

        def took(self, move: str, to: str) -> None:
            self.state, self.events = to, self.events + 1
            self.noticed = self.day if move == "notice" else self.noticed
            self.published = self.day if move == "publish" else self.published
            self.closes += move == "extend"

        @rule()
        def go_on(self) -> None:
            """Take the next step of the usual way: too early, then after waiting as long as it takes."""
            way = {
                "draft": "notice",
                "noticed": "open",
                "open": "close",
                "closed": "count",
                "counted": "publish",
                "provisional": "certify",
                "challenged": "recount",
                "recounted": "publish",
            }
            move = way.get(self.state)
            if move is None:
                return
            if move == "close" and self.cast == 0:
                self.vote()
            due = {
                "open": max(OPENS, self.noticed + self.notice),
                "close": self.closes,
                "certify": self.published + OBJECTION,
            }
            while self.day < due.get(move, 0):
                if self.outcome(move) == 409:
                    self.move(move)
                self.wait()
            self.move(move)

        @rule()
        def wait(self) -> None:
            """A day passes."""
            answer = self.send("POST", f"/v1/communities/{self.community}/clock/advance", {"seconds": 86_400})
            assert answer.status_code == 200, answer.text
            self.day += 1

        @rule()
        def vote(self) -> None:
            """The next elector casts; a cast is no event."""
            who = min(self.cast, ELECTORS - 1)
            body = {"ranking": [self.options[who % 2]]}
            answer = self.send("POST", f"/v1/contests/{self.contest}/ballots", body, str(who))
            takes = self.state == "open" and self.day < self.closes and self.cast < ELECTORS
            refused = 404 if self.state == "draft" else 409
            assert answer.status_code == (201 if takes else refused), (self.state, self.day, answer.text)
            self.cast += takes

        def read(self) -> Any:
            services = service.app.state.services
            token = services.issuer.issue_access(f"per_w{self.number}_mover", self.community, services.clock())
            headers = {"Authorization": f"Bearer {token}"}
            return service.request("GET", f"/v1/contests/{self.contest}", headers=headers).json()

        def recorded(self) -> int:
            with reader(service.engine) as session:
                found = select(func.count()).select_from(Event).where(Event.subject_id == self.contest)
                return session.exec(found).one()

        @invariant()
        def stands_where_it_should(self) -> None:
            assert self.read()["state"] == self.state
            assert self.recorded() == self.events

    return Walk


def walked(service: Service, how: settings) -> None:
    run_state_machine_as_test(walk_of(service), settings=how)


def test_any_walk_leaves_one_event_for_each_legal_move_and_none_for_any_other(service: Service) -> None:
    walked(service, FEW)


@pytest.mark.prove
def test_many_walks_leave_one_event_for_each_legal_move_and_none_for_any_other(service: Service) -> None:
    walked(service, MANY)


@pytest.mark.parametrize("notice", NOTICES)
def test_the_usual_way_ends_at_the_certificate(service: Service, notice: int) -> None:
    walk: Any = walk_of(service)()
    walk.draft(notice=notice)
    for _ in range(6):
        walk.go_on()
    assert walk.state == "certified"
    walk.stands_where_it_should()
    for move in MOVES:
        walk.move(move)
