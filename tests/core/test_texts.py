"""What residents write comes back byte for byte in NFC, or is refused by a rule that can be named."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import texts
from voting.errors import Invalid

KEPT = (
    "停车位改造：地面 12 个，立体 30 个。",
    "line one\n\tline two",
    "<script>alert('x')</script> & [a](javascript:b) {{c}} %s '; DROP TABLE person; --",
    "👨‍👩‍👧‍👦 👩🏽‍⚕️ ❤️‍🔥 🏳️‍🌈 🐈‍⬛ 🙂‍↔️ 1️⃣ 🇨🇳",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "می‌خواهم",  # Persian: a non-joiner inside a word
    "ක්‍ෂ क्‍ष",  # Sinhala and Devanagari: a joiner asks for a conjunct
    "שלום \u200fabc\u200e",  # marks of direction beside right-to-left letters
    "བསྒྲུབས ཧཱུྃ Việt Nam",
    "葛\U000e0100城",  # an ideographic variation
    "ⓐ\u2028ⓑ \u3000全角",
    "\ue000",  # private use: names that fonts of an authority draw
)

REFUSED = (
    ("a\x00b", "text_control_character"),
    ("a\rb", "text_control_character"),
    ("a\x1bb", "text_control_character"),
    ("a\x85b", "text_control_character"),
    ("a\ud800b", "text_surrogate"),
    ("a\ufffe", "text_no_character"),
    ("a\u202eb", "text_direction_override"),
    ("a\u2066b\u2069", "text_direction_override"),
    ("a" + "\u0301" * 10, "text_too_many_marks"),
    ("a\u200bb", "text_invisible_character"),
    ("a\ufeffb", "text_invisible_character"),
    ("a\u200db", "text_invisible_character"),
    ("停\u200c车", "text_invisible_character"),
    ("\u200d👩", "text_invisible_character"),
    ("👩\u200d\u200d👩", "text_invisible_character"),
    ("a\u00adb", "text_invisible_character"),
    ("a\u200eb", "text_invisible_character"),
    ("a\U000e0061", "text_invisible_character"),
    ("a\u3164b", "text_invisible_character"),
    (" \n\t ", "text_empty"),
    ("", "text_empty"),
    ("x" * 201, "text_too_long"),
)


def code_of(text: str, most: int = 200) -> str:
    with pytest.raises(Invalid) as refusal:
        texts.accept(text, "/body", most=most)
    (fault,) = refusal.value.faults
    assert fault.pointer == "/body"
    return fault.code


@pytest.mark.parametrize("text", KEPT)
def test_what_can_be_read_is_kept_byte_for_byte(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    assert texts.accept(text, "/body", most=200).encode() == normal.encode()


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_hides_or_deceives_is_refused_by_name(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_refusal_names_the_character_and_its_place() -> None:
    with pytest.raises(Invalid) as refusal:
        texts.accept("停车\u202e位", "/body", most=20)
    assert dict(refusal.value.faults[0].facts) == {"character": "U+202E", "place": 3, "limit": 8}


def test_length_is_counted_in_code_points_after_composition() -> None:
    assert texts.accept("e\u0301" * 200, "/body", most=200) == "é" * 200
    assert code_of("车" * 201) == "text_too_long"


def test_every_language_that_is_refused_has_its_own_fault() -> None:
    with pytest.raises(Invalid) as refusal:
        texts.accept_local({"zh-CN": "停车", "en": "\u202e", "fr": ""}, "/title", most=20)
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [
        ("/title/en", "text_direction_override"),
        ("/title/fr", "text_empty"),
    ]


def test_a_megabyte_of_marks_is_refused_without_being_normalised() -> None:
    # Two classes in the wrong order: sorting them is what takes the square of the length.
    begun = time.process_time()
    assert code_of("a" + "\u0301\u0316" * 250_000, most=1_000_000) == "text_too_many_marks"
    assert time.process_time() - begun < 5


@given(st.text(max_size=60))
def test_any_text_is_refused_or_comes_back_in_nfc_and_is_then_accepted_as_it_is(text: str) -> None:
    try:
        kept = texts.accept(text, "", most=40, least=0)
    except Invalid:
        return
    assert kept == unicodedata.normalize("NFC", text)
    assert texts.accept(kept, "", most=40, least=0) == kept
