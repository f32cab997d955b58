"""Any walk through the proxies of a roll: what is granted or revoked leaves one event, what is refused leaves none.

What is legal is said here once more, in the words of the domain: an elector lets one person vote for them, an agent takes
no more than the cap, nobody grants or revokes for a neighbour, and a superseded roll takes none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from tests.roll.test_objections import a_shown_roll
from tests.roll.test_proxies import WANG, entry_of
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from voting.log.tables import Event
from voting.roll import proxies
from voting.roll.proxies import Grant
from voting.roll.tables import Proxy, Roll
from voting.roll.terms import RollTerms
from voting.store import writer

CAP = 2
ZHAO = Principal("person", "per_zhao", "com_1")
WHO = {"li": RESIDENT, "wang": WANG, "zhao": ZHAO, "officer": OFFICER}
PERSONS = ("per_li", "per_wang", "per_zhao", "per_sun")
CONTESTS = (None, "con_1", "con_2")
GRANT = st.tuples(
    st.just("grant"),
    st.sampled_from(sorted(WHO)),
    st.sampled_from(PERSONS),
    st.sampled_from(PERSONS),
    st.sampled_from(CONTESTS),
)
REVOKE = st.tuples(st.just("revoke"), st.sampled_from(sorted(WHO)), st.integers(0, 5))
STEP = st.one_of(GRANT, REVOKE, st.tuples(st.just("supersede")))
WALKS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass(slots=True)
class Held:
    """A proxy as the walk knows it."""

    elector: str
    agent: str
    contest: str | None
    granted: bool = True

    def meets(self, contest: str | None) -> bool:
        """Whether it stands for a vote for which another one is asked."""
        return self.granted and (self.contest is None or contest is None or self.contest == contest)


@dataclass(slots=True)
class Walk:
    """A roll with its proxies, in the database and as they should be there."""

    session: Session
    roll_id: str
    held: dict[str, Held] = field(default_factory=dict)
    superseded: bool = False

    def grant(self, who: str, elector: str, agent: str, contest: str | None) -> None:
        """Somebody wants to let `agent` vote for `elector`."""
        caller = WHO[who]
        wanted = Grant(agent_id=agent, entry_id=entry_of(self.session, self.roll_id, elector), contest_id=contest)
        before = self.events()
        legal = (
            (caller.id == elector or who == "officer")
            and not self.superseded
            and agent != elector
            and not any(one.meets(contest) for one in self.held.values() if one.elector == elector)
            and sum(one.meets(contest) for one in self.held.values() if one.agent == agent) < CAP
        )
        try:
            with self.session.begin_nested():
                made = proxies.grant(self.session, caller, self.roll_id, wanted, now=NOW).proxy
        except (Conflict, Forbidden, Invalid):
            assert not legal, (who, elector, agent, contest)
            assert self.events() == before
            return
        assert legal, (who, elector, agent, contest)
        assert self.events() == before + 1
        self.held[made.id] = Held(elector, agent, contest)

    def revoke(self, who: str, place: int) -> None:
        """Somebody wants to take a proxy back."""
        if not self.held:
            return
        proxy_id = sorted(self.held)[place % len(self.held)]
        one, before = self.held[proxy_id], self.events()
        legal = one.granted and (WHO[who].id == one.elector or who == "officer")
        try:
            with self.session.begin_nested():
                proxies.revoke(self.session, WHO[who], proxy_id, now=NOW)
        except (IllegalMove, Forbidden, NotFound):
            assert not legal, (who, one)
            assert self.events() == before
            return
        assert legal, (who, one)
        assert self.events() == before + 1
        one.granted = False

    def supersede(self) -> None:
        """The roll is replaced by another; that is its own machine's affair."""
        self.session.get_one(Roll, self.roll_id).state = "superseded"
        self.session.flush()
        self.superseded = True

    def events(self) -> int:
        return self.session.exec(select(func.count()).select_from(Event)).one()

    def check(self) -> None:
        """The database holds what the walk knows."""
        rows = self.session.exec(select(Proxy).where(Proxy.roll_id == self.roll_id))
        states = {row.id: row.state for row in rows}
        assert states == {name: "granted" if one.granted else "revoked" for name, one in self.held.items()}


@WALKS
@given(steps=st.lists(STEP, max_size=16))
def test_any_walk_through_proxies_leaves_one_event_for_each_move(settled: Engine, steps: list[tuple[str, ...]]) -> None:
    with writer(settled) as session:
        walk = Walk(session, a_shown_roll(session, RollTerms(proxies_max=CAP)))
        for command, *values in steps:
            getattr(walk, command)(*values)
            walk.check()
        session.rollback()
