"""What is read of a box, by whom and when; what a proof shows; what turnout by unit hides; an elector's own record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.contests import world
from tests.contests.people import ADMIN, AUDITOR, FOREIGNER, OFFICER, RESIDENT, STRANGER, TELLER
from tests.contests.test_moves import closed, drafted, opened, published
from tests.contests.world import DAY, NOW
from voting.contests import groups, moves, publishing, records, set_up
from voting.contests.groups import Group
from voting.contests.tables import Closing, Contest, SealedBallot
from voting.core.authority import Principal
from voting.core.box import Ranking
from voting.core.evidence import bundle_roll, canonical, hashes, merkle
from voting.errors import Conflict, Forbidden, NotFound, Unauthenticated
from voting.roll.tables import RollEntry

LATER = NOW + DAY


def in_mode(session: Session, mode: str) -> str:
    return published(session, publish_mode=mode)


def lines(session: Session, contest_id: str, who: Principal = STRANGER, **page: Any) -> tuple[publishing.Line, ...]:
    return publishing.lines(session, who, contest_id, **{"after": None, "limit": 50, "now": LATER, **page})


def written(line: publishing.Line) -> bytes:
    """The line of box/cvr.ndjson."""
    return canonical.encode({"ranking": [list(r) for r in line.ranking], "seq": line.seq, "slot": line.slot.hex()})


def test_a_full_box_is_everybodys_sorted_by_slot_in_pages(session: Session) -> None:
    contest_id = in_mode(session, "full")
    found = lines(session, contest_id)
    assert [line.slot for line in found] == sorted(line.slot for line in found)
    assert len(found) == 3
    assert lines(session, contest_id, after=found[0].slot, limit=1) == found[1:2]


def test_the_lines_are_the_leaves_of_the_root_that_was_sealed(session: Session) -> None:
    contest_id = in_mode(session, "full")
    root = merkle.root(written(line) for line in lines(session, contest_id))
    assert session.get_one(Closing, contest_id).box_root == root


def test_patterns_say_how_many_and_nothing_else(session: Session) -> None:
    contest_id = in_mode(session, "patterns")
    found = publishing.patterns(session, STRANGER, contest_id, now=LATER)
    assert [one.count for one in found] == [1, 1, 1]
    assert len({one.ranking for one in found}) == 3


@pytest.mark.parametrize("mode", ["patterns", "restricted"])
@pytest.mark.parametrize(
    ("who", "error"), [(STRANGER, Unauthenticated), (RESIDENT, Forbidden), (ADMIN, Forbidden), (FOREIGNER, NotFound)]
)
def test_a_box_that_is_withheld_is_read_by_auditors_alone(
    session: Session, mode: str, who: Principal, error: type[Exception]
) -> None:
    contest_id = in_mode(session, mode)
    with pytest.raises(error):
        lines(session, contest_id, who)
    assert len(lines(session, contest_id, AUDITOR)) == 3


def test_restricted_patterns_are_read_by_auditors_alone(session: Session) -> None:
    contest_id = in_mode(session, "restricted")
    with pytest.raises(Forbidden):
        publishing.patterns(session, TELLER, contest_id, now=LATER)
    assert len(publishing.patterns(session, AUDITOR, contest_id, now=LATER)) == 3


@pytest.mark.parametrize("mode", ["full", "restricted"])
def test_sums_over_pairs_are_shown_in_every_mode(session: Session, mode: str) -> None:
    contest_id = in_mode(session, mode)
    found = publishing.pairwise(session, STRANGER, contest_id, now=LATER)
    rankings = [line.ranking for line in lines(session, contest_id, AUDITOR)]

    def place(ranking: Ranking, option: str) -> int:
        return next((at for at, rank in enumerate(ranking) if option in rank), len(ranking))

    expected = [
        [sum(place(one, row) < place(one, column) for one in rankings) for column in found.pairwise.options]
        for row in found.pairwise.options
    ]
    assert [list(row) for row in found.pairwise.votes] == expected
    assert found.cast == len(rankings)


def test_before_the_publication_nobody_reads_anything_of_the_box(session: Session) -> None:
    contest_id = closed(session, (0,), (1, 0), publish_mode="full")
    moves.count(session, TELLER, contest_id, lot_seed="1" * 20, now=LATER)
    slot = session.exec(select(SealedBallot.slot)).all()[0]
    for who in (STRANGER, TELLER, AUDITOR):
        for read in (
            lambda one: lines(session, contest_id, one),
            lambda one: publishing.patterns(session, one, contest_id, now=LATER),
            lambda one: publishing.pairwise(session, one, contest_id, now=LATER),
            lambda one: publishing.inclusion(session, one, contest_id, slot, now=LATER),
        ):
            with pytest.raises(Conflict, match="not_published_yet"):
                read(who)


@pytest.mark.parametrize("mode", ["full", "patterns", "restricted"])
def test_a_proof_leads_from_ones_own_line_to_the_sealed_root(session: Session, mode: str) -> None:
    contest_id = in_mode(session, mode)
    for line in lines(session, contest_id, AUDITOR):
        found = publishing.inclusion(session, STRANGER, contest_id, line.slot, now=LATER)
        leaf = merkle.leaf_hash(written(line))
        assert merkle.verify_inclusion(leaf, found.index, found.size, found.proof, found.root)
        assert found.root == session.get_one(Closing, contest_id).box_root


def test_a_slot_that_is_not_there_has_no_proof(session: Session) -> None:
    with pytest.raises(NotFound, match="slot_not_in_box"):
        publishing.inclusion(session, STRANGER, in_mode(session, "full"), bytes(32), now=LATER)


def test_set_up_is_told_what_a_full_box_would_show(session: Session) -> None:
    told = set_up.privacy_of(session, OFFICER, drafted(session), now=NOW)
    assert (told.electors, told.legal_ballots) == (6, 16)
    assert json.loads(json.dumps(str(told.expected_unique_share))) == "724197/1000000"
    assert (told.chosen_mode, told.publish_mode) == ("by_size", "patterns")


def test_a_draft_is_told_of_within_its_community_alone(session: Session) -> None:
    with pytest.raises(NotFound):
        set_up.privacy_of(session, STRANGER, drafted(session), now=NOW)


@pytest.mark.parametrize(
    ("cast", "shown"),
    [
        ((12, 30), [("u0", 12), ("u1", 30)]),
        ((12, 30, 9), [("u1", 30), (None, 21)]),
        ((12, 9, 9), [("u0", 12), (None, 18)]),
        ((12, 3), [(None, 15)]),
        ((4, 5), []),
        ((), []),
    ],
)
def test_no_unit_is_shown_below_the_floor_nor_by_subtraction(
    cast: tuple[int, ...], shown: list[tuple[str | None, int]]
) -> None:
    found = groups.merged([Group(f"u{n}", 40, ballots) for n, ballots in enumerate(cast)])
    assert [(group.unit_id, group.cast) for group in found] == shown
    if found:
        assert sum(group.cast for group in found) == sum(cast)


def test_turnout_by_unit_waits_for_the_close(session: Session) -> None:
    with pytest.raises(Conflict, match="not_closed_yet"):
        groups.by_unit(session, STRANGER, opened(session), now=NOW)
    # Nobody of this roll has a unit, and three are too few to tell of.
    assert groups.by_unit(session, STRANGER, closed(session, (0,), (1,), (2,)), now=LATER) == ()


def test_an_elector_finds_the_own_bit(session: Session) -> None:
    contest_id = opened(session)
    leaves = [
        hashes.roll_leaf(row.salt, row.elector, row.unit_id)
        for row in session.exec(select(RollEntry).where(RollEntry.roll_id == "rol_1"))
    ]
    record = records.own(session, RESIDENT, contest_id, now=NOW)
    assert record.leaf == sorted(leaves)[record.index]
    assert merkle.verify_inclusion(
        merkle.leaf_hash(record.leaf), record.index, record.size, record.proof, merkle.root(sorted(leaves))
    )
    assert record.channel is None


def test_the_own_bit_is_that_of_the_sealed_participation(session: Session) -> None:
    contest_id = closed(session, *[(0,)] * 4)
    found = [records.own(session, holder, contest_id, now=LATER) for holder in everybody()]
    checked = {record.index: record.channel is not None for record in found}
    bits = bundle_roll.packed([checked[place] for place in range(6)])
    assert sum(checked.values()) == 4
    assert session.get_one(Closing, contest_id).participation == hashes.digest("participation", bits)


def everybody() -> list[Principal]:
    return [Principal("person", world.person(number), "com_1") for number in range(6)]


@pytest.mark.parametrize(("who", "error"), [(STRANGER, Unauthenticated), (FOREIGNER, NotFound), (OFFICER, NotFound)])
def test_a_record_is_the_electors_own(session: Session, who: Principal, error: type[Exception]) -> None:
    with pytest.raises(error):
        records.own(session, who, opened(session), now=NOW)


def test_a_mode_of_the_draft_is_settled_at_the_opening(session: Session) -> None:
    assert session.get_one(Contest, opened(session, publish_mode="restricted")).publish_mode == "restricted"
