"""The caller learns who they are here, and an outside identity becomes a person by a printed code."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from jose import jwt

from api.app import create_app
from tests.access.world import a_role
from tests.api.settled import as_person, printed, settle
from voting.access import clients
from voting.access.jwk import published
from voting.core.authority import SYSTEM
from voting.settings import Settings, TrustedIssuer
from voting.store import transact

pytestmark = pytest.mark.anyio
NAME = "https://id.example"


async def test_a_stranger_is_asked_who_they_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_required")
    assert answer.headers["www-authenticate"] == 'Bearer realm="yishi"'


async def test_a_resident_may_read_and_cast(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    me = (await client.get("/v1/me", headers=as_person(app, "per_1"))).json()
    assert (me["kind"], me["id"], me["community_id"], me["roles"]) == ("person", "per_1", "com_1", [])
    assert [here["community_id"] for here in me["communities"]] == ["com_1"]
    acts = set(me["communities"][0]["acts"])
    assert {"roll.read", "roll.object", "contest.read", "contest.cast"} <= acts
    assert not {act for act in acts if act.startswith(("register.", "roles.", "codes."))}


async def test_a_role_over_one_contest_is_told_with_what_it_allows(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    role = a_role("rle_1", "per_1", "returning_officer", scope_kind="contest", scope_id="con_1")
    transact(app.state.services.engine, lambda session: session.add(role))
    me = (await client.get("/v1/me", headers=as_person(app, "per_1"))).json()
    assert "contest.certify" in me["roles"][0]["acts"]
    assert "contest.certify" not in me["communities"][0]["acts"]


async def test_a_platform_key_is_told_its_scopes(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    made = transact(
        services.engine,
        lambda session: clients.create(
            session, SYSTEM, community_id=None, name="p", scopes=["platform"], now=services.clock()
        ),
    )
    me = (await client.get("/v1/me", headers={"Authorization": f"Bearer {made.bearer}"})).json()
    assert (me["kind"], me["scopes"], me["communities"]) == ("client", ["platform"], [])


async def test_our_own_token_binds_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    settle(app)
    body = {"code": printed(app)["per_2"]}
    answer = await client.post("/v1/me/identities", json=body, headers=as_person(app, "per_1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_is_ours")


async def test_a_stranger_binds_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/me/identities", json={"code": "0000-0000-0000"})).status_code == 401


class Outside:
    """An issuer of its own, whose keys are served on this machine."""

    def __init__(self, url: str, private: ec.EllipticCurvePrivateKey) -> None:
        self.url = url
        self._private = private

    def bearer(self, subject: str, now: datetime) -> dict[str, str]:
        at = int(now.timestamp())
        claims: dict[str, Any] = {"iss": NAME, "aud": "yishi", "sub": subject, "jti": "j", "iat": at, "nbf": at}
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        ends = int((now + timedelta(minutes=5)).timestamp())
        token = jwt.encode(claims | {"exp": ends}, pem, algorithm="ES256", headers={"kid": "k"})
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def outside() -> Iterator[Outside]:
    private = ec.generate_private_key(ec.SECP256R1())
    body = json.dumps({"keys": [{**published(private.public_key()), "kid": "k"}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Outside(f"http://127.0.0.1:{server.server_port}/jwks", private)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def trusting(settings: Settings, outside: Outside) -> AsyncIterator[FastAPI]:
    """A service that believes the outside issuer."""
    trusted = [TrustedIssuer(issuer=NAME, jwks_url=outside.url)]
    made = create_app(settings.model_copy(update={"issuers": trusted}))
    settle(made)
    async with made.router.lifespan_context(made):
        yield made


async def test_an_outside_identity_becomes_the_person_of_a_code_once(trusting: FastAPI, outside: Outside) -> None:
    codes = printed(trusting)
    bearer = outside.bearer("s-1", trusting.state.services.clock())
    transport = httpx.ASGITransport(app=trusting)
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.test", headers=bearer) as client:
        unbound = await client.get("/v1/me")
        assert (unbound.status_code, unbound.json()["code"]) == (401, "identity_not_bound")
        bound = await client.post("/v1/me/identities", json={"code": codes["per_1"]})
        assert (bound.status_code, bound.json()["person_id"]) == (201, "per_1")
        assert (await client.get("/v1/me")).json()["id"] == "per_1"
        again = await client.post("/v1/me/identities", json={"code": codes["per_2"]})
        assert (again.status_code, again.json()["code"]) == (409, "identity_already_bound")
    # The refused attempt spent no code: it was rolled back with everything else.
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.test") as client:
        answer = await client.post("/v1/tokens", json={"grant_type": "code", "code": codes["per_2"]})
        assert answer.status_code == 200


async def test_our_own_tokens_go_on_beside_an_outside_issuer(trusting: FastAPI, outside: Outside) -> None:
    transport = httpx.ASGITransport(app=trusting)
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.test") as client:
        assert (await client.get("/v1/me", headers=as_person(trusting, "per_2"))).json()["id"] == "per_2"
