"""Proxies: whom an elector lets vote in their place. Granted by the elector here, or recorded by an officer from a paper.

Granting holds the roll's row, so that two grants to one agent at the same moment cannot pass the cap together. Whoever
votes first, the elector or the proxy, has cast the elector's one ballot; a revocation after that changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnClause, column, func, or_, table
from sqlalchemy import select as select_of
from sqlmodel import Session, col, select

from voting.community.clock import now_in
from voting.community.queries import Action
from voting.community.tables import Community, Person
from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.roll import queries
from voting.roll.tables import Proxy, Roll, RollEntry, RollVoter
from voting.roll.terms import from_document

_CONTESTS = table("contest", column("id"), column("roll_id"), column("state"))
_OPTIONS = table("contest_option", column("id"), column("contest_id"), column("person_id"))
_TO_COME = ("draft", "noticed", "open")

WITHOUT_PROXIES = ("draft", "superseded")
"""States of a roll in which no proxy is granted."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What is asked for."""

    agent_id: str
    entry_id: str | None = None
    """The elector; empty: the caller's own entry."""
    contest_id: str | None = None
    instruction: str | None = None
    document_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class ProxyView:
    """A proxy as this caller sees it. The instruction is shown to the elector and the agent alone."""

    proxy: Proxy
    instruction: str | None
    actions: tuple[Action, ...]


def grant(session: Session, principal: Principal, roll_id: str, wanted: Grant, *, now: datetime) -> ProxyView:
    """Let a person of the community vote for an elector. Raises Invalid, Conflict or Forbidden with the reason."""
    roll = queries.get(session, principal, roll_id, lock=True)
    entry, form = _entry(session, principal, roll, wanted.entry_id)
    cap = from_document(roll.terms).proxies_max
    if cap == 0:
        raise Conflict("proxies_not_allowed")
    if roll.state in WITHOUT_PROXIES:
        raise Conflict("roll_takes_no_proxies", state=roll.state)
    _check_agent(session, roll, entry, wanted, cap)
    at = now_in(session.get_one(Community, roll.community_id), now)
    proxy = Proxy(
        id=timed_id("prx", at),
        community_id=roll.community_id,
        roll_id=roll.id,
        contest_id=wanted.contest_id,
        entry_id=entry.id,
        agent_id=wanted.agent_id,
        form=form,
        instruction=wanted.instruction,
        document_hash=wanted.document_hash,
        granted_at=at,
        granted_by=principal.id,
    )
    session.add(proxy)
    session.flush()
    _note(session, principal, proxy, "granted", at, None)
    return _view(session, principal, roll, proxy)


def revoke(session: Session, principal: Principal, proxy_id: str, *, now: datetime) -> ProxyView:
    """Take a proxy back: the elector, or an officer for them. A ballot that was cast stays cast."""
    roll, proxy = _load(session, principal, proxy_id, lock=True)
    if not _may_revoke(session, principal, roll, proxy):
        raise Forbidden("proxy_revoked_by_elector")
    if proxy.state != "granted":
        raise IllegalMove("illegal_move", noun="proxy", state=proxy.state, command="revoke")
    at = now_in(session.get_one(Community, roll.community_id), now)
    proxy.state, proxy.revoked_at = "revoked", at
    session.flush()
    _note(session, principal, proxy, "revoked", at, "granted")
    return _view(session, principal, roll, proxy)


def get(session: Session, principal: Principal, proxy_id: str) -> ProxyView:
    """One proxy, for officers, the elector, the agent and, where the terms publish proxies, every member."""
    roll, proxy = _load(session, principal, proxy_id)
    return _view(session, principal, roll, proxy)


def of_roll(
    session: Session, principal: Principal, roll_id: str, after: str | None, limit: int
) -> tuple[ProxyView, ...]:
    """At most `limit` proxies behind the id `after`, oldest first: all for those who read them, else one's own."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read", queries.subject(session, roll))
    query = select(Proxy).where(Proxy.roll_id == roll_id)
    if not _reads_all(session, principal, roll):
        own = select(col(RollVoter.entry_id)).where(RollVoter.roll_id == roll_id, RollVoter.person_id == principal.id)
        query = query.where(or_(col(Proxy.agent_id) == principal.id, col(Proxy.entry_id).in_(own)))
    if after is not None:
        query = query.where(col(Proxy.id) > after)
    found: Sequence[Proxy] = session.exec(query.order_by(col(Proxy.id)).limit(limit)).all()
    return tuple(_view(session, principal, roll, proxy) for proxy in found)


def _entry(session: Session, principal: Principal, roll: Roll, entry_id: str | None) -> tuple[RollEntry, str]:
    """The elector, and the form of the grant: one's own here, anybody's from a paper by an officer."""
    own = queries.entry_of(session, roll.id, principal.id) if principal.kind == "person" else None
    if own is not None and entry_id in (None, own.id):
        return own, "in_app"
    authority.require(principal, "proxy.record", queries.subject(session, roll))
    if entry_id is None:
        raise Invalid.at("/entry_id", "proxy_entry_needed")
    entry = session.get(RollEntry, entry_id)
    if entry is None or entry.roll_id != roll.id:
        raise Invalid.at("/entry_id", "entry_not_on_roll", id=entry_id)
    return entry, "written"


def _check_agent(session: Session, roll: Roll, entry: RollEntry, wanted: Grant, cap: int) -> None:
    agent = session.get(Person, wanted.agent_id)
    if agent is None or agent.community_id != roll.community_id:
        raise Invalid.at("/agent_id", "person_not_found", id=wanted.agent_id)
    acting = queries.entry_of(session, roll.id, agent.id)
    if acting is not None and acting.id == entry.id:
        raise Invalid.at("/agent_id", "proxy_of_oneself")
    if _stands(session, roll, agent.id, wanted.contest_id):
        raise Conflict("proxy_held_by_candidate")
    meets = (
        True
        if wanted.contest_id is None
        else or_(col(Proxy.contest_id).is_(None), col(Proxy.contest_id) == wanted.contest_id)
    )
    standing = select(func.count()).select_from(Proxy).where(Proxy.roll_id == roll.id, Proxy.state == "granted", meets)
    if session.exec(standing.where(Proxy.entry_id == entry.id)).one():
        raise Conflict("proxy_already_granted")
    if session.exec(standing.where(Proxy.agent_id == agent.id)).one() >= cap:
        raise Conflict("proxy_cap_reached", most=cap)


def _stands(session: Session, roll: Roll, person_id: str, contest_id: str | None) -> bool:
    """Whether the person is a candidate of that contest or, for a proxy for all, of one on this roll that is not over."""
    of_roll = _CONTESTS.c.roll_id == roll.id, _OPTIONS.c.contest_id == _CONTESTS.c.id, _OPTIONS.c.person_id == person_id
    which = _CONTESTS.c.state.in_(_TO_COME) if contest_id is None else _CONTESTS.c.id == contest_id
    id_: ColumnClause[str] = _OPTIONS.c.id
    return session.execute(select_of(id_).where(*of_roll, which)).first() is not None


def _load(session: Session, principal: Principal, proxy_id: str, *, lock: bool = False) -> tuple[Roll, Proxy]:
    """The proxy, if the caller may read it; otherwise it is absent."""
    queries.known(principal)
    proxy = session.get(Proxy, proxy_id, with_for_update=lock or None, populate_existing=lock)
    if proxy is None or not authority.belongs(principal, proxy.community_id):
        raise NotFound("proxy_not_found", id=proxy_id)
    roll = session.get_one(Roll, proxy.roll_id)
    if not (_reads_all(session, principal, roll) or _concerns(session, principal, proxy)):
        raise NotFound("proxy_not_found", id=proxy_id)
    return roll, proxy


def _reads_all(session: Session, principal: Principal, roll: Roll) -> bool:
    published = from_document(roll.terms).proxies_published
    return published or authority.may(principal, "proxy.record", queries.subject(session, roll)).allowed


def _concerns(session: Session, principal: Principal, proxy: Proxy) -> bool:
    return principal.kind == "person" and (proxy.agent_id == principal.id or _is_elector(session, principal, proxy))


def _is_elector(session: Session, principal: Principal, proxy: Proxy) -> bool:
    own = queries.entry_of(session, proxy.roll_id, principal.id) if principal.kind == "person" else None
    return own is not None and own.id == proxy.entry_id


def _may_revoke(session: Session, principal: Principal, roll: Roll, proxy: Proxy) -> bool:
    if _is_elector(session, principal, proxy):
        return True
    return authority.may(principal, "proxy.record", queries.subject(session, roll)).allowed


def _view(session: Session, principal: Principal, roll: Roll, proxy: Proxy) -> ProxyView:
    shown = proxy.instruction if _concerns(session, principal, proxy) else None
    code = None if _may_revoke(session, principal, roll, proxy) else "proxy_revoked_by_elector"
    if code is None and proxy.state != "granted":
        code = "wrong_state"
    return ProxyView(proxy, shown, (Action("revoke", code is None, code),))


def _note(
    session: Session, principal: Principal, proxy: Proxy, kind: str, at: datetime, from_state: str | None
) -> None:
    journal.record(
        session,
        community_id=proxy.community_id,
        subject_kind="proxy",
        subject_id=proxy.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=proxy.state,
        facts={"roll": proxy.roll_id, "form": proxy.form},
    )
