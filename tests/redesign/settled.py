"""Problem reports of per_1 in the small world, one in each state that a move is tried from, each named for its state."""

from __future__ import annotations

from sqlmodel import Session

from tests.access.moment import NOW
from voting.core.coordinates import Spot
from voting.redesign import problem_report_texts
from voting.redesign.problem_report_texts import Said
from voting.redesign.tables import ProblemReport

STATES = ("open", "acknowledged", "in_progress", "resolved")
SAID = Said("o", Spot(1_214_737_000, 312_304_000), NOW, "停车")


def settle_reports(session: Session) -> None:
    """Write them."""
    for state in STATES:
        row = ProblemReport(
            id=f"prb_{state}",
            community_id="com_1",
            state=state,
            since=NOW,
            author_id="per_1",
            created_at=NOW,
            **SAID.columns(),
        )
        session.add(row)
        session.flush()
        problem_report_texts.write(session, row, SAID, NOW)
