"""`yishi token` as a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from tests.commands.conftest import Planted
from tests.commands.processes import yishi, yishi_here
from voting.access import principals
from voting.access.keys import embedded_issuer
from voting.clock import system_now
from voting.community.tables import Person
from voting.core.authority import Grant
from voting.settings import Settings
from voting.store import engine_for, reading


def test_a_platform_key_may_make_communities(planted: Planted) -> None:
    done = yishi("token", "--platform", "--database", planted.url)
    with reading(engine_for(planted.url)) as session:
        assert "platform" in principals.of_client_key(session, done.stdout.strip(), system_now()).scopes


def test_a_community_key_has_the_roles_that_were_asked_for(planted: Planted) -> None:
    url, community_id = planted.url, planted.community_id
    done = yishi_here(
        "token", "--community", community_id, "--role", "auditor", "--scope", "rolls:read", "--database", url
    )
    with reading(engine_for(url)) as session:
        holder = principals.of_client_key(session, done.stdout.strip(), system_now())
    assert holder.grants == (Grant("auditor", "community", community_id),)
    assert holder.scopes == {"rolls:read"}


def test_a_persons_token_is_one_that_the_service_accepts(planted: Planted, tmp_path: Path) -> None:
    url, community_id = planted.url, planted.community_id
    with reading(engine_for(url)) as session:
        person = session.exec(select(Person.id).where(Person.external_ref == "S-3")).one()
    key_file = tmp_path / "key.pem"
    done = yishi("token", "--person", person, "--database", url, YISHI_KEY_FILE=str(key_file))
    claims = embedded_issuer(Settings(key_file=key_file)).verify_access(done.stdout.strip(), system_now())
    assert (claims.subject, claims.community_id) == (person, community_id)


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        ((), 2, "one of --platform"),
        (("--platform", "--person", "per_x"), 2, "one of --platform"),
        (("--person", "per_nobody"), 1, "no such id: per_nobody"),
        (("--platform", "--scope", "everything"), 1, "a scope is one of"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    planted: Planted, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    done = yishi_here("token", *arguments, "--database", planted.url)
    assert done.returncode == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_community_that_does_not_exist_is_named(planted: Planted) -> None:
    done = yishi_here("token", "--community", "com_none", "--database", planted.url)
    assert (done.returncode, done.stderr) == (1, "yishi: there is no such id: com_none\n")


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(planted: Planted) -> None:
    done = yishi_here("token", "--community", planted.community_id, "--role", "king", "--database", planted.url)
    assert done.returncode == 1
    assert "a role is one of" in done.stderr


def test_a_database_without_tables_is_told_to_migrate(tmp_path: Path) -> None:
    done = yishi_here("token", "--platform", "--database", f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 1
    assert "yishi migrate" in done.stderr
