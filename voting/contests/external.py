"""Votes held on an official system: two officials record what it found, each for themselves, and the records must be the same.

No box opens here and no ballot is cast; nothing of it is ever added to ballots of this service. A record holds the system, its
reference, the totals and the SHA-256 of the documents. Until two agree nobody but its author reads a record, so that the
second is not copied from the first; where two differ, the members that differ are named, not their values. Totals must fit
the sealed roll to the head and to the cm².
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from voting.contests import objecting, queries, ruling
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, ExternalRecord
from voting.core import authority, lifecycle, rules
from voting.core.authority import Principal
from voting.core.contests import EXTERNAL, contest_machine
from voting.core.evidence import canonical, hashes
from voting.core.rules import Decision, Rule, counts
from voting.core.rules.counts import Counts
from voting.core.rules.numbers import Amount
from voting.errors import Conflict, Fact, Fault, Forbidden, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.roll.tables import Roll

NEEDED = 2
"""Officials whose records must agree."""

MEMBERS = ("roll", "votes", "candidates")
"""Members of counts that an official records."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the official system: its name and the SHA-256 of its bytes, in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """What an official reads off the official system. `counts` is of the form of `voting.core.rules.counts`."""

    system: str
    reference: str
    counts: Mapping[str, Any]
    documents: Sequence[Paper]

    def content(self, counts: Mapping[str, Any]) -> dict[str, Any]:
        """As stored and compared: the order of documents, and how a figure was written, say nothing."""
        papers = sorted(self.documents, key=lambda paper: (paper.sha256, paper.name))
        return {
            "system": self.system,
            "reference": self.reference,
            "counts": dict(counts),
            "documents": [{"name": paper.name, "sha256": paper.sha256} for paper in papers],
        }


@dataclass(frozen=True, slots=True)
class ExternalView:
    """An external contest as this caller sees it. `differing` are pointers into the records where two do not agree."""

    loaded: Loaded
    records: int
    own: ExternalRecord | None
    agreed: ExternalRecord | None
    differing: tuple[str, ...]


def record(session: Session, principal: Principal, contest_id: str, found: Found, *, now: datetime) -> ExternalView:
    """Record what the official system found. The record that agrees with another official's settles the result.

    A later record of the same official replaces their earlier one. Raises `Invalid` where the totals do not fit the roll or
    the rule, `Forbidden` for an API client: two programs are not two officials.
    """
    loaded = queries.load(session, principal, contest_id, now, "contest.record", hold=True)
    if principal.kind != "person":
        raise Forbidden("persons_only", act="contest.record", roles=[], scope="")
    contest = loaded.contest
    machine = contest_machine(contest.channel)
    facts = queries.facts(session, loaded)
    state = lifecycle.move(machine, contest.state, "record", facts)
    content = found.content(_checked(session, loaded, found))
    row = _store(session, loaded, principal, content)
    agreed = any(other.digest == row.digest for other in _latest(session, contest.id) if other.id != row.id)
    if agreed:
        state = lifecycle.move(EXTERNAL, contest.state, "match", facts)
        contest.electors = loaded.roll.electors
    journal.record(
        session,
        community_id=contest.community_id,
        subject_kind="contest",
        subject_id=contest.id,
        kind="matched" if agreed else "recorded",
        actor_id=principal.id,
        now=loaded.now,
        from_state=contest.state,
        to_state=state,
        facts={"record": row.id, "digest": row.digest.hex()} if agreed else {"record": row.id},
    )
    contest.state = state
    session.flush()
    return of(session, principal, contest_id, now=now)


def of(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> ExternalView:
    """What was recorded: one's own before two agree, all of it for whoever may record, and for everybody once published."""
    loaded = queries.load(session, principal, contest_id, now)
    contest = loaded.contest
    if contest.channel != ruling.EXTERNAL:
        raise Conflict("contest_held_here", id=contest_id)
    records = _latest(session, contest.id)
    settled = agreed(session, contest)
    officer = authority.may(principal, "contest.record", loaded.subject).allowed
    if not officer and contest.provisional_at is None:
        raise Conflict("not_published_yet", state=contest.state)
    own = next((one for one in records if one.recorded_by == principal.id), None)
    differing = () if settled or not officer else _differences(records)
    return ExternalView(loaded, len(records), own if officer else None, settled, differing)


def agreed(session: Session, contest: Contest) -> ExternalRecord | None:
    """The record that two officials agree on, once there is one: nothing is recorded after that, whatever becomes of it."""
    records = _latest(session, contest.id)
    digests = [one.digest for one in records]
    return next((one for one in records if digests.count(one.digest) >= NEEDED), None)


def evaluation(session: Session, contest: Contest) -> tuple[Rule, Decision]:
    """What the contest's rule makes of the agreed totals. `Conflict` before two officials agree."""
    row, rule = agreed(session, contest), ruling.of(contest)
    if row is None or rule is None:
        raise Conflict("not_counted_yet", state=contest.state)
    document = _counts(contest, rule, row.content["counts"])
    given = rules.read_counts(rule, document)
    if rule.hears_objections and "object" not in given.given:
        given = _with_objections(session, contest, rule, given)
    return rule, Decision(rules.evaluate_counts(rule, given), given)


def _with_objections(session: Session, contest: Contest, rule: Rule, given: Counts) -> Counts:
    """The totals with what was objected here: of a share that area measures, as much as of the area of the roll."""
    roll, found = session.get_one(Roll, contest.roll_id), objecting.weight(session, contest)
    told = {"count": roll.heads, "area": roll.area_cm2}
    figures: dict[str, Amount] = {}
    for basis in given.roll:
        by = rule.measured.get(basis, basis)
        if by not in told:
            return given
        figures[basis] = Fraction(found[by]) * given.roll[basis] / told[by] if told[by] else 0
    return replace(given, votes={**given.votes, "object": figures}, given=given.given | {"object"})


def _checked(session: Session, loaded: Loaded, found: Found) -> dict[str, Any]:
    """The totals in their one form. Raises `Invalid` where they fit neither the rule, nor the roll, nor the candidates."""
    strangers = [
        Fault(f"/counts/{name}"[:200], "unexpected_member", {"member": name[:80]})
        for name in found.counts
        if name not in MEMBERS
    ]
    contest, rule = loaded.contest, ruling.of(loaded.contest)
    if rule is None:
        raise NotFound("rule_not_found", id=contest.rule_id or "")
    if strangers:
        raise Invalid(strangers)
    try:
        judged = rules.read_counts(rule, _counts(contest, rule, found.counts))
        rules.evaluate_counts(rule, judged)
    except Invalid as error:
        raise Invalid([Fault(f"/counts{one.pointer}", one.code, one.facts) for one in error.faults]) from error
    faults = [*_of_roll(judged.roll, loaded.roll), *_of_candidates(session, contest, rule, judged.candidates)]
    if faults:
        raise Invalid(faults)
    return counts.as_document(judged)


def _counts(contest: Contest, rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given) if rule.elect is None else {"seats": contest.seats, **given}


def _of_roll(reported: Mapping[str, Amount], roll: Roll) -> Iterator[Fault]:
    """The official system's roll is the sealed one: as many heads, as much area."""
    for basis, ours in (("count", roll.heads), ("area", roll.area_cm2)):
        if basis in reported and reported[basis] != ours:
            name = "heads" if basis == "count" else basis
            facts: dict[str, Fact] = {"basis": name, "got": str(reported[basis]), "roll": ours}
            yield Fault("/counts/roll", "external_roll_differs", facts)


def _of_candidates(
    session: Session, contest: Contest, rule: Rule, candidates: Mapping[str, Any] | None
) -> Iterator[Fault]:
    """An election names the options of the contest, all of them."""
    if rule.elect is None:
        return
    known = tuple(option.id for option in queries.options(session, contest.id))
    if candidates is None or set(candidates) != set(known):
        yield Fault("/counts/candidates", "external_candidates", {"known": known})


def _store(session: Session, loaded: Loaded, principal: Principal, content: dict[str, Any]) -> ExternalRecord:
    row = ExternalRecord(
        id=timed_id("ext", loaded.now),
        community_id=loaded.contest.community_id,
        contest_id=loaded.contest.id,
        recorded_by=principal.id,
        recorded_at=loaded.now,
        content=content,
        digest=hashes.digest("external", canonical.encode(content)),
    )
    session.add(row)
    session.flush()
    return row


def _latest(session: Session, contest_id: str) -> tuple[ExternalRecord, ...]:
    """The last record of each official, oldest first."""
    rows = session.exec(
        select(ExternalRecord).where(ExternalRecord.contest_id == contest_id).order_by(col(ExternalRecord.id))
    )
    by_official: dict[str, ExternalRecord] = {}
    for row in rows:
        by_official.pop(row.recorded_by, None)
        by_official[row.recorded_by] = row
    return tuple(by_official.values())


def _differences(records: Sequence[ExternalRecord]) -> tuple[str, ...]:
    """Where the last two records do not agree, as pointers; nothing while there is one."""
    if len(records) < NEEDED:
        return ()
    return tuple(_compared(records[-2].content, records[-1].content, ""))


def _compared(one: Any, other: Any, pointer: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from _compared(one.get(name), other.get(name), f"{pointer}/{escaped}")
    elif one != other:
        yield pointer
