"""The register of the demo's "Community B": 3 buildings, 9 units, 120 dwellings and their people. All of it is made up.

The same rows every time: nothing is drawn. Areas are decimal m² as in a real register; phone numbers begin with 100, as
no mobile number does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

HEADER = (
    "楼栋",
    "单元",
    "房号",
    "专有面积(㎡)",
    "姓名",
    "手机",
    "出生日期",
    "居住关系",
    "业主",
    "合并编号",
    "户代表",
    "人员编号",
)
OWNER, TENANT, MEMBER, ELSEWHERE = "自住业主", "租户", "家庭成员", "非居住业主"

_BUILDINGS = ("1号楼", "2号楼", "3号楼")
_UNITS = ("1单元", "2单元", "3单元")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "秀英", "建国", "桂兰", "伟", "敏", "静", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "秀兰", "霞",
    "平", "刚", "玉兰", "萍", "志强", "红梅", "春燕", "国庆", "晓东", "雪梅", "文博", "思远", "子涵", "雨桐", "浩然",
    "佳怡", "俊杰", "欣怡", "梓萱",
)  # fmt: skip
_AREAS = ("58.6", "72.35", "89.5", "89.5", "104.28", "121.07")
_TWO_FLATS = {7: "H-01", 31: "H-01", 52: "H-02", 88: "H-02"}
"""Dwellings (by number) whose owner has another one: both are one head under the Civil Code, art. 278."""


@dataclass(frozen=True, slots=True)
class Human:
    """Somebody of the register."""

    ref: str
    name: str
    phone: str
    born_on: str

    @property
    def cells(self) -> tuple[str, str, str]:
        """Name, phone number and date of birth."""
        return self.name, self.phone, self.born_on


def register_csv() -> bytes:
    """The register as the import takes it (UTF-8 with BOM)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())
    return text.getvalue().encode("utf-8-sig")


def rows() -> Iterator[tuple[str, ...]]:
    """One row for each person and dwelling."""
    numbers = count(1)
    landlords: dict[str, Human] = {}
    for number, place in enumerate(_dwellings()):
        key = _TWO_FLATS.get(number, "")
        if key and key not in landlords:
            landlords[key] = _adult(next(numbers))
        yield from _household(number, place, numbers, landlords.get(key), key)


def _dwellings() -> Iterator[tuple[str, str, str, str]]:
    """Building, unit, door and area. Each building has 14 + 13 + 13 flats: the ground floor holds two common rooms."""
    for building in _BUILDINGS:
        for place, unit in enumerate(_UNITS):
            doors = [f"{floor}0{side}" for floor in range(1, 8) for side in (1, 2)]
            if place:
                doors.remove("102")
            for door in doors:
                yield building, unit, door, _AREAS[(int(door) + 2 * place) % len(_AREAS)]


def _household(
    number: int, place: tuple[str, str, str, str], numbers: Iterator[int], landlord: Human | None, key: str
) -> Iterator[tuple[str, ...]]:
    """Every sixth flat is let; the others hold one to three people, the owner first, children last."""
    if landlord is not None or number % 6 == 5:
        owner, tenant = landlord or _adult(next(numbers)), _adult(next(numbers))
        yield (*place, *owner.cells, ELSEWHERE, "是", key, "否", owner.ref)
        yield (*place, *tenant.cells, TENANT, "否", "", "是", tenant.ref)
        return
    owner = _adult(next(numbers))
    yield (*place, *owner.cells, OWNER, "是", "", "是", owner.ref)
    for place_at_table in range((1, 2, 0, 1, 2)[number % 5]):
        member = _adult(next(numbers)) if place_at_table == 0 else _child(next(numbers))
        yield (*place, *member.cells, MEMBER, "否", "", "否", member.ref)


def _adult(number: int) -> Human:
    return _human(number, 1940 + number * 13 % 64)


def _child(number: int) -> Human:
    return _human(number, 2012 + number % 8)


def _human(number: int, year: int) -> Human:
    name = _SURNAMES[number * 7 % len(_SURNAMES)] + _GIVEN[number * 11 % len(_GIVEN)]
    return Human(f"B{number:03}", name, f"100{number:08}", f"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}")
