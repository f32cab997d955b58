"""`yishi demo`: a running neighbourhood with a vote in it, and lines to paste for everybody who has a part in it."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import Session

from voting import migrate
from voting.access.keys import embedded_issuer
from voting.access.tokens import Issuer
from voting.clock import system_now
from voting.commands import before_the_vote, console, curls, keys, seed
from voting.commands.curls import Cast
from voting.commands.own_server import command, environment_of
from voting.commands.serve import Port
from voting.community import codes, communities, persons
from voting.contests import queries
from voting.contests.queries import View
from voting.core.authority import SYSTEM, Principal
from voting.settings import Settings
from voting.store import engine_for, reading, transact

DATABASE = "sqlite:///var/demo.db"
_TOKEN_LIFE = timedelta(days=30)


def demo(
    fast_clock: Annotated[
        bool, typer.Option("--fast-clock", help="Let the demo's clock be moved forward by HTTP.")
    ] = False,
    port: Port = 8000,
    database: Annotated[
        str, typer.Option(metavar="URL", help="Where the neighbourhood is kept between runs.")
    ] = DATABASE,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the SQLite of the last run and begin anew.")] = False,
) -> None:
    """Serve "Community B" on 127.0.0.1: a certified election, an open ranking, what was proposed and said before it, and
    curl lines for every role."""
    settings = _settings(database, port, fast_clock)
    folder = Path(make_url(database).database or "var/demo.db").parent if database.startswith("sqlite") else Path("var")
    if reset:
        _forget(database)
    engine = engine_for(settings.database_url)
    migrate.upgrade(engine)
    community_id = _known(engine) or _planted(engine, settings)
    cast = _cast_of(engine, embedded_issuer(settings), community_id, settings.public_url)
    engine.dispose()
    curls.keep(cast, folder / "demo.env")
    for line in curls.lines(cast, fast_clock=fast_clock):
        console.say(line)
    if cast.parking_state != "open":
        console.say(f"\nThe ranking is {cast.parking_state}; `yishi demo --reset` begins anew.")
    console.say(f"\nThe same values as shell variables: . {folder / 'demo.env'}")
    console.say(f"Serving on {settings.public_url} (API description: {settings.public_url}/docs). Ctrl-C ends it.")
    arguments = command(port)
    os.execve(arguments[0], arguments, _environment(settings))  # noqa: S606 (our own interpreter, no shell)


def _settings(database: str, port: int, fast_clock: bool) -> Settings:
    return Settings(
        database_url=database,
        public_url=f"http://127.0.0.1:{port}",
        access_token_seconds=int(_TOKEN_LIFE.total_seconds()),
        demo=fast_clock,
        log_json=False,
    )


def _environment(settings: Settings) -> dict[str, str]:
    names = ("database_url", "public_url", "access_token_seconds", "demo", "log_json", "key_file")
    return environment_of({name: str(getattr(settings, name)) for name in names})


def _forget(database: str) -> None:
    url = make_url(database)
    if url.get_backend_name() != "sqlite" or not url.database:
        console.fail("--reset forgets an SQLite file only", status=2)
    for ending in ("", "-wal", "-shm"):
        Path(url.database + ending).unlink(missing_ok=True)


def _known(engine: Engine) -> str | None:
    """The community of an earlier run."""
    with reading(engine) as session:
        found = communities.list_all(session, SYSTEM, None, 200)
        return next((seen.row.id for seen in found if seen.row.demo and seen.row.name == seed.NAME), None)


def _planted(engine: Engine, settings: Settings) -> str:
    console.note("Planting Community B …")
    return seed.plant(engine, system_now(), keys.signing(settings))


def _cast_of(engine: Engine, issuer: Issuer, community_id: str, url: str) -> Cast:
    """Fresh tokens for everybody, a fresh code for a resident who has not voted, a fresh key for the integrator."""
    now = system_now()

    def work(session: Session) -> Cast:
        leader, parking = _contests(session, community_id, now)
        resident_id = _resident(session, community_id, parking, now)
        officers = {role: _person(session, community_id, ref) for ref, (_, role) in seed.OFFICERS.items()}
        told = before_the_vote.find(session, community_id, now)
        if told is None:
            console.fail(
                "this neighbourhood was planted by an older version: `yishi demo --reset` begins anew", status=2
            )

        def token(person_id: str) -> str:
            return issuer.issue_access(person_id, community_id, now)

        return Cast(
            url=url,
            community_id=community_id,
            leader_id=leader.contest.id,
            parking_id=parking.contest.id,
            parking_state=parking.contest.state,
            options=tuple((option.id, option.label["en"]) for option in parking.options),
            told=told,
            code=_code(session, community_id, resident_id, now),
            resident=token(resident_id),
            social_worker=token(officers["social_worker"]),
            returning_officer=token(officers["returning_officer"]),
            auditor=token(officers["auditor"]),
            moderator=token(officers["moderator"]),
            appeal_reviewer=token(officers["appeal_reviewer"]),
            integrator=seed.integrator_key(session, community_id, now),
        )

    return transact(engine, work)


def _contests(session: Session, community_id: str, now: datetime) -> tuple[View, View]:
    """The election and the ranking."""
    views = queries.page(session, SYSTEM, community_id, now=now, limit=200)
    named = {view.contest.question["en"]: view for view in views}
    return named[seed.LEADER_QUESTION["en"]], named[seed.PARKING_QUESTION["en"]]


def _resident(session: Session, community_id: str, parking: View, now: datetime) -> str:
    """The first resident of the register who may still cast; the first of all when nobody may."""
    listed = persons.list_of(session, SYSTEM, community_id, limit=1000)
    people = [seen.row for seen in sorted(listed, key=lambda seen: seen.row.external_ref or "")]
    for person in people:
        voter = Principal("person", person.id, community_id)
        loaded = queries.load(session, voter, parking.contest.id, now)
        if queries.view(session, voter, loaded).actions["cast"] is None:
            return person.id
    return people[0].id


def _person(session: Session, community_id: str, ref: str) -> str:
    return persons.list_of(session, SYSTEM, community_id, person_ref=ref)[0].row.id


def _code(session: Session, community_id: str, person_id: str, now: datetime) -> str:
    home = persons.read(session, SYSTEM, person_id, now).row.residencies[0].dwelling_id
    printed = codes.issue(session, SYSTEM, community_id, dwelling_ids=[home], now=now)
    return next(code.code for code in printed if code.person_id == person_id)
