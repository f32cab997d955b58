"""Files of a proposal: PNG, JPEG, WebP and PDF. Images are drawn anew by the service: no place, no time, no phone."""

from __future__ import annotations

from clients.python.calls import Call, Page, one, page_of, path
from clients.python.proposal_answers import Attachment

_BEGINNINGS = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))
PDF = "application/pdf"
KINDS = "image/png, image/jpeg, image/webp, application/pdf, application/problem+json"


def attach(proposal_id: str, content: bytes, name: str, *, media_type: str | None = None) -> Call[Attachment]:
    """Attach a file; its kind is told by its first bytes unless it is given."""
    kind = media_type or next((kind for start, kind in _BEGINNINGS if content.startswith(start)), PDF)
    where = path("proposals", proposal_id, "attachments")
    return Call("POST", where, one(Attachment), query={"name": name}, content=content, content_type=kind)


def list_(proposal_id: str) -> Call[Page[Attachment]]:
    """The files of a proposal; removed ones leave their place."""
    return Call("GET", path("proposals", proposal_id, "attachments"), page_of(Attachment))


def get(attachment_id: str) -> Call[Attachment]:
    """What is known of a file."""
    return Call("GET", path("attachments", attachment_id), one(Attachment))


def content(attachment_id: str) -> Call[bytes]:
    """The file itself, in memory; `client.download(attachments.content(id), file)` brings it into a file."""
    where = path("attachments", attachment_id, "content")
    return Call("GET", where, lambda answer: answer.content, headers={"accept": KINDS})


def remove(attachment_id: str, reason: str) -> Call[Attachment]:
    """Forget a file. Its place and its hash in the journal stand."""
    return Call("POST", path("attachments", attachment_id, "remove"), one(Attachment), json={"reason": reason})
