"""Groups of opinion: found where they are, the same every time, and never fewer than five people in a figure."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.access.moment import NOW
from tests.deliberation.world import ANN, BO, HOUR, MOD, THREAD, do, resident, say, see
from voting.community.tables import Person
from voting.deliberation import comment_batches, comments, opinion_groups, opinions, reactions
from voting.deliberation.comment_posting import Draft
from voting.deliberation.opinion_groups import FLOOR, Stand
from voting.deliberation.opinion_shelf import Counted, OpinionShelf
from voting.store import transact

CAMPS = np.array([[1, 1, -1, -1, 1], [-1, -1, 1, 1, 1]], dtype=np.int8)


def camps(first: int, second: int) -> np.ndarray:
    return np.repeat(CAMPS, (first, second), axis=0)


@pytest.mark.parametrize("sizes", [(12, 7), (5, 5), (30, 9)])
def test_two_camps_are_two_groups(sizes: tuple[int, int]) -> None:
    matrix = camps(*sizes)
    found = opinion_groups.find(matrix, np.ones(matrix.shape, dtype=np.bool_))
    assert found.sizes == sizes
    assert found.stands[0] == (Stand(sizes[0], 0, 0), Stand(0, sizes[1], 0))


def test_the_order_of_residents_changes_no_figure() -> None:
    matrix = camps(12, 8)
    reacted = np.ones(matrix.shape, dtype=np.bool_)
    reacted[::3, 1] = False
    mixed = np.argsort([number * 7 % 20 for number in range(20)])
    assert opinion_groups.find(matrix[mixed], reacted[mixed]) == opinion_groups.find(matrix, reacted)


@pytest.mark.parametrize("sizes", [(12, 4), (4, 4), (0, 9)])
def test_no_group_is_smaller_than_the_floor(sizes: tuple[int, int]) -> None:
    matrix = camps(*sizes)
    found = opinion_groups.find(matrix, np.ones(matrix.shape, dtype=np.bool_))
    assert min(found.sizes) >= min(FLOOR, sum(sizes))
    assert sum(found.sizes) == sum(sizes)


def test_people_who_agree_are_one_group() -> None:
    matrix = np.ones((40, 6), dtype=np.int8)
    assert opinion_groups.find(matrix, np.ones(matrix.shape, dtype=np.bool_)).sizes == (40,)


def test_a_bridge_is_an_exact_product_and_a_camp_is_none() -> None:
    assert opinion_groups.bridge((Stand(9, 1, 2), Stand(4, 0, 0))) == Fraction(10, 14) * Fraction(5, 6)
    assert opinion_groups.bridge((Stand(9, 0, 0), Stand(0, 9, 0))) < opinion_groups.bridge((Stand(6, 3, 0),) * 2)


def crowd(session: Session) -> None:
    session.add_all(Person(id=f"per_{number}", community_id="com_1", name="x") for number in range(20, 32))


def test_the_statement_that_both_camps_support_bridges_them(talking: Engine) -> None:
    transact(talking, crowd)
    said = [say(talking, MOD, f"{number}") for number in range(5)]
    for row, number in enumerate(range(20, 32)):
        for column, comment in enumerate(said):
            stance = "support" if CAMPS[row % 2, column] > 0 else "oppose"
            do(talking, reactions.react, resident(number), comment, stance)
    found = see(talking, opinions.of_thread, ANN, *THREAD)
    assert (found.residents, found.groups) == (12, (6, 6))
    assert found.bridges[0].view.comment.id == said[4]
    assert found.bridges[0].bridge == Fraction(7, 8) ** 2
    assert [stand.supports for stand in found.bridges[0].stands] == [6, 6]


def test_four_people_are_nobody(talking: Engine) -> None:
    comment = say(talking, ANN)
    for number in range(3, 7):
        do(talking, reactions.react, resident(number), comment, "support")
    found = see(talking, opinions.of_thread, ANN, *THREAD)
    assert (found.residents, found.groups, found.bridges) == (None, (), ())
    do(talking, reactions.react, resident(7), comment, "oppose")
    assert see(talking, opinions.of_thread, ANN, *THREAD).residents == 5


def test_agreement_by_option_counts_people_once_and_from_five_on(talking: Engine) -> None:
    def speak(number: int, alignment: int) -> None:
        draft = Draft("x", alignment=alignment)
        do(talking, comment_batches.post, resident(number), "option", "opt_0", draft)

    for number in range(3, 7):
        speak(number, 1)
    speak(3, -1)
    first, second = see(talking, opinions.of_thread, BO, *THREAD).options
    assert (first.people, second.people) == (None, None)
    speak(7, 0)
    first, _ = see(talking, opinions.of_thread, BO, *THREAD).options
    assert (first.option_id, first.people, first.supports, first.opposes) == ("opt_0", 5, 3, 1)


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_count_that_took_long_is_told_again_for_twenty_times_as_long() -> None:
    hands, made = Hands(), list[int]()

    def count(took: float) -> Counted:
        hands.seconds += took
        made.append(len(made))
        return Counted(residents=len(made))

    shelf = OpinionShelf(hands)
    first = shelf.counted("contest:1", lambda: count(2.0), NOW)
    hands.seconds += 39
    assert shelf.counted("contest:1", lambda: count(2.0), NOW + HOUR) == first
    assert first.at == NOW
    hands.seconds += 2
    second = shelf.counted("contest:1", lambda: count(0.1), NOW + HOUR)
    assert (second.counted.residents, second.at) == (2, None)
    assert shelf.counted("contest:1", lambda: count(0.1), NOW).counted.residents == 3
    assert shelf.counted("contest:2", lambda: count(0.1), NOW).counted.residents == 4


def test_while_a_large_thread_is_counted_others_are_told_the_count_before() -> None:
    hands = Hands()
    shelf = OpinionShelf(hands)

    def slow() -> Counted:
        hands.seconds += 1
        return Counted(residents=5)

    def asks_meanwhile() -> Counted:
        assert shelf.counted("contest:1", slow, NOW) == first
        return slow()

    first = shelf.counted("contest:1", slow, NOW)
    hands.seconds += 21
    assert shelf.counted("contest:1", asks_meanwhile, NOW + HOUR).at == NOW + HOUR


def test_a_statement_that_was_hidden_since_the_count_is_not_shown(talking: Engine) -> None:
    comment = say(talking, ANN)
    for number in range(3, 9):
        do(talking, reactions.react, resident(number), comment, "support")
    begun_and_ended = iter((0.0, 1.0))
    shelf = OpinionShelf(lambda: next(begun_and_ended, 2.0))

    def seen() -> opinions.Opinions:
        found: opinions.Opinions = see(talking, opinions.of_thread, BO, *THREAD, shelf=shelf)
        return found

    assert [one.view.comment.id for one in seen().bridges] == [comment]
    do(talking, comments.retract, ANN, comment)
    assert (seen().bridges, seen().residents, seen().counted_at) == ((), 6, NOW)
