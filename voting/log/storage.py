"""Tiles and entry bundles in the database: one row for each place, the widest that there is."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session, col, select

from voting.core.evidence import tiles
from voting.core.evidence.tiles import ENTRIES, WIDTH, Reader, Tile
from voting.errors import NotFound
from voting.log.tables import LogTile

_PUT = text(
    "INSERT INTO log_tile (log_id, level, place, width, data) VALUES (:log_id, :level, :place, :width, :data)"
    " ON CONFLICT (log_id, level, place) DO UPDATE SET width = excluded.width, data = excluded.data"
)


def put(session: Session, log_id: str, grown: Iterable[Tile]) -> None:
    """Write new tiles, and wider ones over those they extend."""
    rows = [
        {"log_id": log_id, "level": tile.level, "place": tile.index, "width": tile.width, "data": tile.data}
        for tile in grown
    ]
    if rows:
        session.execute(_PUT, rows)


def reader(session: Session, log_id: str) -> Reader:
    """Reads the tiles of one log. Raises NotFound where there is none so wide."""

    def read(level: int, index: int, width: int) -> bytes:
        found = session.exec(
            select(LogTile.data).where(
                LogTile.log_id == log_id,
                LogTile.level == level,
                LogTile.place == index,
                col(LogTile.width) >= width,
            )
        ).one_or_none()
        if found is None:
            raise NotFound("tile_not_found", path=tiles.path(level, index, width))
        return found

    return read


def entry(session: Session, log_id: str, index: int) -> bytes:
    """The entry at `index`. Raises NotFound behind the end."""
    offset = index % WIDTH
    data = reader(session, log_id)(ENTRIES, index // WIDTH, offset + 1)
    return tiles.entries_of(data)[offset]


def entries(session: Session, log_id: str, begin: int, end: int) -> tuple[bytes, ...]:
    """The entries [begin, end)."""
    read = reader(session, log_id)
    found: list[bytes] = []
    for index in range(begin // WIDTH, -(-end // WIDTH)):
        width = min(WIDTH, end - index * WIDTH)
        found += tiles.entries_of(read(ENTRIES, index, width))[:width]
    return tuple(found[begin % WIDTH :])
