"""Outside issuers: their keys by JWKS over HTTP, and their tokens.

Source: RFC 7517 §5, RFC 8725 §3. Which issuers and where their keys lie is configuration; nothing in a token leads
anywhere (`jku` and `x5u` are refused with every other unknown header). The key is chosen by `kid` from the set we hold. A
set is kept for as long as its answer says, between one minute and one day; a `kid` that is not in it is asked for at most
once in half a minute; an issuer that does not answer is left alone for ten seconds, and its old set is used up to a day.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any

import httpx

from voting.access import compact, tokens
from voting.access.jwk import UnfitKey
from voting.access.tokens import AccessClaims, Expired, Refused, VerifyKey
from voting.errors import Unauthenticated, Unavailable
from voting.settings import TrustedIssuer

MAX_SET_BYTES = 65_536
MAX_KEYS = 64
SHORTEST = timedelta(minutes=1)
USUAL = timedelta(minutes=10)
LONGEST = timedelta(days=1)
ASK_AGAIN = timedelta(seconds=30)
LEAVE_ALONE = timedelta(seconds=10)
TIMEOUT = 5.0
"""Seconds to connect, and for each read."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")


class _Unreachable(Exception):
    """No usable key set at that address."""


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, VerifyKey]
    fetched_at: datetime
    fresh_until: datetime


def calls_out() -> httpx.Client:
    """A client that follows nothing, believes no environment and waits for nobody."""
    return httpx.Client(
        timeout=TIMEOUT, follow_redirects=False, trust_env=False, headers={"Accept": "application/json"}
    )


def check_address(url: str) -> None:
    """Raise ValueError unless the address is https, or http on this machine."""
    parsed = httpx.URL(url)
    if parsed.scheme == "https" or (parsed.scheme == "http" and _is_loopback(parsed.host)):
        return
    raise ValueError(f"expected https (or http on this machine) for a key set, got {url!r}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_set(body: bytes) -> dict[str, VerifyKey]:
    """The usable keys of a JWK Set by `kid`; a `kid` that two of them claim is nobody's. Raises Malformed."""
    members = compact.parse(body).get("keys")
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise compact.Malformed(f"expected up to {MAX_KEYS} keys in 'keys'")
    found: dict[str, VerifyKey] = {}
    claimed: set[str] = set()
    for member in members:
        key = _usable(member)
        if key is None or key.kid is None:
            continue
        if key.kid in claimed:
            found.pop(key.kid, None)
        else:
            found[key.kid] = key
        claimed.add(key.kid)
    return found


def _usable(member: Any) -> VerifyKey | None:
    try:
        return VerifyKey.from_jwk(member) if isinstance(member, dict) else None
    except UnfitKey:
        return None


@dataclass(slots=True)
class KeySource:
    """The key set of one issuer, fetched when it is needed. Safe to share between threads."""

    url: str
    client: httpx.Client
    _held: _KeySet | None = None
    _asked_at: datetime | None = None
    _failed_at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def find(self, kid: str, now: datetime) -> VerifyKey | None:
        """The key of that name, if the issuer has it. Raises Unavailable when there is no set to look in."""
        held = self._held
        if held and now < held.fresh_until and kid in held.keys:
            return held.keys[kid]
        with self._lock:
            self._refresh(kid, now)
            held = self._held
        if held is None or now >= held.fetched_at + LONGEST:
            raise Unavailable("issuer_unreachable", retry_after=int(LEAVE_ALONE.total_seconds()))
        return held.keys.get(kid)

    def _refresh(self, kid: str, now: datetime) -> None:
        if self._failed_at and now < self._failed_at + LEAVE_ALONE:
            return
        fresh = self._held is not None and now < self._held.fresh_until
        known = self._held is not None and kid in self._held.keys
        if fresh and (known or (self._asked_at and now < self._asked_at + ASK_AGAIN)):
            return
        try:
            self._held = self._fetched(now)
            self._asked_at, self._failed_at = now, None
        except _Unreachable:
            self._failed_at = now

    def _fetched(self, now: datetime) -> _KeySet:
        body = bytearray()
        try:
            with self.client.stream("GET", self.url) as answer:
                if answer.status_code != 200:
                    raise _Unreachable(f"answered {answer.status_code}")
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > MAX_SET_BYTES:
                        raise _Unreachable(f"a set of more than {MAX_SET_BYTES} bytes")
                age = _max_age(answer.headers.get("cache-control", ""))
            keys = parse_set(bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, compact.Malformed) as error:
            raise _Unreachable(str(error)) from error
        return _KeySet(MappingProxyType(keys), now, now + age)


def _max_age(header: str) -> timedelta:
    found = _MAX_AGE.search(header.lower())
    if found is None:
        return USUAL
    return min(max(timedelta(seconds=int(found[1])), SHORTEST), LONGEST)


class OutsideIssuers:
    """The issuers that are trusted, each with its key set."""

    def __init__(self, trusted: Sequence[TrustedIssuer], client: httpx.Client | None = None) -> None:
        self._client = client or calls_out()
        self._trusted: dict[str, tuple[TrustedIssuer, KeySource]] = {}
        for one in trusted:
            check_address(one.jwks_url)
            self._trusted[one.issuer] = (one, KeySource(one.jwks_url, self._client))

    @property
    def are_trusted(self) -> bool:
        """Whether there is any issuer to ask."""
        return bool(self._trusted)

    def verify(self, token: str, now: datetime) -> AccessClaims:
        """Who the bearer is to their issuer. Raises Unauthenticated, or Unavailable when the keys cannot be had."""
        try:
            header = tokens.header_of(token)
            trusted, source = self._issuer_of(token)
            key = source.find(_kid(header), now)
            if key is None:
                raise Refused("a key the issuer does not have")
            tokens.check_header(header, key, tokens.OUTSIDE_TYPES)
            return tokens.judged(tokens.verified(token, key), trusted.issuer, trusted.audience, now)[0]
        except Expired as error:
            raise Unauthenticated("token_expired") from error
        except Refused as error:
            raise Unauthenticated("token_invalid") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _issuer_of(self, token: str) -> tuple[TrustedIssuer, KeySource]:
        # The name is read before anything is proven: it only chooses whose keys the proof is asked of.
        try:
            name = compact.parse(compact.unbase64(compact.parts(token)[1])).get("iss")
        except compact.Malformed as error:
            raise Refused(str(error)) from error
        found = self._trusted.get(name) if isinstance(name, str) else None
        if found is None:
            raise Refused("an issuer that is not trusted")
        return found


def _kid(header: Mapping[str, Any]) -> str:
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise Refused("a header without 'kid'")
    return kid
