"""What a contest writes into its log as it opens: everything that its result will depend on, frozen.

The form is that of docs/evidence-format.md §2. Its log begins here; whatever else happens is appended by the move that does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from voting.contests import officials, terms
from voting.contests.batch import cadence_of
from voting.contests.tables import Contest, Option
from voting.core.count import rules as rule_values
from voting.core.count import validate_rules
from voting.core.count.tiebreak import LOTS
from voting.core.evidence import events, hashes
from voting.core.evidence.events import FORMAT, DecisionRule, Lot, Opened, SealedRoll
from voting.errors import Conflict, TooLarge
from voting.log import logs
from voting.roll.tables import Roll


def open_log(session: Session, contest: Contest, options: Sequence[Option], roll: Roll) -> None:
    """Begin the log of a contest that opens now, with its `opened` entry. Raises Conflict above 65,535 bytes."""
    entry = opened(contest, options, roll)
    try:
        events.encode(entry)
    except TooLarge as error:
        raise Conflict("opening_too_long", **error.facts) from error
    logs.create(session, log_id=contest.id, community_id=contest.community_id, kind="contest", cadence=entry.cadence)
    logs.append_event(session, contest.id, entry)


def opened(contest: Contest, options: Sequence[Option], roll: Roll) -> Opened:
    """The entry of a contest that has just opened: `opened_at`, `electors` and `publish_mode` are set."""
    procedure = terms.from_document(contest.terms)
    assert contest.opened_at is not None, "the contest has opened"
    assert roll.root is not None, "no contest opens on a roll that is not sealed"
    return Opened(
        at=contest.opened_at,
        format=FORMAT,
        contest=contest.id,
        community=contest.community_id,
        question=contest.question,
        options=tuple(events.Option(option.id, option.label, option.status_quo) for option in options),
        method=contest.method,
        seats=contest.seats,
        rules=frozen_rules(contest.method, contest.rules),
        ballots=procedure.ballots,
        secrecy=contest.secrecy,
        revoting=procedure.revoting,
        electors=contest.electors,
        roll=SealedRoll(roll.id, roll.root, roll.electors),
        lot=_lot(contest),
        officials=tuple(events.Official(one.name, one.key) for one in officials.of_document(contest.officials)),
        k=contest.k,
        publish_mode=contest.publish_mode,
        cadence=cadence_of(contest.electors),
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        turnout_floor=procedure.turnout_floor,
        rule=None if contest.rule is None else decision_rule(contest.rule),
    )


def decision_rule(document: Mapping[str, Any]) -> DecisionRule:
    """The frozen decision rule by id, version and hash."""
    return DecisionRule(document["id"], str(document["version"]), hashes.rule(document))


def frozen_rules(method: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    """The rule values that differ from their defaults, as given; a number that is not whole is its decimal text."""
    differing = rule_values.given(validate_rules(method, rules))
    return {name: _exact(value) for name, value in rules.items() if name in differing}


def _lot(contest: Contest) -> Lot:
    if contest.rules.get("tie_break") not in LOTS:
        return Lot("none")
    return Lot("after_close") if contest.lot_seed is None else Lot("before_opening", contest.lot_seed)


def _exact(value: Any) -> Any:
    if isinstance(value, float | Decimal | Fraction):
        return format(Decimal(str(value)), "f")
    if isinstance(value, Mapping):
        return {name: _exact(member) for name, member in value.items() if member is not None}
    return [_exact(item) for item in value] if isinstance(value, list | tuple) else value
