"""Signed tokens: access tokens and receipts, made and verified. The only module that imports python-jose.

Source: RFC 7515, RFC 7519, RFC 8725 (best practices), RFC 6979 (deterministic ECDSA). python-jose is handed nothing but a
prebuilt key of one algorithm and the exact bytes that were signed; its token parsing, claim checks, key parsing, HMAC
and JWE are never used. Each purpose has its own `typ`, so that a receipt is never a bearer token. Claims
are judged at the `now` they are given, with a minute of leeway between the clocks of two machines for `nbf` and `iat`.

ECDSA signatures can be changed into another valid one of the same payload: what names a token is the hash of its
payload (`AccessClaims.identity`), never its text.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jose.backends.cryptography_backend import CryptographyECKey, CryptographyRSAKey

from voting.access import compact, jwk
from voting.errors import Unauthenticated

ACCESS: Final = "yishi-access+jwt"
RECEIPT: Final = "yishi-receipt+jwt"
OUTSIDE_TYPES: Final = frozenset({None, "JWT", "at+jwt", "application/at+jwt"})
"""What an outside issuer may write as `typ` (RFC 7519 §5.1, RFC 9068 §2.1)."""
LEEWAY: Final = 60
"""Seconds that two clocks may differ."""
_IGNORED_HEADERS = frozenset({"x5t", "x5t#S256"})
_LAST_SECOND = 253402300799
_MAX_TEXT = 255


class Refused(Exception):
    """A token that proves nothing. Why is for tests and logs; the caller learns only that it was refused."""


class Expired(Refused):
    """Signed as it should be, but no longer valid."""


class _DeterministicKey(CryptographyECKey):
    """A private key whose signature of the same bytes is the same bytes (RFC 6979)."""

    _scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def sign(self, msg: bytes) -> bytes:
        """64 bytes: r and s."""
        r, s = decode_dss_signature(self.prepared_key.sign(msg, self._scheme))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class _Verifies(Protocol):
    """What is used of a key of python-jose."""

    def verify(self, msg: bytes, sig: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key bound to the one algorithm it may verify and to the `kid` it is known by."""

    kid: str | None
    algorithm: str
    key: _Verifies

    @classmethod
    def of(cls, public: jwk.PublicKey, algorithm: str, kid: str | None) -> VerifyKey:
        """Bind a key. Raises UnfitKey unless it is P-256 for ES256 or RSA for RS256."""
        if algorithm == "ES256" and isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name == "secp256r1":
            return cls(kid, algorithm, CryptographyECKey(public, algorithm))
        if algorithm == "RS256" and not isinstance(public, ec.EllipticCurvePublicKey):
            return cls(kid, algorithm, CryptographyRSAKey(public, algorithm))
        raise jwk.UnfitKey(f"this key cannot verify {algorithm}")

    @classmethod
    def from_jwk(cls, members: Mapping[str, Any]) -> VerifyKey:
        """The key of a JWK. Raises UnfitKey."""
        kid = members.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise jwk.UnfitKey("expected text in 'kid'")
        return cls.of(*jwk.public_key(members), kid)


class SigningKey:
    """An ES256 private key, its public half and the exact header of each purpose."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        if private.curve.name != "secp256r1":
            raise jwk.UnfitKey(f"expected a P-256 key, got {private.curve.name}")
        self.public_jwk = jwk.published(private.public_key())
        self.kid = self.public_jwk["kid"]
        self.verifier = VerifyKey.of(private.public_key(), "ES256", self.kid)
        self._key = _DeterministicKey(private, "ES256")
        self._heads: dict[str, str] = {}
        self._scalar = private.private_numbers().private_value.to_bytes(32, "big")

    def secret(self, purpose: str) -> bytes:
        """32 bytes that follow from this key for one purpose and tell nothing of it."""
        return hashlib.sha256(f"yishi/1/key-{purpose}\n".encode("ascii") + self._scalar).digest()

    def head(self, purpose: str) -> str:
        """The one header a token of this key and purpose has, encoded."""
        return compact.base64url(compact.written({"alg": "ES256", "kid": self.kid, "typ": purpose}))

    def sign(self, claims: Mapping[str, Any], purpose: str) -> str:
        """A compact JWS; the same claims are the same text."""
        # Written here and not by the library, which spends as long on the form as on the signature.
        head = self._heads.get(purpose) or self._heads.setdefault(purpose, self.head(purpose))
        signed = f"{head}.{compact.base64url(compact.written(dict(claims)))}"
        return f"{signed}.{compact.base64url(self._key.sign(signed.encode('ascii')))}"


def verified(token: str, key: VerifyKey) -> bytes:
    """The payload, when the signature is the key's. The caller has checked the header. Raises Refused."""
    try:
        header, payload, signature = compact.parts(token)
        compact.unbase64(header)
        raw, proof = compact.unbase64(payload), compact.unbase64(signature)
    except compact.Malformed as error:
        raise Refused(str(error)) from error
    if not key.key.verify(f"{header}.{payload}".encode("ascii"), proof):
        raise Refused("the signature does not fit")
    return raw


def header_of(token: str) -> dict[str, Any]:
    """The header of a token nobody has verified yet, to choose among OUR keys. Raises Refused."""
    try:
        return compact.parse(compact.unbase64(compact.parts(token)[0]))
    except compact.Malformed as error:
        raise Refused(str(error)) from error


def check_header(header: Mapping[str, Any], key: VerifyKey, types: frozenset[str | None]) -> None:
    """Refuse a header that names another algorithm, key or type, or that asks for anything more (`crit`, `jku`, `b64` …)."""
    if header.get("alg") != key.algorithm or header.get("kid") != key.kid:
        raise Refused("another algorithm or key than the header's")
    kind = header.get("typ")
    if not (kind is None or isinstance(kind, str)) or kind not in types:
        raise Refused("a token of another type")
    if set(header) - {"alg", "kid", "typ"} - _IGNORED_HEADERS:
        raise Refused("a header with members that are not understood")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says. `community_id` is empty in the tokens of outside issuers."""

    subject: str
    community_id: str | None
    issuer: str
    jti: str
    expires_at: datetime
    identity: bytes
    """SHA-256 of the payload."""


def judged(payload: bytes, issuer: str, audience: str, now: datetime) -> tuple[AccessClaims, dict[str, Any]]:
    """The claims of a verified payload at the instant `now`. Raises Refused, Expired."""
    try:
        claims = compact.parse(payload)
    except compact.Malformed as error:
        raise Refused(str(error)) from error
    if claims.get("iss") != issuer:
        raise Refused("another issuer")
    if not _names(claims.get("aud"), audience):
        raise Refused("another audience")
    subject, jti = _text(claims, "sub"), _text(claims, "jti")
    issued, from_, until = (_seconds(claims, name) for name in ("iat", "nbf", "exp"))
    at = now.timestamp()
    if at >= until:
        raise Expired("expired")
    if max(issued, from_) > at + LEEWAY:
        raise Refused("from the future")
    expires_at = datetime.fromtimestamp(until, UTC)
    return AccessClaims(subject, None, issuer, jti, expires_at, hashlib.sha256(payload).digest()), claims


def _names(audiences: object, audience: str) -> bool:
    if isinstance(audiences, list):
        return all(isinstance(one, str) for one in audiences) and audience in audiences
    return audiences == audience


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT or not (value.isascii() and value.isprintable()):
        raise Refused(f"expected {name!r} as up to {_MAX_TEXT} printable ASCII characters")
    return value


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= _LAST_SECOND:
        raise Refused(f"expected {name!r} as whole seconds since 1970")
    return value


class Issuer:
    """The embedded issuer. The first key signs; all of them verify, so that a key can be replaced without a break."""

    def __init__(self, keys: Sequence[SigningKey], *, name: str, audience: str, lifetime: timedelta) -> None:
        self.name = name
        self.audience = audience
        self.lifetime = lifetime
        self._signer = keys[0]
        self._access = {key.head(ACCESS): key.verifier for key in keys}
        self._receipt = {key.head(RECEIPT): key.verifier for key in keys}
        self.jwks: dict[str, list[dict[str, str]]] = {"keys": [key.public_jwk for key in keys]}

    @property
    def kid(self) -> str:
        """The key that signs now."""
        return self._signer.kid

    def secret(self, purpose: str) -> bytes:
        """A secret of this service for one purpose, the same in all its processes."""
        return self._signer.secret(purpose)

    def issue_access(self, person_id: str, community_id: str, now: datetime) -> str:
        """A bearer token of a person, valid from now for the lifetime of this issuer."""
        at = int(now.timestamp())
        claims = {
            "iss": self.name,
            "aud": self.audience,
            "sub": person_id,
            "com": community_id,
            "iat": at,
            "nbf": at,
            "exp": at + int(self.lifetime.total_seconds()),
            "jti": secrets.token_urlsafe(16),
        }
        return self._signer.sign(claims, ACCESS)

    def verify_access(self, token: str, now: datetime) -> AccessClaims:
        """Who the bearer is. Raises Unauthenticated: `token_expired` for a token of ours, `token_invalid` for all else."""
        try:
            payload = self._opened(token, self._access)
            found, claims = judged(payload, self.name, self.audience, now)
            community = _text(claims, "com")
        except Expired as error:
            raise Unauthenticated("token_expired") from error
        except Refused as error:
            raise Unauthenticated("token_invalid") from error
        return AccessClaims(found.subject, community, found.issuer, found.jti, found.expires_at, found.identity)

    def issue_receipt(self, claims: Mapping[str, Any]) -> str:
        """A receipt; the same claims give the same text."""
        return self._signer.sign(claims, RECEIPT)

    def verify_receipt(self, token: str) -> dict[str, Any]:
        """The claims of a receipt of ours. Raises Unauthenticated `receipt_invalid`."""
        try:
            return compact.parse(self._opened(token, self._receipt))
        except (Refused, compact.Malformed) as error:
            raise Unauthenticated("receipt_invalid") from error

    def issued(self, token: str) -> bool:
        """Whether the header is exactly one of our access tokens'. It proves nothing yet."""
        return token.partition(".")[0] in self._access

    @staticmethod
    def _opened(token: str, heads: Mapping[str, VerifyKey]) -> bytes:
        key = heads.get(token.partition(".")[0])
        if key is None:
            raise Refused("not a header of ours")
        return verified(token, key)
