"""What the verifier reads with, piece by piece: trees, tiles, notes, keys, events, tokens and lines of text."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from clients.verifier import verify
from tests.verifier.forge import Story, receipt_jwk
from tests.verifier.test_limits import archive_of, code_of

# --- trees and tiles ---------------------------------------------------------------------------------------------------


def root_of(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def test_a_growing_tree_has_the_roots_of_the_definition() -> None:
    tree, leaves = verify.Tree(), [verify.leaf_hash(b"%d" % number) for number in range(70)]
    for size, leaf in enumerate(leaves):
        assert (tree.size, tree.root()) == (size, root_of(leaves[:size]))
        tree.append(leaf)
    assert verify.leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()


def test_a_tree_keeps_the_nodes_of_every_eighth_level() -> None:
    tree, leaves = verify.Tree(), [verify.leaf_hash(b"%d" % number) for number in range(600)]
    for leaf in leaves:
        tree.append(leaf)
    assert tree.nodes == {1: [root_of(leaves[:256]), root_of(leaves[256:512])]}


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "000"),
        (7, 255, "007.p/255"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 1, "x001/x234/067.p/1"),
        (1000000, 256, "x001/x000/000"),
    ],
)
def test_a_tile_has_its_path(index: int, width: int, path: str) -> None:
    assert verify.tile_path("entries", index, width) == f"log/tile/entries/{path}"


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (b"", []),
        (b"\x00\x00", [b""]),
        (b"\x00\x01a\x00\x02bc", [b"a", b"bc"]),
        (b"\x01\x00" + b"x" * 256, [b"x" * 256]),
        (b"\x00", None),
        (b"\x00\x02a", None),
        (b"\x00\x01a\x00", None),
    ],
)
def test_entries_stand_behind_their_lengths(data: bytes, entries: list[bytes] | None) -> None:
    if entries is None:
        assert code_of(lambda: verify.entries_of(data, "f")) == "log-entries"
    else:
        assert verify.entries_of(data, "f") == entries


@pytest.mark.parametrize("changed", [0, 1, 255])
def test_the_entry_that_is_not_the_one_that_was_hashed_is_named(changed: int) -> None:
    hashes = [verify.leaf_hash(b"%d" % number) for number in range(256)]
    stored = b"".join(b"x" * 32 if number == changed else one for number, one in enumerate(hashes))
    point = verify.Checkpoint("o", 0, b"", verify.Note("", ()))
    reader = verify.LogReader(archive_of("log/tile/0/002", stored), point, None, ())
    with pytest.raises(verify.Fault) as fault:
        reader.compare_tile("0", 2, hashes, set())
    assert (fault.value.code, fault.value.facts) == ("log-leaf", {"index": 512 + changed})


@pytest.mark.parametrize(
    ("bits", "size", "found"),
    [
        (b"", 0, 0),
        (b"\xff", 8, 8),
        (b"\x80", 1, 1),
        (b"\xfe", 7, 7),
        (b"\xff\x80", 9, 9),
        (b"\x00\x00", 16, 0),
        (b"\xff", 7, None),
        (b"\x80", 8, 1),
        (b"\x01", 1, None),
        (b"\x80\x40", 9, None),
        (b"\x80", 9, None),
        (b"\x80\x00", 8, None),
        (b"", 1, None),
        (b"\x00", 0, None),
    ],
)
def test_the_participation_has_one_bit_for_each_elector(bits: bytes, size: int, found: int | None) -> None:
    if found is None:
        assert code_of(lambda: verify.checked_off(bits, size)) == "roll-bits"
    else:
        assert verify.checked_off(bits, size) == found


# --- notes and keys ----------------------------------------------------------------------------------------------------

SIGNED = "\u2014 a AAAAAAE=\n"


@pytest.mark.parametrize(
    ("text", "signatures"),
    [
        ("x\n\n" + SIGNED, [("a", b"\0\0\0\0", b"\1")]),
        ("x\n\ny\n\n" + SIGNED + SIGNED, [("a", b"\0\0\0\0", b"\1")] * 2),
        ("x\n\n", []),
        ("x\n\n\u2014 a \n", [("a", b"", b"")]),
        ("\n\n" + SIGNED, None),
        ("x\n" + SIGNED, None),
        ("x\n\n" + SIGNED[:-1], None),
        ("x\n\n" + SIGNED[1:], None),
        ("x\n\n\u2014 a+b AAAAAAE=\n", None),
        ("x\n\n\u2014  AAAAAAE=\n", None),
        ("x\n\n\u2014 a AAAAAAE\n", None),
        ("x\ty\n\n" + SIGNED, None),
        ("", None),
    ],
)
def test_a_note_is_a_text_an_empty_line_and_signatures(text: str, signatures: list[Any] | None) -> None:
    if signatures is None:
        assert code_of(lambda: verify.note_of(text.encode(), "f")) == "note-malformed"
    else:
        note = verify.note_of(text.encode(), "f")
        assert (note.text, list(note.signatures)) == (text[: text.rindex("\n\n") + 1], signatures)


def test_a_note_that_is_not_text_is_none() -> None:
    assert code_of(lambda: verify.note_of(b"\xff\n\n", "f")) == "note-malformed"


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (("o", "0", "A" * 43 + "="), 0),
        (("o", "1234567890123456", "A" * 43 + "="), 1234567890123456),
        (("o", "12345678901234567", "A" * 43 + "="), None),
        (("o", "01", "A" * 43 + "="), None),
        (("o", "1", "A" * 40), None),
        (("o", "1"), None),
        (("o", "1", "A" * 43 + "=", "more"), None),
    ],
)
def test_a_checkpoint_is_origin_size_and_root(lines: tuple[str, ...], size: int | None) -> None:
    data = ("\n".join(lines) + "\n\n").encode()
    if size is None:
        assert code_of(lambda: verify.checkpoint_of(data, "f")) == "note-malformed"
    else:
        found = verify.checkpoint_of(data, "f")
        assert (found.origin, found.size, found.root) == ("o", size, b"\0" * 32)


def key_text(name: str = "n", kind: int = 1, public: bytes = b"p" * 32, identifier: str | None = None) -> str:
    blob = bytes([kind]) + public
    own = hashlib.sha256(name.encode() + b"\n" + blob).hexdigest()[:8]
    return f"{name}+{own if identifier is None else identifier}+{base64.b64encode(blob).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        key_text(name=""),
        key_text(name="a b"),
        key_text(name="a\u200b"),
        key_text(kind=4),
        key_text(public=b"p" * 31),
        key_text(public=b"p" * 33),
        key_text(identifier="00000000"),
        key_text(identifier="ffffffff"),
        "n+00000000",
        "n",
        key_text() + "=",
    ],
)
def test_a_key_that_is_none_is_named(text: str) -> None:
    assert code_of(lambda: verify.key_of(text, "f")) == "key-malformed"


def test_a_key_is_read() -> None:
    assert verify.key_of(key_text(), "f").public == b"p" * 32
    assert verify.key_of(key_text(kind=4), "f", verify.COSIGNATURE).kind == 4


# --- events ------------------------------------------------------------------------------------------------------------

PLAIN = ("opened", "closed", "counted")


@pytest.mark.parametrize(
    ("types", "code"),
    [
        (PLAIN, ""),
        ((*PLAIN, "certified"), ""),
        ((*PLAIN, "certified", "corrected", "corrected"), ""),
        ((*PLAIN, "challenged"), ""),
        ((*PLAIN, "challenged", "recounted"), ""),
        ((*PLAIN, "challenged", "recounted", "challenged", "recounted", "certified"), ""),
        ((*PLAIN, "annulled"), ""),
        (("opened", "extended", "key-changed", "paper-batch", "extended", "closed", "lot-drawn", "counted"), ""),
        ((), "event-missing"),
        (("opened", "closed"), "event-missing"),
        (("opened", "counted"), "event-missing"),
        (("closed", "counted"), "event-missing"),
        ((*PLAIN, "corrected"), "event-missing"),
        ((*PLAIN, "challenged", "certified"), "event-missing"),
        ((*PLAIN, "challenged", "recounted", "challenged", "certified"), "event-missing"),
        *(((*PLAIN, kind), "event-inserted") for kind in PLAIN),
        ((*PLAIN, "annulled", "annulled"), "event-inserted"),
        ((*PLAIN, "certified", "certified"), "event-inserted"),
        (("opened", "closed", "lot-drawn", "lot-drawn", "counted"), "event-inserted"),
        ((*PLAIN, "recounted"), "event-inserted"),
        ((*PLAIN, "challenged", "challenged"), "event-inserted"),
        (("closed", "opened", "counted"), "event-order"),
        (("opened", "counted", "closed"), "event-order"),
        (("opened", "closed", "extended", "counted"), "event-order"),
        (("opened", "lot-drawn", "closed", "counted"), "event-order"),
        (("opened", "closed", "counted", "lot-drawn"), "event-order"),
        (("opened", "closed", "challenged", "counted"), "event-order"),
        ((*PLAIN, "certified", "challenged", "recounted"), "event-order"),
        ((*PLAIN, "annulled", "certified"), "event-order"),
    ],
)
def test_events_stand_in_their_order(types: tuple[str, ...], code: str) -> None:
    log = verify.Log(0, b"", [(0, {"type": kind}) for kind in types], [(0, 0)] * (len(types) + 1))
    assert code_of(lambda: verify.check_event_order(log)) == code


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ((0, 3, 0, 0), ""),
        ((1, 0, 0, 0), "commitment-late"),
        ((0, 0, 1, 0), "commitment-late"),
        ((0, 0, 0, 1), "commitment-late"),
    ],
)
def test_commitments_stand_between_opening_and_close(numbers: tuple[int, ...], code: str) -> None:
    log = verify.Log(0, b"", [(0, {"type": kind}) for kind in PLAIN], [(number, 1) for number in numbers])
    assert code_of(lambda: verify.check_event_order(log)) == code


def test_an_event_names_the_result_that_stands() -> None:
    def told(*events: tuple[str, ...]) -> str:
        named = [
            {"type": kind, "result": result[-1], "replaces": result[0]} for kind, *result in (("counted", "b"), *events)
        ]
        return verify.follow_results(verify.Log(0, b"", list(enumerate(named))))

    assert told() == "b"
    assert told(("recounted", "c"), ("certified", "c"), ("corrected", "c", "a")) == "a"
    for wrong in (
        [("certified", "a")],
        [("certified", "c")],
        [("corrected", "a", "c")],
        [("corrected", "c", "c")],
        [("recounted", "c"), ("certified", "b")],
    ):
        assert code_of(lambda wrong=wrong: told(*wrong)) == "result-chain"


OPENED = Story().opened if hasattr(Story(), "opened") else json.loads(Story().files["contest.json"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"options": []}, "an option twice"),
        ({"options": [{"id": "a"}, {"id": "a"}]}, "an option twice"),
        ({"seats": 4}, ""),
        ({"seats": 5}, "more seats than options"),
        ({"seats": 5, "ballots": "as_marked"}, ""),
        ({"electors": OPENED["roll"]["size"] - 1}, "the roll"),
        ({"electors": OPENED["roll"]["size"] + 1}, "the roll"),
        ({"officials": OPENED["officials"][:1] * 2}, "an official twice"),
        ({"k": len(OPENED["officials"])}, ""),
        ({"k": len(OPENED["officials"]) + 1}, "more signatures than officials"),
        ({"closes_at": OPENED["opens_at"]}, "the window"),
        ({"closes_at": "2000-01-01T00:00:00Z"}, "the window"),
        ({"rules": {"tie_break_seed": "1"}}, "the dice among the rules"),
        ({"rules": {"tie_break_contest": "1"}}, "the dice among the rules"),
        ({"lot": {"drawn": "none"}, "rules": {"tie_break": "random"}}, "no dice for a lot"),
        ({"lot": {"drawn": "none"}, "rules": {"tie_break": "random", "tie_break_order": ["a"]}}, ""),
        ({"lot": {"drawn": "none"}, "rules": {"tie_break": "order"}}, ""),
        ({"turnout_floor": "1/1"}, ""),
        ({"turnout_floor": "3/2"}, "the turnout floor"),
        ({"method": "dice"}, "no such method: dice"),
    ],
)
def test_an_opening_that_contradicts_itself_is_named(change: dict[str, Any], why: str) -> None:
    assert verify.contradiction(OPENED | change) == why


# --- tokens and text ---------------------------------------------------------------------------------------------------


def test_a_token_is_signed_by_its_key() -> None:
    token, key = Story().casts[0].receipt(), receipt_jwk()
    head, payload, signature = token.split(".")
    assert verify.signed_by_jwk(token, key)
    x = verify.unbase64(key["x"], url=True) or b""
    for name, value in (
        ("kty", "OKP"),
        ("kty", "A"),
        ("crv", "P-384"),
        ("crv", "A"),
        ("kid", "another"),
        ("x", key["y"]),
        ("x", ""),
        ("y", verify.base64.urlsafe_b64encode(x).rstrip(b"=").decode()),
    ):
        assert not verify.signed_by_jwk(token, key | {name: value})
    raw = verify.unbase64(signature, url=True) or b""
    for wrong in (raw[:-1], raw + b"\0", b"\0" + raw, raw[32:] + raw[:32]):
        coded = base64.urlsafe_b64encode(wrong).rstrip(b"=").decode()
        assert not verify.signed_by_jwk(f"{head}.{payload}.{coded}", key)
    for told in ({"alg": "none"}, {"alg": "A"}, [], {"alg": "ES256", "kid": "another"}):
        coded = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
        assert not verify.signed_by_jwk(f"{coded}.{payload}.{signature}", key)


def test_a_file_of_the_reader_has_at_most_a_mib() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"x" * (1 << 20))
        assert len(verify.small_file(str(path))) == 1 << 20
        path.write_bytes(b"x" * ((1 << 20) + 1))
        with pytest.raises(verify.Unusable, match="larger than a MiB"):
            verify.small_file(str(path))


def test_a_log_has_so_many_events_and_no_more() -> None:
    assert verify.LogReader.MOST_EVENTS == 100_000
    event = verify.canonical({"type": "challenged", "at": "2026-01-01T00:00:00Z", "reason": "r"})

    def read(events: int) -> str:
        point = verify.Checkpoint("o", 0, b"", verify.Note("", ()))
        reader = verify.LogReader(archive_of("x", b""), point, None, ())
        return code_of(lambda: [reader.take(event) for _ in range(events)])

    with patch.object(verify.LogReader, "MOST_EVENTS", 2):
        assert (read(2), read(3)) == ("", "form")


@pytest.mark.parametrize(
    ("cadence", "runs", "code"), [(0, 1, ""), (0, 2, "batch-unsorted"), (60, 6, ""), (60, 7, "batch-unsorted")]
)
def test_there_are_no_more_batches_than_the_cadence_allows(cadence: int, runs: int, code: str) -> None:
    """Two minutes are two batches of a minute; each event may begin one more, and so may the close."""
    log = SimpleNamespace(stretches=[(5, runs - 1), (5, 1)], events=[1, 2, 3], commitments=10)
    opened = {"cadence": cadence, "at": "2026-01-01T00:00:00Z"}
    check = SimpleNamespace(log=log, closed={"at": "2026-01-01T00:02:59Z"}, opened=opened)
    assert code_of(lambda: verify.Verification.check_batches(check)) == code
