"""`yishi token`: a key for a program, or an access token of a person, for whoever runs the service."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlmodel import Session

from voting.access.keys import embedded_issuer
from voting.clock import system_now
from voting.commands import console
from voting.commands.keys import client_key
from voting.commands.migrate import Database, require_newest_schema, settings_for
from voting.community import persons
from voting.core.authority import GRANTED_ROLES, SCOPES, SYSTEM
from voting.errors import Invalid, NotFound, YishiError
from voting.settings import Settings
from voting.store import engine_for, reading


def token(
    platform: Annotated[bool, typer.Option("--platform", help="A key of the platform: it makes communities.")] = False,
    person: Annotated[str | None, typer.Option(metavar="ID", help="An access token of this person.")] = None,
    community: Annotated[str | None, typer.Option(metavar="ID", help="A key of a program of this community.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="With --community: a role over it. May be repeated.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="Narrow a key to these scopes. May be repeated.")] = None,
    name: Annotated[str, typer.Option(help="What the program is called in the log.")] = "command line",
    database: Database = None,
) -> None:
    """Print one key or token. A key is shown this once; only its hash is stored."""
    if sum((platform, person is not None, community is not None)) != 1:
        console.fail("say one of --platform, --person ID, --community ID", status=2)
    settings = settings_for(database)
    require_newest_schema(settings.database_url)
    try:
        if person is not None:
            console.say(_access_token(settings, person))
            return
        scopes = scope or [known for known in SCOPES if platform or known != "platform"]
        roles = role or []
        console.say(client_key(settings.database_url, name, scopes=scopes, community_id=community, roles=roles))
    except YishiError as error:
        console.fail(_sentence(error))


def _access_token(settings: Settings, person_id: str) -> str:
    now = system_now()
    engine = engine_for(settings.database_url)
    try:
        with reading(engine) as session:
            community_id = _community_of(session, person_id)
    finally:
        engine.dispose()
    return embedded_issuer(settings).issue_access(person_id, community_id, now)


def _community_of(session: Session, person_id: str) -> str:
    return persons.read(session, SYSTEM, person_id, system_now()).row.person.community_id


def _sentence(error: YishiError) -> str:
    if isinstance(error, NotFound):
        return f"there is no such id: {error.facts.get('id')}"
    if isinstance(error, Invalid):
        codes = {fault.code for fault in error.faults}
        if "scope_unknown" in codes:
            return f"a scope is one of {', '.join(SCOPES)}"
        if "role_unknown" in codes:
            return f"a role is one of {', '.join(GRANTED_ROLES)}"
    return f"{error.code} {error.facts}"
