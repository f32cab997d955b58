"""The register in the database: read whole before an import, written in bulk after it. Set-based on both databases.

An import of a community waits for the one before it: the community's row is locked for the length of the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Table, bindparam, delete, insert, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, select

from voting.community.register_stored import KINDS, Plan, Stored, StoredOwnership, StoredPerson, StoredResidency
from voting.community.tables import Building, Community, Dwelling, Household, Ownership, Person, Residency, Unit

_MODELS: dict[str, type[SQLModel]] = {
    "buildings": Building,
    "units": Unit,
    "dwellings": Dwelling,
    "households": Household,
    "persons": Person,
    "residencies": Residency,
    "ownerships": Ownership,
}
_WRITTEN = ("buildings", "units", "dwellings", "persons", "households", "residencies", "ownerships")
"""Tables in an order that foreign keys accept."""
_CHUNK = 5_000
assert set(_WRITTEN) == set(KINDS)


def lock(session: Session, community_id: str) -> None:
    """Hold the community's register until the transaction ends."""
    session.exec(select(Community.id).where(Community.id == community_id).with_for_update()).one()


def load(session: Session, community_id: str, today: date) -> Stored:
    """Everything that an import compares with; residencies only where `today` still belongs to them."""
    stored = Stored()
    buildings: dict[str, str] = {}
    for identifier, label in _rows(session, "buildings", community_id, "label"):
        stored.buildings[label] = identifier
        buildings[identifier] = label
    units: dict[str, tuple[str, str]] = {}
    for identifier, building_id, label in _rows(session, "units", community_id, "building_id", "label"):
        units[identifier] = buildings[building_id], label
        stored.units[units[identifier]] = identifier
    for identifier, unit_id, label, area in _rows(session, "dwellings", community_id, "unit_id", "label", "area_cm2"):
        stored.dwellings[(*units[unit_id], label)] = identifier, area
    for identifier, dwelling_id, speaker in _rows(
        session, "households", community_id, "dwelling_id", "representative_id"
    ):
        stored.households[dwelling_id] = identifier, speaker
    for identifier, name, phone, born_on, ref in _rows(
        session, "persons", community_id, "name", "phone", "born_on", "external_ref"
    ):
        stored.persons[identifier] = StoredPerson(identifier, name, phone, born_on, ref or "")
    columns = ("dwelling_id", "person_id", "kind", "from_on", "to_on")
    for identifier, dwelling_id, person_id, kind, from_on, to_on in _rows(
        session, "residencies", community_id, *columns
    ):
        if to_on is None or to_on >= today:
            stored.residencies[dwelling_id][person_id] = StoredResidency(identifier, kind, from_on)
    columns = ("dwelling_id", "person_id", "owner_name", "merge_key", "is_voter")
    for identifier, dwelling_id, *ownership in _rows(session, "ownerships", community_id, *columns):
        stored.ownerships[dwelling_id].append(StoredOwnership(identifier, *ownership))
    return stored


def _rows(session: Session, kind: str, community_id: str, *columns: str) -> Iterator[Any]:
    """(id, *columns) of one community, by id."""
    table = _table(kind)
    statement = sql_select(table.c.id, *(table.c[name] for name in columns))
    return iter(session.execute(statement.where(table.c.community_id == community_id).order_by(table.c.id)))


def write(session: Session, plan: Plan) -> None:
    """Insert, update and delete what the plan says. Versions rise by one with every update."""
    for start in range(0, len(plan.removed_ownerships), _CHUNK):
        chunk = plan.removed_ownerships[start : start + _CHUNK]
        session.execute(delete(_table("ownerships")).where(_table("ownerships").c.id.in_(chunk)))
    for kind in _WRITTEN:
        _insert(session, _table(kind), plan.inserts[kind])
        _update(session, _table(kind), plan.updates[kind])
    session.expire_all()


def _table(kind: str) -> Table:
    table: Table = _MODELS[kind].__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    return table


def _insert(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    # In the order of the ids every index grows at its end, and the order of the file is not kept (ids are random).
    rows = sorted(rows, key=itemgetter("id"))
    if "version" in table.c:
        rows = [{**row, "version": 1} for row in rows]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(table), rows[start : start + _CHUNK])


def _copy(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """COPY: one stream instead of one statement a row. The columns hold text, numbers, days and truths only."""
    columns = list(rows[0])
    statement = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table.name), SQL(", ").join(Identifier(name) for name in columns)
    )
    values = itemgetter(*columns)
    cursor: Cursor[Any] = connection.connection.cursor()  # type: ignore[assignment]  # psycopg's own, behind the pool
    with cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(values(row))


def _update(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    statement = update(table).where(table.c.id == bindparam("new_id")).values(values)
    # On the connection itself: the session would take an executemany UPDATE for one by primary key of mapped objects.
    session.connection().execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])
