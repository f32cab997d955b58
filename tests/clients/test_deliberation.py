"""Deliberation with the client, against a running service on each database: people propose, argue, moderate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from clients.python import AsyncClient, Client, IllegalMove, Invalid, NotFound, Stale, attachments
from clients.python.proposal_answers import Proposal
from clients.python.proposals import draft
from tests.commands.conftest import Served, served
from tests.deliberation.pdfs import pdf
from voting.commands import election

__all__ = ["served"]

TITLE = {"zh-CN": "南门增设非机动车棚", "en": "A bicycle shed at the south gate"}
BODY = {"zh-CN": "一、现状\n\n二、建议", "en": "Bicycles block the gate.\n\nBuild a shed."}
PEOPLE = 12
OFFICES = ("committee_officer", "moderator", "moderator", "appeal_reviewer")


@dataclass(frozen=True)
class Town:
    """A community, its administrating program, residents and officers, each a client of their own."""

    url: str
    id: str
    admin: Client
    residents: tuple[Client, ...]
    tokens: tuple[str, ...]
    officer: Client
    moderators: tuple[Client, Client]
    reviewer: Client

    def published(self, by: int = 0, title: dict[str, str] | None = None) -> Proposal:
        """A proposal that everybody reads."""
        author = self.residents[by]
        made = author.proposals.create(self.id, title=title or TITLE, body=BODY)
        author.proposals.submit(made.id)
        return self.officer.proposals.publish(made.id)


@pytest.fixture(scope="module")
def town(served: Served) -> Town:
    """One community for the tests of this file."""
    admin = Client(served.url, served.key)
    community_id = election.found_community(admin, "deliberation", PEOPLE)
    tokens = election.hand_out_tokens(admin, community_id, lambda done: None)
    people = [admin.acting(token) for token in tokens]
    for person, role in zip(people, OFFICES, strict=False):
        holder = {"holder_kind": "person", "holder_id": person.access.me().id}
        scope = {"scope_kind": "community", "scope_id": community_id}
        admin.access.assign_role(community_id, role=role, **holder, **scope)
    officer, first, second, reviewer, *residents = people
    return Town(
        served.url, community_id, admin, tuple(residents), tuple(tokens[4:]), officer, (first, second), reviewer
    )


def test_two_people_write_a_proposal_and_the_second_to_save_loses_nothing(town: Town) -> None:
    first, second = town.residents[:2]
    made = first.proposals.create(town.id, title=TITLE, body=BODY, category="停车", location=(121.4737, 31.2304))
    assert (made.state, made.number, made.location) == (
        "draft",
        1,
        {"type": "Point", "coordinates": [121.4737, 31.2304]},
    )
    first.proposals.invite(made.id, second.access.me().id)
    both = second.proposals.accept_invitation(made.id)
    assert [author.state for author in both.authors] == ["accepted", "accepted"]
    changed = second.proposals.edit(made.id, both.etag, body=BODY | {"en": "Bicycles block the gate.\n\nBuild two."})
    with pytest.raises(Stale):
        first.proposals.edit(made.id, both.etag, title={"en": "Lost?"})
    again = first.proposals.edit(made.id, changed.etag, category=None, minor=True, note="no category")
    assert (again.number, again.category, again.body["en"]) == (2, None, "Bicycles block the gate.\n\nBuild two.")
    assert [version.number for version in first.proposals.versions(made.id)] == [1, 2]
    english = next(one for one in first.proposals.compare(made.id, 1, 2).languages if one.locale == "en")
    assert [(step.kind, step.old, step.new) for step in english.steps] == [
        ("equal", ("Bicycles block the gate.",), ("Bicycles block the gate.",)),
        ("replaced", ("Build a shed.",), ("Build two.",)),
    ]
    assert second.proposals.leave(made.id).id == made.id


def test_a_proposal_goes_from_draft_to_answer(town: Town) -> None:
    author, officer = town.residents[0], town.officer
    made = author.proposals.create(town.id, title=TITLE, body=BODY)
    author.proposals.submit(made.id)
    assert officer.proposals.return_(made.id, "请写明预计费用").state == "returned"
    author.proposals.submit(made.id)
    assert officer.proposals.publish(made.id).state == "published"
    gathering = officer.proposals.gather(made.id, days=30, number=2)
    assert gathering.support is not None
    assert (gathering.support.needed, gathering.support.standing) == (2, 0)
    town.residents[1].proposals.endorse(made.id)
    assert town.residents[1].proposals.withdraw_endorsement(made.id).support.mine == "withdrawn"  # type: ignore[union-attr]  # it gathers support
    town.residents[1].proposals.endorse(made.id)
    assert town.residents[2].proposals.endorse(made.id).state == "qualified"
    assert {one.state for one in officer.proposals.endorsements(made.id)} == {"standing"}
    officer.proposals.review(made.id)
    answered = officer.proposals.accept_in_part(made.id, {"zh-CN": "先建东侧"}, cost_fen=1_200_000)
    assert answered.answer is not None
    assert (answered.state, answered.answer.cost_fen, answered.answer.text) == (
        "accepted_in_part",
        1_200_000,
        {"zh-CN": "先建东侧"},
    )
    with pytest.raises(IllegalMove) as refusal:
        officer.proposals.archive(made.id)
    assert "report_outcome" in refusal.value.allowed_actions
    officer.proposals.implement(made.id)
    officer.proposals.complete(made.id)
    told = officer.proposals.report_outcome(made.id, {"zh-CN": "十二位邻居的意见改变了选址"})
    assert told.outcome is not None
    forgotten = town.admin.proposals.erase_answer(made.id, "answer", 1, "it names somebody")
    assert forgotten.answer is not None
    assert (forgotten.answer.text, forgotten.answer.erased) == ({}, True)
    assert officer.proposals.archive(made.id).state == "archived"
    assert [event.kind for event in officer.proposals.events(made.id)][:3] == ["drafted", "submitted", "returned"]


def test_an_amendment_is_accepted_rejected_promoted_or_taken_back(town: Town) -> None:
    author, reader = town.residents[0], town.residents[3]
    made = town.published()
    change = {"base": 1, "locale": "en", "action": "replace", "paragraph": 2}
    wanted = [reader.amendments.propose(made.id, **change, text=text, why="why") for text in "abcd"]  # type: ignore[arg-type]  # members by name
    assert wanted[0].paragraph_text == "Build a shed."
    assert author.amendments.accept(wanted[0].id, minor=True).number == 2
    assert author.amendments.reject(wanted[1].id, "too dear").decision == "too dear"
    promoted = reader.amendments.promote(wanted[1].id).promoted_id or ""
    assert reader.proposals.get(promoted).state == "draft"
    assert [(tie.parent_id, tie.kind) for tie in reader.proposals.lineage(promoted).parents] == [
        (made.id, "promoted_from")
    ]
    assert reader.amendments.take_back(wanted[2].id).state == "taken_back"
    assert [one.id for one in reader.amendments.list(made.id, state="proposed")] == [wanted[3].id]
    asked = next(author.amendments.list(made.id, state="proposed", actions=True))
    offered = {one.action: one.reason for one in asked.allowed_actions}
    assert (offered["reject"], offered["accept"] is None) == (None, False), "its paragraph has changed meanwhile"
    assert reader.amendments.get(wanted[3].id).state == "proposed"
    assert town.admin.amendments.erase(wanted[3].id, "a person's sake").text is None


def test_support_moves_along_a_merge_when_its_giver_says_so_and_a_split_leaves_parts(town: Town) -> None:
    one, other = town.published(), town.published(1, {"zh-CN": "自行车棚", "en": "Sheds for bicycles"})
    for proposal in (one, other):
        town.officer.proposals.gather(proposal.id, days=10, number=9)
    town.residents[2].proposals.endorse(one.id)
    merged = town.officer.proposals.merge(one.id, other.id, "both want a shed")
    assert merged.state == "merged"
    assert [tie.parent_id for tie in town.residents[0].proposals.lineage(other.id).parents] == [one.id]
    waiting = [proposal.id for proposal in town.residents[2].proposals.list(town.id, asks_me=True)]
    assert waiting == [one.id]
    moved = town.residents[2].proposals.move_endorsement(one.id, other.id)
    assert (moved.id, moved.support.standing) == (other.id, 1)  # type: ignore[union-attr]  # it gathers support
    parts = [draft(title={"en": word}, body={"en": word}) for word in ("Shed", "Charging")]
    assert town.residents[1].proposals.split(other.id, parts, "two matters").state == "split"
    assert len(town.residents[1].proposals.lineage(other.id).children) == 2


def test_files_come_back_and_a_removed_one_leaves_its_place(town: Town) -> None:
    author, made = town.residents[0], town.published()
    drawn = BytesIO()
    Image.new("RGB", (8, 4), "red").save(drawn, "PNG")
    kept = author.attachments.attach(made.id, drawn.getvalue(), "南门.png")
    paper = author.attachments.attach(made.id, pdf(), "a.pdf")
    assert (kept.media_type, kept.name, kept.width, kept.height) == ("image/png", "南门.png", 8, 4)
    content = town.residents[1].attachments.content(kept.id)
    with Image.open(BytesIO(content)) as seen:
        assert seen.size == (8, 4)
    out = BytesIO()
    town.residents[1].download(attachments.content(kept.id), out)
    assert out.getvalue() == content
    assert town.residents[1].attachments.get(paper.id).media_type == "application/pdf"
    author.attachments.remove(kept.id, "车牌")
    assert {one.id: one.removed_at is None for one in author.attachments.list(made.id)} == {
        kept.id: False,
        paper.id: True,
    }
    with pytest.raises(NotFound):
        author.attachments.content(kept.id)


def test_a_thread_is_read_page_by_page_and_its_replies_too(town: Town) -> None:
    made = town.published()
    where = ("proposal", made.id)
    said = [town.residents[n % 5].comments.post(*where, f"comment {n}", alignment=n % 3 - 1) for n in range(55)]
    reader = town.residents[6]
    assert [one.id for one in reader.comments.list(*where, sort="oldest")] == [one.id for one in said]
    assert next(reader.comments.list(*where, sort="newest")).id == said[-1].id
    me = reader.access.me().id
    answers = [town.residents[n].comments.reply(said[0], f"reply {n}", mentions=[me]) for n in range(3)]
    assert [one.id for one in reader.comments.list(*where, parent_id=said[0].id, sort="oldest")] == [
        one.id for one in answers
    ]
    assert {one.id for one in reader.comments.mentions()} >= {one.id for one in answers}
    assert reader.comments.get(answers[0].id).mentions == (me,)
    thread = reader.comments.thread(*where)
    assert (thread.comments, thread.is_open) == ({"for": 18, "neither": 21, "against": 19}, True)
    assert {side.side: side.comments for side in reader.comments.arguments(*where).sides} == thread.comments


def test_a_comment_is_edited_reacted_to_and_retracted(town: Town) -> None:
    author, reader = town.residents[:2]
    where = ("proposal", town.published().id)
    said = author.comments.post(*where, "消防通道要先让出来", alignment=1)
    edited = author.comments.edit(said.id, author.comments.get(said.id).etag, text="消防通道和救护车位要先让出来")
    with pytest.raises(Stale):
        author.comments.edit(said.id, said.etag, text="x")
    assert [one.text for one in reader.comments.versions(said.id)] == [said.text, edited.text]
    assert reader.comments.react(said.id, "support").reactions == {"support": 1, "oppose": 0, "pass": 0}
    assert reader.comments.react(said.id, "pass").my_reaction == "pass"
    assert reader.comments.react(said.id, None).reactions["pass"] == 0
    summed = town.moderators[0].comments.write_summary(*where, "for", "支持者关心消防通道")
    other = town.moderators[0].comments.edit_summary(summed.id, summed.etag, "支持者关心消防通道和老人")
    assert [one.text for one in reader.comments.summary_versions(summed.id)] == [summed.text, other.text]
    assert [one.id for one in reader.comments.summaries(*where)] == [reader.comments.summary(summed.id).id]
    gone = author.comments.retract(said.id)
    assert (gone.state, reader.comments.get(said.id).text) == ("retracted", None)


def test_opinions_show_groups_and_bridges_and_nothing_below_the_floor(town: Town) -> None:
    where = ("proposal", town.published().id)
    said = [town.residents[0].comments.post(*where, text) for text in ("one side", "other side", "both")]
    assert town.residents[0].comments.opinions(*where).residents is None
    voices = (*town.residents[1:], *town.moderators, town.officer, town.reviewer)
    for place, voice in enumerate(voices[:10]):
        for comment, reaction in zip(said, ("support", "oppose") if place % 2 else ("oppose", "support"), strict=False):
            voice.comments.react(comment.id, reaction)
        voice.comments.react(said[2].id, "support")
    found = town.residents[0].comments.opinions(*where)
    assert (found.floor, found.residents, found.groups) == (5, 10, (5, 5))
    assert found.bridges[0].text == "both"
    assert "Groups of opinion" in town.residents[0].comments.opinions_svg(*where)
    assert "意见分组" in town.residents[0].comments.opinions_svg(*where, locale="zh-CN")
    assert found.bridges[0].groups == ({"support": 5, "oppose": 0, "pass": 0},) * 2


def test_a_flag_becomes_a_case_a_decision_and_an_appeal_that_another_decides(town: Town) -> None:
    author, (first, second) = town.residents[0], town.moderators
    said = author.comments.post("proposal", town.published().id, "bad words")
    town.residents[1].moderation.flag(said.id, "abuse", "names a neighbour")
    case = next(one for one in first.moderation.cases(town.id) if one.subject_id == said.id)
    taken = first.moderation.take(case.id)
    assert taken.flagged_by[0]["note"] == "names a neighbour"
    hidden = first.moderation.hide(case.id, "abuse", "点名辱骂", sanction={"acts": ["flag"], "days": 7})
    assert [step.kind for step in hidden.steps][-1] == "hidden"
    assert town.residents[1].comments.get(said.id).tombstone is not None
    sanction = author.moderation.sanction(hidden.sanction_ids[0])
    assert (sanction.acts, sanction.state) == (("flag",), "in_force")
    assert author.comments.get(said.id).case_id == case.id
    author.moderation.appeal(case.id, "I quoted somebody")
    with pytest.raises(IllegalMove):
        first.moderation.reinstate(case.id, "no")
    assert second.moderation.reinstate(case.id, "a quotation").state == "reinstated"
    assert author.moderation.sanction(sanction.id).state == "lifted"
    assert town.residents[1].comments.get(said.id).text == "bad words"
    month = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")
    counted = {one.rule_id: one.counts for one in town.admin.acting(None).moderation.counts(town.id, month).rules}
    assert counted["abuse"]["reinstated"] == 1


def test_a_proposal_is_flagged_and_hidden_as_a_comment_is(town: Town) -> None:
    made, mod = town.published(), town.moderators[0]
    town.residents[1].proposals.flag(made.id, "off-topic")
    case = next(one for one in mod.moderation.cases(town.id) if one.subject_id == made.id)
    mod.moderation.take(case.id)
    mod.moderation.hide(case.id, "off-topic", "与小区无关")
    seen = town.residents[1].proposals.get(made.id)
    assert (seen.tombstone, seen.rule_id, seen.title, seen.authors) == ("hidden", "off-topic", {}, ())


def test_other_ends_of_a_case(town: Town) -> None:
    (first, second), proposal = town.moderators, town.published().id
    ends = {}
    for end in ("dismiss", "uphold", "remove_legal"):
        said = town.residents[2].comments.post("proposal", proposal, end)
        town.residents[1].moderation.flag(said.id, "spam")
        case = next(one for one in first.moderation.cases(town.id) if one.subject_id == said.id)
        first.moderation.take(case.id)
        if end == "dismiss":
            ends[end] = first.moderation.dismiss(case.id, "nothing wrong").state
        elif end == "remove_legal":
            ends[end] = first.moderation.remove_legal(case.id, "unlawful", "a court says so").state
        else:
            first.moderation.hide(case.id, "spam", "advertising")
            town.residents[2].moderation.appeal(case.id, "no advertising")
            ends[end] = second.moderation.uphold(case.id, "it is").state
    assert ends == {"dismiss": "dismissed", "uphold": "upheld", "remove_legal": "removed_legal"}
    imposed = first.moderation.impose(town.id, town.residents[3].access.me().id, ["comment"], 3, "spam", "many times")
    assert imposed.id in {one.id for one in town.residents[3].moderation.sanctions(town.id)}
    assert first.moderation.lift(imposed.id).state == "lifted"


def test_what_waits_for_a_check_is_published_or_withheld(town: Town) -> None:
    policy = town.admin.moderation.policy(town.id)
    checking = town.admin.moderation.edit_policy(town.id, policy.etag, pre_check=True)
    proposal, mod = town.published().id, town.moderators[0]
    try:
        one, other = (town.residents[0].comments.post("proposal", proposal, text) for text in "ab")
        assert {waiting.id for waiting in mod.moderation.pending(town.id)} == {one.id, other.id}
        assert mod.moderation.publish(one.id).state == "visible"
        assert mod.moderation.withhold(other.id, "unlawful", "内容安全服务判定").state == "withheld"
    finally:
        town.admin.moderation.edit_policy(town.id, checking.etag, pre_check=False)
    assert town.admin.moderation.erase(one.id).text is None


def test_the_search_finds_whole_titles_first(town: Town) -> None:
    made = town.published(title={"zh-CN": "儿童乐园的沙坑", "en": "The sandpit"})
    town.residents[0].comments.post("proposal", made.id, "沙坑里有猫")
    hits = list(town.residents[1].communities.search(town.id, "沙坑"))
    assert [(hit.kind, hit.in_title) for hit in hits] == [("proposal", True), ("comment", False)]
    assert hits[1].about_id == made.id
    assert [hit.kind for hit in town.residents[1].communities.search(town.id, "沙坑", kind="comment")] == ["comment"]
    alike = town.residents[1].proposals.create(town.id, title={"zh-CN": "儿童乐园的沙坑"}, body={"zh-CN": "b"})
    assert next(town.residents[1].proposals.duplicates(alike.id)).id == made.id


def test_bylaws_and_working_days_are_replaced_as_they_were_read(town: Town) -> None:
    before = town.admin.bylaws.get(town.id)
    texts = {"zh": "第12条", "en": "art. 12"}
    kept = town.admin.bylaws.put(town.id, before.etag, {"silence": {"clause": texts, "warning": texts}})
    assert (before.version, kept.version, kept.bylaws is not None) == (0, 1, True)
    with pytest.raises(Stale):
        town.admin.bylaws.put(town.id, before.etag, {})
    days = {"title": texts, "clause": texts, "certainty": "secondary", "weekend": [6, 7]}
    unset = town.admin.bylaws.calendar(town.id)
    laid = town.admin.bylaws.put_calendar(town.id, unset.etag, days | {"from": "2026-01-01", "until": "2026-12-31"})
    assert laid.calendar is not None
    assert laid.calendar["weekend"] == [6, 7]


def test_a_text_by_locale_is_refused_where_one_language_is_spoken(town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        town.residents[0].comments.post("proposal", town.published().id, {"en": "a"})  # type: ignore[arg-type]  # the mistake under test
    fault = refusal.value.errors[0]
    assert (fault.pointer, fault.code) == ("/text", "text_in_one_language")


def test_pages_are_walked_by_the_awaiting_client(town: Town) -> None:
    made = town.published()
    for n in range(3):
        town.residents[n].comments.post("proposal", made.id, str(n))

    async def walk() -> list[str | None]:
        async with AsyncClient(town.url, town.tokens[5]) as client:
            await client.comments.post("proposal", made.id, "3")
            return [one.text async for one in client.comments.list("proposal", made.id, sort="oldest")]

    assert asyncio.run(walk()) == ["0", "1", "2", "3"]


def test_who_waits_at_a_thread_hears_that_it_changed(town: Town) -> None:
    made = town.published()
    known = town.residents[0].comments.thread("proposal", made.id)
    heard = town.residents[1].comments.changes("proposal", made.id)
    before = next(heard)
    town.residents[2].comments.post("proposal", made.id, "new")
    assert town.residents[0].comments.wait(known, 20).comments["neither"] == 1
    after = next(heard)
    assert (after.thread_id, after.changes > before.changes) == (made.id, True)


def test_a_problem_is_reported_confirmed_and_dealt_with(town: Town) -> None:
    reporter, other = town.residents[:2]
    seen = reporter.problem_reports.create(town.id, "消防通道被堵", (121.4737, 31.2304), category="停车")
    again = other.problem_reports.create(town.id, "消防通道又被堵", (121.4738, 31.2304))
    fuller = reporter.problem_reports.edit(seen.id, seen.etag, observation="消防通道被两辆车堵住")
    assert [one.observation for one in reporter.problem_reports.versions(seen.id)] == [
        "消防通道被堵",
        fuller.observation,
    ]
    assert other.problem_reports.confirm(seen.id).confirmed_by_me
    assert not other.problem_reports.take_back(seen.id).confirmed_by_me
    town.officer.problem_reports.mark_duplicate(again.id, seen.id)
    found = other.problem_reports.get(again.id)
    assert found.leads_to is not None
    assert (found.state, found.leads_to.id) == ("duplicate", seen.id)
    town.officer.problem_reports.acknowledge(seen.id)
    town.officer.problem_reports.start(seen.id)
    assert town.officer.problem_reports.resolve(seen.id, "已划黄线").reason == "已划黄线"
    assert reporter.problem_reports.reopen(seen.id, "again").state == "reopened"
    assert {one.id for one in reporter.problem_reports.list(town.id, mine=True)} == {seen.id}
    close_by = next(other.problem_reports.near(town.id, (121.4737, 31.2304), q="消防通道"))
    assert (close_by.id, close_by.metres, close_by.likeness) == (seen.id, 0, "1")
    assert next(town.officer.problem_reports.events(seen.id)).to_state == "open"


def test_keys_of_a_program_turn_and_end(town: Town) -> None:
    made = town.admin.access.create_client(town.id, name="Notice board", scopes=["proposals:read"])
    town.admin.access.rotate_client(made.id)
    known = town.admin.access.client(made.id)
    assert len(known.keys) == 2
    ended = town.admin.access.revoke_client(made.id, key_id=known.keys[1].id)
    assert [key.revoked_at is None for key in ended.keys] == [True, False]
    assert made.id in {one.id for one in town.admin.access.clients(town.id)}


def test_the_journal_tells_what_was_moderated_and_proposed(town: Town) -> None:
    kinds = {entry.entry["subject"]["kind"] for entry in town.admin.acting(None).logs.journal(town.id)}
    assert {"proposal", "comment", "case"} & kinds
    assert town.admin.acting(None).contests.summary(town.id).contests == 0
