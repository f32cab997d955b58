"""The sealing: after the close, box and participation move to where nothing of a row tells when or beside what it was written.

While a contest is open one transaction writes an elector's check-off and a ballot, and both databases remember that: in the
number of the transaction, in the place of a row on its page, in the log before the data. So the box is copied sorted by
slot, the participation sorted by entry, each in a transaction of its own that touches nothing else; then the old rows go,
in a third; then the database forgets the files that held them (`voting.contests.scrubbing`).
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, literal, select
from sqlmodel import Session, col

from voting.contests.tables import BoxRow, Participation, SealedBallot, SealedParticipation

_BALLOT = ("contest_id", "slot", "seq", "ballot")
_CHECKED = ("contest_id", "entry_id", "channel")


def box(session: Session, contest_id: str) -> int:
    """Copy the box into its final table, sorted by slot. How many ballots."""
    rows = select(literal(contest_id), col(BoxRow.slot), col(BoxRow.seq), col(BoxRow.ballot))
    rows = rows.where(col(BoxRow.contest_id) == contest_id).order_by(col(BoxRow.slot))
    session.execute(insert(SealedBallot).from_select(_BALLOT, rows))
    return _count(session, SealedBallot, contest_id)


def participation(session: Session, contest_id: str) -> int:
    """Copy the participation into its final table, sorted by entry (ids of entries are random). How many electors."""
    rows = select(literal(contest_id), col(Participation.entry_id), col(Participation.channel))
    rows = rows.where(col(Participation.contest_id) == contest_id).order_by(col(Participation.entry_id))
    session.execute(insert(SealedParticipation).from_select(_CHECKED, rows))
    return _count(session, SealedParticipation, contest_id)


def clear(session: Session, contest_id: str) -> None:
    """Let the rows of the open contest go."""
    session.execute(delete(BoxRow).where(col(BoxRow.contest_id) == contest_id))
    session.execute(delete(Participation).where(col(Participation.contest_id) == contest_id))


def _count(session: Session, table: type[SealedBallot] | type[SealedParticipation], contest_id: str) -> int:
    query = select(func.count()).select_from(table).where(col(table.contest_id) == contest_id)
    return session.scalar(query) or 0
