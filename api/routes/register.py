"""The register as a whole: brought in from a spreadsheet, given out as one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api import uploads
from api.deps import Conditional, DryRun, Locale, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.register import ImportOut
from api.uploads import Uploaded
from voting.community import register_import

router = APIRouter(prefix="/v1/communities/{community_id}/register", tags=["register"], route_class=YishiRoute)
_EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "UTF-8 with a mark, Chinese headers",
        "content": {uploads.CSV: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/import",
    operation_id="import_register",
    responses=documented(401, 403, 404, 413, 415, 422),
    openapi_extra={"x-import": True, "requestBody": uploads.BODY},
)
def import_register(
    community_id: str,
    content: Uploaded,
    session: Writing,
    who: Who,
    now: Now,
    locale: Locale,
    dry_run: DryRun,
    conditional: Conditional,
    create_places: Annotated[
        bool, Query(description="Whether buildings, units and dwellings that do not exist are made, or refused")
    ] = True,
) -> ImportOut:
    """Bring in a CSV or XLSX file, all of it or nothing; every wrong cell is named. The same file twice changes nothing."""
    report = register_import.import_register(session, who, community_id, content, create_places=create_places, now=now)
    return conditional.answer(ImportOut.of(report, locale, dry_run))


@router.get(
    "/export",
    operation_id="export_register",
    response_class=Response,
    responses=_EXPORTED | documented(401, 403, 404),
)
def export_register(community_id: str, session: Reading, who: Who, now: Now) -> Response:
    """Give out the register as CSV. Importing it again changes nothing."""
    content = register_import.export_register(session, who, community_id, now)
    headers = {"Content-Disposition": 'attachment; filename="register.csv"'}
    return Response(content, media_type=f"{uploads.CSV}; charset=utf-8", headers=headers)
