"""What a contest writes into its log as it opens, extends and is annulled."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.contests.people import OFFICER, RETURNING
from tests.contests.test_drafts import DRAFT
from tests.contests.world import DAY, NOW
from voting.contests import drafts, entries, moves, queries
from voting.contests.terms import Terms
from voting.core import rules
from voting.core.count import METHODS, validate_rules
from voting.core.evidence import canonical, events, hashes
from voting.core.evidence.events import Annulled, Extended, Lot, Opened
from voting.errors import Conflict
from voting.log import logs
from voting.log.tables import LogEvent
from voting.roll.tables import Roll

SEED = "31415926535897932384"


def opened(session: Session, **changes: Any) -> str:
    contest_id = drafts.create(session, OFFICER, "com_1", replace(DRAFT, **changes), now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    moves.open_(session, OFFICER, contest_id, now=NOW)
    return contest_id


def told(session: Session, contest_id: str) -> list[Any]:
    rows = session.exec(select(LogEvent).where(LogEvent.log_id == contest_id).order_by("number"))
    return [events.parse(row.data) for row in rows]


def test_the_opening_freezes_what_the_result_depends_on(session: Session) -> None:
    contest_id = opened(session, lot_seed=SEED, terms=Terms(revoting=True))
    contest, roll = queries.load(session, OFFICER, contest_id, NOW).contest, session.get_one(Roll, "rol_1")
    (entry,) = told(session, contest_id)
    assert isinstance(entry, Opened)
    assert (entry.contest, entry.community, entry.question) == (contest_id, "com_1", contest.question)
    assert [option.id for option in entry.options] == [option.id for option in queries.options(session, contest_id)]
    assert (entry.roll.id, entry.roll.root, entry.electors) == (roll.id, roll.root, roll.electors)
    assert (entry.lot, entry.revoting, entry.cadence) == (Lot("before_opening", SEED), True, 0)
    assert (entry.closes_at, entry.publish_mode) == (contest.closes_at, contest.publish_mode)


@pytest.mark.parametrize(
    ("rule", "lot"),
    [({}, Lot("after_close")), ({"tie_break": None}, Lot("none")), ({"tie_break": "order"}, Lot("none"))],
)
def test_the_lot_is_what_the_rules_leave_to_it(session: Session, rule: dict[str, Any], lot: Lot) -> None:
    assert told(session, opened(session, rules=rule))[0].lot == lot


def test_rule_values_are_told_where_they_differ_from_their_default() -> None:
    given = {
        "tie_break": "random",
        "duplicate": "skip",
        "max_rankings": 3,
        "excluded_candidates": [],
        "tie_break_order": [],
    }
    assert entries.frozen_rules("irv", given) == {"tie_break": "random", "max_rankings": 3}


def test_a_number_that_is_not_whole_is_written_exactly() -> None:
    assert entries.frozen_rules("stv-meek", {"omega": 0.00001}) == {"omega": "0.00001"}
    assert entries.frozen_rules("stv-meek", {"omega": "0.5"}) == {"omega": "0.5"}


def test_frozen_rules_count_as_the_contests_own() -> None:
    for method in METHODS.values():
        given = {
            name: value for name, value in {"tie_break": "random", "max_rankings": 2}.items() if name in method.members
        }
        assert validate_rules(method.name, entries.frozen_rules(method.name, given)) == validate_rules(
            method.name, given
        )


def test_every_decision_rule_of_the_catalogue_has_its_hash() -> None:
    for rule in rules.catalogue().values():
        document = dict(rules.self_contained(rule))
        frozen = entries.decision_rule(document)
        plain = b"yishi/1/rule\n" + canonical.encode(document)
        assert (frozen.id, frozen.version) == (rule.id, str(rule.version))
        assert frozen.hash == hashes.rule(document) == hashlib.sha256(plain).digest()


def test_an_opening_too_long_for_the_log_is_refused(session: Session) -> None:
    long = {f"x-{number:02}": "说" * 9_000 for number in range(3)}
    with pytest.raises(Conflict) as refused:
        opened(session, question=long)
    assert refused.value.code == "opening_too_long"


def test_an_extension_and_the_end_follow_the_opening(session: Session) -> None:
    contest_id = opened(session, terms=Terms(extension_max_days=3))
    later = queries.load(session, OFFICER, contest_id, NOW).contest.closes_at + DAY
    moves.extend(session, OFFICER, contest_id, closes_at=later, reason="rain", now=NOW + timedelta(hours=1))
    moves.annul(session, RETURNING, contest_id, reason="fire", now=NOW + timedelta(hours=2))
    assert told(session, contest_id)[1:] == [
        Extended(NOW + timedelta(hours=1), later, "rain"),
        Annulled(NOW + timedelta(hours=2), "fire"),
    ]
    assert logs.get(session, contest_id).stage == "annulled"


def test_a_contest_annulled_before_it_opened_has_no_log(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest.id
    moves.annul(session, RETURNING, contest_id, reason="fire", now=NOW)
    assert told(session, contest_id) == []
