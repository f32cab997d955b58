"""Public keys as JSON Web Keys: which of them may verify a token, and how ours are published.

Source: RFC 7517, RFC 7518 §6, RFC 7638 (thumbprint). Accepted are P-256 for ES256 and RSA of 2048 to 8192 bits for
RS256, meant for signatures; a modulus with the ROCA fingerprint (CVE-2017-15361) is refused, for its factors can be found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from voting.access.compact import Malformed, base64url, unbase64, written

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_ROCA_PRIMES = tuple(n for n in range(3, 168) if all(n % divisor for divisor in range(2, n)))
_GENERATOR = 65537


class UnfitKey(ValueError):
    """A key that may not verify anything here."""


def public_key(jwk: Mapping[str, Any]) -> tuple[PublicKey, str]:
    """The key and its one algorithm (ES256 or RS256). Raises UnfitKey."""
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise UnfitKey("the key is not for signatures")
    kind = jwk.get("kty")
    algorithm = {"EC": "ES256", "RSA": "RS256"}.get(kind) if isinstance(kind, str) else None
    if algorithm is None or jwk.get("alg", algorithm) != algorithm:
        raise UnfitKey(f"expected EC for ES256 or RSA for RS256, got {kind!r} for {jwk.get('alg')!r}")
    return (_p256(jwk) if algorithm == "ES256" else _rsa(jwk)), algorithm


def _number(jwk: Mapping[str, Any], member: str, width: int | None = None) -> int:
    text = jwk.get(member)
    if not isinstance(text, str):
        raise UnfitKey(f"expected base64url in {member!r}")
    try:
        raw = unbase64(text)
    except Malformed as error:
        raise UnfitKey(f"expected base64url in {member!r}") from error
    if width is not None and len(raw) != width:
        raise UnfitKey(f"expected {width} bytes in {member!r}, got {len(raw)}")
    return int.from_bytes(raw, "big")


def _p256(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if jwk.get("crv") != "P-256":
        raise UnfitKey(f"expected the curve P-256, got {jwk.get('crv')!r}")
    try:
        return ec.EllipticCurvePublicNumbers(_number(jwk, "x", 32), _number(jwk, "y", 32), ec.SECP256R1()).public_key()
    except ValueError as error:
        raise UnfitKey("the point is not on the curve P-256") from error


def _rsa(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    modulus, exponent = _number(jwk, "n"), _number(jwk, "e")
    if not 2048 <= modulus.bit_length() <= 8192:
        raise UnfitKey(f"expected RSA of 2048 to 8192 bits, got {modulus.bit_length()}")
    if exponent < 65537 or exponent % 2 == 0 or exponent.bit_length() > 64:
        raise UnfitKey("expected an odd public exponent from 65537")
    if has_roca_fingerprint(modulus):
        raise UnfitKey("a modulus with the ROCA fingerprint")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise UnfitKey("not an RSA key") from error


def has_roca_fingerprint(modulus: int) -> bool:
    """Whether the modulus is a power of 65537 modulo every small prime, as the weak generator left it."""
    return all(modulus % prime in _powers(prime) for prime in _ROCA_PRIMES)


def _powers(prime: int) -> set[int]:
    found, power = set(), 1
    while power not in found:
        found.add(power)
        power = power * _GENERATOR % prime
    return found


def published(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Our key as a JWK, named by its thumbprint."""
    numbers = key.public_numbers()
    point = {"crv": "P-256", "kty": "EC"}
    point |= {name: base64url(value.to_bytes(32, "big")) for name, value in (("x", numbers.x), ("y", numbers.y))}
    thumbprint = base64url(hashlib.sha256(written(point)).digest())
    return {**point, "alg": "ES256", "kid": thumbprint, "use": "sig"}
