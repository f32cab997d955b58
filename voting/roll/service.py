"""Use cases of a roll: create, compile, display, close objections, correct, seal, supersede. One event for each.

Every move holds the roll's row to the end of the transaction, so of two at the same moment the second sees what the
first has done. After the seal nothing changes: this service refuses it as `roll_sealed`, and triggers refuse whoever
goes around the service.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from voting.community import queries as community_queries
from voting.community.clock import now_in
from voting.community.queries import Action, Expectation
from voting.community.tables import Community
from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.core.rolls import ROLL, RollFacts
from voting.errors import Fault, IllegalMove, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.roll import entries, periods, queries, register, versions
from voting.roll.electors import BASES, UNSOLD, compile_electors
from voting.roll.tables import Roll, RollEntry, RollObjection, RollVoter
from voting.roll.terms import RollTerms

FINAL = ("sealed", "superseded")
"""States in which entries never change again."""

_DONE = {
    "compile": "compiled",
    "display": "displayed",
    "close_objections": "objections_closed",
    "correct": "corrected",
    "seal": "sealed",
    "supersede": "superseded",
}


@dataclass(frozen=True, slots=True)
class RollView:
    """A roll, what this caller may do with it, and until when it is shown and objected to."""

    roll: Roll
    actions: tuple[Action, ...]
    display_until: datetime | None = None
    objections_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a roll reaches: the whole community, or the buildings, units or dwellings of `ids`."""

    kind: str
    ids: tuple[str, ...] = ()


def create(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    name: str,
    basis: str,
    scope: Scope,
    now: datetime,
    minimum_age: int | None = 18,
    age_on: date | None = None,
    replaces_id: str | None = None,
    terms: RollTerms | None = None,
) -> RollView:
    """An empty roll in draft. `minimum_age` in completed years on `age_on` (else on the day of the compilation)."""
    community = community_queries.community(session, principal, community_id)
    subject = queries.subject_of(session, community_id, scope.kind, scope.ids)
    authority.require(principal, "roll.create", subject)
    _check_terms(session, community_id, basis, scope)
    if replaces_id is not None and queries.get(session, principal, replaces_id).community_id != community_id:
        raise NotFound("roll_not_found", id=replaces_id)
    at = now_in(community, now)
    roll = Roll(
        id=timed_id("rll", at),
        community_id=community_id,
        name=name,
        basis=basis,
        scope={"kind": scope.kind} if scope.kind == "community" else {"kind": scope.kind, "ids": list(scope.ids)},
        minimum_age=minimum_age,
        age_on=age_on,
        created_at=at,
        replaces_id=replaces_id,
        terms=(terms or RollTerms()).as_document(),
    )
    session.add(roll)
    facts: dict[str, EventFact] = {"basis": basis, "scope": scope.kind}
    _note(session, principal, roll, "created", at, from_state=None, facts=facts)
    return _view(session, principal, roll, now)


def compile_entries(session: Session, principal: Principal, roll_id: str, *, now: datetime) -> RollView:
    """Fill the roll from the register as it stands; a roll not yet displayed may be compiled again from the start."""
    roll, community, to = _begin(session, principal, roll_id, "compile", now)
    at = now_in(community, now)
    found = register.read(session, roll, day_that_counts(roll, community, at))
    entries.clear(session, roll.id)
    entries.write(session, roll, compile_electors(roll.basis, found))
    roll.compiled_at = at
    _sum(session, roll)
    versions.write(session, roll, "compile", at)
    return _end(session, principal, roll, "compile", to, at, facts=_weights(roll))


def display(session: Session, principal: Principal, roll_id: str, *, now: datetime) -> RollView:
    """Show the roll; from here on objections are heard and it is not compiled again."""
    roll, community, to = _begin(session, principal, roll_id, "display", now)
    roll.displayed_at = now_in(community, now)
    return _end(session, principal, roll, "display", to, roll.displayed_at)


def close_objections(session: Session, principal: Principal, roll_id: str, *, now: datetime) -> RollView:
    """End the time for objections."""
    return _plain_move(session, principal, roll_id, "close_objections", now)


def correct(
    session: Session,
    principal: Principal,
    roll_id: str,
    *,
    reason: str,
    expects: Expectation | None = None,
    now: datetime,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    objection_id: str | None = None,
) -> RollView:
    """Remove entries (by id) and take electors (person id, household id or merge key) from the register anew.

    An elector to be added who already stands on the roll is compiled again, with today's weights and voters, and so is
    the head of the unsold dwellings: one that was sold must not weigh twice. The day that counts for age and residence
    stays that of the compilation. `expects` refuses an edit of another version; `objection_id` names the upheld
    objection that the correction follows.
    """
    roll, community, to = _begin(session, principal, roll_id, "correct", now, reason, expects)
    if not add and not remove:
        raise Invalid.at("/add", "roll_nothing_to_correct")
    _check_objection(session, roll, objection_id)
    again = frozenset(add) | ({UNSOLD} if roll.basis == "owner" else set())
    leaving = _leaving(session, roll, add, remove, again)
    entries.remove(session, roll.id, leaving)
    taken = session.exec(select(RollVoter.person_id).where(RollVoter.roll_id == roll.id)).all()
    today = register.read(session, roll, day_that_counts(roll, community, roll.compiled_at or now))
    found = compile_electors(roll.basis, today, only=again, taken=taken)
    known = {elector.ref for elector in found}
    missing = [
        Fault(f"/add/{n}", "elector_not_in_register", {"id": ref}) for n, ref in enumerate(add) if ref not in known
    ]
    if missing:
        raise Invalid(missing)
    arrived = entries.write(session, roll, found)
    _sum(session, roll)
    at = now_in(community, now)
    versions.write(session, roll, "correct", at, added=arrived, removed=leaving, objection_id=objection_id)
    facts = _weights(roll) | {"added": arrived, "removed": leaving}
    if objection_id is not None:
        facts |= {"objection": objection_id}
    return _end(session, principal, roll, "correct", to, at, reason=reason, facts=facts)


def seal(session: Session, principal: Principal, roll_id: str, *, now: datetime) -> RollView:
    """Fix the roll by the root of its salted leaves. Nothing of it changes afterwards."""
    roll, community, to = _begin(session, principal, roll_id, "seal", now)
    at = now_in(community, now)
    roll.root = versions.write(session, roll, "seal", at).root
    roll.sealed_at = at
    facts = _weights(roll) | {"root": roll.root.hex()}
    return _end(session, principal, roll, "seal", to, at, facts=facts)


def supersede(
    session: Session, principal: Principal, roll_id: str, *, now: datetime, reason: str | None = None
) -> RollView:
    """Retire a sealed roll: no new contest opens on it, and those that have stay valid."""
    return _plain_move(session, principal, roll_id, "supersede", now, reason)


def get(session: Session, principal: Principal, roll_id: str, *, now: datetime) -> RollView:
    """One roll."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read", queries.subject(session, roll))
    return _view(session, principal, roll, now)


def list_of(
    session: Session, principal: Principal, community_id: str, after: str | None, limit: int, *, now: datetime
) -> tuple[RollView, ...]:
    """At most `limit` rolls of the community behind the id `after`, oldest first."""
    community_queries.community(session, principal, community_id)
    authority.require(principal, "roll.read", authority.Subject(community_id, kind="community"))
    found = queries.of_community(session, community_id, after, limit)
    return tuple(_view(session, principal, roll, now) for roll in found)


def entries_of(
    session: Session, principal: Principal, roll_id: str, after: str | None, limit: int
) -> tuple[queries.EntryView, ...]:
    """At most `limit` entries behind the id `after`, for officers: they name people."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read_entries", queries.subject(session, roll))
    return queries.entries(session, roll_id, after, limit)


def actions(session: Session, principal: Principal, roll: Roll, now: datetime) -> tuple[Action, ...]:
    """Every command with the first thing in its way: the caller's authority, then the machine."""
    subject = queries.subject(session, roll)
    blocked = _survey(session, roll, now).blocked
    answer = []
    for command in ROLL.offered:
        decision = authority.may(principal, f"roll.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        answer.append(Action(command, code is None, code))
    return tuple(answer)


def day_that_counts(roll: Roll, community: Community, at: datetime) -> date:
    """The day on which age and residence are looked at: the roll's own, else the community's date at `at`."""
    return roll.age_on or at.astimezone(ZoneInfo(community.time_zone)).date()


def _check_terms(session: Session, community_id: str, basis: str, scope: Scope) -> None:
    if basis not in BASES:
        raise Invalid.at("/basis", "roll_basis_unknown", basis=basis, known=list(BASES))
    if scope.kind not in register.SCOPES:
        raise Invalid.at("/scope/kind", "roll_scope_unknown", kind=scope.kind, known=list(register.SCOPES))
    if (scope.kind == "community") == bool(scope.ids):
        raise Invalid.at("/scope/ids", "roll_scope_ids", kind=scope.kind)
    if scope.kind == "community":
        return
    seen: set[str] = set()
    faults = []
    absent = set(register.unknown(session, community_id, scope.kind, scope.ids))
    for place, identifier in enumerate(scope.ids):
        if identifier in absent:
            faults.append(Fault(f"/scope/ids/{place}", "roll_scope_absent", {"id": identifier, "kind": scope.kind}))
        elif identifier in seen:
            faults.append(Fault(f"/scope/ids/{place}", "roll_scope_twice", {"id": identifier}))
        seen.add(identifier)
    if faults:
        raise Invalid(faults)


def facts(session: Session, roll: Roll, now: datetime) -> RollFacts:
    """What the guards of the roll look at, at the community's own time."""
    return RollFacts(
        electors=roll.electors,
        undecided=queries.undecided(session, roll.id),
        now=now_in(session.get_one(Community, roll.community_id), now),
        display_until=periods.display(session, roll),
        objections_until=periods.objections(session, roll),
    )


def _survey(session: Session, roll: Roll, now: datetime) -> lifecycle.Survey:
    found = lifecycle.survey(ROLL, roll.state, facts(session, roll, now))
    if roll.state not in FINAL:
        return found
    sealed = {c: "roll_sealed" if code == lifecycle.WRONG_STATE else code for c, code in found.blocked.items()}
    return lifecycle.Survey(found.allowed, sealed)


def _begin(
    session: Session,
    principal: Principal,
    roll_id: str,
    command: str,
    now: datetime,
    reason: str | None = None,
    expects: Expectation | None = None,
) -> tuple[Roll, Community, str]:
    """The roll, locked; its community; and the state that `command` leads to. Refuses whatever stands in the way."""
    roll = queries.get(session, principal, roll_id, lock=True)
    authority.require(principal, f"roll.{command}", queries.subject(session, roll))
    if expects is not None:
        expects(roll.version)
    if roll.state in FINAL and (roll.state, command) not in ROLL.table:
        found = _survey(session, roll, now)
        raise IllegalMove(
            "roll_sealed", allowed=found.allowed, blocked=found.blocked, noun="roll", state=roll.state, command=command
        )
    to = lifecycle.move(ROLL, roll.state, command, facts(session, roll, now), reason)
    return roll, session.get_one(Community, roll.community_id), to


def _end(
    session: Session,
    principal: Principal,
    roll: Roll,
    command: str,
    to: str,
    at: datetime,
    *,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> RollView:
    came_from, roll.state = roll.state, to
    _note(session, principal, roll, _DONE[command], at, from_state=came_from, reason=reason, facts=facts)
    return _view(session, principal, roll, at)


def _view(session: Session, principal: Principal, roll: Roll, now: datetime) -> RollView:
    until = periods.display(session, roll), periods.objections(session, roll)
    return RollView(roll, actions(session, principal, roll, now), *until)


def _plain_move(
    session: Session, principal: Principal, roll_id: str, command: str, now: datetime, reason: str | None = None
) -> RollView:
    roll, community, to = _begin(session, principal, roll_id, command, now, reason)
    return _end(session, principal, roll, command, to, now_in(community, now), reason=reason)


def _note(
    session: Session,
    principal: Principal,
    roll: Roll,
    kind: str,
    at: datetime,
    *,
    from_state: str | None,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> None:
    journal.record(
        session,
        community_id=roll.community_id,
        subject_kind="roll",
        subject_id=roll.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=roll.state,
        reason=reason,
        facts=facts,
    )


def _check_objection(session: Session, roll: Roll, objection_id: str | None) -> None:
    """A correction names an objection of this roll that was upheld, or none."""
    found = None if objection_id is None else session.get(RollObjection, objection_id)
    if objection_id is not None and (found is None or found.roll_id != roll.id):
        raise Invalid.at("/objection_id", "objection_not_found", id=objection_id)
    if found is not None and found.state != "upheld":
        raise Invalid.at("/objection_id", "objection_not_upheld", state=found.state)


def _leaving(
    session: Session, roll: Roll, add: Sequence[str], remove: Sequence[str], again: Collection[str]
) -> tuple[str, ...]:
    """The entries to go: those of `remove`, and those of the electors that are compiled `again`."""
    faults = [Fault(f"/add/{n}", "elector_twice", {"id": ref}) for n, ref in enumerate(add) if ref in add[:n]]
    on_roll = col(RollEntry.roll_id) == roll.id
    known = set(session.exec(select(RollEntry.id).where(on_roll, col(RollEntry.id).in_(remove))))
    faults += [Fault(f"/remove/{n}", "entry_not_on_roll", {"id": i}) for n, i in enumerate(remove) if i not in known]
    if faults:
        raise Invalid(faults)
    compiled_again = session.exec(select(RollEntry.id).where(on_roll, col(RollEntry.elector).in_(again)))
    return tuple(sorted(known | set(compiled_again)))


def _sum(session: Session, roll: Roll) -> None:
    found = entries.totals(session, roll.id)
    roll.electors, roll.heads, roll.area_cm2 = found.electors, found.heads, found.area_cm2


def _weights(roll: Roll) -> dict[str, EventFact]:
    return {"electors": roll.electors, "heads": roll.heads, "area_cm2": roll.area_cm2}
