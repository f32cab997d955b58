"""Every state machine as one table: (state, command) → state, with the guards that may stand in the way.

A guard is named for its reason: the name is the code of the sentence that explains the refusal. Guards are pure: they see
a frozen record of facts that the service loaded, and nothing else. A command that the table does not have from a state is
refused with the list of those it has, and why each other is blocked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from voting.core import texts
from voting.errors import IllegalMove, Invalid

Facts = TypeVar("Facts")
WRONG_STATE = "wrong_state"
MOST_REASON = 10_000
"""Code points."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where a command leads, what may stand in the way (checked in this order), and whether it needs a reason."""

    to: str
    guards: tuple[str, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[Facts]):
    """One noun's life. `guards` maps the code of a reason to the test that finds it: true means blocked."""

    noun: str
    initial: str
    offered: tuple[str, ...]
    """Commands that callers may give, in the order they are shown. Others are given by the service itself."""
    table: Mapping[tuple[str, str], Move]
    guards: Mapping[str, Callable[[Facts], bool]]
    dates: Callable[[Facts], Mapping[str, str]] = lambda _: {}
    """What a refusal says of time: fact name → instant (RFC 3339)."""

    @property
    def states(self) -> frozenset[str]:
        """Every state named by the table."""
        return frozenset(
            {self.initial} | {state for state, _ in self.table} | {move.to for move in self.table.values()}
        )

    @property
    def commands(self) -> frozenset[str]:
        """Every command of the table."""
        return frozenset(command for _, command in self.table)


@dataclass(frozen=True, slots=True)
class Survey:
    """What can be done now: `allowed` in the order offered, and the reason's code for each other command."""

    allowed: tuple[str, ...]
    blocked: Mapping[str, str]


def obstacle(machine: Machine[Facts], state: str, command: str, facts: Facts) -> str | None:
    """The code of the first reason why `command` cannot be given now, or nothing."""
    move = machine.table.get((state, command))
    if move is None:
        return WRONG_STATE
    return next((name for name in move.guards if machine.guards[name](facts)), None)


def survey(machine: Machine[Facts], state: str, facts: Facts) -> Survey:
    """Every offered command: allowed, or the code of what stands in its way."""
    found = {command: obstacle(machine, state, command, facts) for command in machine.offered}
    return Survey(
        tuple(command for command, reason in found.items() if reason is None),
        {command: reason for command, reason in found.items() if reason is not None},
    )


def _nothing(command: str) -> str | None:
    return None


def move(
    machine: Machine[Facts],
    state: str,
    command: str,
    facts: Facts,
    reason: str | None = None,
    forbids: Callable[[str], str | None] = _nothing,
) -> str:
    """The state after `command`.

    Raises `IllegalMove` with the allowed commands and the reasons against the others; `Invalid` at `/reason` where the
    move needs one and none is given that can be read. `forbids` tells of each command why this caller may not give it at
    all (`authority.forbids`): a refusal offers them nothing that is not theirs.
    """
    stands = obstacle(machine, state, command, facts)
    if stands is not None:
        found = survey(machine, state, facts)
        code = "illegal_move" if stands == WRONG_STATE else stands
        told = {"noun": machine.noun, "state": state, "command": command, **machine.dates(facts)}
        against = {one: forbids(one) or found.blocked.get(one) for one in machine.offered}
        blocked = {one: reason for one, reason in against.items() if reason is not None}
        allowed = tuple(one for one in machine.offered if one not in blocked)
        raise IllegalMove(code, allowed=allowed, blocked=blocked, **told)
    chosen = machine.table[state, command]
    if chosen.needs_reason:
        check_reason(reason, command)
    return chosen.to


def check_reason(reason: str | None, command: str) -> None:
    """Raise `Invalid` at `/reason` where none is given, or one that no reader can see as it was written."""
    if not (reason or "").strip():
        raise Invalid.at("/reason", "reason_required", command=command)
    texts.accept(reason or "", "/reason", most=MOST_REASON)


@dataclass(frozen=True, slots=True)
class RollFacts:
    """What the roll's guards look at. Times are aware; a period that does not run has no end."""

    electors: int
    undecided: int = 0
    """Objections filed or appealed and not yet decided."""
    now: datetime | None = None
    display_until: datetime | None = None
    objections_until: datetime | None = None


_ROLL_SEAL = Move("sealed", ("roll_is_empty", "objections_undecided"))


def _roll_dates(facts: RollFacts) -> dict[str, str]:
    return _written({"display_until": facts.display_until, "objections_until": facts.objections_until})


def _written(instants: Mapping[str, datetime | None]) -> dict[str, str]:
    return {name: at.isoformat().replace("+00:00", "Z") if at else "–" for name, at in instants.items()}


ROLL: Machine[RollFacts] = Machine(
    noun="roll",
    initial="draft",
    offered=("compile", "display", "object", "close_objections", "correct", "seal", "supersede"),
    table={
        ("draft", "compile"): Move("compiled"),
        ("compiled", "compile"): Move("compiled"),
        ("compiled", "display"): Move("displayed", ("roll_is_empty",)),
        ("displayed", "object"): Move("displayed", ("objection_period_over",)),
        ("displayed", "close_objections"): Move(
            "objections_closed", ("display_period_running", "roll_objections_running")
        ),
        ("objections_closed", "correct"): Move("corrected", needs_reason=True),
        ("corrected", "correct"): Move("corrected", needs_reason=True),
        ("objections_closed", "seal"): _ROLL_SEAL,
        ("corrected", "seal"): _ROLL_SEAL,
        ("sealed", "supersede"): Move("superseded"),
    },
    guards={
        "roll_is_empty": lambda facts: facts.electors == 0,
        "objections_undecided": lambda facts: facts.undecided > 0,
        "display_period_running": lambda facts: _before(facts.now, facts.display_until),
        "roll_objections_running": lambda facts: _before(facts.now, facts.objections_until),
        "objection_period_over": lambda facts: (
            facts.objections_until is not None and not _before(facts.now, facts.objections_until)
        ),
    },
    dates=_roll_dates,
)


def _before(now: datetime | None, end: datetime | None) -> bool:
    """Whether a period has not ended; one without an end does not run."""
    return now is not None and end is not None and now < end


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """What the guards of an objection look at."""

    is_filer: bool = False
    """Whether the caller filed it."""
    is_first_decider: bool = False
    """Whether the caller took the decision that is appealed against."""
    roll_is_sealed: bool = False


OBJECTION: Machine[ObjectionFacts] = Machine(
    noun="objection",
    initial="filed",
    offered=("withdraw", "uphold", "dismiss", "appeal"),
    table={
        ("filed", "withdraw"): Move("withdrawn", ("roll_sealed", "filer_only")),
        ("filed", "uphold"): Move("upheld", ("roll_sealed", "filer_never_decides")),
        ("filed", "dismiss"): Move("dismissed", ("roll_sealed", "filer_never_decides"), needs_reason=True),
        ("dismissed", "appeal"): Move("appealed", ("roll_sealed", "filer_only"), needs_reason=True),
        ("appealed", "uphold"): Move("upheld", ("roll_sealed", "filer_never_decides", "first_decider_never_reviews")),
        ("appealed", "dismiss"): Move(
            "dismissed_finally",
            ("roll_sealed", "filer_never_decides", "first_decider_never_reviews"),
            needs_reason=True,
        ),
        ("appealed", "withdraw"): Move("withdrawn", ("roll_sealed", "filer_only")),
    },
    guards={
        "roll_sealed": lambda facts: facts.roll_is_sealed,
        "filer_only": lambda facts: not facts.is_filer,
        "filer_never_decides": lambda facts: facts.is_filer,
        "first_decider_never_reviews": lambda facts: facts.is_first_decider,
    },
)


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
    return {**_written(found), **facts.told}


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


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What the guards of a paper batch look at."""

    contest_is_open: bool
    window_is_over: bool
    unspoiled: int = 0
    """Papers given out and not taken back spoiled."""
    has_keyed: bool = False
    """Whether the caller has keyed the batch."""
    is_signed: bool = False
    """Whether enough officials have signed it."""


PAPER: Machine[PaperFacts] = Machine(
    noun="paper batch",
    initial="issuing",
    offered=("issue", "spoil", "return", "key", "resolve", "enter"),
    table={
        ("issuing", "issue"): Move("issuing", ("contest_not_open", "voting_is_over")),
        ("issuing", "spoil"): Move("issuing", ("contest_not_open", "nothing_to_spoil")),
        ("issuing", "return"): Move("returned", ("contest_not_open",)),
        ("returned", "return"): Move("returned", ("contest_not_open",)),
        ("returned", "key"): Move("keying", ("contest_not_open",)),
        ("keying", "key"): Move("keying", ("contest_not_open", "keyed_already")),
        ("keying", "differ"): Move("discrepant"),
        ("keying", "match"): Move("matched"),
        ("discrepant", "resolve"): Move("discrepant", ("contest_not_open", "tellers_only")),
        ("discrepant", "match"): Move("matched"),
        ("matched", "enter"): Move("entered", ("contest_not_open", "batch_not_signed")),
    },
    guards={
        "contest_not_open": lambda facts: not facts.contest_is_open,
        "voting_is_over": lambda facts: facts.window_is_over,
        "nothing_to_spoil": lambda facts: facts.unspoiled == 0,
        "keyed_already": lambda facts: facts.has_keyed,
        "tellers_only": lambda facts: not facts.has_keyed,
        "batch_not_signed": lambda facts: not facts.is_signed,
    },
)
"""The papers of one table: given out, taken back, keyed twice, agreed on, signed, put into the box."""
