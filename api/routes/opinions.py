"""Opinions: what residents agree on, from their reactions."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Reading, Running, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.opinions import OpinionsOut
from voting.deliberation import opinions

router = APIRouter(prefix="/v1", tags=["comments"], route_class=YishiRoute)


@router.get("/threads/{kind}/{subject}/opinions", operation_id="get_opinions", responses=documented(401, 403, 404))
def get_opinions(
    kind: str, subject: str, session: Reading, running: Running, who: Who, now: Now, conditional: Conditional
) -> OpinionsOut:
    """Read groups of opinion, the statements that bridge them, and agreement by option; never a person."""
    found = opinions.of_thread(session, who, kind, subject, shelf=running.opinions, now=now)
    return conditional.answer(OpinionsOut.of(found))
