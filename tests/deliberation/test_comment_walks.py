"""Any walk through the life of a comment and its cases, over HTTP and on both databases.

A legal move succeeds and leaves exactly one event on each thing whose state it touched; an illegal one is 409 and leaves
none; a dry run answers the same and leaves nothing; what `allowed_actions` offers is what is taken. What changes what the
thread shows changes its mark, so that nobody waits in vain. What is legal is said here once more, in the words of the
domain, and not read from the machine.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, func, select

from tests.access.world import a_role
from tests.api.conftest import Service
from tests.deliberation import world
from voting.deliberation import thread_marks
from voting.deliberation.moderation_tables import ModerationCase
from voting.log.tables import Event
from voting.store import reader, transact

FEW = settings(
    max_examples=4, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
MANY = settings(FEW, max_examples=80, stateful_step_count=30)
THRESHOLD, REVIEW, APPEAL = 2, 2, 3
"""Flags; days until what flags hid is shown again; days to appeal."""
MOVES = (
    *(("edit", "1"), ("retract", "1"), ("reply", "2"), ("react", "2"), ("flag", "2"), ("flag", "3"), ("edit", "2")),
    *(
        ("take", "mod"),
        ("take", "mod2"),
        ("dismiss", "mod"),
        ("hide", "mod"),
        ("remove_legal", "mod"),
        ("hide", "mod2"),
    ),
    *(("appeal", "1"), ("reinstate", "mod"), ("reinstate", "rev"), ("uphold", "rev")),
)
OF_COMMENT = ("edit", "retract", "reply", "react", "flag")
OPEN, SHOWN = ("flagged", "under_review"), ("visible", "flagged", "under_review", "reinstated")
_NUMBERS = count()
THREAD_KEY = "contest:con_1"


@pytest.fixture(scope="module")
def talk(service: Service) -> Service:
    """The world, with roles for those who moderate."""

    def work(session: Session) -> None:
        world.settle(session)
        for name, role in (("mod", "moderator"), ("mod2", "moderator"), ("rev", "appeal_reviewer")):
            session.add(a_role(f"rle_{name}", f"per_{name}", role))

    transact(service.engine, work)
    return service


def walk_of(service: Service) -> type[RuleBasedStateMachine]:
    """The machine that walks through this service."""

    class Walk(RuleBasedStateMachine):
        @initialize()
        def post(self) -> None:
            policy = {"flag_threshold": THRESHOLD, "review_hours": 24 * REVIEW, "appeal_days": APPEAL}
            path = "/v1/communities/com_1/moderation-policy"
            assert self.send("PATCH", path, policy, "admin").status_code == 200
            said = self.send("POST", "/v1/threads/contest/con_1/comments", {"text": f"{next(_NUMBERS)}"}, "1")
            assert said.status_code == 201, said.text
            self.comment = said.json()["id"]
            self.state, self.case, self.case_state = "visible", "", ""
            self.flags: set[str] = set()
            self.moderator = ""
            self.took_it: set[str] = set()
            self.is_cleared = False
            self.day, self.until, self.appeal_until = 0, 0, 0
            self.hid_once = False
            self.events = 1

        def send(self, method: str, path: str, body: Any = None, who: str = "1") -> Any:
            services = service.app.state.services
            token = services.issuer.issue_access(f"per_{who}", "com_1", services.clock())
            headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
            content = {} if method == "GET" else {"json": {} if body is None else body}
            return service.request(method, path, headers=headers, **content)

        def is_hidden_for_review(self) -> bool:
            return self.state in OPEN and self.day < self.until

        def legal(self, move: str, who: str) -> bool:
            """Whether the domain lets this person make the move now."""
            author = who == "1"
            if move == "edit":
                return author and self.state in ("visible", "reinstated")
            if move == "retract":
                return author and self.state in SHOWN
            if move in ("reply", "react"):
                return self.state in SHOWN and not self.is_hidden_for_review()
            if move == "flag":
                return self.state == "visible" or (self.state in OPEN and who not in self.flags)
            if move == "take":
                return self.case_state == "flagged" or (self.case_state == "under_review" and who != self.moderator)
            if move in ("dismiss", "hide", "remove_legal"):
                return self.case_state == "under_review" and who == self.moderator
            if move == "appeal":
                return self.case_state == "hidden" and self.day < self.appeal_until
            return self.case_state == "appealed" and who not in self.took_it

        def call(self, move: str, who: str, query: str) -> Any:
            path = f"/v1/comments/{self.comment}"
            if move == "edit":
                return self.send("PATCH", path + query, {"text": f"{next(_NUMBERS)}"}, who)
            if move == "reply":
                body = {"text": "r", "parent_id": self.comment}
                return self.send("POST", f"/v1/threads/contest/con_1/comments{query}", body, who)
            if move in OF_COMMENT:
                bodies = {"flag": {"rule_id": "abuse"}, "react": {"reaction": "support"}}
                return self.send("POST", f"{path}/{move}{query}", bodies.get(move), who)
            body = {} if move == "take" else {"rule_id": "abuse", "reason": "r"}
            return self.send("POST", f"/v1/moderation-cases/{self.case}/{move}{query}", body, who)

        @rule(chosen=st.sampled_from(MOVES))
        def move(self, chosen: tuple[str, str]) -> None:
            """Try a move: first dry, then in earnest."""
            move, who = chosen
            if move not in OF_COMMENT and not self.case:
                return
            legal = self.legal(move, who)
            thing = f"comments/{self.comment}" if move in OF_COMMENT else f"moderation-cases/{self.case}"
            read = self.send("GET", f"/v1/{thing}", who=who).json()
            offered = {action["action"]: action["allowed"] for action in read["allowed_actions"]}
            assert offered[move] is legal, (chosen, self.state, self.case_state, self.day)
            for query in ("?dry_run=true", ""):
                shown, mark = self.shown(), self.mark()
                answer = self.call(move, who, query)
                status = (201 if move == "reply" else 200) if legal else 409
                assert answer.status_code == status, (chosen, self.state, query, answer.text)
                left = self.left_by(move) if legal and not query else 0
                assert self.recorded() == self.events + left, (chosen, self.state)
                if self.shown() != shown:
                    assert self.mark() > mark, (chosen, self.state)
                if query or not legal or move == "react":
                    assert (self.shown(), self.mark()) == (shown, mark), (chosen, self.state)
            if legal:
                self.events += self.left_by(move)
                self.took(move, who)

        def left_by(self, move: str) -> int:
            """Events on the comment and its cases: none of a reply (it has its own) and of a reaction (it never has)."""
            if move == "retract":
                return 1 + (self.state in OPEN)
            return 0 if move in ("reply", "react") else 1

        def took(self, move: str, who: str) -> None:
            if move == "flag":
                self.flagged(who)
            elif move in ("edit", "retract"):
                dropped = move == "retract" and self.state in OPEN
                self.case_state = "dropped" if dropped else self.case_state
                self.is_cleared = False
                self.state = "visible" if move == "edit" else "retracted"
            elif move not in ("reply", "react"):
                self.decided(move, who)

        def flagged(self, who: str) -> None:
            if self.state == "visible":
                # A few who flag again do not undo what was decided about this wording.
                self.flags, self.took_it, self.hid_once, self.until = set(), set(), self.is_cleared, 0
                self.state = self.case_state = "flagged"
                with reader(service.engine) as session:
                    newest = select(ModerationCase.id).where(ModerationCase.subject_id == self.comment)
                    self.case = session.exec(newest.order_by(col(ModerationCase.id).desc())).first() or ""
            self.flags.add(who)
            if len(self.flags) >= THRESHOLD and not self.hid_once:
                self.hid_once, self.until = True, self.day + REVIEW

        def decided(self, move: str, who: str) -> None:
            to = {
                "take": "under_review",
                "dismiss": "dismissed",
                "hide": "hidden",
                "remove_legal": "removed_legal",
                "appeal": "appealed",
                "reinstate": "reinstated",
                "uphold": "upheld",
            }[move]
            self.case_state, self.state = to, "visible" if to == "dismissed" else to
            self.is_cleared = self.is_cleared or move == "dismiss"
            if move == "take":
                self.moderator = who
                self.took_it.add(who)
            self.appeal_until = self.day + APPEAL if move == "hide" else self.appeal_until

        def shown(self) -> list[Any]:
            """What everybody is shown of the thread now, without reactions."""
            read = self.send("GET", "/v1/threads/contest/con_1/comments?sort=tree&limit=100", who="9").json()
            unheard = ("reactions", "controversy")
            return [{name: said for name, said in one.items() if name not in unheard} for one in read["items"]]

        def mark(self) -> int:
            with reader(service.engine) as session:
                return thread_marks.of(session, [THREAD_KEY])[THREAD_KEY].changes

        @rule()
        def wait(self) -> None:
            """A day passes."""
            answer = self.send("POST", "/v1/communities/com_1/clock/advance", {"seconds": 86_400}, "admin")
            assert answer.status_code == 200, answer.text
            self.day += 1

        def recorded(self) -> int:
            with reader(service.engine) as session:
                cases = select(ModerationCase.id).where(ModerationCase.subject_id == self.comment)
                things = [self.comment, *session.exec(cases)]
                found = select(func.count()).select_from(Event).where(col(Event.subject_id).in_(things))
                return session.exec(found).one()

        @invariant()
        def stands_where_it_should(self) -> None:
            read = self.send("GET", f"/v1/comments/{self.comment}", who="9").json()
            is_shown = self.state in SHOWN and not self.is_hidden_for_review()
            assert (read["state"], read["text"] is not None) == (self.state, is_shown)
            assert self.recorded() == self.events

    return Walk


def walked(service: Service, how: settings) -> None:
    run_state_machine_as_test(walk_of(service), settings=how)


def test_any_walk_leaves_one_event_for_each_legal_move_and_none_for_any_other(talk: Service) -> None:
    walked(talk, FEW)


@pytest.mark.prove
def test_many_walks_leave_one_event_for_each_legal_move_and_none_for_any_other(talk: Service) -> None:
    walked(talk, MANY)


WAY = (
    *(("flag", "2"), ("flag", "3"), ("reply", "2"), ("take", "mod"), ("hide", "mod2"), ("hide", "mod")),
    *(("appeal", "1"), ("reinstate", "mod"), ("reinstate", "rev"), ("flag", "2"), ("edit", "1"), ("flag", "2")),
    *(("retract", "1"), ("take", "mod"), ("reply", "2")),
)


def test_the_longest_way_ends_with_a_retraction(talk: Service) -> None:
    walk: Any = walk_of(talk)()
    walk.post()
    for step in WAY:
        walk.move(step)
        walk.stands_where_it_should()
    assert (walk.state, walk.case_state) == ("retracted", "dropped")
