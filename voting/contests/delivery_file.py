"""A file of deliveries, CSV or XLSX: one row for each, its columns named in Chinese or English. Every wrong cell is named.

Columns: `entry_id`, or `building`, `unit` and `dwelling`; `method`, `delivered_at`, `delivered_by`, `document_sha256` and
`warned`. A time without an offset is the community's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from voting.community import register_read
from voting.community.tables import Building, Community, Dwelling, Unit
from voting.contests import deliveries, queries
from voting.contests.deliveries import METHODS, Given, Report
from voting.core.authority import Principal
from voting.errors import Fault, Invalid

COLUMNS: Mapping[str, str] = {
    "名册条目": "entry_id",
    "楼栋": "building",
    "单元": "unit",
    "房号": "dwelling",
    "送达方式": "method",
    "送达时间": "delivered_at",
    "送达人": "delivered_by",
    "凭证哈希": "document_sha256",
    "已告知后果": "warned",
}
NEEDED = ("method", "delivered_at", "delivered_by", "document_sha256", "warned")
METHOD_WORDS: Mapping[str, str] = dict(zip(("当面", "邮寄", "电子", "留置"), METHODS, strict=True))
_TRUTH = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_NOWHERE = datetime(2000, 1, 1, tzinfo=UTC)


def record(session: Session, principal: Principal, contest_id: str, content: bytes, *, now: datetime) -> Report:
    """Record the deliveries of a file, all of them or none."""
    loaded = queries.load(session, principal, contest_id, now, "delivery.record")
    zone = ZoneInfo(session.get_one(Community, loaded.contest.community_id).time_zone)
    given = read(session, loaded.contest.community_id, content, zone)
    return deliveries.record_all(session, principal, contest_id, given, now=now)


def read(session: Session, community_id: str, content: bytes, zone: ZoneInfo) -> tuple[Given, ...]:
    """The deliveries of a file. Raises `Invalid` with the row and column of every fault."""
    header, *rows = register_read.read(content).rows
    columns = _columns([str(cell).strip() for cell in header[1]])
    dwellings = _dwellings(session, community_id) if "dwelling" in columns else {}
    faults: list[Fault] = []
    found = []
    for number, cells in rows:
        told = {name: str(cells[place]).strip() for name, place in columns.items() if place < len(cells)}
        found.append(_given(told, f"/rows/{number}", dwellings, zone, faults))
    if faults:
        raise Invalid(faults[:200])
    return tuple(found)


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [COLUMNS.get(name, name.lower()) for name in header]
    absent = [name for name in NEEDED if name not in names]
    if "entry_id" not in names and not {"building", "unit", "dwelling"} <= set(names):
        absent.append("entry_id")
    strangers = [name for name in names if name not in COLUMNS.values()]
    faults = [Fault(f"/header/{name}", "missing_member", {"member": name}) for name in absent]
    faults += [
        Fault(f"/header/{name[:60]}", "unknown_member", {"member": name[:60], "known": tuple(COLUMNS.values())})
        for name in strangers
    ]
    if faults:
        raise Invalid(faults)
    return {name: place for place, name in enumerate(names)}


def _dwellings(session: Session, community_id: str) -> dict[tuple[str, str, str], str]:
    query = select(Building.label, Unit.label, Dwelling.label, Dwelling.id)
    query = query.join(Unit, Unit.building_id == Building.id).join(Dwelling, Dwelling.unit_id == Unit.id)  # type: ignore[arg-type]  # a column compared
    return {(b, u, d): found for b, u, d, found in session.exec(query.where(Building.community_id == community_id))}


def _given(
    told: Mapping[str, str],
    place: str,
    dwellings: Mapping[tuple[str, str, str], str],
    zone: ZoneInfo,
    faults: list[Fault],
) -> Given:
    method = METHOD_WORDS.get(told.get("method", ""), told.get("method", ""))
    if method not in METHODS:
        faults.append(Fault(f"{place}/method", "not_one_of", {"value": method[:80], "allowed": METHODS}))
    digest = told.get("document_sha256", "")
    if not _HASH.fullmatch(digest):
        faults.append(Fault(f"{place}/document_sha256", "wrong_form", {"expected": "64 hexadecimal digits"}))
    warned = _TRUTH.get(told.get("warned", "").lower())
    if warned is None:
        faults.append(Fault(f"{place}/warned", "wrong_form", {"expected": "是 / 否, yes / no"}))
    if not told.get("delivered_by"):
        faults.append(Fault(f"{place}/delivered_by", "too_short", {"limit": 1}))
    entry_id = told.get("entry_id") or None
    dwelling_id = None if entry_id else _dwelling(told, place, dwellings, faults)
    return Given(
        method=method,
        delivered_at=_instant(told.get("delivered_at", ""), place, zone, faults),
        delivered_by=told.get("delivered_by", "")[:200],
        document_hash=bytes.fromhex(digest) if _HASH.fullmatch(digest) else b"",
        warned=bool(warned),
        entry_id=entry_id,
        dwelling_id=dwelling_id,
        place=place,
    )


def _dwelling(
    told: Mapping[str, str], place: str, dwellings: Mapping[tuple[str, str, str], str], faults: list[Fault]
) -> str | None:
    where = (told.get("building", ""), told.get("unit", ""), told.get("dwelling", ""))
    found = dwellings.get(where)
    if found is None:
        faults.append(Fault(f"{place}/dwelling", "delivery_nowhere", {"place": " ".join(where)[:120]}))
    return found


def _instant(text: str, place: str, zone: ZoneInfo, faults: list[Fault]) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        faults.append(Fault(f"{place}/delivered_at", "wrong_form", {"expected": "2026-03-01 10:00"}))
        return _NOWHERE
