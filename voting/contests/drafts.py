"""Drafting a contest: everything a result depends on is said here, checked against the count, and frozen by the notice.

Rule values that name options (`tie_break_order`, `excluded_candidates`, recorded lots) name them by id, or, before they have
one, by the pointer `#/options/<n>` into the request's own list. Ties are broken by lot unless the rules say otherwise; a
`tie_break` of null leaves them open, and so does a decision rule that elects: it has its own way with ties.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete

from voting.contests import candidates, methods, officials, queries, ruling
from voting.contests.officials import Official
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, Option
from voting.contests.terms import Terms, from_document
from voting.core import authority, lifecycle
from voting.core.authority import Principal, Subject
from voting.core.box import MOST_OPTIONS
from voting.core.contests import CONTEST
from voting.errors import Fault, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.roll.tables import Roll

FEWEST_OPTIONS = 2
YES_NO_OPTIONS = (2, 3)
"""Yes and no, in this order, and perhaps an option to abstain."""
_POINTER = re.compile(r"#/options/(0|[1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class NewOption:
    """One thing to choose: texts by locale."""

    label: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    status_quo: bool = False
    person_id: str | None = None
    """The person who stands, in an election of persons."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that is asked, and how it will be decided."""

    roll_id: str
    question: Mapping[str, str]
    options: Sequence[NewOption]
    method: str
    opens_at: datetime
    closes_at: datetime
    seats: int = 1
    rules: Mapping[str, Any] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    secrecy: str = "secret"
    publish_mode: str = "by_size"
    lot_seed: str | None = None
    officials: Sequence[Official] = ()
    k: int = 0
    rule_id: str | None = None
    effects: Sequence[str] = ()
    channel: str = "here"


def create(session: Session, principal: Principal, community_id: str, draft: Draft, *, now: datetime) -> Loaded:
    """Write a draft. Raises `Invalid` with every fault of its values."""
    authority.require(principal, "contest.create", Subject(community_id, kind="contest"))
    at = queries.community_time(session, community_id, now)
    roll = _roll(session, community_id, draft.roll_id)
    contest_id = timed_id("con", now)
    option_ids = tuple(timed_id("opt", now) for _ in draft.options)
    rules = _checked(draft, option_ids, roll)
    candidates.check(session, community_id, [option.person_id for option in draft.options])
    ruling.check(session, community_id, draft, roll)
    contest = Contest(id=contest_id, community_id=community_id, created_at=now, **_columns(draft, rules))
    session.add(contest)
    session.flush()
    _write_options(session, contest, draft.options, option_ids)
    loaded = Loaded(contest, roll, at, candidates.callers(session, principal, contest_id))
    _record(session, loaded, principal, "drafted")
    return loaded


def edit(session: Session, principal: Principal, loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """Change members of a draft (names as in `Draft`); new options replace all of the old ones."""
    contest = loaded.contest
    lifecycle.move(CONTEST, contest.state, "edit", queries.facts(session, loaded))
    old = queries.options(session, contest.id)
    draft = _draft_of(contest, old, changes)
    roll = _roll(session, contest.community_id, draft.roll_id)
    replaced = "options" in changes
    option_ids = tuple(timed_id("opt", loaded.now) for _ in draft.options) if replaced else tuple(o.id for o in old)
    rules = _checked(draft, option_ids, roll)
    candidates.check(session, contest.community_id, [option.person_id for option in draft.options], contest.id)
    ruling.check(session, contest.community_id, draft, roll)
    for name, value in _columns(draft, rules).items():
        setattr(contest, name, value)
    if replaced:
        session.exec(delete(Option).where(col(Option.contest_id) == contest.id))
        _write_options(session, contest, draft.options, option_ids)
    session.flush()
    changed = Loaded(contest, roll, loaded.now, candidates.callers(session, principal, contest.id))
    _record(session, changed, principal, "edited", members=sorted(changes))
    return changed


def _draft_of(contest: Contest, options: Sequence[Option], changes: Mapping[str, Any]) -> Draft:
    now: dict[str, Any] = {
        member.name: getattr(contest, member.name) for member in fields(Draft) if member.name != "options"
    }
    now["terms"] = from_document(contest.terms)
    now["officials"] = officials.of_document(contest.officials)
    now["options"] = [
        NewOption(option.label, option.description, option.status_quo, option.person_id) for option in options
    ]
    return Draft(**(now | dict(changes)))


def _roll(session: Session, community_id: str, roll_id: str) -> Roll:
    roll = session.get(Roll, roll_id)
    if roll is None or roll.community_id != community_id:
        raise NotFound("roll_not_found", id=roll_id)
    return roll


def _columns(draft: Draft, rules: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "roll_id": draft.roll_id,
        "question": dict(draft.question),
        "method": draft.method,
        "seats": draft.seats,
        "rules": dict(rules),
        "terms": draft.terms.as_document(),
        "secrecy": draft.secrecy,
        "publish_mode": draft.publish_mode,
        "lot_seed": draft.lot_seed,
        "officials": officials.as_document(draft.officials),
        "k": draft.k,
        "rule_id": ruling.chosen(draft.rule_id, draft.effects),
        "effects": list(draft.effects),
        "channel": draft.channel,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
    }


def _write_options(session: Session, contest: Contest, options: Sequence[NewOption], ids: Sequence[str]) -> None:
    session.add_all(
        Option(
            id=identifier,
            community_id=contest.community_id,
            contest_id=contest.id,
            position=position,
            label=dict(option.label),
            description=dict(option.description),
            status_quo=option.status_quo,
            person_id=option.person_id,
        )
        for position, (identifier, option) in enumerate(zip(ids, options, strict=True))
    )
    session.flush()


def _record(session: Session, loaded: Loaded, principal: Principal, kind: str, **facts: list[str]) -> None:
    journal.record(
        session,
        community_id=loaded.contest.community_id,
        subject_kind="contest",
        subject_id=loaded.contest.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        to_state="draft",
        facts=facts,
    )


def _checked(draft: Draft, option_ids: Sequence[str], roll: Roll) -> dict[str, Any]:
    """The rules with options by id, after everything was found to fit together."""
    faults = [*_of_window(draft), *_of_options(draft), *officials.faults(draft.officials, draft.k)]
    rules, strangers = _named({"tie_break": ruling.tie_break(draft.rule_id)} | dict(draft.rules), option_ids)
    faults += strangers
    if not faults:
        record = draft.terms.ballots == "as_marked"
        electors = 0 if draft.channel == "external" else roll.electors
        faults += methods.faults(draft.method, option_ids, draft.seats, rules, record=record, electors=electors)
        faults += [] if record else _of_grades(draft.method, rules)
    if faults:
        raise Invalid(faults)
    return rules


def _of_window(draft: Draft) -> list[Fault]:
    return [] if draft.opens_at < draft.closes_at else [Fault("/closes_at", "closes_before_it_opens")]


def _of_options(draft: Draft) -> list[Fault]:
    faults = []
    is_record = draft.terms.ballots == "as_marked"
    least = 1 if is_record else FEWEST_OPTIONS
    if not least <= len(draft.options) <= MOST_OPTIONS:
        facts = {"least": least, "most": MOST_OPTIONS, "got": len(draft.options)}
        faults.append(Fault("/options", "number_of_options", facts))
    seen: dict[tuple[str, str], int] = {}
    for place, option in enumerate(draft.options):
        for locale, label in option.label.items():
            if seen.setdefault((locale, label), place) != place:
                faults.append(Fault(f"/options/{place}/label/{locale}", "same_label", {"label": label}))
    if draft.method == "yes-no" and len(draft.options) not in YES_NO_OPTIONS:
        faults.append(Fault("/options", "options_of_yes_no", {"got": len(draft.options)}))
    # The record of another election may have had one candidate, or more seats than candidates; what is asked here may not.
    if draft.seats > len(draft.options) and not is_record:
        faults.append(Fault("/seats", "more_seats_than_options", {"seats": draft.seats, "options": len(draft.options)}))
    return faults


def _of_grades(method: str, rules: Mapping[str, Any]) -> list[Fault]:
    """Grades that nobody has are empty ranks: a rule that ends a ballot at them would drop grades that were given."""
    skipped = rules.get("skipped_ranks")
    if method != "score" or skipped in (None, "unlimited"):
        return []
    return [Fault("/rules/skipped_ranks", "illegal_rule", {"got": str(skipped), "legal": ("unlimited",)})]


def _named(rules: Mapping[str, Any], option_ids: Sequence[str]) -> tuple[dict[str, Any], list[Fault]]:
    """The rules with every `#/options/<n>` replaced by that option's id."""
    faults: list[Fault] = []

    def walk(value: Any, pointer: str) -> Any:
        if isinstance(value, Mapping):
            return {name: walk(member, f"{pointer}/{name}") for name, member in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item, f"{pointer}/{place}") for place, item in enumerate(value)]
        found = _POINTER.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        place = int(found[1])
        if place < len(option_ids):
            return option_ids[place]
        faults.append(Fault(pointer, "no_such_option", {"option": value}))
        return value

    return walk(rules, "/rules"), faults
