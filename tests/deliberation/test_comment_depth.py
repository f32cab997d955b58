"""A page costs the same at any depth: not by the clock of a busy machine, but by the work that the database does for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from tests.access.moment import NOW
from tests.statements import effort
from voting.deliberation import comment_pages
from voting.deliberation.comment_pages import Key
from voting.deliberation.comment_tables import Comment
from voting.ids import timed_id
from voting.store import reader, transact

THREAD, COMMENTS, LIMIT = "contest:con_1", 3000, 50
SORTS = ("newest", "oldest", "most_supported", "controversial", "tree")


def fill(session: Session) -> None:
    rows: list[dict[str, Any]] = []
    for number in range(COMMENTS):
        at = NOW + timedelta(milliseconds=number)
        made = timed_id("cmt", at)
        figures = {"supports": number * 7919 % 211, "controversy": number * 104_729 % 97}
        told = {"id": made, "version": 1, "community_id": "com_1", "thread": THREAD, "branch": THREAD, "created_at": at}
        counted = {"depth": 0, "alignment": 0, "edition": 1, "replies": 0, "opposes": 0, "passes": 0}
        rows.append(told | counted | figures | {"path": made[4:], "state": "visible", "text": "好"})
    session.execute(insert(Comment), rows)


def key_behind(session: Session, sort: str, skipped: int) -> Key:
    """The key of the comment that stands at that depth."""
    query = comment_pages.statement(THREAD, None, sort, None).offset(skipped - 1).limit(1)
    return comment_pages.key_of(comment_pages.CommentView(session.exec(query).one(), None, None), sort)


def work(session: Session, sort: str, after: Key | None) -> int:
    """Instructions of SQLite's machine, or pages that PostgreSQL looked at."""
    return effort(session, comment_pages.statement(THREAD, None, sort, after).limit(LIMIT), LIMIT)


def test_the_last_page_of_a_thread_is_as_much_work_as_the_first(kept: Engine) -> None:
    with reader(kept) as session:
        for sort in SORTS:
            first = work(session, sort, None)
            for depth in (COMMENTS // 2, COMMENTS - 2 * LIMIT):
                assert work(session, sort, key_behind(session, sort, depth)) <= 1.5 * first + 10, sort


def test_an_offset_would_not_be(kept: Engine) -> None:
    """The measure sees what it is for."""
    if kept.dialect.name == "postgresql":
        pytest.skip("the pages of a small index are few at any depth")
    with reader(kept) as session:
        first = work(session, "newest", None)
        deep = comment_pages.statement(THREAD, None, "newest", None).offset(COMMENTS - 2 * LIMIT).limit(LIMIT)
        raw: Any = session.connection().connection.driver_connection
        steps: list[int] = []
        raw.set_progress_handler(lambda: steps.append(1) or 0, 1)
        raw.execute(str(deep.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))).fetchall()
        raw.set_progress_handler(None, 1)
    assert len(steps) > 5 * first


@pytest.fixture
def kept(talking: Engine) -> Engine:
    """A thread of three thousand."""
    transact(talking, fill)
    if talking.dialect.name == "postgresql":
        with talking.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE comment")
    return talking
