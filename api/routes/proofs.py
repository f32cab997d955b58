"""Proofs to keep: that a ballot's commitment stands in the log of its contest."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.deps import Conditional, Reading
from api.exchange import exchange_of
from api.problems import documented
from api.route import YishiRoute
from api.schemas.ballots import Bytes32
from api.schemas.logs import ProofOut
from voting.core.evidence.proofs import MEDIA_TYPE
from voting.log import reads

router = APIRouter(prefix="/v1/contests", tags=["logs"], route_class=YishiRoute)
_AS_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The proof; as a C2SP `.tlog-proof` file when asked for `text/plain`",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
_Form = Literal["json", "text"]


async def _form(
    request: Request,
    form: Annotated[_Form | None, Query(alias="format", description="The form of the answer; else by Accept")] = None,
) -> _Form:
    accepts = exchange_of(request.scope).header(b"accept").partition(",")[0].partition(";")[0].strip().lower()
    return form or ("text" if accepts == "text/plain" else "json")


@router.get(
    "/{contest_id}/proof/{commitment}",
    operation_id="get_proof",
    response_model=ProofOut,
    responses=_AS_FILE | documented(404, 409, 422),
)
def get_proof(
    contest_id: str,
    commitment: Bytes32,
    session: Reading,
    conditional: Conditional,
    response: Response,
    form: Annotated[_Form, Depends(_form)],
) -> ProofOut | Response:
    """Read the proof that a commitment stands in the log. 409 with `integrate_by` while it waits. Needs no account."""
    proven = reads.proof(session, contest_id, commitment)
    response.headers["vary"] = "Accept, Accept-Language, Authorization, Origin"
    if form == "json":
        return conditional.answer(ProofOut.of(proven, commitment))
    return Response(proven.proof.text, media_type=MEDIA_TYPE, headers=dict(response.headers))
