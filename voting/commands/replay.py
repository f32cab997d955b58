"""`yishi replay`: hold a file's poll over HTTP, ballot by ballot, and compare the result with what the file expects."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from clients.python import Client, Problem, YishiClientError
from voting.commands import bundle as bundles
from voting.commands import console, election, poll_files
from voting.commands.election import Poll, Timing
from voting.commands.keys import platform_key
from voting.commands.own_server import ServerFailed, serving
from voting.commands.received import disagreement, renamed
from voting.commands.whole_file import whole_file
from voting.core.count import Case
from voting.core.evidence import bundle_read
from voting.core.evidence.bundle_zip import NotABundle

CaseFile = Annotated[Path, typer.Argument(help="A case (JSON): method, seats, candidates, rules, ballots, expected.")]


def replay(
    file: CaseFile,
    url: Annotated[
        str | None, typer.Option(help="A running service; without it one is started on a temporary SQLite.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Platform key of that service (see `yishi token --platform`).")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(help="Keep the bundle of the poll here, with every ballot.")] = None,
) -> None:
    """Register as many electors as FILE has ballots, hold its poll over HTTP and compare every round."""
    case = poll_files.read(file)
    poll = election.poll_of(json.loads(file.read_bytes()))
    if not poll.rankings:
        console.fail(f"{file}: a poll without ballots cannot be replayed")
    if (url is None) != (token is None):
        console.fail("--url and --token go together", status=2)
    if bundle is not None and not bundle.parent.is_dir():
        console.fail(f"{bundle.parent}: no such folder", status=2)
    try:
        found = _somewhere(case, poll, url, token, bundle)
    except (YishiClientError, ServerFailed) as error:
        console.fail(_sentence(error))
    except NotABundle as error:
        console.fail(f"what came is no bundle: {error}")
    except OSError as error:
        console.fail(f"{error.filename}: {error.strerror}")
    if found is not None:
        console.say("FAIL")
        console.fail(found)
    console.say("PASS")


def _somewhere(case: Case, poll: Poll, url: str | None, token: str | None, bundle: Path | None) -> str | None:
    if url is not None and token is not None:
        return _hold(case, poll, url, token, bundle)
    with tempfile.TemporaryDirectory(prefix="yishi-replay-") as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'yishi.db'}"
        key = platform_key(database, "replay")
        with serving(folder, database_url=database) as own:
            return _hold(case, poll, own, key, bundle)


def _hold(case: Case, poll: Poll, url: str, token: str, bundle: Path | None) -> str | None:
    """The poll from the register to the comparison; the first difference, if any."""
    electors = len(poll.rankings)
    with Client(url, token, timeout=60) as client:
        console.note(f"Register: {electors} electors …")
        community_id = election.found_community(client, case.name or "a poll", electors)
        with console.progress("Codes redeemed", electors) as progress:
            tokens = election.hand_out_tokens(client, community_id, progress)
        roll_id = election.seal_roll(client, community_id)
        contest = election.open_contest(client, community_id, roll_id, poll, "by_size" if bundle is None else "full")
        with console.progress("Ballots cast", electors) as progress:
            timing = election.cast_all(url, contest, poll, tokens, progress)
        result = election.close_and_count(client, contest)
        if bundle is not None:
            with whole_file(bundle) as out:
                bundles.download(client.acting(None), contest.id, out)
                described = bundles.described(bundle, bundle_read.read(out))
            console.say(described)
    names = election.names_of(contest)
    _report(timing, renamed(result, names))
    return disagreement(case, result, names)


def _report(timing: Timing, result: Mapping[str, Any]) -> None:
    console.say(
        f"{len(timing.each_ns)} ballots in {timing.total_ns / 1e9:.1f} s: {timing.per_second:.0f} ballots/s, "
        f"p50 {timing.milliseconds(0.5):.1f} ms, p99 {timing.milliseconds(0.99):.1f} ms"
    )
    console.say(f"{len(result['rounds'])} rounds; elected: {', '.join(result['winners']) or 'nobody'}")


def _sentence(error: Exception) -> str:
    if isinstance(error, Problem) and error.request_id:
        return f"{error} (request {error.request_id})"
    return str(error)
