"""The key file is made once, for its owner alone, however many processes start at the same moment."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.access.conftest import NOW
from voting.access import keys
from voting.settings import Settings


def pem(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_an_absent_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "key.pem"
    keys.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_file_is_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    assert keys.load(path)[0].kid == keys.load(path)[0].kid


def test_many_threads_agree_on_one_key_and_leave_no_draft(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: keys.load(tmp_path / "key.pem")[0].kid, range(32)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    program = "import sys, pathlib; from voting.access import keys; print(keys.load(pathlib.Path(sys.argv[1]))[0].kid)"
    running = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path / "key.pem"], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate()[0].strip() for process in running}) == 1


def test_the_first_key_of_a_file_signs_and_all_of_them_are_published(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(keys.new_pem() + b"# retired in March\n" + keys.new_pem())
    issuer = keys.embedded_issuer(Settings(key_file=path))
    assert [key["kid"] for key in issuer.jwks["keys"]] == [key.kid for key in keys.load(path)]
    assert issuer.kid == issuer.jwks["keys"][0]["kid"]


def test_the_published_keys_hold_nothing_private(tmp_path: Path) -> None:
    issuer = keys.embedded_issuer(Settings(key_file=tmp_path / "key.pem"))
    assert set(issuer.jwks["keys"][0]) == {"alg", "crv", "kid", "kty", "use", "x", "y"}


def test_a_token_outlives_a_restart(tmp_path: Path) -> None:
    settings = Settings(key_file=tmp_path / "key.pem")
    token = keys.embedded_issuer(settings).issue_access("per_1", "com_1", NOW)
    assert keys.embedded_issuer(settings).verify_access(token, NOW).subject == "per_1"


@pytest.mark.parametrize(
    "content",
    [b"", b"not a key", pem(rsa.generate_private_key(65537, 2048)), pem(ec.generate_private_key(ec.SECP384R1()))],
)
def test_a_file_of_anything_else_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"expected"):
        keys.load(path)
    assert path.read_bytes() == content
