"""Proxies on both databases: who grants them to whom, how many, who reads them, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.roll.neighbourhood import AUDITOR, NOW, OFFICER, RESIDENT
from tests.roll.test_objections import a_shown_roll
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, YishiError
from voting.log import journal
from voting.roll import proxies
from voting.roll.proxies import Grant, ProxyView
from voting.roll.tables import RollEntry
from voting.roll.terms import RollTerms
from voting.store import transact, writer

ALLOWED = RollTerms(proxies_max=1)
WANG = Principal("person", "per_wang", "com_1")


def entry_of(session: Session, roll_id: str, elector: str) -> str:
    return session.exec(select(RollEntry.id).where(RollEntry.roll_id == roll_id, RollEntry.elector == elector)).one()


def granted(session: Session, roll_id: str, who: Principal = RESIDENT, **wanted: str) -> ProxyView:
    return proxies.grant(session, who, roll_id, Grant(**{"agent_id": "per_zhao"} | wanted), now=NOW)  # type: ignore[arg-type]  # texts only


def test_an_elector_grants_a_proxy_of_their_own_entry(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        proxy = granted(session, roll_id).proxy
        assert (proxy.entry_id, proxy.form) == (entry_of(session, roll_id, "per_li"), "in_app")


def test_an_officer_records_a_written_proxy_of_anybody(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        proxy = granted(session, roll_id, OFFICER, entry_id=entry_of(session, roll_id, "per_wang")).proxy
    assert proxy.form == "written"


def test_nobody_grants_for_a_neighbour(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        with pytest.raises(Forbidden):
            granted(session, roll_id, RESIDENT, entry_id=entry_of(session, roll_id, "per_wang"))


@pytest.mark.parametrize(
    ("terms", "agent", "error", "code"),
    [
        (RollTerms(), "per_zhao", Conflict, "proxies_not_allowed"),
        (ALLOWED, "per_li", Invalid, "proxy_of_oneself"),
        (ALLOWED, "per_far", Invalid, "person_not_found"),
    ],
)
def test_a_proxy_that_cannot_be_is_refused(
    settled: Engine, terms: RollTerms, agent: str, error: type[YishiError], code: str
) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, terms)
        with pytest.raises(error) as refused:
            granted(session, roll_id, agent_id=agent)
    codes = (
        [fault.code for fault in refused.value.faults] if isinstance(refused.value, Invalid) else [refused.value.code]
    )
    assert codes == [code]


def test_one_agent_takes_no_more_than_the_cap(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        granted(session, roll_id)
        with pytest.raises(Conflict, match="proxy_cap_reached"):
            granted(session, roll_id, WANG)


def test_an_elector_has_one_proxy_for_a_contest(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, RollTerms(proxies_max=3))
        granted(session, roll_id, contest_id="con_1")
        granted(session, roll_id, contest_id="con_2", agent_id="per_sun")
        with pytest.raises(Conflict, match="proxy_already_granted"):
            granted(session, roll_id, contest_id="con_1", agent_id="per_zhou")
        with pytest.raises(Conflict, match="proxy_already_granted"):
            granted(session, roll_id, agent_id="per_zhou")


def test_a_revoked_proxy_makes_room_and_is_not_revoked_again(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        first = granted(session, roll_id).proxy
        assert proxies.revoke(session, RESIDENT, first.id, now=NOW).proxy.state == "revoked"
        with pytest.raises(IllegalMove):
            proxies.revoke(session, RESIDENT, first.id, now=NOW)
        assert granted(session, roll_id, WANG).proxy.state == "granted"
        kinds = {event.kind for event in journal.of(session, "proxy", first.id)}
    assert kinds == {"granted", "revoked"}


def test_the_instruction_is_read_by_elector_and_agent_alone(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, RollTerms(proxies_max=1, proxies_published=True))
        proxy = granted(session, roll_id, instruction="赞成").proxy
        agent = Principal("person", "per_zhao", "com_1")
        seen = [proxies.get(session, who, proxy.id).instruction for who in (RESIDENT, agent, OFFICER, WANG)]
    assert seen == ["赞成", "赞成", None, None]


def test_where_proxies_are_not_published_neighbours_do_not_read_them(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, ALLOWED)
        proxy = granted(session, roll_id).proxy
        for who in (WANG, AUDITOR):
            with pytest.raises(NotFound):
                proxies.get(session, who, proxy.id)
            assert proxies.of_roll(session, who, roll_id, None, 10) == ()
        assert len(proxies.of_roll(session, OFFICER, roll_id, None, 10)) == 1


def test_two_grants_at_one_moment_do_not_pass_the_cap_together(settled: Engine) -> None:
    roll_id = transact(settled, lambda session: a_shown_roll(session, ALLOWED))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def grant(who: Principal) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            try:
                transact(settled, lambda session: granted(session, roll_id, who).proxy.id)
                outcomes.append("granted")
            except Conflict as refused:
                outcomes.append(refused.code)

        return run

    threads = [threading.Thread(target=grant(who)) for who in (RESIDENT, WANG)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["granted", "proxy_cap_reached"]
