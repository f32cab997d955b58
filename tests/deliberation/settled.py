"""Proposals of per_1 in the small world, one in each state that a move is tried from, each named for its state."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from tests.access.moment import NOW
from voting.deliberation import proposal_texts
from voting.deliberation.proposal_tables import Amendment, Attachment, OfficialAnswer, Proposal, ProposalAuthor
from voting.deliberation.proposal_texts import Text

STATES = (
    *("draft", "submitted", "published", "gathering_support", "qualified", "under_review"),
    *("accepted", "on_ballot", "implementing", "implemented"),
)


FAR = datetime(2100, 1, 1, tzinfo=UTC)


def settle_proposals(session: Session) -> None:
    """Write them."""
    for state in STATES:
        proposal = Proposal(id=f"prp_{state}", community_id="com_1", state=state, created_at=NOW)
        proposal.submitted_at = None if state == "draft" else NOW
        proposal.published_at = None if state in ("draft", "submitted") else NOW
        if state not in ("draft", "submitted", "published"):
            proposal.support_needed, proposal.support_rule = 9, {"number": 9}
            proposal.support_from, proposal.support_until = NOW, FAR
        proposal.contest_id = "con_open" if state == "on_ballot" else None
        session.add(proposal)
        session.flush()
        proposal_texts.write(session, proposal, Text({"en": "t"}, {"en": "b"}), "per_1", NOW)
        author = {"person_id": "per_1", "community_id": "com_1", "state": "accepted", "since": NOW}
        session.add(ProposalAuthor(proposal_id=proposal.id, **author))
        session.flush()
    row = {"proposal_id": "prp_published", "base": 1, "locale": "en", "paragraph": 1, "action": "replace", "text": "c"}
    hashes = {"salt": bytes(32), "text_hash": bytes(32), "created_at": NOW}
    kept = {"name": "x.pdf", "media_type": "application/pdf", "size": 1, "sha256": bytes(32)}
    session.add(
        Attachment(id="att_1", community_id="com_1", proposal_id="prp_published", author_id="per_1", **kept, **hashes)
    )
    answered = {
        "proposal_id": "prp_accepted",
        "kind": "answer",
        "number": 1,
        "text": {"en": "a"},
        "author_id": "per_off",
    }
    told = {"salt": bytes(32), "text_hash": bytes(32), "at": NOW}
    session.add(OfficialAnswer(community_id="com_1", **answered, **told))
    session.add(Amendment(id="amd_1", community_id="com_1", author_id="per_2", **row, **hashes))
    session.flush()
