"""Canonical JSON: the published cases inside the profile come out as published; everything outside it is refused."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core.evidence import canonical
from voting.errors import Invalid

OUTSIDE = {
    "arrays": "json_null",
    "french": "json_key_not_ascii",
    "unicode": "json_not_nfc",
    "values": "json_float",
    "weird": "json_key_not_ascii",
}
"""Published cases outside the profile, with the first thing wrong with each."""

nfc = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(max_codepoint=127))
integers = st.integers(-canonical.LARGEST, canonical.LARGEST)
values = st.recursive(
    st.booleans() | integers | nfc,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        canonical.parse(data)
    (fault,) = refused.value.faults
    return fault.code, fault.pointer


@pytest.fixture
def published(shared: Path) -> Path:
    return shared / "vectors" / "rfc8785" / "testdata"


def test_the_published_case_inside_the_profile_has_one_spelling(published: Path) -> None:
    data = (published / "output" / "structures.json").read_bytes()
    assert canonical.encode(canonical.parse(data)) == data


def test_the_published_hexadecimal_spelling_is_ours(published: Path) -> None:
    value = json.loads((published / "output" / "structures.json").read_bytes())
    assert canonical.encode(value) == bytes.fromhex((published / "outhex" / "structures.txt").read_text())


@pytest.mark.parametrize(("name", "code"), OUTSIDE.items())
@pytest.mark.parametrize("side", ["input", "output"])
def test_a_published_case_outside_the_profile_is_refused(published: Path, side: str, name: str, code: str) -> None:
    data = (published / side / f"{name}.json").read_bytes()
    assert refusal(data)[0] == code


@pytest.mark.parametrize("name", ["french", "values", "weird"])
def test_the_strings_of_a_published_case_are_spelled_as_published(published: Path, name: str) -> None:
    value = json.loads((published / "input" / f"{name}.json").read_bytes())
    strings = [canonical.encode(member) for member in value.values() if isinstance(member, str)]
    spelled = (published / "output" / f"{name}.json").read_bytes()
    assert strings
    assert all(b":" + string in spelled for string in strings)


@given(values)
def test_whatever_is_encoded_parses_to_itself(value: Any) -> None:
    assert canonical.parse(canonical.encode(value)) == value


@given(values)
def test_parsed_bytes_encode_to_themselves(value: Any) -> None:
    data = canonical.encode(value)
    assert canonical.encode(canonical.parse(data)) == data


@given(values)
def test_any_other_spelling_is_refused(value: Any) -> None:
    spelled = json.dumps({"a": value}, indent=1).encode()
    assert refusal(spelled)[0] == "json_not_canonical"


@given(st.dictionaries(keys, integers, min_size=2))
def test_the_order_of_members_does_not_matter(members: dict[str, int]) -> None:
    assert canonical.encode(dict(reversed(members.items()))) == canonical.encode(members)


def test_a_tuple_is_an_array() -> None:
    assert canonical.encode({"ranking": (("b",), ("a", "c"))}) == b'{"ranking":[["b"],["a","c"]]}'


@pytest.mark.parametrize(
    ("data", "code", "pointer"),
    [
        (b'{"a":1.0}', "json_float", ""),
        (b'{"a":1e2}', "json_float", ""),
        (b'{"a":NaN}', "json_float", ""),
        (b'{"a":null}', "json_null", "/a"),
        (b'{"a":[1,9007199254740992]}', "json_integer_range", "/a/1"),
        (b'{"a":-9007199254740992}', "json_integer_range", "/a"),
        (b'{"a":1,"a":1}', "json_duplicate_key", ""),
        ('{"户":1}'.encode(), "json_key_not_ascii", ""),
        ('{"a/b":"e\u0301"}'.encode(), "json_not_nfc", "/a~1b"),
        (b'{"a":"\\ud800"}', "json_surrogate", "/a"),
        (b'{"a": 1}', "json_not_canonical", ""),
        (b'{"b":1,"a":1}', "json_not_canonical", ""),
        (b'{"a":"\\u0041"}', "json_not_canonical", ""),
        (b'{"a":-0}', "json_not_canonical", ""),
        (b'{"a":1}\n', "json_not_canonical", ""),
        (b"\xef\xbb\xbf{}", "json_malformed", ""),
        (b'{"a":"\xff"}', "json_malformed", ""),
        (b'{"a":01}', "json_malformed", ""),
        (b"1" * 5000, "json_malformed", ""),
        (b"", "json_malformed", ""),
        (b"[" * 100_000, "json_malformed", ""),
        (b"[" * 66 + b"]" * 66, "json_too_deep", "/0" * 65),
    ],
)
def test_bytes_outside_the_profile_are_refused_with_the_place(data: bytes, code: str, pointer: str) -> None:
    assert refusal(data) == (code, pointer)


@pytest.mark.parametrize(
    ("value", "code"), [(b"x", "json_type"), ({1: "x"}, "json_key_not_ascii"), (1.0, "json_float")]
)
def test_a_value_that_has_no_spelling_is_refused(value: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        canonical.encode(value)
    assert refused.value.faults[0].code == code
