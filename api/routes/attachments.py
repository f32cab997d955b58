"""Attachments of proposals: images without what a phone writes into them, and PDFs."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api import uploads
from api.deps import Conditional, DryRun, Now, Page, Reading, Running, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.attachments import AttachmentOut, RemovalReason
from api.schemas.base import ListPage
from voting.deliberation import attachment_files, attachment_store, attachments

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_BYTES = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in uploads.ATTACHABLE}
Name = Annotated[str, Query(max_length=480, description="How the file is called", examples=["南门.jpg"])]


@router.post(
    "/proposals/{proposal_id}/attachments",
    operation_id="attach_file",
    status_code=201,
    responses=documented(401, 403, 404, 409, 413, 415, 422),
    openapi_extra={"x-import": True, "requestBody": uploads.ATTACHED_BODY},
)
def attach_file(
    proposal_id: str,
    data: uploads.Attached,
    session: Writing,
    running: Running,
    who: Who,
    now: Now,
    dry_run: DryRun,
    conditional: Conditional,
    name: Name = "",
) -> AttachmentOut:
    """Attach a PNG, JPEG, WebP or PDF to a proposal. Images and PDFs are made anew: no place, no author, nothing that acts."""
    shelf = attachment_store.of(running.settings.attachments_url)
    file = attachments.prepared(running.engine, who, proposal_id, data, now=now)
    with attachments.shelved(shelf, file, dry_run=dry_run) as identifier:
        view = attachments.add(session, who, proposal_id, name, file, identifier, now=now)
    return conditional.answer(AttachmentOut.of(view))


@router.get("/proposals/{proposal_id}/attachments", operation_id="list_attachments", responses=_READ)
def list_attachments(
    proposal_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[AttachmentOut]:
    """List the files of a proposal; removed ones leave their place."""
    found = attachments.page(session, who, proposal_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.attachment.id,), AttachmentOut.of))


@router.get("/attachments/{attachment_id}", operation_id="get_attachment", responses=_READ)
def get_attachment(attachment_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> AttachmentOut:
    """Read what is known of a file."""
    return conditional.answer(AttachmentOut.of(attachments.get(session, who, attachment_id, now=now)))


@router.get(
    "/attachments/{attachment_id}/content",
    operation_id="get_attachment_content",
    response_class=Response,
    responses=_READ | {200: {"description": "The file", "content": _BYTES}},
)
def get_attachment_content(attachment_id: str, session: Reading, running: Running, who: Who, now: Now) -> Response:
    """Download a file. Nothing in it is run or shown inside a page of ours."""
    shelf = attachment_store.of(running.settings.attachments_url)
    row, data = attachments.content(session, who, shelf, attachment_id, now=now)
    name = attachment_files.download_name(row.name, row.media_type)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=row.media_type, headers=headers)


@router.post(
    "/attachments/{attachment_id}/remove",
    operation_id="remove_attachment",
    responses=documented(401, 403, 404, 409, 422),
)
def remove_attachment(
    attachment_id: str,
    session: Writing,
    running: Running,
    who: Who,
    now: Now,
    dry_run: DryRun,
    conditional: Conditional,
    body: RemovalReason | None = None,
) -> AttachmentOut:
    """Forget a file, with the reason. Its place and its hash in the journal stand."""
    shelf, reason = attachment_store.of(running.settings.attachments_url), body.reason if body else None
    view = attachments.remove(session, who, shelf, attachment_id, reason=reason, dry_run=dry_run, now=now)
    return conditional.answer(AttachmentOut.of(view))
