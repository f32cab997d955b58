"""A voter's own check: everything holds for an honest bundle, and each way to be cheated fails by its own name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from clients.python import proofs
from clients.python.checks import Place, Report, check_bundle
from tests.clients.small_bundle import LOG, ORIGIN, RECEIPTS, VOTERS, Small, opening, receipt
from voting.core.evidence import merkle
from voting.core.evidence.events import Participation, SealedSet
from voting.core.evidence.notes import Note, Signer

SMALL, MINE = Small(), opening(2)
OTHER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))


def checked(small: Small = SMALL, **known: Any) -> Report:
    """The check of the third voter, who knows everything there is to know."""
    given = {"receipt": receipt(MINE), "elector": small.elector(2)} | known
    return check_bundle(small.file(), MINE, **given)


def failing(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.holds is False}


@pytest.mark.parametrize("number", range(VOTERS))
def test_every_voter_of_an_honest_bundle_finds_everything_in_order(number: int) -> None:
    mine = opening(number)
    report = check_bundle(SMALL.file(), mine, receipt(mine), elector=SMALL.elector(number))
    assert report.ok
    assert report.complete


def test_keys_from_elsewhere_are_said_to_anchor_the_report() -> None:
    assert not checked().anchored
    assert checked(log_key=LOG.key.text, receipt_keys=[RECEIPTS.public_jwk]).anchored


def test_what_was_not_given_is_missing_and_not_wrong() -> None:
    report = check_bundle(Small(public=False).file(), MINE)
    assert report.ok
    assert {f.code for f in report.findings if f.holds is None} == {"receipt", "box", "counted", "checked_off"}
    assert all(finding.sentence for finding in report.findings)


def test_a_ballot_in_a_box_that_is_withheld_is_found_by_its_place() -> None:
    report = checked(Small(public=False), ballot=SMALL.ballot(MINE))
    assert report.of("counted").holds is True
    assert report.of("box").holds is None


def test_another_log_key_than_the_one_that_is_known_fails() -> None:
    assert failing(checked(log_key=OTHER.key.text)) == {"manifest", "log"}
    assert failing(check_bundle(SMALL.file(signer=OTHER), MINE)) == {"manifest", "log"}


@pytest.mark.parametrize(
    ("small", "failed"),
    [
        (Small(openings=(*SMALL.openings[:2], *SMALL.openings[3:])), {"recorded", "counted"}),
        (Small(openings=(*SMALL.openings[:2], *SMALL.openings[3:]), recorded=SMALL.openings), {"counted"}),
        (Small(recorded=(*SMALL.openings[:2], *SMALL.openings[3:])), {"recorded"}),
        (Small(openings=(MINE.again(["opt_b"]), *SMALL.openings[3:]), recorded=SMALL.openings), {"counted"}),
        (
            Small(openings=(replace(MINE, ranking=(("opt_b",),)), *SMALL.openings[3:]), recorded=SMALL.openings),
            {"counted"},
        ),
        (Small(checked=frozenset({0, 1, 3, 4, 5})), {"checked_off"}),
        (Small(closed={"box": SealedSet(b"\x01" * 32, 5)}), {"box"}),
        (Small(closed={"participation": Participation(5, b"\x01" * 32)}), {"participation"}),
    ],
    ids=["dropped", "uncounted", "unrecorded", "replaced", "changed", "not-checked-off", "other-box", "other-bits"],
)
def test_each_way_to_be_cheated_fails_by_its_name(small: Small, failed: set[str]) -> None:
    report = checked(small)
    assert failing(report) == failed
    assert not report.ok


def test_a_place_that_is_not_ones_own_fails() -> None:
    assert failing(checked(elector=SMALL.elector(9))) == {"checked_off"}
    hidden = Small(public=False)
    assert failing(checked(hidden, ballot=SMALL.ballot(opening(3)))) == {"counted"}
    forged = Place(SMALL.ballot(MINE).leaf, 0, ())
    assert failing(checked(hidden, ballot=forged)) == {"counted"}


@pytest.mark.parametrize(
    "other",
    [receipt(opening(3)), receipt(MINE, log="yishi.test/contests/con_2"), receipt(MINE)[:-8] + "AAAAAAAA"],
    ids=["of another ballot", "of another log", "unsigned"],
)
def test_a_receipt_for_something_else_fails(other: str) -> None:
    assert failing(checked(receipt=other)) == {"receipt"}


def test_an_opening_of_another_contest_fails() -> None:
    mine = replace(MINE, contest_id="con_2")
    assert failing(check_bundle(SMALL.file(), mine)) == {"contest", "recorded", "counted"}


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip"])
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        check_bundle(io.BytesIO(content), MINE)


@pytest.mark.parametrize("path", ["box/cvr.ndjson", "log/tile/entries/000.p/7", "roll/participation.bits"])
def test_a_file_that_the_manifest_does_not_name_is_refused(path: str) -> None:
    with zipfile.ZipFile(SMALL.file()) as good:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as bad:
            for name in good.namelist():
                content = good.read(name)
                bad.writestr(name, content + b"\n" if name == path else content)
    with pytest.raises(ValueError, match=path):
        check_bundle(out, MINE)


@given(st.integers(1, 40), st.data())
def test_client_and_service_agree_on_trees_and_proofs(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(size)]
    tree = proofs.Tree()
    tree.extend(leaves)
    assert tree.root() == merkle.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion([merkle.leaf_hash(leaf) for leaf in leaves], index)
    assert proofs.is_included(leaves[index], index, size, path, tree.root())
    assert not proofs.is_included(b"x", index, size, path, tree.root())
    assert not proofs.is_included(leaves[index], index, size, (*path, b"\0" * 32), tree.root())


def test_a_note_is_read_only_where_its_key_signed_it() -> None:
    note = Note("text\n", (OTHER.sign("text\n"), LOG.sign("text\n")))
    # Both signers bear one name: the key decides.
    assert proofs.text_of_note(note.data, LOG.key.text) == "text\n"
    assert proofs.text_of_note(Note("text\n", (OTHER.sign("text\n"),)).data, LOG.key.text) is None
    assert proofs.text_of_note(Note("text\n", (LOG.sign("other\n"),)).data, LOG.key.text) is None
    with pytest.raises(ValueError, match="verifier key"):
        proofs.text_of_note(note.data, "name+00000000+AQ==")
