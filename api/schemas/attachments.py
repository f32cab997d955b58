"""Bodies of attachments."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Request
from voting.deliberation.attachments import AttachmentView


class RemovalReason(Request):
    """Why a file is removed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "照片里有他人车牌"}]})

    reason: LongText | None = None


class AttachmentOut(Actionable):
    """What is known of an attached file, and what this caller may do with it."""

    id: str = Field(examples=["att_6vd3"])
    proposal_id: str
    author_id: str | None = Field(description="Nobody once the person is erased")
    name: str = Field(examples=["南门.jpg"], description="Empty once the file is removed")
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(examples=[204800], description="Bytes, as they are kept")
    width: int | None
    height: int | None
    sha256: str | None = Field(description="Of the bytes that are kept; absent once they are removed")
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ sha256 in hexadecimal)')
    text_hash: str
    content_href: str = Field(examples=["/v1/attachments/att_6vd3/content"])
    created_at: Instant
    removed_at: Instant | None

    @classmethod
    def of(cls, view: AttachmentView) -> AttachmentOut:
        """Present an attachment."""
        row = view.attachment
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {
            "sha256": row.sha256.hex() or None,
            "salt": row.salt and row.salt.hex(),
            "text_hash": row.text_hash.hex(),
        }
        told["content_href"] = f"/v1/attachments/{row.id}/content"
        return cls(**told | {"allowed_actions": offered(view.actions, f"/v1/attachments/{row.id}")})
