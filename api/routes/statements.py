"""What officials sign: the close, the result, paper batches, a change of key. The service only ever sees signatures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.contests import ContestOut
from api.schemas.statements import KeyChangeAsked, Signatures, StatementOut
from voting.contests import key_changes, queries, signing

router = APIRouter(prefix="/v1/contests/{contest_id}", tags=["contests"], route_class=YishiRoute)


@router.get("/statements/{name}", operation_id="get_statement", responses=documented(404, 409))
def get_statement(
    contest_id: str, name: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> StatementOut:
    """Read a statement as signed so far: `close`, `result`, or the id of a paper batch."""
    return conditional.answer(StatementOut.of(signing.read(session, who, contest_id, name, now=now)))


@router.post(
    "/statements/{name}/signatures", operation_id="sign_statement", responses=documented(401, 403, 404, 409, 422)
)
def sign_statement(
    contest_id: str, name: str, body: Signatures, session: Writing, who: Who, now: Now, conditional: Conditional
) -> StatementOut:
    """Hand in signatures of officials under a statement. They prove themselves; who brings them does not matter."""
    signed = signing.sign(session, who, contest_id, name, body.signatures, now=now)
    return conditional.answer(StatementOut.of(signed))


@router.get("/key-change", operation_id="get_key_change", responses=documented(404, 409, 422))
def get_key_change(
    contest_id: str,
    session: Reading,
    who: Who,
    now: Now,
    conditional: Conditional,
    name: Annotated[str, Query(max_length=200, description="The official", examples=["王芳"])],
    new_key: Annotated[str, Query(max_length=300, description="The verifier key to come")],
) -> StatementOut:
    """Read what officials sign before one of them changes the key."""
    found = key_changes.statement(session, who, contest_id, name=name, new_key=new_key, now=now)
    return conditional.answer(StatementOut.of(found))


@router.post("/change_key", operation_id="change_official_key", responses=documented(401, 403, 404, 409, 422))
def change_official_key(
    contest_id: str, body: KeyChangeAsked, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ContestOut:
    """Change the key of an official while the contest is open, with signatures of as many officials as must sign."""
    loaded = key_changes.change(
        session,
        who,
        contest_id,
        name=body.name,
        new_key=body.new_key,
        reason=body.reason,
        lines=body.signatures,
        now=now,
    )
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)
