"""Support of proposals: counted by number or share, within a window, surviving edits by the endorser's word."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import select

from tests.deliberation.conftest import Town, settle
from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from voting.community.tables import Residency
from voting.core.authority import Principal
from voting.core.proposals import needed
from voting.deliberation import endorsement_reads, endorsements, proposal_drafts, proposal_moves, proposal_queries
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.proposal_drafts import Draft
from voting.deliberation.proposal_tables import Endorsement
from voting.errors import IllegalMove
from voting.log.tables import Event
from voting.roll import service as rolls
from voting.roll.service import Scope
from voting.store import Engine, Session, reader, transact

PEOPLE = {name: Principal("person", f"per_{name}", "com_1") for name in ("wang", "zhao", "sun", "zhou", "child")}
TEXT = {"zh-CN": "一\n\n二"}


def gathering(town: Town, number: int = 2, **members: Any) -> str:
    proposal = town.published(**members)
    town.sun.post(f"/proposals/{proposal}/gather", {"number": number, "days": 30})
    return proposal


def support(town: Town, proposal: str) -> dict[str, Any]:
    found = town.wang.get(f"/proposals/{proposal}")["support"]
    return {name: found[name] for name in ("needed", "standing", "unconfirmed", "mine")}


def edit(town: Town, proposal: str, text: str, *, minor: bool) -> None:
    body = {"body": {"zh-CN": text}, "minor": minor}
    assert town.li.ask("PATCH", f"/proposals/{proposal}", body, **{"If-Match": "*"}).status_code == 200


def test_the_endorsement_that_reaches_the_number_qualifies_the_proposal(town: Town) -> None:
    proposal = gathering(town)
    assert town.wang.post(f"/proposals/{proposal}/endorsements")["state"] == "gathering_support"
    assert town.wang.refused(f"/proposals/{proposal}/endorsements") == (409, "endorsed_already")
    assert town.li.refused(f"/proposals/{proposal}/endorsements") == (409, "author_never_endorses")
    assert town.zhao.post(f"/proposals/{proposal}/endorsements")["state"] == "qualified"
    assert town.sun.refused(f"/proposals/{proposal}/endorsements") == (409, "illegal_move")


def test_nobody_supports_a_wording_that_was_erased(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    town.sun.post(f"/proposals/{proposal}/versions/1/erase", {"reason": "r"})
    assert town.zhao.refused(f"/proposals/{proposal}/endorsements") == (409, "wording_erased")
    assert support(town, proposal)["standing"] == 1
    again = {"title": {"zh-CN": "车棚"}, "body": {"zh-CN": "新的一版"}}
    assert town.li.ask("PATCH", f"/proposals/{proposal}", again, **{"If-Match": "*"}).status_code == 200
    assert town.wang.post(f"/proposals/{proposal}/endorsements/confirm")["state"] == "gathering_support"
    handed_in = town.proposal("submit")
    town.sun.post(f"/proposals/{handed_in}/versions/1/erase", {"reason": "r"})
    assert town.sun.refused(f"/proposals/{handed_in}/publish") == (409, "wording_erased")


def test_a_withdrawn_endorsement_counts_no_more_and_may_be_given_again(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    town.wang.post(f"/proposals/{proposal}/endorsements/withdraw")
    assert support(town, proposal) == {"needed": 2, "standing": 0, "unconfirmed": 0, "mine": "withdrawn"}
    assert town.wang.refused(f"/proposals/{proposal}/endorsements/withdraw") == (409, "not_endorsed")
    town.wang.post(f"/proposals/{proposal}/endorsements")
    assert support(town, proposal)["standing"] == 1


def test_an_endorsement_survives_a_minor_edit_and_waits_for_a_word_after_any_other(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    edit(town, proposal, "改了一个错字", minor=True)
    assert support(town, proposal) == {"needed": 2, "standing": 1, "unconfirmed": 0, "mine": "standing"}
    assert town.wang.refused(f"/proposals/{proposal}/endorsements/confirm") == (409, "nothing_to_confirm")
    edit(town, proposal, "改了主张", minor=False)
    assert support(town, proposal) == {"needed": 2, "standing": 0, "unconfirmed": 1, "mine": "unconfirmed"}
    assert town.zhao.post(f"/proposals/{proposal}/endorsements")["state"] == "gathering_support"
    assert town.wang.post(f"/proposals/{proposal}/endorsements/confirm")["state"] == "qualified"


def test_what_is_endorsed_is_what_was_read(town: Town) -> None:
    proposal = gathering(town)
    path = f"/proposals/{proposal}/endorsements"
    edit(town, proposal, "改了一个错字", minor=True)
    assert town.wang.post(path, {"number": 1})["support"]["standing"] == 1
    edit(town, proposal, "改了主张", minor=False)
    assert town.zhao.refused(path, {"number": 2}) == (409, "wording_changed")
    assert town.wang.refused(f"{path}/confirm", {"number": 2}) == (409, "wording_changed")
    assert town.wang.post(f"{path}/confirm", {"number": 3})["support"]["standing"] == 1
    source = gathering(town)
    town.zhao.post(f"/proposals/{source}/endorsements")
    town.sun.post(f"/proposals/{source}/merge", {"into": proposal, "reason": "r"})
    move = f"/proposals/{source}/endorsements/move"
    assert town.zhao.refused(move, {"to": proposal, "number": 1}) == (409, "wording_changed")
    assert town.zhao.post(move, {"to": proposal, "number": 3})["state"] == "qualified"


def test_no_support_goes_along_to_another_place(town: Town) -> None:
    at = {"type": "Point", "coordinates": [121.4, 31.2]}
    proposal = gathering(town, location=at)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    there = {"location": {**at, "coordinates": [121.5, 31.2]}, "minor": True}
    moved = town.li.ask("PATCH", f"/proposals/{proposal}", there, **{"If-Match": "*"}).json()
    assert (moved["number"], moved["minor"]) == (2, False)
    assert support(town, proposal) == {"needed": 2, "standing": 0, "unconfirmed": 1, "mine": "unconfirmed"}


@pytest.mark.parametrize("wider", [{"unit_id": None}, {"unit_id": None, "building_id": "bld_1"}])
def test_support_gathered_for_a_few_is_never_that_of_more(town: Town, wider: dict[str, Any]) -> None:
    proposal = gathering(town, unit_id="unt_1")
    refused = town.li.refused(f"/proposals/{proposal}", wider, "PATCH", **{"If-Match": "*"})
    assert refused == (422, "scope_settled")


def test_what_replaces_an_erased_wording_is_never_minor(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    town.sun.post(f"/proposals/{proposal}/versions/1/erase", {"reason": "含他人电话"})
    changed = {"category": "停车"}
    kept = town.li.ask("PATCH", f"/proposals/{proposal}", changed, **{"If-Match": "*"}).json()
    assert (kept["number"], kept["erased"]) == (1, True)
    anew = {"title": {"zh-CN": "别的"}, "body": {"zh-CN": "全不相同"}, "minor": True}
    assert town.li.ask("PATCH", f"/proposals/{proposal}", anew, **{"If-Match": "*"}).json()["minor"] is False
    assert support(town, proposal) == {"needed": 2, "standing": 0, "unconfirmed": 1, "mine": "unconfirmed"}


def test_a_language_that_is_left_out_is_no_minor_edit(town: Town) -> None:
    both = {"title": {"zh-CN": "车棚", "en": "A shed"}, "body": {"zh-CN": "一", "en": "One"}}
    proposal = gathering(town, **both)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    less = {name: {"en": said["en"]} for name, said in both.items()} | {"minor": True}
    assert town.li.ask("PATCH", f"/proposals/{proposal}", less, **{"If-Match": "*"}).json()["minor"] is False
    assert support(town, proposal)["mine"] == "unconfirmed"


def test_nobody_asks_for_more_support_than_there_is(town: Town) -> None:
    path = f"/proposals/{town.published()}/gather"
    assert town.sun.refused(path, {"number": 7, "days": 30}) == (422, "support_out_of_reach")
    assert town.sun.post(path, {"number": 6, "days": 30})["support"]["needed"] == 6


def test_who_becomes_an_author_supports_it_no_longer(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_wang"})
    town.wang.post(f"/proposals/{proposal}/authors/accept")
    assert support(town, proposal) == {"needed": 2, "standing": 0, "unconfirmed": 0, "mine": "withdrawn"}
    assert town.zhao.post(f"/proposals/{proposal}/endorsements")["state"] == "gathering_support"


def test_a_proposal_of_one_building_is_endorsed_by_those_at_home_there(town: Town) -> None:
    proposal = gathering(town, unit_id="unt_2")
    assert town.wang.refused(f"/proposals/{proposal}/endorsements") == (409, "lives_elsewhere")
    assert town.zhao.post(f"/proposals/{proposal}/endorsements")["support"]["standing"] == 1


def test_who_moves_in_later_is_not_at_home_yet(town: Town) -> None:
    later = {
        "id": "res_later",
        "community_id": "com_1",
        "dwelling_id": "dwl_3",
        "person_id": "per_zhou",
        "kind": "tenant",
    }
    transact(town.service.engine, lambda session: session.add(Residency(**later, from_on=date(2100, 1, 1))))
    proposal = gathering(town, unit_id="unt_2")
    assert town.zhou.refused(f"/proposals/{proposal}/endorsements") == (409, "lives_elsewhere")


def test_the_rule_is_a_number_or_a_share_and_never_both(town: Town) -> None:
    path = f"/proposals/{town.published()}/gather"
    assert town.sun.refused(path, {"days": 3}) == (422, "support_rule_unclear")
    assert town.sun.refused(path, {"days": 3, "number": 1, "fraction": "1/2", "roll_id": "x"}) == (
        422,
        "support_rule_unclear",
    )
    assert town.sun.refused(path, {"days": 3, "fraction": "1/2", "roll_id": "x"}) == (422, "support_roll_not_sealed")
    assert town.sun.refused(path, {"days": 400, "number": 1}) == (422, "out_of_bounds")


def test_who_endorsed_is_told_to_reviewers_alone(town: Town) -> None:
    proposal = gathering(town)
    town.wang.post(f"/proposals/{proposal}/endorsements")
    assert town.zhao.refused(f"/proposals/{proposal}/endorsements", method="GET") == (403, "role_missing")
    (one,) = town.sun.get(f"/proposals/{proposal}/endorsements")["items"]
    assert (one["person_id"], one["state"], one["number"]) == ("per_wang", "standing", 1)


@pytest.mark.parametrize(
    ("share", "electors", "wanted"), [("1/10", 95, 10), ("1/10", 90, 9), ("1/3", 2, 1), ("1/9", 0, 1)]
)
def test_a_share_asks_for_the_least_whole_number_not_below_it(share: str, electors: int, wanted: int) -> None:
    assert needed(Fraction(share), electors) == wanted


@pytest.fixture
def settled(engine: Engine) -> Engine:
    transact(engine, settle)
    return engine


def begun(session: Session, rule: SupportRule) -> str:
    """A proposal of Li's that gathers support by this rule."""
    made = proposal_drafts.create(session, RESIDENT, "com_1", Draft(TEXT, TEXT), now=NOW).proposal.id
    proposal_moves.give(session, RESIDENT, made, "submit", now=NOW)
    proposal_moves.give(session, OFFICER, made, "publish", now=NOW)
    endorsements.gather(session, OFFICER, made, rule, now=NOW)
    return made


def test_where_the_rule_takes_a_share_of_a_roll_its_entries_are_what_counts(settled: Engine) -> None:
    def work(session: Session) -> tuple[int | None, int]:
        roll = rolls.create(
            session, OFFICER, "com_1", name="业主", basis="owner", scope=Scope("community"), now=NOW
        ).roll
        for step in (rolls.compile_entries, rolls.display, rolls.close_objections, rolls.seal):
            step(session, OFFICER, roll.id, now=NOW)
        made = begun(session, SupportRule(days=9, fraction=Fraction(2, 3), roll_id=roll.id))
        endorsements.endorse(session, PEOPLE["wang"], made, now=NOW)
        with pytest.raises(IllegalMove, match="not_on_support_roll"):
            endorsements.endorse(session, PEOPLE["zhao"], made, now=NOW)
        # Another hand for the same entry adds nothing: two who cast for one flat are one owner.
        row = session.get_one(Endorsement, (made, "per_wang"))
        twin = {"community_id": "com_1", "number": 1, "state": "standing", "since": NOW}
        session.add(Endorsement(proposal_id=made, person_id="per_child", entry_id=row.entry_id, **twin))
        session.flush()
        proposal = proposal_queries.load(session, RESIDENT, made, NOW).proposal
        return proposal.support_needed, endorsement_reads.support_of(session, [proposal])[made].standing

    assert transact(settled, work) == (3, 1)


def test_it_lapses_when_the_clock_says_so_and_not_before(settled: Engine) -> None:
    made = transact(settled, lambda session: begun(session, SupportRule(days=9, number=2)))
    last = datetime(2026, 3, 10, 16, tzinfo=UTC)

    def give(now: Any) -> str:
        return transact(
            settled, lambda s: proposal_moves.give(s, PEOPLE["zhao"], made, "lapse", now=now).proposal.state
        )

    with pytest.raises(IllegalMove, match="support_window_open"):
        give(last - timedelta(seconds=1))
    with pytest.raises(IllegalMove, match="support_window_over"):
        transact(settled, lambda s: endorsements.endorse(s, PEOPLE["zhao"], made, now=last))
    assert give(last) == "lapsed"


def test_of_many_who_endorse_at_once_exactly_one_qualifies_it(settled: Engine) -> None:
    made = transact(settled, lambda session: begun(session, SupportRule(days=9, number=2)))
    barrier, done = Barrier(len(PEOPLE)), []

    def endorse(who: Principal) -> None:
        barrier.wait(timeout=30)
        with suppress(IllegalMove):
            transact(settled, lambda s: endorsements.endorse(s, who, made, now=NOW).proposal.state)
            done.append(who.id)

    threads = [Thread(target=endorse, args=(who,)) for who in PEOPLE.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with reader(settled) as session:
        kinds = list(session.exec(select(Event.kind).where(Event.subject_kind == "proposal", Event.subject_id == made)))
        rows = list(session.exec(select(Endorsement.person_id).where(Endorsement.proposal_id == made)))
    assert kinds.count("qualified") == 1
    assert sorted(rows) == sorted(done)
    assert len(rows) == 2
