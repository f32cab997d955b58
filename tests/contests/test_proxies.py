"""Casting by proxy, on both databases: one ballot for the elector whoever casts it, and only by who may."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.contests import world
from tests.contests.test_writer import clock, codes, together, writer
from tests.contests.world import NOW, person, voter
from voting.contests.batch import Cast
from voting.contests.writer import Writer
from voting.core.authority import Principal
from voting.roll import proxies
from voting.roll.proxies import Grant
from voting.store import transact

__all__ = ["clock", "writer"]

ELECTOR, AGENT, OTHER = person(0), person(1), person(2)
PRINCIPAL = Principal("person", ELECTOR, "com_1")


def settle(engine: Engine, contest_id: str | None = None) -> str:
    """An open contest of five, and a proxy of the first for the second."""
    world.build(engine, 5)

    def grant(session: Session) -> str:
        return proxies.grant(session, PRINCIPAL, "rol_1", Grant(AGENT, contest_id=contest_id), now=NOW).proxy.id

    return transact(engine, grant)


def revoke(engine: Engine, proxy_id: str) -> None:
    transact(engine, lambda session: proxies.revoke(session, PRINCIPAL, proxy_id, now=NOW).proxy.id)


def by_proxy(proxy_id: str, who: str = AGENT, first: str = "opt_a") -> Cast:
    return replace(voter(who).cast(first), proxy_id=proxy_id)


def test_an_agent_casts_for_the_elector_and_for_themselves(engine: Engine, writer: Writer) -> None:
    proxy_id = settle(engine)
    outcomes = together(writer, [by_proxy(proxy_id), voter(AGENT).cast("opt_b"), voter(OTHER).cast("opt_b")])
    assert codes(outcomes) == {"accepted": 3}
    assert world.counts(engine)[:2] == (3, 3)


@pytest.mark.parametrize("agent_first", [True, False])
def test_whoever_comes_second_finds_the_ballot_cast(engine: Engine, writer: Writer, agent_first: bool) -> None:
    proxy_id = settle(engine)
    casts = [by_proxy(proxy_id), voter(ELECTOR).cast("opt_b")]
    for cast, code in zip(casts if agent_first else reversed(casts), ("accepted", "already_cast"), strict=True):
        assert codes(together(writer, [cast])) == {code: 1}
    assert world.counts(engine)[:2] == (1, 1)


def test_elector_and_agent_at_one_moment_cast_one_ballot(engine: Engine, writer: Writer) -> None:
    proxy_id = settle(engine)
    casts = [by_proxy(proxy_id) for _ in range(10)] + [voter(ELECTOR).cast("opt_b") for _ in range(10)]
    assert codes(together(writer, casts)) == {"accepted": 1, "already_cast": 19}
    assert world.counts(engine)[:2] == (1, 1)


def test_a_proxy_is_good_for_its_agent_alone(engine: Engine, writer: Writer) -> None:
    proxy_id = settle(engine)
    assert codes(together(writer, [by_proxy(proxy_id, OTHER), by_proxy("prx_none")])) == {"proxy_not_valid": 2}


def test_a_proxy_for_another_contest_is_no_proxy_here(engine: Engine, writer: Writer) -> None:
    assert codes(together(writer, [by_proxy(settle(engine, "con_other"))])) == {"proxy_not_valid": 1}


def test_a_revoked_proxy_casts_no_more(engine: Engine, writer: Writer) -> None:
    proxy_id = settle(engine)
    revoke(engine, proxy_id)
    assert codes(together(writer, [by_proxy(proxy_id), voter(ELECTOR).cast("opt_a")])) == {
        "proxy_not_valid": 1,
        "accepted": 1,
    }


def test_a_ballot_cast_before_the_revocation_stays_and_is_acknowledged_again(engine: Engine, writer: Writer) -> None:
    proxy_id = settle(engine)
    cast = by_proxy(proxy_id)
    assert codes(together(writer, [cast])) == {"accepted": 1}
    revoke(engine, proxy_id)
    assert codes(together(writer, [cast, by_proxy(proxy_id)])) == {"resent": 1, "already_cast": 1}
