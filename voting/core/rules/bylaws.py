"""What an assembly's own rules say: whether silence follows the majority, and which matters go to an official system.

Source of silence: 业主大会和业主委员会指导规则（建房〔2009〕274号） art. 26(2): only where the assembly's rules say so;
the paper must have arrived and have told what silence does. Nothing is in force that is not stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voting.core.rules.catalogue import effects
from voting.core.rules.form import FORMAT, Rule, Silence, Words
from voting.core.rules.reader import silence
from voting.core.rules.reading import Node

EVERYTHING, ELECTIONS, OF_OWNERS = "everything", "elections", "owners"
"""Kinds of matter beside the effects: all of them, votes that elect, votes of owners."""

_MOST = 100


@dataclass(frozen=True, slots=True)
class OfficialChannel:
    """A kind of matter that must be voted on an official system, by which clause, and where that system is."""

    matter: str
    clause: Words
    system: str

    def covers(self, rule: Rule | None, named: tuple[str, ...], basis: str) -> bool:
        """Whether a vote under this rule, of these effects, on a roll of this basis, is of the kind."""
        elects = rule is not None and rule.elect is not None
        return {EVERYTHING: True, ELECTIONS: elects, OF_OWNERS: basis == "owner"}.get(self.matter, self.matter in named)


@dataclass(frozen=True, slots=True)
class Bylaws:
    """What the assembly's rules state."""

    silence: Silence | None = None
    official: tuple[OfficialChannel, ...] = ()

    def official_for(self, rule: Rule | None, named: tuple[str, ...], basis: str) -> OfficialChannel | None:
        """The first clause that sends such a vote to an official system."""
        return next((one for one in self.official if one.covers(rule, named, basis)), None)


def matters() -> tuple[str, ...]:
    """Every kind of matter that a clause may name."""
    return (EVERYTHING, ELECTIONS, OF_OWNERS, *effects())


def read(document: Mapping[str, Any]) -> Bylaws:
    """The bylaws of a document. Raises `Invalid` with every fault."""
    top = Node(document)
    parts = top.members(("format", "silence", "official_channel"), ("format",))
    if "format" in parts and parts["format"].value != FORMAT:
        parts["format"].fault("not_one_of", value=str(parts["format"].value)[:80], allowed=(str(FORMAT),))
    stated = "silence" in parts and parts["silence"].value is not None
    found = Bylaws(
        silence(parts["silence"]) if stated else None,
        tuple(map(_official, parts["official_channel"].items(most=_MOST))) if "official_channel" in parts else (),
    )
    top.finish()
    return found


def _official(node: Node) -> OfficialChannel:
    parts = node.members(("matter", "clause", "system"), ("matter", "clause", "system"))
    return OfficialChannel(parts["matter"].choice(matters()), parts["clause"].words(), parts["system"].text())
