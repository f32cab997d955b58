"""One uploaded file: the body itself, or the part `file` of a form. Source: RFC 7578 (multipart/form-data).

Mini-programs can send a form only; everybody else sends the bytes as they are. The body has been read already, within
the limit of imports, when a route asks for it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.exchange import exchange_of
from api.problems import Malformed, UnsupportedMedia
from voting.errors import Invalid

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = "multipart/form-data"
_BYTES = (CSV, XLSX, "application/octet-stream", "application/vnd.ms-excel", "")
"""Browsers on machines with a spreadsheet call a CSV `application/vnd.ms-excel`."""

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
        "additionalProperties": False,
    }
}
_EXAMPLE = "楼栋,单元,房号,专有面积(㎡),姓名,手机,居住关系\r\n3栋,2单元,501,89.5,王芳,13800138000,自住业主\r\n"

BODY: dict[str, Any] = {
    "required": True,
    "content": {CSV: {"schema": {"type": "string"}, "example": _EXAMPLE}, XLSX: _BINARY, FORM: _FORM},
}
"""For a route's `openapi_extra`: `{"requestBody": uploads.BODY}`."""


ATTACHABLE = ("image/png", "image/jpeg", "image/webp", "application/pdf")

ATTACHED_BODY: dict[str, Any] = {
    "required": True,
    "content": {**dict.fromkeys(ATTACHABLE, _BINARY), FORM: _FORM},
}
"""For the route of attachments. What a file is follows from its bytes, never from what it is called."""


async def _uploaded(request: Request) -> bytes:
    return await _read(request, _BYTES, (CSV, XLSX))


async def _attached(request: Request) -> bytes:
    return await _read(request, (*ATTACHABLE, "application/octet-stream", ""), ATTACHABLE)


async def _read(request: Request, kinds: tuple[str, ...], named: tuple[str, ...]) -> bytes:
    exchange = exchange_of(request.scope)
    kind = exchange.header(b"content-type").partition(";")[0].strip().lower()
    if kind in kinds:
        return exchange.body
    if kind != FORM:
        raise UnsupportedMedia("unsupported_media_type", expected=", ".join((*named, FORM)))
    return await _part(request)


async def _part(request: Request) -> bytes:
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            found = form.get("file")
            if isinstance(found, UploadFile):
                return await found.read()
    except HTTPException as error:
        raise Malformed("malformed_body") from error
    raise Invalid.at("/file", "missing_member", member="file")


Uploaded = Annotated[bytes, Depends(_uploaded)]
"""The bytes of the file that was sent."""

Attached = Annotated[bytes, Depends(_attached)]
"""The bytes of an image or a PDF that was sent."""
