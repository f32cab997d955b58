"""The decision rules that come with the service: one JSON file each in `profiles/`, read and checked once.

They are read from statutes and practice by hand; each says how sure its source is. None of them is legal advice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from voting.core.rules.form import Rule, Words
from voting.core.rules.reader import read
from voting.errors import Fault, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Effect:
    """Something a decision brings about, by which the law picks the rule."""

    id: str
    label: Words
    certainty: str
    rule: str


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule by id, in the order of ids."""
    folder = resources.files("voting.core.rules") / "profiles"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    documents = {name.removesuffix(".json"): json.loads((folder / name).read_text(encoding="utf-8")) for name in names}
    found: dict[str, Rule] = {}

    def find(identifier: str) -> Rule | None:
        if identifier not in found and identifier in documents:
            found[identifier] = read(documents[identifier], find)
        return found.get(identifier)

    for identifier in documents:
        rule = find(identifier)
        assert rule is not None
        assert rule.id == identifier, f"{identifier}.json is named otherwise inside"
    return MappingProxyType({identifier: found[identifier] for identifier in documents})


def rule(identifier: str) -> Rule:
    """The rule of that id. Raises `NotFound`."""
    found = catalogue().get(identifier)
    if found is None:
        raise NotFound("rule_not_found", id=identifier[:80])
    return found


@cache
def effects() -> Mapping[str, Effect]:
    """Every effect by id, with the rule that it demands."""
    text = (resources.files("voting.core.rules") / "effects.json").read_text(encoding="utf-8")
    rows: list[Mapping[str, Any]] = json.loads(text)
    demanded = {effect: rule.id for rule in catalogue().values() for effect in rule.effects}
    return {row["id"]: Effect(row["id"], row["label"], row["certainty"], demanded[row["id"]]) for row in rows}


def demanded(named: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that effects demand, in the order of the effects. Raises `Invalid` for an effect nobody knows."""
    known = effects()
    faults = [
        Fault(f"/effects/{place}", "rule_effect_unknown", {"id": effect[:80], "known": tuple(known)})
        for place, effect in enumerate(named)
        if effect not in known
    ]
    if faults:
        raise Invalid(faults)
    return tuple(rule(known[effect].rule) for effect in named)
