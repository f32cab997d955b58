"""The key of the logs and its settings: made once, kept to its owner, one secret under many names."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from voting.access.keys import new_pem
from voting.core.evidence import cosignatures, notes
from voting.log import keys
from voting.settings import Settings

WITNESS = cosignatures.witness("witness.example", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)).key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log-key.pem"
    first = keys.load(path).private_bytes_raw()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(path).private_bytes_raw() == first
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token-key.pem"
    path.write_bytes(new_pem())
    with pytest.raises(ValueError, match="Ed25519"):
        keys.load(path)


def test_the_key_and_the_guard_lie_beside_the_key_of_the_tokens(tmp_path: Path) -> None:
    settings = Settings(key_file=tmp_path / "token-key.pem")
    assert settings.log_key_file == tmp_path / "log-key.pem"
    assert settings.log_state_dir == tmp_path / "log-state"


@pytest.mark.parametrize("url", ["https://vote.example.org/", "https://vote.example.org"])
def test_a_log_is_named_by_the_public_address_without_scheme(tmp_path: Path, url: str) -> None:
    made = keys.of(Settings(key_file=tmp_path / "token-key.pem", public_url=url))
    assert made.origin("contest", "con_1") == "vote.example.org/contests/con_1"
    assert made.origin("community", "com_1") == "vote.example.org/communities/com_1"


def test_one_secret_has_another_verifier_key_under_each_name(tmp_path: Path) -> None:
    made = keys.of(Settings(key_file=tmp_path / "token-key.pem"))
    one, other = (made.signer(made.origin("contest", identifier)).key for identifier in ("con_1", "con_2"))
    assert (one.public, one.kind) == (other.public, notes.ED25519)
    assert one.id != other.id


def test_witnesses_are_keys_that_cosign(tmp_path: Path) -> None:
    assert Settings(witnesses=[WITNESS.text]).witnesses == [WITNESS.text]
    signing = notes.VerifierKey(WITNESS.name, notes.ED25519, WITNESS.public)
    for wrong in (signing.text, "witness.example", WITNESS.text + "="):
        with pytest.raises(ValidationError, match="0x04"):
            Settings(witnesses=[wrong])
