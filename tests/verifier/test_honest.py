"""What an honest service makes verifies: every kind of contest, tier and publish mode, with and without anchors."""

from __future__ import annotations

import io
from typing import Any

import pytest

from clients.verifier import verify
from tests.verifier.forge import NEW_KEY, OFFICIALS, Batch, Story, repacked, unzipped

PAPER = (
    Batch("bat_1", [(("opt_a",),), (("opt_b",), ("opt_a",))], spoiled=1, unreturned=2),
    Batch("bat_2", [(("opt_c",),)], signers=OFFICIALS[1:3]),
)
MARKED = Batch("bat_1", [(("opt_a", "opt_b"),), ((), ("opt_c",), ()), (("__OVERVOTE__",), ("opt_a",)), ()])

KINDS: dict[str, dict[str, Any]] = {
    "twenty voters": {},
    "a thousand voters": {"voters": 1000, "size": 5},
    "nobody voted": {"voters": 0},
    "patterns, public": {"mode": "patterns"},
    "patterns, for auditors": {"mode": "patterns", "tier": "auditor"},
    "restricted, public": {"mode": "restricted"},
    "restricted, for auditors": {"mode": "restricted", "tier": "auditor"},
    "no officials": {"k": 0, "officials": (), "signing": ()},
    "not yet certified": {"ending": (), "signing": OFFICIALS[:1]},
    "recounted": {"ending": ("challenged", "recounted", "certified")},
    "recounted and not yet certified": {"ending": ("challenged", "recounted")},
    "challenged": {"ending": ("challenged",)},
    "corrected": {"ending": ("certified", "corrected")},
    "annulled": {"ending": ("certified", "annulled")},
    "paper": {"batches": PAPER},
    "paper, patterns": {"batches": PAPER, "mode": "patterns"},
    "paper as marked": {"batches": (MARKED,), "as_marked": True},
    "revoting": {"revoting": True, "revised": 5},
    "a cadence": {"revoting": True, "revised": 5, "cadence": 60},
    "k of n": {"officials": OFFICIALS, "k": 4, "signing": OFFICIALS[1:]},
    "a lot after the close": {"lot": {"drawn": "after_close"}, "late_seed": "27182818284590452353"},
    "no lot": {"lot": {"drawn": "none"}, "rules": {"tie_break": "candidate_order"}},
    "a changed key": {"changed_key": True, "signing": (NEW_KEY, OFFICIALS[1])},
    "a turnout floor": {"floor": "1/2"},
    "a withdrawn option": {"rules": {"tie_break": "random", "excluded_candidates": ["opt_b"]}},
    **{method: {"method": method} for method in verify.METHODS},
    "two seats": {"method": "stv-scottish", "seats": 2, "voters": 60, "size": 6},
}
TRIVIAL = {"no-paper", "no-key-change"}


def findings(
    data: bytes, anchor: verify.Anchor | None = None, wanted: verify.Wanted | None = None
) -> list[verify.Finding]:
    return verify.verify(io.BytesIO(data), anchor, wanted)


def not_passed(found: list[verify.Finding]) -> dict[str, str]:
    return {one.check: one.code for one in found if one.outcome != "passed" and one.code not in TRIVIAL}


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_bundle_passes_every_check_that_can_be_made(kind: str) -> None:
    story = Story(**KINDS[kind])
    found = findings(story.bundle(), story.anchor())
    assert [one for one in found if one.outcome == "failed"] == []
    hidden = {"mode-without-box", "mode-without-ballots", "no-signatures-needed", "not-certified", "no-certification"}
    assert set(not_passed(found).values()) <= hidden


@pytest.mark.parametrize(
    ("kind", "gaps"),
    [
        ("patterns, public", {"box": "mode-without-box"}),
        (
            "restricted, public",
            {
                "box": "mode-without-box",
                "ballots": "mode-without-ballots",
                "recount": "mode-without-ballots",
                "patterns": "mode-without-ballots",
            },
        ),
        ("patterns, for auditors", {}),
        ("paper, patterns", {"box": "mode-without-box", "paper-ballots": "mode-without-box"}),
        (
            "no officials",
            {
                "close-statement": "no-signatures-needed",
                "result-statement": "no-signatures-needed",
                "certification": "no-signatures-needed",
            },
        ),
        (
            "not yet certified",
            {
                "close-statement": "not-certified",
                "result-statement": "not-certified",
                "certification": "no-certification",
            },
        ),
    ],
)
def test_a_check_that_could_not_be_made_is_named_and_not_called_passed(kind: str, gaps: dict[str, str]) -> None:
    story = Story(**KINDS[kind])
    assert not_passed(findings(story.bundle(), story.anchor())) == gaps


def test_trust_from_inside_the_bundle_is_named() -> None:
    assert not_passed(findings(Story().bundle())) == {
        "checkpoint": "no-checkpoint",
        "witnesses": "no-witness",
        "log-key": "log-key-inside",
        "official-keys": "official-keys-inside",
    }


def test_a_voter_finds_the_own_ballot() -> None:
    story = Story()
    cast = story.casts[3]
    found = findings(story.bundle(), story.anchor(), verify.Wanted(cast.receipt(), cast.opening))
    own = {one.check: one for one in found if one.check in ("receipt", "own-ballot")}
    assert {one.outcome for one in own.values()} == {"passed"}
    assert own["receipt"].facts["index"] == story.entries.index(cast.commitment)
    first = cast.ranking[0][0]
    assert str(own["own-ballot"].facts["ranking"]).startswith(f"Layout {first[-1]} / 方案{first[-1]}")


def test_a_receipt_signed_with_a_key_from_the_bundle_is_found_in_the_log_but_not_called_passed() -> None:
    story = Story()
    found = findings(story.bundle(), None, verify.Wanted(story.casts[0].receipt()))
    assert found[-1].code == "receipt-keys-inside"


def test_an_opening_without_a_box_is_looked_for_in_the_log_alone() -> None:
    story = Story(mode="patterns")
    cast = story.casts[0]
    found = findings(story.bundle(), story.anchor(), verify.Wanted(cast.receipt(), cast.opening))
    assert [one.code for one in found[-2:]] == ["receipt", "own-ballot-hidden"]


def test_the_ballot_that_replaced_another_is_the_own_one() -> None:
    story = Story(revoting=True, revised=5)
    again = story.casts[-1]
    found = findings(story.bundle(), None, verify.Wanted(None, again.opening))
    assert (found[-1].check, found[-1].outcome) == ("own-ballot", "passed")


def test_what_is_repacked_unchanged_is_the_same_bundle() -> None:
    data = Story().bundle()
    assert repacked(unzipped(data)) == data
