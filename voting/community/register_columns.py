"""The columns of a register file: their names in Chinese and English, and how a header row is read.

    building 楼栋 · unit 单元 · dwelling 房号 · area_m2 专有面积(㎡) · person 姓名 · phone 手机 · born_on 出生日期 ·
    residency 居住关系 · from_on 入住日期 · owner 业主 · merge_key 合并编号 · voter 业主投票人 · representative 户代表 ·
    person_ref 人员编号

One row is one person's relation to one dwelling; a row without a person is a dwelling, or an owner known by name only.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from voting.errors import Fact, Fault


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable name, the Chinese name of the export, and the other headers it is known by."""

    name: str
    zh: str
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS = (
    Column("building", "楼栋", ("楼号", "幢", "楼幢", "栋"), required=True),
    Column("unit", "单元", ("单元号",), required=True),
    Column("dwelling", "房号", ("室号", "门牌号", "房间号"), required=True),
    Column("area_m2", "专有面积(㎡)", ("专有面积", "专有面积(平方米)", "专有部分面积", "area")),
    Column("person", "姓名", ("人员姓名", "name")),
    Column("phone", "手机", ("手机号", "手机号码", "电话", "联系电话", "mobile")),
    Column("born_on", "出生日期", ("生日", "出生年月日", "birth_date")),
    Column("residency", "居住关系", ("居住情况",)),
    Column("from_on", "入住日期", ("入住时间",)),
    Column("owner", "业主", ("是否业主", "产权人")),
    Column("merge_key", "合并编号", ("合并号",)),
    Column("voter", "业主投票人", ("是否业主投票人",)),
    Column("representative", "户代表", ("是否户代表",)),
    Column("person_ref", "人员编号", ("人员编码",)),
)
NAMES = tuple(column.name for column in COLUMNS)
MAX_COLUMNS = 64
"""Columns a file may have at most, before any of its cells is read."""

_PLAIN = re.compile(r"[\s_\-*：:]+")


def plain(header: str) -> str:
    """A header as it is compared: narrow, lower case, without white space, underscores, colons or asterisks."""
    return _PLAIN.sub("", unicodedata.normalize("NFKC", header)).casefold()


_KNOWN = {plain(known): column.name for column in COLUMNS for known in (column.name, column.zh, *column.aliases)}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands in the file: `places[name]` is the 0-based position, absent columns are left out."""

    row: int
    places: dict[str, int]


def recognise(cells: Sequence[str], row: int, *, areas_needed: bool) -> tuple[Header, list[Fault]]:
    """Read a header row; every unknown, repeated and missing column is one fault.

    `areas_needed` is False where the file may not create dwellings, so that it need not say how large they are.
    """
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(cells):
        if not cell.strip():
            continue
        name = _KNOWN.get(plain(cell))
        if name is None:
            faults.append(_unknown(cell, row))
        elif name in places:
            faults.append(
                Fault(f"/rows/{row}/{name}", "register_column_twice", {"row": row, "column": cell.strip()[:60]})
            )
        else:
            places[name] = place
    for column in COLUMNS:
        needed = column.required or (column.name == "area_m2" and areas_needed)
        if needed and column.name not in places:
            facts: dict[str, Fact] = {"row": row, "column": column.name, "name_zh": column.zh}
            faults.append(Fault(f"/rows/{row}/{column.name}", "register_column_missing", facts))
    return Header(row, places), faults


def _unknown(cell: str, row: int) -> Fault:
    shown = cell.strip()[:60]
    close = difflib.get_close_matches(plain(cell), _KNOWN, n=1, cutoff=0.6)
    facts: dict[str, Fact] = {"row": row, "column": shown}
    if not close:
        return Fault(f"/rows/{row}", "register_column_unknown", {**facts, "known": ", ".join(NAMES)})
    suggestion = _KNOWN[close[0]]
    zh = next(column.zh for column in COLUMNS if column.name == suggestion)
    return Fault(f"/rows/{row}", "register_column_misspelt", {**facts, "suggestion": suggestion, "suggestion_zh": zh})
