"""Who may do what: one table, and the border between communities.

Source: the roles and separations of the domain. A grant is a role over a scope; a grant over a community covers all in
it, a grant over a building, unit or contest covers what carries that id. A person of a community is a resident of it
without any grant. An API client acts by its grants and needs the scope of the act's family as well. What lies in
another community is absent, never forbidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from voting.core import roles
from voting.core.roles import GRANTED_ROLES as GRANTED_ROLES
from voting.core.roles import ROLES as ROLES
from voting.core.roles import SCOPE_KINDS as SCOPE_KINDS
from voting.core.roles import Rule
from voting.core.roles import keeps as _keeps
from voting.errors import Forbidden, NotFound, Unauthenticated, YishiError

Kind = Literal["stranger", "person", "client", "system"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over `community | building | unit | contest` of that id, valid now."""

    role: str
    scope_kind: str
    scope_id: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `community_id` is empty for strangers, for the system and for the platform's own API clients."""

    kind: Kind
    id: str
    community_id: str | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] = frozenset()


STRANGER = Principal("stranger", "stranger")
SYSTEM = Principal("system", "system")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted upon: its community, the ids a grant may name, the person it is about, and its kind for a refusal."""

    community_id: str
    building_id: str | None = None
    unit_id: str | None = None
    contest_id: str | None = None
    person_id: str | None = None
    kind: str = ""
    candidates: frozenset[str] = frozenset()
    """Persons who stand in the contest."""


PLATFORM = Subject("", kind="community")
"""The subject of acts that concern no community yet."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed and, if not, the code of the reason."""

    allowed: bool
    code: str | None = None


_ADMIN, _KEEPERS, _OFFICERS, _STAFF = roles.ADMIN, roles.KEEPERS, roles.OFFICERS, roles.STAFF
_MODERATORS, _REVIEWERS, _ANSWERING, _HANDLING = roles.MODERATORS, roles.REVIEWERS, roles.ANSWERING, roles.HANDLING
_COUNTERS, _RETURNING, _WITNESSES = roles.COUNTERS, roles.RETURNING, roles.WITNESSES
_ORGANISING = roles.ORGANISING

ACTS: Mapping[str, Rule] = {
    "me.read": Rule("", who="known"),
    "community.create": Rule("platform", who="platform", writes=True),
    "community.list": Rule("platform", who="platform"),
    "community.read": Rule("communities:read", who="members"),
    "community.edit": _keeps(_ADMIN, "communities:write"),
    "community.advance_clock": _keeps(_ADMIN, "communities:write"),
    "community.set_bylaws": _keeps(_ADMIN, "communities:write"),
    "community.set_calendar": _keeps(_KEEPERS, "communities:write"),
    "register.read": Rule("register:read", _STAFF, own=True, personal=True),
    "register.export": Rule("register:read", _KEEPERS, personal=True),
    "register.import": _keeps(_KEEPERS, "register:write", personal=True),
    "register.edit": _keeps(_KEEPERS, "register:write", personal=True),
    "codes.print": _keeps(_KEEPERS, "codes:write", personal=True),
    "roles.read": Rule("roles:read", _KEEPERS | {"auditor"}),
    "roles.assign": _keeps(_ADMIN, "roles:write"),
    "roles.end": _keeps(_ADMIN, "roles:write"),
    "clients.manage": _keeps(_ADMIN, "clients:write"),
    "roll.read": Rule("rolls:read", who="members"),
    "roll.read_entries": Rule("rolls:read", _OFFICERS, personal=True),
    "roll.create": _keeps(_OFFICERS, "rolls:write"),
    "roll.compile": _keeps(_OFFICERS, "rolls:write"),
    "roll.display": _keeps(_OFFICERS, "rolls:write"),
    "roll.close_objections": _keeps(_OFFICERS, "rolls:write"),
    "roll.correct": _keeps(_OFFICERS, "rolls:write", personal=True),
    "roll.seal": _keeps(_OFFICERS, "rolls:write"),
    "roll.supersede": _keeps(_OFFICERS, "rolls:write"),
    "roll.read_display": Rule("rolls:read", who="members"),
    "roll.object": Rule("rolls:object", who="residents", writes=True),
    "objection.read": Rule("rolls:read", _OFFICERS, own=True, personal=True),
    "objection.withdraw": Rule("rolls:object", who="residents", writes=True),
    "objection.appeal": Rule("rolls:object", who="residents", writes=True),
    "objection.uphold": _keeps(_OFFICERS, "rolls:write"),
    "objection.dismiss": _keeps(_OFFICERS, "rolls:write"),
    "proxy.record": _keeps(_OFFICERS, "rolls:write", personal=True),
    "contest.read": Rule("contests:read", who="public"),
    "contest.read_events": Rule("contests:read", _WITNESSES),
    "contest.read_withheld": Rule("contests:read", frozenset({"auditor"})),
    "contest.read_own_record": Rule("", who="residents"),
    "contest.read_open_ballots": Rule("rolls:read", _OFFICERS, personal=True),
    "journal.open": Rule("contests:read", _WITNESSES),
    "contest.create": _keeps(_OFFICERS | {"social_worker"}, "contests:write"),
    "contest.edit": _keeps(_OFFICERS | {"social_worker"}, "contests:write"),
    "contest.notice": _keeps(_OFFICERS, "contests:write"),
    "contest.open": _keeps(_OFFICERS, "contests:write"),
    "contest.extend": _keeps(_OFFICERS, "contests:write"),
    "contest.close": _keeps(_OFFICERS, "contests:write"),
    "contest.count": _keeps(_COUNTERS, "contests:write"),
    "contest.record": _keeps(_COUNTERS | _OFFICERS, "contests:write"),
    "contest.publish": _keeps(_COUNTERS - {"teller"}, "contests:write"),
    "paper.read": Rule("contests:read", _WITNESSES),
    "paper.create": _keeps(_OFFICERS | {"teller"}, "contests:write"),
    "paper.issue": _keeps(_OFFICERS | {"teller"}, "contests:write"),
    "paper.spoil": _keeps(_OFFICERS | {"teller"}, "contests:write"),
    "paper.return": _keeps(_OFFICERS | {"teller"}, "contests:write"),
    "paper.key": _keeps(_RETURNING | {"teller"}, "contests:write"),
    "paper.resolve": _keeps(_RETURNING | {"teller"}, "contests:write"),
    "paper.enter": _keeps(_RETURNING | {"teller"}, "contests:write"),
    "result.object": Rule("rolls:object", who="residents", writes=True),
    "result.read_objections": Rule("rolls:read", _OFFICERS, personal=True),
    "result.record_objection": _keeps(_OFFICERS, "rolls:write", personal=True),
    "delivery.read": Rule("rolls:read", _OFFICERS, personal=True),
    "delivery.record": _keeps(_OFFICERS, "rolls:write", personal=True),
    "contest.change_key": _keeps(_OFFICERS, "contests:write"),
    "contest.sign": Rule("contests:write", who="members", writes=True),
    "contest.challenge": _keeps(_OFFICERS, "contests:write"),
    "contest.recount": _keeps(_COUNTERS, "contests:write"),
    "contest.correct": _keeps(_RETURNING, "contests:write"),
    "contest.certify": _keeps(_RETURNING, "contests:write"),
    "contest.annul": _keeps(_RETURNING, "contests:write"),
    "contest.cast": Rule("contests:cast", who="residents", writes=True),
    "proposal.read": Rule("proposals:read", who="members"),
    "proposal.read_events": Rule("proposals:read", _WITNESSES | {"moderator"}),
    "proposal.create": Rule("proposals:write", who="residents", writes=True),
    "proposal.edit": Rule("proposals:write", who="residents", writes=True),
    "proposal.invite": Rule("proposals:write", who="residents", writes=True),
    "proposal.accept_invitation": Rule("proposals:write", who="residents", writes=True),
    "proposal.leave": Rule("proposals:write", who="residents", writes=True),
    "proposal.submit": Rule("proposals:write", who="residents", writes=True),
    "proposal.withdraw": Rule("proposals:write", who="residents", writes=True),
    "proposal.publish": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.return": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.erase_version": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.erase_answer": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.gather": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.endorse": Rule("proposals:write", who="residents", writes=True),
    "proposal.confirm_endorsement": Rule("proposals:write", who="residents", writes=True),
    "proposal.withdraw_endorsement": Rule("proposals:write", who="residents", writes=True),
    "proposal.read_endorsers": Rule("proposals:read", _REVIEWERS, personal=True),
    "proposal.lapse": Rule("proposals:write", who="members", writes=True),
    "proposal.amend": Rule("proposals:write", who="residents", writes=True),
    "proposal.merge": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.split": Rule("proposals:write", who="residents", writes=True),
    "proposal.move_endorsement": Rule("proposals:write", who="residents", writes=True),
    "proposal.attach": Rule("proposals:write", who="residents", writes=True),
    "proposal.flag": Rule("proposals:write", who="residents", writes=True),
    "proposal.read_hidden": Rule("moderation:read", _REVIEWERS | {"appeal_reviewer"}, own=True, personal=True),
    "attachment.remove": Rule("proposals:write", _REVIEWERS, own=True, writes=True),
    "amendment.accept": Rule("proposals:write", who="residents", writes=True),
    "amendment.reject": Rule("proposals:write", who="residents", writes=True),
    "amendment.promote": Rule("proposals:write", who="residents", writes=True),
    "amendment.take_back": Rule("proposals:write", who="residents", writes=True),
    "amendment.flag": Rule("proposals:write", who="residents", writes=True),
    "amendment.erase": _keeps(_REVIEWERS, "proposals:write"),
    "proposal.review": _keeps(_ANSWERING, "proposals:write"),
    "proposal.accept": _keeps(_ANSWERING, "proposals:write"),
    "proposal.accept_in_part": _keeps(_ANSWERING, "proposals:write"),
    "proposal.reject": _keeps(_ANSWERING, "proposals:write"),
    "proposal.put_on_ballot": _keeps(_ANSWERING, "proposals:write"),
    "proposal.adopt": _keeps(_ANSWERING, "proposals:write"),
    "proposal.not_adopt": _keeps(_ANSWERING, "proposals:write"),
    "proposal.implement": _keeps(_ANSWERING, "proposals:write"),
    "proposal.complete": _keeps(_ANSWERING, "proposals:write"),
    "proposal.report_outcome": _keeps(_ANSWERING, "proposals:write"),
    "proposal.archive": _keeps(_ANSWERING, "proposals:write"),
    "comment.read": Rule("comments:read", who="members"),
    "comment.post": Rule("comments:write", who="residents", writes=True),
    "comment.reply": Rule("comments:write", who="residents", writes=True),
    "comment.edit": Rule("comments:write", who="residents", writes=True),
    "comment.retract": Rule("comments:write", who="residents", writes=True),
    "comment.react": Rule("comments:write", who="residents", writes=True),
    "comment.flag": Rule("comments:write", who="residents", writes=True),
    "comment.read_hidden": Rule("moderation:read", _MODERATORS | {"appeal_reviewer"}, own=True, personal=True),
    "comment.publish": _keeps(_MODERATORS, "moderation:write"),
    "comment.withhold": _keeps(_MODERATORS, "moderation:write"),
    "comment.erase": _keeps(_ADMIN, "moderation:write", personal=True),
    "person.erase_contributions": _keeps(_ADMIN, "moderation:write", personal=True),
    "moderation.read": Rule("moderation:read", _MODERATORS | {"appeal_reviewer"}, own=True, personal=True),
    "moderation.edit_policy": _keeps(_ADMIN, "moderation:write"),
    "case.take": _keeps(_MODERATORS, "moderation:write"),
    "case.dismiss": _keeps(_MODERATORS, "moderation:write"),
    "case.hide": _keeps(_MODERATORS, "moderation:write"),
    "case.remove_legal": _keeps(_MODERATORS, "moderation:write"),
    "case.appeal": Rule("comments:write", who="residents", writes=True),
    "case.reinstate": _keeps(_MODERATORS | {"appeal_reviewer"}, "moderation:write"),
    "case.uphold": _keeps(_MODERATORS | {"appeal_reviewer"}, "moderation:write"),
    "sanction.impose": _keeps(_MODERATORS, "moderation:write"),
    "sanction.lift": _keeps(_MODERATORS, "moderation:write"),
    "problem_report.read": Rule("reports:read", who="members"),
    "problem_report.read_events": Rule("reports:read", _HANDLING | {"social_worker"}, personal=True),
    "problem_report.read_reporter": Rule("reports:read", _HANDLING | {"social_worker"}, own=True, personal=True),
    "problem_report.create": Rule("reports:write", who="residents", writes=True),
    "problem_report.edit": Rule("reports:write", who="residents", writes=True),
    "problem_report.withdraw": Rule("reports:write", who="residents", writes=True),
    "problem_report.flag": Rule("reports:write", who="residents", writes=True),
    "problem_report.read_hidden": Rule(
        "moderation:read", _HANDLING | {"moderator", "appeal_reviewer"}, own=True, personal=True
    ),
    "problem_report.confirm": Rule("reports:write", who="residents", writes=True),
    "problem_report.take_back": Rule("reports:write", who="residents", writes=True),
    "problem_report.acknowledge": _keeps(_HANDLING, "reports:write"),
    "problem_report.start": _keeps(_HANDLING, "reports:write"),
    "problem_report.resolve": _keeps(_HANDLING, "reports:write"),
    "problem_report.dismiss": _keeps(_HANDLING, "reports:write"),
    "problem_report.mark_duplicate": Rule("reports:write", _HANDLING, own=True, writes=True),
    "problem_report.reopen": Rule("reports:write", who="members", writes=True),
    "problem_report.erase_version": _keeps(_REVIEWERS, "reports:write"),
    "activity.read": Rule("activities:read", who="members"),
    "activity.read_events": Rule("activities:read", _ORGANISING | {"auditor"}),
    "activity.create": _keeps(_ORGANISING, "activities:write"),
    "activity.edit": _keeps(_ORGANISING, "activities:write"),
    "activity.hold": _keeps(_ORGANISING, "activities:write"),
    "activity.close": _keeps(_ORGANISING, "activities:write"),
    "activity.cancel": _keeps(_ORGANISING, "activities:write"),
    "activity.erase": _keeps(_KEEPERS, "activities:write"),
    "activity.draft_minutes": _keeps(_ORGANISING, "activities:write"),
    "activity.add_action_item": _keeps(_ORGANISING, "activities:write"),
    "action_item.read": Rule("activities:read", who="members"),
    "action_item.edit": _keeps(_ORGANISING, "activities:write"),
    "action_item.complete": Rule("activities:write", who="members", writes=True),
    "action_item.drop": _keeps(_ORGANISING, "activities:write"),
    "action_item.reopen": _keeps(_ORGANISING, "activities:write"),
    "action_item.erase": _keeps(_KEEPERS, "activities:write"),
    "minutes.read": Rule("activities:read", who="members"),
    "minutes.read_draft": Rule("activities:read", _ORGANISING),
    "minutes.read_events": Rule("activities:read", _ORGANISING | {"auditor"}),
    "minutes.edit": _keeps(_ORGANISING, "activities:write"),
    "minutes.publish": _keeps(_ORGANISING, "activities:write"),
    "minutes.correct": _keeps(_ORGANISING, "activities:write"),
    "minutes.erase_version": _keeps(_KEEPERS, "activities:write"),
    "summary.write": _keeps(_STAFF | {"moderator"}, "comments:write"),
}

SCOPES = tuple(sorted({rule.scope for rule in ACTS.values() if rule.who != "residents"} - {""}))
"""Every scope an API client can hold. Nobody casts or objects through an API client's own identity."""

_ADMINISTERING = frozenset(role for rule in ACTS.values() if rule.writes for role in rule.roles)

OFFICIATING = frozenset({"returning_officer", "teller", "scrutineer"})
"""Offices of a contest that none of its candidates holds."""

_DRAFTING = frozenset({"contest.create", "contest.edit"})


JUDGING = frozenset(
    {
        *("comment.publish", "comment.withhold", "comment.erase", "summary.write"),
        *("case.take", "case.dismiss", "case.hide", "case.remove_legal", "case.reinstate", "case.uphold"),
    }
)
"""What no candidate does to what is said about a contest they stand in: it is about them or about their rivals."""


def _officiates(act: str) -> bool:
    """Whether an act moves a contest or its paper; to write a draft is not yet to conduct a vote."""
    conducts = act.startswith(("contest.", "paper.")) and act not in _DRAFTING
    return conducts and ACTS[act].writes and bool(ACTS[act].roles & OFFICIATING)


INCOMPATIBLE: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"auditor"}), _ADMINISTERING),
    (frozenset({"scrutineer"}), frozenset({"returning_officer", "teller"})),
)
"""Pairs that one holder never has over the same thing: who watches does not do."""


def incompatible(role: str, held: frozenset[str]) -> frozenset[str]:
    """Those of the roles `held` that cannot stand beside `role` over the same scope."""
    against = [b for a, b in INCOMPATIBLE if role in a] + [a for a, b in INCOMPATIBLE if role in b]
    return held & frozenset().union(*against)


def covers(grant: Grant, subject: Subject) -> bool:
    """Whether the grant reaches the subject."""
    if grant.scope_kind == "community":
        return grant.scope_id == subject.community_id
    reached = {"building": subject.building_id, "unit": subject.unit_id, "contest": subject.contest_id}
    return grant.scope_id == reached.get(grant.scope_kind)


def belongs(principal: Principal, community_id: str) -> bool:
    """Whether the community is the principal's own. A platform client belongs where it holds a grant over all of it."""
    if principal.kind == "system":
        return True
    if principal.community_id is not None:
        return principal.community_id == community_id
    return any(grant.scope_kind == "community" and grant.scope_id == community_id for grant in principal.grants)


def roles_over(principal: Principal, subject: Subject) -> frozenset[str]:
    """The roles the principal has over the subject; none across the border."""
    if not belongs(principal, subject.community_id):
        return frozenset()
    held = {grant.role for grant in principal.grants if covers(grant, subject)}
    if principal.id in subject.candidates:
        held -= OFFICIATING
    return frozenset(held | {"resident"}) if principal.kind == "person" else frozenset(held)


def may(principal: Principal, act: str, subject: Subject) -> Decision:
    """Decide one act upon one subject. An unknown act is a KeyError: the table is complete or the caller is wrong."""
    rule = ACTS[act]
    if rule.who == "public":
        return _ALLOWED
    if principal.kind == "stranger":
        return Decision(False, "authentication_required")
    if rule.who == "known":
        return _ALLOWED
    if rule.who == "platform":
        return _of_platform(principal, rule)
    if not belongs(principal, subject.community_id):
        return Decision(False, f"{subject.kind or 'community'}_not_found")
    if rule.who == "residents":
        return _ALLOWED if principal.kind == "person" else Decision(False, "persons_only")
    if principal.kind == "system":
        return _ALLOWED
    if principal.kind == "client" and rule.scope not in principal.scopes:
        return Decision(False, "scope_missing")
    if principal.id in subject.candidates and _officiates(act):
        return Decision(False, "candidate_never_officiates")
    if principal.id in subject.candidates and act in JUDGING:
        return Decision(False, "candidate_never_moderates")
    return _of_member(principal, rule, subject)


_ALLOWED = Decision(True)


def _of_platform(principal: Principal, rule: Rule) -> Decision:
    if principal.kind == "system" or (principal.kind == "client" and rule.scope in principal.scopes):
        return _ALLOWED
    return Decision(False, "platform_only")


def _of_member(principal: Principal, rule: Rule, subject: Subject) -> Decision:
    if rule.who == "members":
        return _ALLOWED
    if rule.own and principal.kind == "person" and subject.person_id == principal.id:
        return _ALLOWED
    held = roles_over(principal, subject)
    if "auditor" in held and rule.writes:
        return Decision(False, "auditor_never_writes")
    if "auditor" in held and rule.personal:
        return Decision(False, "auditor_sees_no_personal_data")
    return _ALLOWED if held & rule.roles else Decision(False, "role_missing")


def forbids(principal: Principal, kind: str, subject: Subject) -> Callable[[str], str | None]:
    """For each command on a thing of this kind, the code of why the principal may not give it, or nothing."""
    return lambda command: may(principal, f"{kind}.{command}", subject).code


def require(principal: Principal, act: str, subject: Subject) -> None:
    """Raise what `may` refuses: Unauthenticated, NotFound across the border, Forbidden otherwise."""
    decision = may(principal, act, subject)
    if not decision.allowed:
        raise refusal(decision, act, subject)


def refusal(decision: Decision, act: str, subject: Subject) -> YishiError:
    """The error of a refused decision, with its facts."""
    code = decision.code or "role_missing"
    if code == "authentication_required":
        return Unauthenticated(code)
    if code.endswith("_not_found"):
        return NotFound(code, id=subject.contest_id or subject.unit_id or subject.building_id or subject.community_id)
    rule = ACTS[act]
    return Forbidden(code, act=act, roles=sorted(rule.roles), scope=rule.scope)


def allowed_acts(principal: Principal, subject: Subject) -> tuple[str, ...]:
    """Every act of the table that the principal may do to the subject, in the table's order."""
    return tuple(act for act in ACTS if may(principal, act, subject).allowed)
