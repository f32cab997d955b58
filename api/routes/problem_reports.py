"""Problem reports: what residents find wrong at a place, how it is dealt with, and who has the problem too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, WithActions, Writing
from api.maps import VARY, Form, Frame, drawn
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.contests import EventOut
from api.schemas.moderation import FlagDraft
from api.schemas.points import Crs
from api.schemas.problem_reports import (
    DuplicateOf,
    ReportDraft,
    ReportNear,
    ReportOut,
    ReportPatch,
    ReportReason,
    ReportVersionOut,
)
from api.schemas.report_features import FEATURE, FEATURES, ReportFeature, ReportFeatures
from voting.core import coordinates
from voting.core.coordinates import Spot
from voting.core.searching import MOST_QUERY
from voting.deliberation import flags
from voting.redesign import (
    problem_confirmations,
    problem_hints,
    problem_report_duplicates,
    problem_report_moderation,
    problem_report_queries,
    problem_report_texts,
    problem_reports,
)
from voting.redesign.problem_report_queries import Filter, Loaded

router = APIRouter(prefix="/v1", tags=["problem reports"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
_ONE = "/problem-reports/{problem_report_id}"
Number = Annotated[int, Path(ge=1, le=1_000_000, examples=[1])]
Datum = Annotated[Crs, Query(description="The datum of `location` in the answer", examples=["gcj02"])]


def _seen(session: Writing, who: Who, conditional: Conditional, loaded: Loaded) -> ReportOut:
    view = problem_report_queries.view(session, who, loaded)
    return conditional.answer(ReportOut.of(view), loaded.report.version)


@router.post(
    "/communities/{community_id}/problem-reports",
    operation_id="create_problem_report",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def create_problem_report(
    community_id: str, body: ReportDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Report a problem at a place. Everybody of the community reads it, not by whom."""
    loaded = problem_reports.create(session, who, community_id, body.draft(), now=now)
    return _seen(session, who, conditional, loaded)


@router.get(
    "/communities/{community_id}/problem-reports",
    operation_id="list_problem_reports",
    response_model=ListPage[ReportOut],
    responses=_READ | {200: FEATURES} | documented(422),
)
def list_problem_reports(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    response: Response,
    form: Form,
    frame: Frame,
    state: Annotated[str | None, Query(max_length=40, examples=["open"])] = None,
    category: Annotated[str | None, Query(max_length=160, examples=["停车"])] = None,
    building_id: Annotated[str | None, Query(max_length=60, examples=["bld_1"])] = None,
    unit_id: Annotated[str | None, Query(max_length=60, examples=["unt_1"])] = None,
    mine: Annotated[bool, Query(description="Only those that I reported", examples=[False])] = False,
    order: Annotated[str, Query(pattern="^(oldest|newest)$", examples=["newest"])] = "newest",
    crs: Datum = "wgs84",
    with_actions: WithActions = False,
) -> ListPage[ReportOut] | Response:
    """List the problem reports of a community, as JSON or as GeoJSON for a map."""
    author = who.id if mine else None
    wanted = Filter(state, category, building_id, unit_id, author, frame, order == "newest")
    found = problem_report_queries.page(
        session,
        who,
        community_id,
        wanted,
        after=page.after_id,
        limit=page.fetch,
        with_actions=with_actions,
        now=now,
    )
    listed = page.answer(found, lambda v: (v.report.id,), lambda v: ReportOut.of(v, crs))
    if form == "geojson":
        return drawn(ReportFeatures.of(listed.items, listed.next_cursor), response)
    response.headers["vary"] = VARY
    return conditional.answer(listed)


@router.get(
    "/communities/{community_id}/problem-reports/near",
    operation_id="list_problem_reports_near",
    responses=_READ | documented(422),
)
def list_problem_reports_near(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    conditional: Conditional,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False, examples=[121.4737])],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, examples=[31.2304])],
    metres: Annotated[int, Query(ge=1, le=problem_hints.MOST_METRES, examples=[50])] = 50,
    q: Annotated[str, Query(max_length=MOST_QUERY, description="What one is about to report", examples=["积水"])] = "",
    crs: Datum = "wgs84",
) -> ListPage[ReportNear]:
    """List what may have been reported already at a place or in the same words: look here before reporting."""
    spot = Spot(coordinates.stored(longitude), coordinates.stored(latitude))
    found = problem_hints.near(session, who, community_id, spot, metres, q, now=now)
    items = [ReportNear.near(hint, crs) for hint in found]
    return conditional.answer(ListPage[ReportNear](items=items, next_cursor=None))


@router.get(_ONE, operation_id="get_problem_report", response_model=ReportOut, responses=_READ | {200: FEATURE})
def get_problem_report(
    problem_report_id: str,
    session: Reading,
    who: Who,
    now: Now,
    conditional: Conditional,
    response: Response,
    form: Form,
    crs: Datum = "wgs84",
) -> ReportOut | Response:
    """Read a problem report and what the caller may do with it."""
    loaded = problem_report_queries.load(session, who, problem_report_id, now)
    out = ReportOut.of(problem_report_queries.view(session, who, loaded), crs)
    if form == "geojson":
        return drawn(ReportFeature.of(out), response, loaded.report.version)
    response.headers["vary"] = VARY
    return conditional.answer(out, loaded.report.version)


@router.patch(_ONE, operation_id="edit_problem_report", responses=documented(401, 403, 404, 409, 412, 422, 428))
def edit_problem_report(
    problem_report_id: str,
    body: ReportPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ReportOut:
    """Change what one reported; whatever changes makes another version. Needs If-Match."""
    loaded = problem_report_queries.load(session, who, problem_report_id, now, "problem_report.edit", hold=True)
    conditional.expects(loaded.report.version)
    return _seen(session, who, conditional, problem_reports.edit(session, who, loaded, body.changes()))


@router.get(f"{_ONE}/versions", operation_id="list_problem_report_versions", responses=_READ)
def list_problem_report_versions(
    problem_report_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[ReportVersionOut]:
    """List everything a report has said, oldest first."""
    after = page.after_number
    found = problem_report_queries.versions(session, who, problem_report_id, after=after, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda one: (one[0].number,), ReportVersionOut.of))


@router.post(f"{_ONE}/versions/{{number}}/erase", operation_id="erase_problem_report_version", responses=_MOVE)
def erase_problem_report_version(
    problem_report_id: str,
    number: Number,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ReportReason | None = None,
) -> ReportVersionOut:
    """Forget what a version said, with a reason. Its place and its hash in the journal stand."""
    reason = body.reason if body else None
    _, kept = problem_report_texts.erase(session, who, problem_report_id, number, reason=reason, now=now)
    return conditional.answer(ReportVersionOut.of((kept, False)))


@router.get(f"{_ONE}/events", operation_id="list_problem_report_events", responses=_READ)
def list_problem_report_events(
    problem_report_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EventOut]:
    """List what happened to a report, oldest first, for those who watch over it."""
    found = problem_report_queries.events(
        session, who, problem_report_id, after=page.after_id, limit=page.fetch, now=now
    )
    return conditional.answer(page.answer(found, lambda event: (event.id,), EventOut.of))


@router.post(f"{_ONE}/withdraw", operation_id="withdraw_problem_report", responses=_MOVE)
def withdraw_problem_report(
    problem_report_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ReportReason | None = None,
) -> ReportOut:
    """Take one's report back, with the reason, while nobody else has confirmed it."""
    reason = body.reason if body else None
    loaded = problem_reports.give(session, who, problem_report_id, "withdraw", reason=reason, now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/confirm", operation_id="confirm_problem_report", responses=_MOVE)
def confirm_problem_report(
    problem_report_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say that one has the problem too. It is counted, and nobody is told who."""
    loaded = problem_confirmations.confirm(session, who, problem_report_id, now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/take_back", operation_id="take_back_problem_confirmation", responses=_MOVE)
def take_back_problem_confirmation(
    problem_report_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say no longer that one has the problem too."""
    loaded = problem_confirmations.take_back(session, who, problem_report_id, now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/flag", operation_id="flag_problem_report", responses=_MOVE)
def flag_problem_report(
    problem_report_id: str, body: FlagDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say which rule a report breaks; enough of that hides what it says until it is reviewed."""
    kind = problem_report_moderation.KIND
    view = flags.flag(session, who, kind, problem_report_id, rule_id=body.rule_id, note=body.note, now=now)
    return conditional.answer(ReportOut.of(view), view.report.version)


@router.post(f"{_ONE}/acknowledge", operation_id="acknowledge_problem_report", responses=_MOVE)
def acknowledge_problem_report(
    problem_report_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say that a report was seen and will be looked at."""
    loaded = problem_reports.give(session, who, problem_report_id, "acknowledge", now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/start", operation_id="start_problem_report", responses=_MOVE)
def start_problem_report(
    problem_report_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say that work on a problem has begun."""
    loaded = problem_reports.give(session, who, problem_report_id, "start", now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/resolve", operation_id="resolve_problem_report", responses=_MOVE)
def resolve_problem_report(
    problem_report_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ReportReason | None = None,
) -> ReportOut:
    """Say that a problem is gone, and by what. Nobody resolves what they reported themselves."""
    reason = body.reason if body else None
    loaded = problem_reports.give(session, who, problem_report_id, "resolve", reason=reason, now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/dismiss", operation_id="dismiss_problem_report", responses=_MOVE)
def dismiss_problem_report(
    problem_report_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ReportReason | None = None,
) -> ReportOut:
    """Say that nothing will be done about a report, and why."""
    reason = body.reason if body else None
    loaded = problem_reports.give(session, who, problem_report_id, "dismiss", reason=reason, now=now)
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/mark_duplicate", operation_id="mark_duplicate_problem_report", responses=_MOVE)
def mark_duplicate_problem_report(
    problem_report_id: str, body: DuplicateOf, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ReportOut:
    """Say that a report repeats another. Whoever stands behind it counts there, once."""
    loaded = problem_report_duplicates.mark(
        session, who, problem_report_id, body.duplicate_of, reason=body.reason, now=now
    )
    return _seen(session, who, conditional, loaded)


@router.post(f"{_ONE}/reopen", operation_id="reopen_problem_report", responses=_MOVE)
def reopen_problem_report(
    problem_report_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ReportReason | None = None,
) -> ReportOut:
    """Take a report up again, with the reason: the problem is still there, or it is another one."""
    reason = body.reason if body else None
    loaded = problem_report_duplicates.reopen(session, who, problem_report_id, reason=reason, now=now)
    return _seen(session, who, conditional, loaded)
