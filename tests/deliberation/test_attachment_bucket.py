"""Attachments in a bucket: over HTTP, against a server that speaks S3, which may be gone."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from moto.server import ThreadedMotoServer

from tests import databases
from tests.api.conftest import Service, running
from tests.deliberation.conftest import Caller, Town, settle
from tests.deliberation.test_attachments import attach, content, picture
from tests.deliberation.test_contribution_erasure import administer
from voting.commands.own_server import free_port
from voting.deliberation import attachment_store
from voting.deliberation.proposal_tables import Proposal
from voting.errors import NotFound, Unavailable
from voting.settings import Settings
from voting.store import transact, writer

KEY, SECRET = "AKIDOFTHESERVICE", "the-secret-that-nobody-is-told"


class Bucket:
    """A bucket of a server that can be stopped and started; what it holds stays."""

    def __init__(self) -> None:
        self.port, self.name = free_port(), f"files-{secrets.token_hex(4)}"
        self.endpoint, self.url = f"http://127.0.0.1:{self.port}", f"s3://{self.name}/yishi"
        self._server: ThreadedMotoServer | None = None
        self.start()
        assert httpx.put(f"{self.endpoint}/{self.name}").status_code == 200

    def start(self) -> None:
        """Answer."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def listing(self) -> str:
        """What lies in it, as the server lists it."""
        return httpx.get(f"{self.endpoint}/{self.name}?list-type=2").text


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    """A bucket, and the environment that leads to it."""
    with pytest.MonkeyPatch.context() as patch:
        made = Bucket()
        told = {"ENDPOINT": made.endpoint, "REGION": "us-east-1", "ACCESS_KEY_ID": KEY, "SECRET_ACCESS_KEY": SECRET}
        for name, value in told.items():
            patch.setenv(f"AWS_{name}", value)
        try:
            yield made
        finally:
            made.stop()


@contextlib.contextmanager
def away(bucket: Bucket) -> Iterator[None]:
    """While the server is gone."""
    bucket.stop()
    try:
        yield
    finally:
        bucket.start()


def test_a_bucket_keeps_gives_and_forgets(bucket: Bucket) -> None:
    shelf = attachment_store.of(bucket.url)
    shelf.put("att_1", b"\x00\xff" * 100_000)
    assert shelf.get("att_1") == b"\x00\xff" * 100_000
    assert "yishi/att_1" in bucket.listing()
    shelf.delete("att_1")
    shelf.delete("att_1")
    assert "att_1" not in bucket.listing()
    with pytest.raises(NotFound, match="attachment_gone"):
        shelf.get("att_1")


def test_a_bucket_that_is_not_there_is_no_missing_file(bucket: Bucket) -> None:
    shelf = attachment_store.of(f"s3://nobodys-{secrets.token_hex(4)}/yishi")
    with pytest.raises(Unavailable):
        shelf.put("att_1", b"x")


def test_a_server_that_is_gone_is_told_apart_from_a_file_that_is(
    bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = attachment_store.of(bucket.url)
    shelf.put("att_2", b"kept")
    caplog.set_level(logging.DEBUG)
    with away(bucket):
        for act in (lambda: shelf.put("att_3", b"x"), lambda: shelf.get("att_2"), lambda: shelf.delete("att_2")):
            with pytest.raises(Unavailable) as refused:
                act()
            told = f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__cause__}"
            assert SECRET not in told
    assert shelf.get("att_2") == b"kept"
    assert SECRET not in caplog.text
    assert SECRET not in repr(shelf.__dict__)


@dataclass
class Place:
    """A service whose files lie in the bucket."""

    town: Town
    admin: Caller
    bucket: Bucket


@pytest.fixture(scope="module", params=databases.KINDS)
def place(
    request: pytest.FixtureRequest, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory, bucket: Bucket
) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("bucket")
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
        else:
            server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
            url = stack.enter_context(databases.fresh_postgres(server, template))
        made = {"database_url": url, "key_file": folder / "key.pem", "rate_per_minute": 0, "demo": True}
        settings = Settings(**made, attachments_url=bucket.url)
        app, client = stack.enter_context(portal.wrap_async_context_manager(running(settings)))
        service = Service(app, client, portal)
        transact(service.engine, settle)
        transact(service.engine, administer)
        yield Place(Town(service), Caller(service, "per_adm"), bucket)


def test_files_lie_in_the_bucket_and_go_from_it(place: Place) -> None:
    town, proposal = place.town, place.town.published()
    made = attach(town.li, proposal, picture()).json()
    assert made["id"] in place.bucket.listing()
    assert content(town.wang, made["id"]).headers["content-type"] == "image/jpeg"
    town.li.post(f"/attachments/{made['id']}/remove", {"reason": "r"})
    assert made["id"] not in place.bucket.listing()


def test_no_transaction_waits_for_the_server(place: Place) -> None:
    town, proposal = place.town, place.town.published()
    with away(place.bucket), writer(town.service.engine) as session:
        session.get_one(Proposal, proposal, with_for_update=True)
        assert attach(town.li, proposal, picture()).json()["code"] == "attachments_unavailable"


def test_what_is_refused_after_all_leaves_no_file(place: Place) -> None:
    before = place.bucket.listing()
    answer = attach(place.town.li, place.town.published(), picture(), name="x" * 121)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")
    assert place.bucket.listing() == before


def test_nothing_is_lost_while_the_server_is_gone(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    town, proposal = place.town, place.town.published()
    made = attach(town.li, proposal, picture()).json()
    kept = content(town.li, made["id"]).content
    with away(place.bucket):
        answers = [
            attach(town.li, proposal, picture()),
            content(town.li, made["id"]),
            town.li.ask("POST", f"/attachments/{made['id']}/remove", {"reason": "r"}),
            place.admin.ask("POST", "/persons/per_li/erase_contributions"),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "attachments_unavailable")
            assert answer.headers["retry-after"]
            assert SECRET not in answer.text
        assert town.li.get(f"/attachments/{made['id']}")["removed_at"] is None
        assert town.li.get(f"/proposals/{proposal}")["authors"][0]["person_id"] == "per_li"
    told = capfd.readouterr()
    assert SECRET not in told.out + told.err
    (row,) = town.li.get(f"/proposals/{proposal}/attachments")["items"]
    assert (row["id"], content(town.li, row["id"]).content) == (made["id"], kept)
    place.admin.post("/persons/per_li/erase_contributions")
    assert made["id"] not in place.bucket.listing()
