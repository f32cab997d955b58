"""Tokens of an outside issuer, whose keys are served by a real HTTP server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwk as jose_jwk
from jose import jwt

from tests.access.conftest import NOW, sound
from voting.access import issuers
from voting.access.issuers import OutsideIssuers, check_address, parse_set
from voting.access.jwk import published
from voting.errors import Unauthenticated, Unavailable
from voting.settings import Settings, TrustedIssuer

NAME = "https://id.example"


@dataclass
class Server:
    """What the issuer answers, and how often it was asked."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_port}/jwks"
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode()


def rsa_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {**jose_jwk.construct(public, "RS256").to_dict(), "kid": kid, "use": "sig"}


def key_set(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


def a_token(key: rsa.RSAPrivateKey, kid: str = "k1", headers: dict[str, Any] | None = None, **changed: Any) -> str:
    claims = sound(iss=NAME, **changed)
    return jwt.encode(claims, pem(key), algorithm="RS256", headers={"kid": kid, **(headers or {})})


@pytest.fixture
def outside(server: Server, rsa_key: rsa.RSAPrivateKey) -> Iterator[OutsideIssuers]:
    server.body = key_set(rsa_jwk(rsa_key, "k1"))
    made = OutsideIssuers([TrustedIssuer(issuer=NAME, jwks_url=server.url)])
    yield made
    made.close()


def refused(outside: OutsideIssuers, token: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        outside.verify(token, NOW)
    return error.value.code


def test_a_token_of_a_trusted_issuer_names_its_subject(outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    claims = outside.verify(a_token(rsa_key), NOW)
    assert (claims.issuer, claims.subject, claims.community_id) == (NAME, "per_1", None)


def test_an_es256_key_of_the_set_verifies_too(server: Server, outside: OutsideIssuers) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = published(private.public_key())
    server.body = key_set({**public, "kid": "e1"})
    token = jwt.encode(sound(iss=NAME), pem(private), algorithm="ES256", headers={"kid": "e1"})
    assert outside.verify(token, NOW).subject == "per_1"


def test_an_issuer_that_is_not_trusted_is_never_asked(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey
) -> None:
    token = jwt.encode(sound(iss="https://evil.example"), pem(rsa_key), algorithm="RS256", headers={"kid": "k1"})
    assert refused(outside, token) == "token_invalid"
    assert server.asked == []


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_no_address_in_a_header_is_followed(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey, header: str
) -> None:
    token = a_token(rsa_key, headers={header: server.url + "-evil"})
    assert refused(outside, token) == "token_invalid"
    assert "/jwks-evil" not in server.asked


@pytest.mark.parametrize("headers", [{"crit": ["exp"]}, {"jwk": {}}, {"typ": "yishi-receipt+jwt"}, {"b64": False}])
def test_a_header_that_asks_for_more_is_refused(
    outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey, headers: dict[str, Any]
) -> None:
    assert refused(outside, a_token(rsa_key, headers=headers)) == "token_invalid"


@pytest.mark.parametrize("claim", ["aud", "sub", "jti", "iat", "nbf", "exp"])
def test_a_missing_claim_is_refused(outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey, claim: str) -> None:
    assert refused(outside, a_token(rsa_key, **{claim: None})) == "token_invalid"


def test_another_audience_is_refused(outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    assert refused(outside, a_token(rsa_key, aud="another-service")) == "token_invalid"


def test_an_expired_token_is_told_so(outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    assert refused(outside, a_token(rsa_key, exp=int(NOW.timestamp()))) == "token_expired"


def test_a_token_without_kid_is_refused(outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    token = jwt.encode(sound(iss=NAME), pem(rsa_key), algorithm="RS256")
    assert refused(outside, token) == "token_invalid"


def test_a_token_of_another_key_under_a_known_name_is_refused(outside: OutsideIssuers) -> None:
    assert refused(outside, a_token(rsa.generate_private_key(65537, 2048))) == "token_invalid"


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "....", "\u00e9.\u00e9.\u00e9", "e30.e30.AA", "x" * 9000])
def test_what_is_no_token_is_refused_without_asking(server: Server, outside: OutsideIssuers, token: str) -> None:
    assert refused(outside, token) == "token_invalid"
    assert server.asked == []


def test_a_set_is_asked_for_once(server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    for _ in range(5):
        outside.verify(a_token(rsa_key), NOW)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [("", 600), ("max-age=120", 120), ("public, MAX-AGE=7200", 7200), ("max-age=1", 60), ("max-age=999999999", 86400)],
)
def test_a_set_is_kept_as_long_as_its_answer_says_within_limits(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey, cache_control: str, seconds: int
) -> None:
    server.headers["Cache-Control"] = cache_control
    token = a_token(rsa_key, exp=int(NOW.timestamp()) + 200_000)
    for later in (0, seconds - 1, seconds):
        outside.verify(token, NOW + timedelta(seconds=later))
    assert len(server.asked) == 2


def test_a_new_key_is_found_before_the_old_set_has_ended(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey
) -> None:
    outside.verify(a_token(rsa_key), NOW)
    server.body = key_set(rsa_jwk(rsa_key, "k2"))
    assert outside.verify(a_token(rsa_key, "k2"), NOW + timedelta(seconds=31)).subject == "per_1"


def test_an_unknown_key_is_asked_for_at_most_once_in_half_a_minute(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey
) -> None:
    for number in range(20):
        assert refused(outside, a_token(rsa_key, f"unknown-{number}")) == "token_invalid"
    assert len(server.asked) == 1


def test_a_silent_issuer_is_left_alone_for_a_while(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey
) -> None:
    server.status = 503
    for _ in range(5):
        with pytest.raises(Unavailable, match="issuer_unreachable"):
            outside.verify(a_token(rsa_key), NOW)
    assert len(server.asked) == 1
    server.status = 200
    assert outside.verify(a_token(rsa_key), NOW + timedelta(seconds=10)).subject == "per_1"


def test_the_last_set_of_a_silent_issuer_serves_for_a_day(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey
) -> None:
    token = a_token(rsa_key, exp=int(NOW.timestamp()) + 200_000)
    outside.verify(token, NOW)
    server.status = 500
    assert outside.verify(token, NOW + timedelta(hours=23)).subject == "per_1"
    with pytest.raises(Unavailable):
        outside.verify(token, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[],"keys":[]}',
        b"\xff",
        b" " * 70_000,
        b'{"keys":[' + b"{}," * 64 + b"{}]}",
    ],
)
def test_a_set_of_another_form_is_no_set(
    server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey, body: bytes
) -> None:
    server.body = body
    with pytest.raises(Unavailable):
        outside.verify(a_token(rsa_key), NOW)


def test_a_redirect_is_not_followed(server: Server, outside: OutsideIssuers, rsa_key: rsa.RSAPrivateKey) -> None:
    server.status, server.headers["Location"] = 302, server.url + "-moved"
    with pytest.raises(Unavailable):
        outside.verify(a_token(rsa_key), NOW)
    assert server.asked == ["/jwks"]


def test_a_server_that_is_not_there_is_unavailable(rsa_key: rsa.RSAPrivateKey) -> None:
    absent = OutsideIssuers([TrustedIssuer(issuer=NAME, jwks_url="http://127.0.0.1:9/jwks")])
    with pytest.raises(Unavailable):
        absent.verify(a_token(rsa_key), NOW)
    absent.close()


def test_a_name_that_two_keys_claim_is_nobodys(rsa_key: rsa.RSAPrivateKey) -> None:
    other = rsa_jwk(rsa.generate_private_key(65537, 2048), "k1")
    assert parse_set(key_set(rsa_jwk(rsa_key, "k1"), other, rsa_jwk(rsa_key, "k1"))) == {}


@pytest.mark.parametrize(
    "member",
    [
        7,
        {},
        {"kty": "oct", "k": "AAAA", "kid": "k", "alg": "HS256"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2, "kid": "k"},
        {"kty": ["RSA"], "kid": "k"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43, "kid": "k"},
        {"kty": "RSA", "key_ops": 7, "kid": "k"},
    ],
)
def test_an_unfit_key_is_passed_over_and_the_others_stay(rsa_key: rsa.RSAPrivateKey, member: Any) -> None:
    assert set(parse_set(key_set(member, rsa_jwk(rsa_key, "k1")))) == {"k1"}


@pytest.mark.parametrize(
    "url", ["http://id.example/jwks", "ftp://127.0.0.1/jwks", "file:///etc/passwd", "http://127.0.0.1.example/", "jwks"]
)
def test_keys_come_over_https_or_from_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="expected https"):
        check_address(url)


@pytest.mark.parametrize(
    "url", ["https://id.example/jwks", "http://127.0.0.1:9/", "http://[::1]/", "http://localhost/"]
)
def test_an_address_that_is_fit_is_taken(url: str) -> None:
    check_address(url)


def test_calls_out_believe_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with issuers.calls_out() as client:
        assert not client.trust_env
        assert not client.follow_redirects


def test_the_trusted_issuers_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YISHI_ISSUERS", '[{"issuer": "https://id.example", "jwks_url": "https://id.example/jwks"}]')
    assert Settings().issuers == [TrustedIssuer(issuer=NAME, jwks_url="https://id.example/jwks", audience="yishi")]
