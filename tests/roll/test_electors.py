"""Who is an elector on each basis, and who acts for whom: the rules without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.roll.electors import Hearth, Holding, Home, Register, Resident, compile_electors, is_of_age

HOMES = (Home("d1", "u1", "1 1 101", 800), Home("d2", "u1", "1 1 102", 500), Home("d3", "u2", "1 2 201", 600))


def living(person: str, home: str, of_age: bool = True) -> Resident:
    return Resident(person, person.upper(), home, of_age)


def owning(home: str, key: str, person: str | None = None, may_act: bool = True) -> Holding:
    return Holding(home, key, key.upper(), person, may_act and person is not None)


def voters_by_ref(basis: str, register: Register, **choice: object) -> dict[str, tuple[str, ...]]:
    return {elector.ref: elector.voters for elector in compile_electors(basis, register, **choice)}  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(2008, 3, 1), True),
        (date(2008, 3, 2), False),
        (date(2008, 2, 29), True),
        (date(1950, 12, 31), True),
        (None, True),
    ],
)
def test_the_birthday_itself_completes_the_year(born_on: date | None, expected: bool) -> None:
    assert is_of_age(born_on, 18, date(2026, 3, 1)) is expected


def test_a_leap_day_child_comes_of_age_on_the_first_of_march() -> None:
    assert [is_of_age(date(2008, 2, 29), 18, date(2026, month, day)) for month, day in ((2, 28), (3, 1))] == [
        False,
        True,
    ]


def test_without_a_minimum_age_everybody_is_of_age() -> None:
    assert is_of_age(date(2025, 1, 1), None, date(2026, 3, 1))


def test_a_person_who_lives_in_two_homes_is_one_elector_of_the_first() -> None:
    register = Register(HOMES, (living("a", "d3"), living("a", "d1")))
    (elector,) = compile_electors("person", register)
    assert (elector.ref, elector.unit_id, elector.voters, elector.area_cm2) == ("a", "u1", ("a",), 0)


def test_a_minor_is_no_elector() -> None:
    assert compile_electors("person", Register(HOMES, (living("a", "d1", of_age=False),))) == ()


def test_a_household_is_one_elector_through_its_representative() -> None:
    register = Register(HOMES, (living("a", "d1"), living("b", "d1")), (Hearth("h1", "d1", "b"),))
    (elector,) = compile_electors("household", register)
    assert (elector.ref, elector.label, elector.area_cm2, elector.voters) == ("h1", "1 1 101", 800, ("b",))


@pytest.mark.parametrize("representative", [None, "gone", "child"])
def test_without_an_adult_representative_who_lives_there_every_adult_may_act(representative: str | None) -> None:
    people = (living("a", "d1"), living("b", "d1"), living("child", "d1", of_age=False))
    register = Register(HOMES, people, (Hearth("h1", "d1", representative),))
    assert voters_by_ref("household", register) == {"h1": ("a", "b")}


def test_an_empty_home_and_a_home_of_minors_are_no_households() -> None:
    register = Register(HOMES, (living("c", "d1", of_age=False),), (Hearth("h1", "d1", None), Hearth("h2", "d2", None)))
    assert compile_electors("household", register) == ()


def test_a_person_represents_one_household_and_the_other_is_left_to_its_other_adults() -> None:
    people = (living("a", "d1"), living("a", "d2"), living("b", "d2"))
    register = Register(HOMES, people, (Hearth("h2", "d2", "a"), Hearth("h1", "d1", "a")))
    assert voters_by_ref("household", register) == {"h1": ("a",), "h2": ("b",)}


def test_who_represents_one_household_is_not_taken_by_another_where_they_only_live() -> None:
    people = (living("a", "d1"), living("b", "d1"), living("a", "d3"))
    register = Register(HOMES, people, (Hearth("h1", "d1", None), Hearth("h3", "d3", "a")))
    assert voters_by_ref("household", register) == {"h1": ("b",), "h3": ("a",)}


def test_all_homes_of_one_merge_key_are_one_head_with_their_area_summed() -> None:
    register = Register(HOMES, holdings=(owning("d1", "k", "a"), owning("d3", "k", "a")))
    (elector,) = compile_electors("owner", register)
    assert (elector.ref, elector.area_cm2, elector.unit_id, elector.voters) == ("k", 1400, None, ("a",))


def test_an_owner_within_one_unit_keeps_the_unit() -> None:
    (elector,) = compile_electors("owner", Register(HOMES, holdings=(owning("d1", "k"), owning("d2", "k"))))
    assert elector.unit_id == "u1"


def test_co_owners_of_one_home_are_one_head_and_the_named_one_acts() -> None:
    register = Register(HOMES, holdings=(owning("d1", "k", "a", may_act=False), owning("d1", "k", "b")))
    assert voters_by_ref("owner", register) == {"k": ("b",)}


def test_a_home_with_titles_under_two_keys_counts_once_for_the_one_who_may_act() -> None:
    register = Register(HOMES, holdings=(owning("d1", "a"), owning("d1", "b", "p")))
    (elector,) = compile_electors("owner", register)
    assert (elector.ref, elector.area_cm2) == ("b", 800)


def test_an_owner_whom_the_register_does_not_know_stands_in_the_base_without_a_voter() -> None:
    assert voters_by_ref("owner", Register(HOMES, holdings=(owning("d1", "k"),))) == {"k": ()}


def test_whoever_already_acts_for_an_entry_acts_for_no_other() -> None:
    register = Register(HOMES, holdings=(owning("d1", "k", "a"), owning("d1", "k", "b")))
    assert voters_by_ref("owner", register, taken=["a"]) == {"k": ("b",)}


def test_only_the_wanted_electors_take_seats() -> None:
    people = (living("a", "d1"), living("a", "d2"))
    register = Register(HOMES, people, (Hearth("h1", "d1", "a"), Hearth("h2", "d2", "a")))
    assert voters_by_ref("household", register, only={"h2"}) == {"h2": ("a",)}


registers = st.builds(
    Register,
    st.just(HOMES),
    st.lists(
        st.builds(Resident, st.sampled_from("abcde"), st.just("N"), st.sampled_from(["d1", "d2", "d3"]), st.booleans()),
        max_size=8,
    ).map(tuple),
    st.sampled_from([None, *"abcde"]).map(lambda who: tuple(Hearth(f"h{n}", f"d{n}", who) for n in (1, 2, 3))),
    st.lists(
        st.builds(
            Holding,
            st.sampled_from(["d1", "d2", "d3"]),
            st.sampled_from("kl"),
            st.just("N"),
            st.sampled_from([None, *"abc"]),
            st.booleans(),
        ),
        max_size=6,
    ).map(tuple),
)


@given(basis=st.sampled_from(["person", "household", "owner"]), register=registers)
def test_nobody_acts_for_two_entries_and_no_elector_stands_twice(basis: str, register: Register) -> None:
    found = compile_electors(basis, register)
    acting = [person for elector in found for person in elector.voters]
    assert len(acting) == len(set(acting))
    assert len({elector.ref for elector in found}) == len(found)


@given(register=registers)
def test_the_area_of_owners_is_the_area_of_the_owned_homes(register: Register) -> None:
    owned = {holding.home_id for holding in register.holdings}
    area = sum(elector.area_cm2 for elector in compile_electors("owner", register))
    assert area == sum(home.area_cm2 for home in HOMES if home.id in owned)
