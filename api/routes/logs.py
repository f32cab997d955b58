"""Append-only logs, laid out as C2SP tiled logs: anybody may read all of them, witnesses and monitors as they are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.deps import Conditional, Reading, Running, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.logs import ConsistencyOut, CosignaturesIn, LogOut
from voting.log import cosigning, poster, reads

router = APIRouter(prefix="/v1/logs", tags=["logs"], route_class=YishiRoute)
_TEXT, _BYTES, _SVG = "text/plain", "application/octet-stream", "image/svg+xml"
# What stands under the name of a tile never changes, also while the tile is partial: the name says how wide it is.
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Origin"}
_NOW = {"Cache-Control": "no-cache"}
_STILL = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}


def _of_kind(kind: str, described: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "format": "binary"} if kind == _BYTES else {"type": "string"}
    return {200: {"description": described, "content": {kind: {"schema": schema}}}}


@router.get("/{log_id}", operation_id="get_log", responses=documented(404))
def get_log(log_id: str, session: Reading, services: Running, conditional: Conditional) -> LogOut:
    """Read how a log is known, how large it is and who watches it. Needs no account."""
    return conditional.answer(LogOut.of(reads.view(session, services.log_keys, log_id), services.witnesses))


@router.get(
    "/{log_id}/checkpoint",
    operation_id="get_checkpoint",
    response_class=Response,
    responses=_of_kind(_TEXT, "A signed note (C2SP tlog-checkpoint)") | documented(404, 409),
)
def get_checkpoint(log_id: str, session: Reading) -> Response:
    """Read the newest checkpoint with its cosignatures. Needs no account."""
    return Response(reads.checkpoint(session, log_id), media_type=f"{_TEXT}; charset=utf-8", headers=_NOW)


@router.get(
    "/{log_id}/checkpoint.svg",
    operation_id="get_checkpoint_picture",
    response_class=Response,
    responses=_of_kind(_SVG, "A QR code of the signed note") | documented(404, 409),
)
def get_checkpoint_picture(log_id: str, session: Reading) -> Response:
    """See the newest checkpoint as a QR code for the notice board. Needs no account."""
    return Response(poster.draw(session, log_id), media_type=_SVG, headers=_NOW | _STILL)


@router.get(
    "/{log_id}/tile/{path:path}",
    operation_id="get_tile",
    response_class=Response,
    responses=_of_kind(_BYTES, "Hashes, or entries each after its length in two bytes") | documented(404),
)
def get_tile(log_id: str, path: str, session: Reading) -> Response:
    """Read a tile `<level>/<index>[.p/<width>]` or a bundle `entries/<index>[.p/<width>]` (C2SP tlog-tiles). No account."""
    return Response(reads.tile(session, log_id, f"tile/{path}"), media_type=_BYTES, headers=_FOREVER)


@router.get("/{log_id}/consistency", operation_id="get_consistency", responses=documented(404, 409, 422))
def get_consistency(
    log_id: str,
    session: Reading,
    conditional: Conditional,
    first: Annotated[int, Query(alias="from", ge=1, le=2**53, description="The smaller size", examples=[1])],
    second: Annotated[
        int | None, Query(alias="to", ge=1, le=2**53, description="The larger size; else the newest", examples=[1])
    ] = None,
) -> ConsistencyOut:
    """Read the proof that the log of one size is the beginning of the log of another. Needs no account."""
    return conditional.answer(ConsistencyOut.of(reads.consistency(session, log_id, first, second)))


@router.post("/{log_id}/cosignatures", operation_id="add_cosignatures", responses=documented(404, 409, 422))
def add_cosignatures(log_id: str, body: CosignaturesIn, session: Writing, services: Running) -> LogOut:
    """Bring cosignatures of the newest checkpoint, of witnesses that the operator named. Needs no account."""
    cosigning.add(session, log_id, services.witnesses, body.signatures)
    return LogOut.of(reads.view(session, services.log_keys, log_id), services.witnesses)
