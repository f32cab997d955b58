"""The tamper table: each lie fails with its own code, told by somebody without keys or by a service that signs it all.

Somebody without keys lists the changed files in the manifest anew, so that the manifest's signature fails as well, always.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from clients.verifier import verify
from tests.verifier.forge import (
    CONTEST,
    LOG,
    NEW_KEY,
    OFFICIALS,
    ORIGIN,
    Cast,
    Files,
    Signer,
    Story,
    lines,
    merkle_root,
    note,
    repacked,
    tiles,
    unzipped,
    zipped,
)
from tests.verifier.test_honest import PAPER, findings

HONEST = Story()
DATA = HONEST.bundle()
FILES = unzipped(DATA)
BOX = FILES["box/cvr.ndjson"].split(b"\n")[:-1]
OTHER_DICE = next(
    dice
    for dice in (str(digit) * 20 for digit in range(10))
    if verify.lot_order(CONTEST, dice, ["opt_a", "opt_b"])
    != verify.lot_order(CONTEST, "27182818284590452353", ["opt_a", "opt_b"])
)
LATE = {"lot": {"drawn": "after_close"}, "late_seed": "27182818284590452353"}
TIED = Cast(bytes(32), bytes(32), 0, (("opt_a",),)), Cast(bytes([1] * 32), bytes(32), 0, (("opt_b",),))


def codes(data: bytes, **wanted: Any) -> set[str]:
    """The codes of the checks that fail."""
    brought = verify.Wanted(**wanted) if wanted else None
    return {one.code for one in findings(data, None, brought) if one.outcome == "failed"}


def lied(step: str, bend: Callable[[Any], Any], **kind: Any) -> bytes:
    """The bundle of a service that bends one step of a contest and signs whatever follows from it."""
    return Story(**kind, hooks={step: bend}).bundle()


def without_keys(**changed: bytes | None) -> bytes:
    """The honest bundle with files changed (or taken away) by somebody who has no keys. Names are paths, `__` for `/`."""
    paths = {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
    files = {path: content for path, content in (FILES | paths).items() if content is not None}
    return repacked(files)


def box_of(*told: bytes) -> bytes:
    return without_keys(box__cvr_dot_ndjson=b"".join(line + b"\n" for line in told))


def line_of(ranking: str, place: int = 0) -> bytes:
    """A line of the honest box with another ranking."""
    return b'{"ranking":' + ranking.encode() + BOX[place][BOX[place].index(b',"seq"') :]


def changed(document: Any, *steps: Any, to: Any) -> Any:
    """A document with the member at these steps changed."""
    head, *rest = steps
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[head] = changed(copy[head], *rest, to=to) if rest else to(copy[head]) if callable(to) else to
    return copy


def without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in document.items() if member != name}


def swapped(values: list[Any], one: int, other: int) -> list[Any]:
    copy = list(values)
    copy[one], copy[other] = copy[other], copy[one]
    return copy


def log_of(entries: list[bytes]) -> Files:
    """The honest bundle's log with other entries, under the old checkpoint."""
    kept = {path: content for path, content in FILES.items() if not path.startswith("log/tile/")}
    return kept | tiles(entries)


def checkpoint(size: int, root: bytes, signer: Signer = LOG, origin: str = ORIGIN) -> bytes:
    return note(lines(origin, str(size), b64encode(root).decode()), [signer])


def json_file(name: str, *steps: Any, to: Any) -> dict[str, bytes]:
    return {name: rfc8785.dumps(changed(json.loads(FILES[name]), *steps, to=to))}


def result_with(*steps: Any, to: Any) -> Callable[[Any], Any]:
    return lambda document: changed(document, *steps, to=to)


ENTRIES = HONEST.entries
ROOT = merkle_root(ENTRIES)
OTHER = Story(seed=2)


def tied(step: str, bend: Callable[[Any], Any], **more: Any) -> bytes:
    """Two voters, two options, a tie by lot, and one step bent."""
    hooks = {"casts": lambda _: list(TIED), "bits": lambda _: b"\xc0", step: bend}
    return Story(voters=0, size=2, **more, hooks=hooks).bundle()


def rows(*rankings: Any, **kind: Any) -> bytes:
    """The bundle of a service whose first ballots are these."""
    return lied(
        "rows", lambda told: [(*told[n][:2], rankings[n]) for n in range(len(rankings))] + told[len(rankings) :], **kind
    )


def file_with(name: str, bend: Callable[[bytes], bytes], **kind: Any) -> bytes:
    """The bundle of a service that bends one file at the end and signs the manifest of it."""
    return lied("files", lambda files: changed(files, name, to=bend), **kind)


def member_with(name: str, *steps: Any, to: Any, **kind: Any) -> bytes:
    """The same for one member of a JSON file."""
    return file_with(name, lambda content: rfc8785.dumps(changed(json.loads(content), *steps, to=to)), **kind)


def batch_with(**members: Any) -> bytes:
    """The bundle of a service whose first paper batch says otherwise."""
    return lied("paper_events", lambda events: [events[0] | members, *events[1:]], batches=PAPER)


REVOTED = {"revoting": True, "revised": 5}


def restored() -> bytes:
    """The bundle of a service that counted a voter's first ballot and not the one that replaced it."""
    first = Story(**REVOTED).casts[0]
    row = (first.slot.hex(), 0, first.ranking)
    return lied("rows", lambda told: [row if one[0] == row[0] else one for one in told], **REVOTED)


TABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    # The archive, by somebody without keys.
    "extra file": (lambda: repacked(FILES | {"note.txt": b"hello"}), "file-extra"),
    "extra file in a known folder": (lambda: repacked(FILES | {"export/more.csv": b"hello"}), "file-extra"),
    "missing file": (lambda: without_keys(privacy_dot_json=None), "file-missing"),
    "missing box": (lambda: without_keys(box__cvr_dot_ndjson=None), "file-missing"),
    "duplicate file": (lambda: zipped([*FILES.items(), ("verify.py", b"")]), "file-twice"),
    "../ file": (lambda: zipped(FILES | {"../evil": b""}), "file-path"),
    "absolute file": (lambda: zipped(FILES | {"/etc/passwd": b""}), "file-path"),
    "hidden file": (lambda: zipped(FILES | {".evil": b""}), "file-path"),
    "folder entry": (lambda: zipped(FILES | {"export/": b""}), "file-path"),
    "backslash file": (lambda: zipped(FILES | {"..\\evil": b""}), "file-path"),
    "files in another order": (lambda: zipped(dict(reversed(FILES.items()))), "archive-order"),
    "truncated": (lambda: DATA[:40_000], "archive-truncated"),
    "cut in a header": (lambda: DATA[:20], "archive-truncated"),
    "cut in the directory": (lambda: DATA[:-10], "archive-directory"),
    "bytes behind the end": (lambda: DATA + b"\0", "archive-directory"),
    "bytes before the beginning": (lambda: b"\0" + DATA, "archive-unreadable"),
    "empty file": (lambda: b"", "archive-unreadable"),
    "a comment in the directory": (lambda: DATA[:-2] + b"\1\0x", "archive-directory"),
    "compressed": (lambda: DATA[:8] + b"\x08\0" + DATA[10:], "archive-header"),
    "a later date": (lambda: DATA[:12] + b"\x22\0" + DATA[14:], "archive-header"),
    "content without its checksum": (lambda: DATA.replace(b"# in its place", b"# on its place"), "archive-damaged"),
    # The manifest.
    "changed file under the old manifest": (
        lambda: zipped(FILES | {"verify.py": b"print('all is well')\n"}),
        "manifest-hash",
    ),
    "file the manifest does not list": (lambda: repacked(FILES | {"export/x": b""}), "file-extra"),
    "manifest that lists one more": (
        lambda: Story(hooks={"manifest": result_with("files", to=lambda f: [*f, f[-1]])}).bundle(),
        "manifest-files",
    ),
    "manifest in another order": (
        lambda: lied("manifest", result_with("files", to=lambda f: swapped(f, 0, 1))),
        "manifest-files",
    ),
    "manifest signed by a stranger": (
        lambda: zipped(
            FILES | {"manifest.note": note(verify.note_of(FILES["manifest.note"], "").text, [OFFICIALS[0]])}
        ),
        "manifest-unsigned",
    ),
    "manifest with a wrong signature": (
        lambda: zipped(
            FILES | {"manifest.note": note(verify.note_of(FILES["manifest.note"], "").text, [Signer(ORIGIN, "x")])}
        ),
        "manifest-unsigned",
    ),
    "manifest with a further signature": (
        lambda: zipped(FILES | {"manifest.note": FILES["manifest.note"] + OFFICIALS[0].line("x\n").encode()}),
        "manifest-unsigned",
    ),
    "manifest re-listed and not re-signed": (lambda: without_keys(verify_dot_py=b""), "manifest-text"),
    "manifest of another contest": (lambda: lied("manifest", result_with("contest", to="con_x")), "wrong-contest"),
    "manifest of another community": (lambda: lied("manifest", result_with("community", to="com_x")), "wrong-contest"),
    "manifest with another state": (lambda: lied("manifest", result_with("state", to="provisional")), "state-differs"),
    "manifest with a key that is none": (lambda: lied("manifest", result_with("log_key", to="a+b+c")), "key-malformed"),
    "manifest with a member more": (lambda: lied("manifest", lambda told: told | {"more": 1}), "form"),
    # Wrong election.
    "result of another contest": (lambda: lied("result", result_with("contest", to="con_x")), "wrong-contest"),
    "opening of another contest": (lambda: lied("opened", result_with("contest", to="con_x")), "wrong-contest"),
    "close statement of another contest": (
        lambda: lied("close_text", lambda told: told.replace(CONTEST, "con_x")),
        "statement-text",
    ),
    "checkpoint of another log": (
        lambda: lied("checkpoint", lambda _: checkpoint(len(ENTRIES), ROOT, replace(LOG, name="a"), "a")),
        "log-origin",
    ),
    "contest.json of another bundle": (
        lambda: without_keys(contest_dot_json=OTHER.files()["contest.json"].replace(b"opt_a", b"opt_z")),
        "contest-differs",
    ),
    # Events.
    "event dropped by somebody without keys": (lambda: repacked(log_of([*ENTRIES[:-2], ENTRIES[-1]])), "log-size"),
    "event dropped by the service": (lambda: lied("after_close", lambda events: events[1:]), "event-missing"),
    "close dropped": (lambda: lied("before_close", lambda events: events[:-1]), "event-missing"),
    "opening dropped": (lambda: lied("before_close", lambda events: events[1:]), "event-missing"),
    "event inserted": (lambda: lied("after_close", lambda events: [events[0], *events]), "event-inserted"),
    "second close": (lambda: lied("before_close", lambda events: [*events, events[-1]]), "event-inserted"),
    "recount without a challenge": (lambda: Story(ending=("recounted",)).bundle(), "event-inserted"),
    "correction without certification": (lambda: Story(ending=("corrected",)).bundle(), "event-missing"),
    "certified while challenged": (lambda: Story(ending=("challenged", "certified")).bundle(), "event-missing"),
    "events reordered": (lambda: lied("after_close", lambda events: events[::-1]), "event-order"),
    "annulled and then certified": (lambda: Story(ending=("annulled", "certified")).bundle(), "event-order"),
    "counted before the close": (
        lambda: lied("entries", lambda entries: swapped(entries, -2, -3)),
        "event-order",
    ),
    "commitment behind the close": (
        lambda: lied("before_close", lambda events: swapped(events, -1, -2)),
        "commitment-late",
    ),
    "commitment before the opening": (
        lambda: lied("before_close", lambda events: swapped(events, 0, 1)),
        "commitment-late",
    ),
    "event of an unknown type": (
        lambda: lied("after_close", lambda e: [*e, {"type": "forgotten", "at": "2026-03-20T08:00:00Z"}]),
        "form",
    ),
    "event with a member more": (lambda: lied("closed", lambda event: event | {"more": True}), "form"),
    "certification of another result": (
        lambda: lied("after_close", lambda e: [*e[:-1], e[-1] | {"result": "0" * 64}]),
        "result-chain",
    ),
    "opening that contradicts itself": (lambda: lied("opened", result_with("k", to=9)), "terms"),
    "rule nobody knows": (lambda: lied("opened", result_with("rules", "thershold", to=1)), "terms"),
    # Lot.
    "lot after opening": (
        lambda: Story(late_seed="27182818284590452353", lot={"drawn": "before_opening", "seed": "1" * 20}).bundle(),
        "lot-after-opening",
    ),
    "short dice": (lambda: Story(lot={"drawn": "before_opening", "seed": "123"}).bundle(), "lot-form"),
    "seed changed before the opening": (
        lambda: tied("result", result_with("rounds", 0, "ties", 0, "order", to=lambda o: o[::-1])),
        "lot-changed",
    ),
    "seed changed after the close": (
        lambda: tied("after_close", lambda e: [e[0] | {"seed": OTHER_DICE}, *e[1:]], **LATE),
        "lot-changed",
    ),
    "a lot where no dice were drawn": (
        lambda: tied("opened", lambda o: o | {"lot": {"drawn": "after_close"}}),
        "lot-none",
    ),
    "no dice for a lot": (lambda: lied("opened", result_with("lot", to={"drawn": "none"})), "terms"),
    # Log and checkpoint.
    "size + 1": (lambda: lied("checkpoint", lambda _: checkpoint(len(ENTRIES) + 1, ROOT)), "log-size"),
    "size - 1": (lambda: lied("checkpoint", lambda _: checkpoint(len(ENTRIES) - 1, ROOT)), "log-size"),
    "stale checkpoint": (
        lambda: lied("checkpoint", lambda _: checkpoint(9, merkle_root(ENTRIES[:9]))),
        "checkpoint-stale",
    ),
    "checkpoint with another root": (
        lambda: lied("checkpoint", lambda _: checkpoint(len(ENTRIES), bytes(32))),
        "log-root",
    ),
    "checkpoint unsigned": (
        lambda: lied("checkpoint", lambda _: note(lines(ORIGIN, str(len(ENTRIES)), b64encode(ROOT).decode()))),
        "log-unsigned",
    ),
    "checkpoint signed wrongly": (
        lambda: lied("checkpoint", lambda told: told.replace(b"\n24\n", b"\n23\n")),
        "signature-wrong",
    ),
    "checkpoint that is no note": (lambda: lied("checkpoint", lambda told: told[:-1]), "note-malformed"),
    "leaf swapped": (
        lambda: without_keys(
            log__tile__entries__000_dot_p__24=log_of(swapped(ENTRIES, 2, 3))["log/tile/entries/000.p/24"]
        ),
        "log-leaf",
    ),
    "leaf swapped in entries and tiles": (lambda: repacked(log_of(swapped(ENTRIES, 2, 3))), "log-root"),
    "node swapped": (
        lambda: lied("files", lambda f: f | {"log/tile/1/000.p/3": f["log/tile/1/000.p/3"][::-1]}, voters=1000),
        "log-tile",
    ),
    "tile missing": (lambda: lied("files", lambda f: without(f, "log/tile/0/000.p/24")), "log-tiles"),
    "tile of no level": (lambda: lied("files", lambda f: f | {"log/tile/1/000.p/1": bytes(32)}), "log-tiles"),
    "entries cut": (
        lambda: lied("files", lambda f: changed(f, "log/tile/entries/000.p/24", to=lambda c: c[:-1])),
        "log-entries",
    ),
    "unsorted batch": (lambda: lied("commitments", lambda c: swapped(c, 4, 5)), "batch-unsorted"),
    "two batches where there is one": (
        lambda: lied("before_close", lambda e: [e[0], *e[2:7], e[1], *e[7:]], changed_key=True),
        "batch-unsorted",
    ),
    "a cadence in the order of casting": (
        lambda: lied(
            "commitments", lambda c: [x.commitment for x in Story(voters=400).casts], voters=400, cadence=86400
        ),
        "batch-unsorted",
    ),
    # Roll and participation.
    "another roll": (lambda: without_keys(**json_file("roll/root.json", "roll", to="rol_x")), "roll-differs"),
    "participation bit changed": (
        lambda: lied(
            "files", lambda f: changed(f, "roll/participation.bits", to=lambda b: bytes([b[0] ^ 128]) + b[1:])
        ),
        "roll-hash",
    ),
    "participation longer": (lambda: lied("bits", lambda b: b + b"\0"), "roll-bits"),
    "participation with a bit for nobody": (lambda: lied("bits", lambda b: b[:-1] + bytes([b[-1] | 1])), "roll-bits"),
    "checked off + 1": (
        lambda: lied("closed", result_with("participation", "checked", to=lambda n: n + 1)),
        "roll-checked",
    ),
    "more ballots than check-offs": (lambda: lied("bits", lambda b: bytes([b[0] & 0]) + b[1:]), "roll-ballots"),
    # Commitments.
    "commitments + 1": (lambda: lied("closed", result_with("commitments", to=21)), "commitments-count"),
    "commitments - 1": (lambda: lied("closed", result_with("commitments", to=19)), "commitments-count"),
    "ballot without a commitment": (
        lambda: Story(hooks={"commitments": lambda c: c[1:], "closed": result_with("commitments", to=19)}).bundle(),
        "commitments-few",
    ),
    "commitment without a ballot": (
        lambda: Story(
            hooks={
                "commitments": lambda c: sorted([*c, bytes(32)]),
                "closed": result_with("commitments", to=21),
            }
        ).bundle(),
        "commitments-few",
    ),
    "online + 1": (lambda: lied("closed", result_with("paper", to=1)), "box-sum"),
    # The box.
    "ballot changed": (lambda: box_of(line_of('[["opt_a"]]'), *BOX[1:]), "box-root"),
    "ballot removed": (lambda: box_of(*BOX[1:]), "box-fewer"),
    "ballot added": (lambda: box_of(*BOX, BOX[0][:-66] + b"f" * 64 + b'"}'), "box-more"),
    "ballot duplicated": (lambda: box_of(BOX[0], *BOX), "box-duplicate"),
    "ballots in another order": (lambda: box_of(*swapped(BOX, 3, 4)), "box-order"),
    "ballots duplicated by the service": (lambda: lied("box", lambda b: BOX[0] + b"\n" + b), "box-duplicate"),
    "older ballot in place of a newer, without keys": (
        lambda: box_of(BOX[0].replace(b'"seq":0', b'"seq":1'), *BOX[1:]),
        "box-root",
    ),
    "float rank": (lambda: box_of(line_of("[[1.0]]"), *BOX[1:]), "json-float"),
    "whitespace": (lambda: box_of(line_of('[["opt_a"], ["opt_b"]]'), *BOX[1:]), "json-spelling"),
    "NFD text": (lambda: box_of(line_of(unicodedata.normalize("NFD", '[["é"]]')), *BOX[1:]), "json-text"),
    "null rank": (lambda: box_of(line_of("[null]"), *BOX[1:]), "json-null"),
    "number for an option": (lambda: box_of(line_of("[[1]]"), *BOX[1:]), "form"),
    "huge number": (lambda: box_of(line_of("[[9007199254740992]]"), *BOX[1:]), "json-number"),
    "deep nesting": (lambda: box_of(line_of("[" * 70 + "]" * 70), *BOX[1:]), "json-depth"),
    "member twice": (lambda: box_of(BOX[0][:-1] + b',"seq":0}', *BOX[1:]), "json-duplicate"),
    "member more": (lambda: box_of(b'{"at":1,' + BOX[0][1:], *BOX[1:]), "box-line"),
    "huge seq": (lambda: box_of(BOX[0].replace(b'"seq":0', b'"seq":9007199254740992'), *BOX[1:]), "box-line"),
    "no JSON": (lambda: box_of(b"{", *BOX[1:]), "json-malformed"),
    "last line without its end": (lambda: cut_box(), "form"),
    # Legality, by the service.
    "unknown option": (lambda: lied("box", lambda b: b.replace(b"opt_a", b"opt_z")), "ballot-option"),
    "option twice": (lambda: rows((("opt_a",), ("opt_a",))), "ballot-repeated"),
    "option twice at one rank": (lambda: rows((("opt_a", "opt_a"),), as_marked=True), "ballot-repeated"),
    "too many ranks": (lambda: rows((("opt_a",), ("opt_b",)), method="plurality"), "ballot-ranks"),
    "too many grades": (
        lambda: lied("box", lambda b: b.replace(b'"ranking":[', b'"ranking":[[],[],[],[],[],[],', 1), method="score"),
        "ballot-ranks",
    ),
    "overvote": (lambda: rows((("opt_a", "opt_b"),)), "ballot-marks"),
    "unknown marks": (lambda: rows((("__OVERVOTE__",),)), "ballot-option"),
    "skipped rank": (lambda: rows(((), ("opt_a",))), "ballot-blank"),
    "empty last grade": (lambda: rows((("opt_a",), ()), method="score"), "ballot-blank"),
    "options of a rank out of order": (lambda: rows((("opt_b", "opt_a"),), method="approval"), "ballot-order"),
    # Paper.
    "one paper signature": (
        lambda: Story(batches=[replace(PAPER[0], signers=OFFICIALS[:1])]).bundle(),
        "paper-signatures",
    ),
    "paper signed twice by one": (
        lambda: Story(batches=[replace(PAPER[0], signers=(OFFICIALS[0], OFFICIALS[0]))]).bundle(),
        "paper-signatures",
    ),
    "paper signed by strangers": (
        lambda: Story(batches=[replace(PAPER[0], signers=OFFICIALS[3:])]).bundle(),
        "paper-signatures",
    ),
    "another paper batch signed": (lambda: batch_with(note=PAPER[1].event(2)["note"]), "paper-text"),
    "paper that does not add up": (lambda: batch_with(spoiled=0), "paper-sum"),
    "paper batches not counted from 1": (lambda: batch_with(number=3), "paper-number"),
    "paper batch hidden": (
        lambda: member_with("paper/batches.json", "batches", to=lambda b: b[:1], batches=PAPER),
        "paper-differs",
    ),
    "paper batch dropped": (lambda: lied("paper_events", lambda e: e[:1], batches=PAPER), "paper-total"),
    "paper batch changed": (
        lambda: member_with("paper/batches.json", "batches", 0, "spoiled", to=2, batches=PAPER),
        "paper-differs",
    ),
    "salt where there is no box": (
        lambda: member_with(
            "paper/batches.json", "batches", 0, to=lambda b: b | {"salt": "0" * 64}, batches=PAPER, mode="patterns"
        ),
        "paper-salt",
    ),
    "salt hidden": (
        lambda: member_with("paper/batches.json", "batches", 0, to=lambda b: without(b, "salt"), batches=PAPER),
        "paper-salt",
    ),
    "paper ballot replaced": (
        lambda: lied(
            "rows",
            lambda told: [(s, q, (("opt_d",),) if s == PAPER[0].slot(1).hex() else r) for s, q, r in told],
            batches=PAPER,
        ),
        "paper-hash",
    ),
    "paper ballot in another slot": (
        lambda: lied(
            "rows",
            lambda told: sorted((s, q, r) if s != PAPER[0].slot(1).hex() else ("0" * 64, q, r) for s, q, r in told),
            batches=PAPER,
        ),
        "paper-slot",
    ),
    "paper ballot with a seq": (
        lambda: lied(
            "rows", lambda told: [(s, int(s == PAPER[0].slot(1).hex()), r) for s, _, r in told], batches=PAPER
        ),
        "paper-slot",
    ),
    # Result and recount.
    "result changed without keys": (
        lambda: without_keys(**json_file("result.json", "winners", to=["opt_z"])),
        "result-hash",
    ),
    "winner swapped": (
        lambda: lied("result", result_with("winners", to=lambda w: ["opt_a" if w != ["opt_a"] else "opt_b"])),
        "result-winners",
    ),
    "round + 1": (lambda: lied("result", result_with("rounds", to=lambda r: [*r, r[-1]])), "result-rounds"),
    "round - 1": (lambda: lied("result", result_with("rounds", to=lambda r: r[:-1])), "result-rounds"),
    "votes + 1": (
        lambda: lied("result", result_with("rounds", 0, "tallies", "opt_a", to=lambda v: v + 1)),
        "result-round",
    ),
    "votes - 1": (
        lambda: lied("result", result_with("rounds", 0, "tallies", "opt_a", to=lambda v: v - 1)),
        "result-round",
    ),
    "tie hidden": (lambda: tied("result", result_with("rounds", 0, to=lambda r: without(r, "ties"))), "result-ties"),
    "tie invented": (
        lambda: lied(
            "result",
            result_with("rounds", 0, "ties", to=[{"round": 1, "how": "order"}])
            if "ties" in HONEST.result["rounds"][0]
            else result_with("rounds", 0, to=lambda r: r | {"ties": [{"how": "order"}]}),
        ),
        "result-ties",
    ),
    "outcome changed": (lambda: lied("result", result_with("outcome", to="seats_left")), "result-member"),
    "turnout + 1": (lambda: lied("result", result_with("turnout", "cast", to=21)), "result-turnout"),
    "floor missed": (lambda: Story(floor="99/100").bundle(), "result-floor"),
    "floor called missed": (
        lambda: lied("result", result_with("turnout", "floor_met", to=False), floor="1/2"),
        "result-turnout",
    ),
    "result hash of nothing": (lambda: lied("result_hash", lambda _: "0" * 64), "result-hash"),
    "sums that do not add up, without ballots": (
        lambda: lied("result", result_with("rounds", 0, "tallies", "opt_a", to=lambda v: v + 1), mode="restricted"),
        "result-sums",
    ),
    "ballots that do not add up, without ballots": (
        lambda: lied("result", result_with("undervotes", to=3), mode="restricted"),
        "result-sums",
    ),
    "member more in a round": (
        lambda: lied("result", result_with("rounds", 0, to=lambda r: r | {"note": "x"})),
        "form",
    ),
    # Officials.
    "k - 1 signatures": (lambda: Story(signing=OFFICIALS[:1]).bundle(), "signatures-few"),
    "the same key under two names": (
        lambda: Story(officials=(OFFICIALS[0], TWIN, OFFICIALS[2]), signing=(OFFICIALS[0], TWIN)).bundle(),
        "signatures-same-key",
    ),
    "a signature of somebody else": (lambda: Story(signing=(OFFICIALS[0], OFFICIALS[4])).bundle(), "signatures-few"),
    "a signature of another text": (
        lambda: file_with("result.note", lambda told: told[: told.index(b"\xe2")] + OFFICIALS[0].line("x\n").encode()),
        "signature-wrong",
    ),
    "close statement of another box": (
        lambda: lied("close_text", lambda told: told.replace("box 20", "box 19")),
        "statement-text",
    ),
    "result statement of another result": (
        lambda: lied("result_text", lambda told: told.replace("result ", "result 0")),
        "statement-text",
    ),
    "certification without signatures": (
        lambda: lied(
            "certified_notes", lambda n: n | {"close_note": n["close_note"][: n["close_note"].index("\u2014")]}
        ),
        "signatures-few",
    ),
    "certification of another close": (
        lambda: lied("certified_notes", lambda n: n | {"close_note": n["result_note"]}),
        "certified-text",
    ),
    "key changed by nobody": (
        lambda: lied("key_change", lambda e: e | {"note": e["note"][: e["note"].index("\u2014")]}, changed_key=True),
        "key-change-signatures",
    ),
    "key changed from another": (
        lambda: lied("key_change", lambda e: e | {"old_key": OFFICIALS[3].key}, changed_key=True),
        "key-change",
    ),
    "signed with a key that was changed": (lambda: Story(changed_key=True).bundle(), "signatures-few"),
    # Derived files.
    "patterns changed": (
        lambda: file_with("patterns.csv", lambda told: told.replace(b"\n1,", b"\n2,", 1)),
        "patterns-differ",
    ),
    "patterns unsorted": (
        lambda: file_with("patterns.csv", lambda told: b"\n".join(swapped(told.split(b"\n"), 1, 2))),
        "patterns-form",
    ),
    "patterns without a header": (lambda: file_with("patterns.csv", lambda told: told[14:]), "patterns-form"),
    "patterns empty": (lambda: file_with("patterns.csv", lambda told: b""), "patterns-form"),
    "patterns of nobody": (lambda: file_with("patterns.csv", lambda told: told + b"0,opt_d\n"), "patterns-form"),
    "patterns + 1 without a box": (
        lambda: file_with("patterns.csv", lambda told: told.replace(b"\n1,", b"\n2,", 1), mode="patterns"),
        "patterns-sum",
    ),
    "unknown option in the patterns": (
        lambda: file_with("patterns.csv", lambda told: told.replace(b"opt_d", b"opt_z"), mode="patterns"),
        "ballot-option",
    ),
    "privacy embellished": (lambda: member_with("privacy.json", "unique_patterns", to=0), "privacy-figures"),
    "privacy with other thresholds": (lambda: member_with("privacy.json", "thresholds", "sub_group", to=1), "form"),
    "stale explanation": (
        lambda: file_with("explanation.txt", lambda told: told.replace(b"result ", b"result 0")),
        "explanation-stale",
    ),
    "explanation in one language": (lambda: file_with("explanation.txt", lambda told: told[:-41]), "explanation-form"),
    "stale chart": (
        lambda: file_with("rounds.svg", lambda told: told.replace(b'result="', b'result="0')),
        "rounds-stale",
    ),
    "chart that is none": (lambda: file_with("rounds.svg", lambda told: b"<html></html>"), "rounds-stale"),
    **{
        f"stale {name}": (
            lambda name=name, old=old, new=new: file_with(f"export/{name}", lambda told: told.replace(old, new, 1)),
            "export-differs",
        )  # type: ignore[misc]
        for name, old, new in (
            ("ballots.blt", b"\n1 ", b"\n2 "),
            ("ballots.csv", b"\n1,", b"\n2,"),
            ("cvr-cdf.json", b'selection-1", "Rank": 1', b'selection-2", "Rank": 1'),
            ("results-cdf.json", b'"BallotsCast": 20', b'"BallotsCast": 21'),
        )
    },
    "malformed ballots.blt": (
        lambda: file_with("export/ballots.blt", lambda told: told.replace(b"\n0\n", b"\n")),
        "export-form",
    ),
    "malformed ballots.csv": (lambda: file_with("export/ballots.csv", lambda told: told + b"1,2\n"), "export-form"),
    "malformed cvr-cdf.json": (lambda: file_with("export/cvr-cdf.json", lambda told: told + b"{}\n"), "export-form"),
    "malformed results-cdf.json": (
        lambda: file_with("export/results-cdf.json", lambda told: told.replace(b"BallotsCast", b"Ballots")),
        "export-form",
    ),
    "missing export": (lambda: lied("files", lambda f: without(f, "export/ballots.blt")), "file-missing"),
    "export that must not be": (
        lambda: lied("files", lambda f: f | {"export/ballots.csv": b"ballots,opt_a\n"}, mode="restricted"),
        "file-extra",
    ),
    "box where there must be none": (
        lambda: lied("files", lambda f: f | {"box/cvr.ndjson": FILES["box/cvr.ndjson"]}, mode="patterns"),
        "file-extra",
    ),
    "open schema": (
        lambda: file_with(
            "schema/result.json",
            lambda told: told.replace(b'"additionalProperties":false', b'"additionalProperties":true', 1),
        ),
        "schema-form",
    ),
    "schema of another dialect": (
        lambda: file_with("schema/result.json", lambda told: told.replace(b"2020-12", b"2019-09")),
        "schema-form",
    ),
    "schema missing": (lambda: lied("files", lambda f: without(f, "schema/event.json")), "file-missing"),
}


def cut_box() -> bytes:
    return without_keys(box__cvr_dot_ndjson=FILES["box/cvr.ndjson"][:-1])


TWIN = Signer("official-2", "official 1")
WITHOUT_KEYS = {"manifest-text", "manifest-unsigned"}


@pytest.mark.parametrize("row", TABLE)
def test_a_lie_fails_with_its_own_code(row: str) -> None:
    make, code = TABLE[row]
    assert code in codes(make())


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    for table in (verify.CHECKS, verify.FAULTS, verify.GAPS):
        assert all(len(sentences) == 2 and all(sentences) for sentences in table.values())


def test_somebody_without_keys_never_gets_past_the_manifest() -> None:
    assert codes(repacked(FILES | {"privacy.json": b"{}"})) & WITHOUT_KEYS


# --- what only an anchor or a voter finds out ----------------------------------------------------------------------------


def failing(found: list[verify.Finding]) -> set[str]:
    return {one.code for one in found if one.outcome == "failed"}


def anchored(data: bytes, **known: Any) -> set[str]:
    return failing(findings(data, replace(verify.Anchor(), **known)))


def kept(told: str) -> verify.Checkpoint:
    return verify.checkpoint_of(told.encode(), "test")


def test_a_log_that_was_replaced_does_not_continue_a_kept_checkpoint() -> None:
    assert anchored(DATA, checkpoint=kept(OTHER.kept_checkpoint(9))) == {"checkpoint-kept"}


def test_every_kept_checkpoint_of_the_log_is_continued() -> None:
    for size in range(len(ENTRIES) + 1):
        assert anchored(DATA, checkpoint=kept(HONEST.kept_checkpoint(size))) == set()


def test_a_bundle_older_than_a_kept_checkpoint_is_named() -> None:
    newer = kept(checkpoint(99, bytes(32)).decode())
    assert anchored(DATA, checkpoint=newer) == {"checkpoint-newer"}


def test_a_kept_checkpoint_of_another_log_or_key_proves_nothing() -> None:
    stranger = kept(checkpoint(9, bytes(32), Signer("other.test", "x"), "other.test").decode())
    assert anchored(DATA, checkpoint=stranger) == {"checkpoint-foreign"}
    unsigned = kept(HONEST.kept_checkpoint(9)[: HONEST.kept_checkpoint(9).index("\u2014")])
    assert anchored(DATA, checkpoint=unsigned) == {"checkpoint-foreign"}


def test_another_log_key_than_the_known_one_is_named() -> None:
    known = verify.key_of(Signer(ORIGIN, "another").key, "test")
    assert "log-key-other" in anchored(DATA, log_key=known)
    assert "manifest-unsigned" in anchored(DATA, log_key=known)
    assert "log-unsigned" in anchored(DATA, log_key=known)


def test_an_official_whose_key_is_not_known_is_named() -> None:
    known = tuple(verify.key_of(one.key, "test") for one in OFFICIALS[1:])
    assert anchored(DATA, officials=known) == {"official-key-other"}
    changed_later = Story(changed_key=True, signing=(NEW_KEY, OFFICIALS[1])).bundle()
    assert anchored(changed_later, officials=tuple(verify.key_of(one.key, "") for one in OFFICIALS)) == {
        "official-key-other"
    }


def test_a_checkpoint_that_no_known_witness_cosigned_is_named() -> None:
    stranger = verify.key_of(Signer("witness.test", "another", 4).key, "test", verify.COSIGNATURE)
    assert anchored(DATA, witnesses=(stranger,)) == {"witness-missing"}


CAST = HONEST.casts[3]
OPENING = CAST.opening


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (lambda: {"receipt": "not a receipt"}, "receipt-form"),
        (lambda: {"receipt": "eyJ9.e30.AAAA"}, "receipt-form"),
        (lambda: {"receipt": CAST.receipt(contest="con_x")}, "receipt-contest"),
        (lambda: {"receipt": CAST.receipt(log="other.test")}, "receipt-contest"),
        (lambda: {"receipt": OTHER.casts[0].receipt()}, "receipt-not-in-log"),
        (lambda: {"receipt": CAST.receipt()[:-4] + "AAAA"}, "receipt-signature"),
        (lambda: {"receipt": CAST.receipt().replace(".", ".A", 1)}, "json-malformed"),
        (lambda: {"opening": OPENING | {"contest": "con_x"}}, "opening-contest"),
        (lambda: {"opening": OPENING | {"secret": OTHER.casts[0].opening["secret"]}}, "opening-slot"),
        (lambda: {"opening": OTHER.casts[0].opening}, "own-not-in-box"),
        (lambda: {"opening": OPENING | {"seq": 1}}, "own-older"),
        (lambda: {"opening": OPENING | {"nonce": OTHER.casts[0].opening["nonce"]}}, "own-not-in-log"),
        (lambda: {"opening": OPENING, "receipt": HONEST.casts[4].receipt()}, "own-changed"),
    ],
)
def test_a_voter_finds_out(wanted: Callable[[], dict[str, Any]], code: str) -> None:
    assert codes(DATA, **wanted()) == {code}


def test_a_voter_finds_out_that_an_older_ballot_was_counted() -> None:
    """Row "older seq restored": nobody else could."""
    newest = Story(**REVOTED).casts[20]
    data = restored()
    assert codes(data) == set()
    assert codes(data, opening=newest.opening) == {"own-older"}


def test_a_voter_with_the_opening_of_a_replaced_ballot_is_told_of_the_newer() -> None:
    story = Story(**REVOTED)
    assert codes(story.bundle(), opening=story.casts[0].opening) == {"own-newer"}


def test_a_voter_finds_out_that_the_ballot_was_changed() -> None:
    """By a service that changed it and signed everything."""
    slot = CAST.slot.hex()
    bent = lied("rows", lambda told: [(s, q, (("opt_d",),) if s == slot else r) for s, q, r in told])
    assert codes(bent) == set()
    assert codes(bent, opening=OPENING) == {"own-not-in-log"}
    assert codes(bent, opening=OPENING, receipt=CAST.receipt()) == {"own-changed"}
