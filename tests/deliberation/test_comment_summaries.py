"""Summaries of a thread: signed, kept in every version, by those who may."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.access.moment import NOW
from tests.deliberation.world import ANN, BO, HOUR, MOD, MOD2, THREAD, do, events, see
from voting.core.evidence import journal_entries
from voting.deliberation import comment_summaries
from voting.errors import Forbidden


def anyhow(_version: int) -> None:
    """Expects nothing."""


def test_a_resident_writes_none(talking: Engine) -> None:
    with pytest.raises(Forbidden):
        do(talking, comment_summaries.write, ANN, *THREAD, side="all", text="x")


def test_a_summary_is_signed_and_every_version_is_kept_and_proven(talking: Engine) -> None:
    view = do(talking, comment_summaries.write, MOD, *THREAD, side="for", text="一")
    identifier = view.summary.id
    do(talking, comment_summaries.edit, MOD, identifier, "二", anyhow, now=NOW + HOUR)
    (found,) = see(talking, comment_summaries.of_thread, BO, *THREAD, None, 9)
    assert (found.summary.author_id, found.summary.text, found.summary.edition) == (MOD.id, "二", 2)
    versions = see(talking, comment_summaries.versions, BO, identifier, None, 9)
    assert [one.text for one in versions] == ["一", "二"]
    told = [event.facts["text"] for event in events(talking, identifier)]
    assert told == [journal_entries.text_hash(one.salt, one.text).hex() for one in versions]


def test_a_signed_summary_is_changed_by_its_author_alone(talking: Engine) -> None:
    view = do(talking, comment_summaries.write, MOD, *THREAD, side="all", text="一")
    with pytest.raises(Forbidden, match="summary_author_only"):
        do(talking, comment_summaries.edit, MOD2, view.summary.id, "二", anyhow)
