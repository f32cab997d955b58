"""The sealing: after the close, box and participation move to where nothing of a row tells when or beside what it was written.

While a contest is open one transaction writes an elector's check-off and a ballot, and both databases remember that: in the
number of the transaction, in the place of a row on its page, in the log before the data. So the box is copied sorted by
slot, the participation sorted by entry, each in a transaction of its own that touches nothing else; then the old rows go,
in a third; then the database forgets the files that held them (`voting.contests.scrubbing`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, insert, literal, select
from sqlmodel import Session, col

from voting.contests import queries
from voting.contests.tables import (
    BoxRow,
    PaperBatch,
    PaperKeying,
    Participation,
    SealedBallot,
    SealedParticipation,
)
from voting.core.evidence import bundle_box, bundle_roll, hashes
from voting.core.evidence.bundle_box import Row
from voting.roll.tables import RollEntry

_BALLOT = ("contest_id", "slot", "seq", "ballot")
_CHECKED = ("contest_id", "entry_id", "channel")
_AT_ONCE = 4096


def box(session: Session, contest_id: str) -> bytes:
    """Copy the box into its final table, sorted by slot. The root of its lines (evidence format §5)."""
    copied = select(literal(contest_id), col(BoxRow.slot), col(BoxRow.seq), col(BoxRow.ballot))
    copied = copied.where(col(BoxRow.contest_id) == contest_id).order_by(col(BoxRow.slot))
    session.execute(insert(SealedBallot).from_select(_BALLOT, copied))
    options = tuple(option.id for option in queries.options(session, contest_id))
    return bundle_box.root(rows(session, contest_id), options)[1]


def participation(session: Session, contest_id: str) -> bytes:
    """Copy the participation into its final table, sorted by entry (ids of entries are random). The hash of its bits (§4)."""
    copied = select(literal(contest_id), col(Participation.entry_id), col(Participation.channel))
    copied = copied.where(col(Participation.contest_id) == contest_id).order_by(col(Participation.entry_id))
    session.execute(insert(SealedParticipation).from_select(_CHECKED, copied))
    listed = (
        select(col(RollEntry.salt), col(RollEntry.elector), col(RollEntry.unit_id), col(SealedParticipation.channel))
        .join(SealedParticipation, col(SealedParticipation.entry_id) == col(RollEntry.id))
        .where(col(SealedParticipation.contest_id) == contest_id)
    )
    electors = session.execute(listed, execution_options={"yield_per": _AT_ONCE})
    leaves = ((hashes.roll_leaf(*leaf), channel is not None) for *leaf, channel in electors)
    return bundle_roll.participation(leaves).hash


def rows(session: Session, contest_id: str) -> Iterator[Row]:
    """The sealed box, sorted by slot."""
    of_contest = select(col(SealedBallot.slot), col(SealedBallot.seq), col(SealedBallot.ballot))
    of_contest = of_contest.where(col(SealedBallot.contest_id) == contest_id).order_by(col(SealedBallot.slot))
    for slot, seq, ballot in session.execute(of_contest, execution_options={"yield_per": _AT_ONCE}):
        yield bytes(slot), seq, bytes(ballot)


def clear(session: Session, contest_id: str) -> None:
    """Let the rows of the open contest go, and what tellers keyed of batches that never came into the box."""
    batches = select(col(PaperBatch.id)).where(col(PaperBatch.contest_id) == contest_id)
    session.execute(delete(PaperKeying).where(col(PaperKeying.batch_id).in_(batches)))
    session.execute(delete(BoxRow).where(col(BoxRow.contest_id) == contest_id))
    session.execute(delete(Participation).where(col(Participation.contest_id) == contest_id))
