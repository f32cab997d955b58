"""Answers are read with tolerance for what is new and none for what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from clients.python.errors import UnexpectedAnswer
from clients.python.records import Record, read


@dataclass(frozen=True, kw_only=True)
class Leaf(Record):
    """One."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Tree(Record):
    """Several."""

    at: datetime
    leaves: tuple[Leaf, ...]
    labels: dict[str, str]
    note: str | None = None
    size: int = 0


DOCUMENT = {
    "at": "2026-01-02T03:04:05Z",
    "leaves": [{"name": "a"}, {"name": "b", "colour": "green"}],
    "labels": {"en": "tree"},
}


def test_nested_members_are_read() -> None:
    tree = read(Tree, DOCUMENT)
    assert [leaf.name for leaf in tree.leaves] == ["a", "b"]
    assert tree.at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_an_unknown_member_is_kept_in_raw() -> None:
    assert read(Tree, {**DOCUMENT, "new": 1}).raw["new"] == 1


def test_a_member_with_a_default_may_be_absent_or_null() -> None:
    assert read(Tree, {**DOCUMENT, "note": None}).note is None


@pytest.mark.parametrize(
    ("member", "value"),
    [("at", "yesterday"), ("at", "2026-01-02T03:04:05"), ("leaves", {}), ("leaves", [{}]), ("labels", []),
     ("size", "7"), ("size", True)],
)  # fmt: skip
def test_another_kind_of_value_is_named_with_its_place(member: str, value: object) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"Tree.{member}"):
        read(Tree, {**DOCUMENT, member: value})


def test_a_missing_member_is_named() -> None:
    with pytest.raises(UnexpectedAnswer, match="'labels'"):
        read(Tree, {name: value for name, value in DOCUMENT.items() if name != "labels"})


def test_an_array_in_place_of_an_object_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer, match="expected an object"):
        read(Tree, [])
