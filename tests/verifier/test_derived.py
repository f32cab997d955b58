"""What the verifier reads of ballots, exports and results, piece by piece."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clients.verifier import verify
from tests.verifier.test_limits import archive_of, code_of
from tests.verifier.test_readers import root_of

# --- ballots and exports -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rankings"),
    [
        ("count,ranking\n", {}),
        ("count,ranking\n3,\n1,a\n2,a=b>-\n", {(): 3, (("a",),): 1, (("a", "b"), ()): 2}),
        ("", None),
        ("ranking,count\n", None),
        ("count,rankinf\n", None),
        ("count,ranking\n0,a\n", None),
        ("count,ranking\n01,a\n", None),
        ("count,ranking\n1,b\n1,a\n", None),
        ("count,ranking\n1,a\n1,a\n", None),
        ("count,ranking\n1,a>\n", None),
        ("count,ranking\n1\n", None),
    ],
)
def test_a_table_of_rankings_rises(text: str, rankings: Any) -> None:
    archive = archive_of("patterns.csv", text.encode())
    if rankings is None:
        assert code_of(lambda: verify.read_patterns(archive)) == "patterns-form"
    else:
        assert verify.read_patterns(archive) == rankings


def line(ranking: str = '[["a"]]', seq: str = "0", slot: int = 1) -> bytes:
    return f'{{"ranking":{ranking},"seq":{seq},"slot":"{slot:064x}"}}\n'.encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (line() + line(slot=2), ""),
        (line(seq="9007199254740991"), ""),
        (line(seq="9007199254740992"), "box-line"),
        (line(seq="01"), "json-malformed"),
        (line() + line(), "box-duplicate"),
        (line(slot=2) + line(), "box-order"),
        (line(ranking='[["a b"]]'), "form"),
        (line(ranking="[1]"), "form"),
        (line()[1:], "json-malformed"),
        (b"{}\n", "box-line"),
        (line().replace(b'"slot":"0', b'"slot":"A'), "box-line"),
    ],
)
def test_a_line_of_the_box_is_a_ballot(data: bytes, code: str) -> None:
    assert code_of(lambda: verify.read_box(archive_of("box/cvr.ndjson", data), ())) == code


def test_a_box_keeps_what_is_asked_for() -> None:
    data = [line(), line(seq="3", slot=2), line('[["b"]]', slot=3)]
    box = verify.read_box(archive_of("box/cvr.ndjson", b"".join(data)), {f"{2:064x}", f"{9:064x}"})
    assert box.asked == {f"{2:064x}": (3, (("a",),))}
    assert box.rankings == {(("a",),): 2, (("b",),): 1}
    assert (box.size, box.root) == (3, root_of([verify.leaf_hash(one[:-1]) for one in data]))


OPTIONS = ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('3 1\n1 1 2=3 - 3 0\n2 0\n0\n"a"\n"b"\n"c"\n"t"\n', (1, [], {(("a",), ("b", "c"), (), ("c",)): 1, (): 2})),
        ("3 2\n-3 -1\n4 1 0\n5 1 0\n0\na\nb\nc\nt\n", (2, [0, 2], {(("a",),): 9})),
        ("3 2\n-3\n-1\n0\na\nb\nc\nt\n", None),
        ("3 2\n4 1 0\n-1\n0\na\nb\nc\nt\n", None),
        ("2 1\n0\na\nb\nc\nt\n", None),
        ("4 1\n0\na\nb\nc\nt\n", None),
        ("3\n0\na\nb\nc\nt\n", None),
        ("3 1 1\n0\na\nb\nc\nt\n", None),
        ("3 x\n0\na\nb\nc\nt\n", None),
        ("3 1\n1 1\n0\na\nb\nc\nt\n", None),
        ("3 1\nx 1 0\n0\na\nb\nc\nt\n", None),
        ("3 1\n1\n0\na\nb\nc\nt\n", None),
        ("3 1\n1 4 0\n0\na\nb\nc\nt\n", None),
        ("3 1\n1 0 0\n0\na\nb\nc\nt\n", None),
        ("3 1\n1 x 0\n0\na\nb\nc\nt\n", None),
        ("3 1\n0\na\nc\nb\nt\n", None),
        ("3 1\n0\na\nb\nt\n", None),
        ("3 1\n0\na\nb\nc\nt\nt\n", None),
        ("3 1\n-x\n0\na\nb\nc\nt\n", None),
    ],
)
def test_a_blt_file_is_read(text: str, read: Any) -> None:
    archive = archive_of("export/ballots.blt", text.encode())
    if read is None:
        assert code_of(lambda: verify.read_blt(archive, OPTIONS)) == "export-form"
    else:
        assert verify.read_blt(archive, OPTIONS) == read


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("ballots,a,b,c\n2,1,3,3\n1,,,1;2\n", True),
        ("ballots,'a,b,c\n2,1,3,3\n1,,,1;2\n", True),
        ("ballots,a,b,c\n1,1,3,3\n1,1,3,3\n1,,,1;2\n", True),
        ("ballots,a,b,c\n3,1,3,3\n1,,,1;2\n", False),
        ("ballots,a,b,c\n2,1,3,3\n", False),
        ("ballots,b,a,c\n2,1,3,3\n1,,,1;2\n", False),
        ("ballots,a,b,c,__OVERVOTE__\n2,1,3,3,\n1,,,1;2,\n", True),
        ("ballots,a,b,c,d\n2,1,3,3,\n1,,,1;2,\n", False),
        ("ballots,a,b,c\n2,1,3\n", None),
        ("ballots,a,b,c\n2,x,3,3\n", None),
        ("ballots,a,b,c\n2,0,3,3\n", None),
        ("ballots,a,b,c\nx,1,3,3\n", None),
        ("ballots,a,b,c\n2,1001,3,3\n", None),
        ("ballots,a,b,c\n2,1000,3,3\n", False),
        ("ballots,a,b,c\n\n", None),
        ('ballots,a,b,c\n2,"1"x,3,3\n', None),
    ],
)
def test_a_table_of_ballots_is_read(text: str, agrees: bool | None) -> None:
    plain = {(("a",), (), ("b", "c")): 2, (("c",), ("c",)): 1}
    archive = archive_of("export/ballots.csv", text.encode())
    if agrees is None:
        assert code_of(lambda: verify.table_agrees(archive, OPTIONS, plain)) == "export-form"
    else:
        assert verify.table_agrees(archive, OPTIONS, plain) is agrees


def record(*ranks: tuple[str | None, int | str]) -> dict[str, Any]:
    """A cast vote record: (selection, rank)."""
    told = [
        ({"ContestSelectionId": name} if name else {}) | {"SelectionPosition": [{"Rank": rank}]} for name, rank in ranks
    ]
    return {"CVRSnapshot": [{"CVRContest": [{"CVRContestSelection": told}]}]}


def test_a_cast_vote_record_is_read() -> None:
    chosen = {"s1": "a", "s2": "b"}
    assert verify.recorded(record(), chosen) == ()
    assert verify.recorded(record(("s2", 3), ("s1", 3), (None, 1)), chosen) == ((verify.OVERVOTE,), (), ("a", "b"))
    assert len(verify.recorded(record(("s1", 1000)), chosen)) == 1000
    for rank in (0, -1, 1001, "1", True):
        assert code_of(lambda rank=rank: verify.recorded(record(("s1", rank)), chosen)) == "export-form"


@pytest.mark.parametrize(
    ("schema", "closed"),
    [
        ({}, True),
        ({"properties": {}}, False),
        ({"properties": {}, "additionalProperties": False}, True),
        ({"properties": {}, "additionalProperties": True}, False),
        ({"properties": {"properties": {"type": "string"}}, "additionalProperties": False}, False),
        ({"anyOf": [{"properties": {}, "additionalProperties": False}, {"items": {"properties": {}}}]}, False),
        ({"anyOf": [{}, {"properties": {}, "additionalProperties": False}]}, True),
        ({"required": ["a"], "properties": {"a": {}}, "additionalProperties": False}, True),
    ],
)
def test_a_schema_is_closed_if_all_its_objects_are(schema: Any, closed: bool) -> None:
    assert verify.is_closed(schema) is closed


# --- results -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"tallies": {"a": 2, "b": "0.50000000000000000004"}}, ""),
        ({"tallies": {"a": 2, "b": "0.50000000000000000005"}}, "result-sums"),
        ({"tallies": {"a": 2, "b": "0.49999999999999999996"}}, ""),
        ({"tallies": {"a": 2, "b": "0.49999999999999999995"}}, "result-sums"),
        ({"exhausted": 2}, "result-sums"),
        ({"residual_surplus": "0.25"}, "result-sums"),
        ({"final_round_surplus": 0}, "result-sums"),
        ({"tallies": {"a": 2, "b": "0.3"}, "exact": {"b": "1/2"}}, ""),
    ],
)
def test_a_round_adds_up_where_there_are_no_ballots(change: dict[str, Any], code: str) -> None:
    entry = {
        "round": 1,
        "tallies": {"a": 2, "b": "0.5"},
        "exhausted": 1,
        "residual_surplus": "0.125",
        "final_round_surplus": "0.375",
    }
    told = {
        "method": "irv",
        "valid_poll": 4,
        "undervotes": 1,
        "total_ballots_with_rankings": 5,
        "rounds": [entry | change],
    }
    assert code_of(lambda: verify.check_sums(told)) == code
    assert code_of(lambda: verify.check_sums(told | {"method": "borda"})) == ""
    assert code_of(lambda: verify.check_sums(told | {"undervotes": 0})) == "result-sums"
    assert code_of(lambda: verify.check_sums(told | {"undervotes": 2})) == "result-sums"


def test_the_first_difference_of_two_results_is_named() -> None:
    result = {"winners": ["b"], "seats": 1, "rounds": [{"round": 1, "ties": [1], "x": 2}, {"round": 2, "x": 3}]}

    def told(change: Any, **member: Any) -> tuple[str, Any]:
        other = json.loads(json.dumps(result)) | member
        change(other["rounds"])
        try:
            verify.compare_results(result, other)
        except verify.Fault as fault:
            return fault.code, fault.facts.get("round", fault.facts.get("member"))
        return "", None

    def nothing(rounds: Any) -> None:
        pass

    assert told(nothing) == ("", None)
    assert (
        told(nothing, winners=["a"])[0]
        == told(nothing, winners=["c"])[0]
        == told(nothing, winners=[])[0]
        == "result-winners"
    )
    assert told(lambda rounds: rounds.pop()) == told(lambda rounds: rounds.append({})) == ("result-rounds", None)
    assert told(lambda rounds: rounds[0].update(ties=[0])) == ("result-ties", 1)
    assert told(lambda rounds: rounds[1].update(ties=[0])) == ("result-ties", 2)
    assert (
        told(lambda rounds: rounds[1].update(x=2)) == told(lambda rounds: rounds[1].update(y=2)) == ("result-round", 2)
    )
    assert told(nothing, seats=2) == ("result-member", "seats")
    assert told(nothing, more=2) == ("result-member", "more")
