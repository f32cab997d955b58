"""A roll from draft to superseded on both databases: what it holds, who may move it, what each move leaves behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from tests.roll.neighbourhood import AUDITOR, FOREIGN, NOW, OFFICER, RESIDENT
from voting.community.tables import Ownership, Person, Residency
from voting.core.authority import STRANGER, Grant, Principal
from voting.core.rolls import ROLL
from voting.errors import Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal
from voting.roll import service
from voting.roll.service import Scope
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.store import reader, transact, writer

COMMUNITY = Scope("community")
PATH = ("compile", "display", "close_objections", "correct", "seal", "supersede")
DONE = {
    "draft": 0,
    "compiled": 1,
    "displayed": 2,
    "objections_closed": 3,
    "corrected": 4,
    "sealed": 5,
    "superseded": 6,
}


def give(session: Session, roll_id: str, command: str) -> service.RollView:
    """Give one command as the officer; a correction takes Li from the register anew."""
    if command == "correct":
        return service.correct(session, OFFICER, roll_id, reason="异议成立", add=["per_li"], now=NOW)
    acts: dict[str, Callable[..., service.RollView]] = {
        "compile": service.compile_entries,
        "display": service.display,
        "close_objections": service.close_objections,
        "seal": service.seal,
        "supersede": service.supersede,
    }
    return acts[command](session, OFFICER, roll_id, now=NOW)


def a_roll(session: Session, state: str = "draft", basis: str = "person", scope: Scope = COMMUNITY) -> str:
    """A roll of that basis, led by the officer up to that state."""
    view = service.create(session, OFFICER, "com_1", name="全体", basis=basis, scope=scope, now=NOW)
    for command in PATH[: DONE[state]]:
        view = give(session, view.roll.id, command)
    return view.roll.id


def made(engine: Engine, state: str, basis: str = "person", scope: Scope = COMMUNITY) -> str:
    return transact(engine, lambda session: a_roll(session, state, basis, scope))


def electors(engine: Engine, roll_id: str) -> dict[str, tuple[int, int]]:
    """Elector → (area, number of voters)."""
    with reader(engine) as session:
        return {e.elector: (e.area_cm2, e.voters) for e in service.entries_of(session, OFFICER, roll_id, None, 50)}


def events(engine: Engine, roll_id: str) -> list[str]:
    with reader(engine) as session:
        return sorted(event.kind for event in journal.of(session, "roll", roll_id))


def test_a_roll_of_persons_holds_every_adult_resident(settled: Engine) -> None:
    held = electors(settled, made(settled, "compiled"))
    assert held == dict.fromkeys(("per_wang", "per_li", "per_zhao", "per_sun", "per_zhou"), (0, 1))


def test_a_roll_of_households_holds_every_home_with_an_adult(settled: Engine) -> None:
    held = electors(settled, made(settled, "compiled", "household"))
    assert held == {"hsh_1": (800_000, 1), "hsh_3": (600_000, 1), "hsh_4": (700_000, 1)}


def test_a_roll_of_owners_merges_the_homes_of_one_buyer(settled: Engine) -> None:
    held = electors(settled, made(settled, "compiled", "owner"))
    owners = {"key_wang": (1_300_000, 1), "key_qian": (600_000, 0), "key_sun": (700_000, 1)}
    assert held == owners | {"unsold": (300_000, 0)}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope("building", ("bld_2",)), {"per_sun", "per_zhou"}),
        (Scope("unit", ("unt_2",)), {"per_zhao"}),
        (Scope("unit", ("unt_2", "unt_3")), {"per_zhao", "per_sun", "per_zhou"}),
        (Scope("dwellings", ("dwl_1", "dwl_2")), {"per_wang", "per_li"}),
    ],
)
def test_a_roll_reaches_as_far_as_its_scope(settled: Engine, scope: Scope, expected: set[str]) -> None:
    assert set(electors(settled, made(settled, "compiled", scope=scope))) == expected


def test_a_compilation_sums_heads_and_area(settled: Engine) -> None:
    roll_id = made(settled, "compiled", "owner")
    with reader(settled) as session:
        roll = service.get(session, OFFICER, roll_id, now=NOW).roll
    assert (roll.electors, roll.heads, roll.area_cm2) == (4, 4, 2_900_000)


@pytest.mark.parametrize(("day", "expected"), [(date(2033, 4, 30), False), (date(2033, 5, 1), True)])
def test_age_counts_on_the_day_of_the_roll(settled: Engine, day: date, expected: bool) -> None:
    def of_that_day(session: Session) -> str:
        view = service.create(
            session, OFFICER, "com_1", name="全体", basis="person", scope=COMMUNITY, age_on=day, now=NOW
        )
        return service.compile_entries(session, OFFICER, view.roll.id, now=NOW).roll.id

    assert ("per_child" in electors(settled, transact(settled, of_that_day))) is expected


def test_the_day_of_the_compilation_is_the_communitys_own(settled: Engine) -> None:
    """16:30 UTC on 30 April is 00:30 on 1 May in Shanghai: the day Wang junior comes of age."""

    def late_at_night(session: Session) -> str:
        roll_id = a_roll(session)
        return service.compile_entries(
            session, OFFICER, roll_id, now=NOW.replace(year=2033, month=4, day=30, hour=16, minute=30)
        ).roll.id

    assert "per_child" in electors(settled, transact(settled, late_at_night))


@pytest.mark.parametrize(("last_day", "expected"), [(date(2026, 3, 1), True), (date(2026, 2, 28), False)])
def test_who_has_moved_out_is_no_elector(settled: Engine, last_day: date, expected: bool) -> None:
    def move_out(session: Session) -> None:
        session.get_one(Residency, "res_per_li").to_on = last_day

    transact(settled, move_out)
    assert ("per_li" in electors(settled, made(settled, "compiled"))) is expected


def test_compiling_again_follows_the_register(settled: Engine) -> None:
    roll_id = made(settled, "compiled")
    transact(settled, lambda session: session.delete(session.get_one(Residency, "res_per_zhao")))
    transact(settled, lambda session: give(session, roll_id, "compile"))
    assert "per_zhao" not in electors(settled, roll_id)


@pytest.mark.parametrize("state", sorted(DONE))
def test_a_legal_move_leaves_one_event_and_an_illegal_one_none(settled: Engine, state: str) -> None:
    for command in PATH:
        roll_id = made(settled, state)
        before = len(events(settled, roll_id))
        with writer(settled) as session:
            if (state, command) in ROLL.table:
                assert give(session, roll_id, command).roll.state == ROLL.table[state, command].to
            else:
                with pytest.raises(IllegalMove):
                    give(session, roll_id, command)
            session.commit()
        assert len(events(settled, roll_id)) == before + ((state, command) in ROLL.table)


def test_the_events_of_a_roll_tell_its_life(settled: Engine) -> None:
    told = events(settled, made(settled, "superseded"))
    assert told == sorted(
        ["created", "compiled", "displayed", "objections_closed", "corrected", "sealed", "superseded"]
    )


@pytest.mark.parametrize("command", ["compile", "correct", "seal"])
def test_a_sealed_roll_refuses_with_its_own_code(settled: Engine, command: str) -> None:
    roll_id = made(settled, "sealed")
    with writer(settled) as session, pytest.raises(IllegalMove) as refused:
        give(session, roll_id, command)
    assert (refused.value.code, refused.value.allowed) == ("roll_sealed", ("supersede",))


def test_an_empty_roll_is_not_displayed(settled: Engine) -> None:
    roll_id = made(settled, "compiled", scope=Scope("dwellings", ("dwl_5",)))
    with writer(settled) as session, pytest.raises(IllegalMove, match="roll_is_empty"):
        give(session, roll_id, "display")


def test_the_seal_is_the_root_of_the_salted_leaves(settled: Engine) -> None:
    """Recomputed from the entries with nothing but SHA-256; five leaves make the tree ((0 1)(2 3)) 4."""
    roll_id = made(settled, "sealed")
    with reader(settled) as session:
        held = session.exec(select(RollEntry).where(RollEntry.roll_id == roll_id)).all()
        found = session.get_one(Roll, roll_id).root
    values = sorted(
        hashlib.sha256(b"yishi/1/roll\n" + e.salt + e.elector.encode() + b"\0" + (e.unit_id or "").encode()).digest()
        for e in held
    )
    a, b, c, d, last = (hashlib.sha256(b"\0" + value).digest() for value in values)

    def join(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\1" + left + right).digest()

    assert found == join(join(join(a, b), join(c, d)), last)


def test_two_rolls_of_the_same_electors_have_different_roots(settled: Engine) -> None:
    one, other = made(settled, "sealed"), made(settled, "sealed")
    with reader(settled) as session:
        assert session.get_one(Roll, one).root != session.get_one(Roll, other).root


@pytest.mark.parametrize("state", ["sealed", "superseded"])
def test_the_database_itself_keeps_a_seal(settled: Engine, state: str) -> None:
    made(settled, state)
    for statement in (
        "UPDATE roll SET state = 'corrected'",
        "UPDATE roll SET electors = 1",
        "UPDATE roll SET state = 'superseded', name = 'x'",
        "DELETE FROM roll",
        "UPDATE roll_entry SET roll_id = 'rll_open'",
        "UPDATE roll_entry SET area_cm2 = 1",
        "DELETE FROM roll_voter",
        "DELETE FROM roll_entry",
    ):
        with writer(settled) as session, pytest.raises(DBAPIError, match="the roll is sealed"):
            session.execute(text(statement))


def test_a_correction_adds_who_is_in_the_register_and_removes_an_entry(settled: Engine) -> None:
    roll_id = made(settled, "objections_closed")

    def correct(session: Session) -> None:
        session.add(Person(id="per_new", community_id="com_1", name="新"))
        session.flush()
        session.add(
            Residency(id="res_n", community_id="com_1", dwelling_id="dwl_5", person_id="per_new", kind="tenant")
        )
        session.flush()
        gone = session.exec(select(RollEntry.id).where(RollEntry.elector == "per_zhao")).one()
        service.correct(session, OFFICER, roll_id, reason="异议成立", add=["per_new"], remove=[gone], now=NOW)

    transact(settled, correct)
    assert set(electors(settled, roll_id)) == {"per_wang", "per_li", "per_new", "per_sun", "per_zhou"}


def test_a_correction_takes_an_elector_with_the_weights_of_now(settled: Engine) -> None:
    roll_id = made(settled, "objections_closed", "owner")

    def sell(session: Session) -> None:
        session.execute(text("UPDATE ownership SET merge_key = 'key_qian', person_id = NULL WHERE id = 'own_2'"))
        service.correct(session, OFFICER, roll_id, reason="已过户", add=["key_wang", "key_qian"], now=NOW)

    transact(settled, sell)
    held = electors(settled, roll_id)
    owners = {"key_wang": (800_000, 1), "key_qian": (1_100_000, 0), "key_sun": (700_000, 1)}
    assert held == owners | {"unsold": (300_000, 0)}


def test_a_correction_takes_a_dwelling_that_was_sold_from_the_unsold(settled: Engine) -> None:
    roll_id = made(settled, "objections_closed", "owner")

    def sell(session: Session) -> None:
        bought = {"owner_name": "王", "merge_key": "key_wang", "is_voter": True}
        session.add(Ownership(id="own_6", community_id="com_1", dwelling_id="dwl_5", person_id="per_wang", **bought))
        session.flush()
        service.correct(session, OFFICER, roll_id, reason="已售出", add=["key_wang"], now=NOW)

    transact(settled, sell)
    assert electors(settled, roll_id) == {
        "key_wang": (1_600_000, 1),
        "key_qian": (600_000, 0),
        "key_sun": (700_000, 1),
    }


@pytest.mark.parametrize(
    ("add", "remove", "code", "pointer"),
    [
        ([], [], "roll_nothing_to_correct", "/add"),
        (["per_child"], [], "elector_not_in_register", "/add/0"),
        (["per_li", "per_far"], [], "elector_not_in_register", "/add/1"),
        (["per_li", "per_li"], [], "elector_twice", "/add/1"),
        ([], ["ent_nobody"], "entry_not_on_roll", "/remove/0"),
    ],
)
def test_a_correction_of_what_is_not_there_is_refused(
    settled: Engine, add: list[str], remove: list[str], code: str, pointer: str
) -> None:
    roll_id = made(settled, "objections_closed")
    with writer(settled) as session, pytest.raises(Invalid) as refused:
        service.correct(session, OFFICER, roll_id, reason="r", add=add, remove=remove, now=NOW)
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [(code, pointer)]


def test_a_correction_needs_a_reason(settled: Engine) -> None:
    roll_id = made(settled, "objections_closed")
    with writer(settled) as session, pytest.raises(Invalid) as refused:
        service.correct(session, OFFICER, roll_id, reason=" ", add=["per_li"], now=NOW)
    assert refused.value.faults[0].code == "reason_required"


@pytest.mark.parametrize(
    ("basis", "scope", "code"),
    [
        ("citizen", COMMUNITY, "roll_basis_unknown"),
        ("person", Scope("street", ("x",)), "roll_scope_unknown"),
        ("person", Scope("community", ("bld_1",)), "roll_scope_ids"),
        ("person", Scope("unit"), "roll_scope_ids"),
        ("person", Scope("unit", ("bld_1",)), "roll_scope_absent"),
        ("person", Scope("unit", ("unt_1", "unt_1")), "roll_scope_twice"),
    ],
)
def test_a_roll_of_impossible_terms_is_not_created(settled: Engine, basis: str, scope: Scope, code: str) -> None:
    with writer(settled) as session, pytest.raises(Invalid) as refused:
        service.create(session, OFFICER, "com_1", name="x", basis=basis, scope=scope, now=NOW)
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize(
    ("principal", "error"),
    [(STRANGER, Unauthenticated), (FOREIGN, NotFound), (RESIDENT, Forbidden), (AUDITOR, Forbidden)],
)
def test_only_an_officer_of_the_community_moves_a_roll(
    settled: Engine, principal: Principal, error: type[Exception]
) -> None:
    roll_id = made(settled, "draft")
    with writer(settled) as session:
        for act in (service.compile_entries, service.display, service.seal, service.supersede):
            with pytest.raises(error):
                act(session, principal, roll_id, now=NOW)


@pytest.mark.parametrize("principal", [RESIDENT, AUDITOR])
def test_entries_name_people_and_are_for_officers(settled: Engine, principal: Principal) -> None:
    roll_id = made(settled, "compiled")
    with reader(settled) as session, pytest.raises(Forbidden):
        service.entries_of(session, principal, roll_id, None, 50)


def test_an_officer_of_one_unit_keeps_the_roll_of_that_unit_alone(settled: Engine) -> None:
    keeper = Principal("person", "per_li", "com_1", (Grant("committee_officer", "unit", "unt_1"),))
    with writer(settled) as session:
        own = service.create(
            session, keeper, "com_1", name="一单元", basis="person", scope=Scope("unit", ("unt_1",)), now=NOW
        )
        assert own.roll.state == "draft"
        with pytest.raises(Forbidden):
            service.create(session, keeper, "com_1", name="全体", basis="person", scope=COMMUNITY, now=NOW)


def test_an_officer_of_a_building_keeps_the_rolls_of_its_units(settled: Engine) -> None:
    keeper = Principal("person", "per_li", "com_1", (Grant("committee_officer", "building", "bld_1"),))
    roll_id = made(settled, "draft", scope=Scope("unit", ("unt_2",)))
    with writer(settled) as session:
        assert service.compile_entries(session, keeper, roll_id, now=NOW).roll.electors == 1


def test_actions_say_what_stands_in_the_way(settled: Engine) -> None:
    roll_id = made(settled, "compiled")
    with reader(settled) as session:
        officer = {a.action: a.code for a in service.get(session, OFFICER, roll_id, now=NOW).actions}
        resident = {a.action: a.code for a in service.get(session, RESIDENT, roll_id, now=NOW).actions}
    assert officer == dict.fromkeys(ROLL.offered, "wrong_state") | {"compile": None, "display": None}
    assert resident == dict.fromkeys(PATH, "role_missing") | {"object": "wrong_state"}


def test_actions_of_a_sealed_roll_name_the_seal(settled: Engine) -> None:
    roll_id = made(settled, "sealed")
    with reader(settled) as session:
        found = {a.action: a.code for a in service.get(session, OFFICER, roll_id, now=NOW).actions}
    assert found == dict.fromkeys(ROLL.offered, "roll_sealed") | {"supersede": None}


def test_entries_page_by_keyset(settled: Engine) -> None:
    roll_id = made(settled, "compiled")
    with reader(settled) as session:
        first = service.entries_of(session, OFFICER, roll_id, None, 3)
        rest = service.entries_of(session, OFFICER, roll_id, first[-1].id, 3)
    assert (len(first), len(rest), len({entry.id for entry in first + rest})) == (3, 2, 5)


def test_a_community_lists_its_own_rolls(settled: Engine) -> None:
    roll_id = made(settled, "draft")
    with reader(settled) as session:
        assert [view.roll.id for view in service.list_of(session, RESIDENT, "com_1", None, 10, now=NOW)] == [roll_id]
        assert service.list_of(session, FOREIGN, "com_2", None, 10, now=NOW) == ()
        with pytest.raises(NotFound):
            service.list_of(session, FOREIGN, "com_1", None, 10, now=NOW)


def test_one_person_acts_for_at_most_one_entry(settled: Engine) -> None:
    roll_id = made(settled, "compiled", "household")
    with writer(settled) as session:
        entry = session.exec(select(RollEntry.id).where(RollEntry.elector == "hsh_3")).one()
        session.add(RollVoter(roll_id=roll_id, person_id="per_wang", entry_id=entry))
        with pytest.raises(DBAPIError):
            session.flush()
