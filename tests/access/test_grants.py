"""Refresh tokens are spent by use; a lost answer costs nothing, a stolen token ends its family."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.access.moment import NOW
from tests.access.world import settle
from voting.access import grants
from voting.access.grants import TokenPair
from voting.access.tokens import Issuer
from voting.errors import Unauthenticated
from voting.store import transact


def first(session: Session, issuer: Issuer) -> TokenPair:
    return grants.issue(session, issuer, [("per_1", "com_1")], days=180, now=NOW)[0]


def renewed(session: Session, issuer: Issuer, token: str, later: timedelta = timedelta()) -> TokenPair:
    pair = grants.renew(session, issuer, token, days=180, now=NOW + later)
    assert pair is not None
    return pair


def refused(session: Session, issuer: Issuer, token: str, later: timedelta = timedelta()) -> str:
    with pytest.raises(Unauthenticated) as error:
        grants.renew(session, issuer, token, days=180, now=NOW + later)
    return error.value.code


def test_a_pair_names_its_person(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    claims = issuer.verify_access(pair.access_token, NOW)
    assert (claims.subject, claims.community_id, pair.access_seconds) == ("per_1", "com_1", 3600)


def test_many_pairs_come_in_the_order_of_their_people(session: Session, issuer: Issuer) -> None:
    people = [("per_1", "com_1"), ("per_2", "com_1"), ("per_far", "com_2")]
    pairs = grants.issue(session, issuer, people, days=1, now=NOW)
    assert [(pair.person_id, pair.community_id) for pair in pairs] == people


def test_nobody_is_given_nothing(session: Session, issuer: Issuer) -> None:
    assert grants.issue(session, issuer, [], days=1, now=NOW) == ()


def test_the_token_is_not_stored(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    rows = session.execute(text("SELECT * FROM refresh_grant")).all()
    assert pair.refresh_token not in repr(rows)


def test_a_refresh_gives_another_pair_for_the_same_person(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    following = renewed(session, issuer, pair.refresh_token, timedelta(days=1))
    assert following.person_id == "per_1"
    assert following.refresh_token != pair.refresh_token
    assert following.refresh_expires_at == NOW + timedelta(days=181)


def test_a_chain_goes_on(session: Session, issuer: Issuer) -> None:
    token = first(session, issuer).refresh_token
    seen = {token}
    for _ in range(5):
        token = renewed(session, issuer, token).refresh_token
        seen.add(token)
    assert len(seen) == 6


def test_a_lost_answer_is_given_again(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    lost = renewed(session, issuer, pair.refresh_token)
    assert renewed(session, issuer, pair.refresh_token).refresh_token == lost.refresh_token


def test_a_token_that_is_shown_after_its_successor_was_used_ends_the_family(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    following = renewed(session, issuer, pair.refresh_token)
    newest = renewed(session, issuer, following.refresh_token)
    assert grants.renew(session, issuer, pair.refresh_token, days=180, now=NOW) is None
    for token in (pair.refresh_token, following.refresh_token, newest.refresh_token):
        assert refused(session, issuer, token) == "refresh_invalid"


def test_another_family_of_the_same_person_goes_on(session: Session, issuer: Issuer) -> None:
    stolen, other = first(session, issuer), first(session, issuer)
    following = renewed(session, issuer, stolen.refresh_token)
    renewed(session, issuer, following.refresh_token)
    assert grants.renew(session, issuer, stolen.refresh_token, days=180, now=NOW) is None
    assert renewed(session, issuer, other.refresh_token).person_id == "per_1"


def test_a_successor_cannot_be_computed_without_the_issuers_key(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    following = renewed(session, issuer, pair.refresh_token)
    assert following.refresh_token != grants._successor(_Stranger(), pair.refresh_token)  # type: ignore[arg-type]


class _Stranger:
    def secret(self, purpose: str) -> bytes:
        return bytes(32)


def test_a_token_ends_with_its_days(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    assert refused(session, issuer, pair.refresh_token, timedelta(days=180)) == "refresh_invalid"


@pytest.mark.parametrize("token", ["", "x", "\u0000", "议事" * 50])
def test_an_unknown_token_is_refused(session: Session, issuer: Issuer, token: str) -> None:
    assert refused(session, issuer, token) == "refresh_invalid"


def test_an_access_token_refreshes_nothing(session: Session, issuer: Issuer) -> None:
    assert refused(session, issuer, first(session, issuer).access_token) == "refresh_invalid"


def test_who_leaves_takes_the_whole_family_along(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    following = renewed(session, issuer, pair.refresh_token)
    grants.revoke(session, pair.refresh_token)
    assert refused(session, issuer, following.refresh_token) == "refresh_invalid"


def test_to_revoke_an_unknown_token_changes_nothing(session: Session, issuer: Issuer) -> None:
    pair = first(session, issuer)
    grants.revoke(session, "unknown")
    assert renewed(session, issuer, pair.refresh_token).person_id == "per_1"


def test_one_token_used_at_the_same_moment_gives_one_successor(engine: Engine, issuer: Issuer) -> None:
    transact(engine, settle)
    token = transact(engine, lambda session: first(session, issuer)).refresh_token
    start = threading.Barrier(4)
    found: list[str] = []

    def use() -> None:
        start.wait(10)
        found.append(transact(engine, lambda session: renewed(session, issuer, token)).refresh_token)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert len(set(found)) == 1
