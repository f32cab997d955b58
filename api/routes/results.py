"""What a count found: nothing before it, everybody's once it is published."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.deps import Conditional, DryRun, Locale, Now, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.recounts import RecountAsked, RecountOut
from api.schemas.results import ExplanationOut, ResultOut, RoundsOut
from voting.contests import explaining, recounts, results

router = APIRouter(prefix="/v1/contests", tags=["results"], route_class=YishiRoute)
_SVG = "image/svg+xml"
_DRAWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "One self-contained picture", "content": {_SVG: {"schema": {"type": "string"}}}}
}
# A picture that is opened by itself runs nothing and fetches nothing, whatever stands in a label.
_STILL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
Language = Annotated[
    Literal["en", "zh-CN"] | None, Query(description="Instead of Accept-Language, for callers that cannot send it")
]


@router.get("/{contest_id}/result", operation_id="get_result", responses=documented(404, 409))
def get_result(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ResultOut:
    """Read who won and by which count. Needs no account once published."""
    loaded, tally = results.of(session, who, contest_id, now=now)
    return conditional.answer(ResultOut.of(loaded, tally.result, tally.counted_at, tally.result_hash))


@router.get("/{contest_id}/rounds", operation_id="get_rounds", responses=documented(404, 409))
def get_rounds(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> RoundsOut:
    """Read every round of the count. Needs no account once published."""
    loaded, tally = results.of(session, who, contest_id, now=now)
    return conditional.answer(RoundsOut.of(loaded, tally.result))


@router.get("/{contest_id}/explanation", operation_id="get_explanation", responses=documented(404, 409))
def get_explanation(
    contest_id: str,
    session: Reading,
    who: Who,
    now: Now,
    spoken: Locale,
    conditional: Conditional,
    locale: Language = None,
) -> ExplanationOut:
    """Read the count in plain sentences, in Chinese or English. Needs no account once published."""
    told = explaining.explanation(session, who, contest_id, locale=locale or spoken, now=now)
    return conditional.answer(ExplanationOut.of(told))


@router.get(
    "/{contest_id}/rounds.svg",
    operation_id="get_rounds_picture",
    response_class=Response,
    responses=_DRAWN | documented(404, 409),
)
def get_rounds_picture(
    contest_id: str, session: Reading, who: Who, now: Now, spoken: Locale, locale: Language = None
) -> Response:
    """See the count as one self-contained picture, with a description for screen readers."""
    drawn = explaining.picture(session, who, contest_id, locale=locale or spoken, now=now)
    return Response(drawn, media_type=_SVG, headers=_STILL)


@router.post("/{contest_id}/recount", operation_id="recount_contest", responses=documented(401, 403, 404, 409, 422))
def recount_contest(
    contest_id: str,
    body: RecountAsked,
    session: Reading,
    who: Who,
    now: Now,
    spoken: Locale,
    dry_run: DryRun,
    locale: Language = None,
) -> RecountOut:
    """Count the ballots of a published contest in other ways, side by side. Advisory; nothing is stored."""
    return RecountOut.of(recounts.recount(session, who, contest_id, body.asked(), locale=locale or spoken, now=now))
