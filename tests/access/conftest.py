"""An issuer with a fresh key, the instant these tests happen at, and tokens of any bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from sqlalchemy import Engine
from sqlmodel import Session

from tests import databases
from tests.access import world
from tests.access.moment import NOW
from voting.access import compact
from voting.access.tokens import Issuer, SigningKey
from voting.store import engine_for, transact, writer

__all__ = ["NOW", "Forge", "sound"]

Forge = Callable[[bytes, bytes], str]


@pytest.fixture(scope="session")
def private() -> ec.EllipticCurvePrivateKey:
    """The issuer's own private key: what is signed with it is as trusted as can be."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def issuer(private: ec.EllipticCurvePrivateKey) -> Issuer:
    return Issuer([SigningKey(private)], name="https://vote.example", audience="yishi", lifetime=timedelta(hours=1))


@pytest.fixture(scope="session")
def forge(private: ec.EllipticCurvePrivateKey) -> Forge:
    """Sign any header and payload with the issuer's own key, past everything the issuer checks."""

    def signed(header: bytes, payload: bytes) -> str:
        text = f"{compact.base64url(header)}.{compact.base64url(payload)}"
        r, s = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{compact.base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    return signed


def sound(**changed: Any) -> dict[str, Any]:
    """The claims of a good token at NOW; a member changed to None is left out."""
    at = int(NOW.timestamp())
    claims = {"iss": "https://vote.example", "aud": "yishi", "sub": "per_1", "com": "com_1", "jti": "j1"}
    merged: dict[str, Any] = claims | {"iat": at, "nbf": at, "exp": at + 3600} | changed
    return {name: value for name, value in merged.items() if value is not None}


@pytest.fixture(scope="session", params=databases.KINDS)
def settled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database of each kind with the small world in it, for the tests that commit nothing."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            url = databases.fresh_sqlite(template, tmp_path_factory.mktemp("settled"))
        else:
            server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
            url = stack.enter_context(databases.fresh_postgres(server, template))
        made = engine_for(url)
        stack.callback(made.dispose)
        transact(made, world.settle)
        yield made


@pytest.fixture
def session(settled: Engine) -> Iterator[Session]:
    """A writing session in the small world; what the test writes is rolled back."""
    with writer(settled) as opened:
        yield opened
        opened.rollback()
