"""What the service itself makes, on both databases, passes every check that can be made."""

from __future__ import annotations

import io
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from clients.verifier import verify
from tests.contests.people import AUDITOR, STRANGER
from tests.contests.published import KEYS, ORIGIN, Poll, append, publish, rankings
from tests.contests.world import CONTEST, DAY, NOW, OPTIONS
from tests.verifier.test_honest import findings, not_passed
from voting.contests import bundle, bundle_source
from voting.contests.bundle_source import Keys
from voting.core.evidence.bundle import Tier
from voting.core.evidence.events import Annulled, Challenged
from voting.store import snapshot

RECEIPT_KEY = {"kty": "EC", "crv": "P-256", "kid": "k", "x": "x", "y": "y"}
UNSIGNED = {
    "close-statement": "no-signatures-needed",
    "result-statement": "no-signatures-needed",
    "certification": "no-certification",
}


def made(engine: Engine, tier: Tier = "public") -> bytes:
    """The bundle as the service writes it."""
    out = io.BytesIO()
    with snapshot(engine) as session:
        who = AUDITOR if tier == "auditor" else STRANGER
        source = bundle_source.of(session, who, CONTEST, tier, now=NOW + 2 * DAY)
        bundle.write(session, source, Keys(KEYS, (RECEIPT_KEY,)), out, io.BytesIO())
    return out.getvalue()


def left(data: bytes, opening: Any = None) -> dict[str, str]:
    """What did not pass, for somebody who knows the log's key; officials, witnesses and checkpoints apart."""
    anchor = verify.Anchor(log_key=verify.key_of(KEYS.signer(ORIGIN).key.text, "test"))
    found = not_passed(findings(data, anchor, verify.Wanted(opening=opening)))
    outside = ("checkpoint", "witnesses", "official-keys")
    return {name: code for name, code in found.items() if name not in outside}


def test_a_published_contest_verifies_and_every_voter_finds_the_own_ballot(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    data = made(engine)
    assert left(data) == UNSIGNED
    for kept in Poll().openings():
        values = {"secret": kept.secret, "nonce": kept.nonce, "slot": kept.slot}
        told = {name: urlsafe_b64encode(value).rstrip(b"=").decode() for name, value in values.items()}
        assert left(data, {**told, "seq": kept.seq}) == UNSIGNED


@pytest.mark.parametrize(
    ("contest", "tier", "gaps"),
    [
        ({"publish_mode": "patterns"}, "public", {"box": "mode-without-box"}),
        ({"publish_mode": "restricted"}, "auditor", {}),
        (
            {"publish_mode": "restricted"},
            "public",
            dict.fromkeys(("ballots", "recount", "patterns"), "mode-without-ballots"),
        ),
    ],
)
def test_a_publish_mode_hides_what_it_must_and_the_rest_verifies(
    engine: Engine, tmp_path: Path, contest: dict[str, Any], tier: Tier, gaps: dict[str, str]
) -> None:
    publish(engine, tmp_path, Poll(contest=contest))
    found = left(made(engine, tier))
    assert {name: code for name, code in found.items() if name != "box"} == UNSIGNED | {
        name: code for name, code in gaps.items() if name != "box"
    }
    assert ("box" in found) is (tier == "public")


@pytest.mark.parametrize(
    "contest",
    [
        {"method": "schulze"},
        {"method": "stv-scottish", "seats": 2},
        {"method": "stv-meek", "seats": 2, "rules": {"tie_break": "order", "batch_elimination": True}},
        {"method": "borda", "rules": {"tie_break": "order", "unranked": "ranked_last_equal"}},
    ],
    ids=lambda contest: contest["method"],
)
def test_other_methods_verify_with_a_log_of_many_tiles(engine: Engine, tmp_path: Path, contest: dict[str, Any]) -> None:
    publish(engine, tmp_path, Poll(electors=300, ballots=rankings(270), contest=contest))
    assert left(made(engine)) == UNSIGNED


def test_the_record_of_a_poll_with_more_ranks_and_seats_than_options_verifies(engine: Engine, tmp_path: Path) -> None:
    marked = [((OPTIONS[0],), (), (OPTIONS[1], OPTIONS[2]), *[(OPTIONS[3],)] * 250), ((),) * 20, (("__OVERVOTE__",),)]
    record = {"terms": {"revoting": False, "ballots": "as_marked"}, "method": "stv-wigm-rctab", "seats": 7, "rules": {}}
    publish(engine, tmp_path, Poll(ballots=marked, contest=record))
    assert left(made(engine)) == UNSIGNED


def test_a_contest_that_was_challenged_and_then_annulled_verifies(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    append(engine, tmp_path, Challenged(NOW + 2 * DAY, "a reason"), state="challenged")
    assert left(made(engine)) == UNSIGNED
    append(engine, tmp_path, Annulled(NOW + 2 * DAY, "a reason"), state="annulled")
    assert left(made(engine)) == UNSIGNED


def test_a_tie_by_lot_verifies(engine: Engine, tmp_path: Path) -> None:
    ballots = [((option,),) for option in OPTIONS for _ in range(3)]
    dice = {"rules": {"tie_break": "random"}, "lot_seed": "31415926535897932384"}
    publish(engine, tmp_path, Poll(ballots=ballots, contest=dice))
    data = made(engine)
    assert b'"how":"lot"' in data
    assert left(data) == UNSIGNED
