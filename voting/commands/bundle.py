"""`yishi bundle`: the bundle of a published contest as a file, from a running service or straight from its database."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import Engine

from clients.python import Client, YishiClientError
from clients.python import contests as calls
from voting.access.keys import embedded_issuer
from voting.clock import system_now
from voting.commands import console
from voting.commands.migrate import Database, require_newest_schema, settings_for
from voting.commands.whole_file import whole_file
from voting.contests import bundle as bundles
from voting.contests import bundle_source, queries
from voting.contests.bundle_source import Keys
from voting.core.authority import SYSTEM
from voting.core.evidence import bundle_read
from voting.core.evidence.bundle_read import Bundle
from voting.core.evidence.bundle_zip import NotABundle
from voting.errors import YishiError
from voting.log import keys as log_keys
from voting.log import sequencer
from voting.log.guard import Guard
from voting.log.sequencer import Signing
from voting.settings import Settings
from voting.store import engine_for, reading, snapshot


class Tier(StrEnum):
    """Whose bundle."""

    public = "public"
    auditor = "auditor"


def bundle(
    contest: Annotated[str, typer.Argument(metavar="CONTEST", help="The id of a published contest.")],
    out: Annotated[Path | None, typer.Option(help="Where to; CONTEST-TIER.zip here when not said.")] = None,
    tier: Annotated[
        Tier, typer.Option(help="`auditor` holds what the publish mode withholds from others.")
    ] = Tier.public,
    url: Annotated[str | None, typer.Option(help="A running service; without it the database is read.")] = None,
    token: Annotated[str | None, typer.Option(help="With --url: needed for the auditors' tier.")] = None,
    database: Database = None,
) -> None:
    """Bring the bundle of CONTEST: everything that is needed to verify and recount it."""
    path = out or Path(f"{contest}-{tier.value}.zip")
    try:
        with whole_file(path) as file:
            if url is not None:
                with Client(url, token) as client:
                    download(client, contest, file, tier.value)
            else:
                _from_database(settings_for(database), contest, tier, file)
            read = bundle_read.read(file)
    except YishiClientError as error:
        console.fail(str(error))
    except YishiError as error:
        console.fail(f"{error.code} {error.facts}")
    except NotABundle as error:
        console.fail(f"what came is no bundle: {error}")
    except OSError as error:
        console.fail(f"{error.filename}: {error.strerror}")
    console.say(described(path, read))


def download(client: Client, contest_id: str, file: BinaryIO, tier: str = "public") -> None:
    """Bring a bundle from a service."""
    with console.transfer(f"Bundle of {contest_id}") as progress:
        client.download(calls.bundle(contest_id, tier), file, progress)


def described(path: Path, read: Bundle) -> str:
    """One line about a bundle, with the hash that stands for all of it."""
    digest = read.entries["manifest.json"].sha256.hex()
    return f"{path}: {len(read.entries)} files, {read.manifest['state']}, manifest {digest}"


def _from_database(settings: Settings, contest_id: str, tier: Tier, file: BinaryIO) -> None:
    require_newest_schema(settings.database_url)
    engine = engine_for(settings.database_url)
    try:
        signing = Signing(log_keys.of(settings), Guard(settings.log_state_dir))
        _bring_log_to_its_end(engine, contest_id, signing)
        keys = Keys(signing.keys, embedded_issuer(settings).jwks["keys"])
        with snapshot(engine) as session, tempfile.TemporaryFile() as side:
            source = bundle_source.of(session, SYSTEM, contest_id, tier.value, now=system_now())
            with console.progress(f"Bundle of {contest_id}", bundles.work(source)) as progress:
                bundles.write(session, source, keys, file, side, progress)
    finally:
        engine.dispose()


def _bring_log_to_its_end(engine: Engine, contest_id: str, signing: Signing) -> None:
    """Sign what no running service has signed yet."""
    with reading(engine) as session:
        loaded = queries.load(session, SYSTEM, contest_id, system_now())
    if loaded.contest.opened_at is not None:
        sequencer.flush(engine, contest_id, loaded.now, signing)
