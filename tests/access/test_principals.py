"""From a bearer to a principal: whose it is, and which grants are valid at that instant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.access.moment import NOW
from tests.access.world import ADMIN, a_role
from voting.access import clients, principals
from voting.access.tables import ExternalIdentity
from voting.access.tokens import AccessClaims
from voting.core.authority import SYSTEM, Grant, Principal
from voting.errors import Unauthenticated


def claims(subject: str = "per_1", community: str | None = "com_1", issuer: str = "https://id.example") -> AccessClaims:
    return AccessClaims(subject, community, issuer, "j", NOW, b"")


def refused(session: Session, proof: AccessClaims | str, later: timedelta = timedelta()) -> str:
    with pytest.raises(Unauthenticated) as error:
        principals.resolve(session, proof, NOW + later)
    return error.value.code


def test_a_person_without_roles_has_no_grants(session: Session) -> None:
    assert principals.resolve(session, claims(), NOW) == Principal("person", "per_1", "com_1")


def test_a_role_is_a_grant_during_its_term(session: Session) -> None:
    term = {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}
    session.add(a_role("rle_1", "per_1", "teller", scope_kind="contest", scope_id="con_1", **term))
    session.flush()
    during = [NOW, NOW + timedelta(days=1) - timedelta(microseconds=1)]
    outside = [NOW - timedelta(microseconds=1), NOW + timedelta(days=1)]
    for now in during:
        assert principals.resolve(session, claims(), now).grants == (Grant("teller", "contest", "con_1"),)
    for now in outside:
        assert principals.resolve(session, claims(), now).grants == ()


def test_a_role_of_a_client_of_that_id_is_not_a_persons(session: Session) -> None:
    session.add(a_role("rle_1", "per_1", "teller", holder_kind="client"))
    session.flush()
    assert principals.resolve(session, claims(), NOW).grants == ()


def test_an_outside_subject_is_the_person_it_was_bound_to(session: Session) -> None:
    bound = {"issuer": "https://id.example", "subject": "s-1", "bound_at": NOW}
    session.add(ExternalIdentity(id="ext_1", community_id="com_1", person_id="per_admin", **bound))
    session.flush()
    found = principals.resolve(session, claims("s-1", None), NOW)
    assert found == ADMIN


@pytest.mark.parametrize("proof", [claims("s-2", None), claims("s-1", None, "https://other.example")])
def test_an_outside_subject_that_was_not_bound_is_nobody(session: Session, proof: AccessClaims) -> None:
    bound = {"issuer": "https://id.example", "subject": "s-1", "bound_at": NOW}
    session.add(ExternalIdentity(id="ext_1", community_id="com_1", person_id="per_1", **bound))
    session.flush()
    assert refused(session, proof) == "identity_not_bound"


def test_a_client_key_is_its_client_with_scopes_and_grants(session: Session) -> None:
    made = clients.create(
        session,
        ADMIN,
        community_id="com_1",
        name="front end",
        scopes=["rolls:read", "contests:write"],
        roles_over_community=["committee_officer"],
        now=NOW,
    )
    found = principals.resolve(session, made.bearer, NOW)
    grants = (Grant("committee_officer", "community", "com_1"),)
    assert found == Principal("client", made.client.id, "com_1", grants, frozenset({"rolls:read", "contests:write"}))


def test_a_platform_key_belongs_to_no_community(session: Session) -> None:
    made = clients.create(session, SYSTEM, community_id=None, name="platform", scopes=["platform"], now=NOW)
    assert principals.resolve(session, made.bearer, NOW).community_id is None


@pytest.mark.parametrize("bearer", ["", "key_", "key_x.y", "key_" + "a" * 26 + "." + "b" * 43, "key_\u0000"])
def test_a_key_that_does_not_exist_is_refused(session: Session, bearer: str) -> None:
    assert refused(session, bearer) == "client_key_invalid"


def test_a_key_with_another_secret_is_refused(session: Session) -> None:
    made = clients.create(session, ADMIN, community_id="com_1", name="a", scopes=[], now=NOW)
    wrong = made.bearer[:-1] + ("A" if made.bearer[-1] != "A" else "B")
    assert refused(session, wrong) == "client_key_invalid"


def test_a_key_ends_with_its_client(session: Session) -> None:
    ends = NOW + timedelta(days=1)
    made = clients.create(session, ADMIN, community_id="com_1", name="a", scopes=[], expires_at=ends, now=NOW)
    assert principals.resolve(session, made.bearer, ends - timedelta(microseconds=1)).kind == "client"
    assert refused(session, made.bearer, timedelta(days=1)) == "client_key_invalid"


def test_a_revoked_key_is_refused(session: Session) -> None:
    made = clients.create(session, ADMIN, community_id="com_1", name="a", scopes=[], now=NOW)
    clients.revoke(session, ADMIN, made.client.id, key_id=made.keys[0].id, now=NOW)
    assert refused(session, made.bearer) == "client_key_invalid"
