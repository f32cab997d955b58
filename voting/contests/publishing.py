"""The published box: its ballots, its patterns, and proof that one's own line is among them, each where the mode shows it.

Nothing of it is read before the publication. `full` shows every ballot by slot, `patterns` how many ballots bear each
ranking, `restricted` neither; auditors read all. A proof shows hashes only: to whoever knows a slot it says that the box
holds a line of it and where, and nothing of any other line. Sums over pairs of options are shown in every mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.contests import counting, queries, results, sealing
from voting.contests.kept import Kept
from voting.contests.queries import Loaded
from voting.contests.tables import Closing, Contest, SealedBallot
from voting.core import authority, box
from voting.core.authority import Principal
from voting.core.box import Ranking
from voting.core.count.pairwise import Compared, compare
from voting.core.count.poll import Poll
from voting.core.count.rules import Rules
from voting.core.evidence import bundle, bundle_box, merkle
from voting.core.evidence.kept_tree import KeptTree
from voting.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """One counted ballot as the box shows it; options by id."""

    slot: bytes
    seq: int
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Pattern:
    """How many ballots bear a ranking."""

    ranking: Ranking
    count: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where a slot's line stands in the box, and the RFC 6962 proof of it. Hashes are 32 bytes."""

    slot: bytes
    index: int
    size: int
    root: bytes
    proof: tuple[bytes, ...]


def lines(
    session: Session, principal: Principal, contest_id: str, *, after: bytes | None, limit: int, now: datetime
) -> tuple[Line, ...]:
    """At most `limit` ballots behind the slot `after`, sorted by slot."""
    loaded = _published(session, principal, contest_id, now)
    _require_shown(principal, loaded, bundle.shows(loaded.contest.publish_mode, "public")[0])
    query = select(SealedBallot).where(SealedBallot.contest_id == contest_id)
    if after is not None:
        query = query.where(col(SealedBallot.slot) > after)
    options = _options(session, contest_id)
    rows = session.exec(query.order_by(col(SealedBallot.slot)).limit(limit))
    return tuple(Line(bytes(row.slot), row.seq, box.unpack(bytes(row.ballot), options)) for row in rows)


def patterns(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> tuple[Pattern, ...]:
    """How many ballots bear each ranking, in the order of the rankings' text."""
    loaded = _published(session, principal, contest_id, now)
    _require_shown(principal, loaded, bundle.shows(loaded.contest.publish_mode, "public")[1])
    grouped = select(SealedBallot.ballot, func.count()).where(SealedBallot.contest_id == contest_id)
    counts = session.exec(grouped.group_by(col(SealedBallot.ballot)))
    options = _options(session, contest_id)
    named = {box.unpack(bytes(ballot), options): count for ballot, count in counts}
    return tuple(Pattern(ranking, count) for ranking, count in bundle_box.sorted_patterns(named).items())


def pairwise(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Compared:
    """How many ballots prefer each option to each other one, in every mode: sums that name nobody."""
    contest = _published(session, principal, contest_id, now).contest
    root = session.get_one(Closing, contest_id).box_root
    return _MATRICES.of(f"{contest_id} {root!r}", lambda: _compared(session, contest))


def _compared(session: Session, contest: Contest) -> Compared:
    given = counting.ballots(session, contest)
    withdrawn = tuple(contest.rules.get("excluded_candidates", ()))
    return compare(Poll(contest.method, given.options, given.rankings, 0, Rules(excluded_candidates=withdrawn)))


def inclusion(session: Session, principal: Principal, contest_id: str, slot: bytes, *, now: datetime) -> Inclusion:
    """The proof for a slot, in every mode: who knows a slot knows whose it is. `NotFound` where the box has none of it."""
    _published(session, principal, contest_id, now)
    of_contest = SealedBallot.contest_id == contest_id
    if session.get(SealedBallot, (contest_id, slot)) is None:
        raise NotFound("slot_not_in_box", id=slot.hex())
    before = select(func.count()).select_from(SealedBallot).where(of_contest, col(SealedBallot.slot) < slot)
    index = session.exec(before).one()
    root = session.get_one(Closing, contest_id).box_root
    tree = _TREES.of(f"{contest_id} {root!r}", lambda: _tree(session, contest_id))
    return Inclusion(slot, index, tree.size, tree.root, tree.inclusion(index))


def _tree(session: Session, contest_id: str) -> KeptTree:
    written = bundle_box.Lines(_options(session, contest_id))
    chunks = written.chunks(sealing.rows(session, contest_id))
    return KeptTree(merkle.leaf_hash(line) for chunk in chunks for line in chunk.split(b"\n")[:-1])


_TREES: Kept[KeptTree] = Kept(4)
_MATRICES: Kept[Compared] = Kept(16)


def _published(session: Session, principal: Principal, contest_id: str, now: datetime) -> Loaded:
    loaded = queries.load(session, principal, contest_id, now)
    results.refuse_external(loaded.contest)
    if loaded.contest.provisional_at is None:
        raise Conflict("not_published_yet", state=loaded.contest.state)
    return loaded


def _require_shown(principal: Principal, loaded: Loaded, public: bool) -> None:
    if not public:
        authority.require(principal, "contest.read_withheld", loaded.subject)


def _options(session: Session, contest_id: str) -> tuple[str, ...]:
    return tuple(option.id for option in queries.options(session, contest_id))
