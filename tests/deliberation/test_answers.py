"""The officers' side: answers with cost and deadline, the vote, and the outcome that must be told before the end."""

from __future__ import annotations

from tests.deliberation.conftest import Town
from voting.core.evidence import canonical, journal_entries
from voting.log import journal
from voting.store import transact

ANSWER = {"text": {"zh-CN": "采纳，先建东侧"}, "cost_fen": 1_200_000, "deadline": "2026-09-30"}


def under_review(town: Town) -> str:
    proposal = town.published()
    town.sun.post(f"/proposals/{proposal}/gather", {"number": 1, "days": 30})
    town.wang.post(f"/proposals/{proposal}/endorsements")
    town.sun.post(f"/proposals/{proposal}/review")
    return proposal


def a_contest(town: Town, name: str, state: str) -> None:
    """A contest as deliberation knows it: by its events."""
    now = town.service.app.state.services.clock()
    told = {"community_id": "com_1", "subject_kind": "contest", "subject_id": name, "actor_id": "per_sun", "now": now}
    transact(town.service.engine, lambda s: journal.record(s, kind="moved", to_state=state, **told) and None)


def test_an_accepted_proposal_carries_the_answer_with_its_cost_and_deadline(town: Town) -> None:
    proposal = under_review(town)
    assert town.wang.refused(f"/proposals/{proposal}/accept", ANSWER) == (403, "role_missing")
    town.sun.post(f"/proposals/{proposal}/accept", ANSWER)
    seen = town.zhao.get(f"/proposals/{proposal}")
    assert (seen["state"], seen["outcome"]) == ("accepted", None)
    assert {name: seen["answer"][name] for name in ANSWER} == ANSWER


def test_the_journal_can_be_checked_against_the_answer(town: Town) -> None:
    proposal = under_review(town)
    answer = town.sun.post(f"/proposals/{proposal}/accept_in_part", ANSWER)["answer"]
    document = canonical.encode({"text": answer["text"]}).decode()
    assert journal_entries.text_hash(bytes.fromhex(answer["salt"]), document).hex() == answer["text_hash"]
    event = town.sun.get(f"/proposals/{proposal}/events")["items"][-1]
    assert (event["to_state"], event["facts"]["text"]) == ("accepted_in_part", answer["text_hash"])


def test_a_rejection_needs_a_reason_and_ends_when_its_outcome_is_told(town: Town) -> None:
    proposal = under_review(town)
    assert town.sun.refused(f"/proposals/{proposal}/reject", {"text": {"zh-CN": "不可行"}}) == (422, "reason_required")
    town.sun.post(f"/proposals/{proposal}/reject", {"text": {"zh-CN": "不可行"}, "reason": "占用消防通道"})
    assert town.sun.refused(f"/proposals/{proposal}/archive") == (409, "outcome_missing")
    town.sun.post(f"/proposals/{proposal}/report_outcome", {"text": {"zh-CN": "已改设于北门"}})
    told = town.sun.post(f"/proposals/{proposal}/report_outcome", {"text": {"zh-CN": "已改设于北门（更正）"}})
    assert (told["state"], told["outcome"]["number"]) == ("rejected", 2)
    assert town.sun.post(f"/proposals/{proposal}/archive")["state"] == "archived"


def test_what_was_told_of_the_outcome_before_the_end_closes_nothing(town: Town) -> None:
    proposal = under_review(town)
    town.sun.post(f"/proposals/{proposal}/accept", ANSWER)
    town.sun.post(f"/proposals/{proposal}/report_outcome", {"text": {"zh-CN": "将建成"}})
    town.sun.post(f"/proposals/{proposal}/implement")
    town.sun.post(f"/proposals/{proposal}/complete")
    assert town.sun.refused(f"/proposals/{proposal}/archive") == (409, "outcome_missing")
    town.sun.post(f"/proposals/{proposal}/report_outcome", {"text": {"zh-CN": "只建成一半"}})
    assert town.sun.post(f"/proposals/{proposal}/archive")["state"] == "archived"


def test_a_vote_decides_when_its_contest_is_certified(town: Town) -> None:
    proposal = under_review(town)
    town.sun.post(f"/proposals/{proposal}/accept", ANSWER)
    assert town.sun.refused(f"/proposals/{proposal}/put_on_ballot", {"contest_id": "con_9"}) == (
        422,
        "contest_not_here",
    )
    a_contest(town, "con_past", "open")
    a_contest(town, "con_past", "certified")
    assert town.sun.refused(f"/proposals/{proposal}/put_on_ballot", {"contest_id": "con_past"}) == (
        422,
        "contest_asked_already",
    )
    a_contest(town, "con_shed", "open")
    town.sun.post(f"/proposals/{proposal}/put_on_ballot", {"contest_id": "con_shed"})
    assert town.sun.refused(f"/proposals/{proposal}/adopt") == (409, "contest_not_certified")
    assert town.sun.refused(f"/proposals/{proposal}/not_adopt") == (409, "contest_undecided")
    a_contest(town, "con_shed", "certified")
    town.sun.post(f"/proposals/{proposal}/adopt")
    town.sun.post(f"/proposals/{proposal}/implement")
    town.sun.post(f"/proposals/{proposal}/complete")
    town.sun.post(f"/proposals/{proposal}/report_outcome", {"text": {"zh-CN": "已建成"}})
    assert town.sun.post(f"/proposals/{proposal}/archive")["state"] == "archived"


def test_an_erased_answer_is_gone_and_stands_as_given(town: Town) -> None:
    proposal = under_review(town)
    given = town.sun.post(f"/proposals/{proposal}/accept", ANSWER)["answer"]
    path = f"/proposals/{proposal}/answers/answer/1/erase"
    assert town.sun.refused(f"/proposals/{proposal}/answers/outcome/1/erase", {"reason": "r"})[0] == 404
    assert town.wang.refused(path, {"reason": "r"}) == (403, "role_missing")
    assert town.sun.refused(path) == (422, "reason_required")
    erased = town.sun.post(path, {"reason": "含他人电话"})["answer"]
    assert (erased["erased"], erased["text"], erased["salt"]) == (True, {}, None)
    kept = ("number", "cost_fen", "deadline", "text_hash")
    assert {name: erased[name] for name in kept} == {name: given[name] for name in kept}
    assert town.sun.refused(path, {"reason": "r"}) == (409, "answer_erased_already")
    event = town.sun.get(f"/proposals/{proposal}/events")["items"][-1]
    assert (event["kind"], event["to_state"], event["facts"]["text"]) == (
        "answer_erased",
        "accepted",
        given["text_hash"],
    )
