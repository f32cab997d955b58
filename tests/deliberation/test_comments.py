"""Comments: threads, orders and pages, edits that forget nothing, tombstones that keep their place."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import Engine

from tests.access.moment import NOW
from tests.deliberation.world import ADMIN, ANN, BO, FOREIGN, HOUR, MOD, THREAD, do, events, listed, resident, say, see
from voting.contests.tables import Contest
from voting.core import moderation
from voting.core.authority import STRANGER, Grant, Principal
from voting.core.evidence import journal_entries
from voting.deliberation import comment_batches, comment_erasure, comment_pages, comments, reactions
from voting.deliberation.comment_posting import Draft
from voting.deliberation.proposal_tables import Proposal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, StalePrecondition, Unauthenticated
from voting.store import transact


def anyhow(_version: int) -> None:
    """Expects nothing."""


def refuse(_version: int) -> None:
    raise StalePrecondition("precondition_failed")


def test_a_stranger_neither_reads_nor_writes(talking: Engine) -> None:
    with pytest.raises(Unauthenticated):
        see(talking, comment_pages.page, STRANGER, *THREAD)
    with pytest.raises(Unauthenticated):
        do(talking, comment_batches.post, STRANGER, *THREAD, Draft("x"))


def test_another_communitys_thread_is_absent(talking: Engine) -> None:
    comment = say(talking, ANN)
    with pytest.raises(NotFound):
        see(talking, comments.get, FOREIGN, comment)
    with pytest.raises(NotFound):
        do(talking, comment_batches.post, FOREIGN, *THREAD, Draft("x"))


@pytest.mark.parametrize("thread", [("contest", "con_9"), ("option", "opt_9"), ("weather", "con_1")])
def test_nobody_comments_on_what_does_not_exist(talking: Engine, thread: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        do(talking, comment_batches.post, ANN, *thread, Draft("x"))


@pytest.mark.parametrize("state", ["draft", "certified", "annulled"])
def test_a_closed_thread_takes_no_comment_and_is_still_read(talking: Engine, state: str) -> None:
    comment = say(talking, ANN)
    transact(talking, lambda session: setattr(session.get_one(Contest, "con_1"), "state", state))
    with pytest.raises(Conflict, match="thread_closed"):
        say(talking, ANN)
    assert listed(talking) == [comment]
    view = see(talking, comment_pages.view, ANN, *THREAD)
    assert next((action.action, action.code) for action in view.actions) == ("post", "thread_closed")


def test_options_have_threads_of_their_own(talking: Engine) -> None:
    view = do(talking, comment_batches.post, ANN, "option", "opt_1", Draft("x"))
    assert listed(talking) == []
    assert [one.comment.id for one in see(talking, comment_pages.page, BO, "option", "opt_1")] == [view.comment.id]


def test_a_proposal_is_talked_about_from_its_publication_to_its_end(talking: Engine) -> None:
    proposal = {"id": "prp_1", "community_id": "com_1", "created_at": NOW}
    transact(talking, lambda session: session.add(Proposal(**proposal)))
    with pytest.raises(NotFound):
        do(talking, comment_batches.post, BO, "proposal", "prp_1", Draft("x"))
    transact(talking, lambda session: setattr(session.get_one(Proposal, "prp_1"), "published_at", NOW))
    view = do(talking, comment_batches.post, BO, "proposal", "prp_1", Draft("x"))
    transact(talking, lambda session: setattr(session.get_one(Proposal, "prp_1"), "state", "withdrawn"))
    with pytest.raises(Conflict, match="thread_closed"):
        do(talking, comment_batches.post, BO, "proposal", "prp_1", Draft("x"))
    assert see(talking, comments.get, ANN, view.comment.id).text == "x"


def forest(engine: Engine) -> dict[str, str]:
    """Two trees: a (a1 (a11), a2), b; c stands alone. By name."""
    hours = itertools.count()
    made: dict[str, str] = {}
    for name, parent in (("a", None), ("b", None), ("a1", "a"), ("c", None), ("a2", "a"), ("a11", "a1")):
        above = made[parent] if parent else None
        made[name] = say(engine, ANN, name, now=NOW + next(hours) * HOUR, parent_id=above)
    return made


def named(made: dict[str, str], ids: list[str]) -> str:
    return " ".join(next(name for name, one in made.items() if one == identifier) for identifier in ids)


def test_every_order_comes_page_by_page_and_whole(talking: Engine) -> None:
    made = forest(talking)
    assert named(made, listed(talking, sort="newest")) == "c b a"
    assert named(made, listed(talking, sort="oldest")) == "a b c"
    assert named(made, listed(talking, sort="tree")) == "a a1 a11 a2 b c"
    assert named(made, listed(talking, sort="oldest", parent_id=made["a"])) == "a1 a2"
    assert named(made, listed(talking, sort="tree", parent_id=made["a"])) == "a1 a11 a2"


def test_support_and_controversy_order_a_branch(talking: Engine) -> None:
    made = forest(talking)
    said = {"a": "support support", "b": "support oppose", "c": ""}
    for name, stances in said.items():
        for number, stance in enumerate(stances.split(), 3):
            do(talking, reactions.react, resident(number), made[name], stance)
    assert named(made, listed(talking, sort="most_supported")) == "a b c"
    assert named(made, listed(talking, sort="controversial")) == "b c a"


@pytest.mark.parametrize(("for_", "against", "found"), [(0, 9, 0), (5, 5, 10_000), (9, 3, 4000), (3, 9, 4000)])
def test_controversy_weighs_the_smaller_side(for_: int, against: int, found: int) -> None:
    assert moderation.controversy(for_, against) == found


def test_a_made_up_cursor_is_refused(talking: Engine) -> None:
    for sort, after in (("newest", (1,)), ("most_supported", ("x", "y")), ("tree", (1, 2))):
        with pytest.raises(Invalid, match="invalid_request"):
            see(talking, comment_pages.page, ANN, *THREAD, sort=sort, after=after)


def test_a_reply_stands_under_a_comment_of_the_same_thread(talking: Engine) -> None:
    comment = say(talking, ANN)
    with pytest.raises(Invalid):
        do(talking, comment_batches.post, BO, "option", "opt_1", Draft("x", parent_id=comment))
    reply = say(talking, BO, parent_id=comment)
    view = see(talking, comments.get, BO, reply)
    assert (view.comment.depth, view.comment.parent_id) == (1, comment)
    assert see(talking, comments.get, BO, comment).comment.replies == 1


def test_a_thread_is_eight_replies_deep(talking: Engine) -> None:
    comment = None
    for _ in range(moderation.DEEPEST + 1):
        comment = say(talking, ANN, parent_id=comment)
    with pytest.raises(IllegalMove, match="comment_too_deep"):
        say(talking, ANN, parent_id=comment)


def test_an_edit_keeps_what_was_said(talking: Engine) -> None:
    comment = say(talking, ANN, "一", alignment=1)
    view = do(talking, comments.edit, ANN, comment, {"text": "二"}, anyhow, now=NOW + HOUR)
    assert (view.text, view.comment.alignment, view.comment.edition) == ("二", 1, 2)
    do(talking, comments.edit, ANN, comment, {"alignment": -1}, anyhow, now=NOW + 2 * HOUR)
    found = see(talking, comments.versions, BO, comment, None, 50)
    assert [(one.edition, one.text, one.alignment) for one in found] == [(1, "一", 1), (2, "二", 1), (3, "二", -1)]
    assert see(talking, comments.versions, BO, comment, 2, 50) == found[2:]


def test_every_version_opens_its_hash_in_the_record(talking: Engine) -> None:
    comment = say(talking, ANN, "一")
    do(talking, comments.edit, ANN, comment, {"text": "二"}, anyhow)
    told = [event.facts["text"] for event in events(talking, comment)]
    found = see(talking, comments.versions, BO, comment, None, 50)
    assert told == [journal_entries.text_hash(one.salt, one.text).hex() for one in found]


def test_an_edit_of_an_older_version_changes_nothing(talking: Engine) -> None:
    comment = say(talking, ANN, "一")
    with pytest.raises(StalePrecondition):
        do(talking, comments.edit, ANN, comment, {"text": "二"}, refuse)
    assert see(talking, comments.get, ANN, comment).text == "一"


def test_an_edit_without_words_leaves_an_erased_text_erased(talking: Engine) -> None:
    comment = say(talking, ANN)
    do(talking, comment_erasure.erase_text, ADMIN, comment)
    view = do(talking, comments.edit, ANN, comment, {"alignment": 1}, lambda _: None)
    assert (view.tombstone, view.text, view.comment.salt) == ("erased", None, None)


def test_reactions_and_replies_make_no_edit_stale(talking: Engine) -> None:
    comment = say(talking, ANN)
    before = see(talking, comments.get, ANN, comment).comment.version
    do(talking, reactions.react, BO, comment, "support")
    say(talking, BO, parent_id=comment)
    assert see(talking, comments.get, ANN, comment).comment.version == before


@pytest.mark.parametrize(
    "work", [lambda s, who, c, now: comments.edit(s, who, c, {"text": "x"}, anyhow, now=now), comments.retract]
)
def test_only_its_author_changes_a_comment(talking: Engine, work: object) -> None:
    comment = say(talking, ANN)
    for who in (BO, MOD):
        with pytest.raises(IllegalMove, match="comment_author_only"):
            do(talking, work, who, comment)  # type: ignore[arg-type]  # both are services
    assert len(events(talking, comment)) == 1


def test_a_retracted_comment_leaves_a_tombstone_in_its_place(talking: Engine) -> None:
    made = forest(talking)
    do(talking, comments.retract, ANN, made["a"])
    assert named(made, listed(talking, sort="tree")) == "a a1 a11 a2 b c"
    (stone, *_) = see(talking, comment_pages.page, BO, *THREAD, sort="oldest")
    assert (stone.text, stone.author_id, stone.tombstone) == (None, None, "retracted")
    assert see(talking, comments.versions, BO, made["a"], None, 50) == ()
    with pytest.raises(IllegalMove):
        say(talking, BO, parent_id=made["a"])


def test_mentions_are_people_of_the_community_and_find_them(talking: Engine) -> None:
    comment = say(talking, ANN, mentions=["per_2", "per_2"])
    assert see(talking, comments.get, BO, comment).mentions == ("per_2",)
    assert [one.comment.id for one in see(talking, comment_pages.mentions, BO, None, 9)] == [comment]
    with pytest.raises(Invalid):
        say(talking, ANN, mentions=["per_far"])
    do(talking, comments.edit, ANN, comment, {"mentions": []}, anyhow)
    assert see(talking, comment_pages.mentions, BO, None, 9) == ()


def test_arguments_are_counted_by_side(talking: Engine) -> None:
    best = say(talking, ANN, "支持", alignment=1)
    for who, alignment in ((ANN, 1), (BO, 1), (BO, -1)):
        say(talking, who, alignment=alignment)
    gone = say(talking, BO, alignment=-1)
    do(talking, comments.retract, BO, gone)
    do(talking, reactions.react, resident(3), best, "support")
    sides = {side.side: side for side in see(talking, comment_pages.arguments, ANN, *THREAD)}
    assert [(one.comments, one.authors, one.supports) for one in sides.values()] == [(3, 2, 1), (0, 0, 0), (1, 1, 0)]
    assert sides["for"].top[0].comment.id == best
    assert see(talking, comment_pages.view, ANN, *THREAD).comments == {"for": 3, "neither": 0, "against": 1}


def test_a_reaction_is_one_for_each_person_and_names_nobody(talking: Engine) -> None:
    comment = say(talking, ANN)
    for stance in ("support", "support", "oppose"):
        do(talking, reactions.react, BO, comment, stance)
    do(talking, reactions.react, resident(3), comment, "pass")
    view = see(talking, comments.get, BO, comment)
    assert (view.comment.supports, view.comment.opposes, view.comment.passes, view.my_stance) == (0, 1, 1, -1)
    do(talking, reactions.react, BO, comment, None)
    view = see(talking, comments.get, BO, comment)
    assert (view.comment.opposes, view.my_stance) == (0, None)
    assert [event.kind for event in events(talking, comment)] == ["posted"]


def test_nobody_reacts_to_oneself(talking: Engine) -> None:
    comment = say(talking, ANN)
    with pytest.raises(IllegalMove, match="own_comment"):
        do(talking, reactions.react, ANN, comment, "support")


def test_a_program_does_not_speak(talking: Engine) -> None:
    program = Principal("client", "cli_1", "com_1", (Grant("community_admin", "community", "com_1"),))
    with pytest.raises(Forbidden, match="persons_only"):
        say(talking, program)
