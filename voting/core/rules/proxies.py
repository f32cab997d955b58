"""What proxies may hold: the caps and conditions of a rule, checked against those who hold mandates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voting.core.rules.counts import Amounts, Holder
from voting.core.rules.form import ProxyRule, Words
from voting.core.rules.numbers import Amount, exact
from voting.core.rules.sentences import BASES, both

Votes = Mapping[str, Amounts]
"""State of a ballot → basis → figure."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition on one holder. `code` names it."""

    holder: str
    code: str
    result: bool
    text: Words
    left_out: bool | None = None
    """What is above a share of the roll does not count and decides nothing else: whether it is left out of the count already,
    or nobody said how it was voted."""


def check(rule: ProxyRule, holders: Sequence[Holder], roll: Amounts) -> tuple[Checked, ...]:
    """Every condition that the rule sets, for every holder."""
    return tuple(found for holder in holders for found in _of_one(rule, holder, roll))


def _of_one(rule: ProxyRule, holder: Holder, roll: Amounts) -> Iterator[Checked]:
    name = holder.name
    if not rule.allowed:
        text = both(f"{name}：本规则不允许委托投票。", f"{name}: nobody votes for another under this rule.")
        yield Checked(name, "proxies_not_allowed", False, text)
        return
    if rule.max_per_proxy is not None and "count" in holder.held:
        held = holder.held["count"]
        met = held <= rule.max_per_proxy
        text = both(
            f"{name} 受托 {exact(held)} 份，最多 {rule.max_per_proxy} 份：{'符合' if met else '超限'}。",
            f"{name} holds {exact(held)}, at most {rule.max_per_proxy} may be held: {'kept' if met else 'exceeded'}.",
        )
        yield Checked(name, "max_per_proxy", met, text)
    if rule.max_share_of_roll is not None:
        yield from _shares(rule, holder, roll)
    if rule.written:
        text = both(
            f"{name} 的委托{'均为书面' if holder.written else '并非都是书面'}。",
            f"The mandates of {name} are {'all in writing' if holder.written else 'not all in writing'}.",
        )
        yield Checked(name, "written", holder.written, text)
    if not rule.candidate_may_hold:
        text = both(
            f"{name} {'是候选人，不得受托' if holder.candidate else '不是候选人'}。",
            f"{name} {'is a candidate and may hold none' if holder.candidate else 'is no candidate'}.",
        )
        yield Checked(name, "candidate_may_hold", not holder.candidate, text)


def _shares(rule: ProxyRule, holder: Holder, roll: Amounts) -> Iterator[Checked]:
    cap = rule.max_share_of_roll
    assert cap is not None
    for basis, held in holder.held.items():
        limit = cap * roll[basis]
        met = held <= limit
        on = BASES[basis]
        text = both(
            f"{holder.name} 受托{on[0]} {exact(held)}，不得超过名册 {exact(roll[basis])} 的 {cap}，即 {exact(limit)}："
            f"{'符合' if met else '超过部分不计'}。",
            f"{holder.name} holds {exact(held)} ({on[1]}), at most {cap} of the roll's {exact(roll[basis])}, {exact(limit)}: "
            f"{'kept' if met else 'what is above does not count'}.",
        )
        yield Checked(holder.name, "max_share_of_roll", met, text, None if met else _says(holder, basis, held))


def _says(holder: Holder, basis: str, held: Amount) -> bool:
    return sum(amounts[basis] for amounts in holder.votes.values()) == held


def counted(rule: ProxyRule | None, holders: Sequence[Holder], votes: Votes, roll: Amounts) -> Votes:
    """The votes without what proxies hold above their share of the roll, taken from each state as they voted it."""
    cap = None if rule is None else rule.max_share_of_roll
    if cap is None:
        return votes
    left = {state: dict(amounts) for state, amounts in votes.items()}
    for holder in holders:
        for basis, held in holder.held.items():
            above = held - cap * roll[basis]
            if above > 0 and _says(holder, basis, held):
                for state, amounts in holder.votes.items():
                    left[state][basis] -= above * amounts[basis] / held
    return left
