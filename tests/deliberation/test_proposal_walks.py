"""Any walk through the machines of proposals and amendments: what is allowed happens and leaves one event, what is refused
leaves none, and `allowed_actions` told which it would be. Seeded, so that a failure can be walked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.schemas.amendments import AmendmentOut
from api.schemas.proposals import ProposalOut, SupportOut
from tests.api.test_authorisation_matrix import every_route
from tests.deliberation.conftest import settle
from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from voting.core.amendments import AMENDMENT, Change
from voting.core.authority import Principal
from voting.core.proposals import PROPOSAL
from voting.deliberation import (
    amendments,
    answers,
    attachments,
    endorsements,
    lineage,
    proposal_authors,
    proposal_drafts,
    proposal_moves,
    proposal_queries,
)
from voting.deliberation.answers import Answer
from voting.deliberation.attachment_files import File
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.proposal_drafts import Draft
from voting.deliberation.proposal_tables import Amendment, Proposal
from voting.errors import Forbidden, IllegalMove, NotFound
from voting.ids import random_id
from voting.log import journal
from voting.log.tables import Event
from voting.store import Engine, transact, writer

WANG, ZHAO = (Principal("person", f"per_{name}", "com_1") for name in ("wang", "zhao"))
CALLERS = (RESIDENT, WANG, ZHAO, OFFICER)
TEXT = {"zh-CN": "一\n\n二"}
PART = Draft(TEXT, TEXT)
ANSWER = Answer(TEXT)
RULE = SupportRule(days=9, number=2)
FILE = File("application/pdf", b"x")
REFUSALS = (IllegalMove, Forbidden, NotFound)

Command = Callable[[Session, Principal, str, datetime, Random], object]


class Drawer:
    """A shelf that is not looked into."""

    def put(self, key: str, data: bytes) -> None:
        pass

    def get(self, key: str) -> bytes:
        raise KeyError(key)

    def delete(self, key: str) -> None:
        pass


def moved(command: str) -> Command:
    return lambda s, who, p, now, _: proposal_moves.give(s, who, p, command, reason="r", now=now)


def answered(command: str) -> Command:
    return lambda s, who, p, now, _: answers.decide(s, who, p, command, ANSWER, reason="r", now=now)


def edited(s: Session, who: Principal, p: str, now: datetime, dice: Random) -> object:
    loaded = proposal_queries.load(s, who, p, now, "proposal.edit", hold=True)
    body = {"zh-CN": f"一\n\n{dice.randint(0, 10**6)}"}
    return proposal_drafts.edit(s, who, loaded, {"body": body}, minor=dice.random() < 0.5)


def a_target(s: Session) -> str:
    """Another proposal, into which one may be merged."""
    made = proposal_drafts.create(s, ZHAO, "com_1", PART, now=NOW).proposal
    made.state, made.submitted_at, made.published_at = "published", NOW, NOW
    s.flush()
    return made.id


def targeted(s: Session, who: Principal, p: str, now: datetime, _: Random) -> object:
    target = lineage.of(s, OFFICER, p, now=now).children
    return lineage.move_endorsement(s, who, p, target[0].child_id if target else "prp_9", now=now)


COMMANDS: Mapping[str, Command] = {
    "edit": edited,
    "attach": lambda s, who, p, now, _: attachments.add(s, who, p, "x.pdf", FILE, random_id("att"), now=now),
    "invite": lambda s, who, p, now, _: proposal_authors.invite(s, who, p, "per_child", now=now),
    "accept_invitation": lambda s, who, p, now, _: proposal_authors.answer(s, who, p, "accept_invitation", now=now),
    "leave": lambda s, who, p, now, _: proposal_authors.answer(s, who, p, "leave", now=now),
    "gather": lambda s, who, p, now, _: endorsements.gather(s, who, p, RULE, now=now),
    "endorse": lambda s, who, p, now, _: endorsements.endorse(s, who, p, now=now),
    "confirm_endorsement": lambda s, who, p, now, _: endorsements.confirm(s, who, p, now=now),
    "withdraw_endorsement": lambda s, who, p, now, _: endorsements.withdraw(s, who, p, now=now),
    "amend": lambda s, who, p, now, _: amendments.propose(
        s, who, p, Change("replace", 1, "壹"), locale="zh-CN", base=1, now=now
    ),
    "merge": lambda s, who, p, now, _: lineage.merge(s, who, p, a_target(s), reason="r", now=now),
    "split": lambda s, who, p, now, _: lineage.split(s, who, p, [PART, PART], reason="r", now=now),
    "move_endorsement": targeted,
    "put_on_ballot": lambda s, who, p, now, _: answers.put_on_ballot(s, who, p, "con_walk", now=now),
    "report_outcome": lambda s, who, p, now, _: answers.report(s, who, p, ANSWER, now=now),
    **{name: answered(name) for name in ("accept", "accept_in_part", "reject")},
    **{
        name: moved(name)
        for name in (
            *("submit", "publish", "return", "withdraw", "lapse", "review", "adopt", "not_adopt"),
            *("implement", "complete", "archive"),
        )
    },
}
"""Every command that the machine offers, as somebody gives it."""

# Commands that stand in a walk more often, so that walks come far.
TOWARDS = (
    "submit",
    "publish",
    "gather",
    "endorse",
    "review",
    "accept",
    "put_on_ballot",
    "adopt",
    "implement",
    "complete",
)


def events(session: Session, subject_id: str, *kinds: str) -> int:
    query = (
        select(func.count())
        .select_from(Event)
        .where(Event.subject_id == subject_id, col(Event.subject_kind).in_(kinds), Event.actor_id != "system")
    )
    return session.exec(query).one()


def offered(session: Session, who: Principal, proposal_id: str, command: str, now: datetime) -> bool | None:
    """What `allowed_actions` says of the command; nothing where the caller may not know of the proposal."""
    try:
        loaded = proposal_queries.load(session, who, proposal_id, now)
    except NotFound:
        return None
    return {one.action: one.allowed for one in proposal_queries.view(session, who, loaded).actions}[command]


def give(session: Session, who: Principal, proposal_id: str, command: str, now: datetime, dice: Random) -> bool:
    """Give a command; whether it was taken. It leaves one event about the proposal or none, as was foretold."""
    kinds = {
        "amend": ("amendment",),
        "attach": ("attachment",),
        **dict.fromkeys(("invite", "accept_invitation", "leave"), ("proposal_author",)),
        **dict.fromkeys(("endorse", "confirm_endorsement", "withdraw_endorsement"), ("endorsement",)),
    }.get(command, ("proposal",))
    before, foretold = events(session, proposal_id, *kinds), offered(session, who, proposal_id, command, now)
    state = session.get_one(Proposal, proposal_id).state
    try:
        with session.begin_nested():
            COMMANDS[command](session, who, proposal_id, now, dice)
        taken = True
    except REFUSALS:
        taken = False
    except (
        Exception
    ):  # A value that does not fit what stands (nobody to move to, asked already): the move itself was legal.
        assert command in ("invite", "move_endorsement", "amend"), command
        return False
    session.expire_all()
    if command not in ("amend", "attach", "move_endorsement"):
        assert events(session, proposal_id, *kinds) == before + taken, command
    if command != "move_endorsement":
        assert taken is bool(foretold), (command, state, who.id)
    if not taken:
        assert session.get_one(Proposal, proposal_id).state == state
    return taken


@pytest.mark.parametrize("seed", range(4))
def test_any_walk_does_what_was_offered_and_nothing_else(engine: Engine, seed: int) -> None:
    transact(engine, settle)
    dice = Random(seed)
    with writer(engine) as session:
        told = {"community_id": "com_1", "subject_kind": "contest", "subject_id": "con_walk", "actor_id": "per_sun"}
        journal.record(session, kind="moved", to_state="open", now=NOW, **told)
        made = proposal_drafts.create(session, RESIDENT, "com_1", PART, now=NOW).proposal.id
        now, seen, commands = NOW, {"draft"}, (*PROPOSAL.offered, *TOWARDS * 3)
        for _ in range(40):
            now += timedelta(days=dice.choice((0, 0, 0, 0, 1)))
            if session.get_one(Proposal, made).state == "on_ballot":
                journal.record(session, kind="moved", to_state="certified", now=now, **told)
            give(session, dice.choice(CALLERS), made, dice.choice(commands), now, dice)
            seen.add(session.get_one(Proposal, made).state)
            _amend_somehow(session, made, now, dice)
        assert seen <= PROPOSAL.states
        session.rollback()


def _amend_somehow(session: Session, proposal_id: str, now: datetime, dice: Random) -> None:
    """Give one command to the newest amendment: taken with one event, or refused with none."""
    query = select(Amendment.id).where(Amendment.proposal_id == proposal_id).order_by(col(Amendment.id).desc())
    amendment = session.exec(query.limit(1)).first()
    if amendment is None:
        return
    command, who = dice.choice(AMENDMENT.offered), dice.choice(CALLERS)
    view = amendments.get(session, who, amendment, now=now)
    foretold = {one.action: one.allowed for one in view.actions}[command]
    before = events(session, amendment, "amendment")
    try:
        with session.begin_nested():
            amendments.decide(session, who, amendment, command, reason="r", now=now)
        taken = True
    except (IllegalMove, Forbidden):
        taken = False
    session.expire_all()
    assert (taken, events(session, amendment, "amendment")) == (foretold, before + taken), command


def test_the_whole_way_from_a_draft_to_the_archive(engine: Engine) -> None:
    transact(engine, settle)
    way = [
        *[("submit", RESIDENT), ("publish", OFFICER), ("gather", OFFICER), ("endorse", WANG), ("endorse", ZHAO)],
        *[("review", OFFICER), ("accept", OFFICER), ("put_on_ballot", OFFICER), ("adopt", OFFICER)],
        *[("implement", OFFICER), ("complete", OFFICER), ("report_outcome", OFFICER), ("archive", OFFICER)],
    ]
    with writer(engine) as session:
        told = {"community_id": "com_1", "subject_kind": "contest", "subject_id": "con_walk", "actor_id": "per_sun"}
        journal.record(session, kind="moved", to_state="open", now=NOW, **told)
        made = proposal_drafts.create(session, RESIDENT, "com_1", PART, now=NOW).proposal.id
        for command, who in way:
            if command == "adopt":
                journal.record(session, kind="moved", to_state="certified", now=NOW, **told)
            assert give(session, who, made, command, NOW, Random(1)), command
        assert not any(
            give(session, who, made, c, NOW, Random(1)) for c in PROPOSAL.offered for who in (RESIDENT, OFFICER)
        )
        session.rollback()


def test_every_transition_is_offered_and_has_an_address() -> None:
    routes = every_route()
    assert set(COMMANDS) == set(PROPOSAL.offered)
    assert PROPOSAL.commands - set(PROPOSAL.offered) == {"qualify"}  # The service itself gives it.
    assert AMENDMENT.commands == set(AMENDMENT.offered)
    base = "/v1/proposals/{proposal_id}"
    named = {
        "edit": f"PATCH {base}",
        "invite": f"POST {base}/authors",
        "accept_invitation": f"POST {base}/authors/accept",
        "leave": f"POST {base}/authors/leave",
        "endorse": f"POST {base}/endorsements",
        "confirm_endorsement": f"POST {base}/endorsements/confirm",
        "withdraw_endorsement": f"POST {base}/endorsements/withdraw",
        "move_endorsement": f"POST {base}/endorsements/move",
        "amend": f"POST {base}/amendments",
        "attach": f"POST {base}/attachments",
    }
    wanted = {named.get(command, f"POST {base}/{command}") for command in PROPOSAL.offered}
    wanted |= {f"POST /v1/amendments/{{amendment_id}}/{command}" for command in AMENDMENT.offered}
    assert wanted <= routes, wanted - routes


def test_every_state_is_reached_and_only_ends_have_no_way_on() -> None:
    reached, frontier = {PROPOSAL.initial}, {PROPOSAL.initial}
    while frontier:
        frontier = {move.to for (state, _), move in PROPOSAL.table.items() if state in frontier} - reached
        reached |= frontier
    leaving = {state for (state, _), move in PROPOSAL.table.items() if move.to != state}
    assert reached == PROPOSAL.states
    assert PROPOSAL.states - leaving == {"withdrawn", "merged", "split", "archived"}


NOT_TOLD = {
    "longitude_e7",
    "latitude_e7",
    "major",
    "version",
    "support_needed",
    "support_rule",
    "support_from",
    "support_until",
}
"""Columns that a representation tells under another name: `location`, `support`, `etag`."""


def test_every_field_of_a_proposal_and_an_amendment_can_be_read() -> None:
    assert set(Proposal.model_fields) - NOT_TOLD <= set(ProposalOut.model_fields)
    assert {"needed", "rule", "opened_at", "until"} <= set(SupportOut.model_fields)
    assert set(Amendment.model_fields) - NOT_TOLD - {"community_id"} <= set(AmendmentOut.model_fields)
