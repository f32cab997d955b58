"""Published JWS and JWK cases (C2SP Wycheproof). What is invalid is refused; what is valid is accepted when it is signed
with one of our two algorithms, by one key of a set, in the one spelling of base64url."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import shared_folder
from voting.access import tokens
from voting.access.jwk import UnfitKey
from voting.access.tokens import Refused, VerifyKey

FILES = ("json_web_signature_test", "json_web_key_test", "json_web_crypto_test")
Case = tuple[dict[str, Any], str, str]


def cases() -> Iterator[Any]:
    """(key or key set, token, expected) of every JWS case."""
    for name in FILES:
        path = shared_folder() / "vectors" / "wycheproof" / f"{name}.json"
        groups = json.loads(path.read_text("utf-8"))["testGroups"] if path.exists() else []
        for group in groups:
            key = group.get("public", group["private"])
            for case in group["tests"]:
                if "jws" in case:
                    yield pytest.param((key, case["jws"], case["result"]), id=f"{name}-{case['tcId']}")


def keys_of(key: dict[str, Any]) -> dict[str, VerifyKey]:
    """The usable keys of a set by `kid`, as an issuer's set is read."""
    found: dict[str, VerifyKey] = {}
    for member in key.get("keys", [key]):
        try:
            made = VerifyKey.from_jwk(member)
        except UnfitKey:
            continue
        found[made.kid or ""] = made
    return found


def accepts(key: dict[str, Any], token: Any) -> bool:
    if not isinstance(token, str):
        return False
    try:
        header = tokens.header_of(token)
        chosen = keys_of(key).get(str(header.get("kid", "")))
        if chosen is None:
            return False
        tokens.check_header(header, chosen, tokens.OUTSIDE_TYPES)
        tokens.verified(token, chosen)
    except Refused:
        return False
    return True


def is_ours(key: dict[str, Any], token: str) -> bool:
    """Whether a valid case uses an algorithm of ours and signs something: an empty payload makes no claim."""
    return key.get("keys", [key])[0].get("alg") in ("ES256", "RS256") and ".." not in token


def test_the_published_cases_are_all_here(shared: Path) -> None:
    counted = [case.values[0][2] for case in cases()]
    assert (counted.count("valid"), counted.count("invalid")) == (55, 421)


@pytest.mark.parametrize("case", [case for case in cases() if case.values[0][2] == "invalid"])
def test_what_is_invalid_is_refused(shared: Path, case: Case) -> None:
    assert not accepts(case[0], case[1])


@pytest.mark.parametrize("case", [case for case in cases() if case.values[0][2] == "valid"])
def test_what_is_valid_is_accepted_in_our_two_algorithms_alone(shared: Path, case: Case) -> None:
    assert accepts(case[0], case[1]) is is_ours(case[0], case[1])
