"""A contest that is open for comments, and the people who talk about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from tests.access import world
from tests.access.moment import NOW
from voting.community.tables import Community, Person
from voting.contests.tables import Contest, Option
from voting.core.authority import Grant, Principal
from voting.deliberation import comment_batches, comment_pages
from voting.deliberation.comment_posting import Draft
from voting.deliberation.comment_view import CommentView
from voting.log.tables import Event
from voting.store import reader, transact

THREAD = ("contest", "con_1")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def resident(number: int) -> Principal:
    """The n-th resident, from 1."""
    return Principal("person", f"per_{number}", "com_1")


def staff(name: str, role: str) -> Principal:
    """A person with one role over the community."""
    return Principal("person", f"per_{name}", "com_1", (Grant(role, "community", "com_1"),))


ANN, BO = resident(1), resident(2)
MOD, MOD2 = staff("mod", "moderator"), staff("mod2", "moderator")
REVIEWER = staff("rev", "appeal_reviewer")
ADMIN, AUDITOR, FOREIGN = world.ADMIN, world.AUDITOR, world.FOREIGN_ADMIN


def settle(session: Session) -> None:
    """Nine residents, staff, and an open contest with two options."""
    world.settle(session)
    names = [*map(str, range(3, 10)), "mod", "mod2", "rev", "off"]
    session.add_all(Person(id=f"per_{name}", community_id="com_1", name=name) for name in names)
    session.get_one(Contest, "con_1").state = "open"
    session.get_one(Community, "com_1").demo = True
    for place in range(2):
        session.add(
            Option(
                id=f"opt_{place}", community_id="com_1", contest_id="con_1", position=place, label={"en": str(place)}
            )
        )
    session.flush()


def do(engine: Engine, work: Callable[..., Any], *args: Any, now: Any = NOW, **named: Any) -> Any:
    """Run a writing service in a transaction of its own."""
    return transact(engine, lambda session: work(session, *args, now=now, **named))


def see(engine: Engine, work: Callable[..., Any], *args: Any, now: Any = NOW, **named: Any) -> Any:
    """Run a reading service."""
    with reader(engine) as session:
        return work(session, *args, now=now, **named)


def say(engine: Engine, who: Principal, text: str = "好", now: Any = NOW, **draft: Any) -> str:
    """Post a comment and return its id."""
    view: CommentView = do(engine, comment_batches.post, who, *THREAD, Draft(text, **draft), now=now)
    return view.comment.id


def listed(engine: Engine, who: Principal = ANN, now: Any = NOW, **asked: Any) -> list[str]:
    """The ids of all pages of a list, three comments at a time."""
    found: list[str] = []
    after = None
    while True:
        page = see(engine, comment_pages.page, who, *THREAD, after=after, limit=3, now=now, **asked)
        if not page:
            return found
        found += [view.comment.id for view in page]
        after = comment_pages.key_of(page[-1], asked.get("sort", "newest"))


def events(engine: Engine, subject_id: str) -> list[Event]:
    """Everything recorded about a thing."""
    with reader(engine) as session:
        return list(session.exec(select(Event).where(Event.subject_id == subject_id).order_by(col(Event.id))))
