"""Amendments: suggested by residents, accepted into a new version or rejected by the authors, promoted by who wrote them.

What one said can be erased, with the salt of its hash in the journal; what it became part of is a version's text.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from voting.access import idempotency
from voting.community.queries import Action
from voting.core import amendments, authority, lifecycle, moderation, proposals, texts
from voting.core.amendments import AMENDMENT, AmendmentFacts, Change
from voting.core.authority import Principal
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.hashes import SIZE
from voting.core.paragraphs import paragraphs as split
from voting.core.proposals import PROPOSAL, ProposalFacts
from voting.deliberation import lineage, proposal_drafts, proposal_moves, proposal_queries, sanctions, standing
from voting.deliberation.proposal_drafts import Draft, position_of
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Amendment
from voting.deliberation.standing import Sight
from voting.errors import Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal

_DONE = {
    "accept": "accepted",
    "reject": "rejected",
    "promote": "promoted",
    "take_back": "taken_back",
    "erase": "erased",
}


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment, the paragraph it is about, and what this caller may do with it."""

    amendment: Amendment
    paragraph_text: str | None
    """Nothing where the version was erased, or the proposal is not shown to this caller."""
    actions: tuple[Action, ...] = ()
    promoted_id: str | None = None
    """The proposal it became, once this caller may know of that."""
    sight: Sight = field(default_factory=Sight)
    """Where it is not shown to this caller it has neither text nor author."""


def propose(
    session: Session,
    principal: Principal,
    proposal_id: str,
    change: Change,
    *,
    locale: str,
    base: int,
    why: str | None = None,
    now: datetime,
) -> AmendmentView:
    """Suggest a change of one paragraph of version `base` in one language."""
    loaded, _ = proposal_moves.begin(session, principal, proposal_id, "amend", now)
    text = _checked(session, loaded, change, locale, base)
    why = None if why is None else texts.accept(why, "/why", most=proposals.MOST_NOTE)
    salt = secrets.token_bytes(SIZE)
    said = {name: value for name, value in (("text", text), ("why", why)) if value is not None}
    row = Amendment(
        id=timed_id("amd", loaded.now),
        community_id=loaded.proposal.community_id,
        proposal_id=proposal_id,
        author_id=principal.id,
        base=base,
        locale=locale,
        action=change.action,
        paragraph=change.paragraph,
        text=text,
        why=why,
        salt=salt,
        text_hash=journal_entries.text_hash(salt, canonical.encode(said).decode()),
        created_at=loaded.now,
    )
    session.add(row)
    session.flush()
    _note(session, principal, row, "proposed", None, loaded.now)
    return view(session, principal, loaded, row)


def decide(
    session: Session,
    principal: Principal,
    amendment_id: str,
    command: str,
    *,
    reason: str | None = None,
    minor: bool = False,
    now: datetime,
) -> AmendmentView:
    """Give one command: accept (into a new version), reject (with a reason), promote, take back, erase (with a reason)."""
    found = _get(session, amendment_id)
    loaded = _of(session, principal, found, now, hold=True)
    authority.require(principal, f"amendment.{command}", loaded.subject)
    session.refresh(found, with_for_update=True)
    before = found.state
    forbids = authority.forbids(principal, "amendment", loaded.subject)
    state = lifecycle.move(AMENDMENT, before, command, _facts(session, principal, loaded, found), reason, forbids)
    if command == "accept":
        found.number = _accept(session, principal, loaded, found, minor)
    elif command == "promote":
        found.promoted_id = _promote(session, principal, loaded, found, now)
    elif command == "erase":
        found.text = found.why = found.decision = found.salt = None
        idempotency.forget(session, found.id)
    if command in ("accept", "reject"):
        found.decided_by, found.decided_at, found.decision = principal.id, loaded.now, reason
    found.state = state
    session.flush()
    _note(session, principal, found, _DONE[command], before, loaded.now, reason)
    return view(session, principal, loaded, found)


def get(session: Session, principal: Principal, amendment_id: str, *, now: datetime) -> AmendmentView:
    """One amendment, for whoever may read its proposal."""
    found = _get(session, amendment_id)
    return view(session, principal, _of(session, principal, found, now), found)


def page(
    session: Session,
    principal: Principal,
    proposal_id: str,
    *,
    state: str | None,
    after: str | None,
    limit: int,
    with_actions: bool = False,
    now: datetime,
) -> tuple[AmendmentView, ...]:
    """At most `limit` amendments of a proposal behind the id `after`, oldest first; `with_actions` as each is read alone."""
    loaded = proposal_queries.load(session, principal, proposal_id, now)
    query = select(Amendment).where(Amendment.proposal_id == proposal_id)
    if state is not None:
        query = query.where(Amendment.state == state)
    if after is not None:
        query = query.where(col(Amendment.id) > after)
    found = session.exec(query.order_by(col(Amendment.id)).limit(limit)).all()
    if with_actions:
        held = proposal_queries.facts(session, principal, loaded)
        return tuple(view(session, principal, loaded, row, held) for row in found)
    known = _promoted(session, principal, found)
    is_shown = proposal_queries.sight_of(principal, loaded).is_shown
    return tuple(
        AmendmentView(
            row,
            _paragraph(session, row) if is_shown else None,
            promoted_id=known.get(row.id),
            sight=_sight(principal, loaded, row),
        )
        for row in found
    )


def view(
    session: Session, principal: Principal, loaded: Loaded, found: Amendment, held: ProposalFacts | None = None
) -> AmendmentView:
    """The amendment and what this caller could do with it; `held` are the facts of its proposal, if they are known."""
    blocked = lifecycle.survey(AMENDMENT, found.state, _facts(session, principal, loaded, found, held)).blocked
    forbidden = sanctions.against(session, principal, loaded.now)
    actions = []
    for command in AMENDMENT.offered:
        decision = authority.may(principal, f"amendment.{command}", loaded.subject)
        code = blocked.get(command) if decision.allowed else decision.code
        if code is None and command == "promote" and "propose" in forbidden:
            code = "sanctioned"
        actions.append(Action(command, code is None, code))
    flags = standing.facts(session, principal, found, is_author=is_author(principal, found), is_public=True)
    actions.append(standing.flag_action(principal, found, "amendment.flag", loaded.subject, flags, forbidden))
    promoted_id = _promoted(session, principal, (found,)).get(found.id)
    is_shown = proposal_queries.sight_of(principal, loaded).is_shown
    paragraph = _paragraph(session, found) if is_shown else None
    return AmendmentView(found, paragraph, tuple(actions), promoted_id, _sight(principal, loaded, found))


def _promoted(session: Session, principal: Principal, found: Sequence[Amendment]) -> Mapping[str, str]:
    """Amendment → the proposal it became, where the caller may know of it: as a draft it is nobody's business."""
    became = {row.id: row.promoted_id for row in found if row.promoted_id is not None}
    home = found[0].community_id if found else ""
    known = proposal_queries.visible(session, principal, home, set(became.values()))
    return {amendment: proposal for amendment, proposal in became.items() if proposal in known}


def is_author(principal: Principal, row: Amendment) -> bool:
    """Whether the caller suggested it."""
    return principal.kind == "person" and principal.id == row.author_id


def _sight(principal: Principal, loaded: Loaded, row: Amendment) -> Sight:
    """What is hidden of the proposal is hidden of what quotes it, but for whoever wrote that."""
    own, act = is_author(principal, row), proposal_queries.READ_HIDDEN
    found = standing.sight(principal, row, act, loaded.subject, is_author=own, now=loaded.now)
    if own or proposal_queries.sight_of(principal, loaded).is_shown:
        return found
    return Sight(found.tombstone or "proposal_hidden", False, found.case_id)


def load(
    session: Session, principal: Principal, amendment_id: str, now: datetime, *, hold: bool = False
) -> tuple[Loaded, Amendment]:
    """The proposal and its amendment, whose row `hold` keeps until the transaction ends."""
    found = _get(session, amendment_id, hold=hold)
    return _of(session, principal, found, now), found


def _get(session: Session, amendment_id: str, *, hold: bool = False) -> Amendment:
    found = session.get(Amendment, amendment_id, with_for_update=hold or None, populate_existing=hold)
    if found is None:
        raise NotFound("amendment_not_found", id=amendment_id)
    return found


def _of(session: Session, principal: Principal, found: Amendment, now: datetime, *, hold: bool = False) -> Loaded:
    """The amendment's proposal. Whoever may not know of it is told that there is no such amendment."""
    try:
        return proposal_queries.load(session, principal, found.proposal_id, now, hold=hold)
    except NotFound as error:
        raise NotFound("amendment_not_found", id=found.id) from error


def _body(session: Session, proposal_id: str, number: int, locale: str) -> str:
    return proposal_queries.version(session, proposal_id, number).body.get(locale, "")


def _paragraph(session: Session, row: Amendment) -> str | None:
    found = split(_body(session, row.proposal_id, row.base, row.locale))
    return found[row.paragraph - 1] if row.paragraph <= len(found) else None


def _checked(session: Session, loaded: Loaded, change: Change, locale: str, base: int) -> str | None:
    """The new text in NFC, after the version, the language and the paragraph were found to be there."""
    if base > loaded.proposal.number:
        raise Invalid.at("/base", "version_not_there", number=base)
    body = _body(session, loaded.proposal.id, base, locale)
    paragraphs = split(body)
    if not paragraphs:
        raise Invalid.at("/locale", "language_not_there", locale=locale)
    if not 1 <= change.paragraph <= len(paragraphs):
        raise Invalid.at("/paragraph", "paragraph_not_there", paragraph=change.paragraph, count=len(paragraphs))
    if (change.action == "delete") != (change.text is None):
        raise Invalid.at("/text", "amendment_text_unclear", action=change.action)
    return None if change.text is None else texts.accept(change.text, "/text", most=proposals.MOST_BODY)


def _facts(
    session: Session, principal: Principal, loaded: Loaded, found: Amendment, held: ProposalFacts | None = None
) -> AmendmentFacts:
    proposal = loaded.proposal
    held = held or proposal_queries.facts(session, principal, loaded)
    stands = lifecycle.obstacle(PROPOSAL, proposal.state, "edit", held)
    return AmendmentFacts(
        writes_proposal=loaded.is_author(principal),
        is_author=is_author(principal, found),
        is_erased=found.salt is None,
        proposal_is_open=stands in (None, "authors_only"),
        against_proposal=held.against_text,
        against_text=moderation.obstacle("amendment", found.standing, found.hidden_until, loaded.now),
        hidden_until=standing.hidden_until(found, loaded.now) or held.hidden_until,
        fits=found.state != "proposed" or _place(session, loaded, found) is not None,
    )


def _place(session: Session, loaded: Loaded, found: Amendment) -> int | None:
    base = _body(session, found.proposal_id, found.base, found.locale)
    newest = _body(session, found.proposal_id, loaded.proposal.number, found.locale)
    return amendments.place(base, newest, found.paragraph)


def _amended(session: Session, found: Amendment, number: int, paragraph: int) -> dict[str, str]:
    """The bodies of a version, amended in one language."""
    kept = proposal_queries.version(session, found.proposal_id, number)
    change = Change(found.action, paragraph, found.text)  # type: ignore[arg-type]  # one of the four, as it was stored
    return {**kept.body, found.locale: amendments.apply(kept.body[found.locale], change)}


def _accept(session: Session, principal: Principal, loaded: Loaded, found: Amendment, minor: bool) -> int:
    paragraph = _place(session, loaded, found)
    assert paragraph is not None, "the machine asks whether it fits"
    body = _amended(session, found, loaded.proposal.number, paragraph)
    proposal_drafts.edit(session, principal, loaded, {"body": body}, minor=minor)
    return loaded.proposal.number


def _promote(session: Session, principal: Principal, loaded: Loaded, found: Amendment, now: datetime) -> str:
    """A draft of the amender's: the version the amendment was written for, with the change made."""
    proposal = loaded.proposal
    kept = proposal_queries.version(session, proposal.id, found.base)
    if found.locale not in kept.body:
        raise Invalid.at("", "version_not_there", number=found.base)
    draft = Draft(
        title=kept.title,
        body=_amended(session, found, found.base, found.paragraph),
        category=proposal.category,
        building_id=proposal.building_id if proposal.scope == "building" else None,
        unit_id=proposal.unit_id,
        location=position_of(proposal),
    )
    child = proposal_drafts.create(session, principal, proposal.community_id, draft, now=now)
    lineage.write(session, child.proposal, proposal, "promoted_from", loaded.now)
    return child.proposal.id


def _note(
    session: Session,
    principal: Principal,
    row: Amendment,
    kind: str,
    before: str | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="amendment",
        subject_id=row.id,
        kind=kind,
        actor_id=principal.id,
        now=now,
        from_state=before,
        to_state=row.state,
        reason=reason,
        text=row.text_hash,
        facts={"proposal": row.proposal_id, "base": row.base},
    )
