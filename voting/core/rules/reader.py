"""From a JSON document to a rule. Every fault is found at once, each with its pointer, its code and what is legal there.

A document may leave its election to another rule (`{"as": id}`) and name another as its fall-back: both are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from voting.core.rules import calendars, form
from voting.core.rules.form import (
    Clock,
    Elect,
    Extension,
    Fallback,
    Figure,
    Fold,
    Objection,
    ProxyRule,
    Rule,
    SecondRound,
    Silence,
    Test,
    Weight,
)
from voting.core.rules.reading import Node

Find = Callable[[str], Rule | None]

ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
NEEDED = ("format", "id", "version", "title", "clause", "certainty", "electorate", "participating", "tests")
LEGAL = (
    *NEEDED,
    "note",
    "fold",
    "petition",
    "elect",
    "fallback",
    "objection",
    "min_participants",
    "proxy",
    "weights",
    "clocks",
    "extension",
    "effects",
    "official_channel_required",
    "calendar",
    "silence",
    "measured",
)
_TEST = ("kind", "basis", "have", "of", "op", "fraction")


def read(document: Mapping[str, Any], find: Find = lambda _: None) -> Rule:
    """The rule of a document. Raises `Invalid` with every fault."""
    top = Node(document)
    parts = top.members(LEGAL, NEEDED)
    _format(parts["format"])
    rule = Rule(
        id=_id(parts["id"]),
        version=parts["version"].whole(1, 10**6),
        title=parts["title"].words(),
        clause=parts["clause"].words(),
        certainty=parts["certainty"].choice(form.CERTAINTIES),
        electorate=parts["electorate"].choice(form.ELECTORATES),
        participating=_states(parts["participating"]),
        fold=_fold(parts["fold"]) if "fold" in parts else (),
        tests=_tests(parts["tests"]),
        document=document,
        note=parts["note"].words() if "note" in parts else None,
        petition=_tests(parts["petition"], ("petition",)) if "petition" in parts else (),
        elect=_elect(parts["elect"], find) if "elect" in parts else None,
        fallback=_fallback(parts["fallback"], find) if "fallback" in parts else None,
        objection=_objection(parts["objection"]) if "objection" in parts else None,
        min_participants=parts["min_participants"].whole(1, 10**6) if "min_participants" in parts else None,
        proxy=_proxy(parts["proxy"]) if "proxy" in parts else None,
        weights=tuple(map(_weight, parts["weights"].items(1))) if "weights" in parts else (),
        clocks=tuple(map(_clock, parts["clocks"].items(1))) if "clocks" in parts else (),
        extension=_extension(parts["extension"]) if "extension" in parts else None,
        effects=tuple(_id(node) for node in parts["effects"].items(1)) if "effects" in parts else (),
        official_channel_required=(
            parts["official_channel_required"].boolean() if "official_channel_required" in parts else False
        ),
        calendar=parts["calendar"].choice(tuple(calendars.catalogue())) if "calendar" in parts else "weekends",
        silence=silence(parts["silence"]) if "silence" in parts else None,
        measured=_measured(parts["measured"]) if "measured" in parts else {},
    )
    if not top.faults:
        _fit(top, rule)
    top.finish()
    return rule


def _format(node: Node) -> None:
    if node.value is not None and node.value != form.FORMAT:
        node.fault("not_one_of", value=str(node.value)[:80], allowed=(str(form.FORMAT),))


def _id(node: Node) -> str:
    if isinstance(node.value, str) and len(node.value) <= 80 and ID.fullmatch(node.value):
        return node.value
    node.fault("wrong_form", expected="words of a-z and 0-9 joined by . or -, such as cn.unit-leader.plurality")
    return ""


def _states(node: Node) -> tuple[str, ...]:
    found = tuple(entry.choice(form.STATES) for entry in node.items(1))
    if len(set(found)) < len(found):
        node.fault("rule_state_twice")
    return found


def _fold(node: Node) -> tuple[Fold, ...]:
    targets = ("majority", *form.BALLOTS)
    return tuple(Fold(state, target.choice(targets)) for state, target in node.members(form.BALLOTS).items())


def _tests(
    node: Node, kinds: tuple[str, ...] = ("quorum", "pass", "block", "floor"), least: int = 0
) -> tuple[Test, ...]:
    return tuple(_test(entry, kinds) for entry in node.items(least, 20))


def _test(node: Node, kinds: tuple[str, ...]) -> Test:
    parts = node.members(_TEST, _TEST)
    return Test(
        kind=parts["kind"].choice(kinds),
        basis=parts["basis"].choice(form.BASES),
        have=_figure(parts["have"]),
        of=_figure(parts["of"]),
        op=parts["op"].choice(form.OPERATORS),
        fraction=parts["fraction"].fraction(),
    )


def _figure(node: Node) -> Figure:
    words = tuple(node.value.split("+")) if isinstance(node.value, str) else ()
    alone = len(words) == 1 and words[0] in form.SUMS
    if alone or (words and all(word in form.STATES for word in words) and len(set(words)) == len(words)):
        return words
    node.fault("rule_figure", value=str(node.value)[:80], sums=form.SUMS, states=form.STATES)
    return ("roll",)


def _elect(node: Node, find: Find) -> Elect | None:
    parts = node.members(("as", "first_round", "second_round"))
    if "as" in parts:
        other = find(str(parts["as"].value))
        if other is None or other.elect is None:
            parts["as"].fault("rule_unknown", id=str(parts["as"].value)[:80])
        if len(parts) > 1:
            node.fault("rule_elect_twice")
        return other.elect if other else None
    first = _test(parts["first_round"], ("elect",)) if "first_round" in parts else None
    return Elect(first, _second(parts["second_round"]) if "second_round" in parts else None)


def _second(node: Node) -> SecondRound:
    parts = node.members(("candidates", "more_than_seats", "floor"), ("candidates", "more_than_seats"))
    parts["candidates"].choice(("runners_up",))
    extra = parts["more_than_seats"].whole(0, 100)
    return SecondRound(extra, _test(parts["floor"], ("floor",)) if "floor" in parts else None)


def _fallback(node: Node, find: Find) -> Fallback:
    parts = node.members(("when", "then", "needs"), ("then", "needs"))
    then = _id(parts["then"])
    if then and find(then) is None:
        parts["then"].fault("rule_unknown", id=then)
    needs = parts["needs"].choice(form.NEEDS)
    return Fallback(_tests(parts["when"], least=1) if "when" in parts else (), then, needs)


def _objection(node: Node) -> Objection:
    parts = node.members(("days", "tests"), ("days", "tests"))
    return Objection(parts["days"].whole(1, 366), _tests(parts["tests"], ("block",), 1))


def _proxy(node: Node) -> ProxyRule:
    legal = ("allowed", "max_per_proxy", "max_share_of_roll", "written", "candidate_may_hold", "publish_list")
    parts = node.members(legal)
    return ProxyRule(
        allowed=parts["allowed"].boolean() if "allowed" in parts else True,
        max_per_proxy=parts["max_per_proxy"].whole(1, 10**6) if "max_per_proxy" in parts else None,
        max_share_of_roll=parts["max_share_of_roll"].fraction() if "max_share_of_roll" in parts else None,
        written=parts["written"].boolean() if "written" in parts else False,
        candidate_may_hold=parts["candidate_may_hold"].boolean() if "candidate_may_hold" in parts else True,
        publish_list=parts["publish_list"].boolean() if "publish_list" in parts else False,
    )


def _weight(node: Node) -> Weight:
    legal = ("tag", "holds", "lots_more_than", "multiply", "clause")
    parts = node.members(legal, legal)
    held = ("basis", "op", "fraction")
    holds = parts["holds"].members(held, held)
    return Weight(
        tag=_id(parts["tag"]),
        basis=holds["basis"].choice(form.BASES),
        op=holds["op"].choice(form.OPERATORS),
        fraction=holds["fraction"].fraction(),
        lots_more_than=parts["lots_more_than"].whole(0, 10**6),
        multiply=parts["multiply"].fraction(),
        clause=parts["clause"].words(),
    )


def _clock(node: Node) -> Clock:
    needed = ("what", "bound", "length", "unit", "clause", "certainty")
    parts = node.members((*needed, "extends"), needed)
    return Clock(
        what=parts["what"].choice(form.CLOCKS),
        bound=parts["bound"].choice(form.BOUNDS),
        length=parts["length"].whole(0, 3660),
        unit=parts["unit"].choice(form.UNITS),
        clause=parts["clause"].words(),
        certainty=parts["certainty"].choice(form.CERTAINTIES),
        extends=parts["extends"].boolean() if "extends" in parts else False,
    )


def _extension(node: Node) -> Extension:
    parts = node.members(("length", "unit", "times", "turnout_below"), ("length", "unit"))
    return Extension(
        length=parts["length"].whole(1, 366),
        unit=parts["unit"].choice(form.UNITS),
        times=parts["times"].whole(1, 100) if "times" in parts else 1,
        turnout_below=parts["turnout_below"].fraction() if "turnout_below" in parts else None,
    )


def _measured(node: Node) -> dict[str, str]:
    return {basis: by.choice(("area",)) for basis, by in node.members(("share", "entitlement")).items()}


def silence(node: Node) -> Silence:
    """The clause and the warning by which silence follows the majority."""
    parts = node.members(("clause", "warning"), ("clause", "warning"))
    return Silence(parts["clause"].words(), parts["warning"].words())


def _fit(top: Node, rule: Rule) -> None:
    """Faults between the parts of a rule that is well-formed."""
    if not rule.tests and rule.elect is None:
        top.at("tests", None).fault("rule_decides_nothing")
    for place, one in enumerate(rule.fold):
        if one.state == one.to or any(one.to == other.state for other in rule.fold):
            top.at("fold", None).at(one.state, place).fault("rule_fold_circle", state=one.state)
    if rule.fallback is not None and rule.fallback.then == rule.id:
        top.at("fallback", None).at("then", None).fault("rule_falls_back_on_itself")
