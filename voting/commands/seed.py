"""The demo's story, told through the services: Community B, its officers, a certified election and an open ranking.

Everything happens at its own time in the past: each step is a use case called with the `now` it had. The elections' ballots
follow from the place of the voter on the roll; only ids, secrets and the dice of the lot are drawn.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from voting.access import clients, roles
from voting.access.roles import Appointment
from voting.commands import before_the_vote, neighbourhood
from voting.commands.story import Story
from voting.community import communities, persons, places
from voting.community.register_import import import_register
from voting.community.tables import Community
from voting.contests import casting, certifying, closing, drafts, moves
from voting.contests.casting import Marked
from voting.contests.drafts import Draft, NewOption
from voting.contests.terms import Terms
from voting.contests.writer import Writer
from voting.core.authority import SCOPES, SYSTEM, Grant, Principal
from voting.log.sequencer import Signing
from voting.roll import service as rolls
from voting.roll.service import Scope
from voting.store import transact

T = TypeVar("T")

NAME = {"en": "Community B", "zh-CN": "B 小区"}
OFFICERS = {
    "S-1": ("周社工", "social_worker"),
    "S-2": ("吴主任", "committee_officer"),
    "S-3": ("郑主持", "returning_officer"),
    "S-4": ("冯审计", "auditor"),
    "S-5": ("卫评议", "moderator"),
    "S-6": ("蒋复核", "appeal_reviewer"),
}
"""Reference, name and role of the people who serve the community without living in it."""

RESIDENT = "B001"
"""The resident whose ballot the demo leaves to whoever tries it."""

LEADER_QUESTION = {"en": "Unit leader of building 1, unit 1", "zh-CN": "1号楼1单元单元长选举"}
PARKING_QUESTION = {
    "en": "How shall the parking of our community be redesigned?",
    "zh-CN": "小区停车改造，您希望采用哪个方案？",
}
PARKING_OPTIONS = (
    NewOption(
        {"en": "Redraw the lines, one-way loop", "zh-CN": "重新划线，单向环行"},
        {"en": "18 more spaces, 42,000 yuan.", "zh-CN": "新增 18 个车位，费用 4.2 万元。"},
    ),
    NewOption(
        {"en": "Two-level parking at the east gate", "zh-CN": "东门建双层机械车位"},
        {"en": "46 more spaces, 690,000 yuan.", "zh-CN": "新增 46 个车位，费用 69 万元。"},
    ),
    NewOption(
        {"en": "Share the school's yard at night", "zh-CN": "夜间共享学校操场车位"},
        {"en": "30 spaces from 19:00 to 7:00, no building.", "zh-CN": "19 时至次日 7 时共享 30 个车位，不施工。"},
    ),
    NewOption(
        {"en": "Visitors outside, residents inside", "zh-CN": "访客车外停，居民车内停"},
        {"en": "12 spaces freed, a barrier and a rota.", "zh-CN": "腾出 12 个车位，设道闸并轮值。"},
    ),
    NewOption({"en": "Leave it as it is", "zh-CN": "维持现状"}, status_quo=True),
)

_LEADER_BALLOTS = ((0, 1), (1, 0, 2), (0,), (2, 1), (1, 2), (0, 2, 1), (2,))
_PARKING_BALLOTS = ((0, 2, 3), (1, 0), (2, 0, 3, 1), (4,), (3, 2), (0, 3, 2, 1, 4), (2, 3))


def plant(engine: Engine, now: datetime, signing: Signing) -> str:
    """Seed a migrated database; the id of the community. Its logs are signed with `signing`."""
    story = _found(engine, now, signing)
    _elect_unit_leader(story)
    people = before_the_vote.neighbours(story)
    redesign_id = before_the_vote.accept_redesign(story, people)
    contest_id, electors = _announce_parking_ranking(story)
    before_the_vote.put_on_ballot(story, redesign_id, contest_id)
    before_the_vote.argue_about_shed(story, people)
    _open_parking_ranking(story, contest_id, electors)
    return story.community_id


def _found(engine: Engine, now: datetime, signing: Signing) -> Story:
    at = now - timedelta(days=60)

    def work(session: Session) -> Story:
        community = communities.create(
            session, SYSTEM, name=NAME, time_zone="Asia/Shanghai", demo=True, demos_allowed=True, now=at
        ).row
        import_register(session, SYSTEM, community.id, neighbourhood.register_csv(), now=at)
        officers = {OFFICERS[ref][1]: _appoint(session, community, ref, at) for ref in OFFICERS}
        return Story(engine, now, community.id, officers, signing)

    return transact(engine, work)


def _appoint(session: Session, community: Community, ref: str, at: datetime) -> Principal:
    name, role = OFFICERS[ref]
    made = persons.create(session, SYSTEM, community.id, name=name, external_ref=ref, now=at).row.person
    given = Appointment("person", made.id, role, "community", community.id)
    roles.assign(session, SYSTEM, community.id, given, now=at)
    return Principal("person", made.id, community.id, (Grant(role, "community", community.id),))


def integrator_key(session: Session, community_id: str, now: datetime) -> str:
    """A key of the program that manages the community for its residents; older ones of the demo are ended."""
    name = "Demo integrator"
    for known in clients.listing(session, SYSTEM, community_id, None, 200):
        if known.client.name == name and known.client.revoked_at is None:
            clients.revoke(session, SYSTEM, known.client.id, now=now)
    scopes = [scope for scope in SCOPES if scope != "platform"]
    issued = clients.create(
        session,
        SYSTEM,
        community_id=community_id,
        name=name,
        scopes=scopes,
        roles_over_community=["community_admin"],
        now=now,
    )
    return issued.bearer


def _elect_unit_leader(story: Story) -> None:
    unit_id = story.do(50, lambda session, _: _first_unit(session, story.community_id))
    roll_id = _sealed_roll(story, "1号楼1单元选民册", Scope("unit", (unit_id,)), days_ago=45)
    electors = _electors(story, roll_id)
    candidates = ("黄杰", "宋佳怡", "周静")
    contest_id = _noticed(
        story,
        36,
        roll_id,
        LEADER_QUESTION,
        [NewOption({"zh-CN": name, "en": name}) for name in candidates],
        Terms(notice_days=5, objection_days=3, turnout_floor=Fraction(1, 2)),
        opens=30,
        closes=27,
    )
    story.do(30, lambda session, at: moves.open_(session, story.returning, contest_id, now=at))
    voters = [person for place, person in enumerate(electors) if place % 5 != 4]
    cast(story.engine, story.now - timedelta(days=29), contest_id, voters, _LEADER_BALLOTS)
    story.do(27, lambda session, at: moves.close(session, story.returning, contest_id, now=at))
    closing.finish(story.engine, contest_id, story.flush)
    story.do(26.9, lambda session, at: moves.count(session, story.returning, contest_id, now=at))
    story.do(26.8, lambda session, at: moves.publish(session, story.returning, contest_id, now=at))
    story.do(23, lambda session, at: certifying.certify(session, story.returning, contest_id, now=at))


def _announce_parking_ranking(story: Story) -> tuple[str, list[str]]:
    """The contest in its notice period, and its electors."""
    roll_id = _sealed_roll(story, "停车改造居民名册", Scope("community"), days_ago=20)
    electors = _electors(story, roll_id)
    contest_id = _noticed(
        story,
        9,
        roll_id,
        PARKING_QUESTION,
        PARKING_OPTIONS,
        Terms(notice_days=7, objection_days=5, extension_max_days=7, turnout_floor=Fraction(1, 3)),
        opens=1,
        closes=-13,
    )
    return contest_id, electors


def _open_parking_ranking(story: Story, contest_id: str, electors: Sequence[str]) -> None:
    resident = story.do(0, lambda session, _: persons.list_of(session, SYSTEM, story.community_id, person_ref=RESIDENT))
    story.do(1, lambda session, at: moves.open_(session, story.returning, contest_id, now=at))
    voters = [person for place, person in enumerate(electors) if place % 3 == 0 and person != resident[0].row.id]
    cast(story.engine, story.now - timedelta(hours=12), contest_id, voters, _PARKING_BALLOTS)


def _first_unit(session: Session, community_id: str) -> str:
    buildings = places.list_buildings(session, SYSTEM, community_id, None, 10)
    building = next(seen.row for seen in buildings if seen.row.label == "1号楼")
    units = places.list_units(session, SYSTEM, community_id, building.id, None, 10)
    return next(seen.row.id for seen in units if seen.row.label == "1单元")


def _sealed_roll(story: Story, name: str, scope: Scope, days_ago: float) -> str:
    """A roll of adults, shown for six days."""
    officer = story.officer
    roll_id = story.do(
        days_ago,
        lambda session, at: (
            rolls.create(session, officer, story.community_id, name=name, basis="person", scope=scope, now=at).roll.id
        ),
    )
    story.do(days_ago, lambda session, at: rolls.compile_entries(session, officer, roll_id, now=at))
    story.do(days_ago, lambda session, at: rolls.display(session, officer, roll_id, now=at))
    story.do(days_ago - 6, lambda session, at: rolls.close_objections(session, officer, roll_id, now=at))
    story.do(days_ago - 6, lambda session, at: rolls.seal(session, officer, roll_id, now=at))
    return roll_id


def _electors(story: Story, roll_id: str) -> list[str]:
    """Person ids of a roll, in an order that every seeding shares: by name, which is unique in the demo."""
    entries = story.do(0, lambda session, _: rolls.entries_of(session, story.officer, roll_id, None, 1000))
    return [entry.elector for entry in sorted(entries, key=lambda entry: entry.label)]


def _noticed(
    story: Story,
    days_ago: float,
    roll_id: str,
    question: dict[str, str],
    options: Sequence[NewOption],
    terms: Terms,
    *,
    opens: float,
    closes: float,
) -> str:
    """A contest in its notice period; `opens` and `closes` are days before the present."""
    draft = Draft(
        roll_id,
        question,
        options,
        "irv",
        opens_at=story.now - timedelta(days=opens),
        closes_at=story.now - timedelta(days=closes),
        terms=terms,
        lot_seed="".join(str(1 + secrets.randbelow(6)) for _ in range(20)),
    )
    contest_id = story.do(
        days_ago,
        lambda session, at: drafts.create(session, story.returning, story.community_id, draft, now=at).contest.id,
    )
    story.do(days_ago, lambda session, at: moves.notice(session, story.returning, contest_id, now=at))
    return contest_id


def cast(
    engine: Engine, at: datetime, contest_id: str, voters: Iterable[str], patterns: Sequence[tuple[int, ...]]
) -> None:
    """Each voter's ballot at that instant, through the writer that the service itself uses.

    `patterns` are rankings by the place of an option on the ballot; the voters take them in turn.
    """
    writer = Writer(engine, lambda: at)
    form = writer.forms.load(contest_id)
    options = list(form.form.places)

    async def all_at_once() -> None:
        ballots = []
        for place, person in enumerate(voters):
            ranking = [[options[choice]] for choice in patterns[place % len(patterns)]]
            ballots.append(writer.cast(casting.prepare(form, person, Marked(ranking))[0]))
        await asyncio.gather(*ballots)

    writer.start()
    try:
        asyncio.run(all_at_once())
    finally:
        writer.stop()
