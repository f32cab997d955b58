"""From what a voter sends to what the writer takes: the form of the ballot, its legality, its slot and its commitment.

A client that can hash makes secret, nonce, slot and commitment itself and sends the last two. One that cannot may send a
secret of 32 random bytes (the service then derives the rest, and a resend is recognised), or nothing (the service makes the
secret as well). Whatever the service made goes back once as the opening; it stores neither secret nor nonce.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from voting.contests import queries
from voting.contests.batch import Cast
from voting.contests.tables import Contest
from voting.core import ballot, box
from voting.core.ballot import Form
from voting.core.evidence import hashes
from voting.errors import Conflict, Invalid, NotFound
from voting.store import reader

_MOST_FORMS = 1024
LAST_SEQ = 2**31 - 1


@dataclass(frozen=True, slots=True)
class OpenForm:
    """What cannot change once a contest has opened."""

    contest_id: str
    community_id: str
    form: Form


@dataclass(frozen=True, slots=True)
class Marked:
    """What a voter sent: a ranking, or grades by option. Byte values are 32 bytes."""

    ranking: Sequence[Sequence[str]] | None
    seq: int = 0
    slot: bytes | None = None
    commitment: bytes | None = None
    secret: bytes | None = None
    scores: Mapping[str, int] | None = None
    proxy_id: str | None = None
    """The proxy by which somebody else's ballot is cast."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment that the service made for the voter."""

    secret: bytes
    nonce: bytes
    slot: bytes
    seq: int


class Forms:
    """Forms of contests that have opened, kept for the life of the process: nothing in them can change."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, OpenForm] = {}

    def known(self, contest_id: str) -> OpenForm | None:
        """The form without asking the database, if it was asked for before."""
        return self._known.get(contest_id)

    def load(self, contest_id: str) -> OpenForm:
        """The form. Raises `NotFound`, or `Conflict` while the contest has not opened (then it may still change)."""
        with reader(self._engine) as session:
            contest = session.get(Contest, contest_id)
            if contest is None or contest.state == "draft":
                raise NotFound("contest_not_found", id=contest_id)
            if contest.opened_at is None:
                raise Conflict("contest_not_open", state=contest.state)
            form = queries.form(contest, queries.options(session, contest_id))
        if len(self._known) >= _MOST_FORMS:
            self._known.clear()
        return self._known.setdefault(contest_id, OpenForm(contest_id, contest.community_id, form))


def prepare(form: OpenForm, person_id: str, marked: Marked, *, dry_run: bool = False) -> tuple[Cast, Opening | None]:
    """The ballot for the writer, and the opening where the service made it. Raises `Invalid` with every fault."""
    ranking = marked.ranking
    if ranking is None or marked.scores is not None:
        ranking = _ranked(form.form, marked)
    found = ballot.faults(form.form, ranking)
    if found:
        raise Invalid(found, "illegal_ballot")
    packed = box.pack(ranking, form.form.places)
    slot, commitment, opening = _sealed(form, marked, packed)
    shown = marked.secret is not None
    return Cast(
        form.contest_id, person_id, slot, marked.seq, packed, commitment, shown, dry_run, marked.proxy_id
    ), opening


def _ranked(form: Form, marked: Marked) -> Sequence[Sequence[str]]:
    """The ranking that grades mean. Exactly one of the two is sent."""
    if marked.scores is None:
        raise Invalid.at("/ranking", "missing_member", member="ranking")
    if marked.ranking is not None:
        raise Invalid.at("/scores", "ranking_and_scores")
    found = ballot.ungradable(form, marked.scores)
    if found:
        raise Invalid(found, "illegal_ballot")
    return ballot.graded(form, marked.scores)


def _sealed(form: OpenForm, marked: Marked, packed: bytes) -> tuple[bytes, bytes, Opening | None]:
    secret = marked.secret
    if secret is None and marked.slot is None and marked.commitment is None:
        secret = secrets.token_bytes(hashes.SIZE)
    if secret is None:
        if marked.slot is None:
            raise Invalid.at("/slot", "slot_required")
        if marked.commitment is None:
            raise Invalid.at("/commitment", "commitment_required")
        return marked.slot, marked.commitment, None
    slot = hashes.slot(form.contest_id, secret)
    if marked.slot not in (None, slot):
        raise Invalid.at("/secret", "secret_of_another_slot")
    if marked.commitment is not None:
        return slot, marked.commitment, None
    return slot, *_committed(form, secret, slot, marked.seq, packed)


def _committed(form: OpenForm, secret: bytes, slot: bytes, seq: int, packed: bytes) -> tuple[bytes, Opening]:
    """A commitment whose nonce follows from the secret and the marks: the same ballot sent again is the same commitment."""
    ranking = box.unpack(packed, tuple(form.form.places))
    marks = hashes.ballot(form.contest_id, ranking)
    nonce = hashes.digest("nonce", secret, seq.to_bytes(8, "big"), marks)
    return hashes.commitment(nonce, slot, seq, marks), Opening(secret, nonce, slot, seq)
