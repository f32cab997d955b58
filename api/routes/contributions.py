"""What a person has contributed, erased as a whole when they leave."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, DryRun, Now, Running, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.contributions import ErasedOut
from voting.deliberation import attachment_store, contribution_erasure
from voting.redesign import problem_report_erasure

router = APIRouter(prefix="/v1", tags=["moderation"], route_class=YishiRoute)
_BEYOND = (problem_report_erasure.BEYOND,)


@router.post(
    "/persons/{person_id}/erase_contributions",
    operation_id="erase_contributions",
    responses=documented(401, 403, 404),
)
def erase_contributions(
    person_id: str, running: Running, who: Who, now: Now, dry_run: DryRun, conditional: Conditional
) -> ErasedOut:
    """Erase everything a person has contributed, and that it was them. A dry run tells how much there is."""
    shelf = attachment_store.of(running.settings.attachments_url)
    found = contribution_erasure.erase(running.engine, who, person_id, shelf, beyond=_BEYOND, dry_run=dry_run, now=now)
    return conditional.answer(ErasedOut.of(found))
