"""The place of a benchmark: one community, one sealed roll of so many electors, one open contest, and everybody's request."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from voting import migrate
from voting.access.keys import embedded_issuer
from voting.clock import system_now
from voting.community.tables import Community, Person
from voting.contests import entries
from voting.contests.tables import Contest, Option, Participation
from voting.core.evidence import hashes, merkle
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.settings import Settings
from voting.store import engine_for, transact

AUDIENCE = "yishi"
ISSUER = "http://127.0.0.1:8000"
CONTEST = "con_bench"
OPTIONS = ("opt_north", "opt_south", "opt_garage", "opt_meadow", "opt_as_is")
_CHUNK = 5000


def settings_for(database_url: str, key_file: Path) -> Settings:
    """Settings of the service under test: no rate limit, everything else as delivered."""
    return Settings(
        database_url=database_url, public_url=ISSUER, audience=AUDIENCE, key_file=key_file, rate_per_minute=0
    )


def person(number: int) -> str:
    """The id of the n-th elector."""
    return f"per_bench_{number:06}"


def prepare(database_url: str, electors: int) -> None:
    """Migrate the database and fill it."""
    engine = engine_for(database_url)
    migrate.upgrade(engine)
    transact(engine, lambda session: _fill(session, electors))
    engine.dispose()


def _fill(session: Session, electors: int) -> None:
    now = system_now()
    session.add(Community(id="com_bench", name={"en": "Bench"}, time_zone="Asia/Shanghai", created_at=now))
    session.flush()
    roll = Roll(
        id="rll_bench",
        community_id="com_bench",
        name="all",
        basis="person",
        scope={"kind": "community"},
        created_at=now,
    )
    session.add(roll)
    session.flush()
    contest = Contest(
        id=CONTEST,
        community_id="com_bench",
        roll_id="rll_bench",
        question={"en": "How shall we park?"},
        method="irv",
        state="open",
        opens_at=now,
        closes_at=now + timedelta(days=7),
        opened_at=now,
        electors=electors,
        created_at=now,
    )
    session.add(contest)
    session.flush()
    options = [
        Option(id=name, community_id="com_bench", contest_id=CONTEST, position=place, label={"en": name})
        for place, name in enumerate(OPTIONS)
    ]
    session.add_all(options)
    for first in range(0, electors, _CHUNK):
        _fill_electors(session, range(first, min(first + _CHUNK, electors)))
    roll.state, roll.electors, roll.root = "sealed", electors, _root(electors)
    # The log is sequenced while the ballots are cast, as it is delivered.
    entries.open_log(session, contest, options, roll)


def _root(electors: int) -> bytes:
    return merkle.root(sorted(hashes.roll_leaf(b"0" * 32, person(number), None) for number in range(electors)))


def _fill_electors(session: Session, numbers: range) -> None:
    session.add_all(Person(id=person(n), community_id="com_bench", name=str(n)) for n in numbers)
    session.add_all(
        RollEntry(
            id=_entry(n), community_id="com_bench", roll_id="rll_bench", elector=person(n), label="x", salt=b"0" * 32
        )
        for n in numbers
    )
    session.flush()
    session.add_all(RollVoter(roll_id="rll_bench", person_id=person(n), entry_id=_entry(n)) for n in numbers)
    session.add_all(Participation(contest_id=CONTEST, entry_id=_entry(n)) for n in numbers)
    session.flush()
    session.expunge_all()


def _entry(number: int) -> str:
    return f"ent_bench_{number:06}"


def requests_for(settings: Settings, electors: range) -> list[bytes]:
    """One HTTP request per elector, ready to be sent: own token, own ballot, own slot and commitment."""
    issuer = embedded_issuer(settings)
    now = system_now()
    made = []
    for number in electors:
        token = issuer.issue_access(person(number), "com_bench", now)
        made.append(request(f"/v1/contests/{CONTEST}/ballots", ballot(), f"Authorization: Bearer {token}\r\n"))
    return made


def ballot() -> bytes:
    """A ballot as a voter's client makes it."""
    from api.schemas.ballots import encode

    count = 1 + secrets.randbelow(len(OPTIONS))
    ranking = secrets.SystemRandom().sample(OPTIONS, count)
    secret, nonce = secrets.token_bytes(32), secrets.token_bytes(32)
    slot = hashes.slot(CONTEST, secret)
    marks = hashes.ballot(CONTEST, [[option] for option in ranking])
    commitment = hashes.commitment(nonce, slot, 0, marks)
    return json.dumps({"ranking": ranking, "slot": encode(slot), "commitment": encode(commitment)}).encode()


def request(path: str, body: bytes, headers: str = "") -> bytes:
    """The bytes of a POST over a connection that stays open."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
