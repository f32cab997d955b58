"""The counting methods, for whoever drafts a contest. Needs no account."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.methods import MethodOut
from voting.contests import methods

router = APIRouter(prefix="/v1/methods", tags=["contests"], route_class=YishiRoute)


@router.get("", operation_id="list_methods")
async def list_methods(conditional: Conditional) -> ListPage[MethodOut]:
    """List every counting method with its ballot, its seats and the legal values of its rules."""
    items = [MethodOut.model_validate(method) for method in methods.catalogue()]
    return conditional.answer(ListPage[MethodOut](items=items))
