"""Opinions: what residents agree on, from their reactions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.deps import Conditional, Locale, Now, Reading, Running, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.opinions import OpinionsOut
from voting.deliberation import opinion_pictures, opinions

router = APIRouter(prefix="/v1", tags=["comments"], route_class=YishiRoute)
_SVG = "image/svg+xml"
_DRAWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "One self-contained picture", "content": {_SVG: {"schema": {"type": "string"}}}}
}
# A picture that is opened by itself runs nothing and fetches nothing, whatever stands in a statement.
_STILL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
Language = Annotated[
    Literal["en", "zh-CN"] | None, Query(description="Instead of Accept-Language, for callers that cannot send it")
]


@router.get("/threads/{kind}/{subject}/opinions", operation_id="get_opinions", responses=documented(401, 403, 404))
def get_opinions(
    kind: str, subject: str, session: Reading, running: Running, who: Who, now: Now, conditional: Conditional
) -> OpinionsOut:
    """Read groups of opinion, the statements that bridge them, and agreement by option; never a person."""
    found = opinions.of_thread(session, who, kind, subject, shelf=running.opinions, now=now)
    return conditional.answer(OpinionsOut.of(found))


@router.get(
    "/threads/{kind}/{subject}/opinions.svg",
    operation_id="get_opinions_picture",
    response_class=Response,
    responses=_DRAWN | documented(401, 403, 404),
)
def get_opinions_picture(
    kind: str,
    subject: str,
    session: Reading,
    running: Running,
    who: Who,
    now: Now,
    spoken: Locale,
    locale: Language = None,
) -> Response:
    """See groups of opinion and what bridges them as one picture, with a description for screen readers; never a person."""
    drawn = opinion_pictures.picture(
        session, who, kind, subject, shelf=running.opinions, locale=locale or spoken, now=now
    )
    return Response(drawn, media_type=_SVG, headers=_STILL)
