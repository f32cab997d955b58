"""Threads of candidates: one for each, under two names; who answers is marked; who stands judges nothing that is said there."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session

from api.schemas.comments import CommentOut
from tests.access.moment import NOW
from tests.deliberation.world import ANN, BO, FOREIGN, MOD, MOD2, REVIEWER, do, resident, see, staff
from voting.contests.tables import Contest, Option
from voting.core.authority import Principal
from voting.deliberation import (
    cases,
    comment_batches,
    comment_checks,
    comment_erasure,
    comment_moderation,
    comment_pages,
    comment_summaries,
    comments,
    flags,
    moderation_policy,
    opinions,
    thread_marks,
)
from voting.deliberation.cases import Ruling
from voting.deliberation.comment_posting import Draft
from voting.deliberation.comment_tables import Comment
from voting.errors import Conflict, Forbidden, NotFound
from voting.migrate import downgrade, upgrade
from voting.store import transact

ABOUT, RIVAL = ("candidate", "opt_1"), ("candidate", "opt_0")


@pytest.fixture
def election(talking: Engine) -> Engine:
    """Bo stands as opt_1; the moderator mod stands as opt_0; opt_2 (none of these) names nobody."""

    def work(session: Session) -> None:
        session.get_one(Option, "opt_0").person_id = MOD.id
        session.get_one(Option, "opt_1").person_id = BO.id
        session.add(Option(id="opt_2", community_id="com_1", contest_id="con_1", position=2, label={"en": "none"}))

    transact(talking, work)
    return talking


def asked(engine: Engine, who: Principal = ANN, thread: tuple[str, str] = ABOUT, said: str = "?", **draft: str) -> str:
    return str(do(engine, comment_batches.post, who, *thread, Draft(said, **draft)).comment.id)


def case_about(engine: Engine, comment: str) -> str:
    do(engine, flags.flag, resident(3), comment_moderation.KIND, comment, rule_id="abuse")
    return str(see(engine, comments.get, MOD2, comment).case_id)


def test_a_candidate_has_one_thread_under_two_names(election: Engine) -> None:
    first, second = asked(election), asked(election, thread=("option", "opt_1"))
    for kind in ("candidate", "option"):
        page = see(election, comment_pages.page, ANN, kind, "opt_1", sort="oldest")
        assert [view.comment.id for view in page] == [first, second]
        assert {view.comment.thread for view in page} == {"candidate:opt_1"}
        thread = see(election, comment_pages.view, ANN, kind, "opt_1").thread
        assert (thread.kind, thread.id) == ABOUT
        assert see(election, thread_marks.read, ANN, f"{kind}:opt_1").changes == 2


@pytest.mark.parametrize("thread", [("candidate", "opt_2"), ("candidate", "opt_9"), ("candidate", "con_1")])
def test_what_names_nobody_is_no_candidate(election: Engine, thread: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        asked(election, thread=thread)


def test_an_option_that_names_nobody_stays_an_option(election: Engine) -> None:
    asked(election, thread=("option", "opt_2"))
    assert see(election, comment_pages.view, ANN, "option", "opt_2").thread.kind == "option"
    with pytest.raises(NotFound):
        see(election, comment_pages.view, FOREIGN, *ABOUT)


@pytest.mark.parametrize("state", ["draft", "certified", "annulled"])
def test_the_thread_closes_with_the_contest(election: Engine, state: str) -> None:
    transact(election, lambda session: setattr(session.get_one(Contest, "con_1"), "state", state))
    with pytest.raises(Conflict, match="thread_closed"):
        asked(election)


def test_the_answers_of_the_candidate_are_marked(election: Engine) -> None:
    question = asked(election)
    answer = asked(election, BO, parent_id=question)
    rival = asked(election, MOD)
    elsewhere = asked(election, BO, RIVAL)
    page = see(election, comment_pages.page, ANN, *ABOUT, sort="tree")
    assert {view.comment.id: view.by_candidate for view in page} == {question: False, answer: True, rival: False}
    shown = CommentOut.of(see(election, comments.get, ANN, answer))
    assert (shown.by_candidate, shown.thread_kind, shown.author_id) == (True, "candidate", BO.id)
    assert not see(election, comments.get, ANN, elsewhere).by_candidate
    do(election, comments.retract, BO, answer)
    assert not see(election, comments.get, ANN, answer).by_candidate


def test_what_is_not_shown_tells_nobody_that_the_candidate_said_it(election: Engine) -> None:
    comment = asked(election, BO)
    case = case_about(election, comment)
    do(election, cases.decide, MOD2, case, "take", Ruling())
    do(election, cases.decide, MOD2, case, "hide", Ruling("abuse", "r"))
    (line,) = see(election, comment_pages.page, ANN, *ABOUT)
    assert (line.author_id, line.by_candidate) == (None, False)
    do(election, comment_erasure.erase_text, staff("off", "community_admin"), comment)
    assert not see(election, comments.get, BO, comment).by_candidate


def test_an_election_is_agreed_with_by_candidate(election: Engine) -> None:
    for number in range(3, 8):
        asked(election, resident(number), alignment=1)
    found = see(election, opinions.of_thread, ANN, "contest", "con_1")
    assert {one.option_id: one.people for one in found.options}["opt_1"] == 5


@pytest.mark.parametrize("thread", [ABOUT, RIVAL, ("contest", "con_1"), ("option", "opt_2")])
def test_a_candidate_judges_nothing_that_is_said_about_the_contest(election: Engine, thread: tuple[str, str]) -> None:
    comment = asked(election, thread=thread)
    case = case_about(election, comment)
    shown = see(election, cases.get, MOD, case).actions
    assert {one.action: one.code for one in shown}["take"] == "candidate_never_moderates"
    for command in ("take", "dismiss", "hide"):
        with pytest.raises(Forbidden, match="candidate_never_moderates"):
            do(election, cases.decide, MOD, case, command, Ruling("abuse", "r"))
    with pytest.raises(Forbidden, match="candidate_never_moderates"):
        do(election, comment_summaries.write, MOD, *thread, side="all", text="s")
    offered = {one.action: one.code for one in see(election, comment_pages.view, MOD, *thread).actions}
    assert offered["summarise"] == "candidate_never_moderates"
    do(election, cases.decide, MOD2, case, "take", Ruling())


def test_a_candidate_checks_no_comment_of_the_contest(election: Engine) -> None:
    def policy(session: Session) -> None:
        admin = staff("off", "community_admin")
        moderation_policy.edit(session, admin, "com_1", {"pre_check": True}, lambda _version: None, now=NOW)

    transact(election, policy)
    comment = asked(election)
    with pytest.raises(Forbidden, match="candidate_never_moderates"):
        do(election, comment_checks.publish, MOD, comment)
    with pytest.raises(Forbidden, match="candidate_never_moderates"):
        do(election, comment_checks.withhold, MOD, comment, rule_id="abuse", reason="r")
    do(election, comment_checks.publish, MOD2, comment)


def test_a_candidate_decides_no_appeal_and_may_appeal(election: Engine) -> None:
    comment = asked(election, BO)
    case = case_about(election, comment)
    do(election, cases.decide, MOD2, case, "take", Ruling())
    do(election, cases.decide, MOD2, case, "hide", Ruling("abuse", "r"))
    do(election, cases.decide, BO, case, "appeal", Ruling(None, "r"))
    with pytest.raises(Forbidden, match="candidate_never_moderates"):
        do(election, cases.decide, MOD, case, "reinstate", Ruling("abuse", "r"))
    do(election, cases.decide, REVIEWER, case, "reinstate", Ruling("abuse", "r"))


def test_who_stands_moderates_elsewhere(election: Engine) -> None:
    def another(session: Session) -> None:
        session.expunge(row := session.get_one(Contest, "con_1"))
        values = {name: getattr(row, name) for name in Contest.model_fields} | {"id": "con_2"}
        session.add(Contest(**values))

    transact(election, another)
    case = case_about(election, asked(election, thread=("contest", "con_2")))
    do(election, cases.decide, MOD, case, "take", Ruling())


def test_threads_of_before_are_found_under_their_candidate(election: Engine) -> None:
    """What was said under an option that names a person moves with the migration, and back."""
    reply = asked(election, BO, parent_id=asked(election))
    do(election, comment_summaries.write, MOD2, *ABOUT, side="all", text="s")
    asked(election, thread=("option", "opt_2"))

    def keys(engine: Engine) -> set[str]:
        with engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT thread FROM comment UNION SELECT branch FROM comment WHERE parent_id IS NULL"
                    " UNION SELECT thread FROM comment_summary UNION SELECT thread FROM thread_mark"
                )
            )
            return set(found.scalars())

    now = keys(election)
    assert now == {"candidate:opt_1", "option:opt_2"}
    downgrade(election, "0027")
    assert keys(election) == {"option:opt_1", "option:opt_2"}
    upgrade(election)
    assert keys(election) == now
    with Session(election) as session:
        assert session.get_one(Comment, reply).branch == session.get_one(Comment, reply).parent_id
    assert "ix_contest_option_person_id" in {one["name"] for one in inspect(election).get_indexes("contest_option")}
