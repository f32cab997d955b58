"""Where the verifier draws its lines: the last value that is taken, and the first that is not."""

from __future__ import annotations

import base64
import hashlib
import io
import random
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest

from clients.verifier import verify
from tests.verifier.forge import Story
from tests.verifier.polls import JUNK
from tests.verifier.test_honest import findings
from voting.core import ballot
from voting.core.count import METHODS
from voting.core.count import rules as kinds
from voting.core.count.errors import CountError
from voting.core.count.methods import validate_rules

MIB = 1 << 20
GIB4 = 1 << 32
LARGEST = {
    "manifest.json": 32 * MIB,
    "manifest.note": MIB,
    "contest.json": MIB,
    "close.note": MIB,
    "result.note": MIB,
    "log/checkpoint": 17 * MIB,
    "log/tile/0/000": 17 * MIB,
    "log/tile/99/x001/002.p/255": 17 * MIB,
    "roll/root.json": 64 * MIB,
    "roll/participation.bits": 64 * MIB,
    "paper/batches.json": 32 * MIB,
    "result.json": 32 * MIB,
    "explanation.txt": 32 * MIB,
    "rounds.svg": 32 * MIB,
    "privacy.json": MIB,
    "schema/event.json": MIB,
    "VERIFY.md": MIB,
    "verify.py": 4 * MIB,
}


def code_of(work: Callable[[], object]) -> str:
    """The code of the fault that comes of it, or nothing."""
    try:
        work()
    except verify.Fault as fault:
        return fault.code
    return ""


def opened_archive(head: bytes) -> Callable[[], object]:
    return lambda: verify.open_archive(io.BytesIO(head))


@pytest.mark.parametrize("path", LARGEST)
def test_a_file_may_be_so_large_and_no_larger(path: str) -> None:
    """What is too large is refused by its header; what is not ends too early here."""
    heads = [verify.local_header(path.encode(), 0, LARGEST[path] + more) for more in (0, 1)]
    assert [code_of(opened_archive(head)) for head in heads] == ["archive-truncated", "file-size"]


@pytest.mark.parametrize("path", ["box/cvr.ndjson", "patterns.csv", "export/ballots.blt"])
def test_a_file_of_ballots_may_be_as_large_as_a_zip_archive_can_say(path: str) -> None:
    assert code_of(opened_archive(verify.local_header(path.encode(), 0, GIB4 - 1))) == "archive-truncated"
    assert verify.PLACES[verify.rank_of(path) or 0][1] == GIB4


def test_a_path_has_at_most_255_bytes() -> None:
    path = "log/tile/0/" + "x000/" * 48 + "000"
    assert len(path) == 254
    assert code_of(opened_archive(verify.local_header(path.encode(), 0, 1))) == "archive-truncated"
    assert code_of(opened_archive(verify.local_header(b"a" * 255, 0, 0))) == "file-extra"
    assert code_of(opened_archive(verify.local_header(b"a" * 256, 0, 0))) == "file-path"


def test_an_archive_has_at_most_as_many_files_as_its_directory_can_count() -> None:
    assert verify.MOST_FILES == 65_534
    data = Story().bundle()
    files = len(verify.open_archive(io.BytesIO(data)).members)
    with patch.object(verify, "MOST_FILES", files):
        assert code_of(opened_archive(data)) == ""
    with patch.object(verify, "MOST_FILES", files - 1):
        assert code_of(opened_archive(data)) == "file-extra"


@pytest.mark.parametrize("chunk", [1000, 4096])
def test_how_much_is_read_at_a_time_makes_no_difference(chunk: int) -> None:
    with patch.object(verify, "CHUNK", chunk):
        assert not any(one.outcome == "failed" for one in findings(Story().bundle()))


def archive_of(path: str, data: bytes) -> verify.Archive:
    """An archive of one file."""
    member = verify.Member(path, 0, len(data), 0, hashlib.sha256(data).hexdigest())
    return verify.Archive(io.BytesIO(data), {path: member})


def test_a_line_has_at_most_a_mib() -> None:
    def lines(length: int) -> str:
        with patch.object(verify, "CHUNK", MIB + 2):
            return code_of(lambda: list(archive_of("box", b"x" * length + b"\n").lines("box")))

    with patch.object(verify, "CHUNK", MIB):
        assert code_of(lambda: list(archive_of("box", b"x" * MIB + b"\n").lines("box"))) == ""
    assert lines(MIB) == ""
    assert code_of(lambda: list(archive_of("box", b"x" * (MIB + 1)).lines("box"))) == "form"
    assert code_of(lambda: list(archive_of("box", b"x\ny").lines("box"))) == "form"
    assert list(archive_of("box", b"x\n\ny\n").lines("box")) == [b"x", b"", b"y"]


def test_different_rankings_are_kept_up_to_a_gib() -> None:
    assert verify.MOST_KEPT == 1 << 30
    lines = [b'{"ranking":[["a"]],"seq":0,"slot":"%064x"}\n' % n for n in (1, 2)]
    lines.append(b'{"ranking":[["b"]],"seq":0,"slot":"%064x"}\n' % 3)
    box = archive_of("box/cvr.ndjson", b"".join(lines))
    table = archive_of("patterns.csv", b"count,ranking\n2,a\n1,b\n")
    for archive, read, kept in (
        (box, lambda: verify.read_box(box, ()), 2 * (len('[["a"]]') + 200)),
        (table, lambda: verify.read_patterns(table), 2 * (len("2,a") + 200)),
    ):
        with patch.object(verify, "MOST_KEPT", kept):
            assert code_of(read) == ""
        with patch.object(verify, "MOST_KEPT", kept - 1):
            assert code_of(read) == "file-size", archive


def test_a_number_has_at_most_53_bits_and_a_value_64_levels() -> None:
    def told(data: bytes) -> str:
        return code_of(lambda: verify.parsed(data, "f"))

    most = 2**53 - 1
    assert [told(b"%d" % number) for number in (most, -most, 0)] == ["", "", ""]
    assert [told(b"%d" % number) for number in (most + 1, -most - 1)] == ["json-number"] * 2
    assert told(b"[" * 64 + b"1" + b"]" * 64) == ""
    assert told(b"[" * 65 + b"1" + b"]" * 65) == "json-depth"
    assert told(b'{"a":' * 64 + b"1" + b"}" * 64) == ""
    assert told(b"[" * 100_000) == "json-depth"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"null", "json-null"),
        (b"1.5", "json-float"),
        (b"NaN", "json-float"),
        (b'{"a":1,"a":1}', "json-duplicate"),
        (b'{"b":1,"a":1}', "json-spelling"),
        (b"[1, 2]", "json-spelling"),
        (b'"\\u0041"', "json-spelling"),
        (b'"\\ud800"', "json-spelling"),
        ("\u00e9".join('""').encode(), ""),
        (b'"e\xcc\x81"', "json-text"),
        (b'{"\xc3\xa9":1}', "json-text"),
        (b"[1", "json-malformed"),
        (b'"\xff"', "json-malformed"),
        (b'[true,false,0,"",[],{}]', ""),
    ],
)
def test_json_has_one_spelling(data: bytes, code: str) -> None:
    assert code_of(lambda: verify.parsed(data, "f")) == code


def forms() -> list[tuple[Any, Any, str | None]]:
    """Value, form, and the place of the first that has not its form."""
    return [
        ("a", verify.ID, None),
        ("a b", verify.ID, "/"),
        (1, verify.ID, "/"),
        (0, range(2), None),
        (2, range(2), "/"),
        (True, range(2), "/"),
        ("x", ("x", "y"), None),
        ("z", ("x", "y"), "/"),
        (1, ("x", "y"), "/"),
        (True, bool, None),
        (1, bool, "/"),
        ([1, 1], [range(2)], None),
        ([1, 2], [range(2)], "/1"),
        ("11", [range(2)], "/"),
        ({"a": 1}, verify.By(verify.ID, range(2)), None),
        ({"a": 2}, verify.By(verify.ID, range(2)), "/a"),
        ({"a b": 1}, verify.By(verify.ID, range(2)), "/a b"),
        ([], verify.By(verify.ID, range(2)), "/"),
        ({"a": 1}, verify.Record({"a": range(2), "b?": bool}), None),
        ({"a": 1, "b": True}, verify.Record({"a": range(2), "b?": bool}), None),
        ({"a": 1, "b": 1}, verify.Record({"a": range(2), "b?": bool}), "/b"),
        ({"a": 1, "c": 1}, verify.Record({"a": range(2), "b?": bool}), "/c"),
        ({"b": True}, verify.Record({"a": range(2), "b?": bool}), "/a"),
        ({"a": {"a": 2}}, verify.Record({"a": verify.Record({"a": range(2)})}), "/a/a"),
        ([], verify.Record({}), "/"),
        ("2026-01-31T23:59:59Z", verify.is_instant, None),
        ("2026-02-30T00:00:00Z", verify.is_instant, "/"),
        ("2026-01-31T23:59:59", verify.is_instant, "/"),
        ("2026-01-31T23:59:59.5Z", verify.is_instant, "/"),
        (1, verify.is_instant, "/"),
        ("opt_a", verify.is_option_id, None),
        ("-", verify.is_option_id, "/"),
        (verify.OVERVOTE, verify.is_option_id, "/"),
        ("a b", verify.is_option_id, "/"),
        (1, verify.is_option_id, "/"),
        (1, verify.is_amount, None),
        ("1.50", verify.is_amount, None),
        ("1", verify.is_amount, "/"),
        (True, verify.is_amount, "/"),
        (0, verify.WHOLE, None),
        (2**53 - 1, verify.WHOLE, None),
        (2**53, verify.WHOLE, "/"),
        (-1, verify.WHOLE, "/"),
        (999_999, verify.SMALL, None),
        (1_000_000, verify.SMALL, "/"),
        ({"drawn": "none"}, verify.is_lot, None),
        ({"drawn": "before_opening", "seed": "1"}, verify.is_lot, None),
        ({"drawn": "before_opening"}, verify.is_lot, "/"),
        ({"drawn": "after_close", "seed": "1"}, verify.is_lot, "/"),
    ]


def test_a_value_has_its_form_or_the_place_where_it_has_not_is_named() -> None:
    for value, form, place in forms():
        assert verify.misfit(value, form) == place, value


@pytest.mark.parametrize("size", range(8))
def test_base64_has_one_spelling(size: int) -> None:
    raw = b"\xfb\xff\xbe\x07\x08\xff\xfe\xfd"[:size]
    plain, url = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert (verify.unbase64(plain), verify.unbase64(url, url=True)) == (raw, raw)
    assert verify.unbase64(plain + "\n") is None
    assert verify.unbase64(url + "=", url=True) is None
    if size % 3:
        assert verify.unbase64(plain.rstrip("=")) is None
        last = {"w": "x", "g": "h", "8": "9", "4": "5", "s": "t", "c": "d"}.get(url[-1])
        assert last is None or verify.unbase64(url[:-1] + last, url=True) is None
    if size > 1:
        assert verify.unbase64(url) is None
        assert verify.unbase64(plain, url=True) is None


def test_a_long_fact_is_cut() -> None:
    assert verify.printable("x" * 200) == "x" * 200
    assert verify.printable("x" * 201) == "x" * 197 + "..."
    assert verify.printable("\x1b议") == "\ufffd议"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Fraction(0), 0),
        (Fraction(7), 7),
        (Fraction(-7, 2), "-3.5"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 25), "0.04"),
        (Fraction(3, 40), "0.075"),
        (Fraction(2, 3), "0.66666666666666666666"),
        (Fraction(-2, 3), "-0.66666666666666666666"),
        (Fraction(101, 7), "14.42857142857142857142"),
        (Fraction(1, 2**30), "0.000000000931322574615478515625"),
    ],
)
def test_an_amount_is_written_with_all_its_places_or_with_twenty(amount: Fraction, written: int | str) -> None:
    assert verify.decimal_of(amount) == written


@pytest.mark.parametrize("method", METHODS)
def test_both_know_the_same_rule_values(method: str) -> None:
    """Every word of the vocabulary at every member, the ends of every range, and values of no kind."""
    words: set[Any] = set()
    for row in METHODS.values():
        for kind in row.members.values():
            words |= set(getattr(kind, "values", ()))
    edges = {number + more for number in (0, 1, 4, 9, 20, 100, 10**9) for more in (-1, 0, 1)}
    junk = [value for value in JUNK if isinstance(value, list | dict)] + [["Ann"], ["Ann", "Ann"], [1]]
    others = ["7", "-1", "0", "0.5", "1e3", "1E-3", "1" * 20, "1" * 21, "fixed", "fix", "percent_of_active:100", None]
    for name in {member for row in METHODS.values() for member in row.members} | {"more"}:
        for value in [*words, *edges, True, False, *others, *junk]:
            try:
                validate_rules(method, {name: value})
                legal = True
            except CountError:
                legal = False
            if name not in ("omega", "threshold") or value not in others:
                told = {} if value is None and name in METHODS[method].members else {name: value}
                assert (not verify.rule_fault(method, told)) is legal, (name, value)


def judged(paper: verify.Paper, ranking: Any) -> bool:
    return not code_of(lambda: paper.check(ranking))


@pytest.mark.parametrize("method", METHODS)
def test_both_take_the_same_ballots(method: str) -> None:
    """Every paper of a method, and ballots at random whose ranks are in ballot order."""
    dice, names = random.Random(method), ("a", "b", "c", "d")
    overvotes = (None, "exhaust_immediately", "skip_to_next_rank", "exhaust_if_multiple_continuing", "split_equally")
    for overvote, most, seats, marked in product(overvotes, (None, 2), (0, 1, 2), (False, True)):
        rules = {name: value for name, value in (("overvote", overvote), ("max_rankings", most)) if value is not None}
        rules |= {"max_score": 2} if method == "score" and seats == 2 else {}
        told = {"method": method, "rules": rules, "seats": seats, "ballots": "as_marked" if marked else "valid_only"}
        paper = verify.Paper.of(told | {"options": [{"id": name} for name in names]})
        form = ballot.form(method, names, seats=seats, rules=rules, as_marked=marked)
        for _ in range(12):
            sizes = [dice.choice((0, 1, 1, 1, 2, 3)) for _ in range(dice.randint(0, 7))]
            ranking = tuple(tuple(sorted(dice.choices((*names, "e"), (9, 9, 9, 9, 1), k=size))) for size in sizes)
            if dice.random() < 0.2:
                ranking = (*ranking, (verify.OVERVOTE,))
            if dice.random() < 0.4:
                ranking = tuple((name,) for name in dice.sample(names, dice.randint(0, 4)))
            assert judged(paper, ranking) is (not ballot.faults(form, ranking)), (rules, told, ranking)


def test_a_rank_is_written_in_ballot_order() -> None:
    told = {
        "method": "schulze",
        "rules": {},
        "seats": 1,
        "ballots": "valid_only",
        "options": [{"id": "b"}, {"id": "a"}],
    }
    assert judged(verify.Paper.of(told), (("b", "a"),))
    assert code_of(lambda: verify.Paper.of(told).check((("a", "b"),))) == "ballot-order"


def test_a_ballot_taken_as_marked_has_at_most_253_ranks() -> None:
    told = {"method": "irv", "rules": {}, "seats": 1, "ballots": "as_marked", "options": [{"id": "a"}]}
    paper = verify.Paper.of(told)
    assert [code_of(lambda ranks=ranks: paper.check(((),) * ranks)) for ranks in (253, 254)] == ["", "ballot-ranks"]


@pytest.mark.parametrize(
    ("text", "short"), [("0", True), ("9" * 15, True), ("9" * 16, False), ("-1", False), ("", False), ("\u0661", False)]
)
def test_a_short_number_has_at_most_fifteen_digits(text: str, short: bool) -> None:
    assert verify.is_digits(text) is short


def test_kinds_of_rule_values_are_those_of_the_service() -> None:
    assert {type(kind) for row in METHODS.values() for kind in row.members.values()} <= {
        getattr(kinds, name)
        for name in (
            *("Choice", "Whole", "Threshold", "Names", "Resolutions", "Flag", "Never", "FlagOrWhole"),
            *("Number", "Nothing", "Fixed", "Text"),
        )
    }
