"""Who may do what, read as a table; and the borders no grant crosses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voting.core.authority import (
    ACTS,
    GRANTED_ROLES,
    JUDGING,
    PLATFORM,
    ROLES,
    SCOPES,
    STRANGER,
    SYSTEM,
    Decision,
    Grant,
    Principal,
    Subject,
    allowed_acts,
    incompatible,
    may,
    require,
)
from voting.errors import Forbidden, NotFound, Unauthenticated

HOME = Subject("com_1", building_id="bld_1", unit_id="unt_1", contest_id="con_1", kind="contest")

# One row per act, one letter per role: who may do it with a grant over the whole community.
#   r resident · o committee_officer · s social_worker · R returning_officer · t teller · w scrutineer · a auditor
#   A community_admin · v owners_committee_member · p property_manager · u unit_leader · b backbone_resident · m moderator
#   e appeal_reviewer
LETTERS = dict(zip("rosRtwaAvpubme", ROLES, strict=True))
TABLE = """
me.read               r o s R t w a A v p u b m e
community.create
community.list
community.read        r o s R t w a A v p u b m e
community.edit        A
community.advance_clock A
community.set_bylaws  A
community.set_calendar o A
register.read         o s A
register.export       o A
register.import       o A
register.edit         o A
codes.print           o A
roles.read            o a A
roles.assign          A
roles.end             A
clients.manage        A
roll.read             r o s R t w a A v p u b m e
roll.read_entries     o R A
roll.create           o R A
roll.compile          o R A
roll.display          o R A
roll.close_objections o R A
roll.correct          o R A
roll.seal             o R A
roll.supersede        o R A
roll.read_display     r o s R t w a A v p u b m e
roll.object           r o s R t w a A v p u b m e
objection.read        o R A
objection.withdraw    r o s R t w a A v p u b m e
objection.appeal      r o s R t w a A v p u b m e
objection.uphold      o R A
objection.dismiss     o R A
proxy.record          o R A
contest.read          r o s R t w a A v p u b m e
contest.read_events   o s R t w a A
journal.open          o s R t w a A
contest.read_open_ballots o R A
contest.read_withheld a
contest.read_own_record r o s R t w a A v p u b m e
contest.create        o s R A
contest.edit          o s R A
contest.notice        o R A
contest.open          o R A
contest.extend        o R A
contest.close         o R A
contest.count         R t A
contest.record        o R t A
contest.publish       R A
paper.read            o s R t w a A
paper.create          o R t A
paper.issue           o R t A
paper.spoil           o R t A
paper.return          o R t A
paper.key             R t
paper.resolve         R t
paper.enter           R t
result.object         r o s R t w a A v p u b m e
result.read_objections o R A
result.record_objection o R A
delivery.read         o R A
delivery.record       o R A
contest.change_key    o R A
contest.sign          r o s R t w a A v p u b m e
contest.challenge     o R A
contest.recount       R t A
contest.correct       R
contest.certify       R
contest.annul         R
contest.cast          r o s R t w a A v p u b m e
proposal.read         r o s R t w a A v p u b m e
proposal.read_events  o s R t w a A m
proposal.create       r o s R t w a A v p u b m e
proposal.edit         r o s R t w a A v p u b m e
proposal.invite       r o s R t w a A v p u b m e
proposal.accept_invitation r o s R t w a A v p u b m e
proposal.leave        r o s R t w a A v p u b m e
proposal.submit       r o s R t w a A v p u b m e
proposal.withdraw     r o s R t w a A v p u b m e
proposal.publish      o A m
proposal.return       o A m
proposal.erase_version o A m
proposal.erase_answer   o A m
proposal.gather         o A m
proposal.read_endorsers o A m
proposal.endorse r o s R t w a A v p u b m e
proposal.confirm_endorsement r o s R t w a A v p u b m e
proposal.withdraw_endorsement r o s R t w a A v p u b m e
proposal.lapse r o s R t w a A v p u b m e
proposal.attach r o s R t w a A v p u b m e
proposal.flag r o s R t w a A v p u b m e
proposal.read_hidden o A m e
amendment.flag r o s R t w a A v p u b m e
attachment.remove o A m
proposal.amend r o s R t w a A v p u b m e
proposal.split r o s R t w a A v p u b m e
proposal.move_endorsement r o s R t w a A v p u b m e
amendment.accept r o s R t w a A v p u b m e
amendment.reject r o s R t w a A v p u b m e
amendment.promote r o s R t w a A v p u b m e
amendment.take_back r o s R t w a A v p u b m e
amendment.erase o A m
proposal.merge o A m
proposal.review o A v
proposal.accept o A v
proposal.accept_in_part o A v
proposal.reject o A v
proposal.put_on_ballot o A v
proposal.adopt o A v
proposal.not_adopt o A v
proposal.implement o A v
proposal.complete o A v
proposal.report_outcome o A v
proposal.archive o A v
comment.read          r o s R t w a A v p u b m e
comment.post          r o s R t w a A v p u b m e
comment.reply         r o s R t w a A v p u b m e
comment.edit          r o s R t w a A v p u b m e
comment.retract       r o s R t w a A v p u b m e
comment.react         r o s R t w a A v p u b m e
comment.read_hidden   A m e
comment.flag          r o s R t w a A v p u b m e
comment.publish       A m
comment.withhold      A m
comment.erase         A
person.erase_contributions A
moderation.read       A m e
moderation.edit_policy A
case.take             A m
case.dismiss          A m
case.hide             A m
case.remove_legal     A m
case.appeal           r o s R t w a A v p u b m e
case.reinstate        A m e
case.uphold           A m e
sanction.impose       A m
sanction.lift         A m
problem_report.read r o s R t w a A v p u b m e
problem_report.read_events o s A v p
problem_report.read_reporter o s A v p
problem_report.create r o s R t w a A v p u b m e
problem_report.edit r o s R t w a A v p u b m e
problem_report.withdraw r o s R t w a A v p u b m e
problem_report.flag r o s R t w a A v p u b m e
problem_report.read_hidden o A v p m e
problem_report.confirm r o s R t w a A v p u b m e
problem_report.take_back r o s R t w a A v p u b m e
problem_report.acknowledge o A v p
problem_report.start o A v p
problem_report.resolve o A v p
problem_report.dismiss o A v p
problem_report.mark_duplicate o A v p
problem_report.reopen r o s R t w a A v p u b m e
problem_report.erase_version o A m
activity.read         r o s R t w a A v p u b m e
activity.read_events  o s a A v
activity.create       o s A v
activity.edit         o s A v
activity.hold         o s A v
activity.close        o s A v
activity.cancel       o s A v
activity.erase        o A
activity.draft_minutes o s A v
activity.add_action_item o s A v
action_item.read      r o s R t w a A v p u b m e
action_item.edit      o s A v
action_item.complete  r o s R t w a A v p u b m e
action_item.drop      o s A v
action_item.reopen    o s A v
action_item.erase     o A
minutes.read          r o s R t w a A v p u b m e
minutes.read_draft    o s A v
minutes.read_events   o s a A v
minutes.edit          o s A v
minutes.publish       o s A v
minutes.correct       o s A v
minutes.erase_version o A
summary.write         o s A m
"""
ROWS = {line.split()[0]: {LETTERS[letter] for letter in line.split()[1:]} for line in TABLE.strip().splitlines()}


def a_person(*grants: Grant, community: str = "com_1", person: str = "per_1") -> Principal:
    return Principal("person", person, community, grants)


def a_client(*grants: Grant, scopes: set[str], community: str | None = "com_1") -> Principal:
    return Principal("client", "cli_1", community, grants, frozenset(scopes))


def over_all(role: str, community: str = "com_1") -> Grant:
    return Grant(role, "community", community)


def test_the_table_of_this_test_has_a_row_for_every_act() -> None:
    assert set(ROWS) == set(ACTS)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_exactly_what_its_column_says(act: str, role: str) -> None:
    person = a_person() if role == "resident" else a_person(over_all(role))
    assert may(person, act, HOME).allowed is (role in ROWS[act])


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_may_only_read_what_is_public(act: str) -> None:
    assert may(STRANGER, act, HOME).allowed is (act == "contest.read")


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"contest.read", "me.read"}))
@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_no_role_crosses_the_border_of_its_community(act: str, role: str) -> None:
    foreigner = a_person(over_all(role, "com_2"), community="com_2")
    assert not may(foreigner, act, HOME).allowed


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"contest.read", "me.read"}))
def test_a_grant_in_a_community_one_does_not_belong_to_is_worth_nothing(act: str) -> None:
    foreigner = a_person(over_all("community_admin", "com_1"), community="com_2")
    assert not may(foreigner, act, HOME).allowed


PERSONS_OWN = {act for act, rule in ACTS.items() if rule.who == "residents"}


@pytest.mark.parametrize("act", sorted(set(ACTS) - PERSONS_OWN))
def test_the_system_may_do_everything_but_what_is_a_persons_own(act: str) -> None:
    assert may(SYSTEM, act, HOME) == Decision(True)


@pytest.mark.parametrize("act", sorted(PERSONS_OWN))
def test_the_system_never_casts_or_objects(act: str) -> None:
    assert may(SYSTEM, act, HOME) == Decision(False, "persons_only")


@pytest.mark.parametrize("act", [act for act, rule in ACTS.items() if rule.who == "roles"])
def test_a_client_with_the_scope_but_no_role_is_refused(act: str) -> None:
    client = a_client(scopes={ACTS[act].scope})
    assert may(client, act, HOME) == Decision(False, "role_missing")


@pytest.mark.parametrize("act", [act for act, rule in ACTS.items() if rule.who == "roles"])
def test_a_client_with_the_role_but_no_scope_is_refused(act: str) -> None:
    client = a_client(*map(over_all, ACTS[act].roles), scopes=set(SCOPES) - {ACTS[act].scope})
    assert may(client, act, HOME) == Decision(False, "scope_missing")


@pytest.mark.parametrize("act", [act for act, rule in ACTS.items() if rule.who == "roles"])
def test_a_client_with_role_and_scope_acts(act: str) -> None:
    client = a_client(over_all(sorted(ACTS[act].roles - {"auditor"} or ACTS[act].roles)[0]), scopes={ACTS[act].scope})
    assert may(client, act, HOME).allowed


def test_a_client_never_casts() -> None:
    client = a_client(over_all("community_admin"), scopes={"contests:cast", "contests:write"})
    assert may(client, "contest.cast", HOME) == Decision(False, "persons_only")


def test_a_platform_client_makes_communities() -> None:
    assert may(a_client(scopes={"platform"}, community=None), "community.create", PLATFORM).allowed


def test_a_person_makes_no_community() -> None:
    admin = a_person(over_all("community_admin"))
    assert may(admin, "community.create", PLATFORM) == Decision(False, "platform_only")


def test_a_client_without_the_platform_scope_makes_no_community() -> None:
    client = a_client(over_all("community_admin"), scopes=set(SCOPES) - {"platform"})
    assert may(client, "community.list", PLATFORM) == Decision(False, "platform_only")


def test_a_platform_client_sees_nothing_of_a_community_it_was_not_granted() -> None:
    client = a_client(scopes=set(SCOPES), community=None)
    assert may(client, "community.read", HOME) == Decision(False, "contest_not_found")


def test_a_platform_client_acts_in_the_community_it_was_granted() -> None:
    client = a_client(over_all("community_admin"), scopes=set(SCOPES), community=None)
    assert may(client, "register.import", HOME).allowed


@pytest.mark.parametrize(
    ("grant", "reaches"),
    [
        (Grant("returning_officer", "community", "com_1"), True),
        (Grant("returning_officer", "building", "bld_1"), True),
        (Grant("returning_officer", "unit", "unt_1"), True),
        (Grant("returning_officer", "contest", "con_1"), True),
        (Grant("returning_officer", "building", "bld_2"), False),
        (Grant("returning_officer", "unit", "unt_2"), False),
        (Grant("returning_officer", "contest", "con_2"), False),
        (Grant("returning_officer", "unit", "bld_1"), False),
        (Grant("returning_officer", "galaxy", "com_1"), False),
    ],
)
def test_a_grant_reaches_what_carries_its_id(grant: Grant, reaches: bool) -> None:
    assert may(a_person(grant), "contest.close", HOME).allowed is reaches


def test_a_grant_over_one_contest_does_not_reach_the_community() -> None:
    officer = a_person(Grant("returning_officer", "contest", "con_1"))
    assert may(officer, "roll.create", Subject("com_1")) == Decision(False, "role_missing")


def test_a_missing_id_is_reached_by_no_grant() -> None:
    assert not may(a_person(Grant("community_admin", "unit", "")), "register.edit", Subject("com_1")).allowed


@pytest.mark.parametrize("act", [act for act, rule in ACTS.items() if rule.writes and rule.who == "roles"])
def test_an_auditor_never_writes_whatever_else_they_are(act: str) -> None:
    both = a_person(over_all("auditor"), *map(over_all, ACTS[act].roles))
    assert may(both, act, HOME) == Decision(False, "auditor_never_writes")


@pytest.mark.parametrize("act", ["register.read", "register.export", "roll.read_entries", "contest.read_open_ballots"])
def test_an_auditor_sees_no_personal_data_whatever_else_they_are(act: str) -> None:
    both = a_person(over_all("auditor"), over_all("community_admin"))
    assert may(both, act, HOME) == Decision(False, "auditor_sees_no_personal_data")


def test_an_auditor_who_lives_here_may_cast() -> None:
    assert may(a_person(over_all("auditor")), "contest.cast", HOME).allowed


def test_an_auditor_of_one_contest_may_administer_another() -> None:
    officer = a_person(Grant("auditor", "contest", "con_2"), Grant("returning_officer", "contest", "con_1"))
    assert may(officer, "contest.close", HOME).allowed


def test_a_person_reads_their_own_entry_of_the_register() -> None:
    assert may(a_person(), "register.read", Subject("com_1", person_id="per_1", kind="person")).allowed


def test_a_person_does_not_read_a_neighbours_entry() -> None:
    assert not may(a_person(), "register.read", Subject("com_1", person_id="per_2", kind="person")).allowed


@pytest.mark.parametrize(
    ("role", "held", "clash"),
    [
        ("auditor", {"community_admin", "unit_leader"}, {"community_admin"}),
        ("community_admin", {"auditor"}, {"auditor"}),
        ("scrutineer", {"teller", "returning_officer"}, {"teller", "returning_officer"}),
        ("teller", {"scrutineer"}, {"scrutineer"}),
        ("teller", {"returning_officer"}, set()),
        ("auditor", {"scrutineer"}, set()),
    ],
)
def test_who_watches_does_not_do(role: str, held: set[str], clash: set[str]) -> None:
    assert incompatible(role, frozenset(held)) == clash


@pytest.mark.parametrize("role", ["returning_officer", "community_admin", "committee_officer", "teller"])
def test_a_candidate_conducts_nothing_of_the_contest_they_stand_in(role: str) -> None:
    person = a_person(over_all(role), over_all("scrutineer"))
    mine = replace(HOME, candidates=frozenset({"per_1"}))
    for act in ("contest.open", "contest.close", "contest.count", "contest.certify", "paper.issue", "paper.key"):
        if may(person, act, HOME).allowed:
            assert may(person, act, mine) == Decision(False, "candidate_never_officiates")
    assert may(person, "paper.read", mine).allowed is (role in ("community_admin", "committee_officer"))
    assert may(person, "contest.cast", mine).allowed


@pytest.mark.parametrize("act", sorted(JUDGING))
def test_a_candidate_judges_nothing_that_is_said_about_their_contest(act: str) -> None:
    person = a_person(*(over_all(role) for role in ("community_admin", "moderator", "appeal_reviewer")))
    assert may(person, act, HOME).allowed
    assert may(person, act, replace(HOME, candidates=frozenset({"per_1"}))) == Decision(
        False, "candidate_never_moderates"
    )
    assert may(person, act, replace(HOME, candidates=frozenset({"per_2"}))).allowed


def test_who_stands_beside_another_is_not_held_back() -> None:
    officer = a_person(over_all("returning_officer"))
    assert may(officer, "contest.close", replace(HOME, candidates=frozenset({"per_2"}))).allowed


def test_a_candidate_may_still_draft() -> None:
    officer = a_person(over_all("committee_officer"))
    assert may(officer, "contest.edit", replace(HOME, candidates=frozenset({"per_1"}))).allowed


def test_a_stranger_is_asked_to_prove_who_they_are() -> None:
    with pytest.raises(Unauthenticated) as refused:
        require(STRANGER, "contest.close", HOME)
    assert refused.value.code == "authentication_required"


def test_what_lies_in_another_community_is_absent() -> None:
    with pytest.raises(NotFound) as refused:
        require(a_person(community="com_2"), "contest.close", HOME)
    assert (refused.value.code, refused.value.facts) == ("contest_not_found", {"id": "con_1"})


def test_a_missing_role_names_the_roles_that_would_do() -> None:
    with pytest.raises(Forbidden) as refused:
        require(a_person(), "contest.certify", HOME)
    assert refused.value.facts == {"act": "contest.certify", "roles": ["returning_officer"], "scope": "contests:write"}


def test_an_unknown_act_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        may(SYSTEM, "contest.rig", HOME)


def test_the_allowed_acts_of_a_resident_are_those_of_the_table() -> None:
    residents = tuple(act for act in ACTS if "resident" in ROWS[act])
    assert allowed_acts(a_person(), HOME) == residents
