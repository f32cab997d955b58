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
    ids = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    documents = {one: json.loads((folder / f"{one}.json").read_text(encoding="utf-8")) for one in ids}
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


def self_contained(one: Rule) -> Mapping[str, Any]:
    """The document of a rule with everything in it that it takes over from another but its fall-back."""
    elect = one.document.get("elect", {})
    if "as" not in elect:
        return one.document
    return {**one.document, "elect": self_contained(rule(elect["as"]))["elect"]}


def page(after: str | None, limit: int) -> tuple[Rule, ...]:
    """At most `limit` rules behind the id `after`, in the order of ids."""
    return tuple(one for identifier, one in catalogue().items() if after is None or identifier > after)[:limit]


@cache
def effects() -> Mapping[str, Effect]:
    """Every effect by id, with the rule that it demands."""
    text = (resources.files("voting.core.rules") / "effects.json").read_text(encoding="utf-8")
    rows: list[Mapping[str, Any]] = json.loads(text)
    demanded = {effect: rule.id for rule in catalogue().values() for effect in rule.effects}
    return {row["id"]: Effect(row["id"], row["label"], row["certainty"], demanded[row["id"]]) for row in rows}


def effects_of(one: Rule) -> tuple[Effect, ...]:
    """The effects that demand a rule."""
    return tuple(effects()[effect] for effect in one.effects)


def chosen(ids: Sequence[str], named: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of these ids and those that these effects demand. Raises `Invalid`."""
    known = catalogue()
    faults = [
        Fault(f"/rules/{place}", "rule_unknown", {"id": identifier[:80]})
        for place, identifier in enumerate(ids)
        if identifier not in known
    ]
    if not ids and not named:
        faults.append(Fault("/rules", "too_short", {"limit": 1}))
    if faults:
        raise Invalid(faults)
    return (*(known[identifier] for identifier in ids), *demanded(named))


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
