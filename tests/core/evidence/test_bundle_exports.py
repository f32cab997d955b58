"""The exports: valid for schemas that are not ours, read back to the same ballots, left out where they would mislead."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from voting.core.box import OVERVOTE, Ranking
from voting.core.count import METHODS, count
from voting.core.count.formats import blt, cvr, ranks_csv, results
from voting.core.evidence import bundle_exports
from voting.core.evidence.bundle import Member
from voting.core.evidence.bundle_exports import COMPARED, About

OPTIONS = ("opt_b", "opt_a", "opt_c")
PATTERNS: dict[Ranking, int] = {
    (("opt_a",), ("opt_b",)): 3,
    (("opt_b",),): 4,
    (("opt_c",), (), ("opt_b", "opt_a")): 1,
    (): 2,
}
AT = datetime(2026, 3, 8, 8, tzinfo=UTC)


def about(method: str, seats: int = 1) -> About:
    return About("con_1", "com_1", method, seats, OPTIONS, (), AT, date(2026, 3, 1), date(2026, 3, 8))


def content(member: Member) -> str:
    return b"".join(member.chunks).decode()


def ballots(method: str, patterns: dict[Ranking, int] = PATTERNS) -> dict[str, str]:
    return {made.path: content(made) for made in bundle_exports.of_ballots(about(method), patterns)}


def nist(shared: Path, name: str) -> Any:
    return jsonschema_rs.Draft4Validator(json.loads((shared / "vectors/nist-cdf" / name).read_bytes()))


@pytest.mark.parametrize("method", [method for method in METHODS if method != "score"])
def test_the_ballot_exports_are_valid_and_hold_the_same_ballots(shared: Path, method: str) -> None:
    made = ballots(method)
    report = made["export/cvr-cdf.json"]
    nist(shared, "NIST_V0_cast_vote_records.json").validate(json.loads(report))
    for file in (
        cvr.read(report),
        blt.read(made["export/ballots.blt"]),
        ranks_csv.read(made["export/ballots.csv"]),
    ):
        assert file.options == OPTIONS
        assert file.ballots == PATTERNS


@pytest.mark.parametrize("method", METHODS)
def test_results_are_valid_where_options_have_votes_and_absent_where_not(shared: Path, method: str) -> None:
    patterns = {(("opt_a",),): 3, (("opt_b",),): 2, (): 1}
    options = OPTIONS[:2]
    tally = count(method, options, patterns, 1, {})
    made = [content(member) for member in bundle_exports.of_result(about(method), tally)]
    assert bool(made) is (method not in COMPARED)
    for report in made:
        nist(shared, "NIST_V2_election_results_reporting.json").validate(json.loads(report))
        read = results.read(report)
        assert read.winners == frozenset(tally.winners)
        assert read.rounds == tuple(tuple(entry.tallies) for entry in tally.rounds)


def test_grades_are_not_exported_as_ranks() -> None:
    assert set(ballots("score")) == {"export/ballots.csv"}


def test_an_overvote_of_unknown_marks_is_left_out_of_blt_alone() -> None:
    made = ballots("irv", {((OVERVOTE,), ("opt_a",)): 1})
    assert set(made) == {"export/ballots.csv", "export/cvr-cdf.json"}
    assert cvr.read(made["export/cvr-cdf.json"]).ballots == {((OVERVOTE,), ("opt_a",)): 1}


def test_above_a_hundred_thousand_ballots_there_is_no_record_for_each() -> None:
    assert set(ballots("irv", {(("opt_a",),): 100_001})) == {"export/ballots.blt", "export/ballots.csv"}
    assert "export/cvr-cdf.json" in ballots("irv", {(("opt_a",),): 100_000})


def test_many_ballots_of_one_ranking_are_as_many_records() -> None:
    made = ballots("irv", {(("opt_a",),): 2500, (): 1})
    assert cvr.read(made["export/cvr-cdf.json"]).ballots == {(("opt_a",),): 2500, (): 1}


def test_no_ballot_at_all_is_a_report_without_records(shared: Path) -> None:
    report = ballots("irv", {})["export/cvr-cdf.json"]
    nist(shared, "NIST_V0_cast_vote_records.json").validate(json.loads(report))
    assert cvr.read(report).ballots == {}


def test_the_order_of_the_patterns_leaves_no_trace() -> None:
    assert ballots("irv", dict(reversed(PATTERNS.items()))) == ballots("irv")


def test_withdrawn_options_are_told_where_the_format_can() -> None:
    gone = About("con_1", "com_1", "irv", 1, OPTIONS, ("opt_c",), AT, date(2026, 3, 1), date(2026, 3, 8))
    made = {member.path: content(member) for member in bundle_exports.of_ballots(gone, PATTERNS)}
    assert blt.read(made["export/ballots.blt"]).withdrawn == ("opt_c",)
