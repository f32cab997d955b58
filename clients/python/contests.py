"""Contests: from the draft to the certificate, and the cast of a ballot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from clients.python import ballots
from clients.python.answers import CastAnswer, Contest, Event, Result, Rounds, Turnout
from clients.python.ballots import Opening
from clients.python.calls import Answer, Call, Page, if_match, newer, one, page_of, path, present
from clients.python.decision_answers import Decision, ExternalResult, Timeline
from clients.python.errors import UnexpectedAnswer
from clients.python.hashes import encode
from clients.python.published import (
    BallotLine,
    BoxProof,
    OwnRecord,
    Pairwise,
    Patterns,
    Privacy,
    Statement,
    TurnoutByUnit,
)
from clients.python.records import Record, read
from clients.python.streams import ContestChange

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Cast:
    """An acknowledged ballot. The service has committed it to disk; keep the opening to check it later."""

    receipt: str
    commitment: bytes
    integrate_by: datetime
    opening: Opening


def create(
    community_id: str,
    *,
    roll_id: str,
    question: Mapping[str, str],
    options: Sequence[Mapping[str, Any]],
    method: str,
    opens_at: datetime,
    closes_at: datetime,
    seats: int = 1,
    rules: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
    secrecy: str | None = None,
    publish_mode: str | None = None,
    lot_seed: str | None = None,
    officials: Sequence[Mapping[str, str]] | None = None,
    k: int | None = None,
    rule_id: str | None = None,
    effects: Sequence[str] | None = None,
) -> Call[Contest]:
    """Draft a contest. `question` and option labels are texts by locale; `rules` decide the count, `terms` the procedure.

    `officials` ({name, key}) sign the close and the result, `k` of them must. The decision rule `rule_id` says whether it
    passed; without it the strictest rule that the `effects` demand is taken.
    """
    body = present(
        roll_id=roll_id,
        question=dict(question),
        options=[dict(option) for option in options],
        method=method,
        seats=seats,
        rules=dict(rules or {}),
        terms=dict(terms or {}),
        secrecy=secrecy,
        publish_mode=publish_mode,
        lot_seed=lot_seed,
        officials=None if officials is None else [dict(one) for one in officials],
        k=k,
        rule_id=rule_id,
        effects=None if effects is None else list(effects),
        opens_at=opens_at.isoformat(),
        closes_at=closes_at.isoformat(),
    )
    return Call("POST", path("communities", community_id, "contests"), one(Contest), json=body, creates=True)


def get(contest_id: str) -> Call[Contest]:
    """One contest. Needs no account."""
    return Call("GET", path("contests", contest_id), one(Contest))


def list_(community_id: str, *, state: str | None = None) -> Call[Page[Contest]]:
    """The contests of a community, newest last. Needs no account."""
    return Call("GET", path("communities", community_id, "contests"), page_of(Contest), query=present(state=state))


def edit(contest_id: str, etag: str, **changes: Any) -> Call[Contest]:
    """Change a draft; `etag` is that of the version that was read."""
    return Call("PATCH", path("contests", contest_id), one(Contest), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def _move(verb: str, summary: str) -> Callable[[str], Call[Contest]]:
    def build(contest_id: str) -> Call[Contest]:
        return Call("POST", path("contests", contest_id, verb), one(Contest))

    build.__doc__ = summary
    build.__name__ = verb
    return build


notice = _move("notice", "Publish the notice: the notice period begins.")
open_ = _move("open", "Open the ballot box. From now on nothing a result depends on can change.")
close = _move("close", "Close the box: no ballot after this.")
publish = _move("publish", "Publish the provisional result: the objection period begins.")
certify = _move("certify", "Certify. A certified result never changes.")


def count(contest_id: str, lot_seed: str | None = None) -> Call[Contest]:
    """Count the box by the rules frozen at the opening. `lot_seed` are dice (20 digits or more) where a tie needs them."""
    body = present(lot_seed=lot_seed)
    return Call("POST", path("contests", contest_id, "count"), one(Contest), json=body)


def extend(contest_id: str, closes_at: datetime, reason: str) -> Call[Contest]:
    """Move the close, where the terms allow it."""
    body = {"closes_at": closes_at.isoformat(), "reason": reason}
    return Call("POST", path("contests", contest_id, "extend"), one(Contest), json=body)


def challenge(contest_id: str, reason: str) -> Call[Contest]:
    """Record that the result is contested: it is counted again before it is certified."""
    return Call("POST", path("contests", contest_id, "challenge"), one(Contest), json={"reason": reason})


def recount_challenged(contest_id: str) -> Call[Contest]:
    """Count the sealed box of a challenged contest again."""
    return Call("POST", path("contests", contest_id, "recount_challenged"), one(Contest))


def correct(contest_id: str, reason: str) -> Call[Contest]:
    """Replace a certified result that the same box does not give; the old one stays on record."""
    return Call("POST", path("contests", contest_id, "correct"), one(Contest), json={"reason": reason})


def statement(contest_id: str, name: str) -> Call[Statement]:
    """A statement that officials sign, as signed so far: `close`, `result`, or the id of a paper batch."""
    return Call("GET", path("contests", contest_id, "statements", name), one(Statement))


def sign_statement(contest_id: str, name: str, signatures: str) -> Call[Statement]:
    """Hand in signature lines of officials, as `yishi sign` prints them."""
    return Call("POST", path("contests", contest_id, "statements", name, "signatures"), one(Statement),
                json={"signatures": signatures}, idempotent=True)  # fmt: skip


def key_change(contest_id: str, official: str, new_key: str) -> Call[Statement]:
    """What officials sign before one of them changes the key."""
    query = {"name": official, "new_key": new_key}
    return Call("GET", path("contests", contest_id, "key-change"), one(Statement), query=query)


def change_key(contest_id: str, official: str, new_key: str, reason: str, signatures: str) -> Call[Contest]:
    """Change the key of an official, with signatures of as many officials as must sign."""
    body = {"name": official, "new_key": new_key, "reason": reason, "signatures": signatures}
    return Call("POST", path("contests", contest_id, "change_key"), one(Contest), json=body)


def annul(contest_id: str, reason: str) -> Call[Contest]:
    """Declare the contest void; it stays on record."""
    return Call("POST", path("contests", contest_id, "annul"), one(Contest), json={"reason": reason})


def turnout(contest_id: str) -> Call[Turnout]:
    """How many have cast, of how many: the only figure before the close. Needs no account."""
    return Call("GET", path("contests", contest_id, "turnout"), one(Turnout))


def turnout_by_unit(contest_id: str) -> Call[TurnoutByUnit]:
    """Turnout by unit after the close; small units are merged. Needs no account."""
    return Call("GET", path("contests", contest_id, "turnout", "units"), one(TurnoutByUnit))


def privacy(contest_id: str) -> Call[Privacy]:
    """Which share of rankings is expected to be unique, and the publish mode that follows."""
    return Call("GET", path("contests", contest_id, "privacy"), one(Privacy))


def box(contest_id: str) -> Call[Page[BallotLine]]:
    """The counted ballots by slot, once published, where the mode is full; auditors read them in every mode."""
    return Call("GET", path("contests", contest_id, "box"), page_of(BallotLine))


def box_proof(contest_id: str, slot: bytes) -> Call[BoxProof]:
    """The proof that the box holds a line of this slot. Needs no account."""
    return Call("GET", path("contests", contest_id, "box", "proof"), one(BoxProof), query={"slot": slot.hex()})


def patterns(contest_id: str) -> Call[Patterns]:
    """How many ballots bear each ranking, once published, unless the mode is restricted."""
    return Call("GET", path("contests", contest_id, "patterns"), one(Patterns))


def pairwise(contest_id: str) -> Call[Pairwise]:
    """How many ballots prefer each option to each other one, once published. Needs no account."""
    return Call("GET", path("contests", contest_id, "pairwise"), one(Pairwise))


def my_record(contest_id: str) -> Call[OwnRecord]:
    """The caller's own leaf of the roll, and where their bit of the participation stands."""
    return Call("GET", path("contests", contest_id, "my-record"), one(OwnRecord))


def result(contest_id: str) -> Call[Result]:
    """The result, once it is published. Needs no account."""
    return Call("GET", path("contests", contest_id, "result"), one(Result))


def wait(contest: Contest, seconds: int = 25) -> Call[Contest]:
    """The contest once it is another than the one that was read, or the same after so many seconds (at most 50)."""
    return _wait("contests", contest.id, known=contest, seconds=seconds)


def wait_turnout(contest_id: str, turnout: Turnout, seconds: int = 25) -> Call[Turnout]:
    """The turnout once it is another, or the same after so many seconds (at most 50). Needs no account."""
    return _wait("contests", contest_id, "turnout", known=turnout, seconds=seconds)


def wait_result(contest_id: str, seconds: int = 25) -> Call[Result]:
    """The result as soon as it is published. Raises Conflict when it is not after so many seconds (at most 50)."""
    query = {"wait": seconds}
    return Call("GET", path("contests", contest_id, "result"), one(Result), query=query, patience=seconds)


def _wait(*parts: str, known: R, seconds: int) -> Call[R]:
    query: dict[str, str | int] = {"wait": seconds, "etag": str(known.raw.get("etag", ""))}
    return Call("GET", path(*parts), newer(known), query=query, patience=seconds)


def changes(contest_id: str) -> Call[ContestChange]:
    """Where the contest stands, and then every change of state, window and turnout, until you stop listening.

    A line that breaks is taken up again; nothing is told twice. Needs no account.
    """
    return Call("GET", path("contests", contest_id, "changes"), one(ContestChange))


def rounds(contest_id: str) -> Call[Rounds]:
    """Every round of the count, once it is published. Needs no account."""
    return Call("GET", path("contests", contest_id, "rounds"), one(Rounds))


def decision(contest_id: str) -> Call[Decision]:
    """Whether it passed by its rule, with every number. Needs no account once published."""
    return Call("GET", path("contests", contest_id, "decision"), one(Decision))


def timeline(contest_id: str) -> Call[Timeline]:
    """What happens next, when and by which clause. Needs no account."""
    return Call("GET", path("contests", contest_id, "timeline"), one(Timeline))


def next_round(contest_id: str, opens_at: datetime, closes_at: datetime) -> Call[Contest]:
    """Draft the round that the rule asks for, among those it names."""
    body = {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
    return Call("POST", path("contests", contest_id, "next_round"), one(Contest), json=body, creates=True)


def bundle(contest_id: str, tier: str = "public") -> Call[bytes]:
    """Everything that is needed to verify and recount a published contest, in memory. Needs no account for the public tier.

    A bundle may be large: `client.download(contests.bundle(id), file)` brings it into a file.
    """
    return Call("GET", path("contests", contest_id, "bundle"), lambda answer: answer.content, query={"tier": tier},
                headers={"accept": "application/zip, application/problem+json"})  # fmt: skip


def external(contest_id: str) -> Call[ExternalResult]:
    """What was recorded of a vote held on an official system. Needs no account once published."""
    return Call("GET", path("contests", contest_id, "external"), one(ExternalResult))


def record_external(
    contest_id: str, *, system: str, reference: str, counts: Mapping[str, Any], documents: Mapping[str, str]
) -> Call[ExternalResult]:
    """Record what the official system found; two officials must record the same. `documents`: name → SHA-256 in hexadecimal."""
    papers = [{"name": name, "sha256": sha256} for name, sha256 in documents.items()]
    body = {"system": system, "reference": reference, "counts": dict(counts), "documents": papers}
    where = path("contests", contest_id, "external", "records")
    return Call("POST", where, one(ExternalResult), json=body, creates=True)


def events(contest_id: str) -> Call[Page[Event]]:
    """What happened to the contest, oldest first."""
    return Call("GET", path("contests", contest_id, "events"), page_of(Event))


def cast(contest: str | Contest, ranking: Iterable[str | Iterable[str]], *, proxy_id: str | None = None) -> Call[Cast]:
    """Cast a ballot: ranks from the most preferred, each an option id or several. Secret, nonce and slot are made here.

    Give the contest itself where several options may share a rank: a rank is then put into ballot order, as it is hashed.
    `proxy_id` casts the ballot of the elector whose proxy one is.
    """
    if isinstance(contest, str):
        return cast_opening(ballots.open_new(contest, ranking), proxy_id=proxy_id)
    ordered = ballots.in_ballot_order(ranking, _ids(contest))
    return cast_opening(ballots.open_new(contest.id, ordered), proxy_id=proxy_id)


def cast_scores(contest: Contest, scores: Mapping[str, int], *, proxy_id: str | None = None) -> Call[Cast]:
    """Cast grades by option id, from 0 to the contest's `max_score`. An option left out has no grade and receives 0.

    Raises `ValueError` for a contest that is not graded, an option it does not have, or a grade out of range.
    """
    ranking = ballots.graded(scores, _ids(contest), contest.ballot_form.get("max_score"))
    return cast_opening(ballots.open_new(contest.id, ranking), proxy_id=proxy_id)


def _ids(contest: Contest) -> list[str]:
    return [option.id for option in contest.options]


def cast_opening(opening: Opening, *, proxy_id: str | None = None) -> Call[Cast]:
    """Cast (or send again) the ballot of an opening that was made before. Sending it twice casts one ballot."""
    return _cast(opening, present(proxy_id=proxy_id))


def revote(ranking: Iterable[str | Iterable[str]], previous: Opening) -> Call[Cast]:
    """Replace a ballot where the contest allows it: the slot stays, `seq` rises, and the secret proves whose slot it is."""
    return _cast(previous.again(ranking), {"secret": encode(previous.secret)})


def _cast(opening: Opening, proof: Mapping[str, str]) -> Call[Cast]:
    body = {
        "ranking": [list(rank) for rank in opening.ranking],
        "slot": encode(opening.slot),
        "seq": opening.seq,
        "commitment": encode(opening.commitment),
        **proof,
    }

    def parse(answer: Answer) -> Cast:
        acknowledged = read(CastAnswer, answer.document())
        if acknowledged.commitment != body["commitment"]:
            raise UnexpectedAnswer("the receipt is for another commitment than the one that was sent")
        return Cast(acknowledged.receipt, opening.commitment, acknowledged.integrate_by, opening)

    return Call("POST", path("contests", opening.contest_id, "ballots"), parse, json=body, idempotent=True)
