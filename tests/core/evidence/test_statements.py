"""What officials sign: the words of the format, and whose signatures count."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.core.evidence import notes, statements
from voting.core.evidence.events import SealedSet
from voting.core.evidence.notes import Note, Signer

ORIGIN = "yishi.test/contests/con_1"
BOX, LOG = SealedSet(b"\x0a" * 32, 12), SealedSet(b"\x0b" * 32, 15)
TEXTS = {
    "close": (
        statements.close(ORIGIN, BOX, 13, LOG),
        f"{ORIGIN}\nclose statement\nbox 12 {'0a' * 32}\nchecked-off 13\nlog 15 {'0b' * 32}\n",
    ),
    "result": (
        statements.result(ORIGIN, BOX, b"\x0c" * 32),
        f"{ORIGIN}\nresult statement\nbox 12 {'0a' * 32}\nresult {'0c' * 32}\n",
    ),
    "batch": (
        statements.batch(ORIGIN, "pap_1", 3, b"\x0d" * 32),
        f"{ORIGIN}\npaper batch\npap_1\ncount 3\nhash {'0d' * 32}\n",
    ),
    "key change": (
        statements.key_change(ORIGIN, "wang", "wang+00000000+AQ==", "wang+11111111+AQ=="),
        f"{ORIGIN}\nkey change\nwang\nwang+00000000+AQ==\nwang+11111111+AQ==\n",
    ),
}
TEXT = TEXTS["close"][0]


def official(name: str, number: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


@pytest.mark.parametrize("name", TEXTS)
def test_a_statement_has_the_lines_of_the_format(name: str) -> None:
    made, expected = TEXTS[name]
    assert made == expected


@pytest.mark.parametrize("name", ["a\nb", ""])
def test_a_value_that_would_add_or_lose_a_line_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="whole lines"):
        statements.key_change(ORIGIN, name, "a", "b")


def test_a_statement_nobody_signed_ends_after_its_blank_line() -> None:
    assert statements.unsigned(TEXT) == TEXT.encode() + b"\n"
    assert notes.parse(statements.unsigned(TEXT)) == Note(TEXT)


def test_officials_who_signed_are_found() -> None:
    wang, li, zhao = official("wang", 1), official("li", 2), official("zhao", 3)
    note = Note(TEXT, (wang.sign(TEXT), li.sign(TEXT)))
    keys = [wang.key.text, li.key.text, zhao.key.text]
    assert statements.signers(note, TEXT, keys) == (wang.key, li.key)


def test_two_names_with_one_key_are_one_official() -> None:
    one, other = official("wang", 1), official("li", 1)
    note = Note(TEXT, (one.sign(TEXT), other.sign(TEXT)))
    assert len(statements.signers(note, TEXT, [one.key.text, other.key.text])) == 1


def test_a_signature_under_another_text_does_not_count() -> None:
    wang = official("wang", 1)
    other = TEXTS["result"][0]
    assert statements.signers(Note(other, (wang.sign(other),)), TEXT, [wang.key.text]) == ()
    assert statements.signers(Note(TEXT, (wang.sign(other),)), TEXT, [wang.key.text]) == ()
