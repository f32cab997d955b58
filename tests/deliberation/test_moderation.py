"""Moderation: flags that hide for a while, decisions with a rule and a reason, appeals to somebody else, sanctions that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.access.moment import NOW
from tests.deliberation.world import (
    ADMIN,
    ANN,
    AUDITOR,
    BO,
    DAY,
    HOUR,
    MOD,
    MOD2,
    REVIEWER,
    THREAD,
    do,
    events,
    listed,
    resident,
    say,
    see,
)
from voting.contests.tables import Contest
from voting.core.authority import STRANGER, Principal
from voting.deliberation import (
    cases,
    comment_checks,
    comment_moderation,
    comment_pages,
    comments,
    flags,
    moderation_counts,
    moderation_policy,
    reactions,
    sanctions,
)
from voting.deliberation.cases import Ruling
from voting.deliberation.sanctions import Terms
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from voting.store import transact

HIDE = Ruling("abuse", "点名辱骂")
BECAUSE = Ruling(reason="r")


def anyhow(_version: int) -> None:
    """Expects nothing."""


def flag(engine: Engine, comment: str, *numbers: int, now: Any = NOW) -> str:
    """Flags of the residents of these numbers; the id of the case."""
    for number in numbers:
        view = do(engine, flags.flag, resident(number), comment_moderation.KIND, comment, rule_id="abuse", now=now)
    return str(view.comment.case_id)


def decide(engine: Engine, who: Principal, case: str, command: str, ruling: Ruling = BECAUSE, now: Any = NOW) -> Any:
    return do(engine, cases.decide, who, case, command, ruling, now=now)


def hidden(engine: Engine, ruling: Ruling = HIDE, now: Any = NOW) -> tuple[str, str]:
    """A comment of Ann's that MOD has hidden, and its case."""
    comment = say(engine, ANN)
    case = flag(engine, comment, 2, now=now)
    decide(engine, MOD, case, "take", now=now)
    decide(engine, MOD, case, "hide", ruling, now=now)
    return comment, case


def shown(engine: Engine, comment: str, now: Any = NOW) -> str | None:
    """What everybody reads of it."""
    text: str | None = see(engine, comments.get, resident(9), comment, now=now).text
    return text


def test_flags_below_the_threshold_leave_a_comment_readable(talking: Engine) -> None:
    comment = say(talking, ANN)
    flag(talking, comment, 2, 3)
    assert shown(talking, comment) == "好"


def test_enough_flags_hide_until_the_review_is_late(talking: Engine) -> None:
    comment = say(talking, ANN)
    case = flag(talking, comment, 2, 3, 4)
    assert shown(talking, comment) is None
    assert shown(talking, comment, NOW + 72 * HOUR - timedelta(seconds=1)) is None
    assert shown(talking, comment, NOW + 72 * HOUR) == "好"
    flag(talking, comment, 5, 6, 7, now=NOW + 73 * HOUR)
    assert shown(talking, comment, NOW + 73 * HOUR) == "好", "a case hides once"
    assert [event.kind for event in events(talking, case)] == [
        *("opened", "flagged", "hidden_for_review"),
        *["flagged"] * 3,
    ]


def test_one_person_flags_once(talking: Engine) -> None:
    comment = say(talking, ANN)
    flag(talking, comment, 2)
    with pytest.raises(IllegalMove, match="flagged_already"):
        flag(talking, comment, 2)
    with pytest.raises(IllegalMove, match="own_comment"):
        do(talking, flags.flag, ANN, comment_moderation.KIND, comment, rule_id="abuse")


def test_a_flag_names_a_rule_of_the_community(talking: Engine) -> None:
    with pytest.raises(Invalid):
        do(talking, flags.flag, BO, comment_moderation.KIND, say(talking, ANN), rule_id="dislike")


def test_nobody_replies_or_reacts_below_what_is_hidden_at_that_moment(talking: Engine) -> None:
    comment = say(talking, ANN)
    before = say(talking, BO, parent_id=comment)
    flag(talking, comment, 2, 3, 4)
    for refused in (
        lambda: say(talking, BO, parent_id=comment),
        lambda: do(talking, reactions.react, BO, comment, "support"),
    ):
        with pytest.raises(IllegalMove, match="comment_hidden_for_review"):
            refused()
    assert listed(talking, sort="tree") == [comment, before], "what stands there stays"
    assert say(talking, BO, now=NOW + 72 * HOUR, parent_id=comment)


def test_a_dismissed_case_shows_the_comment_again(talking: Engine) -> None:
    comment = say(talking, ANN)
    case = flag(talking, comment, 2, 3, 4)
    decide(talking, MOD, case, "take")
    assert shown(talking, comment) is None
    decide(talking, MOD, case, "dismiss")
    assert shown(talking, comment) == "好"
    assert flag(talking, comment, 2) != case, "a new flag opens a new case"


def test_a_decision_names_its_rule_and_its_reason(talking: Engine) -> None:
    case = flag(talking, say(talking, ANN), 2)
    decide(talking, MOD, case, "take")
    for ruling in (Ruling("abuse", None), Ruling("abuse", " "), Ruling(None, "r"), Ruling("dislike", "r")):
        with pytest.raises(Invalid):
            decide(talking, MOD, case, "hide", ruling)
    assert see(talking, cases.get, MOD, case).case.state == "under_review"


def test_a_tombstone_keeps_its_place_and_its_rule(talking: Engine) -> None:
    comment, _ = hidden(talking)
    (stone,) = see(talking, comment_pages.page, BO, *THREAD)
    assert (stone.comment.id, stone.text, stone.author_id) == (comment, None, None)
    assert (stone.tombstone, stone.comment.rule_id) == ("hidden", "abuse")
    for who in (ANN, MOD, ADMIN):
        assert see(talking, comments.get, who, comment).text == "好"
    assert see(talking, comments.get, AUDITOR, comment).text is None


def test_a_case_is_decided_by_whoever_took_it(talking: Engine) -> None:
    case = flag(talking, say(talking, ANN), 2)
    decide(talking, MOD, case, "take")
    with pytest.raises(IllegalMove, match="case_of_another"):
        decide(talking, MOD2, case, "hide", HIDE)
    decide(talking, MOD2, case, "take")
    decide(talking, MOD2, case, "remove_legal", HIDE)


def test_a_moderator_decides_nothing_about_their_own_comment(talking: Engine) -> None:
    case = flag(talking, say(talking, MOD), 2)
    with pytest.raises(IllegalMove, match="author_never_decides"):
        decide(talking, MOD, case, "take")


@pytest.mark.parametrize("who", [ANN, BO, REVIEWER, AUDITOR])
def test_others_take_no_case(talking: Engine, who: Principal) -> None:
    case = flag(talking, say(talking, ANN), 2)
    with pytest.raises(Forbidden):
        decide(talking, who, case, "take")


@pytest.mark.parametrize(("command", "state", "text"), [("reinstate", "reinstated", "好"), ("uphold", "upheld", None)])
@pytest.mark.parametrize("reviewer", [MOD2, REVIEWER])
def test_an_appeal_is_decided_by_somebody_else(
    talking: Engine, reviewer: Principal, command: str, state: str, text: str | None
) -> None:
    comment, case = hidden(talking)
    decide(talking, ANN, case, "appeal")
    with pytest.raises(IllegalMove, match="moderator_never_reviews"):
        decide(talking, MOD, case, command)
    with pytest.raises(Invalid):
        decide(talking, reviewer, case, command, Ruling())
    assert decide(talking, reviewer, case, command).case.state == state
    assert shown(talking, comment) == text
    kinds = [event.kind for event in events(talking, case)]
    assert kinds == ["opened", "taken", "hidden", "appealed", state]


def test_who_took_a_case_that_another_took_over_reviews_no_appeal(talking: Engine) -> None:
    case = flag(talking, say(talking, ANN), 2)
    for moderator in (MOD, MOD2):
        decide(talking, moderator, case, "take")
    decide(talking, MOD2, case, "hide", HIDE)
    decide(talking, ANN, case, "appeal")
    for moderator in (MOD, MOD2):
        with pytest.raises(IllegalMove, match="moderator_never_reviews"):
            decide(talking, moderator, case, "reinstate")
    assert decide(talking, REVIEWER, case, "reinstate").case.state == "reinstated"


def test_a_moderator_is_told_as_little_of_their_own_case_as_anybody(talking: Engine) -> None:
    case = flag(talking, say(talking, MOD), 2)
    decide(talking, MOD2, case, "take")
    view = see(talking, cases.get, MOD, case)
    (listed,) = see(talking, cases.of_community, MOD, "com_1")
    assert (view.is_inside, view.flags, listed.is_inside) == (False, (), False)
    assert see(talking, cases.of_community, MOD2, "com_1")[0].is_inside


def test_flags_hide_nothing_again_that_a_case_has_cleared_until_it_is_edited(talking: Engine) -> None:
    comment = say(talking, ANN)
    case = flag(talking, comment, 2, 3, 4)
    decide(talking, MOD, case, "take")
    decide(talking, MOD, case, "dismiss")
    again = flag(talking, comment, 2, 3, 4, 5)
    assert (again != case, shown(talking, comment)) == (True, "好")
    decide(talking, MOD, again, "take")
    decide(talking, MOD, again, "dismiss")
    do(talking, comments.edit, ANN, comment, {"text": "不好"}, anyhow, now=NOW + HOUR)
    flag(talking, comment, 2, 3, 4, now=NOW + HOUR)
    assert shown(talking, comment, NOW + HOUR) is None


def test_only_its_author_appeals_and_in_time(talking: Engine) -> None:
    _, case = hidden(talking)
    with pytest.raises(IllegalMove, match="authors_appeal"):
        decide(talking, MOD2, case, "appeal")
    with pytest.raises(IllegalMove, match="appeal_period_over") as refused:
        decide(talking, ANN, case, "appeal", now=NOW + 14 * DAY)
    assert str(refused.value.facts["appeal_until"]).startswith((NOW + 14 * DAY).date().isoformat())
    decide(talking, ANN, case, "appeal", now=NOW + 14 * DAY - HOUR)


def test_the_author_is_not_told_who_flagged_or_decided(talking: Engine) -> None:
    _, case = hidden(talking)
    view = see(talking, cases.get, ANN, case)
    assert (view.is_inside, view.flags) == (False, ())
    assert [one.person_id for one in see(talking, cases.get, MOD2, case).flags] == ["per_2"]
    with pytest.raises(Forbidden):
        see(talking, cases.get, BO, case)


def test_the_author_finds_the_case_at_the_comment_and_nobody_else_does(talking: Engine) -> None:
    comment, case = hidden(talking)
    assert [see(talking, comments.get, who, comment).case_id for who in (ANN, MOD, BO)] == [case, case, None]


def test_what_was_decided_on_appeal_is_not_flagged_again_until_it_is_edited(talking: Engine) -> None:
    comment, case = hidden(talking)
    decide(talking, ANN, case, "appeal")
    decide(talking, REVIEWER, case, "reinstate")
    with pytest.raises(IllegalMove):
        flag(talking, comment, 3)
    do(talking, comments.edit, ANN, comment, {"text": "不好"}, anyhow)
    assert flag(talking, comment, 3) != case


def test_a_retraction_drops_the_case(talking: Engine) -> None:
    comment = say(talking, ANN)
    case = flag(talking, comment, 2)
    do(talking, comments.retract, ANN, comment)
    assert see(talking, cases.get, MOD, case).case.state == "dropped"
    with pytest.raises(IllegalMove):
        decide(talking, MOD, case, "take")


SILENCED = Ruling("abuse", "r", Terms(("comment", "flag"), 7))


def test_a_sanction_is_refused_with_its_end_and_ends_by_itself(talking: Engine) -> None:
    other = say(talking, BO)
    hidden(talking, SILENCED)
    for refused in (
        lambda: say(talking, ANN),
        lambda: say(talking, ANN, parent_id=other),
        lambda: do(talking, flags.flag, ANN, comment_moderation.KIND, other, rule_id="abuse"),
    ):
        with pytest.raises(Forbidden, match="sanctioned") as error:
            refused()
        assert str(error.value.facts["until"]).startswith((NOW + 7 * DAY).date().isoformat())
    do(talking, reactions.react, ANN, other, "support")
    actions = {one.action: one.code for one in see(talking, comments.get, ANN, other).actions}
    assert (actions["reply"], actions["flag"], actions["react"]) == ("sanctioned", "sanctioned", None)
    assert say(talking, ANN, now=NOW + 7 * DAY)


def test_an_appeal_after_the_sanction_ended_still_clears_the_record(talking: Engine) -> None:
    comment, case = hidden(talking, Ruling("abuse", "r", Terms(("comment",), 3)))
    late = NOW + 5 * DAY
    decide(talking, ANN, case, "appeal", now=late)
    decide(talking, REVIEWER, case, "reinstate", now=late)
    (view,) = see(talking, sanctions.of_community, ANN, "com_1", None, 9, now=late)
    assert (view.state, view.sanction.lifted_for, view.sanction.ends_at) == ("lifted", "appeal", NOW + 3 * DAY)
    assert shown(talking, comment, late) == "好"


def test_a_reinstatement_frees_at_once(talking: Engine) -> None:
    _, case = hidden(talking, SILENCED)
    decide(talking, ANN, case, "appeal")
    decide(talking, REVIEWER, case, "reinstate")
    assert say(talking, ANN)


def test_a_sanction_goes_with_a_breach_alone(talking: Engine) -> None:
    case = flag(talking, say(talking, ANN), 2)
    decide(talking, MOD, case, "take")
    with pytest.raises(Invalid):
        decide(talking, MOD, case, "dismiss", SILENCED)


def test_a_sanction_is_lifted_once(talking: Engine) -> None:
    given = {"rule_id": "spam", "reason": "r"}
    view = do(talking, sanctions.impose, MOD, "com_1", "per_1", Terms(("react",), 1), **given)
    with pytest.raises(Invalid):
        do(talking, sanctions.impose, MOD, "com_1", "per_mod", Terms(("react",), 1), **given)
    with pytest.raises(Forbidden):
        do(talking, sanctions.lift, ANN, view.sanction.id)
    assert do(talking, sanctions.lift, MOD2, view.sanction.id).state == "lifted"
    with pytest.raises(IllegalMove):
        do(talking, sanctions.lift, MOD2, view.sanction.id)
    assert [event.kind for event in events(talking, view.sanction.id)] == ["imposed", "lifted"]


def test_nobody_lifts_a_sanction_of_their_own(talking: Engine) -> None:
    given = {"rule_id": "spam", "reason": "r"}
    view = do(talking, sanctions.impose, MOD2, "com_1", "per_mod", Terms(("comment",), 1), **given)
    with pytest.raises(Conflict, match="sanction_of_oneself"):
        do(talking, sanctions.lift, MOD, view.sanction.id)
    (action,) = see(talking, sanctions.get, MOD, view.sanction.id).actions
    assert (action.allowed, action.code) == (False, "sanction_of_oneself")


def check_first(engine: Engine) -> None:
    do(engine, moderation_policy.edit, ADMIN, "com_1", {"pre_check": True}, anyhow)


def test_a_text_that_is_checked_first_stands_nowhere_until_it_is_published(talking: Engine) -> None:
    above = say(talking, BO)
    check_first(talking)
    comment = say(talking, ANN, parent_id=above)
    assert listed(talking, sort="tree") == [above]
    assert see(talking, comments.get, BO, above).comment.replies == 0
    with pytest.raises(NotFound):
        see(talking, comments.get, BO, comment)
    assert see(talking, comments.get, ANN, comment).text == "好"
    (waiting,) = see(talking, comment_checks.pending, MOD, "com_1", None, 9)
    assert (waiting.comment.id, waiting.text) == (comment, "好")
    do(talking, comment_checks.publish, MOD, comment)
    assert listed(talking, sort="tree") == [above, comment]
    assert see(talking, comments.get, BO, above).comment.replies == 1
    assert [(event.kind, event.to_state) for event in events(talking, comment)] == [
        ("posted", "pending"),
        ("published", "visible"),
    ]


def test_a_withheld_text_is_written_anew(talking: Engine) -> None:
    check_first(talking)
    comment = say(talking, ANN)
    with pytest.raises(Invalid):
        do(talking, comment_checks.withhold, MOD, comment, rule_id="spam", reason=None)
    view = do(talking, comment_checks.withhold, MOD, comment, rule_id="spam", reason="r")
    assert (view.comment.state, view.comment.rule_id) == ("withheld", "spam")
    do(talking, comments.edit, ANN, comment, {"text": "新"}, anyhow)
    assert do(talking, comment_checks.publish, MOD, comment).text == "新"
    assert listed(talking) == [comment]


def test_what_no_check_let_pass_is_no_version_for_everybody(talking: Engine) -> None:
    check_first(talking)
    comment = say(talking, ANN, "甲")
    do(talking, comment_checks.withhold, MOD, comment, rule_id="unlawful", reason="r")
    for text in ("乙", "丙", "丁"):
        do(talking, comments.edit, ANN, comment, {"text": text}, anyhow)
    do(talking, comment_checks.publish, MOD, comment)
    do(talking, comments.edit, ANN, comment, {"text": "戊"}, anyhow)
    do(talking, comment_checks.publish, MOD, comment)

    def read(who: Principal, after: int | None = None, limit: int = 9) -> list[str]:
        return [version.text for version in see(talking, comments.versions, who, comment, after, limit)]

    assert read(BO) == ["丁", "戊"]
    assert read(BO, limit=1) == read(BO, after=2, limit=1) == ["丁"]
    assert read(ANN) == read(MOD) == ["甲", "乙", "丙", "丁", "戊"]


def test_nobody_checks_their_own_text(talking: Engine) -> None:
    check_first(talking)
    comment = say(talking, MOD)
    with pytest.raises(IllegalMove, match="author_never_decides"):
        do(talking, comment_checks.publish, MOD, comment)
    with pytest.raises(IllegalMove, match="author_never_decides"):
        do(talking, comment_checks.withhold, MOD, comment, rule_id="spam", reason="r")
    assert do(talking, comment_checks.publish, MOD2, comment).comment.state == "visible"


def test_an_edit_is_checked_again_in_its_place(talking: Engine) -> None:
    comment = say(talking, ANN)
    check_first(talking)
    do(talking, comments.edit, ANN, comment, {"text": "新"}, anyhow)
    (stone,) = see(talking, comment_pages.page, BO, *THREAD)
    assert (stone.tombstone, stone.text) == ("pending", None)
    do(talking, comment_checks.publish, MOD, comment)
    assert shown(talking, comment) == "新"


def test_the_figures_of_a_month_are_public_and_by_rule(talking: Engine) -> None:
    _, case = hidden(talking)
    decide(talking, ANN, case, "appeal")
    decide(talking, REVIEWER, case, "uphold")
    month = NOW.strftime("%Y-%m")
    with pytest.raises(Invalid):
        see_counts(talking, "2026-13")
    (figures,) = see_counts(talking, month).by_rule.items()
    assert figures[0] == "abuse"
    assert {kind: count for kind, count in figures[1].items() if count} == {
        "flagged": 1,
        "hidden": 1,
        "appealed": 1,
        "upheld": 1,
    }
    assert see_counts(talking, "2001-01").by_rule == {}


def see_counts(engine: Engine, month: str) -> moderation_counts.MonthlyCounts:
    return see(engine, lambda session, now: moderation_counts.of_month(session, "com_1", month))


def test_the_rules_are_public_and_the_administrators(talking: Engine) -> None:
    policy = see(talking, lambda session, now: moderation_policy.get(session, STRANGER, "com_1"))
    assert policy.row.flag_threshold == 3
    with pytest.raises(Forbidden):
        do(talking, moderation_policy.edit, MOD, "com_1", {"flag_threshold": 1}, anyhow)
    twice = [{"id": "a", "title": {"en": "A"}}] * 2
    with pytest.raises(Invalid):
        do(talking, moderation_policy.edit, ADMIN, "com_1", {"rules": twice}, anyhow)
    seen = do(talking, moderation_policy.edit, ADMIN, "com_1", {"flag_threshold": 1}, anyhow)
    assert seen.row.version == 1
    comment = say(talking, ANN)
    flag(talking, comment, 2)
    assert shown(talking, comment) is None


def test_a_closed_thread_is_still_moderated(talking: Engine) -> None:
    comment = say(talking, ANN)
    transact(talking, lambda session: setattr(session.get_one(Contest, "con_1"), "state", "certified"))
    with pytest.raises(Conflict):
        say(talking, BO)
    assert flag(talking, comment, 2)
