"""The decision rule of a contest: named in the draft, checked against what it asks, frozen with the opening.

A draft names a rule, or the effects of the decision, and the strictest rule that they demand is taken. A rule named beside
effects must be at least as strict as each of them demands.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, select

from voting.community import documents
from voting.community.tables import Community
from voting.contests.tables import Contest
from voting.core import rules
from voting.core.rules import Rule, Strictest, calendars, clocks
from voting.core.rules.bylaws import Bylaws, OfficialChannel
from voting.core.rules.decide import methods
from voting.core.rules.form import Words
from voting.core.rules.strictest import EQUAL, STRICTER, compare
from voting.errors import Fault, Invalid, NotFound
from voting.log.tables import Event
from voting.roll.tables import Roll

ON_ROLL = ("count", "area")
"""Bases that a roll carries."""

EXTERNAL = "external"
"""Held on an official system."""

BEFORE = ("notice",)
AFTER = ("objection", "publicity")


class Ruled(Protocol):
    """What of a draft the rule looks at."""

    @property
    def rule_id(self) -> str | None: ...
    @property
    def effects(self) -> Sequence[str]: ...
    @property
    def method(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def secrecy(self) -> str: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Bound:
    """An instant before which something cannot be done, and the clause that says so."""

    what: str
    at: datetime
    clause: Words
    certain: bool


def chosen(rule_id: str | None, effects: Sequence[str]) -> str | None:
    """The rule that decides: the one named, else the strictest that the effects demand. Raises `Invalid`."""
    if rule_id is not None or not effects:
        return rule_id
    return the_one(rules.strictest(rules.demanded(effects))).id


def the_one(found: Strictest) -> Rule:
    """The rule that contains all others. Raises `Invalid` where several bind, with counts that pass one of them alone.

    One ballot is decided by one rule: what counts as taking part may differ between them (docs/adr/0010).
    """
    if len(found.binding) == 1:
        return found.binding[0]
    apart = next(one for one in found.relations if one.first in found.binding and one.second in found.binding)
    shown = json.dumps(rules.strictest_to_json(found)["relations"][found.relations.index(apart)].get("only_first", {}))
    facts = {"rules": tuple(rule.id for rule in found.binding), "first": apart.first.id, "second": apart.second.id}
    raise Invalid.at("/effects", "effects_need_several_rules", **facts, counts=shown)


def tie_break(rule_id: str | None) -> str | None:
    """How ties of the count fall where the draft does not say: by lot, unless the rule says who is elected."""
    rule = rules.catalogue().get(rule_id) if rule_id is not None else None
    return "random" if rule is None or rule.elect is None else None


def of(contest: Contest) -> Rule | None:
    """The rule of a contest, as it was frozen if it has opened."""
    if contest.rule_id is None:
        return None
    known = rules.catalogue().get(contest.rule_id)
    if contest.rule is None or (known is not None and contest.rule == rules.self_contained(known)):
        return rules.rule(contest.rule_id)
    return rules.read(contest.rule, rules.catalogue().get)


def frozen(session: Session, contest: Contest) -> dict[str, Any] | None:
    """The rule as the opening fixes it: whole, whatever becomes of the catalogue and of the bylaws."""
    if contest.rule_id is None:
        return None
    rule = rules.rule(contest.rule_id)
    document = dict(rules.self_contained(rule))
    silence = documents.stated(session, contest.community_id).silence if rule.folds_silence else None
    return document if silence is None else document | {"silence": asdict(silence)}


def check(session: Session, community_id: str, draft: Ruled, roll: Roll) -> None:
    """Raise `Invalid` where the rule of a draft is unknown, too weak, or asks what this contest cannot give."""
    rule_id = chosen(draft.rule_id, draft.effects)
    bylaws = documents.stated(session, community_id)
    _check_channel(bylaws, rule_id, draft, roll)
    if rule_id is None:
        if draft.channel == EXTERNAL:
            raise Invalid.at("/rule_id", "external_needs_rule")
        return
    try:
        rule = rules.rule(rule_id)
    except NotFound as error:
        raise Invalid.at("/rule_id", "rule_unknown", id=rule_id[:80]) from error
    faults = [*_of_effects(rule, draft.effects), *_of_form(rule, draft, roll)]
    zone, calendar = _time(session, community_id, rule)
    if rule.folds_silence and bylaws.silence is None:
        faults.append(Fault("/rule_id", "silence_rule_not_stated", {"rule": rule.id}))
    faults += clocks.window_faults(draft.opens_at, draft.closes_at, rule.clocks, calendar, zone)
    if faults:
        raise Invalid(faults)


def _check_channel(bylaws: Bylaws, rule_id: str | None, draft: Ruled, roll: Roll) -> None:
    """Raise `Invalid` where the bylaws send such a matter to an official system and the draft is held here."""
    rule = rules.catalogue().get(rule_id) if rule_id is not None else None
    official = bylaws.official_for(rule, tuple(draft.effects), roll.basis)
    if official is not None and draft.channel != EXTERNAL:
        raise Invalid.at("/channel", "official_channel_demanded", **told(official))


def told(official: OfficialChannel) -> dict[str, str]:
    """What a refusal says of a clause that sends a matter elsewhere."""
    clause = f"{official.clause['zh']} / {official.clause['en']}"
    return {"matter": official.matter, "clause": clause, "system": official.system}


def against_opening(session: Session, contest: Contest, roll: Roll) -> tuple[str | None, dict[str, str]]:
    """What the community's bylaws have against a vote that stands to be opened, as the code of a guard, with its facts."""
    bylaws = documents.stated(session, contest.community_id)
    rule = of(contest)
    official = bylaws.official_for(rule, tuple(contest.effects), roll.basis)
    if official is not None and contest.channel != EXTERNAL:
        return "official_channel_demanded", told(official)
    if rule is not None and rule.folds_silence and bylaws.silence is None:
        return "silence_rule_not_stated", {"rule": rule.id}
    return None, {}


def _of_effects(rule: Rule, effects: Sequence[str]) -> list[Fault]:
    found = []
    for effect, demanded in zip(effects, rules.demanded(effects), strict=True):
        if rule.id != demanded.id and compare(rule, demanded).kind not in (STRICTER, EQUAL):
            facts = {"rule": rule.id, "effect": effect, "demanded": demanded.id}
            found.append(Fault("/rule_id", "rule_not_strict_enough", facts))
    return found


def _of_form(rule: Rule, draft: Ruled, roll: Roll) -> list[Fault]:
    found = []
    legal = methods(rule)
    if draft.method not in legal:
        found.append(Fault("/method", "rule_needs_method", {"rule": rule.id, "legal": legal, "got": draft.method[:80]}))
    if rule.official_channel_required and draft.channel != EXTERNAL:
        found.append(Fault("/channel", "official_channel_required", {"rule": rule.id}))
    if draft.channel == EXTERNAL:
        return [*found, *_of_electorate(rule, roll)]
    if not rule.looks_at_ballots:
        found.append(Fault("/channel", "rule_decides_no_ballots", {"rule": rule.id}))
    needed = [rule.measured.get(basis, basis) for basis in rule.bases]
    if any(basis not in ON_ROLL for basis in needed):
        found.append(Fault("/rule_id", "rule_basis_not_on_roll", {"rule": rule.id, "bases": rule.bases}))
    elif "area" in needed and draft.secrecy != "open":
        found.append(Fault("/secrecy", "rule_needs_open_vote", {"rule": rule.id}))
    return [*found, *_of_electorate(rule, roll)]


def _of_electorate(rule: Rule, roll: Roll) -> list[Fault]:
    if rule.electorate in ("delegate", roll.basis):
        return []
    facts = {"rule": rule.id, "electorate": rule.electorate, "basis": roll.basis}
    return [Fault("/roll_id", "rule_of_another_electorate", facts)]


def opens_from(session: Session, contest: Contest, roll: Roll) -> tuple[Bound, ...]:
    """Before which instants the rule does not let the vote open: the notice, and the display of the roll."""
    rule = of(contest)
    if rule is None:
        return ()
    return (
        *_bounds(session, contest, rule, BEFORE, contest.noticed_at),
        *_bounds(session, contest, rule, ("roll_display",), roll.displayed_at),
    )


def certifies_from(session: Session, contest: Contest) -> tuple[Bound, ...]:
    """Before which instants the rule does not let a published result be certified."""
    rule = of(contest)
    if rule is None:
        return ()
    bounds = _bounds(session, contest, rule, AFTER, contest.provisional_at)
    if bounds or rule.objection is None or contest.provisional_at is None:
        return bounds
    zone, calendar = _time(session, contest.community_id, rule)
    end = clocks.ends(contest.provisional_at, clocks.Period(rule.objection.days, "day"), calendar, zone)
    return (Bound("objection", end.at, rule.clause, end.certain),)


def objections_until(session: Session, contest: Contest) -> datetime | None:
    """Until when written objections to a published result are heard; nothing where its rule hears none."""
    rule = of(contest)
    return latest(certifies_from(session, contest)) if rule is not None and rule.hears_objections else None


def against_objecting(session: Session, contest: Contest, now: datetime) -> str | None:
    """What stands against a written objection to the result, as a code."""
    rule = of(contest)
    if rule is None or not rule.hears_objections:
        return "rule_hears_no_objections"
    if contest.state != "provisional":
        return "result_not_provisional"
    until = objections_until(session, contest)
    return None if until is not None and now < until else "result_objections_over"


def against_extension(session: Session, contest: Contest, cast: int) -> str | None:
    """What the rule has against another extension, as a code; nothing where it is silent, which leaves it to the terms."""
    rule = of(contest)
    if rule is None or rule.extension is None or not contest.electors:
        return None
    extended = select(func.count()).where(
        Event.subject_kind == "contest", Event.subject_id == contest.id, Event.kind == "extended"
    )
    times = session.exec(extended).one()
    return clocks.extension_obstacle(rule.extension, times, Fraction(cast, contest.electors))


def last_end(session: Session, contest: Contest, first_end: datetime) -> datetime | None:
    """The latest end that the rule lets an extension set; nothing where it is silent."""
    rule = of(contest)
    if rule is None or rule.extension is None:
        return None
    zone, calendar = _time(session, contest.community_id, rule)
    return clocks.last_end(first_end, rule.extension, calendar, zone)


def window_faults(session: Session, contest: Contest, closes_at: datetime) -> tuple[Fault, ...]:
    """What the rule has against a window that ends then."""
    rule = of(contest)
    if rule is None:
        return ()
    zone, calendar = _time(session, contest.community_id, rule)
    return clocks.window_faults(contest.opens_at, closes_at, rule.clocks, calendar, zone)


def _bounds(
    session: Session, contest: Contest, rule: Rule, which: Sequence[str], since: datetime | None
) -> tuple[Bound, ...]:
    if since is None:
        return ()
    zone, calendar = _time(session, contest.community_id, rule)
    found = []
    for clock in rule.clocks:
        if clock.what in which and clock.bound == "min":
            end = clocks.ends(since, clocks.of(clock), calendar, zone)
            found.append(Bound(clock.what, end.at, clock.clause, end.certain))
    return tuple(found)


def _time(session: Session, community_id: str, rule: Rule) -> tuple[ZoneInfo, calendars.Calendar]:
    community = session.get_one(Community, community_id)
    return ZoneInfo(community.time_zone), documents.calendar(session, community_id, rule.calendar)


def latest(bounds: Sequence[Bound]) -> datetime | None:
    """The last of some bounds."""
    return max((bound.at for bound in bounds), default=None)
