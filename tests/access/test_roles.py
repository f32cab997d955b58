"""Roles are given for a term over what exists here, and who watches does not do."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.access.moment import NOW
from tests.access.world import ADMIN, AUDITOR, FOREIGN_ADMIN, RESIDENT, a_role, settle
from voting.access import clients, roles
from voting.access.roles import Appointment
from voting.access.tables import RoleAssignment
from voting.core.authority import STRANGER, SYSTEM, Principal
from voting.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, YishiError
from voting.log import journal
from voting.store import transact, writer

TELLER = Appointment("person", "per_1", "teller", "contest", "con_1")


def assigned(
    session: Session, given: Appointment = TELLER, who: Principal = ADMIN, **changed: object
) -> RoleAssignment:
    appointment = replace(given, **changed)  # type: ignore[arg-type]  # a table of values
    return roles.assign(session, who, "com_1", appointment, now=NOW)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [(STRANGER, Unauthenticated), (FOREIGN_ADMIN, NotFound), (RESIDENT, Forbidden), (AUDITOR, Forbidden)],
)
def test_only_an_admin_of_the_community_gives_and_ends_roles(
    session: Session, who: Principal, refusal: type[YishiError]
) -> None:
    row = assigned(session)
    with pytest.raises(refusal):
        assigned(session, who=who)
    with pytest.raises(refusal):
        roles.end(session, who, row.id, now=NOW)


@pytest.mark.parametrize(
    ("who", "refusal"), [(STRANGER, Unauthenticated), (FOREIGN_ADMIN, NotFound), (RESIDENT, Forbidden)]
)
def test_who_may_not_read_roles_is_refused(session: Session, who: Principal, refusal: type[YishiError]) -> None:
    row = assigned(session)
    with pytest.raises(refusal):
        roles.listing(session, who, "com_1", None, 10)
    with pytest.raises(refusal):
        roles.read(session, who, row.id)


def test_an_auditor_reads_roles(session: Session) -> None:
    row = assigned(session)
    assert roles.read(session, AUDITOR, row.id).role == "teller"
    assert [one.id for one in roles.listing(session, AUDITOR, "com_1", None, 10, holder_id="per_1")] == [row.id]


def test_what_was_given_is_written_down(session: Session) -> None:
    row = assigned(session)
    roles.end(session, ADMIN, row.id, reason="moved away", now=NOW + timedelta(days=1))
    events = journal.of(session, "role", row.id)
    assert [(event.kind, event.actor_id, event.reason) for event in events] == [
        ("assigned", "per_admin", None),
        ("ended", "per_admin", "moved away"),
    ]
    assert events[0].facts["holder_id"] == "per_1"


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"role": "king"}, "/role", "role_unknown"),
        ({"role": "resident"}, "/role", "role_unknown"),
        ({"scope_kind": "galaxy"}, "/scope_kind", "scope_kind_unknown"),
        ({"holder_kind": "group"}, "/holder_kind", "holder_kind_unknown"),
        ({"ends_at": NOW}, "/ends_at", "term_without_time"),
        ({"ends_at": NOW + timedelta(days=1), "starts_at": NOW + timedelta(days=2)}, "/ends_at", "term_without_time"),
        ({"scope_id": "con_9"}, "/scope_id", "scope_not_here"),
        ({"scope_kind": "community", "scope_id": "com_2"}, "/scope_id", "scope_not_here"),
        ({"scope_kind": "building", "scope_id": "bld_2"}, "/scope_id", "scope_not_here"),
        ({"scope_kind": "unit", "scope_id": "bld_1"}, "/scope_id", "scope_not_here"),
        ({"holder_id": "per_9"}, "/holder_id", "holder_not_here"),
        ({"holder_id": "per_far"}, "/holder_id", "holder_not_here"),
        ({"holder_kind": "client"}, "/holder_id", "holder_not_here"),
    ],
)
def test_a_value_that_means_nothing_here_is_named(
    session: Session, changed: dict[str, object], pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        assigned(session, **changed)
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [(pointer, code)]


@pytest.mark.parametrize(
    ("kind", "identifier"), [("community", "com_1"), ("building", "bld_1"), ("unit", "unt_1"), ("contest", "con_1")]
)
def test_a_role_is_held_over_any_kind_of_thing(session: Session, kind: str, identifier: str) -> None:
    assert assigned(session, scope_kind=kind, scope_id=identifier).scope_id == identifier


def test_a_client_of_the_platform_may_be_given_a_role(session: Session) -> None:
    made = clients.create(session, SYSTEM, community_id=None, name="platform", scopes=["platform"], now=NOW)
    assert assigned(session, holder_kind="client", holder_id=made.client.id).holder_id == made.client.id


@pytest.mark.parametrize(
    ("held", "given"),
    [
        (("auditor", "community", "com_1"), ("teller", "contest", "con_1")),
        (("teller", "contest", "con_1"), ("auditor", "community", "com_1")),
        (("scrutineer", "contest", "con_1"), ("teller", "contest", "con_1")),
        (("returning_officer", "community", "com_1"), ("scrutineer", "contest", "con_1")),
        (("auditor", "building", "bld_1"), ("committee_officer", "unit", "unt_1")),
    ],
)
def test_who_watches_is_given_nothing_to_do(
    session: Session, held: tuple[str, str, str], given: tuple[str, str, str]
) -> None:
    assigned(session, Appointment("person", "per_1", *held))
    with pytest.raises(Conflict, match="roles_incompatible"):
        assigned(session, Appointment("person", "per_1", *given))


def test_incompatible_roles_may_follow_each_other(session: Session) -> None:
    change = NOW + timedelta(days=1)
    assigned(session, role="scrutineer", ends_at=change)
    assert assigned(session, starts_at=change).role == "teller"


def test_another_person_may_watch(session: Session) -> None:
    assigned(session)
    assert assigned(session, role="scrutineer", holder_id="per_2").role == "scrutineer"


def test_a_role_is_not_given_twice(session: Session) -> None:
    assigned(session)
    with pytest.raises(Conflict, match="role_already_held"):
        assigned(session)


def test_a_role_that_has_ended_may_be_given_again(session: Session) -> None:
    roles.end(session, ADMIN, assigned(session).id, now=NOW)
    assert assigned(session).ends_at is None


def test_a_role_ends_once(session: Session) -> None:
    row = assigned(session)
    roles.end(session, ADMIN, row.id, now=NOW)
    with pytest.raises(Conflict, match="role_already_ended"):
        roles.end(session, ADMIN, row.id, now=NOW)


def test_a_role_that_never_began_ends_where_it_would_have_begun(session: Session) -> None:
    begins = NOW + timedelta(days=1)
    assert roles.end(session, ADMIN, assigned(session, starts_at=begins).id, now=NOW).ends_at == begins


def test_the_last_admin_stays(session: Session) -> None:
    with pytest.raises(Conflict, match="last_admin"):
        roles.end(session, ADMIN, "rle_admin", now=NOW)


@pytest.mark.parametrize("expired", [True, False])
def test_an_admin_whose_term_has_ended_is_no_other_admin(session: Session, expired: bool) -> None:
    ends = NOW - timedelta(hours=1) if expired else NOW + timedelta(hours=1)
    session.add(a_role("rle_2", "per_2", "community_admin", ends_at=ends))
    session.flush()
    if expired:
        with pytest.raises(Conflict, match="last_admin"):
            roles.end(session, ADMIN, "rle_admin", now=NOW)
    else:
        assert roles.end(session, ADMIN, "rle_admin", now=NOW).ends_at == NOW


def test_two_admins_cannot_end_each_other_at_the_same_moment(engine: Engine) -> None:
    def begin(session: Session) -> None:
        settle(session)
        session.add(a_role("rle_2", "per_2", "community_admin"))

    transact(engine, begin)
    refused: list[str] = []
    start = threading.Barrier(2)

    def end(role_id: str) -> None:
        start.wait(10)
        try:
            transact(engine, lambda session: roles.end(session, ADMIN, role_id, now=NOW))
        except Conflict as error:
            refused.append(error.code)

    threads = [threading.Thread(target=end, args=(role_id,)) for role_id in ("rle_admin", "rle_2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["last_admin"]


def test_two_incompatible_roles_given_at_the_same_moment_are_one_role(engine: Engine) -> None:
    transact(engine, settle)
    refused: list[str] = []
    start = threading.Barrier(2)

    def give(role: str) -> None:
        start.wait(10)
        try:
            transact(engine, lambda session: assigned(session, role=role))
        except Conflict as error:
            refused.append(error.code)

    threads = [threading.Thread(target=give, args=(role,)) for role in ("teller", "scrutineer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["roles_incompatible"]
    with writer(engine) as session:
        assert len(session.exec(select(RoleAssignment).where(RoleAssignment.holder_id == "per_1")).all()) == 1
