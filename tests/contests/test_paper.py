"""Paper: the first channel wins, what was given out adds up, two tellers agree, two officials sign, then it is in the box."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, select

from tests.contests import world
from tests.contests.people import AUDITOR, FOREIGNER, OFFICER, RESIDENT, RETURNING, STRANGER, TELLER, holding
from tests.contests.test_moves import fill, opened, refused
from tests.contests.test_officials import THREE, WANG, ZHAO
from tests.contests.test_signing import lines_of, log_of
from tests.contests.world import DAY, NOW
from voting.contests import moves, paper, paper_keying, queries, signing
from voting.contests.paper import BatchView
from voting.contests.tables import BoxRow, Closing, Contest, PaperBatch, PaperKeying, Participation, SealedBallot
from voting.core.authority import Grant, Principal
from voting.core.evidence import events, hashes, notes, statements
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal, logs

SECOND = holding("per_teller_2", "teller")
THIRD = holding("per_teller_3", "teller")
LATER = NOW + DAY
KEYS = [one.key for one in THREE]


def a_contest(session: Session, k: int = 0, **changes: Any) -> str:
    contest_id = opened(session, officials=THREE if k else (), k=k, **changes)
    logs.held(session, contest_id).origin = f"yishi.test/contests/{contest_id}"
    return contest_id


def a_batch(session: Session, contest_id: str, given: int = 0, start: int = 0) -> str:
    batch_id = paper.create(session, OFFICER, contest_id, label="3号楼", now=NOW).batch.id
    for number in range(start, start + given):
        issue(session, batch_id, number)
    return batch_id


def issue(session: Session, batch_id: str, number: int) -> BatchView:
    return paper.issue(session, TELLER, batch_id, entry_id=f"ent_rol_1_{number:05}", now=NOW)


def marks(session: Session, contest_id: str, *places: int) -> list[list[str]]:
    options = queries.options(session, contest_id)
    return [[options[place].id] for place in places]


def returned(session: Session, contest_id: str, given: int = 3, unreturned: int = 0, start: int = 0) -> str:
    batch_id = a_batch(session, contest_id, given, start)
    paper.return_(session, TELLER, batch_id, unreturned=unreturned, now=LATER)
    return batch_id


def key(session: Session, who: Principal, batch_id: str, *ballots: tuple[int, ...]) -> str:
    contest_id = session.get_one(PaperBatch, batch_id).contest_id
    pile = [marks(session, contest_id, *places) for places in ballots]
    return paper_keying.key(session, who, batch_id, pile, now=LATER).batch.state


def resolve(session: Session, who: Principal, batch_id: str, number: int, *places: int) -> str:
    contest_id = session.get_one(PaperBatch, batch_id).contest_id
    told = {number: marks(session, contest_id, *places)}
    return paper_keying.resolve(session, who, batch_id, told, now=LATER).batch.state


def matched(session: Session, contest_id: str, start: int = 0) -> str:
    batch_id = returned(session, contest_id, start=start)
    key(session, TELLER, batch_id, (0, 1), (2,), ())
    assert key(session, SECOND, batch_id, (0, 1), (2,), ()) == "matched"
    return batch_id


def channels(session: Session, contest_id: str) -> list[str | None]:
    query = select(Participation.channel).where(Participation.contest_id == contest_id)
    return list(session.exec(query.order_by(Participation.entry_id)))


def test_an_elector_given_paper_is_checked_off(session: Session) -> None:
    contest_id = a_contest(session)
    view = issue(session, a_batch(session, contest_id), 0)
    assert view.batch.issued == 1
    assert channels(session, contest_id) == ["paper", *[None] * 5]
    assert queries.turnout(session, session.get_one(Contest, contest_id)).cast == 1


def test_an_open_vote_takes_no_paper(session: Session) -> None:
    contest_id = a_contest(session, secrecy="open")
    with pytest.raises(Conflict, match="open_vote_takes_no_paper"):
        a_batch(session, contest_id)
    assert session.exec(select(PaperBatch)).all() == []


def test_the_first_channel_wins(session: Session) -> None:
    contest_id = a_contest(session)
    fill(session, contest_id, (0,))
    batch_id = a_batch(session, contest_id)
    online = channels(session, contest_id).index("online")
    with pytest.raises(Conflict, match="already_cast"):
        issue(session, batch_id, online)
    issue(session, batch_id, online + 1)
    with pytest.raises(Conflict, match="already_cast"):
        issue(session, batch_id, online + 1)
    assert session.get_one(PaperBatch, batch_id).issued == 1


def test_who_was_given_paper_does_not_cast_online(session: Session) -> None:
    contest_id = a_contest(session)
    issue(session, a_batch(session, contest_id), 0)
    loaded = queries.load(session, RESIDENT, contest_id, NOW)
    assert queries.view(session, RESIDENT, loaded).actions["cast"] == "already_cast"


def test_who_is_not_on_the_roll_is_given_no_paper(session: Session) -> None:
    batch_id = a_batch(session, a_contest(session))
    with pytest.raises(NotFound, match="entry_not_in_contest"):
        issue(session, batch_id, 77)


def test_no_paper_is_given_out_after_the_end(session: Session) -> None:
    batch_id = a_batch(session, a_contest(session))
    with pytest.raises(IllegalMove, match="voting_is_over"):
        paper.issue(session, TELLER, batch_id, entry_id="ent_rol_1_00000", now=LATER)


def test_a_spoiled_paper_is_replaced_or_not(session: Session) -> None:
    batch_id = a_batch(session, a_contest(session), given=2)
    paper.spoil(session, TELLER, batch_id, replaced=True, now=NOW)
    batch = paper.spoil(session, TELLER, batch_id, replaced=False, now=NOW).batch
    assert (batch.issued, batch.replaced, batch.spoiled) == (3, 1, 2)
    assert paper.return_(session, TELLER, batch_id, unreturned=0, now=NOW).batch.count == 1


def test_what_was_not_given_out_is_not_spoiled_nor_missing(session: Session) -> None:
    batch_id = a_batch(session, a_contest(session))
    with pytest.raises(IllegalMove, match="nothing_to_spoil"):
        paper.spoil(session, TELLER, batch_id, replaced=False, now=NOW)
    with pytest.raises(Invalid):
        paper.return_(session, TELLER, batch_id, unreturned=1, now=NOW)


def test_the_figures_are_put_right_until_somebody_keys(session: Session) -> None:
    batch_id = returned(session, a_contest(session), given=3, unreturned=1)
    assert paper.return_(session, TELLER, batch_id, unreturned=2, now=LATER).batch.count == 1
    key(session, TELLER, batch_id, (0,))
    with pytest.raises(IllegalMove):
        paper.return_(session, TELLER, batch_id, unreturned=0, now=LATER)


def test_the_pile_has_as_many_ballots_as_came_back(session: Session) -> None:
    batch_id = returned(session, a_contest(session), given=3, unreturned=1)
    with pytest.raises(Invalid) as found:
        key(session, TELLER, batch_id, (0,))
    assert [fault.code for fault in found.value.faults] == ["paper_count_differs"]


def test_a_ballot_that_could_not_be_cast_is_not_keyed(session: Session) -> None:
    contest_id = a_contest(session)
    batch_id = returned(session, contest_id, given=1)
    twice = [marks(session, contest_id, 0) * 2]
    with pytest.raises(Invalid) as found:
        paper_keying.key(session, TELLER, batch_id, twice, now=LATER)
    assert [(fault.pointer, fault.code) for fault in found.value.faults] == [("/ballots/0/1/0", "duplicate_option")]


def test_two_different_persons_key_a_batch(session: Session) -> None:
    batch_id = returned(session, a_contest(session), given=1)
    key(session, TELLER, batch_id, (0,))
    with pytest.raises(IllegalMove, match="keyed_already"):
        key(session, TELLER, batch_id, (0,))
    assert key(session, SECOND, batch_id, (0,)) == "matched"
    with pytest.raises(IllegalMove):
        key(session, THIRD, batch_id, (0,))


def test_a_program_is_no_teller(session: Session) -> None:
    batch_id = returned(session, a_contest(session), given=1)
    program = Principal(
        "client", "cli_1", "com_1", (Grant("teller", "community", "com_1"),), frozenset({"contests:write"})
    )
    with pytest.raises(Forbidden, match="persons_only"):
        key(session, program, batch_id, (0,))


@pytest.mark.parametrize(
    ("who", "error"), [(STRANGER, Unauthenticated), (FOREIGNER, NotFound), (RESIDENT, Forbidden), (AUDITOR, Forbidden)]
)
def test_only_officers_and_tellers_handle_paper(session: Session, who: Principal, error: type[Exception]) -> None:
    contest_id = a_contest(session)
    batch_id = a_batch(session, contest_id, given=1)
    for act in (
        lambda: paper.create(session, who, contest_id, label="x", now=NOW),
        lambda: paper.issue(session, who, batch_id, entry_id="ent_rol_1_00001", now=NOW),
        lambda: paper.spoil(session, who, batch_id, replaced=True, now=NOW),
        lambda: paper.return_(session, who, batch_id, unreturned=0, now=NOW),
        lambda: paper_keying.key(session, who, batch_id, [], now=NOW),
        lambda: paper_keying.own(session, who, batch_id, now=NOW),
        lambda: paper_keying.differences(session, who, batch_id, now=NOW),
        lambda: paper_keying.enter(session, who, batch_id, now=NOW),
    ):
        with pytest.raises(error):
            act()


def test_nobody_reads_another_keying_before_both_are_in(session: Session) -> None:
    batch_id = returned(session, a_contest(session), given=1)
    key(session, TELLER, batch_id, (0,))
    assert len(paper_keying.own(session, TELLER, batch_id, now=LATER)) == 1
    with pytest.raises(NotFound):
        paper_keying.own(session, SECOND, batch_id, now=LATER)
    with pytest.raises(Forbidden):
        paper_keying.differences(session, SECOND, batch_id, now=LATER)
    with pytest.raises(Conflict, match="other_keying_missing"):
        paper_keying.differences(session, TELLER, batch_id, now=LATER)


def test_the_two_tellers_see_what_differs_and_nobody_else_does(session: Session) -> None:
    contest_id = a_contest(session)
    batch_id = returned(session, contest_id)
    key(session, TELLER, batch_id, (0, 1), (2,), ())
    assert key(session, SECOND, batch_id, (0, 1), (1,), (0,)) == "discrepant"
    found = paper_keying.differences(session, TELLER, batch_id, now=LATER)
    assert [(one.number, len(one.yours), len(one.other)) for one in found] == [(2, 1, 1), (3, 0, 1)]
    mirrored = paper_keying.differences(session, SECOND, batch_id, now=LATER)
    assert [(one.yours, one.other) for one in mirrored] == [(one.other, one.yours) for one in found]
    for other in (THIRD, RETURNING):
        with pytest.raises(Forbidden, match="tellers_only"):
            paper_keying.differences(session, other, batch_id, now=LATER)


def test_both_tellers_record_what_the_paper_says(session: Session) -> None:
    batch_id = returned(session, a_contest(session))
    key(session, TELLER, batch_id, (0, 1), (2,), ())
    key(session, SECOND, batch_id, (0, 1), (1,), ())
    assert resolve(session, TELLER, batch_id, 2, 1) == "discrepant"
    assert resolve(session, SECOND, batch_id, 2, 1) == "matched"
    assert session.get_one(PaperBatch, batch_id).discrepancies == 1


def test_what_both_read_alike_is_not_reopened(session: Session) -> None:
    batch_id = returned(session, a_contest(session))
    key(session, TELLER, batch_id, (0, 1), (2,), ())
    key(session, SECOND, batch_id, (0, 1), (1,), ())
    with pytest.raises(Invalid):
        resolve(session, TELLER, batch_id, 1, 2)


def test_two_officials_sign_a_batch_before_it_enters_the_box(session: Session) -> None:
    contest_id = a_contest(session, k=3)
    batch_id = matched(session, contest_id)
    with pytest.raises(IllegalMove, match="batch_not_signed"):
        paper_keying.enter(session, TELLER, batch_id, now=LATER)
    told = signing.read(session, RESIDENT, contest_id, batch_id, now=LATER)
    assert told.needed == 2
    signing.sign(session, RESIDENT, contest_id, batch_id, lines_of(told.note.text, (ZHAO, WANG)), now=LATER)
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, events.PaperBatch)
    assert (found.batch, found.number, found.count, found.issued) == (batch_id, 1, 3, 3)
    assert [key.name for key in statements.signers(notes.parse(found.note), told.note.text, KEYS)] == ["wang", "zhao"]


def test_a_batch_enters_under_slots_that_its_salt_alone_gives(session: Session) -> None:
    contest_id = a_contest(session)
    batch_id = matched(session, contest_id)
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    batch = session.get_one(PaperBatch, batch_id)
    assert batch.salt is not None
    box = {bytes(row.slot): (row.seq, bytes(row.ballot)) for row in session.exec(select(BoxRow))}
    ballots = [b"\x00\x01", b"\x02", b""]
    assert box == {
        hashes.paper_slot(batch.salt, batch_id, number): (0, ballot) for number, ballot in enumerate(ballots, start=1)
    }
    pile = [marks(session, contest_id, *places) for places in ((0, 1), (2,), ())]
    assert batch.hash == hashes.paper_batch(batch.salt, pile)


def test_of_a_batch_in_the_box_no_keying_is_left(session: Session) -> None:
    batch_id = matched(session, a_contest(session))
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    assert session.exec(select(PaperKeying)).all() == []
    with pytest.raises(NotFound, match="no_keying_of_yours"):
        paper_keying.own(session, TELLER, batch_id, now=LATER)


def test_batches_are_numbered_as_they_enter(session: Session) -> None:
    contest_id = a_contest(session)
    first, second = matched(session, contest_id), matched(session, contest_id, start=3)
    for batch_id in (second, first):
        paper_keying.enter(session, TELLER, batch_id, now=LATER)
    assert [session.get_one(PaperBatch, batch_id).number for batch_id in (second, first)] == [1, 2]


def test_no_contest_closes_while_paper_is_outside_the_box(session: Session) -> None:
    contest_id = a_contest(session)
    a_batch(session, contest_id)
    batch_id = returned(session, contest_id)
    assert refused(session, contest_id, moves.close, OFFICER, LATER) == "paper_unreconciled"
    loaded = queries.load(session, OFFICER, contest_id, LATER)
    assert queries.view(session, OFFICER, loaded).actions["close"] == "paper_unreconciled"
    for who in (TELLER, SECOND):
        key(session, who, batch_id, (0,), (0,), (0,))
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    # A batch out of which nothing was given holds nothing up.
    moves.close(session, OFFICER, contest_id, now=LATER)


def test_paper_and_online_ballots_are_counted_together(session: Session) -> None:
    contest_id = a_contest(session)
    batch_id = returned(session, contest_id, given=4, unreturned=1)
    fill(session, contest_id)
    entry = session.get_one(Participation, (contest_id, "ent_rol_1_00005"))
    entry.channel = "online"
    session.add(BoxRow(contest_id=contest_id, slot=bytes(32), ballot=b"\x01"))
    for who in (TELLER, SECOND):
        key(session, who, batch_id, (1,), (1, 0), ())
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    moves.close(session, OFFICER, contest_id, now=LATER)
    world.finish_closing(session, contest_id)
    row = session.get_one(Closing, contest_id)
    assert (row.online, row.paper, row.checked) == (1, 3, 5)
    moves.count(session, TELLER, contest_id, now=LATER)
    found = [event for event in log_of(session, contest_id) if isinstance(event, events.Closed)]
    assert (found[0].online, found[0].paper, found[0].participation.checked) == (1, 3, 5)
    assert len(session.exec(select(SealedBallot)).all()) == 4


def test_every_handling_of_paper_is_an_event_that_names_no_elector(session: Session) -> None:
    contest_id = a_contest(session)
    batch_id = matched(session, contest_id)
    paper_keying.enter(session, TELLER, batch_id, now=LATER)
    told = [event for event in journal.of(session, "contest", contest_id, limit=200) if event.kind.startswith("paper")]
    assert [event.kind for event in told] == [
        "paper_batch_created",
        *["paper_issued"] * 3,
        "paper_returned",
        "paper_keyed",
        "paper_matched",
        "paper_entered",
    ]
    assert not any("ent_" in str(event.facts) or "opt_" in str(event.facts) for event in told)


def test_keyings_of_an_annulled_contest_go_with_its_box(session: Session) -> None:
    contest_id = a_contest(session)
    key(session, TELLER, returned(session, contest_id), (0,), (1,), (2,))
    moves.annul(session, RETURNING, contest_id, reason="wrong options", now=LATER)
    world.finish_closing(session, contest_id)
    assert session.exec(select(PaperKeying)).all() == []
