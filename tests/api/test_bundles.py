"""Bundles over HTTP: a file with a strong etag, built once, continued where the line broke, for whoever may have it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from tests.access.world import a_role
from tests.contests import published, world
from tests.contests.published import publish
from tests.contests.world import CONTEST, NOW
from voting.access.tables import RoleAssignment
from voting.contests import bundle
from voting.core.evidence.events import Annulled
from voting.store import transact

BUNDLE = f"/v1/contests/{CONTEST}/bundle"
pytestmark = pytest.mark.anyio


@pytest.fixture
def standing(app: FastAPI) -> FastAPI:
    """A service with a published contest; the first person audits, the second is a resident, the third an officer."""
    services = app.state.services
    publish(services.engine, services.sequencer.signing)

    def grant(session: Session) -> None:
        roles: list[RoleAssignment] = [
            a_role("rle_1", world.person(0), "auditor"),
            a_role("rle_2", world.person(2), "returning_officer"),
        ]
        session.add_all(roles)

    transact(services.engine, grant)
    return app


def bearer(app: FastAPI, number: int) -> dict[str, str]:
    services = app.state.services
    return {"Authorization": f"Bearer {services.issuer.issue_access(world.person(number), 'com_1', services.clock())}"}


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every time a bundle is written, its tier."""
    seen: list[str] = []
    write = bundle.write

    def watched(session: Session, source: bundle.Source, *rest: object) -> object:
        seen.append(source.tier)
        return write(session, source, *rest)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(bundle, "write", watched)
    return seen


async def test_a_stranger_downloads_the_bundle(standing: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await client.get(BUNDLE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{CONTEST}-public.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert answer.headers["etag"] == f'"{hashlib.sha256(opened.read("manifest.json")).hexdigest()}"'


async def test_it_is_built_once_for_everybody(standing: FastAPI, client: httpx.AsyncClient, builds: list[str]) -> None:
    answers = await asyncio.gather(*(client.get(BUNDLE) for _ in range(8)))
    assert len({answer.content for answer in answers}) == 1
    assert builds == ["public"]


async def test_whoever_has_it_is_not_sent_it_again(standing: FastAPI, client: httpx.AsyncClient) -> None:
    first = await client.get(BUNDLE)
    again = await client.get(BUNDLE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_broken_download_is_continued(standing: FastAPI, client: httpx.AsyncClient) -> None:
    whole = await client.get(BUNDLE)
    headers = {"Range": "bytes=1000-", "If-Range": whole.headers["etag"]}
    rest = await client.get(BUNDLE, headers=headers)
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    other = await client.get(BUNDLE, headers=headers | {"If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, whole.content)


async def test_what_happens_later_is_another_bundle(
    standing: FastAPI, client: httpx.AsyncClient, builds: list[str]
) -> None:
    services = standing.state.services
    first = await client.get(BUNDLE)
    published.append(services.engine, services.sequencer.signing, Annulled(NOW, "fire"), state="annulled")
    second = await client.get(BUNDLE, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert builds == ["public", "public"]


async def test_the_auditors_bundle_is_for_auditors(standing: FastAPI, client: httpx.AsyncClient) -> None:
    asked = f"{BUNDLE}?tier=auditor"
    assert (await client.get(asked)).status_code == 401
    for number in (1, 2):
        # Whoever holds the roll does not read what the publish mode withholds: the two together name persons.
        assert (await client.get(asked, headers=bearer(standing, number))).status_code == 403
    answer = await client.get(asked, headers=bearer(standing, 0))
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("private")
    assert f'filename="{CONTEST}-auditor.zip"' in answer.headers["content-disposition"]


async def test_before_the_publication_it_is_refused(standing: FastAPI, client: httpx.AsyncClient) -> None:
    world.change(standing.state.services.engine, provisional_at=None, state="counted")
    answer = await client.get(BUNDLE)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published_yet")


async def test_a_log_that_lags_behind_is_asked_for_later(standing: FastAPI, client: httpx.AsyncClient) -> None:
    engine = standing.state.services.engine
    standing.state.services.sequencer.stop()
    transact(engine, lambda session: published.logs.append_event(session, CONTEST, Annulled(NOW, "fire")))
    answer = await client.get(BUNDLE)
    assert (answer.status_code, answer.json()["code"]) == (503, "log_behind")
    assert answer.headers["retry-after"] == "2"


async def test_files_are_gone_when_the_service_has_ended(
    standing: FastAPI, client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await client.get(BUNDLE)
    assert len(list(tmp_path.rglob("*.zip"))) == 1
    standing.state.services.bundles.close()
    assert list(tmp_path.rglob("*.zip")) == []
