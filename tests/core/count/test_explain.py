"""What a count says of itself, in both languages: exact, complete, and nothing that is not in the tally."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import shared_folder
from tests.core.count.polls import examples
from voting.core.count import METHODS, Tally, case_from_json, count, tally_to_json
from voting.core.count.explain import explain
from voting.core.count.say import Speaker, figure
from voting.core.count.sentences import SENTENCES

FOLDER = Path(os.environ.get("YISHI_CONFORMANCE", shared_folder() / "conformance")) / "counting" / "cases"
CASES = sorted(FOLDER.glob("*.json"))
LOCALES = ("zh", "en")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

RUNOFF = {
    (("Ann",), ("Bao",)): 4,
    (("Bao",), ("Ann",)): 3,
    (("Chen",), ("Bao",)): 1,
    (("Chen",),): 1,
    (): 2,
}

CYCLE = {
    (("Ann",), ("Bao",), ("Chen",)): 8,
    (("Bao",), ("Chen",), ("Ann",)): 5,
    (("Chen",), ("Ann",), ("Bao",)): 4,
}

NAMES = ("Ann", "Bao", "Chen")


def test_an_instant_runoff_is_told_in_english() -> None:
    assert explain(count("irv", NAMES, RUNOFF), "en")[2:] == (
        "Round 1: Ann 4, Bao 3, Chen 2.",
        "It takes 5 votes to be elected.",
        "Chen has the fewest votes (2) and is eliminated.",
        "Of the votes of Chen, 1 goes to Bao and 1 has no further choice.",
        "Round 2: Ann 4, Bao 4.",
        "By now 1 vote has no further choice left.",
        "Ann and Bao are tied, and no rule says who goes first.",
        "The count stops at this tie; only when it is decided is there a full result.",
    )


def test_an_instant_runoff_is_told_in_chinese() -> None:
    assert explain(count("irv", NAMES, RUNOFF, 1, {"tie_break": "candidate_order"}), "zh-CN") == (
        "共投出11张选票，其中2张没有任何标记，其余9张计票。",
        "每张选票计给仍在计票中的最高选择；每轮淘汰票数最少者，其选票转给下一选择，直到有人达到当选票数。",
        "第1轮：Ann 4票、Bao 3票、Chen 2票。",
        "当选需要5票。",
        "Chen票数最少（2票），被淘汰。",
        "Chen的选票转移：Bao得1票，1票没有下一选择。",
        "第2轮：Ann 4票、Bao 4票。",
        "至此有1票没有可用的下一选择，不再计给任何选项。",
        "Ann和Bao并列；按事先确定的顺序（Ann、Bao），Ann在先。",
        "Ann得4票，当选。",
        "结果：Ann当选。",
    )


def test_a_cycle_is_told_with_its_strongest_paths() -> None:
    assert explain(count("schulze", NAMES, CYCLE), "en")[2:] == (
        "An option without a mark stands below every marked one.",
        "Ann beats Bao by 12 to 5.",
        "Chen beats Ann by 9 to 8.",
        "Bao beats Chen by 13 to 4.",
        "No option beats every other.",
        "A victory is as strong as its winning votes.",
        "The strongest path from Ann to Bao has strength 12, the one back 9.",
        "The strongest path from Ann to Chen has strength 12, the one back 9.",
        "The strongest path from Bao to Chen has strength 13, the one back 9.",
        "Ranking: Ann > Bao > Chen.",
        "Result: Ann is elected.",
    )


def test_ranked_pairs_tells_which_victory_would_close_a_circle() -> None:
    told = explain(count("ranked-pairs", NAMES, CYCLE), "en")
    assert "Chen over Ann (9 to 8) would close a circle and is left out." in told


def test_options_are_called_by_their_labels() -> None:
    labels = {"Ann": "安", "Bao": "宝", "Chen": "陈"}
    told = explain(count("copeland", NAMES, {(("Ann",), ("Bao",)): 1}), "zh", labels)
    assert told[-2:] == ("名次：安 > 宝 > 陈。", "结果：安当选。")


def test_a_question_is_told_with_what_yes_needed() -> None:
    box = {(("Yes",),): 5, (("No",),): 3, (("Abstain",),): 4}
    options = ("Yes", "No", "Abstain")
    assert explain(count("yes-no", options, box), "en")[-2:] == ("“Yes” has 5 votes and prevails.", "Result: carried.")
    assert explain(count("yes-no", options, box, 1, {"threshold": "majority_of_valid"}), "zh")[-3:] == (
        "“Yes”须有7票。",
        "未达到所需票数，结果为“No”。",
        "结果：未通过。",
    )


def test_a_lot_is_told_with_its_order() -> None:
    rules = {"tie_break": "random", "tie_break_contest": "con", "tie_break_seed": "31415926535897932384"}
    tally = count("plurality", NAMES, {(("Ann",),): 2, (("Bao",),): 2}, 1, rules)
    order = ", ".join(option for option in tally.ties[0].order if option != "Chen")
    told = explain(tally, "en")
    assert (
        f"Ann and Bao are tied; by the lot drawn from the published seed ({order}) {tally.winners[0]} goes first."
        in told
    )


def test_a_tie_that_no_rule_breaks_is_shared() -> None:
    tally = count("schulze", NAMES, {(("Ann", "Bao"),): 2})
    assert explain(tally, "en")[-1] == "No rule breaks the tie: Ann and Bao win together."


def test_without_a_marked_ballot_the_explanation_says_so() -> None:
    told = explain(count("irv", NAMES, {(): 3}), "en")
    assert told == (
        "3 ballots were cast, without a mark on any.",
        "No ballot bears a mark that counts, so nobody is elected.",
    )


def test_vacant_seats_are_told() -> None:
    told = explain(count("schulze", NAMES, CYCLE, 5), "en")
    assert told[-1] == "Of 5 seats only 3 were filled; the rest stay vacant."


def test_a_count_stopped_by_its_rules_is_told() -> None:
    told = explain(count("irv", NAMES, RUNOFF, 1, {"stop_after_round": 1}), "en")
    assert told[-2:] == ("By the rules the count stops after round 1.", "Result: nobody is elected.")


def test_withdrawn_options_are_told() -> None:
    told = explain(count("irv", NAMES, RUNOFF, 1, {"excluded_candidates": ["Chen"]}), "en")
    assert told[1] == "Chen withdrew and took no part in the count."


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (7, "7"),
        (Fraction(5, 2), "2.5"),
        (Fraction(13, 3), "4 1/3"),
        (Fraction(-1, 3), "-1/3"),
        (Fraction(20_003, 10_007), "1.998900…"),
    ],
)
def test_a_number_is_said_exactly_or_marked_as_cut(amount: Fraction, written: str) -> None:
    assert figure(amount) == written


def test_another_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="expected zh or en; got 'fr'"):
        explain(count("irv", NAMES, RUNOFF), "fr")


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_a_sentence_names_the_same_facts_in_both_languages(key: str) -> None:
    chinese, english = (set(re.findall(r"{(\w+)", text)) for text in SENTENCES[key])
    assert chinese == english
    assert CHINESE.search(SENTENCES[key][0]) or key.startswith("item")
    assert not CHINESE.search(SENTENCES[key][1])


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_is_told_in_its_own_words(method: str) -> None:
    told = explain(count(method, NAMES, CYCLE), "en")
    assert not any(sentence.startswith("The method is") for sentence in told)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_published_case_is_told_in_both_languages(path: Path) -> None:
    document = json.loads(path.read_bytes())
    if document["method"] not in METHODS:
        pytest.skip(f"no method {document['method']} in the table")
    tally = case_from_json(document).count()
    chinese, english = explain(tally, "zh"), explain(tally, "en")
    assert len(chinese) == len(english) >= 4
    assert all(sentence.endswith("。") and "{" not in sentence for sentence in chinese)
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in english)


def numbers_in(value: Any) -> Iterator[str]:
    """Every number of a tally or of its written form, as the explanation writes it."""
    if isinstance(value, bool | None):
        return
    if isinstance(value, int | Fraction):
        yield figure(value)
    elif isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from (number for field in fields(value) for number in numbers_in(getattr(value, field.name)))
    elif isinstance(value, dict):
        yield from (number for held in value.values() for number in numbers_in(held))
    elif isinstance(value, tuple | list):
        yield from (number for held in value for number in numbers_in(held))


def totals(tally: Tally) -> Iterator[str]:
    """The sums a tally has as properties."""
    yield from numbers_in([tally.valid, len(tally.winners), *(entry.exhausted.total for entry in tally.rounds)])


LETTERS = ("Ann", "Bao", "Chen", "Deng")
rankings = st.permutations(LETTERS).flatmap(
    lambda order: st.integers(0, 4).map(lambda n: tuple((o,) for o in order[:n]))
)
weak = st.permutations(LETTERS).map(lambda order: ((order[0],), (), (order[1], order[2]), (order[3],)))
boxes = st.dictionaries(st.one_of(rankings, weak), st.integers(1, 40), max_size=9)


@given(box=boxes, method=st.sampled_from(sorted(METHODS)), seats=st.integers(1, 3), breaks=st.booleans())
@examples(250)
def test_every_number_said_stands_in_the_tally(box: dict[Any, int], method: str, seats: int, breaks: bool) -> None:
    tally = count(method, LETTERS, box, seats, {"tie_break": "candidate_order"} if breaks else {})
    known = {*numbers_in(tally), *numbers_in(tally_to_json(tally)), *totals(tally)}
    for locale in LOCALES:
        for sentence in explain(tally, locale):
            said = re.findall(r"\d+ \d+/\d+|\d+/\d+|\d+:0|-?\d+(?:\.\d+)?…?", sentence)
            assert set(said) <= known, sentence


def test_a_list_is_joined_as_each_language_joins_it() -> None:
    assert [Speaker(locale, {}).names(NAMES) for locale in LOCALES] == ["Ann、Bao和Chen", "Ann, Bao and Chen"]


def test_a_seat_that_no_ballot_fills_is_told() -> None:
    tally = count("irv-multi-pass", ("Ann", "Bao", "Chen"), {(("Ann",), ("Bao",)): 2}, 3)
    assert explain(tally, "en")[-3:] == (
        "No ballot counts for anybody who is left, so this seat stays vacant.",
        "Result: Ann and Bao are elected.",
        "Of 3 seats only 2 were filled; the rest stay vacant.",
    )
