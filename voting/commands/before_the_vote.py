"""What the demo's neighbours wrote, said and answered before they vote, told through the services.

The parking redesign comes of a proposal that found its support, was accepted and is on the ballot now. A bicycle shed is
still gathering support: reworded, amended, argued about by two camps. A rude comment is hidden and its author appeals; an
advertisement is flagged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from voting.commands.story import Story
from voting.community import persons
from voting.core.amendments import Change
from voting.core.authority import SYSTEM, Principal
from voting.deliberation import (
    amendments,
    answers,
    cases,
    comment_batches,
    comment_moderation,
    comment_pages,
    endorsements,
    flags,
    proposal_authors,
    proposal_drafts,
    proposal_moves,
    proposal_queries,
    reactions,
)
from voting.deliberation.answers import Answer
from voting.deliberation.cases import Ruling
from voting.deliberation.comment_posting import Draft as Said
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.proposal_drafts import Draft, Position
from voting.deliberation.proposal_queries import Filter

REDESIGN = Draft(
    {"zh-CN": "重新设计小区停车", "en": "Redesign the parking of our community"},
    {
        "zh-CN": "一、现状：晚上七点以后，消防通道上停着车。\n\n二、建议：请社区列出几种方案，由居民排序决定。",
        "en": "Now: after seven in the evening there are cars in the fire lane.\n\n"
        "We propose: that the committee lists several plans and the residents rank them.",
    },
    "停车",
)
SHED = Draft(
    {"zh-CN": "南门增设非机动车棚", "en": "A bicycle shed at the south gate"},
    {
        "zh-CN": "一、现状：南门内外停满电动自行车，轮椅过不去。\n\n二、建议：在南门内侧建一座带充电的车棚。\n\n"
        "三、费用：由公共收益支出。",
        "en": "Now: the south gate is full of electric bicycles, and a wheelchair cannot pass.\n\n"
        "We propose: a shed with charging points inside the south gate.\n\nCost: from the community's common income.",
    },
    "停车",
    location=Position(121.4737, 31.2304),
)
_REWORDED = {
    "zh-CN": "一、现状：南门内外停满电动自行车，轮椅过不去。\n\n二、建议：在南门内侧建一座带充电的车棚，不占儿童活动场地。\n\n"
    "三、费用：由公共收益支出。",
    "en": "Now: the south gate is full of electric bicycles, and a wheelchair cannot pass.\n\n"
    "We propose: a shed with charging points inside the south gate, and none of the playground for it.\n\n"
    "Cost: from the community's common income.",
}

STATEMENTS = (
    Said("早晚高峰电动车乱停，救护车进不来，车棚早该建了。", 1),
    Said("车棚会占掉孩子们玩的那块空地。", -1),
    Said("先划线、装隔离桩，比建车棚便宜得多。", -1),
    Said("充电按表收费，不骑车的人不分摊。"),
    Said("不管怎么建，消防通道必须先让出来。"),
)
"""What people react to. The last is what both camps support."""

RUDE = Said("2号楼那几户就是自私，滚出小区！", -1)
ADVERTISEMENT = Said("代办驾照，三天拿证，私信我。")

_CAMPS = (((1, -1, -1, 1, 1), 7), ((-1, 1, 1, 0, 1), 6))
"""How each of two camps reacts to the statements, and how many people it has."""
_STANCES = {1: "support", -1: "oppose", 0: "pass"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo's curl lines are about."""

    shed_id: str
    statement_id: str
    """The comment that both camps support."""
    case_id: str
    """The rude comment's."""


def find(session: Session, community_id: str, now: datetime) -> Told | None:
    """What was told here, if it was."""
    found = proposal_queries.page(session, SYSTEM, community_id, Filter(), after=None, limit=200, now=now)
    shed_id = next(
        (view.proposal.id for view in found if view.text is not None and view.text.title == SHED.title), None
    )
    if shed_id is None:
        return None
    said = comment_pages.page(session, SYSTEM, "proposal", shed_id, sort="oldest", limit=len(STATEMENTS), now=now)
    known = cases.of_community(session, SYSTEM, community_id, now=now)
    case_id = next(view.case.id for view in known if view.case.rule_id == "abuse")
    return Told(shed_id, said[-1].comment.id, case_id)


def neighbours(story: Story) -> list[Principal]:
    """Adults of the register, from its end, so that the first is nobody the demo hands to its visitor."""

    def work(session: Session, at: datetime) -> list[Principal]:
        born_before = at.date() - timedelta(days=18 * 366)
        found = persons.list_of(session, SYSTEM, story.community_id, limit=1000)
        grown = [seen.row for seen in found if seen.row.born_on is not None and seen.row.born_on < born_before]
        grown.sort(key=lambda person: person.external_ref or "", reverse=True)
        return [Principal("person", person.id, story.community_id) for person in grown]

    return story.do(0, work)


def accept_redesign(story: Story, people: list[Principal]) -> str:
    """The proposal that the ranking came of: published, endorsed by six, accepted with an answer. Its id."""
    author = people[0]
    proposal_id = _published(story, author, REDESIGN, 22.9)
    rule = SupportRule(days=14, number=6)
    story.do(22.4, lambda session, at: endorsements.gather(session, story.officer, proposal_id, rule, now=at))
    _endorsed(story, proposal_id, people[1:7], 22.3)
    story.do(21, lambda session, at: proposal_moves.give(session, story.officer, proposal_id, "review", now=at))
    answer = Answer(
        {
            "zh-CN": "采纳。列出五个方案，由全体居民排序；得票方案三个月内动工。",
            "en": "Accepted. Five plans go to a ranking by all residents; work on the winner begins within three months.",
        },
        cost_fen=69_000_000,
        deadline=date(story.now.year + 1, 6, 30),
    )
    story.do(20.5, lambda session, at: answers.decide(session, story.officer, proposal_id, "accept", answer, now=at))
    return proposal_id


def put_on_ballot(story: Story, proposal_id: str, contest_id: str) -> None:
    """The redesign goes to the vote."""
    story.do(8.9, lambda session, at: answers.put_on_ballot(session, story.officer, proposal_id, contest_id, now=at))


def argue_about_shed(story: Story, people: list[Principal]) -> str:
    """The proposal that is gathering support, with its thread. Its id."""
    author, helper, amender, critic = people[11:15]
    proposal_id = _published(story, author, SHED, 8.8, helper)

    def reword(session: Session, at: datetime) -> None:
        loaded = proposal_queries.load(session, author, proposal_id, at)
        proposal_drafts.edit(session, author, loaded, {"body": _REWORDED}, note="不占儿童活动场地")

    story.do(8, reword)
    cheaper = Change("replace", 3, "三、费用：由公共收益支出，不超过三万元。")
    roof = Change("insert_after", 2, "棚顶装雨水管，不淋一楼窗户。")
    wanted = story.do(7.8, lambda session, at: _amended(session, amender, proposal_id, cheaper, "要有上限", at))
    story.do(7.6, lambda session, at: amendments.decide(session, author, wanted, "accept", minor=True, now=at))
    story.do(7.5, lambda session, at: _amended(session, critic, proposal_id, roof, None, at))
    rule = SupportRule(days=30, number=12)
    story.do(7.4, lambda session, at: endorsements.gather(session, story.officer, proposal_id, rule, now=at))
    _endorsed(story, proposal_id, people[15:23], 7.3)
    _talk(story, proposal_id, people)
    return proposal_id


def _published(story: Story, author: Principal, draft: Draft, days_ago: float, helper: Principal | None = None) -> str:
    proposal_id = story.do(
        days_ago,
        lambda session, at: proposal_drafts.create(session, author, story.community_id, draft, now=at).proposal.id,
    )

    def show(session: Session, at: datetime) -> None:
        if helper is not None:
            proposal_authors.invite(session, author, proposal_id, helper.id, now=at)
            proposal_authors.answer(session, helper, proposal_id, "accept_invitation", now=at)
        proposal_moves.give(session, author, proposal_id, "submit", now=at)
        proposal_moves.give(session, story.officer, proposal_id, "publish", now=at + timedelta(hours=3))

    story.do(days_ago - 0.1, show)
    return proposal_id


def _endorsed(story: Story, proposal_id: str, people: Iterable[Principal], days_ago: float) -> None:
    def support(session: Session, at: datetime) -> None:
        for place, person in enumerate(people):
            endorsements.endorse(session, person, proposal_id, now=at + timedelta(minutes=37 * place))

    story.do(days_ago, support)


def _amended(session: Session, who: Principal, proposal_id: str, change: Change, why: str | None, at: datetime) -> str:
    base = proposal_queries.load(session, who, proposal_id, at).proposal.number
    view = amendments.propose(session, who, proposal_id, change, locale="zh-CN", base=base, why=why, now=at)
    return view.amendment.id


def _talk(story: Story, proposal_id: str, people: list[Principal]) -> None:
    """Comments, replies, and reactions of two camps."""
    speakers, fighter, seller, crowd = people[27:32], people[32], people[33], people[34:]

    def say(session: Session, who: Principal, said: Said, at: datetime) -> str:
        return comment_batches.post(session, who, "proposal", proposal_id, said, now=at).comment.id

    def speak(session: Session, at: datetime) -> list[str]:
        return [
            say(session, who, said, at + timedelta(hours=5 * place))
            for place, (who, said) in enumerate(zip(speakers, STATEMENTS, strict=True))
        ]

    said = story.do(6.5, speak)

    def reply(session: Session, at: datetime) -> tuple[str, str]:
        answer = Said("新文本写明了不占场地，滑梯不动。", 1, said[1], [speakers[1].id])
        thanks = Said("看到了，那我可以接受。", 0, say(session, people[11], answer, at))
        say(session, speakers[1], thanks, at + timedelta(hours=2))
        say(session, crowd[0], Said("划线试过，一个月就没人守了。", 1, said[2]), at + timedelta(hours=3))
        later = at + timedelta(hours=4)
        return say(session, fighter, RUDE, later), say(session, seller, ADVERTISEMENT, later)

    rude, advertisement = story.do(5, reply)
    story.do(4, lambda session, at: _react(session, said, crowd, at))
    _moderate(story, rude, advertisement, fighter, crowd)


def _react(session: Session, said: list[str], crowd: list[Principal], at: datetime) -> None:
    """The first few of each camp leave one statement out, so that the camps are not drawn with a ruler."""
    people = iter(crowd[1:])
    for stances, size in _CAMPS:
        for place in range(size):
            person = next(people)
            for number, (comment_id, stance) in enumerate(zip(said, stances, strict=True)):
                if number != place:
                    reactions.react(session, person, comment_id, _STANCES[stance], now=at)


def _moderate(story: Story, rude: str, advertisement: str, fighter: Principal, crowd: list[Principal]) -> None:
    moderator = story.officers["moderator"]

    def flag(session: Session, at: datetime) -> str:
        kind = comment_moderation.KIND
        flags.flag(session, crowd[0], kind, advertisement, rule_id="spam", now=at)
        view = flags.flag(session, crowd[1], kind, rude, rule_id="abuse", note="点名辱骂2号楼的邻居", now=at)
        return str(view.comment.case_id)

    case_id = story.do(3.5, flag)
    ruling = Ruling("abuse", "辱骂邻居。批评做法可以，请不要骂人。")

    def hide(session: Session, at: datetime) -> None:
        cases.decide(session, moderator, case_id, "take", Ruling(), now=at)
        cases.decide(session, moderator, case_id, "hide", ruling, now=at + timedelta(minutes=20))

    story.do(3, hide)
    plea = Ruling(reason="我说的是占道停车这件事，没有指名道姓。")
    story.do(2, lambda session, at: cases.decide(session, fighter, case_id, "appeal", plea, now=at))
