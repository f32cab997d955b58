"""Deliveries: proof that the papers of a contest reached its electors, recorded before the close."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api import uploads
from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.deliveries import DeliveriesIn, DeliveryDraft, DeliveryEnd, DeliveryOut
from api.uploads import Uploaded
from voting.contests import deliveries, delivery_file

router = APIRouter(prefix="/v1", tags=["contests"], route_class=YishiRoute)
_HEADER = "楼栋,单元,房号,送达方式,送达时间,送达人,凭证哈希,已告知后果"
_EXAMPLE = _HEADER + "\r\n3栋,2单元,501,当面,2026-03-02 10:00,王芳,{hash},是\r\n"
_FILE: dict[str, Any] = {
    "required": True,
    "content": uploads.BODY["content"]
    | {uploads.CSV: {"schema": {"type": "string"}, "example": _EXAMPLE.format(hash="0" * 64)}},
}


@router.post(
    "/contests/{contest_id}/deliveries",
    operation_id="record_delivery",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def record_delivery(
    contest_id: str, body: DeliveryDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> DeliveryOut:
    """Record how the papers of a contest reached an elector, before its close."""
    return conditional.answer(DeliveryOut.of(deliveries.record(session, who, contest_id, body.given(), now=now)))


@router.post(
    "/contests/{contest_id}/deliveries/import",
    operation_id="import_deliveries",
    responses=documented(401, 403, 404, 409, 413, 415, 422),
    openapi_extra={"x-import": True, "requestBody": _FILE},
)
def import_deliveries(
    contest_id: str, content: Uploaded, session: Writing, who: Who, now: Now, conditional: Conditional
) -> DeliveriesIn:
    """Record the deliveries of a CSV or XLSX file, all of them or none; every wrong cell is named."""
    report = delivery_file.record(session, who, contest_id, content, now=now)
    return conditional.answer(DeliveriesIn.of(report))


@router.get("/contests/{contest_id}/deliveries", operation_id="list_deliveries", responses=documented(401, 403, 404))
def list_deliveries(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[DeliveryOut]:
    """List the deliveries of a contest, for officers; the order says nothing."""
    found = deliveries.page(session, who, contest_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.delivery.id,), DeliveryOut.of))


@router.get("/deliveries/{delivery_id}", operation_id="get_delivery", responses=documented(401, 403, 404))
def get_delivery(delivery_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> DeliveryOut:
    """Read a delivery, for officers."""
    return conditional.answer(DeliveryOut.of(deliveries.read(session, who, delivery_id, now=now)))


@router.post(
    "/deliveries/{delivery_id}/revoke", operation_id="revoke_delivery", responses=documented(401, 403, 404, 409, 422)
)
def revoke_delivery(
    delivery_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: DeliveryEnd | None = None,
) -> DeliveryOut:
    """Take back a delivery that was recorded wrongly, with a reason, before the close. It stays on record."""
    reason = body.reason if body else None
    return conditional.answer(DeliveryOut.of(deliveries.revoke(session, who, delivery_id, reason=reason, now=now)))
