"""Checkpoints, cosignatures and `.tlog-proof` files: each is what was signed, or refused with its own code."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.core.evidence import checkpoints, cosignatures, merkle, notes, proofs
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import Note, Signer
from voting.core.evidence.proofs import LogProof
from voting.errors import Invalid

ENTRIES = [b"opened", b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, b"closed"]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRIES]
ORIGIN = "yishi.example/contests/con_1"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESSES = [
    cosignatures.witness(f"witness.example/{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (2, 3)
]
KEYS = [witness.key for witness in WITNESSES]
CHECKPOINT = Checkpoint(ORIGIN, len(HASHES), merkle.root_of_hashes(HASHES))
NOTE = CHECKPOINT.signed(LOG)


def code_of(error: pytest.ExceptionInfo[Invalid]) -> str:
    return error.value.faults[0].code


def proof(index: int, note: Note = NOTE, extra: bytes | None = None) -> LogProof:
    return LogProof(index, merkle.inclusion(HASHES, index), note.data, extra)


def cosigned(*signers: Signer, at: int = 1_700_000_000) -> Note:
    return cosignatures.with_cosignatures(NOTE, [cosignatures.cosign(CHECKPOINT, signer, at) for signer in signers])


def test_a_checkpoint_comes_back_from_its_note() -> None:
    assert checkpoints.opened(NOTE.data, LOG.key) == (CHECKPOINT, NOTE)


def test_the_empty_log_has_the_root_of_no_bytes() -> None:
    empty = Checkpoint(ORIGIN, 0, merkle.EMPTY)
    assert checkpoints.parse_text(empty.text) == empty


TEXTS = {
    "no origin": CHECKPOINT.text.replace(ORIGIN, ""),
    "a leading zero": CHECKPOINT.text.replace("\n5\n", "\n05\n"),
    "a sign": CHECKPOINT.text.replace("\n5\n", "\n+5\n"),
    "a short root": f"{ORIGIN}\n5\nAAAA\n",
    "loose base64": CHECKPOINT.text.replace("=\n", "\n"),
    "an extension line": CHECKPOINT.text + "more\n",
    "no last line feed": CHECKPOINT.text[:-1],
    "an empty log with a root": CHECKPOINT.text.replace("\n5\n", "\n0\n"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        checkpoints.parse_text(text)
    assert code_of(refused) == "checkpoint_malformed"


def test_a_checkpoint_signed_by_another_log_is_refused() -> None:
    other = Signer("yishi.example/contests/con_2", LOG.private)
    with pytest.raises(Invalid) as refused:
        checkpoints.opened(Note(CHECKPOINT.text, (other.sign(CHECKPOINT.text),)).data, LOG.key)
    assert code_of(refused) == "checkpoint_unsigned"


def test_a_checkpoint_of_another_origin_is_refused_though_the_key_signed_it() -> None:
    stranger = Checkpoint("yishi.example/contests/con_2", CHECKPOINT.size, CHECKPOINT.root)
    with pytest.raises(Invalid) as refused:
        checkpoints.opened(Note(stranger.text, (LOG.sign(stranger.text),)).data, LOG.key)
    assert code_of(refused) == "checkpoint_unsigned"


@pytest.mark.parametrize("index", range(len(ENTRIES)))
def test_a_proof_verifies_as_written_and_as_read(index: int) -> None:
    read = proofs.parse(proof(index).text.encode())
    assert read == proof(index)
    assert read.verified(ENTRIES[index], LOG.key) == CHECKPOINT


def test_extra_data_comes_back() -> None:
    assert proofs.parse(proof(1, extra=b"any\nbytes").text.encode()).extra == b"any\nbytes"


def test_a_proof_for_another_entry_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        proof(1).verified(ENTRIES[2], LOG.key)
    assert code_of(refused) == "inclusion_unproven"


def test_enough_witnesses_are_enough() -> None:
    assert proof(1, cosigned(*WITNESSES)).verified(ENTRIES[1], LOG.key, KEYS, needed=2) == CHECKPOINT


def test_one_witness_does_not_stand_for_two() -> None:
    twice = cosignatures.witness("second.name", WITNESSES[0].private)
    with pytest.raises(Invalid) as refused:
        proof(1, cosigned(WITNESSES[0], twice)).verified(ENTRIES[1], LOG.key, [KEYS[0], twice.key], needed=2)
    assert code_of(refused) == "witnesses_missing"


def test_a_cosignature_names_its_witness() -> None:
    made = cosignatures.cosign(CHECKPOINT, WITNESSES[1], 1_700_000_000)
    assert cosignatures.valid(CHECKPOINT, made, KEYS) == KEYS[1]
    assert cosignatures.valid(Checkpoint(ORIGIN, 4, CHECKPOINT.root), made, KEYS) is None


def test_a_key_of_a_log_is_no_witness() -> None:
    with pytest.raises(Invalid):
        cosignatures.parse_key(LOG.key.text)
    assert cosignatures.parse_key(KEYS[0].text) == KEYS[0]


TEXT = proof(1, extra=b"x").text
MALFORMED = {
    "nothing": "",
    "another header": TEXT.replace("@v1", "@v2"),
    "no index": TEXT.replace("index 1\n", ""),
    "a leading zero": TEXT.replace("index 1", "index 01"),
    "extra behind the index": TEXT.replace("extra eA==\nindex 1\n", "index 1\nextra eA==\n"),
    "a short hash": TEXT.replace("index 1\n", "index 1\nAAAA\n"),
    "loose base64": TEXT.replace("eA==", "eB=="),
    "no empty line": TEXT.replace("\n\n", "\n"),
    "too many hashes": TEXT.replace("index 1\n", "index 1\n" + "A" * 43 + "=\n" * 64),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        proofs.parse(text.encode())
    assert code_of(refused) == "proof_malformed"


def test_a_proof_with_a_malformed_checkpoint_is_refused() -> None:
    with pytest.raises(Invalid):
        proofs.parse(TEXT.replace("\n5\n", "\n05\n").encode())
    assert notes.parse(NOTE.data).text == CHECKPOINT.text
