"""Every format: what is wrong is named by line and column, and nothing of the file is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.count.polls import examples
from tests.core.count.test_formats import ISSUE, ORIGIN, RUNOFF
from voting.core.count import count
from voting.core.count.errors import IllegalFile
from voting.core.count.formats import READERS, blt, case_form, cvr, json_text, preflib, ranks_csv, results
from voting.core.count.formats.ballot_file import BallotFile

BLT_FAULTS = [
    ("3 x\n", 1, 3, "the number of seats"),
    ("2 1\n-3\n", 2, 1, "from 1 to 2"),
    ("2 1\n-1 -1\n", 2, 4, "withdrawn twice"),
    ("2 1\n4 1 3 0\n", 2, 5, "from 1 to 2"),
    ("2 1\n4 1=1 0\n", 2, 3, "twice at one rank"),
    ("2 1\n-4.5 1 0\n", 2, 1, "from 1 to 2"),
    ("2 1\n4.5 1 0\n", 2, 1, "a number of ballots"),
    ("2 1\n4 1 2\n", 3, 1, "the file ends"),
    ('2 1\n0\n"A" "A"\n', 3, 5, "two options"),
    ('2 1\n0\n"A\n', 3, 1, "without its end"),
    ('2 1\n0\n"A" "B" "T" "s" "c" more\n', 3, 21, "the end of the file"),
    ('2 1\n0\n"A" ""\n', 3, 5, "an empty one"),
    ("0 1\n", 1, 1, "at least 1"),
    ("", 1, 1, "the file ends"),
    ("2 1\n9999999999999999 1 0\n0", 2, 1, "a number of ballots"),
]
CSV_FAULTS = [
    ("", 1, 1, "the header"),
    ("votes,A\n", 1, 1, "the header"),
    ("ballots\n", 1, 2, "the name of an option"),
    ("ballots,A,\n", 1, 3, "an empty cell"),
    ("ballots,A,B,A\n", 1, 4, "two options"),
    ("ballots,A,B\n3,1\n", 2, 2, "expected 3 cells"),
    ("ballots,A,B\nx,1,2\n", 2, 1, "a number of ballots"),
    ("ballots,A,B\n3,1,2\n4,0,1\n", 3, 2, "a rank"),
    ("ballots,A,B\n3,1,2\n4,1,1.5\n", 3, 3, "a rank"),
    ("ballots,A,B\n3,1;1,2\n", 2, 2, "twice in one cell"),
    ('ballots,A,B\n3,"1"x,2\n', 2, 1, "not a table"),
    ("ballots,A,B\n3,1,99999\n", 2, 3, "a rank"),
]
HEAD = "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n"
PREFLIB_FAULTS = [
    ("", 1, 1, "names for alternatives"),
    ("# ALTERNATIVE NAME 2: B\n1: 2\n", 2, 1, "names for alternatives"),
    (HEAD + "# ALTERNATIVE NAME 2: C\n", 4, 23, "a new name"),
    (HEAD + "5 1,2\n", 4, 1, "a colon"),
    (HEAD + "5: 1,3\n", 4, 6, "a named alternative"),
    (HEAD + "5: 1,1\n", 4, 6, "stands twice"),
    (HEAD + "5: 1;2\n", 4, 5, "a comma"),
    (HEAD + "5: {1,2\n", 4, 3, "an alternative or a group"),
    (HEAD + "5: 1,2\n3: 1, 2\n", 5, 1, "line 4"),
    (HEAD + "# NUMBER VOTERS: 9\n5: 1,2\n", 4, 18, "NUMBER VOTERS says 9"),
    (HEAD + "# DATA TYPE: soc\n5: 1\n", 4, 14, "says soc"),
    (HEAD + "# DATA TYPE: soi\n5: {1,2}\n", 4, 14, "says soi"),
    (HEAD + "# DATA TYPE: cat\n5: 1,2\n", 4, 14, "expected one of"),
]


@pytest.mark.parametrize(("text", "line", "column", "reason"), BLT_FAULTS)
def test_a_fault_in_a_blt_file_is_named(text: str, line: int, column: int, reason: str) -> None:
    refused(blt.read, text, line, column, reason)


@pytest.mark.parametrize(("text", "line", "column", "reason"), CSV_FAULTS)
def test_a_fault_in_a_table_is_named(text: str, line: int, column: int, reason: str) -> None:
    refused(ranks_csv.read, text, line, column, reason)


@pytest.mark.parametrize(("text", "line", "column", "reason"), PREFLIB_FAULTS)
def test_a_fault_in_a_preflib_file_is_named(text: str, line: int, column: int, reason: str) -> None:
    refused(preflib.read, text, line, column, reason)


def refused(read: Callable[[str], Any], text: str, line: int, column: int, reason: str) -> None:
    """The reader refuses the text, at this place, for this reason."""
    with pytest.raises(IllegalFile) as refusal:
        read(text)
    assert (refusal.value.line, refusal.value.column) == (line, column), str(refusal.value)
    assert reason in refusal.value.reason


CASE = """{
  "method": "irv",
  "seats": 1,
  "candidates": ["A", "B"],
  "rules": {"overvote": "exhaust_immediately"},
  "ballots": [
    {"count": 3, "ranking": [["A"], ["B"]]}
  ]
}"""
CASE_FAULTS = [
    ('"irv"', '"ivr"', 2, 13, "expected one of"),
    ('"seats": 1', '"seats": "1"', 3, 12, "expected int"),
    ('["A", "B"]', '["A", 2]', 4, 23, "expected a name"),
    ('"exhaust_immediately"', '"exhaust"', 5, 25, "expected exhaust_immediately"),
    ('"overvote"', '"overvotes"', 5, 26, "no rule"),
    ('"count": 3', '"count": -3', 7, 15, "not negative"),
    ('[["A"], ["B"]]', '["A"]', 7, 29, "a list of ranks"),
    ('"seats": 1,', '"seats": 1, "seat": 2,', 3, 23, "no such member"),
    ('"seats": 1,', '"seats": 1, "seats": 2,', 3, 24, "twice in one object"),
    ('"seats": 1,', '"seats": 1,,', 3, 14, "not JSON"),
    ('"count": 3', '"count": NaN', 7, 15, "the number NaN"),
    ('"seats": 1,', "", 1, 1, "it is missing"),
    ('"seats": 1,', '"seats": -1,', 3, 12, "not negative"),
    ('[["A"], ["B"]]', '[["A"], ["Z"]]', 7, 38, "no option 'Z' stands"),
    ('"overvote": "exhaust_immediately"', '"excluded_candidates": ["Z"]', 5, 37, "expected options of this contest"),
]


@pytest.mark.parametrize(("was", "becomes", "line", "column", "reason"), CASE_FAULTS)
def test_a_fault_in_a_case_is_named(was: str, becomes: str, line: int, column: int, reason: str) -> None:
    assert was in CASE
    refused(case_form.read, CASE.replace(was, becomes, 1), line, column, reason)


def report() -> dict[str, Any]:
    """Cast vote records of two ballots."""
    made: dict[str, Any] = json.loads(cvr.write(BallotFile(("A", "B"), {(("A",),): 1, (("B",), ("A",)): 1}, 1), ORIGIN))
    return made


def selection(made: dict[str, Any]) -> Any:
    """The first selection of the second record."""
    return made["CVR"][1]["CVRSnapshot"][0]["CVRContest"][0]["CVRContestSelection"][0]


def change(made: Any, *steps: Any) -> None:
    """Set what the steps before the last lead to."""
    *way, last, value = steps
    for step in way:
        made = made[step]
    made[last] = value


def test_types_without_their_prefix_are_read_as_tabulators_write_them() -> None:
    made = report()
    change(made, "Election", 0, "Contest", 0, "@type", "CandidateContest")
    assert cvr.read(json_text.dump(made)) == cvr.read(json_text.dump(report()))


CVR_FAULTS: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda r: change(r, "@type", "CVR.Report"), '"CVR.Report"', "expected CVR.CastVoteRecordReport"),
    (lambda r: change(selection(r), "ContestSelectionId", "s-9"), '"s-9"', "no selection 's-9'"),
    (lambda r: change(selection(r), "SelectionPosition", 0, "Rank", -7), "-7", "at least 1"),
    (
        lambda r: change(selection(r), "SelectionPosition", 0, "HasIndication", "perhaps"),
        '"perhaps"',
        "yes, no or unknown",
    ),
    (lambda r: change(selection(r), "SelectionPosition", "none"), '"none"', "expected an array"),
    (lambda r: change(r, "CVR", 1, "CurrentSnapshotId", "x"), '"x"', "expected one snapshot"),
    (lambda r: change(r, "Election", 0, "Candidate", 1, "Name", 99), "99", "expected a text"),
]


@pytest.mark.parametrize(("break_it", "found_at", "reason"), CVR_FAULTS)
def test_a_fault_in_cast_vote_records_is_named(
    break_it: Callable[[dict[str, Any]], Any], found_at: str, reason: str
) -> None:
    made = report()
    break_it(made)
    text = json_text.dump(made)
    before = text[: text.index(found_at)]
    refused(cvr.read, text, before.count("\n") + 1, len(before) - before.rfind("\n"), reason)


def test_a_report_of_several_contests_asks_for_one() -> None:
    made = report()
    made["Election"][0]["Contest"].append({**made["Election"][0]["Contest"][0], "@id": "contest-2"})
    with pytest.raises(IllegalFile, match="contest-1, contest-2"):
        cvr.read(json_text.dump(made))
    assert cvr.read(json_text.dump(made), "contest-1").cast == 2


def test_only_the_current_snapshot_of_a_record_counts() -> None:
    made = report()
    snapshots = made["CVR"][0]["CVRSnapshot"]
    old = json.loads(json.dumps(snapshots[0]))
    old["@id"] = "snapshot-0"
    old["CVRContest"][0]["CVRContestSelection"][0]["ContestSelectionId"] = "selection-2"
    snapshots.insert(0, old)
    assert cvr.read(json_text.dump(made)).ballots[(("A",),)] == 1


def test_a_result_that_is_no_number_is_named() -> None:
    text = results.write(count("irv", ("Ann", "Bao", "Chen"), RUNOFF), ISSUE).replace('"Count": 4', '"Count": "4"', 1)
    before = text[: text.index('"4"')]
    refused(results.read, text, before.count("\n") + 1, len(before) - before.rfind("\n"), "expected a number")


def test_a_result_of_absurd_size_is_refused() -> None:
    text = results.write(count("irv", ("Ann", "Bao", "Chen"), RUNOFF), ISSUE).replace(
        '"Count": 4', '"Count": 4e99999999', 1
    )
    with pytest.raises(IllegalFile, match="a number of votes"):
        results.read(text)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[" * 700 + "]" * 700, "9" * 10_000, '{"a": 1e9999}', "\ufeff", '"\\ud800"']
)
@pytest.mark.parametrize("read", [case_form.read, cvr.read, results.read])
def test_json_made_to_break_a_parser_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(IllegalFile):
        read(text)


@given(text=st.text(alphabet='0123456789=-"()#\\ \n,;:{}[]abAB', max_size=60))
@examples(300)
def test_a_reader_takes_a_text_or_refuses_it(text: str) -> None:
    for read in (*READERS.values(), case_form.read, results.read):
        places = fault_of(read, text)
        assert places is None or min(places) >= 1


def fault_of(read: Callable[[str], Any], text: str) -> tuple[int, int] | None:
    """Line and column of a refusal; nothing if the text is taken. Any other error is a fault of ours."""
    try:
        read(text)
    except IllegalFile as refusal:
        return refusal.line, refusal.column
    return None
