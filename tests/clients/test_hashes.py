"""The client's hashes agree with the service's, and with digests worked out by hand."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.python import hashes
from voting.core.evidence import hashes as service

CONTEST = "con_0123456789abcdefghjkmnpqrs"
MARKS = st.lists(st.lists(st.text("abcdefgh_0123456789", min_size=1, max_size=30), max_size=3), max_size=5)
BYTES_32 = st.binary(min_size=32, max_size=32)


def test_a_slot_is_the_hash_of_purpose_contest_zero_byte_and_secret() -> None:
    expected = sha256(b"yishi/1/slot\n" + CONTEST.encode() + b"\x00" + b"\x07" * 32).digest()
    assert hashes.slot(CONTEST, b"\x07" * 32) == expected


def test_a_ballot_hash_is_over_the_canonical_json() -> None:
    content = b'{"contest":"con_1","ranking":[["opt_b"],["opt_a","opt_c"]]}'
    expected = sha256(b"yishi/1/ballot\n" + content).digest()
    assert hashes.ballot("con_1", [["opt_b"], ["opt_a", "opt_c"]]) == expected


def test_a_commitment_holds_seq_in_eight_bytes_big_endian() -> None:
    content = b"n" * 32 + b"s" * 32 + b"\x00\x00\x00\x00\x00\x00\x01\x02" + b"b" * 32
    assert hashes.commitment(b"n" * 32, b"s" * 32, 258, b"b" * 32) == sha256(b"yishi/1/cast\n" + content).digest()


@given(secret=BYTES_32, nonce=BYTES_32, seq=st.integers(0, 2**53), ranking=MARKS)
def test_client_and_service_compute_the_same_commitment(
    secret: bytes, nonce: bytes, seq: int, ranking: list[list[str]]
) -> None:
    slot = hashes.slot(CONTEST, secret)
    mine = hashes.commitment(nonce, slot, seq, hashes.ballot(CONTEST, ranking))
    theirs_slot = service.slot(CONTEST, secret)
    assert mine == service.commitment(nonce, theirs_slot, seq, service.ballot(CONTEST, ranking))


@pytest.mark.parametrize("document", [1.5, None, 3, {"键": "v"}, ["e\u0301"]])
def test_canonical_refuses_what_a_ballot_never_holds(document: object) -> None:
    with pytest.raises(TypeError):
        hashes.canonical(document)


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "+/8", "A A"])
def test_base64_in_another_form_than_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        hashes.decode(text)


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        hashes.slot(CONTEST, b"short")
