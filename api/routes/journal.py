"""The journal of a community: every public change, signed, from where the reader left off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Page, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.journal import JournalEntryOut, JournalOut
from voting.log import journal_reads

router = APIRouter(prefix="/v1", tags=["logs"], route_class=YishiRoute)
_SINCE = "The size that was read last, or the whole checkpoint that was kept: then it is checked as well"


@router.get("/journal", operation_id="get_journal", responses=documented(404, 409, 422))
def get_journal(
    session: Reading,
    who: Who,
    page: Page,
    conditional: Conditional,
    community: Annotated[str, Query(max_length=64, description="Whose journal", examples=["com_01jv3c"])],
    since: Annotated[str, Query(max_length=4000, description=_SINCE, examples=["0"])] = "0",
) -> JournalOut:
    """Read everything that changed since the last visit, with proof that nothing before did. Needs no account."""
    after = page.after_number
    journal = journal_reads.read(session, who, community, since=since, after=after, limit=page.fetch)
    shown = page.answer(journal.items, lambda item: (item.index,), JournalEntryOut.of)
    return conditional.answer(JournalOut.of(journal, shown))
