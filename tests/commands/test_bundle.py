"""`yishi bundle`: the bundle of a contest as a file, from the database or from a running service, the same bytes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.conftest import _database
from tests.commands.processes import yishi, yishi_here
from tests.commands.servers import serving
from tests.contests import world
from tests.contests.published import COUNTED, publish
from tests.contests.world import CONTEST
from tests.databases import KINDS
from voting.log import keys as log_keys
from voting.log.guard import Guard
from voting.log.sequencer import Signing
from voting.settings import Settings
from voting.store import engine_for


@dataclass(frozen=True)
class Place:
    """A database with a published contest, and the files of the machine that signed its log."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to know of them."""
        return {"YISHI_DATABASE_URL": self.url, "YISHI_KEY_FILE": str(self.folder / "token-key.pem")}


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A published contest on each database; its tests share it."""
    folder = tmp_path_factory.mktemp("bundles")
    with _database(request.param, request, folder) as url:
        settings = Settings(database_url=url, key_file=folder / "token-key.pem")
        engine = engine_for(url)
        publish(engine, Signing(log_keys.of(settings), Guard(settings.log_state_dir)))
        engine.dispose()
        yield Place(url, folder)


def test_from_the_database_and_from_a_service_it_is_the_same_file(place: Place, tmp_path: Path) -> None:
    done = yishi("bundle", CONTEST, folder=tmp_path, **place.environment)
    assert done.returncode == 0, done.stderr
    path = tmp_path / f"{CONTEST}-public.zip"
    with zipfile.ZipFile(path) as opened:
        assert hashlib.sha256(opened.read("manifest.json")).hexdigest() in done.stdout
        assert "provisional" in done.stdout
    with serving(place.folder, database_url=place.url) as url:
        over = yishi_here("bundle", CONTEST, "--url", url, "--out", tmp_path / "over.zip")
        assert over.returncode == 0, over.stderr
        refused = yishi_here("bundle", CONTEST, "--url", url, "--tier", "auditor", "--out", tmp_path / "no.zip")
    assert (tmp_path / "over.zip").read_bytes() == path.read_bytes()
    assert refused.returncode == 1
    assert "401" in refused.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, "over.zip"]


def test_the_operator_has_the_auditors_bundle(place: Place, tmp_path: Path) -> None:
    done = yishi("bundle", CONTEST, "--tier", "auditor", folder=tmp_path, **place.environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{CONTEST}-auditor.zip").exists()


def test_what_has_no_bundle_is_refused_and_leaves_no_file(place: Place, tmp_path: Path) -> None:
    done = yishi("bundle", "con_none", folder=tmp_path, **place.environment)
    assert done.returncode == 1
    assert "contest_not_found" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_before_the_publication_it_says_so(place: Place, tmp_path: Path) -> None:
    engine = engine_for(place.url)
    world.change(engine, provisional_at=None)
    try:
        done = yishi("bundle", CONTEST, folder=tmp_path, **place.environment)
    finally:
        world.change(engine, provisional_at=COUNTED)
        engine.dispose()
    assert done.returncode == 1
    assert "not_published_yet" in done.stderr
