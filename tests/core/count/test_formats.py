"""Every format: what is written is read back, and what a format cannot hold is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.count.polls import examples
from voting.core.count import OVERVOTE, Case, Ranking, count, validate_rules
from voting.core.count.errors import Inexpressible
from voting.core.count.formats import blt, case_form, cvr, json_text, preflib, ranks_csv, results
from voting.core.count.formats.ballot_file import BallotFile, plain, plain_ballots

NAMES = ("Ann", "Bao 宝", 'Chen "C"', "Deng \\ D")
ORIGIN = cvr.Origin(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), election="Unit leader", area="Unit 7")
ISSUE = results.Issue(
    generated_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
    issuer="Community",
    abbreviation="C",
    election="Unit leader 2026",
    area="Unit 7",
    starts_on=date(2026, 11, 1),
    ends_on=date(2026, 11, 22),
    contest="Leader",
)

marks = st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple)
any_ranking = st.lists(marks, max_size=5).map(tuple)
strict_ranking = st.permutations(NAMES).flatmap(
    lambda order: st.integers(1, 4).map(lambda n: tuple((option,) for option in order[:n]))
)
weak_ranking = st.permutations(NAMES).flatmap(
    lambda order: st.sampled_from([((order[0],), tuple(order[1:3])), (tuple(order),), (tuple(order[:2]), (order[2],))])
)
with_unknown = st.lists(st.one_of(marks, st.just((OVERVOTE,))), max_size=4).map(tuple)


def files(ranking: st.SearchStrategy[Ranking], seats: st.SearchStrategy[int | None], withdrawn: bool = False) -> Any:
    """Ballot files with rankings of a kind, already plain."""

    def made(ballots: dict[Ranking, int], places: int | None, gone: list[str], title: str) -> BallotFile:
        file = BallotFile(NAMES, ballots, places, tuple(gone), title)
        return BallotFile(NAMES, plain_ballots(file), places, tuple(gone), title)

    gone = st.lists(st.sampled_from(NAMES), unique=True, max_size=2) if withdrawn else st.just([])
    titles = st.sampled_from(["", "Leader", "单元长 “2026”", 'a "b" \\ c'])
    return st.builds(made, st.dictionaries(ranking, st.integers(1, 50), max_size=6), seats, gone, titles)


@given(file=files(any_ranking, st.integers(0, 9), withdrawn=True))
@examples(80)
def test_a_blt_file_is_read_as_it_was_written(file: BallotFile) -> None:
    assert blt.read(blt.write(file)) == file


@given(file=files(with_unknown, st.none()))
@examples(80)
def test_a_table_is_read_as_it_was_written(file: BallotFile) -> None:
    read = ranks_csv.read(ranks_csv.write(file))
    assert (read.options, read.ballots) == (file.options, file.ballots)


@given(file=files(st.one_of(strict_ranking, weak_ranking), st.none()))
@examples(80)
def test_a_preflib_file_is_read_as_it_was_written(file: BallotFile) -> None:
    assert preflib.read(preflib.write(file)) == file


@given(file=files(with_unknown, st.one_of(st.none(), st.integers(0, 9))))
@examples(80)
def test_cast_vote_records_are_read_as_they_were_written(file: BallotFile) -> None:
    assert cvr.read(cvr.write(file, ORIGIN)) == file


@given(
    file=files(with_unknown, st.integers(1, 3)), threshold=st.sampled_from(["droop_integer", "percent_of_active:60"])
)
@examples(60)
def test_a_case_is_read_as_it_was_written(file: BallotFile, threshold: str) -> None:
    lots = [{"round": 1, "tied": ["Ann", "Bao 宝"], "selected": "Ann", "selecting": "loser", "pass": 2}]
    rules = {"threshold": threshold, "tie_break": "ask", "tie_break_resolutions": lots, "max_rankings": 3}
    case = Case("irv", file.seats or 1, NAMES, validate_rules("irv", rules), file.ballots, {}, name=file.title)
    assert case_form.read(case_form.write(case)) == case


@pytest.fixture(scope="module")
def cvr_schema(shared: Path) -> jsonschema_rs.Validator:
    """The schema of NIST SP 1500-103."""
    return _schema(shared / "vectors/nist-cdf/NIST_V0_cast_vote_records.json")


@pytest.fixture(scope="module")
def results_schema(shared: Path) -> jsonschema_rs.Validator:
    """The schema of NIST SP 1500-100, version 2."""
    return _schema(shared / "vectors/nist-cdf/NIST_V2_election_results_reporting.json")


def _schema(path: Path) -> jsonschema_rs.Validator:
    schema = json.loads(path.read_bytes())
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True)


@given(file=files(with_unknown, st.one_of(st.none(), st.integers(0, 9))))
@examples(40)
def test_cast_vote_records_fit_the_schema(cvr_schema: jsonschema_rs.Validator, file: BallotFile) -> None:
    cvr_schema.validate(json.loads(cvr.write(file, ORIGIN)))


def test_the_schema_refuses_what_it_should(cvr_schema: jsonschema_rs.Validator) -> None:
    report = json.loads(cvr.write(BallotFile(NAMES, {(("Ann",),): 1}), ORIGIN))
    report["CVR"][0]["CVRSnapshot"][0]["CVRContest"][0]["CVRContestSelection"][0]["SelectionPosition"] = []
    assert not cvr_schema.is_valid(report)


def test_the_published_example_of_cast_vote_records_is_read(shared: Path) -> None:
    text = (shared / "vectors/nist-cdf/minimal_ranked_example_ours.json").read_text()
    assert cvr.read(text) == BallotFile(("A", "B"), {(("B",),): 1}, title="Leader")


def test_one_record_stands_for_each_ballot() -> None:
    report = json.loads(cvr.write(BallotFile(NAMES, {(("Ann",),): 3, (): 2}), ORIGIN))
    assert len(report["CVR"]) == 5


RUNOFF = {(("Ann",), ("Bao",)): 4, (("Bao",), ("Ann",)): 3, (("Chen",), ("Bao",)): 2, (): 1}
TALLIES = [
    ("irv", 1, {"excluded_candidates": ["Deng"]}),
    ("stv-scottish", 2, {}),
    ("stv-gregory-exact", 2, {}),
    ("plurality", 1, {}),
    ("schulze", 1, {}),
]


@pytest.mark.parametrize(("method", "seats", "rules"), TALLIES)
def test_results_fit_the_schema(
    results_schema: jsonschema_rs.Validator, method: str, seats: int, rules: dict[str, Any]
) -> None:
    tally = count(method, ("Ann", "Bao", "Chen", "Deng"), RUNOFF, seats, rules)
    results_schema.validate(json.loads(results.write(tally, ISSUE)))


@pytest.mark.parametrize(("method", "seats", "rules"), TALLIES)
def test_results_are_read_as_they_were_written(method: str, seats: int, rules: dict[str, Any]) -> None:
    tally = count(method, ("Ann", "Bao", "Chen", "Deng"), RUNOFF, seats, rules)
    read = results.read(results.write(tally, ISSUE))
    assert (read.contest, read.seats, read.options) == ("Leader", seats, tally.options)
    assert (read.winners, read.withdrawn) == (set(tally.winners), set(rules.get("excluded_candidates", ())))
    assert (read.cast, read.undervotes) == (10, 1)
    assert read.rounds == tuple(entry.tallies for entry in tally.rounds if entry.tallies)


def test_votes_are_written_with_all_their_digits() -> None:
    assert json_text.dump({"Count": Decimal("1596.70904")}) == '{\n  "Count": 1596.70904\n}'


def test_an_endless_decimal_of_votes_is_cut_after_twenty_places() -> None:
    assert results._number(Fraction(1, 3)) == Decimal("0.33333333333333333333")


def test_names_without_quotes_are_whole_lines() -> None:
    file = blt.read("2 1\n3 1 2 0\n0\nMalcolm John BELL (Ind)\nSeán O'NEILL (SNP)\nWard 6 - Lerwick North\n")
    assert file.options == ("Malcolm John BELL (Ind)", "Seán O'NEILL (SNP)")
    assert file.title == "Ward 6 - Lerwick North"


def test_blt_takes_what_openstv_added() -> None:
    text = '3 1 # head\n(7f-2) 2 1=2 - 3 0\n(8)1 0\n0\nAnn Bao "Chen" "Title" "source" "comment"\n'
    assert blt.read(text) == BallotFile(
        ("Ann", "Bao", "Chen"), {(("Ann", "Bao"), (), ("Chen",)): 2, (): 1}, 1, (), "Title"
    )


def test_a_header_that_a_spreadsheet_would_compute_is_written_as_text() -> None:
    file = BallotFile(("=1+1", "'tis", "plain"), {(("=1+1",),): 2})
    assert ranks_csv.write(file).startswith("ballots,'=1+1,''tis,plain\n")
    assert ranks_csv.read(ranks_csv.write(file)) == file


def test_a_table_with_a_byte_order_mark_is_read() -> None:
    assert ranks_csv.read("\ufeffballots,A,B\n2,2,1\n").ballots == {(("B",), ("A",)): 2}


INEXPRESSIBLE = [
    (blt.write, BallotFile(("A",), {((OVERVOTE,),): 1}, 1), "marks are unknown"),
    (blt.write, BallotFile(("A",), {}), "a number of seats"),
    (blt.write, BallotFile(("A\nB",), {}, 1), "not printed"),
    (preflib.write, BallotFile(("A",), {(): 1}), "a blank ballot"),
    (preflib.write, BallotFile(("A", "B"), {(("A",), (), ("B",)): 1}), "a skipped rank"),
    (preflib.write, BallotFile(("A", "B"), {(("A",), ("B",), ("A",)): 1}), "two ranks"),
    (preflib.write, BallotFile(("A", "B"), {((OVERVOTE,),): 1}), "marks are unknown"),
    (preflib.write, BallotFile((" A",), {}), "space at its ends"),
    (lambda file: preflib.write(file, "soc"), BallotFile(("A", "B"), {(("A",),): 1}), "kind soi"),
    (ranks_csv.write, BallotFile(("A\0",), {}), "NUL"),
]


@pytest.mark.parametrize(("write", "file", "reason"), INEXPRESSIBLE)
def test_what_a_format_cannot_hold_is_refused(
    write: Callable[[BallotFile], str], file: BallotFile, reason: str
) -> None:
    with pytest.raises(Inexpressible, match=reason):
        write(file)


@pytest.mark.parametrize(
    ("ballots", "kind"),
    [
        ({(("A",), ("B",)): 1}, "soc"),
        ({(("A",),): 1}, "soi"),
        ({(("A", "B"),): 1}, "toc"),
        ({(("A", "B"),): 1, (("A",),): 1}, "toi"),
    ],
)
def test_a_preflib_file_is_of_the_narrowest_kind(ballots: dict[Ranking, int], kind: str) -> None:
    assert f"# DATA TYPE: {kind}\n" in preflib.write(BallotFile(("A", "B"), ballots))


def test_a_plain_ranking_drops_empty_ranks_at_its_end() -> None:
    assert plain((("B", "A"), (), ("A", "A"), ()), ("A", "B")) == (("A", "B"), (), ("A",))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
@examples(100)
def test_written_json_is_read_back_and_every_value_has_its_place(value: Any) -> None:
    text = json_text.dump(value)
    assert json_text.parse("JSON", text) == value
    lines = text.split("\n")
    for pointer, held in leaves(value):
        line, column = json_text.place_of(text, pointer)
        assert lines[line - 1][column - 1 :].startswith(json_text.dump(held)[:1])


def leaves(value: Any, way: tuple[str | int, ...] = ()) -> Any:
    """Every value inside a value, by its pointer."""
    yield way, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in inside:
        yield from leaves(held, (*way, step))
