"""Keys and tokens made on the machine of the service itself, by whoever may read its database and its key file."""

from __future__ import annotations

from collections.abc import Sequence

from voting import migrate
from voting.access import clients
from voting.clock import system_now
from voting.community import queries
from voting.core.authority import SCOPES, SYSTEM
from voting.log import keys as log_keys
from voting.log.guard import Guard
from voting.log.sequencer import Signing
from voting.settings import Settings
from voting.store import Session, engine_for, transact


def signing(settings: Settings) -> Signing:
    """What the logs of a service with these settings are signed with."""
    return Signing(log_keys.of(settings), Guard(settings.log_state_dir))


def client_key(
    database_url: str,
    name: str,
    *,
    scopes: Sequence[str] = SCOPES,
    community_id: str | None = None,
    roles: Sequence[str] = (),
) -> str:
    """A new API client of a community, or of the platform; its key, which is shown this once. Raises NotFound."""
    engine = engine_for(database_url)
    now = system_now()

    def create(session: Session) -> str:
        if community_id is not None:
            queries.community(session, SYSTEM, community_id)
        return clients.create(
            session,
            SYSTEM,
            community_id=community_id,
            name=name,
            scopes=scopes,
            roles_over_community=roles,
            now=now,
        ).bearer

    try:
        return transact(engine, create)
    finally:
        engine.dispose()


def platform_key(database_url: str, name: str) -> str:
    """Bring a database of our own to the newest schema; the key of a platform client with every scope."""
    engine = engine_for(database_url)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()
    return client_key(database_url, name)
