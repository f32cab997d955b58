"""Rolls: who may vote. Compiled from the register, shown, corrected, sealed."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Locale, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.rolls import (
    DisplayedOut,
    EligibilityOut,
    RollCorrection,
    RollDraft,
    RollEnd,
    RollEntryOut,
    RollOut,
    RollVersionOut,
)
from voting.roll import display, eligibility, versions
from voting.roll import service as rolls
from voting.roll.service import Scope

router = APIRouter(prefix="/v1", tags=["rolls"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409)


@router.post(
    "/communities/{community_id}/rolls",
    operation_id="create_roll",
    status_code=201,
    responses=documented(401, 403, 404, 422),
    openapi_extra={"x-creates": True},
)
def create_roll(
    community_id: str, body: RollDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> RollOut:
    """Draw up an empty roll of one basis and scope."""
    view = rolls.create(
        session,
        who,
        community_id,
        name=body.name,
        basis=body.basis,
        scope=Scope(body.scope.kind, tuple(body.scope.ids)),
        minimum_age=body.minimum_age,
        age_on=body.age_on,
        replaces_id=body.replaces_id,
        terms=body.terms.terms(),
        now=now,
    )
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.get("/communities/{community_id}/rolls", operation_id="list_rolls", responses=_READ)
def list_rolls(
    community_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[RollOut]:
    """List the rolls of a community, oldest first."""
    found = rolls.list_of(session, who, community_id, page.after_id, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.roll.id,), RollOut.of))


@router.get("/rolls/{roll_id}", operation_id="get_roll", responses=_READ)
def get_roll(roll_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> RollOut:
    """Read a roll: its basis, state and totals, and what the caller may do with it."""
    view = rolls.get(session, who, roll_id, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.get("/rolls/{roll_id}/entries", operation_id="list_roll_entries", responses=_READ)
def list_roll_entries(
    roll_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[RollEntryOut]:
    """List the electors of a roll, for officers; the order says nothing."""
    found = rolls.entries_of(session, who, roll_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda entry: (entry.id,), RollEntryOut.of))


@router.get("/rolls/{roll_id}/display", operation_id="show_roll", responses=documented(401, 403, 404, 409))
def show_roll(roll_id: str, session: Reading, who: Who, page: Page, conditional: Conditional) -> ListPage[DisplayedOut]:
    """Read a displayed roll as a neighbour: oneself in full, others masked."""
    found = display.shown(session, who, roll_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda line: (line.id,), DisplayedOut.of))


@router.get("/rolls/{roll_id}/versions", operation_id="list_roll_versions", responses=_READ)
def list_roll_versions(
    roll_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[RollVersionOut]:
    """List what the roll was after each compilation, correction and seal, and which objection each followed."""
    after = page.after_number
    found = versions.of(session, who, roll_id, after, page.fetch)
    return conditional.answer(page.answer(found, lambda version: (str(version.number),), RollVersionOut.of))


@router.get("/rolls/{roll_id}/eligibility/me", operation_id="get_own_eligibility", responses=_READ)
def get_own_eligibility(
    roll_id: str, session: Reading, who: Who, locale: Locale, conditional: Conditional
) -> EligibilityOut:
    """Tell the caller whether they may act on this roll, and why."""
    return conditional.answer(EligibilityOut.of(eligibility.of_caller(session, who, roll_id), locale))


@router.get("/rolls/{roll_id}/eligibility/{person_id}", operation_id="get_eligibility", responses=_READ)
def get_eligibility(
    roll_id: str, person_id: str, session: Reading, who: Who, locale: Locale, conditional: Conditional
) -> EligibilityOut:
    """Tell an officer, or the person, whether a person may act on this roll, and by which clause."""
    found = eligibility.of_person(session, who, roll_id, person_id)
    return conditional.answer(EligibilityOut.of(found, locale))


@router.post("/rolls/{roll_id}/compile", operation_id="compile_roll", responses=_MOVE)
def compile_roll(roll_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> RollOut:
    """Fill the roll from the register as it stands; again, as long as it has not been displayed."""
    view = rolls.compile_entries(session, who, roll_id, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.post("/rolls/{roll_id}/display", operation_id="display_roll", responses=_MOVE)
def display_roll(roll_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> RollOut:
    """Show the roll and hear objections."""
    view = rolls.display(session, who, roll_id, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.post("/rolls/{roll_id}/close_objections", operation_id="close_roll_objections", responses=_MOVE)
def close_roll_objections(roll_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> RollOut:
    """End the time for objections."""
    view = rolls.close_objections(session, who, roll_id, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.post(
    "/rolls/{roll_id}/correct", operation_id="correct_roll", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def correct_roll(
    roll_id: str,
    body: RollCorrection,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> RollOut:
    """Remove entries and take electors from the register anew, with a reason. Needs If-Match."""
    view = rolls.correct(
        session,
        who,
        roll_id,
        reason=body.reason,
        expects=conditional.expects,
        now=now,
        add=body.add,
        remove=body.remove,
        objection_id=body.objection_id,
    )
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.post("/rolls/{roll_id}/seal", operation_id="seal_roll", responses=_MOVE)
def seal_roll(roll_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> RollOut:
    """Fix the roll by its Merkle root. Nothing of it changes afterwards."""
    view = rolls.seal(session, who, roll_id, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)


@router.post("/rolls/{roll_id}/supersede", operation_id="supersede_roll", responses=_MOVE)
def supersede_roll(
    roll_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: RollEnd | None = None
) -> RollOut:
    """Retire a sealed roll; contests that were opened on it stay valid."""
    view = rolls.supersede(session, who, roll_id, reason=body.reason if body else None, now=now)
    return conditional.answer(RollOut.of(view), view.roll.version)
