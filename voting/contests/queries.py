"""Reads of contests: one, a page of them, its options, its turnout and who may do what to it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.community import clock
from voting.community.tables import Community
from voting.contests import candidates, methods, ruling, statements_signed, terms
from voting.contests.statements_signed import Statement
from voting.contests.tables import Closing, Contest, Option, PaperBatch, Participation
from voting.core import authority, ballot, lifecycle
from voting.core.authority import Principal, Subject
from voting.core.ballot import Form
from voting.core.box import MOST_OPTIONS
from voting.core.contests import ContestFacts, contest_machine
from voting.errors import NotFound
from voting.log import journal
from voting.log.tables import Event
from voting.roll.tables import Roll, RollVoter


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contest with what every decision about it needs."""

    contest: Contest
    roll: Roll
    now: datetime
    """The community's own time."""
    candidates: frozenset[str] = frozenset()
    """The caller, if they stand in it (`voting.contests.candidates`)."""

    @property
    def subject(self) -> Subject:
        """What authority sees: a contest of one building or unit lies within it."""
        ids = self.roll.scope.get("ids", [])
        only = ids[0] if len(ids) == 1 else None
        kind = self.roll.scope.get("kind")
        return Subject(
            self.contest.community_id,
            building_id=only if kind == "building" else None,
            unit_id=only if kind == "unit" else None,
            contest_id=self.contest.id,
            candidates=self.candidates,
            kind="contest",
        )

    @property
    def terms(self) -> terms.Terms:
        """Its terms as values."""
        return terms.from_document(self.contest.terms)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of the electors have cast; the only figure before the close."""

    electors: int
    cast: int


@dataclass(frozen=True, slots=True)
class View:
    """A contest as this caller sees it. `actions` maps each command to the reason against it, or nothing."""

    contest: Contest
    options: tuple[Option, ...]
    actions: Mapping[str, str | None]
    names_persons: bool = False
    """Whether the caller is told which persons the options name: whoever may draft."""

    @property
    def form(self) -> Form:
        """What its ballot paper offers."""
        return form(self.contest, self.options)


def load(
    session: Session,
    principal: Principal,
    contest_id: str,
    now: datetime,
    act: str = "contest.read",
    hold: bool = False,
) -> Loaded:
    """The contest, if the caller may do `act` to it. A draft is nobody's business outside its community.

    `hold` keeps the row against every other move and cast until the transaction ends.
    """
    contest = session.get(Contest, contest_id, with_for_update=hold or None, populate_existing=hold)
    if contest is None or (contest.state == "draft" and not authority.belongs(principal, contest.community_id)):
        raise NotFound("contest_not_found", id=contest_id)
    roll = session.get_one(Roll, contest.roll_id)
    at = community_time(session, contest.community_id, now)
    loaded = Loaded(contest, roll, at, candidates.callers(session, principal, contest_id))
    authority.require(principal, act, loaded.subject)
    return loaded


def community_time(session: Session, community_id: str, now: datetime) -> datetime:
    """The community's own time: a demo community may run ahead."""
    community = session.get(Community, community_id)
    if community is None:
        raise NotFound("community_not_found", id=community_id)
    return clock.now_in(community, now)


def options(session: Session, contest_id: str) -> tuple[Option, ...]:
    """The options in ballot order."""
    return tuple(session.exec(select(Option).where(Option.contest_id == contest_id).order_by(col(Option.position))))


def form(contest: Contest, options: Sequence[Option]) -> Form:
    """What the ballot paper of a contest offers."""
    return ballot.form(
        contest.method,
        [option.id for option in options],
        seats=contest.seats,
        rules=contest.rules,
        as_marked=contest.terms.get("ballots") == "as_marked",
    )


def turnout(session: Session, contest: Contest) -> Turnout:
    """Electors of the contest (of its roll before the opening), and how many are checked off or, after the close, have a
    ballot in the box: paper that was not returned is no ballot."""
    closing = session.get(Closing, contest.id)
    if closing is not None:
        return Turnout(contest.electors, closing.box_size)
    cast = session.exec(
        select(func.count())
        .select_from(Participation)
        .where(col(Participation.contest_id) == contest.id, col(Participation.channel).is_not(None))
    ).one()
    return Turnout(contest.electors, cast)


def facts(session: Session, loaded: Loaded) -> ContestFacts:
    """What the guards of the machine look at."""
    contest, rules = loaded.contest, loaded.terms
    counted, closing = turnout(session, contest), session.get(Closing, contest.id)
    against: tuple[str | None, dict[str, str]] = (None, {})
    if contest.state in ("draft", "noticed"):
        against = ruling.against_opening(session, contest, loaded.roll)
    return ContestFacts(
        now=loaded.now,
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        roll_state=loaded.roll.state,
        noticed_at=contest.noticed_at,
        notice_days=rules.notice_days,
        extension_max_days=rules.extension_max_days,
        provisional_at=contest.provisional_at,
        objection_days=rules.objection_days,
        electors=counted.electors,
        cast=counted.cast,
        revoting=rules.revoting,
        opens_from=ruling.latest(ruling.opens_from(session, contest, loaded.roll)),
        against_opening=against[0],
        told=against[1],
        against_extension=ruling.against_extension(session, contest, counted.cast),
        certifies_from=ruling.latest(ruling.certifies_from(session, contest)),
        closing_finished=closing is not None and closing.step == "done",
        paper_unreconciled=contest.state == "open" and _has_paper_outside(session, contest.id),
        k=contest.k,
        close_signed=_is_signed(session, contest, statements_signed.close),
        result_signed=_is_signed(session, contest, statements_signed.result),
        too_many_ballots=_are_too_many(session, contest, loaded.roll.electors),
    )


def _are_too_many(session: Session, contest: Contest, electors: int) -> bool:
    """Whether the method might not count the ballots of so many electors. Options are counted only if need be."""
    if contest.opened_at is not None or contest.channel == "external":
        return False
    if electors <= methods.most_ballots(contest.method, MOST_OPTIONS, contest.seats, contest.rules):
        return False
    standing = session.exec(select(func.count()).select_from(Option).where(Option.contest_id == contest.id)).one()
    return electors > methods.most_ballots(contest.method, standing, contest.seats, contest.rules)


def _has_paper_outside(session: Session, contest_id: str) -> bool:
    """Whether papers were given out of a batch that is not in the box yet."""
    outside = PaperBatch.contest_id == contest_id, PaperBatch.state != "entered", PaperBatch.issued > 0
    return session.exec(select(PaperBatch.id).where(*outside).limit(1)).first() is not None


def _is_signed(session: Session, contest: Contest, statement: Callable[[Session, Contest], Statement | None]) -> bool:
    """Whether enough have signed. Where nobody need sign, or on an official system, nothing is asked."""
    if contest.k == 0 or contest.channel == "external":
        return True
    found = statement(session, contest) if contest.closed_at is not None else None
    return found is not None and found.is_signed


def view(session: Session, principal: Principal, loaded: Loaded) -> View:
    """The contest with its options and what this caller could do to it."""
    contest = loaded.contest
    machine = contest_machine(contest.channel)
    found = lifecycle.survey(machine, contest.state, facts(session, loaded))
    actions: dict[str, str | None] = {}
    for command in machine.offered:
        decision = authority.may(principal, f"contest.{command}", loaded.subject)
        actions[command] = decision.code if not decision.allowed else found.blocked.get(command)
    actions["cast"] = _against_casting(session, principal, loaded)
    rule = ruling.of(contest)
    if rule is not None and rule.hears_objections:
        decision = authority.may(principal, "result.object", loaded.subject)
        actions["object"] = (
            ruling.against_objecting(session, contest, loaded.now) if decision.allowed else decision.code
        )
    drafts = authority.may(principal, "contest.edit", loaded.subject).allowed
    return View(contest, options(session, contest.id), actions, drafts)


def _against_casting(session: Session, principal: Principal, loaded: Loaded) -> str | None:
    decision = authority.may(principal, "contest.cast", loaded.subject)
    if not decision.allowed:
        return decision.code
    contest = loaded.contest
    if contest.state != "open":
        return "contest_not_open"
    if loaded.now >= contest.closes_at:
        return "voting_is_over"
    row = session.exec(
        select(RollVoter.entry_id, Participation.channel)
        .join(Participation, col(Participation.entry_id) == col(RollVoter.entry_id))
        .where(
            RollVoter.roll_id == contest.roll_id,
            RollVoter.person_id == principal.id,
            Participation.contest_id == contest.id,
        )
    ).one_or_none()
    if row is None:
        return "not_on_roll"
    return None if row[1] is None or (row[1] == "online" and loaded.terms.revoting) else "already_cast"


def page(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
    now: datetime,
) -> tuple[View, ...]:
    """At most `limit` contests of a community behind the id `after`, oldest first; drafts only for its own people.

    Actions are left to the view of one contest: each would take reads of its own.
    """
    community_time(session, community_id, now)
    authority.require(principal, "contest.read", Subject(community_id, kind="contest"))
    query = select(Contest).where(Contest.community_id == community_id)
    if not authority.belongs(principal, community_id):
        query = query.where(Contest.state != "draft")
    if state is not None:
        query = query.where(Contest.state == state)
    if after is not None:
        query = query.where(col(Contest.id) > after)
    contests = session.exec(query.order_by(col(Contest.id)).limit(limit)).all()
    found: dict[str, list[Option]] = {contest.id: [] for contest in contests}
    wanted = select(Option).where(col(Option.contest_id).in_(list(found))).order_by(col(Option.position))
    for option in session.exec(wanted):
        found[option.contest_id].append(option)
    return tuple(View(contest, tuple(found[contest.id]), {}) for contest in contests)


def events(
    session: Session, principal: Principal, contest_id: str, *, after: str | None = None, limit: int = 50, now: datetime
) -> tuple[Event, ...]:
    """At most `limit` events of a contest behind the event id `after`, oldest first, for those who watch over it."""
    load(session, principal, contest_id, now, "contest.read_events")
    return journal.of(session, "contest", contest_id, after, limit)
