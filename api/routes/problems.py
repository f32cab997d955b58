"""What every problem code means."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.deps import Conditional, Locale
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage, Representation
from voting.errors import NotFound
from voting.phrases import LOCALES, Phrase, phrase, table

router = APIRouter(prefix="/problems", tags=["service"], route_class=YishiRoute)


class Sentences(Representation):
    """A code in one language. `{names}` stand where a problem puts its facts."""

    title: str = Field(examples=["There is nothing at this address"])
    detail: str
    fix: str


class ProblemCode(Representation):
    """A problem code and what it says in each language."""

    code: str = Field(examples=["contest_not_found"])
    title: str = Field(description="In the negotiated language")
    sentences: dict[str, Sentences]


def _explained(code: str, locale: str) -> ProblemCode:
    said: dict[str, Phrase] = {spoken: phrase(code, spoken, {}) for spoken in LOCALES}
    sentences = {spoken: Sentences(title=one.title, detail=one.detail, fix=one.fix) for spoken, one in said.items()}
    return ProblemCode(code=code, title=said[locale].title, sentences=sentences)


@router.get("", operation_id="list_problem_codes")
async def list_problem_codes(conditional: Conditional, locale: Locale) -> ListPage[ProblemCode]:
    """List every problem code of this service."""
    return conditional.answer(ListPage[ProblemCode](items=[_explained(code, locale) for code in sorted(table())]))


@router.get("/{code}", operation_id="get_problem_code", responses=documented(404))
async def get_problem_code(code: str, conditional: Conditional, locale: Locale) -> ProblemCode:
    """Explain one problem code."""
    if code not in table():
        raise NotFound("problem_not_found", id=code[:80])
    return conditional.answer(_explained(code, locale))
