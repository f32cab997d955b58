"""The journal keeps one subject's events apart from another's, in order, and with its transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from voting.log import journal
from voting.store import reader, transact, writer

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def three_moves(session: Session) -> None:
    for hour, kind in enumerate(("compiled", "displayed", "sealed")):
        journal.record(
            session,
            community_id="com_1",
            subject_kind="roll",
            subject_id="rll_1",
            kind=kind,
            actor_id="per_1",
            now=NOW + timedelta(hours=hour),
            facts={"electors": hour},
        )


def test_events_of_a_subject_come_oldest_first(engine: Engine) -> None:
    transact(engine, three_moves)
    with reader(engine) as session:
        assert [event.kind for event in journal.of(session, "roll", "rll_1")] == ["compiled", "displayed", "sealed"]


def test_reading_goes_on_behind_the_last_event_seen(engine: Engine) -> None:
    transact(engine, three_moves)
    with reader(engine) as session:
        first = journal.of(session, "roll", "rll_1", limit=1)
        rest = journal.of(session, "roll", "rll_1", after=first[0].id)
    assert [event.kind for event in (*first, *rest)] == ["compiled", "displayed", "sealed"]


@pytest.mark.parametrize(("kind", "identifier"), [("contest", "rll_1"), ("roll", "rll_2")])
def test_another_subject_has_no_part_in_them(engine: Engine, kind: str, identifier: str) -> None:
    transact(engine, three_moves)
    with reader(engine) as session:
        assert journal.of(session, kind, identifier) == ()


def test_an_event_keeps_actor_states_reason_and_facts(engine: Engine) -> None:
    transact(
        engine,
        lambda session: journal.record(
            session,
            community_id="com_1",
            subject_kind="contest",
            subject_id="con_1",
            kind="annulled",
            actor_id="per_9",
            now=NOW,
            from_state="open",
            to_state="annulled",
            reason="停电",
            facts={"electors": 120},
        ),
    )
    with reader(engine) as session:
        (event,) = journal.of(session, "contest", "con_1")
    assert (event.actor_id, event.from_state, event.to_state) == ("per_9", "open", "annulled")
    assert (event.reason, event.facts, event.at) == ("停电", {"electors": 120}, NOW)


def test_a_transaction_that_fails_leaves_no_event(engine: Engine) -> None:
    with writer(engine) as session:
        three_moves(session)
        session.rollback()
    with reader(engine) as session:
        assert journal.of(session, "roll", "rll_1") == ()
