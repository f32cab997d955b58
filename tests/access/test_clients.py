"""API clients: a secret that is shown once, scopes that are handed on but never gained, two live keys at most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.access.moment import NOW
from tests.access.world import ADMIN, AUDITOR, FOREIGN_ADMIN, RESIDENT
from voting.access import clients, principals
from voting.access.clients import IssuedKey
from voting.core.authority import STRANGER, SYSTEM, Grant, Principal
from voting.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, YishiError
from voting.log import journal


def made(session: Session, principal: Principal = ADMIN, **changed: object) -> IssuedKey:
    values: dict[str, object] = {"community_id": "com_1", "name": "app", "scopes": ["rolls:read"], "now": NOW}
    return clients.create(session, principal, **(values | changed))  # type: ignore[arg-type]  # a table of values


CALLS: dict[str, Callable[[Session, Principal, str], object]] = {
    "create": lambda session, who, _: made(session, who),
    "list": lambda session, who, _: clients.listing(session, who, "com_1", None, 10),
    "read": clients.read,
    "rotate": lambda session, who, client: clients.rotate(session, who, client, now=NOW),
    "revoke": lambda session, who, client: clients.revoke(session, who, client, now=NOW),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("who", "refusal"),
    [(STRANGER, Unauthenticated), (FOREIGN_ADMIN, NotFound), (RESIDENT, Forbidden), (AUDITOR, Forbidden)],
)
def test_only_an_admin_of_the_community_manages_clients(
    session: Session, call: str, who: Principal, refusal: type[YishiError]
) -> None:
    client = made(session).client.id
    with pytest.raises(refusal):
        CALLS[call](session, who, client)


def test_the_secret_is_not_stored(session: Session) -> None:
    secret = made(session).bearer.partition(".")[2]
    rows = (
        session.execute(text("SELECT * FROM api_client_key")).all() + session.execute(text("SELECT * FROM event")).all()
    )
    assert secret not in repr(rows)
    assert secret.encode() not in [value for row in rows for value in row if isinstance(value, bytes)]


@pytest.mark.parametrize("scope", ["contests:rig", "platform", "", "contests:cast"])
def test_a_scope_that_a_community_cannot_give_is_named(session: Session, scope: str) -> None:
    with pytest.raises(Invalid) as error:
        made(session, scopes=["rolls:read", scope])
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [("/scopes/1", "scope_unknown")]


def test_a_client_hands_on_no_scope_it_does_not_hold(session: Session) -> None:
    grants = (Grant("community_admin", "community", "com_1"),)
    client = Principal("client", "cli_1", "com_1", grants, frozenset({"clients:write", "rolls:read"}))
    assert made(session, client, scopes=["rolls:read"]).client.scopes == ["rolls:read"]
    with pytest.raises(Forbidden, match="scope_not_held"):
        made(session, client, scopes=["rolls:read", "rolls:write"])


def test_a_platform_client_is_made_by_the_system_alone(session: Session) -> None:
    assert made(session, SYSTEM, community_id=None, scopes=["platform"]).client.community_id is None
    with pytest.raises(Forbidden, match="platform_only"):
        made(session, ADMIN, community_id=None, scopes=["platform"])


def test_a_platform_client_is_absent_for_an_admin(session: Session) -> None:
    platform = made(session, SYSTEM, community_id=None, scopes=["platform"])
    with pytest.raises(NotFound, match="client_not_found"):
        clients.read(session, ADMIN, platform.client.id)


def test_an_end_that_has_passed_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        made(session, expires_at=NOW)


def test_both_keys_of_a_rotation_work_until_the_old_one_is_revoked(session: Session) -> None:
    first = made(session)
    second = clients.rotate(session, ADMIN, first.client.id, now=NOW + timedelta(days=1))
    for bearer in (first.bearer, second.bearer):
        assert principals.of_client_key(session, bearer, NOW + timedelta(days=1)).id == first.client.id
    clients.revoke(session, ADMIN, first.client.id, key_id=first.keys[0].id, now=NOW + timedelta(days=1))
    assert principals.of_client_key(session, second.bearer, NOW + timedelta(days=1)).id == first.client.id


def test_a_third_live_key_is_refused(session: Session) -> None:
    first = made(session)
    clients.rotate(session, ADMIN, first.client.id, now=NOW)
    with pytest.raises(Conflict, match="two_live_keys"):
        clients.rotate(session, ADMIN, first.client.id, now=NOW)


def test_an_expired_key_makes_room(session: Session) -> None:
    first = made(session)
    clients.rotate(session, ADMIN, first.client.id, expires_at=NOW + timedelta(hours=1), now=NOW)
    assert clients.rotate(session, ADMIN, first.client.id, now=NOW + timedelta(hours=1)).bearer


def test_a_revoked_client_has_no_key_left_and_gets_none(session: Session) -> None:
    first = made(session)
    clients.revoke(session, ADMIN, first.client.id, now=NOW)
    with pytest.raises(Unauthenticated):
        principals.of_client_key(session, first.bearer, NOW)
    with pytest.raises(Conflict, match="client_not_live"):
        clients.rotate(session, ADMIN, first.client.id, now=NOW)


def test_to_revoke_twice_is_one_event(session: Session) -> None:
    client = made(session).client.id
    for hours in (1, 2):
        clients.revoke(session, ADMIN, client, now=NOW + timedelta(hours=hours))
    assert [event.kind for event in journal.of(session, "api_client", client)] == ["created", "revoked"]


def test_a_key_of_another_client_is_not_found(session: Session) -> None:
    first, second = made(session), made(session)
    with pytest.raises(NotFound, match="client_key_not_found"):
        clients.revoke(session, ADMIN, first.client.id, key_id=second.keys[0].id, now=NOW)


def test_the_list_goes_on_behind_an_id(session: Session) -> None:
    ids = [made(session, now=NOW + timedelta(seconds=number)).client.id for number in range(3)]
    page = clients.listing(session, ADMIN, "com_1", ids[0], 10)
    assert [(one.client.id, len(one.keys)) for one in page] == [(ids[1], 1), (ids[2], 1)]


def test_the_list_of_one_community_shows_nothing_of_another(session: Session) -> None:
    made(session)
    assert clients.listing(session, FOREIGN_ADMIN, "com_2", None, 10) == ()
