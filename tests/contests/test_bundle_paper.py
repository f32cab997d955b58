"""Bundles of contests with paper: every check of the verifier, and the salt where it may be."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from clients.verifier import verify
from tests.contests.people import AUDITOR, holding
from tests.contests.published import Poll, publish, sign, signed
from tests.contests.test_bundle import made, opened
from tests.contests.test_bundle_life import SIGNED, WANG, ZHAO, judged
from tests.contests.world import CONTEST, NOW
from voting.contests import paper, paper_keying
from voting.contests.tables import PaperBatch
from voting.core.evidence import bundle, hashes
from voting.store import reader, transact

FIRST, SECOND = holding("per_t1", "teller"), holding("per_t2", "teller")
PILES = ((("opt_a", "opt_b"), ("opt_c",), ()), (("opt_d", "opt_a"),))
ONLINE = 12
"""Voters of the poll before those who were given paper."""


def two_batches(engine: Engine, folder: Path) -> Callable[[], None]:
    """Five papers in two batches, keyed when the online ballots stand in the log already; one of the first is spoiled and
    replaced, one of the second never comes back."""

    def work() -> None:
        sign(engine, folder)
        enter(engine, PILES[0], range(ONLINE, ONLINE + 3), spoiled=1)
        enter(engine, PILES[1], range(ONLINE + 3, ONLINE + 5), unreturned=1)

    return work


def enter(
    engine: Engine, pile: tuple[tuple[str, ...], ...], electors: range, *, spoiled: int = 0, unreturned: int = 0
) -> None:
    """A batch from the first paper into the box."""

    def hand_out_and_key(session: Session) -> str:
        batch_id = paper.create(session, FIRST, CONTEST, label="x", now=NOW).batch.id
        for number in electors:
            paper.issue(session, FIRST, batch_id, entry_id=f"ent_rol_1_{number:05}", now=NOW)
        for _ in range(spoiled):
            paper.spoil(session, FIRST, batch_id, replaced=True, now=NOW)
        paper.return_(session, FIRST, batch_id, unreturned=unreturned, now=NOW)
        marks = [[[option] for option in ballot] for ballot in pile]
        for teller in (FIRST, SECOND):
            paper_keying.key(session, teller, batch_id, marks, now=NOW)
        return batch_id

    batch_id = transact(engine, hand_out_and_key)
    for one in (WANG, ZHAO):
        signed(engine, batch_id, one)
    transact(engine, lambda session: paper_keying.enter(session, FIRST, batch_id, now=NOW).batch.state)


@pytest.fixture(params=["full", "patterns", "restricted"])
def mode(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> str:
    """A contest of this publish mode, with paper, published."""
    poll: Poll = replace(SIGNED, contest={"publish_mode": request.param})
    publish(engine, tmp_path, poll, meanwhile=two_batches(engine, tmp_path))
    return str(request.param)


def test_a_bundle_with_paper_verifies_as_far_as_its_mode_shows(engine: Engine, mode: str) -> None:
    found = judged(made(engine))
    assert found["paper"] == "passed"
    assert found["paper-ballots"] == ("passed" if mode == "full" else "not-made")
    for_auditors = judged(made(engine, "auditor", AUDITOR))
    assert (for_auditors["paper"], for_auditors["paper-ballots"]) == ("passed", "passed")


def test_a_salt_stands_where_the_box_stands_and_nowhere_else(engine: Engine, mode: str) -> None:
    with reader(engine) as session:
        salts = [bytes(salt).hex().encode() for salt in session.exec(select(PaperBatch.salt)) if salt]
    assert len(salts) == len(PILES)
    shown = {"public": made(engine), "auditor": made(engine, "auditor", AUDITOR)}
    assert [salt in shown["public"] for salt in salts] == [mode == "full"] * 2
    assert [salt in shown["auditor"] for salt in salts] == [True] * 2


def test_batches_stand_in_the_order_of_the_log_and_add_up(engine: Engine, mode: str) -> None:
    batches = opened(engine).json(bundle.BATCHES)["batches"]
    told = [(one["number"], one["count"], one["issued"], one["spoiled"], one["unreturned"]) for one in batches]
    assert told == [(1, 3, 4, 1, 0), (2, 1, 2, 0, 1)]


def test_the_count_has_paper_and_online_ballots_in_it(engine: Engine, mode: str) -> None:
    result = opened(engine).json("result.json")
    assert result["turnout"] == {"electors": 20, "cast": ONLINE + 4}


def test_a_paper_ballot_that_was_changed_in_the_box_is_found(engine: Engine, tmp_path: Path) -> None:
    poll = replace(SIGNED, contest={"publish_mode": "full"})
    publish(engine, tmp_path, poll, meanwhile=two_batches(engine, tmp_path))
    content = made(engine)
    batch = opened(engine).json(bundle.BATCHES)["batches"][1]
    slot = hashes.paper_slot(bytes.fromhex(batch["salt"]), batch["batch"], 1).hex()
    line = f'{{"ranking":[["opt_d"],["opt_a"]],"seq":0,"slot":"{slot}"}}'.encode()
    assert content.count(line) == 1
    other = line.replace(b'["opt_d"],["opt_a"]', b'["opt_a"],["opt_d"]')
    found = verify.verify(io.BytesIO(content.replace(line, other)), verify.Anchor(), verify.Wanted())
    assert [one for one in found if one.outcome == "failed"] != []
