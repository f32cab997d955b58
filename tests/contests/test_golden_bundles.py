"""Bundles of 20 and of 1,000 electors as the service makes them: the same bytes as ever, verified by tools that are not ours.

The verifier shares no code with the service; `tlog-scales` reads the log, `rfc8785` spells the JSON, `zipfile` opens the
archive, and the schemas of NIST judge the exports.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import rfc8785
from tlog_scales import signing, tlog
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from tests.commands.conftest import _database
from tests.conftest import ROOT
from tests.contests import golden
from tests.contests.published import KEYS, ORIGIN
from tests.databases import KINDS
from voting.store import engine_for

VERIFIER = ROOT / "clients" / "verifier" / "verify.py"


Make = Callable[[str, int], bytes]


@pytest.fixture(scope="module")
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes the bundle of a poll on a kind of database, once each."""
    made: dict[tuple[str, int], bytes] = {}

    def bundle(kind: str, electors: int) -> bytes:
        if (kind, electors) not in made:
            folder: Path = tmp_path_factory.mktemp("golden")
            with _database(kind, request, folder) as url:
                engine = engine_for(url)
                made[kind, electors] = golden.build(engine, folder, electors)
                engine.dispose()
        return made[kind, electors]

    return bundle


@pytest.fixture(scope="module", params=golden.POLLS)
def folder(request: pytest.FixtureRequest, make: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as an auditor unpacks it, beside the archive itself."""
    content, unpacked = make("sqlite", request.param), tmp_path_factory.mktemp("unpacked")
    (unpacked / "bundle.zip").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        opened.extractall(unpacked / "bundle")
    return unpacked


@pytest.mark.parametrize("electors", golden.POLLS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_are_the_ones_they_always_were(make: Make, kind: str, electors: int) -> None:
    assert golden.hashes_of(make(kind, electors)) == json.loads(golden.path_of(electors).read_bytes())


def test_the_verifier_in_the_bundle_finds_nothing_wrong(folder: Path) -> None:
    command = [sys.executable, "-I", str(folder / "bundle" / "verify.py"), str(folder / "bundle.zip"), "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "bundle" / "verify.py").read_bytes() == VERIFIER.read_bytes()


def test_another_implementation_reads_the_log(folder: Path) -> None:
    reader = TilesReader(LocalBackend(folder / "bundle" / "log"))
    checkpoint = reader.get_checkpoint()
    assert checkpoint.origin == ORIGIN
    assert reader.calculate_root_hash() == checkpoint.root_hash
    entries = [reader.get_entry(place) for place in range(checkpoint.size)]
    assert entries[0] == (folder / "bundle" / "contest.json").read_bytes()
    manifest = json.loads((folder / "bundle" / "manifest.json").read_bytes())
    assert manifest["log_key"] == KEYS.signer(ORIGIN).key.text
    signed = tlog.Checkpoint.from_text((folder / "bundle" / "log" / "checkpoint").read_text(encoding="utf-8"))
    signed.verify(signing.Vkey.from_string(manifest["log_key"]))


def test_another_encoder_spells_every_json_file_the_same(folder: Path) -> None:
    files = [*(folder / "bundle").glob("*.json"), *(folder / "bundle").glob("[rps]*/*.json")]
    assert len(files) > 10
    for file in files:
        assert rfc8785.dumps(json.loads(file.read_bytes())) == file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("name", "schema"),
    [("cvr-cdf", "NIST_V0_cast_vote_records"), ("results-cdf", "NIST_V2_election_results_reporting")],
)
def test_the_exports_fit_the_schemas_of_nist(folder: Path, shared: Path, name: str, schema: str) -> None:
    read: Any = json.loads((shared / f"vectors/nist-cdf/{schema}.json").read_bytes())
    export = json.loads((folder / "bundle" / "export" / f"{name}.json").read_bytes())
    jsonschema_rs.Draft4Validator(read).validate(export)
