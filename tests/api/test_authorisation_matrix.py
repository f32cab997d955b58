"""Every route × every kind of caller. A route without a row in the table fails.

Who may is decided above the databases: `make check` asks on SQLite, `make prove` on both.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import Session, col, select

from api.app import ROUTERS, create_app
from tests import databases
from tests.access import world
from tests.access.moment import NOW
from tests.api.authorisation import BLIND, BODIES, CALLERS, address, rows
from tests.contests.world import finish_closing
from tests.deliberation.settled import settle_proposals
from tests.programme.settled import settle_programme
from tests.redesign.settled import settle_reports
from voting.access import keys
from voting.access.tables import ApiClient
from voting.access.tokens import Issuer
from voting.community import events
from voting.community.tables import Ownership, Person
from voting.contests import certifying, closing, entries, moves, queries
from voting.contests.tables import (
    BoxRow,
    Contest,
    Delivery,
    OpenBallotLink,
    Option,
    PaperBatch,
    Participation,
    ResultObjection,
)
from voting.core.authority import SYSTEM
from voting.deliberation import attachment_store
from voting.deliberation.comment_tables import Comment, CommentSummary
from voting.deliberation.moderation_tables import ModerationCase, ModerationStep, Sanction
from voting.log.tables import CastCommitment, Log
from voting.roll.tables import Proxy, Roll, RollEntry, RollObjection, RollVoter
from voting.settings import Settings
from voting.store import reader, transact

ROWS = rows()
BROKEN = ("expired", "wrong audience", "wrong typ")
FAR = datetime(2100, 1, 1, tzinfo=UTC)
PEOPLE = {"resident": "per_1", "foreign": "per_far", "officer": "per_off", "auditor": "per_aud", "admin": "per_admin"}
Call = Callable[[str, str, str], httpx.Response]
ASKED_ON = databases.swept_on("sqlite", "call")


def every_route() -> set[str]:
    """`METHOD path` of all routes of the application."""
    return {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def settle(session: Session) -> None:
    """The small world, with an officer, an API client, an owner and an open contest that per_1 may vote in."""
    world.settle(session)
    session.add(Person(id="per_off", community_id="com_1", name="off"))
    session.add(world.a_role("rle_off", "per_off", "committee_officer"))
    session.add(ApiClient(id="cli_1", community_id="com_1", name="app", created_at=NOW))
    owned = {"owner_name": "远大公司", "merge_key": "远大公司", "is_voter": False}
    session.add(Ownership(id="own_1", community_id="com_1", dwelling_id="dwl_1", **owned))
    roll = Roll(
        id="rol_open", community_id="com_1", name="all", basis="person", scope={"kind": "community"}, created_at=NOW
    )
    session.add(roll)
    session.flush()
    objection = {"kind": "missing", "statement": "s", "filed_by": "per_2", "filed_at": NOW}
    session.add(RollObjection(id="obj_1", community_id="com_1", roll_id="rol_1", **objection))
    session.add(
        RollEntry(id="ent_1", community_id="com_1", roll_id=roll.id, elector="per_1", label="1", salt=bytes(32))
    )
    session.flush()
    session.add(RollVoter(roll_id=roll.id, person_id="per_1", entry_id="ent_1"))
    proxy = {"entry_id": "ent_1", "agent_id": "per_2", "form": "in_app", "granted_at": NOW, "granted_by": "per_1"}
    session.add(Proxy(id="prx_1", community_id="com_1", roll_id=roll.id, **proxy))
    session.flush()
    roll.state, roll.root, roll.electors, roll.heads = "sealed", bytes(32), 1, 1
    session.flush()
    for state in ("draft", "noticed", "open", "ended", "closed", "counted", "provisional", "challenged"):
        a_contest(session, roll.id, state)
    batch = {"contest_id": "con_open", "community_id": "com_1", "label": "1", "issued": 1, "created_at": NOW}
    session.add(PaperBatch(id="pbt_1", **batch))
    delivered = {"method": "post", "delivered_at": NOW, "delivered_by": "b", "document_hash": bytes(32), "warned": True}
    recorded = {"recorded_by": "per_off", "recorded_at": NOW, "entry_id": "ent_1"}
    session.add(Delivery(id="dlv_1", contest_id="con_open", community_id="com_1", **delivered, **recorded))
    objected = {"filed_by": "per_1", "form": "in_app", "statement": "s", "filed_at": NOW, "entry_id": "ent_1"}
    session.add(ResultObjection(id="rob_1", contest_id="con_open", community_id="com_1", **objected))
    session.add(CastCommitment(contest_id="con_open", commitment=bytes(32), integrate_by=NOW))
    said = {"community_id": "com_1", "thread": "contest:con_open", "text": "s", "salt": bytes(32), "created_at": NOW}
    session.add(Comment(id="cmt_1", branch="contest:con_open", path="1", author_id="per_2", **said))
    session.add(CommentSummary(id="csm_1", author_id="per_off", side="all", **said))
    about = {"community_id": "com_1", "subject_kind": "comment", "subject_id": "cmt_2", "author_id": "per_2"}
    session.add(Comment(id="cmt_2", author_id="per_2", case_id="cse_1", state="flagged", **said))
    session.add(ModerationCase(id="cse_1", opened_at=NOW, flags=1, **about))
    session.flush()
    step = {"community_id": "com_1", "case_id": "cse_1", "kind": "flagged", "rule_id": "abuse", "at": NOW}
    session.add(ModerationStep(id="mst_1", **step))
    terms = {"rule_id": "abuse", "acts": ["comment"], "imposed_by": "per_admin", "imposed_at": NOW, "ends_at": FAR}
    session.add(Sanction(id="san_1", community_id="com_1", person_id="per_2", **terms))
    external = {"question": {"en": "?"}, "method": "yes-no", "rule_id": "cn.residents-meeting", "channel": "external"}
    window = {"opens_at": NOW, "closes_at": NOW, "noticed_at": NOW, "created_at": NOW}
    session.add(
        Contest(id="con_external", community_id="com_1", roll_id=roll.id, state="noticed", **external, **window)
    )
    session.flush()
    settle_proposals(session)
    settle_reports(session)
    settle_programme(session)


def settle_service(app: FastAPI) -> None:
    """The world in the service's database, and what is due of it in the logs."""
    transact(app.state.services.engine, settle)
    attachment_store.of(app.state.services.settings.attachments_url).put("att_1", b"%PDF-1.7 %%EOF")
    with reader(app.state.services.engine) as session:
        # Communities last: what comes into the logs of contests is announced in their journals.
        logs = session.exec(select(Log.id).order_by(col(Log.kind).desc(), col(Log.id))).all()
    for log_id in logs:
        app.state.services.sequencer.flush(log_id)


def a_contest(session: Session, roll_id: str, state: str) -> None:
    """A contest that stands in this state; `ended` is open and over."""
    over = state not in ("draft", "open")
    identifier = f"con_{state}"
    contest = Contest(
        id=identifier,
        community_id="com_1",
        roll_id=roll_id,
        question={"en": "?"},
        method="irv",
        state={"ended": "open", "counted": "closed", "provisional": "closed", "challenged": "closed"}.get(state, state),
        secrecy="open" if state == "provisional" else "secret",
        terms={"extension_max_days": 366},
        rule_id="cn.residents-meeting" if state == "provisional" else None,
        opens_at=FAR if state == "draft" else NOW,
        closes_at=NOW + timedelta(hours=1) if over and state != "noticed" else FAR + timedelta(days=1),
        noticed_at=NOW,
        opened_at=NOW,
        closed_at=NOW,
        provisional_at=NOW,
        electors=1,
        created_at=NOW,
    )
    session.add(contest)
    session.flush()
    for position in range(2):
        option = {"position": position, "label": {"en": str(position)}}
        session.add(Option(id=f"opt_{state}_{position}", community_id="com_1", contest_id=identifier, **option))
    if state not in ("draft", "noticed"):
        session.add(Participation(contest_id=identifier, entry_id="ent_1"))
        session.flush()
        entries.open_log(session, contest, queries.options(session, identifier), session.get_one(Roll, roll_id))
    session.flush()
    if state == "open":
        ends = contest.closes_at.isoformat().replace("+00:00", "Z")
        events.record(session, SYSTEM, "com_1", ("contest", identifier), "opened", NOW, "open", closes_at=ends)
    if state == "provisional":
        session.add(BoxRow(contest_id=identifier, slot=bytes(32), ballot=b"\x00"))
        session.flush()
    if state in ("closed", "counted", "provisional", "challenged"):
        closing.begin(session, contest)
        finish_closing(session, identifier)
    if state in ("counted", "provisional", "challenged"):
        moves.count(session, SYSTEM, identifier, now=NOW)
    if state == "provisional":
        session.add(OpenBallotLink(contest_id=identifier, entry_id="ent_1", slot=bytes(32)))
        moves.publish(session, SYSTEM, identifier, now=NOW)
    if state == "challenged":
        moves.publish(session, SYSTEM, identifier, now=NOW)
        certifying.challenge(session, SYSTEM, identifier, reason="r", now=NOW)


def bearers(app: FastAPI) -> dict[str, dict[str, str]]:
    """The headers of every caller."""
    services = app.state.services
    issuer, now = services.issuer, services.clock()
    other = Issuer(keys.load(services.settings.key_file), name=issuer.name, audience="x", lifetime=issuer.lifetime)
    community = {"foreign": "com_2"}
    tokens = {who: issuer.issue_access(one, community.get(who, "com_1"), now) for who, one in PEOPLE.items()}
    at = int(now.timestamp())
    claims = {"iss": issuer.name, "aud": issuer.audience, "sub": "per_admin", "com": "com_1", "jti": "j"}
    tokens |= {
        "expired": issuer.issue_access("per_admin", "com_1", now - timedelta(days=1)),
        "wrong audience": other.issue_access("per_admin", "com_1", now),
        "wrong typ": issuer.issue_receipt(claims | {"iat": at, "nbf": at, "exp": at + 3600}),
    }
    return {"stranger": {}} | {who: {"Authorization": f"Bearer {token}"} for who, token in tokens.items()}


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """The service, started, and a client of it."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield app, client


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread of its own, in which one service answers all rows."""
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture(scope="module", params=databases.KINDS)
def call(
    request: pytest.FixtureRequest, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Call]:
    """Send one row as one caller."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
        else:
            server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
            url = stack.enter_context(databases.fresh_postgres(server, template))
        settings = Settings(database_url=url, key_file=folder / "key.pem", rate_per_minute=0, demo=True)
        app, client = stack.enter_context(portal.wrap_async_context_manager(running(settings)))
        settle_service(app)
        callers = bearers(app)

        def send(method: str, path: str, caller: str) -> httpx.Response:
            row = f"{method} {path}"
            body = BODIES.get(row)
            headers = {"If-Match": "*"} | callers[caller]
            content: dict[str, Any] = {} if body is None else {"json": body}
            if isinstance(body, str):
                content, headers = {"content": body.encode()}, headers | {"Content-Type": "text/csv"}
            query = "" if method == "GET" else "?dry_run=true"
            return portal.call(lambda: client.request(method, address(row) + query, headers=headers, **content))

        yield send


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(ROWS) == every_route()


def test_every_route_with_a_body_is_sent_one() -> None:
    wanting = set()
    for router in ROUTERS:
        for route in router.routes:
            if (
                isinstance(route, APIRoute)
                and route.body_field is not None
                and route.body_field.field_info.is_required()
            ):
                wanting |= {f"{method} {route.path}" for method in route.methods} - set(BODIES)
    assert wanting == set()


@ASKED_ON
@pytest.mark.parametrize("row", ROWS)
def test_a_caller_is_answered_as_the_table_says(call: Call, row: str) -> None:
    method, path = row.split()
    answers = {caller: call(method, path, caller) for caller in CALLERS}
    expected = dict(zip(CALLERS, ROWS[row], strict=True))
    assert {who: answer.status_code for who, answer in answers.items()} == expected, {
        who: answer.text[:300] for who, answer in answers.items() if answer.status_code != expected[who]
    }

    refused = {who: answer.json() for who, answer in answers.items() if answer.status_code in (401, 403, 404)}
    # A refusal is a problem with a sentence, and every fact of the sentence is there.
    assert [who for who, problem in refused.items() if not problem["detail"] or "{" in problem["detail"]] == []


@ASKED_ON
@pytest.mark.parametrize("row", ROWS)
def test_a_token_that_proves_nothing_is_refused(call: Call, row: str) -> None:
    method, path = row.split()
    wanted = 200 if path in BLIND else 401
    assert [call(method, path, who).status_code for who in BROKEN] == [wanted] * 3


@ASKED_ON
def test_the_rows_left_no_trace(call: Call) -> None:
    # Every write was a dry run: what an administrator reads is what was settled.
    people = call("GET", "/v1/communities/{community_id}/persons", "admin").json()["items"]
    assert {one["id"] for one in people} == {"per_admin", "per_1", "per_2", "per_aud", "per_off"}
