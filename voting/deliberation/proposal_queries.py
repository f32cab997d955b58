"""Reads of proposals: one, a page of them, and what the caller may do. A proposal before its publication is nobody's
business but its authors' and its reviewers'."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import Session, col, select

from voting.community import queries
from voting.community.queries import Action
from voting.core import authority, lifecycle, moderation
from voting.core.authority import Principal, Subject
from voting.core.proposals import PROPOSAL, PROPOSING, ProposalFacts
from voting.deliberation import answers_reads, endorsement_reads, moderation_policy, sanctions, standing
from voting.deliberation.endorsement_reads import Support
from voting.deliberation.proposal_tables import (
    Attachment,
    Endorsement,
    OfficialAnswer,
    Proposal,
    ProposalAuthor,
    ProposalVersion,
)
from voting.deliberation.standing import Sight
from voting.errors import NotFound
from voting.log import journal
from voting.log.tables import Event
from voting.roll.queries import known

READ_HIDDEN = "proposal.read_hidden"


class Told(TypedDict):
    """What moderation is told of a thing and a caller."""

    is_author: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """A proposal with its authors, and the community's time."""

    proposal: Proposal
    authors: tuple[ProposalAuthor, ...]
    now: datetime

    @property
    def subject(self) -> Subject:
        """What authority sees."""
        return subject_of(self.proposal)

    def invitation(self, principal: Principal) -> str | None:
        """Where the caller stands among the authors."""
        mine = (one.state for one in self.authors if principal.kind == "person" and one.person_id == principal.id)
        return next(mine, None)

    def is_author(self, principal: Principal) -> bool:
        """Whether the caller writes it."""
        return self.invitation(principal) == "accepted"


@dataclass(frozen=True, slots=True)
class View:
    """A proposal as this caller sees it: its newest text, its authors, and what they may do with it. Where it is not shown
    to this caller it has neither text nor authors, and `sight` says why."""

    proposal: Proposal
    text: ProposalVersion | None
    authors: tuple[ProposalAuthor, ...]
    actions: tuple[Action, ...] = ()
    support: Support | None = None
    """Where its support stands, if any was ever gathered."""
    mine: str | None = None
    """The caller's own endorsement."""
    answers: Mapping[str, OfficialAnswer] = field(default_factory=dict)
    now: datetime | None = None
    sight: Sight = field(default_factory=Sight)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which proposals of a community are wanted; what is empty does not matter."""

    state: str | None = None
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    author_id: str | None = None
    newest_first: bool = False
    asks_id: str | None = None
    """Those that wait for a word of this person about their endorsement: after a merge, a split or a change of the text."""


def subject_of(proposal: Proposal) -> Subject:
    """What authority sees of a proposal: one of a building or a unit lies within it."""
    return Subject(proposal.community_id, proposal.building_id, proposal.unit_id, kind="proposal")


def load(
    session: Session,
    principal: Principal,
    proposal_id: str,
    now: datetime,
    act: str = "proposal.read",
    *,
    hold: bool = False,
) -> Loaded:
    """The proposal, if the caller may do `act` to it. `hold` keeps its row until the transaction ends."""
    known(principal)
    proposal = session.get(Proposal, proposal_id, with_for_update=hold or None, populate_existing=hold)
    if proposal is None or not authority.belongs(principal, proposal.community_id):
        raise NotFound("proposal_not_found", id=proposal_id)
    at = queries.community_time(session, principal, proposal.community_id, now)
    loaded = Loaded(proposal, authors_of(session, [proposal_id]).get(proposal_id, ()), at)
    if not is_visible(principal, loaded):
        raise NotFound("proposal_not_found", id=proposal_id)
    authority.require(principal, act, loaded.subject)
    return loaded


def is_visible(principal: Principal, loaded: Loaded) -> bool:
    """Whether the caller, who belongs to the community, may know of the proposal."""
    if loaded.proposal.published_at is not None or loaded.invitation(principal) in ("invited", "accepted"):
        return True
    return loaded.proposal.submitted_at is not None and reviews(principal, loaded.subject)


def reviews(principal: Principal, subject: Subject) -> bool:
    """Whether the caller reviews what is submitted there."""
    return authority.may(principal, "proposal.publish", subject).allowed


def authors_of(session: Session, proposal_ids: Sequence[str]) -> Mapping[str, tuple[ProposalAuthor, ...]]:
    """Proposal → its authors and whoever is asked to be one, in the order they came."""
    query = select(ProposalAuthor).where(col(ProposalAuthor.proposal_id).in_(proposal_ids))
    found: dict[str, tuple[ProposalAuthor, ...]] = {}
    for author in session.exec(query.order_by(col(ProposalAuthor.since), col(ProposalAuthor.person_id))):
        found[author.proposal_id] = (*found.get(author.proposal_id, ()), author)
    return found


def facts(session: Session, principal: Principal, loaded: Loaded) -> ProposalFacts:
    """What the guards of the machine look at. What no guard of the state looks at is not read."""
    proposal = loaded.proposal
    gathering = proposal.state == "gathering_support"
    ends = (proposal.state, "archive") in PROPOSAL.table
    support = endorsement_reads.support_of(session, [proposal]).get(proposal.id) if gathering else None
    return ProposalFacts(
        is_author=loaded.is_author(principal),
        has_written=has_written(session, principal, loaded),
        invitation=loaded.invitation(principal),
        authors=sum(author.state != "left" for author in loaded.authors),
        accepted=sum(author.state == "accepted" for author in loaded.authors),
        attachments=_attachments(session, proposal.id),
        now=loaded.now,
        against_text=moderation.obstacle("proposal", proposal.standing, proposal.hidden_until, loaded.now),
        hidden_until=standing.hidden_until(proposal, loaded.now),
        is_checked_first=proposal.published_at is not None
        and moderation_policy.of(session, proposal.community_id).pre_check,
        support_until=proposal.support_until,
        needed=proposal.support_needed or 0,
        standing=support.standing if support else 0,
        mine=endorsement_reads.mine(session, principal, proposal),
        against_endorsing=endorsement_reads.against(session, principal, proposal, loaded.now) if gathering else None,
        contest_state=answers_reads.contest_state(session, proposal.community_id, proposal.contest_id),
        is_erased=version(session, proposal.id, proposal.number).erased_at is not None,
        has_outcome=ends and answers_reads.is_outcome_told(session, proposal.id, proposal.state),
    )


def has_written(session: Session, principal: Principal, loaded: Loaded) -> bool:
    """Whether the caller is an author or was one: nobody leaves in order to review. Who declined never was."""
    standing = loaded.invitation(principal)
    if standing != "left":
        return standing == "accepted"
    wrote = select(ProposalVersion.number).where(
        ProposalVersion.proposal_id == loaded.proposal.id, ProposalVersion.author_id == principal.id
    )
    accepted = select(Event.id).where(
        Event.subject_kind == "proposal_author",
        Event.subject_id == loaded.proposal.id,
        Event.kind == "accepted",
        Event.actor_id == principal.id,
    )
    return any(session.exec(query.limit(1)).first() is not None for query in (wrote, accepted))


def named(principal: Principal, authors: Sequence[ProposalAuthor]) -> tuple[ProposalAuthor, ...]:
    """The authors, and for themselves those they asked: nobody is named with a proposal without a word of theirs."""
    here = [author for author in authors if author.state != "left"]
    is_theirs = principal.kind == "person" and principal.id in {author.person_id for author in here}
    return tuple(author for author in here if is_theirs or author.state == "accepted")


def _attachments(session: Session, proposal_id: str) -> int:
    kept = Attachment.proposal_id == proposal_id, col(Attachment.removed_at).is_(None)
    return session.exec(select(func.count()).select_from(Attachment).where(*kept)).one()


def version(session: Session, proposal_id: str, number: int) -> ProposalVersion:
    """One version of a proposal's text."""
    found = session.get(ProposalVersion, (proposal_id, number))
    if found is None:
        raise NotFound("version_not_found", id=proposal_id, number=number)
    return found


def told(principal: Principal, loaded: Loaded) -> Told:
    """What moderation is told of a proposal and the caller."""
    return {"is_author": loaded.is_author(principal), "is_public": loaded.proposal.published_at is not None}


def sight_of(principal: Principal, loaded: Loaded) -> Sight:
    """Whether this caller is shown the text and the authors."""
    is_author, row = loaded.is_author(principal), loaded.proposal
    return standing.sight(principal, row, READ_HIDDEN, loaded.subject, is_author=is_author, now=loaded.now)


def _actions(session: Session, principal: Principal, loaded: Loaded) -> tuple[Action, ...]:
    proposal, subject = loaded.proposal, loaded.subject
    blocked = lifecycle.survey(PROPOSAL, proposal.state, facts(session, principal, loaded)).blocked
    forbidden = sanctions.against(session, principal, loaded.now)
    actions = []
    for command in PROPOSAL.offered:
        decision = authority.may(principal, f"proposal.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        if code is None and command in PROPOSING and "propose" in forbidden:
            code = "sanctioned"
        actions.append(Action(command, code is None, code))
    found = standing.facts(session, principal, proposal, **told(principal, loaded))
    return (*actions, standing.flag_action(principal, proposal, "proposal.flag", subject, found, forbidden))


def view(session: Session, principal: Principal, loaded: Loaded) -> View:
    """The proposal and what this caller could do to it."""
    proposal, sight = loaded.proposal, sight_of(principal, loaded)
    authors = named(principal, loaded.authors)
    return View(
        proposal,
        version(session, proposal.id, proposal.number) if sight.is_shown else None,
        authors if sight.is_shown else (),
        _actions(session, principal, loaded),
        endorsement_reads.support_of(session, [proposal]).get(proposal.id),
        endorsement_reads.mine(session, principal, proposal),
        answers_reads.of(session, proposal.id),
        loaded.now,
        sight,
    )


def page(
    session: Session,
    principal: Principal,
    community_id: str,
    wanted: Filter,
    *,
    after: str | None,
    limit: int,
    with_actions: bool = False,
    now: datetime,
) -> tuple[View, ...]:
    """At most `limit` proposals of a community behind the id `after`; `with_actions` each as it is read alone."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "proposal.read", Subject(community_id, kind="proposal"))
    query = select(Proposal).where(
        Proposal.community_id == community_id,
        _visible(principal, community_id),
        *_wanted(principal, community_id, wanted, at),
    )
    if after is not None:
        query = query.where(col(Proposal.id) < after if wanted.newest_first else col(Proposal.id) > after)
    order = col(Proposal.id).desc() if wanted.newest_first else col(Proposal.id)
    found = session.exec(query.order_by(order).limit(limit)).all()
    ids = [proposal.id for proposal in found]
    texts, authors = texts_of(session, found), authors_of(session, ids)
    if with_actions:
        return tuple(view(session, principal, Loaded(row, authors.get(row.id, ()), at)) for row in found)
    support = endorsement_reads.support_of(session, found)
    mine = endorsement_reads.mine_of(session, principal, found)
    answers = answers_reads.of_many(session, ids)
    lines = []
    for row in found:
        sight = sight_of(principal, Loaded(row, its := authors.get(row.id, ()), at))
        text = texts[row.id] if sight.is_shown else None
        who = named(principal, its) if sight.is_shown else ()
        stands, said = support.get(row.id), answers.get(row.id, {})
        lines.append(View(row, text, who, (), stands, mine.get(row.id), said, at, sight))
    return tuple(lines)


def visible(session: Session, principal: Principal, community_id: str, ids: Collection[str]) -> frozenset[str]:
    """Those of the proposals of the caller's community that they may know of."""
    query = select(Proposal.id).where(
        Proposal.community_id == community_id, col(Proposal.id).in_(ids), _visible(principal, community_id)
    )
    return frozenset(session.exec(query)) if ids else frozenset()


def texts_of(session: Session, proposals: Sequence[Proposal]) -> Mapping[str, ProposalVersion]:
    """Proposal → its newest text."""
    query = (
        select(ProposalVersion)
        .join(Proposal, col(Proposal.id) == col(ProposalVersion.proposal_id))
        .where(col(Proposal.id).in_([one.id for one in proposals]), col(ProposalVersion.number) == col(Proposal.number))
    )
    return {text.proposal_id: text for text in session.exec(query)}


def _visible(principal: Principal, community_id: str) -> ColumnElement[bool]:
    """What `is_visible` says, as a condition of a query. Who reviews a building alone finds its submissions by id."""
    shown: list[Any] = [col(Proposal.published_at).is_not(None)]
    if principal.kind == "person":
        shown.append(col(Proposal.id).in_(_mine(principal, "invited", "accepted")))
    if reviews(principal, Subject(community_id, kind="proposal")):
        shown.append(col(Proposal.submitted_at).is_not(None))
    return or_(*shown)


def _wanted(principal: Principal, community_id: str, wanted: Filter, now: datetime) -> list[Any]:
    conditions: list[Any] = []
    if wanted.category is not None or wanted.author_id is not None:
        conditions.append(_known_by_text(principal, community_id, now))
    for name in ("state", "category", "building_id", "unit_id"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(col(getattr(Proposal, name)) == value)
    if wanted.author_id is not None:
        theirs = select(ProposalAuthor.proposal_id).where(
            and_(col(ProposalAuthor.person_id) == wanted.author_id, col(ProposalAuthor.state) == "accepted")
        )
        conditions.append(col(Proposal.id).in_(theirs))
    if wanted.asks_id is not None:
        conditions.append(_asks(wanted.asks_id))
    return conditions


def _known_by_text(principal: Principal, community_id: str, now: datetime) -> ColumnElement[bool]:
    """What this caller may find by its category or its authors: a tombstone tells neither."""
    found = standing.shown(Proposal, now)
    subject = Subject(community_id, kind="proposal")
    if standing.sees_hidden(principal, READ_HIDDEN, subject, is_author=False):
        return true()
    return or_(found, col(Proposal.id).in_(_mine(principal, "accepted"))) if principal.kind == "person" else found


def _mine(principal: Principal, *states: str) -> Any:
    return select(ProposalAuthor.proposal_id).where(
        ProposalAuthor.person_id == principal.id, col(ProposalAuthor.state).in_(states)
    )


def _asks(person_id: str) -> ColumnElement[bool]:
    outdated = and_(
        col(Endorsement.state) == "standing",
        col(Endorsement.number) < col(Proposal.major),
        col(Proposal.state) == "gathering_support",
    )
    return (
        select(Endorsement.proposal_id)
        .where(
            col(Endorsement.proposal_id) == col(Proposal.id),
            col(Endorsement.person_id) == person_id,
            or_(col(Endorsement.state) == "released", outdated),
        )
        .correlate(Proposal)
        .exists()
    )


def versions(
    session: Session, principal: Principal, proposal_id: str, *, after: int | None, limit: int, now: datetime
) -> tuple[ProposalVersion, ...]:
    """At most `limit` versions behind the number `after`, oldest first; none of a proposal that this caller is not shown."""
    if not sight_of(principal, load(session, principal, proposal_id, now)).is_shown:
        return ()
    query = select(ProposalVersion).where(
        ProposalVersion.proposal_id == proposal_id, col(ProposalVersion.number) > (after or 0)
    )
    return tuple(session.exec(query.order_by(col(ProposalVersion.number)).limit(limit)))


def events(
    session: Session, principal: Principal, proposal_id: str, *, after: str | None, limit: int, now: datetime
) -> tuple[Event, ...]:
    """At most `limit` events of a proposal behind the event id `after`, oldest first, for those who watch over it."""
    load(session, principal, proposal_id, now, "proposal.read_events")
    return journal.of(session, "proposal", proposal_id, after, limit)
