"""`yishi sign` as a process: a key is made, a statement is shown and signed, nothing private leaves the file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.commands.processes import yishi, yishi_here
from voting.core.evidence import notes

PASSPHRASE = {"YISHI_KEY_PASSPHRASE": "correct horse battery"}
STATEMENT = "vote.example.org/contests/con_1\nresult statement\nbox 3 00\nresult 11\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, notes.VerifierKey]:
    """A key of Wang's, and what the command printed of it."""
    file = tmp_path_factory.mktemp("keys") / "wang.pem"
    done = yishi("sign", "--new-key", file, "--name", "wang", **PASSPHRASE)
    assert done.returncode == 0, done.stderr
    return file, notes.parse_key(done.stdout.strip())


def test_a_new_key_is_encrypted_and_for_its_owner_alone(made: tuple[Path, notes.VerifierKey]) -> None:
    file, key = made
    assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (key.name, key.kind) == ("wang", notes.ED25519)
    assert yishi("sign", "--show-key", "--key", file, **PASSPHRASE).stdout.strip() == key.text


def test_a_statement_is_shown_in_full_before_it_is_signed(made: tuple[Path, notes.VerifierKey], tmp_path: Path) -> None:
    statement = tmp_path / "statement.txt"
    statement.write_text(STATEMENT, encoding="utf-8")
    done = yishi("sign", statement, "--key", made[0], input="y\n", **PASSPHRASE)
    assert done.returncode == 0, done.stderr
    assert STATEMENT in done.stderr
    assert made[1].verifies(STATEMENT, notes.parse_line(done.stdout.strip("\n")))


def test_of_a_note_the_text_is_signed_and_not_the_signatures(
    made: tuple[Path, notes.VerifierKey], tmp_path: Path
) -> None:
    note = tmp_path / "note"
    note.write_text(STATEMENT + "\n— li AAAAAAA=\n", encoding="utf-8")
    done = yishi("sign", note, "--key", made[0], "--yes", **PASSPHRASE)
    assert made[1].verifies(STATEMENT, notes.parse_line(done.stdout.strip("\n")))


@pytest.mark.parametrize(
    ("arguments", "answer", "environment", "said"),
    [
        (("{statement}", "--key", "{key}"), "n\n", PASSPHRASE, "nothing was signed"),
        (
            ("{statement}", "--key", "{key}", "--yes"),
            "",
            {"YISHI_KEY_PASSPHRASE": "wrong but long"},
            "passphrase is wrong",
        ),
        (("{statement}", "--key", "{statement}", "--yes"), "", PASSPHRASE, "no key file"),
        (("--new-key", "{key}", "--name", "wang"), "", PASSPHRASE, "exists"),
        (("--new-key", "{fresh}", "--name", "wang"), "", {"YISHI_KEY_PASSPHRASE": "short"}, "10 characters"),
        (("--new-key", "{fresh}", "--name", "Wang Fang"), "", PASSPHRASE, "without spaces"),
        (("{fresh}", "--key", "{key}", "--yes"), "", PASSPHRASE, "No such file"),
        (("{statement}",), "", PASSPHRASE, "--key"),
        (("http://x/contests/1", "--key", "{key}"), "", PASSPHRASE, "an address ends in"),
    ],
)
def test_what_cannot_be_signed_is_refused_with_a_sentence(
    made: tuple[Path, notes.VerifierKey],
    tmp_path: Path,
    arguments: tuple[str, ...],
    answer: str,
    environment: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    statement = tmp_path / "statement.txt"
    statement.write_text(STATEMENT, encoding="utf-8")
    names = {"key": made[0], "statement": statement, "fresh": tmp_path / "fresh.pem"}
    done = yishi_here("sign", *(argument.format(**names) for argument in arguments), input=answer)
    assert done.returncode != 0
    assert said in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "fresh.pem").exists()
