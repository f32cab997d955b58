"""The published box and its proofs, what set-up should know of privacy, turnout by unit, and an elector's own record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Page, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.publication import (
    BallotLineOut,
    BoxProofOut,
    GroupsOut,
    PairwiseOut,
    PatternsOut,
    PrivacyOut,
    RecordOut,
)
from voting.contests import groups, publishing, records, set_up

router = APIRouter(prefix="/v1/contests/{contest_id}", tags=["results"], route_class=YishiRoute)
_PUBLISHED = documented(401, 403, 404, 409)
Slot = Annotated[
    str,
    Query(pattern="^[0-9a-f]{64}$", description="The slot of a ballot, hexadecimal", examples=["0" * 64]),
]


@router.get("/box", operation_id="list_ballots", responses=_PUBLISHED)
def list_ballots(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[BallotLineOut]:
    """List the counted ballots by slot, once published, where the mode is full. Auditors read them in every mode."""
    after = None if page.after_id is None else bytes.fromhex(page.after_id)
    found = publishing.lines(session, who, contest_id, after=after, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda line: (line.slot.hex(),), BallotLineOut.of))


@router.get("/box/proof", operation_id="get_box_proof", responses=documented(404, 409, 422))
def get_box_proof(
    contest_id: str, slot: Slot, session: Reading, who: Who, now: Now, conditional: Conditional
) -> BoxProofOut:
    """Prove that the box holds a line of this slot, in every publish mode. Needs no account."""
    found = publishing.inclusion(session, who, contest_id, bytes.fromhex(slot), now=now)
    return conditional.answer(BoxProofOut.of(contest_id, found))


@router.get("/patterns", operation_id="list_patterns", responses=_PUBLISHED)
def list_patterns(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> PatternsOut:
    """List how many ballots bear each ranking, once published, unless the mode is restricted."""
    return conditional.answer(PatternsOut.of(contest_id, publishing.patterns(session, who, contest_id, now=now)))


@router.get("/pairwise", operation_id="get_pairwise", responses=documented(404, 409))
def get_pairwise(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> PairwiseOut:
    """Tell how many ballots prefer each option to each other one, once published, in every mode. Needs no account."""
    return conditional.answer(PairwiseOut.of(contest_id, publishing.pairwise(session, who, contest_id, now=now)))


@router.get("/privacy", operation_id="get_privacy", responses=documented(404))
def get_privacy(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> PrivacyOut:
    """Tell which share of rankings is expected to be unique, and the publish mode that follows."""
    return conditional.answer(PrivacyOut.of(set_up.privacy_of(session, who, contest_id, now=now)))


@router.get("/turnout/units", operation_id="get_turnout_by_unit", responses=documented(404, 409))
def get_turnout_by_unit(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> GroupsOut:
    """Tell the turnout by unit, after the close; small units are merged. Needs no account."""
    return conditional.answer(GroupsOut.of(contest_id, groups.by_unit(session, who, contest_id, now=now)))


@router.get("/my-record", operation_id="get_own_record", responses=documented(401, 403, 404, 409))
def get_own_record(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> RecordOut:
    """Read the caller's own leaf of the roll, and where their bit of the participation stands."""
    return conditional.answer(RecordOut.of(records.own(session, who, contest_id, now=now)))
