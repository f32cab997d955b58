"""The interface reaches the whole model: every move of both machines, every column of every table; or here it says why not."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.app import ROUTERS
from api.schemas.comment_summaries import SummaryOut
from api.schemas.comments import CommentOut
from api.schemas.moderation import CaseOut, FlagOut, PolicyOut, StepOut
from api.schemas.sanctions import SanctionOut
from voting.core.moderation import CASE, COMMENT
from voting.deliberation.comment_tables import Comment, CommentSummary
from voting.deliberation.moderation_tables import (
    ModerationCase,
    ModerationFlag,
    ModerationPolicy,
    ModerationStep,
    Sanction,
)

ROUTES = {
    f"{method} {route.path}"
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
}
ELSEWHERE = {
    "edit": "PATCH /v1/comments/{comment_id}",
    "reply": "POST /v1/threads/{kind}/{subject}/comments",
}
OTHER_NAMES = {
    "thread": "thread_kind thread_id",
    "supports": "reactions",
    "opposes": "reactions",
    "passes": "reactions",
}
WITHIN: dict[Any, set[str]] = {
    Comment: {"version", "salt", "community_id", "branch", "path"},
    CommentSummary: {"version", "salt", "community_id"},
    ModerationPolicy: {"version"},
    ModerationCase: {"version"},
    ModerationFlag: {"case_id"},
    ModerationStep: {"id", "community_id", "case_id", "subject_kind", "salt"},
    Sanction: {"version", "salt", "imposed_by"},
}
"""Columns that are not shown: keys of order and of what contains the row; versions stand in the etag, salts beside the
versions of a text; who imposed a sanction stands in the journal for those who watch."""


@pytest.mark.parametrize("command", COMMENT.offered)
def test_every_move_of_a_comment_has_a_route(command: str) -> None:
    assert ELSEWHERE.get(command, f"POST /v1/comments/{{comment_id}}/{command}") in ROUTES


@pytest.mark.parametrize("command", CASE.offered)
def test_every_move_of_a_case_has_a_route(command: str) -> None:
    assert f"POST /v1/moderation-cases/{{case_id}}/{command}" in ROUTES


@pytest.mark.parametrize("machine", [COMMENT, CASE])
def test_every_command_is_offered_or_given_by_the_service_itself(machine: Any) -> None:
    given = {"comment": {"edit_for_check"}, "case": {"drop"}}
    assert machine.commands - set(machine.offered) == given[machine.noun]


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        (Comment, CommentOut),
        (CommentSummary, SummaryOut),
        (ModerationPolicy, PolicyOut),
        (ModerationCase, CaseOut),
        (ModerationFlag, FlagOut),
        (ModerationStep, StepOut),
        (Sanction, SanctionOut),
    ],
)
def test_every_column_is_shown_or_named_here(table: Any, shown: type[BaseModel]) -> None:
    missing = set(table.model_fields) - WITHIN[table] - set(shown.model_fields)
    assert {name for name in missing if not set(OTHER_NAMES.get(name, "-").split()) <= set(shown.model_fields)} == set()
