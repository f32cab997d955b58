"""What happens at one moment, by two connections on each database: every outcome is one of those that are defined."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from tests.access.moment import NOW
from tests.deliberation.test_moderation import BECAUSE, HIDE, decide, flag, hidden
from tests.deliberation.world import ADMIN, ANN, DAY, MOD, MOD2, REVIEWER, THREAD, do, events, resident, say, see
from voting.deliberation import (
    cases,
    comment_batches,
    comment_moderation,
    comments,
    flags,
    proposal_drafts,
    proposal_moderation,
    proposal_moves,
    sanctions,
)
from voting.deliberation.cases import Ruling
from voting.deliberation.comment_batches import Post
from voting.deliberation.comment_posting import Draft
from voting.deliberation.comment_tables import Comment
from voting.deliberation.comment_writer import CommentWriter
from voting.deliberation.moderation_tables import ModerationCase, ModerationStep, Sanction
from voting.deliberation.sanctions import Terms
from voting.errors import IllegalMove, YishiError
from voting.log.tables import Event, JournalSalt
from voting.store import reader

REPLIERS = range(2, 9)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returned or was refused with, begun at one moment on a thread of its own."""
    barrier, found = Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        try:
            found[place] = work()
        except YishiError as error:
            found[place] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return found


def codes(found: Sequence[Any]) -> list[str | None]:
    """The code of each refusal; nothing where there was none."""
    return [one.code if isinstance(one, YishiError) else None for one in found]


def place_of(engine: Engine, subject_id: str, kind: str) -> int:
    """The number of that entry in the journal."""
    query = select(JournalSalt.number).join(Event, col(Event.id) == col(JournalSalt.event_id))
    with reader(engine) as session:
        return session.exec(query.where(Event.subject_id == subject_id, Event.kind == kind)).one()


@pytest.fixture
def writer(talking: Engine) -> Iterator[CommentWriter]:
    """The writer of a process, which takes many posts at a time."""
    started = CommentWriter(talking, lambda: NOW)
    started.start()
    yield started
    started.stop()


def alone(engine: Engine, _writer: CommentWriter, parent: str) -> list[Callable[[], Any]]:
    """Replies that come one by one."""

    def reply(number: int) -> str:
        draft = Draft("答", parent_id=parent)
        return str(do(engine, comment_batches.post, resident(number), *THREAD, draft).comment.id)

    return [lambda number=number: reply(number) for number in REPLIERS]


def in_groups(_engine: Engine, writer: CommentWriter, parent: str) -> list[Callable[[], Any]]:
    """The same by the writer, each from a loop of its own."""

    async def ask(number: int) -> str:
        view = await writer.post(Post(resident(number), *THREAD, Draft("答", parent_id=parent)))
        return view.comment.id

    return [lambda number=number: asyncio.run(ask(number)) for number in REPLIERS]


def under_review(engine: Engine) -> tuple[str, str]:
    """A comment of Ann's, and its case that MOD has taken."""
    comment = say(engine, ANN)
    case = flag(engine, comment, 9)
    decide(engine, MOD, case, "take")
    return comment, case


def hide(engine: Engine) -> tuple[str, str, Callable[[], Any]]:
    comment, case = under_review(engine)
    return comment, case, lambda: decide(engine, MOD, case, "hide", HIDE)


def remove(engine: Engine) -> tuple[str, str, Callable[[], Any]]:
    comment, case = under_review(engine)
    return comment, case, lambda: decide(engine, MOD, case, "remove_legal", HIDE)


def retract(engine: Engine) -> tuple[str, str, Callable[[], Any]]:
    comment = say(engine, ANN)
    return comment, comment, lambda: do(engine, comments.retract, ANN, comment)


def hide_by_flags(engine: Engine) -> tuple[str, str, Callable[[], Any]]:
    comment = say(engine, ANN)
    case = flag(engine, comment, 8, 9)
    last = {"rule_id": "abuse"}
    return comment, case, lambda: do(engine, flags.flag, resident(7), comment_moderation.KIND, comment, **last)


ENDS: dict[str, tuple[Any, str, str]] = {
    "hidden": (hide, "hidden", "illegal_move"),
    "removed": (remove, "removed", "illegal_move"),
    "retracted": (retract, "retracted", "illegal_move"),
    "hidden_for_review": (hide_by_flags, "hidden_for_review", "comment_hidden_for_review"),
}
"""How a parent goes → what does it, the kind of its entry, the code that a reply after it is refused with."""


@pytest.mark.parametrize("way", [alone, in_groups])
@pytest.mark.parametrize("end", ENDS)
def test_a_reply_stands_before_its_parent_goes_or_is_refused(
    talking: Engine, writer: CommentWriter, end: str, way: Any
) -> None:
    prepare, kind, code = ENDS[end]
    parent, subject, goes = prepare(talking)
    *replies, gone = at_once(*way(talking, writer, parent), goes)
    assert not isinstance(gone, YishiError), gone
    posted = {one for one in replies if isinstance(one, str)}
    assert {one.code for one in replies if not isinstance(one, str)} <= {code}
    with reader(talking) as session:
        stored = set(session.exec(select(Comment.id).where(Comment.parent_id == parent)))
        counted = session.get_one(Comment, parent).replies
    assert (stored, counted) == (posted, len(posted))
    last = place_of(talking, subject, kind)
    assert all(place_of(talking, reply, "posted") < last for reply in posted)
    after = at_once(*way(talking, writer, parent))
    assert codes(after) == [code] * len(REPLIERS)


def test_of_two_who_take_one_case_the_later_has_it(talking: Engine) -> None:
    case = flag(talking, say(talking, ANN), 2)
    found = at_once(*(lambda who=who: decide(talking, who, case, "take") for who in (MOD, MOD2)))
    assert codes(found) == [None, None]
    kept = see(talking, cases.get, MOD, case).case
    last = [event.actor_id for event in events(talking, case) if event.kind == "taken"]
    assert len(last) == 2
    with reader(talking) as session:
        query = select(Event.actor_id).join(JournalSalt, col(JournalSalt.event_id) == col(Event.id))
        by_place = session.exec(
            query.where(Event.subject_id == case, Event.kind == "taken").order_by(col(JournalSalt.number))
        ).all()
    assert kept.moderator_id == by_place[-1]


def test_of_two_decisions_at_once_one_stands(talking: Engine) -> None:
    comment, case = under_review(talking)
    commands = ("hide", "dismiss", "remove_legal")
    found = at_once(*(lambda command=command: decide(talking, MOD, case, command, HIDE) for command in commands))
    assert sorted(codes(found), key=str) == [None, "illegal_move", "illegal_move"]
    (stands,) = (one.case.state for one in found if not isinstance(one, YishiError))
    with reader(talking) as session:
        kinds = session.exec(select(ModerationStep.kind).where(ModerationStep.case_id == case)).all()
        state = session.get_one(Comment, comment).state
    assert len(kinds) == 2
    assert state == ("visible" if stands == "dismissed" else stands)


def test_a_case_taken_over_while_it_is_decided_is_decided_before_or_not_at_all(talking: Engine) -> None:
    _, case = under_review(talking)
    taken, decided = at_once(
        lambda: decide(talking, MOD2, case, "take"), lambda: decide(talking, MOD, case, "hide", HIDE)
    )
    kept = see(talking, cases.get, MOD, case).case
    outcomes = {
        ("under_review", "per_mod2"): [None, "case_of_another"],
        ("hidden", "per_mod"): ["illegal_move", None],
    }
    assert outcomes[kept.state, kept.moderator_id or ""] == codes([taken, decided])


def test_flags_of_many_at_once_hide_a_comment_once(talking: Engine) -> None:
    comment = say(talking, ANN)
    works = [lambda number=number: flag(talking, comment, number) for number in range(2, 10)]
    assert codes(at_once(*works)) == [None] * 8
    check_hidden_once(talking, comment)


def proposed(engine: Engine) -> str:
    """A published proposal of Ann's."""
    text = {"en": "t"}
    made = do(engine, proposal_drafts.create, ANN, "com_1", proposal_drafts.Draft(text, text)).proposal.id
    do(engine, proposal_moves.give, ANN, made, "submit")
    do(engine, proposal_moves.give, ADMIN, made, "publish")
    return str(made)


def flag_proposal(engine: Engine, proposal: str, number: int) -> str:
    """A flag of the resident of this number; the id of the case."""
    view = do(engine, flags.flag, resident(number), proposal_moderation.KIND, proposal, rule_id="abuse")
    return str(view.proposal.case_id)


def test_a_comment_stands_before_its_proposal_is_hidden_or_is_refused(talking: Engine) -> None:
    made = proposed(talking)
    case, _ = (flag_proposal(talking, made, number) for number in (8, 9))

    def comment(number: int) -> str:
        view = do(talking, comment_batches.post, resident(number), "proposal", made, Draft("言"))
        return str(view.comment.id)

    works = [lambda number=number: comment(number) for number in range(2, 7)]
    *said, hid = at_once(*works, lambda: flag_proposal(talking, made, 7))
    assert hid == case
    posted = {one for one in said if isinstance(one, str)}
    assert {one.code for one in said if not isinstance(one, str)} <= {"subject_hidden_for_review"}
    last = place_of(talking, case, "hidden_for_review")
    assert all(place_of(talking, one, "posted") < last for one in posted)
    assert codes(at_once(*works)) == ["subject_hidden_for_review"] * len(works)


def test_flags_of_many_at_once_hide_a_proposal_once(talking: Engine) -> None:
    made = proposed(talking)
    works = [lambda number=number: flag_proposal(talking, made, number) for number in range(2, 10)]
    assert codes(at_once(*works)) == [None] * 8
    check_hidden_once(talking, made)


def check_hidden_once(engine: Engine, subject_id: str) -> None:
    with reader(engine) as session:
        (case,) = session.exec(select(ModerationCase).where(ModerationCase.subject_id == subject_id))
    assert (case.flags, case.hidden_until) == (8, NOW + timedelta(hours=72))
    kinds = [event.kind for event in events(engine, case.id)]
    assert sorted(kinds) == ["flagged"] * 6 + ["hidden_for_review", "opened"]


def test_two_appeals_at_once_are_one(talking: Engine) -> None:
    _, case = hidden(talking)
    found = at_once(*(lambda: decide(talking, ANN, case, "appeal") for _ in range(3)))
    assert sorted(codes(found), key=str) == [None, "illegal_move", "illegal_move"]
    assert [event.kind for event in events(talking, case)].count("appealed") == 1


def test_an_appeal_is_in_time_until_the_instant_of_the_deadline_and_not_at_it(talking: Engine) -> None:
    _, case = hidden(talking)
    with pytest.raises(IllegalMove, match="appeal_period_over"):
        decide(talking, ANN, case, "appeal", now=NOW + 14 * DAY)
    assert not see(talking, cases.get, ANN, case, now=NOW + 14 * DAY).actions[4].allowed
    late = NOW + 14 * DAY - timedelta(microseconds=1)
    assert see(talking, cases.get, ANN, case, now=late).actions[4].allowed
    assert decide(talking, ANN, case, "appeal", now=late).case.state == "appealed"


def test_an_appeal_at_the_instant_its_sanction_ends_is_taken_and_clears_the_record(talking: Engine) -> None:
    _, case = hidden(talking, Ruling("abuse", "r", Terms(("comment",), 3)))
    end = NOW + 3 * DAY
    appealed, said = at_once(lambda: decide(talking, ANN, case, "appeal", now=end), lambda: say(talking, ANN, now=end))
    assert (codes([appealed]), isinstance(said, str)) == ([None], True), "it has ended at that instant"
    decide(talking, REVIEWER, case, "reinstate", now=end)
    (view,) = see(talking, sanctions.of_community, ANN, "com_1", None, 9, now=end)
    assert (view.state, view.sanction.lifted_for) == ("lifted", "appeal")


@pytest.mark.parametrize("days", [1, 5])
def test_a_sanction_that_is_lifted_while_its_appeal_is_won_is_lifted_once(talking: Engine, days: int) -> None:
    _, case = hidden(talking, Ruling("abuse", "r", Terms(("comment",), 3)))
    decide(talking, ANN, case, "appeal")
    (view,) = see(talking, sanctions.of_community, ANN, "com_1", None, 9)
    sanction, at = view.sanction.id, NOW + days * DAY
    won, lifted = at_once(
        lambda: decide(talking, REVIEWER, case, "reinstate", BECAUSE, now=at),
        lambda: do(talking, sanctions.lift, MOD2, sanction, now=at),
    )
    assert codes([won]) == [None]
    with reader(talking) as session:
        row = session.get_one(Sanction, sanction)
    kinds = [event.kind for event in events(talking, sanction)]
    assert kinds == ["imposed", "lifted"]
    by_decision = not isinstance(lifted, YishiError)
    assert (row.lifted_for, by_decision) in (("appeal", False), ("decision", True))
    assert not (by_decision and days == 5), "one that has ended is not lifted by a decision"
