"""A token proves who asks, or nothing. One test per trap of the library underneath, then the purposes and the clock."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwt

from tests.access.conftest import NOW, Forge, sound
from voting.access import compact
from voting.access.jwk import UnfitKey
from voting.access.tokens import ACCESS, RECEIPT, Issuer, SigningKey, VerifyKey
from voting.errors import Unauthenticated

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""


def header(issuer: Issuer, **changed: Any) -> bytes:
    merged = {"alg": "ES256", "kid": issuer.kid, "typ": ACCESS} | changed
    return compact.written({name: value for name, value in merged.items() if value is not None})


def refused(issuer: Issuer, token: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        issuer.verify_access(token, NOW)
    return error.value.code


def test_a_token_of_ours_says_who_bears_it(issuer: Issuer) -> None:
    claims = issuer.verify_access(issuer.issue_access("per_1", "com_1", NOW), NOW)
    assert (claims.subject, claims.community_id, claims.issuer) == ("per_1", "com_1", "https://vote.example")


def test_a_forged_header_and_payload_like_ours_are_accepted(issuer: Issuer, forge: Forge) -> None:
    # The proof that every refusal below is for its own reason and not for the way the tests sign.
    assert issuer.verify_access(forge(header(issuer), compact.written(sound())), NOW).subject == "per_1"


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "com", "jti", "iat", "nbf", "exp"])
def test_a_missing_claim_is_refused(issuer: Issuer, forge: Forge, claim: str) -> None:
    assert refused(issuer, forge(header(issuer), compact.written(sound(**{claim: None})))) == "token_invalid"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "elsewhere"},
        {"aud": []},
        {"aud": ["elsewhere"]},
        {"aud": ["yishi", 1]},
        {"aud": {"yishi": 1}},
        {"iss": "https://vote.example/"},
        {"iss": ["https://vote.example"]},
        {"sub": ""},
        {"sub": 7},
        {"sub": "per_1\u0000"},
        {"sub": "p" * 256},
        {"sub": "\ud800"},
        {"com": ["com_1"]},
        {"jti": 1},
        {"exp": "9999999999"},
        {"exp": 9999999999.5},
        {"exp": True},
        {"exp": 10**30},
        {"exp": -1},
        {"nbf": int(NOW.timestamp()) + 61},
        {"iat": int(NOW.timestamp()) + 61},
    ],
)
def test_a_claim_of_another_value_or_type_is_refused(issuer: Issuer, forge: Forge, changed: dict[str, Any]) -> None:
    assert refused(issuer, forge(header(issuer), compact.written(sound(**changed)))) == "token_invalid"


def test_an_audience_may_be_one_of_several(issuer: Issuer, forge: Forge) -> None:
    token = forge(header(issuer), compact.written(sound(aud=["other", "yishi"])))
    assert issuer.verify_access(token, NOW).subject == "per_1"


@pytest.mark.parametrize(
    "changed",
    [
        {"kid": "another"},
        {"kid": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": "es256"},
        {"alg": None},
        {"typ": None},
        {"typ": "JWT"},
        {"typ": RECEIPT},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"jku": "https://vote.example/jwks"},
        {"jwk": {"kty": "EC"}},
        {"x5u": "https://vote.example/x5u"},
        {"extra": 1},
    ],
)
def test_another_header_is_refused_even_with_our_signature(
    issuer: Issuer, forge: Forge, changed: dict[str, Any]
) -> None:
    assert refused(issuer, forge(header(issuer, **changed), compact.written(sound()))) == "token_invalid"


def test_a_header_with_other_spaces_is_refused(issuer: Issuer, forge: Forge) -> None:
    spaced = json.dumps(json.loads(header(issuer))).encode()
    assert refused(issuer, forge(spaced, compact.written(sound()))) == "token_invalid"


def test_an_unsigned_token_is_refused(issuer: Issuer) -> None:
    text = f"{compact.base64url(header(issuer))}.{compact.base64url(compact.written(sound()))}."
    assert refused(issuer, text) == "token_invalid"


@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
def test_our_public_key_is_no_hmac_secret(
    issuer: Issuer, private: ec.EllipticCurvePrivateKey, encoding: serialization.Encoding
) -> None:
    secret = private.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = f"{compact.base64url(header(issuer, alg='HS256'))}.{compact.base64url(compact.written(sound()))}"
    forged = compact.base64url(hmac.digest(secret, text.encode(), hashlib.sha256))
    assert refused(issuer, f"{text}.{forged}") == "token_invalid"


def test_an_empty_hmac_key_proves_nothing(issuer: Issuer) -> None:
    assert refused(issuer, jwt.encode(sound(), "", algorithm="HS256", headers={"kid": issuer.kid})) == "token_invalid"


@pytest.mark.parametrize("algorithm", ["HS256", "ES384", "PS256", "RS256", "none", ""])
def test_a_key_verifies_one_asymmetric_algorithm_only(private: ec.EllipticCurvePrivateKey, algorithm: str) -> None:
    with pytest.raises(UnfitKey):
        VerifyKey.of(private.public_key(), algorithm, "k")


def test_a_signing_key_of_another_curve_is_refused() -> None:
    with pytest.raises(UnfitKey, match="P-256"):
        SigningKey(ec.generate_private_key(ec.SECP384R1()))


def test_a_member_that_stands_twice_is_refused(issuer: Issuer, forge: Forge) -> None:
    twice = compact.written(sound())[:-1] + b',"sub":"per_2"}'
    assert refused(issuer, forge(header(issuer), twice)) == "token_invalid"


def test_a_nested_member_that_stands_twice_is_refused(issuer: Issuer, forge: Forge) -> None:
    twice = compact.written(sound())[:-1] + b',"x":{"a":1,"a":2}}'
    assert refused(issuer, forge(header(issuer), twice)) == "token_invalid"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff{}",
        b"\xef\xbb\xbf{}",
        b'{"exp":NaN}',
        b'{"exp":Infinity}',
        b"[" * 5000,
    ],
)
def test_a_signed_payload_that_is_no_object_is_refused(issuer: Issuer, forge: Forge, payload: bytes) -> None:
    assert refused(issuer, forge(header(issuer), payload)) == "token_invalid"


def test_a_payload_in_utf_16_is_refused(issuer: Issuer, forge: Forge) -> None:
    assert refused(issuer, forge(header(issuer), json.dumps(sound()).encode("utf-16"))) == "token_invalid"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t + "=",
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t.replace(".", ". ", 1),
        lambda t: t.replace(".", ".=", 1),
        lambda t: t + ".",
        lambda t: t + ".AAAA",
        lambda t: t.rpartition(".")[0],
        lambda t: t.replace("_", "/").replace("-", "+") + "+",
        lambda t: t.rpartition(".")[0] + ".\u00e9",
        lambda t: t.rpartition(".")[0] + ".AAAA",
        lambda t: "",
        lambda t: "..",
        lambda t: t + "A" * 9000,
    ],
)
def test_loose_base64_or_another_number_of_parts_is_refused(issuer: Issuer, spoil: Any) -> None:
    assert refused(issuer, spoil(issuer.issue_access("per_1", "com_1", NOW))) == "token_invalid"


def test_bits_left_over_in_the_last_character_are_refused(issuer: Issuer) -> None:
    token = issuer.issue_access("per_1", "com_1", NOW)
    # 64 bytes fill 85 characters and 2 bits of the 86th: the other 4 bits must be 0.
    assert token[-1] in "AQgw"
    assert refused(issuer, token[:-1] + chr(ord(token[-1]) + 1)) == "token_invalid"


@pytest.mark.parametrize("part", [1, 2])
def test_a_changed_character_is_refused(issuer: Issuer, part: int) -> None:
    pieces = issuer.issue_access("per_1", "com_1", NOW).split(".")
    pieces[part] = ("B" if pieces[part][0] != "B" else "C") + pieces[part][1:]
    assert refused(issuer, ".".join(pieces)) == "token_invalid"


def test_a_token_of_another_key_is_refused(issuer: Issuer) -> None:
    other = Issuer(
        [SigningKey(ec.generate_private_key(ec.SECP256R1()))],
        name=issuer.name,
        audience=issuer.audience,
        lifetime=issuer.lifetime,
    )
    assert refused(issuer, other.issue_access("per_1", "com_1", NOW)) == "token_invalid"


def test_a_replaced_key_still_verifies_what_it_signed(issuer: Issuer, private: ec.EllipticCurvePrivateKey) -> None:
    newer = SigningKey(ec.generate_private_key(ec.SECP256R1()))
    both = Issuer([newer, SigningKey(private)], name=issuer.name, audience="yishi", lifetime=issuer.lifetime)
    assert both.kid == newer.kid
    assert both.verify_access(issuer.issue_access("per_1", "com_1", NOW), NOW).subject == "per_1"


def test_the_other_signature_of_a_token_has_the_same_identity(issuer: Issuer) -> None:
    text, _, proof = issuer.issue_access("per_1", "com_1", NOW).rpartition(".")
    raw = compact.unbase64(proof)
    mirrored = raw[:32] + (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    twin = f"{text}.{compact.base64url(mirrored)}"
    assert twin != f"{text}.{proof}"
    assert issuer.verify_access(twin, NOW).identity == issuer.verify_access(f"{text}.{proof}", NOW).identity


def test_two_tokens_of_one_person_have_different_identities(issuer: Issuer) -> None:
    first, second = (issuer.verify_access(issuer.issue_access("per_1", "com_1", NOW), NOW) for _ in range(2))
    assert first.identity != second.identity


def test_a_token_ends_with_its_last_second(issuer: Issuer) -> None:
    token = issuer.issue_access("per_1", "com_1", NOW)
    last = NOW.replace(microsecond=0) + timedelta(hours=1)
    assert issuer.verify_access(token, last - timedelta(microseconds=1)).expires_at == last
    with pytest.raises(Unauthenticated) as error:
        issuer.verify_access(token, last)
    assert error.value.code == "token_expired"


def test_an_expired_token_of_a_stranger_is_only_invalid(issuer: Issuer, forge: Forge) -> None:
    token = forge(header(issuer), compact.written(sound(exp=1)))
    assert refused(issuer, token) == "token_expired"
    assert refused(issuer, token[:-4] + "AAAA") == "token_invalid"


def test_the_clocks_of_two_machines_may_differ_by_a_minute(issuer: Issuer) -> None:
    token = issuer.issue_access("per_1", "com_1", NOW + timedelta(seconds=60))
    assert issuer.verify_access(token, NOW).subject == "per_1"


def test_a_receipt_is_no_bearer_token(issuer: Issuer) -> None:
    assert refused(issuer, issuer.issue_receipt(sound())) == "token_invalid"


def test_a_bearer_token_is_no_receipt(issuer: Issuer) -> None:
    with pytest.raises(Unauthenticated, match="receipt_invalid"):
        issuer.verify_receipt(issuer.issue_access("per_1", "com_1", NOW))


def test_a_receipt_gives_back_its_claims(issuer: Issuer) -> None:
    claims = {"contest": "con_1", "commitment": "c", "integrate_by": "2026-03-01T12:01:00Z"}
    assert issuer.verify_receipt(issuer.issue_receipt(claims)) == claims


def test_the_same_receipt_is_the_same_bytes(issuer: Issuer, private: ec.EllipticCurvePrivateKey) -> None:
    restarted = Issuer([SigningKey(private)], name=issuer.name, audience="yishi", lifetime=issuer.lifetime)
    assert issuer.issue_receipt({"a": 1, "b": "二"}) == restarted.issue_receipt({"b": "二", "a": 1})


def test_a_signature_is_deterministic_as_rfc_6979_says() -> None:
    # RFC 6979, A.2.5 gives the key; its nonce for these bytes is computed here by section 3.2, step by step.
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    private = ec.derive_private_key(secret, ec.SECP256R1())
    text, _, proof = SigningKey(private).sign({"a": 1}, RECEIPT).rpartition(".")
    digest = hashlib.sha256(text.encode()).digest()
    nonce = rfc_6979_nonce(secret, digest)
    r = ec.derive_private_key(nonce, ec.SECP256R1()).public_key().public_numbers().x % ORDER
    s = pow(nonce, -1, ORDER) * (int.from_bytes(digest, "big") + r * secret) % ORDER
    assert compact.unbase64(proof) == r.to_bytes(32, "big") + s.to_bytes(32, "big")


def rfc_6979_nonce(secret: int, digest: bytes) -> int:
    """Section 3.2, for a group order of 256 bits and SHA-256."""
    reduced = (int.from_bytes(digest, "big") % ORDER).to_bytes(32, "big")
    seed, v, k = secret.to_bytes(32, "big") + reduced, b"\x01" * 32, b"\x00" * 32
    for mark in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + mark + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    v = hmac.digest(k, v, "sha256")
    return int.from_bytes(v, "big")


def test_the_nonce_of_this_test_is_that_of_the_published_example() -> None:
    digest = hashlib.sha256(b"sample").digest()
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    assert rfc_6979_nonce(secret, digest) == 0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60


def test_another_library_reads_our_tokens_with_our_published_key(issuer: Issuer) -> None:
    token = issuer.issue_access("per_1", "com_1", NOW)
    claims = jwt.decode(
        token, issuer.jwks, algorithms=["ES256"], audience="yishi", options={"verify_exp": False, "verify_nbf": False}
    )
    assert claims["com"] == "com_1"
