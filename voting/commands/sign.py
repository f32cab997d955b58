"""`yishi sign`: an official's key and signatures, made on the official's own machine. The service only ever sees signatures.

The key file is a PEM block (PKCS #8, encrypted with the passphrase) under a line with the official's name. Nothing is
signed that was not shown in full.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.commands import console
from voting.core.evidence import notes
from voting.core.evidence.notes import Signer
from voting.errors import YishiError

PASSPHRASE = "YISHI_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable)
"""The environment variable that stands in for the prompt."""
SHORTEST = 10
_NAME = re.compile(r"\AOfficial: (.+)\n")
_STATEMENT = re.compile(r"(https?://[^?#]+?)/v1/contests/([^/?#]+)/statements/([^?#]+)")


def sign(
    source: Annotated[str | None, typer.Argument(help="The statement: a file, or its address on a service.")] = None,
    key: Annotated[Path | None, typer.Option(help="The key file to sign with.")] = None,
    new_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Make a key instead, in a new file.")] = None,
    name: Annotated[str | None, typer.Option(help="With --new-key: what the official is called in signatures.")] = None,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the verifier key of --key and end.")] = False,
    post: Annotated[bool, typer.Option("--post", help="Send the signature to the service as well.")] = False,
    token: Annotated[str | None, typer.Option(envvar="YISHI_TOKEN", help="With --post: an access token.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask after showing the statement.")] = False,
) -> None:
    """Make an official's key, or sign a statement with it: the text is shown in full, the signature line printed."""
    if new_key is not None:
        _make(new_key, name)
        return
    if key is None:
        console.fail("say --key FILE, or --new-key FILE to make one", status=2)
    if show_key:
        console.say(_load(key).key.text)
        return
    if source is None:
        console.fail("say what to sign: a file, or the address of a statement", status=2)
    text = _text_of(source, token)
    console.note(text.rstrip("\n"))
    if not yes and not _agrees():
        console.fail("nothing was signed")
    line = _load(key).sign(text).line
    console.say(line.rstrip("\n"))
    if post:
        _post(source, token, line)


def _agrees() -> bool:
    """Ask on standard error: standard output holds signatures and nothing else."""
    console.note("Sign this? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _make(file: Path, name: str | None) -> None:
    if name is None or not notes.is_name(name):
        console.fail("say --name NAME: what stands in signatures, without spaces and without +", status=2)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_new_passphrase()),
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        console.fail(f"{file}: {error.strerror}")
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(f"Official: {name}\n".encode() + pem)
        opened.flush()
        os.fsync(opened.fileno())
    console.note(f"{file} holds the private key; keep a copy of it, and the passphrase elsewhere. The verifier key:")
    console.say(Signer(name, private).key.text)


def _new_passphrase() -> bytes:
    given = os.environ.get(PASSPHRASE)
    if given is None:
        given = typer.prompt("Passphrase for the new key", hide_input=True, confirmation_prompt=True, err=True)
    if len(given) < SHORTEST:
        console.fail(f"the passphrase must have {SHORTEST} characters or more")
    return given.encode()


def _load(file: Path) -> Signer:
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        console.fail(f"{file}: cannot be read as a key file")
    named = _NAME.match(content)
    given = os.environ.get(PASSPHRASE)
    if given is None:
        given = typer.prompt("Passphrase", hide_input=True, err=True)
    private = None
    with contextlib.suppress(ValueError, TypeError):
        private = serialization.load_pem_private_key(content.encode(), given.encode())
    if named is None or not isinstance(private, Ed25519PrivateKey):
        console.fail(f"{file}: the passphrase is wrong, or this is no key file of `yishi sign --new-key`")
    return Signer(named[1], private)


def _text_of(source: str, token: str | None) -> str:
    """The statement's text, without the signatures that it may have already."""
    if not source.startswith(("http://", "https://")):
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            console.fail(f"{source}: {error.strerror}")
    else:
        content = _fetched(source, token)
    try:
        return notes.parse(content if b"\n\n" in content else content + b"\n").text
    except YishiError:
        console.fail(f"{source}: expected a statement of whole lines, as the service shows it")


def _fetched(source: str, token: str | None) -> bytes:
    from clients.python import Client, YishiClientError

    base, contest_id, kind = _address(source)
    try:
        with Client(base, token) as client:
            return client.contests.statement(contest_id, kind).note.encode()
    except YishiClientError as error:
        console.fail(str(error))


def _post(source: str, token: str | None, line: str) -> None:
    from clients.python import Client, YishiClientError

    base, contest_id, kind = _address(source)
    try:
        with Client(base, token) as client:
            statement = client.contests.sign_statement(contest_id, kind, line)
    except YishiClientError as error:
        console.fail(str(error))
    console.note(f"{len(statement.signed_by)} of {statement.needed} signatures")


def _address(source: str) -> tuple[str, str, str]:
    found = _STATEMENT.fullmatch(source)
    if found is None:
        console.fail("an address ends in /v1/contests/{id}/statements/{kind}", status=2)
    return found[1], found[2], found[3]
