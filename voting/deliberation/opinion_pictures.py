"""Opinions as a picture, for whoever may read them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.core import opinion_map
from voting.core.authority import Principal
from voting.core.opinion_map import Stand, Statement
from voting.deliberation import opinions
from voting.deliberation.opinion_groups import FLOOR
from voting.deliberation.opinion_shelf import OpinionShelf


def picture(
    session: Session,
    principal: Principal,
    kind: str,
    subject_id: str,
    *,
    shelf: OpinionShelf | None = None,
    locale: str,
    now: datetime,
) -> str:
    """Draw the groups of a thread and what bridges them, as one SVG. `locale` is `en` or `zh-CN`."""
    found = opinions.of_thread(session, principal, kind, subject_id, shelf=shelf, now=now)
    statements = [
        Statement(one.view.text, tuple(Stand(stand.supports, stand.opposes, stand.passes) for stand in one.stands))
        for one in found.bridges
        if one.view.text is not None
    ]
    return opinion_map.draw(found.residents, found.groups, statements, floor=FLOOR, locale=locale)
