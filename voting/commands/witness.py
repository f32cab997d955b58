"""`yishi witness`: cosign the checkpoints of a log, each only after it was proven to extend the one before.

Whoever runs a witness on a machine of their own makes it impossible for the service to show different histories to different
people without being found out. The operator of the service puts the witness's verifier key into `YISHI_WITNESSES`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from clients.python import Client, Conflict, NoAnswer, YishiClientError
from voting.clock import Clock, system_now
from voting.commands.console import fail, note, say
from voting.commands.witness_state import Pinned, WitnessState
from voting.core.evidence import checkpoints, cosignatures, notes
from voting.core.evidence import witness as judge
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import Signer, VerifierKey
from voting.errors import Invalid, YishiError
from voting.log import keys
from voting.phrases import phrase

Url = Annotated[str, typer.Argument(help="Where the service is reached.", metavar="URL")]
Log = Annotated[str, typer.Option(help="Id of the contest or community whose log is witnessed.")]
KeyFile = Annotated[Path, typer.Option("--key", help="Ed25519 private key (PEM) of this witness; made when absent.")]
StateDir = Annotated[Path, typer.Option("--state", help="Folder in which the witness remembers what it cosigned.")]
Name = Annotated[str, typer.Option(help="Name of this witness, such as a domain it is known by.")]
LogKey = Annotated[
    str | None, typer.Option(help="Verifier key of the log, from its notice board. Else the first one shown is kept.")
]
Once = Annotated[bool, typer.Option("--once", help="Cosign once and end.")]
Every = Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")]


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of one service: its key, its memory and its clock."""

    client: Client
    signer: Signer
    state: WitnessState
    clock: Clock = system_now

    def look(self, log_id: str, log_key: VerifierKey | None = None) -> Checkpoint | None:
        """Cosign the newest checkpoint: which one. Nothing when the log or another process moved on meanwhile.

        Raises the refusal when the log does not extend what was cosigned before; the evidence is then put aside.
        """
        told = self.client.logs.get(log_id)
        pinned = self.state.read(told.origin)
        key = log_key or (pinned.key if pinned else notes.parse_key(told.key))
        seen = pinned.checkpoint if pinned else None
        data = self.client.logs.checkpoint(log_id)
        checkpoint = self._judged(log_id, data, key, seen)
        if not self.state.move(told.origin, pinned, Pinned(key, checkpoint)):
            return None
        signature = cosignatures.cosign(checkpoint, self.signer, int(self.clock().timestamp()))
        try:
            self.client.logs.cosign(log_id, [signature.line.removesuffix("\n")])
        except Conflict:
            return None
        return checkpoint

    def _judged(self, log_id: str, data: bytes, key: VerifierKey, seen: Checkpoint | None) -> Checkpoint:
        shown, _ = checkpoints.opened(data, key)
        grown = seen is not None and 0 < seen.size < shown.size
        path = self.client.logs.consistency(log_id, seen.size, shown.size).steps if seen and grown else ()
        try:
            return judge.accepted(seen, data, key, path)
        except YishiError:
            note(f"kept: {self.state.keep(key.name, data)}")
            raise


def witness(
    url: Url,
    log: Log,
    key: KeyFile = Path("witness-key.pem"),
    state: StateDir = Path("witness"),
    name: Name = "witness",
    log_key: LogKey = None,
    once: Once = False,
    every: Every = 60.0,
) -> None:
    """Cosign the checkpoints of a log, and refuse one that rewrites what was cosigned before."""
    if not notes.is_name(name):
        fail(f"expected a name without spaces and plus signs, got {name!r}", 2)
    signer = cosignatures.witness(name, keys.load(key))
    note(f"witness {signer.key.text}")
    with Client(url) as client:
        running = Witness(client, signer, WitnessState(state))
        pinned = None if log_key is None else notes.parse_key(log_key)
        while True:
            refused = _report(running, log, pinned)
            if once:
                raise typer.Exit(refused)
            time.sleep(every)


def _report(running: Witness, log_id: str, log_key: VerifierKey | None) -> int:
    """Look once and say what came of it: the exit status."""
    try:
        done = running.look(log_id, log_key)
    except YishiError as error:
        note(f"yishi: refused to cosign: {_said(error)}")
        return 1
    except (NoAnswer, YishiClientError) as error:
        note(f"yishi: {error}")
        return 3
    if done is None:
        note("the log moved on; the next look cosigns it")
        return 4
    say(f"cosigned {done.origin} {done.size} {done.root.hex()}")
    return 0


def _said(error: YishiError) -> str:
    told = error.faults[0] if isinstance(error, Invalid) else error
    return phrase(told.code, "en", told.facts).detail
