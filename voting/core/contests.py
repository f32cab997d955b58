"""The life of a contest as a table: one that is held here, and one whose vote an official system holds. Source: the state
machines of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voting.core.lifecycle import Machine, Move, written


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """What the contest's guards look at. Times are aware; periods are whole days of 24 hours."""

    now: datetime
    opens_at: datetime
    closes_at: datetime
    roll_state: str
    noticed_at: datetime | None = None
    notice_days: int = 0
    extension_max_days: int = 0
    provisional_at: datetime | None = None
    objection_days: int = 0
    electors: int = 0
    cast: int = 0
    revoting: bool = False
    opens_from: datetime | None = None
    """Before this instant the decision rule lets no vote open."""
    certifies_from: datetime | None = None
    """Before this instant the decision rule lets no result be certified."""
    against_opening: str | None = None
    """What the community's bylaws have against the vote, as the code of a guard."""
    told: Mapping[str, str] = field(default_factory=dict)
    """What a refusal by the bylaws says: clause, system, rule."""
    against_extension: str | None = None
    """What the decision rule has against another extension, as the code of a guard."""
    closing_finished: bool = True
    """Whether everything is done that lies between the close and the count."""
    paper_unreconciled: bool = False
    """Whether papers were given out of a batch that is not in the box yet."""
    k: int = 0
    """How many officials must sign."""
    close_signed: bool = True
    """Whether enough officials have signed the close."""
    result_signed: bool = True
    """Whether enough officials have signed the newest result."""
    too_many_ballots: bool = False
    """Whether the roll has more electors than the method can count ballots of."""


def _runs(since: datetime | None, days: int, now: datetime) -> bool:
    return since is None or now < since + timedelta(days=days)


def _contest_dates(facts: ContestFacts) -> dict[str, str]:
    notice, objections = timedelta(days=facts.notice_days), timedelta(days=facts.objection_days)
    found = {
        "opens_at": facts.opens_at,
        "closes_at": facts.closes_at,
        "notice_until": facts.noticed_at and facts.noticed_at + notice,
        "objections_until": facts.provisional_at and facts.provisional_at + objections,
        "opens_from": facts.opens_from,
        "certifies_from": facts.certifies_from,
    }
    return {name: written(at) for name, at in found.items()} | dict(facts.told)


def _may_still_cast(facts: ContestFacts) -> bool:
    """Before the end somebody may still cast, or cast again where revoting is allowed."""
    return facts.now < facts.closes_at and (facts.revoting or facts.cast < facts.electors)


_ANNULLABLE = (
    "draft",
    "noticed",
    "open",
    "closed",
    "counted",
    "inconclusive",
    "provisional",
    "challenged",
    "recounted",
    "certified",
)
"""From here a contest may be annulled. A court may set a certified result aside: the certificate stays on record beside it."""

_BY_RULE = ("extension_used_up", "extension_turnout_enough")
"""What a decision rule that provides for extensions may have against one more."""

_BY_BYLAWS = ("official_channel_demanded", "silence_rule_not_stated")
"""What a community's own rules may have against holding a vote here, or by this rule."""

_OPENING = (
    *("roll_not_sealed", *_BY_BYLAWS, "more_ballots_than_can_be_counted", "notice_period_running"),
    *("rule_lets_open_later", "before_opens_at", "window_is_over"),
)

CONTEST: Machine[ContestFacts] = Machine(
    noun="contest",
    initial="draft",
    offered=(
        *("edit", "notice", "open", "extend", "change_key", "close", "count", "publish"),
        *("challenge", "recount", "certify", "correct", "annul"),
    ),
    table={
        ("draft", "edit"): Move("draft"),
        ("draft", "notice"): Move("noticed", ("window_is_over", *_BY_BYLAWS, "more_ballots_than_can_be_counted")),
        ("noticed", "open"): Move("open", _OPENING),
        ("open", "extend"): Move("open", ("extension_not_allowed", *_BY_RULE, "window_is_over"), needs_reason=True),
        ("open", "change_key"): Move("open", ("nobody_must_sign",), needs_reason=True),
        ("open", "close"): Move("closed", ("window_still_open", "paper_unreconciled")),
        ("closed", "count"): Move("counted", ("closing_not_finished", "close_not_signed")),
        ("closed", "find_inconclusive"): Move("inconclusive", ("closing_not_finished", "close_not_signed")),
        ("counted", "publish"): Move("provisional"),
        ("provisional", "certify"): Move(
            "certified", ("objection_period_running", "rule_lets_certify_later", "result_not_signed")
        ),
        ("provisional", "challenge"): Move("challenged", needs_reason=True),
        ("challenged", "recount"): Move("recounted"),
        ("recounted", "publish"): Move("provisional"),
        ("certified", "correct"): Move("certified", needs_reason=True),
    }
    | {(state, "annul"): Move("annulled", needs_reason=True) for state in _ANNULLABLE},
    guards={
        "roll_not_sealed": lambda facts: facts.roll_state != "sealed",
        "more_ballots_than_can_be_counted": lambda facts: facts.too_many_ballots,
        "notice_period_running": lambda facts: _runs(facts.noticed_at, facts.notice_days, facts.now),
        "before_opens_at": lambda facts: facts.now < facts.opens_at,
        "window_is_over": lambda facts: facts.now >= facts.closes_at,
        "window_still_open": _may_still_cast,
        "paper_unreconciled": lambda facts: facts.paper_unreconciled,
        "nobody_must_sign": lambda facts: facts.k == 0,
        "close_not_signed": lambda facts: not facts.close_signed,
        "result_not_signed": lambda facts: not facts.result_signed,
        "closing_not_finished": lambda facts: not facts.closing_finished,
        "extension_not_allowed": lambda facts: facts.extension_max_days == 0,
        "official_channel_demanded": lambda facts: facts.against_opening == "official_channel_demanded",
        "silence_rule_not_stated": lambda facts: facts.against_opening == "silence_rule_not_stated",
        "extension_used_up": lambda facts: facts.against_extension == "extension_used_up",
        "extension_turnout_enough": lambda facts: facts.against_extension == "extension_turnout_enough",
        "objection_period_running": lambda facts: _runs(facts.provisional_at, facts.objection_days, facts.now),
        "rule_lets_open_later": lambda facts: facts.opens_from is not None and facts.now < facts.opens_from,
        "rule_lets_certify_later": lambda facts: facts.certifies_from is not None and facts.now < facts.certifies_from,
    },
    dates=_contest_dates,
)

EXTERNAL: Machine[ContestFacts] = Machine(
    noun="contest",
    initial="draft",
    offered=("edit", "notice", "record", "publish", "certify", "annul"),
    table={
        ("draft", "edit"): CONTEST.table["draft", "edit"],
        ("draft", "notice"): CONTEST.table["draft", "notice"],
        ("noticed", "record"): Move("noticed", ("roll_not_sealed", "official_vote_running")),
        ("noticed", "match"): Move("recorded", ("roll_not_sealed", "official_vote_running")),
        ("recorded", "publish"): Move("provisional"),
        ("provisional", "certify"): CONTEST.table["provisional", "certify"],
    }
    | {
        (state, "annul"): Move("annulled", needs_reason=True)
        for state in ("draft", "noticed", "recorded", "provisional", "certified")
    },
    guards={**CONTEST.guards, "official_vote_running": lambda facts: facts.now < facts.closes_at},
    dates=_contest_dates,
)
"""A contest whose vote is held on an official system: no box opens here, two officials record what that system found."""


def contest_machine(channel: str) -> Machine[ContestFacts]:
    """The machine of a contest by where it is held."""
    return EXTERNAL if channel == "external" else CONTEST
