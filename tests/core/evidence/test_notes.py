"""Signed notes: what is signed is what is read, and everything malformed is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from voting.core.evidence import notes
from voting.core.evidence.notes import COSIGNATURE, Note, Signer
from voting.errors import Invalid

LOG = Signer("yishi.example/contests/con_1", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER = Signer("auditor.example", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
WITNESS = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32), COSIGNATURE)
TEXT = "close statement\n\nbox 3 停车\n"
SIGNED = Note(TEXT, (LOG.sign(TEXT), OTHER.sign(TEXT), WITNESS.sign(TEXT, 1_700_000_000)))


def code_of(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        notes.parse(data)
    return refused.value.faults[0].code


def test_a_note_comes_back_as_it_was_written() -> None:
    assert notes.parse(SIGNED.data) == SIGNED


def test_a_note_without_signatures_ends_after_its_empty_line() -> None:
    bare = Note(TEXT)
    assert bare.data.endswith(b"\n\n")
    assert notes.parse(bare.data) == bare


def test_every_key_that_signed_is_found_in_the_order_asked_for() -> None:
    assert SIGNED.signers([WITNESS.key, LOG.key, OTHER.key]) == (WITNESS.key, LOG.key, OTHER.key)


def test_a_signature_of_an_unknown_key_is_passed_over() -> None:
    assert SIGNED.signers([OTHER.key]) == (OTHER.key,)


def test_a_key_of_the_same_name_that_did_not_sign_is_not_found() -> None:
    stranger = Signer(LOG.name, OTHER.private)
    assert SIGNED.signers([stranger.key]) == ()


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    spoiled = Note(TEXT, (OTHER.sign(TEXT), LOG.sign(TEXT.upper())))
    assert spoiled.signers([OTHER.key, LOG.key]) == ()


def test_a_cosignature_says_when_and_covers_it() -> None:
    made = WITNESS.sign(TEXT, 1_700_000_000)
    later = notes.Signature(made.name, made.key_id, (1_700_000_001).to_bytes(8, "big") + made.blob[8:])
    assert made.signed_at == 1_700_000_000
    assert WITNESS.key.verifies(TEXT, made)
    assert not WITNESS.key.verifies(TEXT, later)


def test_one_secret_under_two_types_has_two_key_ids() -> None:
    assert Signer("a", LOG.private).key.id != Signer("a", LOG.private, COSIGNATURE).key.id


def test_a_plain_signature_is_no_cosignature() -> None:
    plain = Signer(WITNESS.name, WITNESS.private).sign(TEXT)
    relabelled = notes.Signature(WITNESS.name, WITNESS.key.id, plain.blob)
    assert not WITNESS.key.verifies(TEXT, relabelled)


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_a_verifier_key_comes_back_from_its_text(signer: Signer) -> None:
    assert notes.parse_key(signer.key.text) == signer.key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AQ==",
        LOG.key.text.upper(),
        LOG.key.text.replace("+", "+0", 1),
        LOG.key.text + "=",
        LOG.key.text.replace(LOG.key.id.hex(), "00000000"),
        Signer("a b", LOG.private).key.text,
        Signer("a+b", LOG.private).key.text,
        Signer("", LOG.private).key.text,
        Signer("a", LOG.private, 0x02).key.text,
    ],
)
def test_a_malformed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        notes.parse_key(text)


LINE = LOG.sign(TEXT).line.encode()
MALFORMED = {
    "nothing": b"",
    "no empty line": b"text\n",
    "no text": b"\n\n" + LINE,
    "no last line feed": SIGNED.data[:-1],
    "a control character": b"te\rxt\n\n" + LINE,
    "not UTF-8": b"\xff\n\n" + LINE,
    "a hyphen for the dash": b"text\n\n" + LINE.replace("—".encode(), b"-"),
    "no signature": b"text\n\n\xe2\x80\x94 name \n",
    "no name": b"text\n\n\xe2\x80\x94  AAAAAAAA\n",
    "two spaces": b"text\n\n" + LINE.replace(b" ", b"  "),
    "loose base64": b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
    "a key id alone": b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
    "too many signatures": b"text\n\n" + LINE * 65,
    "too large": b"x" * notes.LARGEST + b"\n\n" + LINE,
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_note_is_refused(data: bytes) -> None:
    assert code_of(data) == "note_malformed"


def test_sixteen_signatures_are_read() -> None:
    assert len(notes.parse(b"text\n\n" + LINE * 16).signatures) == 16


@given(st.data())
def test_a_flipped_bit_of_a_note_is_caught(data: st.DataObject) -> None:
    whole = Note(TEXT, (LOG.sign(TEXT),)).data
    place = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[place // 8] ^= 1 << place % 8
    try:
        found = notes.parse(bytes(flipped))
    except Invalid:
        return
    assert found.signers([LOG.key]) == ()


@given(st.binary(max_size=200))
def test_bytes_from_anywhere_are_a_note_or_refused(data: bytes) -> None:
    try:
        found = notes.parse(data)
    except Invalid:
        return
    assert found.data == data


def test_a_text_that_does_not_end_its_last_line_is_not_signed() -> None:
    with pytest.raises(ValueError, match="whole lines"):
        LOG.sign("text")
