"""The published formulas, spelled out a second time with nothing but hashlib and json."""

from __future__ import annotations

import hashlib
import json

import pytest

from voting.core.evidence import hashes

SECRET = bytes(range(32))


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_a_slot_is_the_contest_and_the_secret() -> None:
    assert hashes.slot("con_1", SECRET) == sha(b"yishi/1/slot\ncon_1\x00" + SECRET)


def test_a_ballot_hash_is_its_canonical_json() -> None:
    told = json.dumps({"contest": "con_1", "ranking": [["b"], ["a", "c"]]}, separators=(",", ":")).encode()
    assert hashes.ballot("con_1", [("b",), ("a", "c")]) == sha(b"yishi/1/ballot\n" + told)


def test_a_commitment_binds_nonce_slot_seq_and_ballot() -> None:
    nonce, slot, ballot = b"n" * 32, b"s" * 32, b"b" * 32
    told = b"yishi/1/cast\n" + nonce + slot + b"\0\0\0\0\0\0\1\2" + ballot
    assert hashes.commitment(nonce, slot, 258, ballot) == sha(told)


def test_a_roll_leaf_is_the_salted_elector_and_unit() -> None:
    assert hashes.roll_leaf(SECRET, "per_1", "unt_1") == sha(b"yishi/1/roll\n" + SECRET + b"per_1\x00unt_1")


def test_an_elector_without_a_unit_has_an_empty_unit() -> None:
    assert hashes.roll_leaf(SECRET, "per_1", None) == sha(b"yishi/1/roll\n" + SECRET + b"per_1\x00")


def test_the_same_data_for_another_purpose_is_another_hash() -> None:
    assert hashes.digest("slot", b"x") != hashes.digest("cast", b"x")


def test_a_contest_id_cannot_run_into_the_secret() -> None:
    assert hashes.slot("con_1", b"2" + SECRET[1:]) != hashes.slot("con_12", SECRET)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"secret of 32 bytes, got {length}"):
        hashes.slot("con_1", b"x" * length)


def test_a_paper_slot_is_the_salt_the_batch_and_the_number() -> None:
    told = hashlib.sha256(b"yishi/1/paper\n" + b"s" * 32 + b"pap_1\x00\x00\x00\x01\x00").digest()
    assert hashes.paper_slot(b"s" * 32, "pap_1", 256) == told


def test_a_paper_batch_hashes_its_rankings_behind_a_salt() -> None:
    told = hashlib.sha256(b"yishi/1/paper-batch\n" + b"s" * 32 + b'[[["a"],["b"]],[]]').digest()
    assert hashes.paper_batch(b"s" * 32, [[["a"], ["b"]], []]) == told


def test_participation_hashes_its_bits() -> None:
    assert hashes.participation(b"\xa0") == hashlib.sha256(b"yishi/1/participation\n\xa0").digest()


def test_a_result_hashes_its_canonical_document() -> None:
    assert hashes.result({"b": 1, "a": "x"}) == hashlib.sha256(b'yishi/1/result\n{"a":"x","b":1}').digest()
