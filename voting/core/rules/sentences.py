"""The sentences of an evaluation, in Chinese and English, with every number that a pocket calculator needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voting.core.rules.form import Figure, Test, Words
from voting.core.rules.numbers import Amount, exact

Pair = tuple[str, str]
"""Chinese, English."""

KINDS: Mapping[str, Pair] = {
    "petition": ("联名门槛", "Petition"),
    "quorum": ("参与门槛", "Quorum"),
    "pass": ("通过条件", "Majority"),
    "block": ("否决条件", "Veto"),
    "floor": ("最低得票", "Floor"),
    "elect": ("当选条件", "Election"),
}
BASES: Mapping[str, Pair] = {
    "count": ("人数", "heads"),
    "area": ("专有面积", "area"),
    "share": ("份额", "shares"),
    "entitlement": ("单位权益", "unit entitlement"),
}
FIGURES: Mapping[str, Pair] = {
    "participating": ("参与", "taking part"),
    "roll": ("名册", "on the roll"),
    "for": ("同意", "for"),
    "against": ("反对", "against"),
    "abstain": ("弃权", "abstaining"),
    "invalid": ("无效", "invalid"),
    "silent": ("未回票", "silent"),
    "object": ("异议", "objecting"),
    "sign": ("联名", "signing"),
}
OPERATORS: Mapping[str, Pair] = {
    ">=": ("不低于", "at least"),
    ">": ("高于", "more than"),
    "<=": ("不高于", "at most"),
    "<": ("低于", "less than"),
}
RELATIONS: Mapping[int, Pair] = {
    -1: ("小于", "is less than"),
    0: ("等于", "equals"),
    1: ("大于", "is more than"),
}


def both(zh: str, en: str) -> Words:
    """One sentence in both languages."""
    return {"zh": zh, "en": en}


def figure(words: Figure) -> Pair:
    """A figure in words: `同意＋反对`, `for and against`."""
    return (
        "＋".join(FIGURES[word][0] for word in words),
        " and ".join(FIGURES[word][1] for word in words),
    )


def of_test(test: Test, have: Amount, of: Amount, result: bool, who: str | None) -> Words:
    """The sentence of a test: both figures, what is asked, and the two products that are compared."""
    kind, basis, op = KINDS[test.kind], BASES[test.basis], OPERATORS[test.op]
    has, whole = figure(test.have), figure(test.of)
    asked = str(test.fraction)
    name = (f"{who}，", f"{who}, ") if who else ("", "")
    zh = f"{kind[0]}（{name[0]}{basis[0]}）：{has[0]} {exact(have)}，{whole[0]} {exact(of)}，须{op[0]} {asked}。"
    en = f"{kind[1]} ({name[1]}{basis[1]}): {exact(have)} {has[1]}, of {exact(of)} {whole[1]}; {op[1]} {asked} is asked. "
    if of == 0:
        return both(zh + f"{whole[0]}为 0，没有可比的基数：未满足。", en + f"Nothing is {whole[1]}, so nothing is met.")
    left, right = have * test.fraction.denominator, of * test.fraction.numerator
    says = RELATIONS[(left > right) - (left < right)]
    zh += f"{exact(have)}×{test.fraction.denominator}＝{exact(left)}，{says[0]} "
    zh += f"{exact(of)}×{test.fraction.numerator}＝{exact(right)}：{'满足' if result else '未满足'}。"
    en += f"{exact(have)} × {test.fraction.denominator} = {exact(left)} {says[1]} "
    en += f"{exact(of)} × {test.fraction.numerator} = {exact(right)}: {'met' if result else 'not met'}."
    return both(zh, en)


def of_fold(state: str, to: str | None, basis: str, amount: Amount) -> Words:
    """What a fold did."""
    was, on = FIGURES[state], BASES[basis]
    if to is None:
        return both(
            f"{was[0]} {exact(amount)}（{on[0]}）：已表态者中没有多数，不并入任何一方。",
            f"{exact(amount)} {was[1]} ({on[1]}): nobody leads among those who said something, so they are added to none.",
        )
    now = FIGURES[to]
    return both(
        f"{was[0]} {exact(amount)}（{on[0]}）并入{now[0]}。",
        f"{exact(amount)} {was[1]} ({on[1]}) are added to those {now[1]}.",
    )


def of_silence(basis: str, delivered: Amount, undelivered: Amount) -> Words:
    """Who was reached and stayed silent, and who was not reached."""
    on = BASES[basis]
    return both(
        f"未回票而送达有据 {exact(delivered)}（{on[0]}），可以并入；未证明送达 {exact(undelivered)}，不并入任何一方。",
        f"{exact(delivered)} ({on[1]}) were reached with proof and did not answer; {exact(undelivered)} were not proven to be"
        " reached and are added to none.",
    )


def of_minimum(least: int, have: Amount, result: bool) -> Words:
    """Whether enough persons took part."""
    says = ("达到", "enough") if result else ("不足", "too few")
    return both(
        f"参与人数 {exact(have)}，至少须 {least} 人：{says[0]}。",
        f"{exact(have)} took part, at least {least} must: {says[1]}.",
    )


def of_weight(tag: str, basis: str, before: Amount, after: Amount, multiply: Amount, state: str) -> Words:
    """What weighing did to the votes of one holder."""
    on, voted = BASES[basis], FIGURES[state]
    return both(
        f"{tag} 的{voted[0]}票 {exact(before)}（{on[0]}）按 {multiply} 计为 {exact(after)}。",
        f"The votes of {tag} {voted[1]}, {exact(before)} ({on[1]}), count {multiply} of it: {exact(after)}.",
    )


def of_relation(first: str, second: str, kind: str) -> Words:
    """How two rules stand, the first of them named first."""
    if kind == "equal":
        return both(f"{first} 与 {second} 的要求完全相同。", f"{first} and {second} ask for the same.")
    if kind == "incomparable":
        return both(
            f"{first} 与 {second} 互不包含：各有只能通过其中一条的计票，因此两条都须满足。",
            f"Neither of {first} and {second} contains the other: there are counts that pass one alone, so both must be met.",
        )
    if kind == "weaker":
        first, second = second, first
    return both(
        f"凡通过 {first} 的计票必然通过 {second}，反之则不然：{first} 更严。",
        f"Whatever passes {first} passes {second}, and not the other way: {first} is the stricter.",
    )


def of_binding(rules: Sequence[str]) -> Words:
    """Which rules bind."""
    if len(rules) == 1:
        return both(f"适用最严的一条：{rules[0]}。", f"The strictest decides: {rules[0]}.")
    zh, en = "、".join(rules), ", ".join(rules)
    return both(f"没有哪一条最严，以下各条都须满足：{zh}。", f"None is the strictest; each of these must be met: {en}.")
