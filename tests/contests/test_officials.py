"""Who signs: named in the draft, each with a key of their own, and frozen with the notice."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from tests.contests.people import OFFICER
from tests.contests.test_drafts import DRAFT, faults
from tests.contests.world import NOW
from voting.contests import drafts, moves, officials, queries
from voting.contests.officials import Official
from voting.core.evidence import notes
from voting.core.evidence.notes import Signer
from voting.errors import IllegalMove


def signer(name: str, kind: int = notes.ED25519, turn: int = 0) -> Signer:
    """The same key each time for a name and a turn."""
    seed = sha256(f"{name} {turn}".encode()).digest()
    return Signer(name, Ed25519PrivateKey.from_private_bytes(seed), kind)


def official(signer: Signer) -> Official:
    return Official(f"{signer.name} 女士", signer.key.text)


WANG, LI, ZHAO = (signer(name) for name in ("wang", "li", "zhao"))
THREE = tuple(official(one) for one in (WANG, LI, ZHAO))


def test_a_contest_without_officials_needs_no_signature(session: Session) -> None:
    contest = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest
    assert (contest.officials, contest.k) == ([], 0)


def test_a_draft_keeps_its_officials_in_order(session: Session) -> None:
    contest = drafts.create(session, OFFICER, "com_1", replace(DRAFT, officials=THREE, k=2), now=NOW).contest
    assert officials.of_document(contest.officials) == THREE
    assert contest.k == 2


@pytest.mark.parametrize(
    ("named", "k", "expected"),
    [
        (THREE, 4, [("/k", "more_signatures_than_officials")]),
        ((), 1, [("/k", "more_signatures_than_officials")]),
        ((THREE[0], replace(THREE[1], name=THREE[0].name)), 1, [("/officials/1/name", "official_twice")]),
        ((THREE[0], Official("Li", THREE[0].key)), 1, [("/officials/1/key", "official_key_twice")]),
        (
            (THREE[0], Official("Li", Signer("li", WANG.private).key.text)),
            1,
            [("/officials/1/key", "official_key_twice")],
        ),
        ((Official("Li", "li+00000000+AAAA"),), 1, [("/officials/0/key", "verifier_key_malformed")]),
        ((official(signer("li", notes.COSIGNATURE)),), 1, [("/officials/0/key", "official_key_kind")]),
    ],
)
def test_officials_who_could_not_sign_are_refused_where_they_stand(
    session: Session, named: tuple[Official, ...], k: int, expected: list[tuple[str, str]]
) -> None:
    assert faults(session, officials=named, k=k) == expected


def test_an_edit_of_something_else_leaves_the_officials(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", replace(DRAFT, officials=THREE, k=2), now=NOW)
    changed = drafts.edit(session, OFFICER, loaded, {"seats": 1}).contest
    assert (officials.of_document(changed.officials), changed.k) == (THREE, 2)


def test_officials_do_not_change_after_the_notice(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", replace(DRAFT, officials=THREE, k=2), now=NOW)
    moves.notice(session, OFFICER, loaded.contest.id, now=NOW)
    noticed = queries.load(session, OFFICER, loaded.contest.id, NOW)
    with pytest.raises(IllegalMove):
        drafts.edit(session, OFFICER, noticed, {"officials": THREE[:1]})
