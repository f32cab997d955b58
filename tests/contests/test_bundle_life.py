"""Bundles along the life of a contest: signed, certified, challenged, recounted, corrected, annulled, voted twice, tied.

Each is made by the service's own moves and judged by the verifier, which shares no code with it.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from clients.verifier import verify
from tests.contests.published import DICE, KEYS, ORIGIN, Poll, move, official, publish, rankings, signed
from tests.contests.test_bundle import made, opened
from tests.contests.world import OPTIONS
from voting.contests import certifying, counting, moves
from voting.core.count import Tally
from voting.core.evidence import bundle_read, events

WANG, LI, ZHAO = official("wang", 11), official("li", 12), official("zhao", 13)
SIGNED = Poll(officials=(WANG, LI, ZHAO), k=2, signers=(WANG, ZHAO))


def judged(content: bytes) -> dict[str, str]:
    """Check → outcome, for an auditor who knows the keys from elsewhere. Nothing may have failed."""
    anchor = verify.Anchor(
        log_key=verify.key_of(KEYS.signer(ORIGIN).key.text, "test"),
        officials=tuple(verify.key_of(one.key.text, "test") for one in (WANG, LI, ZHAO)),
    )
    found = verify.verify(io.BytesIO(content), anchor, verify.Wanted())
    assert [one for one in found if one.outcome == "failed"] == []
    return {one.check: one.outcome for one in found}


def kinds(content: bytes) -> list[str]:
    """The events of the bundle's log."""
    return [events.type_of(event) for event in bundle_read.read(io.BytesIO(content)).events()]


def test_what_k_officials_signed_is_certified_and_their_notes_are_in_the_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path, SIGNED)
    assert judged(made(engine))["close-statement"] == "passed"
    assert judged(made(engine))["result-statement"] == "not-made"
    for one in (LI, WANG):
        signed(engine, "result", one)
    move(engine, tmp_path, certifying.certify)
    content = made(engine)
    found = judged(content)
    assert {found[check] for check in ("close-statement", "result-statement", "certification", "official-keys")} == {
        "passed"
    }
    assert kinds(content)[-1] == "certified"
    assert opened(engine).json("export/results-cdf.json")["Status"] == "certified"


def test_a_signature_that_comes_later_is_in_the_next_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path, SIGNED)
    before = opened(engine)
    signed(engine, "close", LI)
    after = opened(engine)
    assert before.read("close.note").count("—".encode()) == 2
    assert after.read("close.note").count("—".encode()) == 3
    assert before.read("log/checkpoint") == after.read("log/checkpoint")


def test_a_challenge_and_its_recount_are_in_the_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    move(engine, tmp_path, certifying.challenge, reason="a doubt")
    assert opened(engine).json("manifest.json")["state"] == "challenged"
    judged(made(engine))
    move(engine, tmp_path, certifying.recount)
    content = made(engine)
    assert (kinds(content)[-2:], judged(content)["recount"]) == (["challenged", "recounted"], "passed")
    assert opened(engine).json("export/results-cdf.json")["Status"] == "recount"
    move(engine, tmp_path, moves.publish)
    assert opened(engine).json("manifest.json")["state"] == "provisional"
    judged(made(engine))


def test_a_corrected_result_stands_beside_the_one_it_replaces(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = counting.tally

    def wrong(*values: Any) -> Tally:
        return replace(right(*values), winners=(OPTIONS[3],))

    monkeypatch.setattr(counting, "tally", wrong)
    publish(engine, tmp_path)
    move(engine, tmp_path, certifying.certify)
    # The verifier recounts, and is not deceived by a certificate.
    found = verify.verify(io.BytesIO(made(engine)), verify.Anchor(), verify.Wanted())
    assert {one.check for one in found if one.outcome == "failed"} >= {"recount"}
    monkeypatch.setattr(counting, "tally", right)
    move(engine, tmp_path, certifying.correct, reason="the count was wrong")
    content = made(engine)
    assert judged(content)["recount"] == "passed"
    assert kinds(content)[-2:] == ["certified", "corrected"]
    assert opened(engine).json("export/results-cdf.json")["Status"] == "correction"


def test_an_annulled_contest_keeps_its_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    move(engine, tmp_path, moves.annul, reason="the options were misprinted")
    content = made(engine)
    judged(content)
    assert kinds(content)[-1] == "annulled"


def test_a_certificate_that_was_set_aside_stays_in_the_bundle_beside_the_annulment(
    engine: Engine, tmp_path: Path
) -> None:
    publish(engine, tmp_path)
    move(engine, tmp_path, certifying.certify)
    move(engine, tmp_path, moves.annul, reason="set aside by a court")
    content = made(engine)
    judged(content)
    assert kinds(content)[-2:] == ["certified", "annulled"]
    assert opened(engine).json("manifest.json")["state"] == "annulled"


def test_of_those_who_cast_twice_the_last_ballot_is_in_the_box_and_both_in_the_log(
    engine: Engine, tmp_path: Path
) -> None:
    terms = {"terms": {"revoting": True, "ballots": "valid_only"}}
    publish(engine, tmp_path, Poll(revotes=frozenset({1, 4, 7}), contest=terms))
    content = made(engine)
    judged(content)
    lines = opened(engine).read("box/cvr.ndjson").splitlines()
    assert sum(b'"seq":1,' in line for line in lines) == 3
    assert len([e for e in bundle_read.read(io.BytesIO(content)).log() if len(e) == 32]) == len(lines) + 3


def test_dice_drawn_after_the_close_decide_the_tie(engine: Engine, tmp_path: Path) -> None:
    tied = Poll(ballots=[[[option]] for option in OPTIONS[:2] * 3], contest={"lot_seed": None}, drawn=DICE)
    publish(engine, tmp_path, tied)
    content = made(engine)
    assert judged(content)["lot"] == "passed"
    assert "lot-drawn" in kinds(content)
    assert opened(engine).json("contest.json")["lot"] == {"drawn": "after_close"}


SHAPES: dict[str, Poll] = {
    "nobody voted": Poll(ballots=()),
    "everybody abstained": Poll(ballots=((), (), ())),
    "everybody voted": Poll(electors=12, ballots=rankings(12)),
    "a floor that is met": Poll(contest={"terms": {"turnout_floor": "1/2", "ballots": "valid_only"}}),
    "two seats": Poll(contest={"method": "stv-gregory-exact", "seats": 2}),
    "pairs": Poll(contest={"method": "schulze"}),
    "as marked": Poll(
        ballots=[[["opt_a", "opt_b"], [], ["opt_c"]], [["__OVERVOTE__"], ["opt_a"]], [[], ["opt_d"]], [["opt_a"]]],
        contest={
            "terms": {"ballots": "as_marked"},
            "rules": {"tie_break": "random", "overvote": "exhaust_immediately"},
        },
    ),
    "grades": Poll(
        ballots=[[["opt_a"], [], ["opt_b"]], [["opt_b"], ["opt_a"]], []],
        contest={"method": "score", "rules": {"tie_break": "random", "max_score": 9}},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", ["full", "patterns"])
def test_polls_of_every_shape_verify(engine: Engine, tmp_path: Path, shape: str, mode: str) -> None:
    poll = SHAPES[shape]
    publish(engine, tmp_path, replace(poll, contest={"publish_mode": mode, **poll.contest}))
    found = judged(made(engine))
    assert found["exports"] == "passed"
    assert found["box"] == ("passed" if mode == "full" else "not-made")
