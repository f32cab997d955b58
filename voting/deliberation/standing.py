"""What moderation does to a thing that bears its standing beside a life of its own: shown or not, flaggable or not.

For rows of `moderation_tables.Moderated`. Everybody but its authors and those who moderate is shown a tombstone of what is
hidden; hiding by flags is a date that everybody who reads compares with the community's time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col

from voting.community.queries import Action
from voting.core import authority, lifecycle, moderation
from voting.core.authority import Principal, Subject
from voting.core.moderation import STANDING, StandingFacts
from voting.deliberation.moderation_tables import Moderated, ModerationFlag


@dataclass(frozen=True, slots=True)
class Sight:
    """What one caller may see of a thing."""

    tombstone: str | None = None
    """Why everybody else is not shown it; nothing where everybody is."""
    is_shown: bool = True
    """Whether this caller is shown it."""
    case_id: str | None = None
    """The newest case about it, for those who may read it."""


def sight(principal: Principal, row: Moderated, act: str, subject: Subject, *, is_author: bool, now: datetime) -> Sight:
    """What this caller may see; `act` is that of reading what is hidden."""
    is_inside = sees_hidden(principal, act, subject, is_author=is_author)
    stone = moderation.tombstone(row.standing, row.hidden_until, now)
    return Sight(stone, stone is None or is_inside, row.case_id if is_inside else None)


def sees_hidden(principal: Principal, act: str, subject: Subject, *, is_author: bool) -> bool:
    """Whether this caller is shown it in any state."""
    own = replace(subject, person_id=principal.id if is_author else None)
    return authority.may(principal, act, own).allowed


def facts(session: Session, principal: Principal, row: Moderated, *, is_author: bool, is_public: bool) -> StandingFacts:
    """What the guards of the machine look at."""
    looks = row.case_id is not None and principal.kind == "person" and row.standing in moderation.UNDECIDED
    has_flagged = looks and session.get(ModerationFlag, (row.case_id, principal.id)) is not None
    return StandingFacts(is_author, is_public, has_flagged)


def flag_action(
    principal: Principal, row: Moderated, act: str, subject: Subject, found: StandingFacts, forbidden: Collection[str]
) -> Action:
    """Whether this caller could flag it, and the reason against it."""
    decision = authority.may(principal, act, subject)
    code = lifecycle.obstacle(STANDING, row.standing, "flag", found) if decision.allowed else decision.code
    if code is None and "flag" in forbidden:
        code = "sanctioned"
    return Action("flag", code is None, code)


def revise(row: Moderated) -> None:
    """What was reinstated and is written anew may be flagged again."""
    if row.standing == "reinstated":
        row.standing = lifecycle.move(STANDING, row.standing, "revise", StandingFacts())


def hidden_until(row: Moderated, now: datetime) -> datetime | None:
    """Until when flags alone hide it now."""
    is_hidden = moderation.is_hidden_for_review(row.standing, row.hidden_until, now)
    return row.hidden_until if is_hidden else None


def shown(table: Any, now: datetime) -> ColumnElement[bool]:
    """What everybody is shown now, as a condition of a query."""
    waits = and_(col(table.standing).in_(moderation.UNDECIDED), col(table.hidden_until) > now)
    return and_(col(table.standing).in_(moderation.SHOWN), or_(col(table.hidden_until).is_(None), ~waits))
