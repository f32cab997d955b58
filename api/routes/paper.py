"""Paper ballots: batches, papers given out and taken back, two keyings, and the way into the box.

Nothing of a request to these routes is logged but that it came.
"""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.paper import (
    BatchDraft,
    BatchOut,
    DifferencesOut,
    KeyingDraft,
    KeyingOut,
    PaperIssue,
    PaperReturn,
    PaperSpoil,
    Resolutions,
)
from voting.contests import paper, paper_keying

router = APIRouter(prefix="/v1", tags=["paper"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)


@router.post(
    "/contests/{contest_id}/paper-batches",
    operation_id="create_paper_batch",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def create_paper_batch(
    contest_id: str, body: BatchDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> BatchOut:
    """Begin a batch of papers of an open contest."""
    view = paper.create(session, who, contest_id, label=body.label, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.get("/contests/{contest_id}/paper-batches", operation_id="list_paper_batches", responses=_READ)
def list_paper_batches(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[BatchOut]:
    """List the paper batches of a contest, oldest first."""
    found = paper.page(session, who, contest_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.batch.id,), BatchOut.of))


@router.get("/paper-batches/{batch_id}", operation_id="get_paper_batch", responses=_READ)
def get_paper_batch(batch_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> BatchOut:
    """Read a batch: how many papers, never which marks."""
    view = paper.read(session, who, batch_id, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.post(
    "/paper-batches/{batch_id}/issue",
    operation_id="issue_paper",
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def issue_paper(
    batch_id: str, body: PaperIssue, session: Writing, who: Who, now: Now, conditional: Conditional
) -> BatchOut:
    """Give an elector a paper: they can no longer cast online. The first channel wins."""
    view = paper.issue(session, who, batch_id, entry_id=body.entry_id, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.post(
    "/paper-batches/{batch_id}/spoil",
    operation_id="spoil_paper",
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def spoil_paper(
    batch_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: PaperSpoil | None = None
) -> BatchOut:
    """Take a spoiled paper back, and give out another for it."""
    view = paper.spoil(session, who, batch_id, replaced=body.replaced if body else True, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.post("/paper-batches/{batch_id}/return", operation_id="return_paper", responses=_MOVE)
def return_paper(
    batch_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: PaperReturn | None = None
) -> BatchOut:
    """End the giving out, and say how many papers never came back."""
    view = paper.return_(session, who, batch_id, unreturned=body.unreturned if body else 0, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.post("/paper-batches/{batch_id}/key", operation_id="key_paper", responses=_MOVE)
def key_paper(
    batch_id: str, body: KeyingDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> BatchOut:
    """Key the whole pile, as the first teller or as the second."""
    view = paper_keying.key(session, who, batch_id, body.read(), now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.get("/paper-batches/{batch_id}/keying", operation_id="get_own_keying", responses=_READ)
def get_own_keying(batch_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> KeyingOut:
    """Read what the caller keyed. Nobody reads what another keyed."""
    return conditional.answer(KeyingOut.of(batch_id, paper_keying.own(session, who, batch_id, now=now)))


@router.get(
    "/paper-batches/{batch_id}/differences", operation_id="list_differences", responses=documented(401, 403, 404, 409)
)
def list_differences(batch_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> DifferencesOut:
    """List the ballots in which the two tellers differ, for these two, once both have keyed."""
    return conditional.answer(DifferencesOut.of(batch_id, paper_keying.differences(session, who, batch_id, now=now)))


@router.post("/paper-batches/{batch_id}/resolve", operation_id="resolve_paper", responses=_MOVE)
def resolve_paper(
    batch_id: str, body: Resolutions, session: Writing, who: Who, now: Now, conditional: Conditional
) -> BatchOut:
    """Record what papers in question say, after both tellers looked. Both record it."""
    view = paper_keying.resolve(session, who, batch_id, body.read(), now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)


@router.post("/paper-batches/{batch_id}/enter", operation_id="enter_paper", responses=_MOVE)
def enter_paper(batch_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> BatchOut:
    """Put a signed batch into the box, and its hash into the log."""
    view = paper_keying.enter(session, who, batch_id, now=now)
    return conditional.answer(BatchOut.of(view), view.batch.version)
