"""The interface reaches the whole model of problem reports: every move, every column; or here it says why not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from api.schemas.problem_reports import DuplicateOf, ReportDraft, ReportOut, ReportPatch, ReportVersionOut
from tests.api.test_authorisation_matrix import every_route
from tests.redesign.test_walks import COMMANDS
from voting.core.authority import ACTS
from voting.core.problem_reports import REPORT
from voting.log.publication import PUBLIC
from voting.phrases import LOCALES, table
from voting.redesign.tables import ProblemConfirmation, ProblemReport, ProblemReportVersion

BASE = "/v1/problem-reports/{problem_report_id}"
OTHER_NAMES = {"longitude_e7": "location", "latitude_e7": "location", "version": "etag"}
WITHIN: dict[Any, set[str]] = {ProblemReport: set(), ProblemReportVersion: {"community_id"}}
"""Columns that are not shown, since what contains the row has them."""


def test_every_move_is_offered_walked_and_has_a_route_and_an_act() -> None:
    wanted = {f"POST {BASE}/{command}" for command in REPORT.offered} - {f"POST {BASE}/edit"} | {f"PATCH {BASE}"}
    assert wanted <= every_route(), wanted - every_route()
    assert REPORT.commands == set(REPORT.offered) == set(COMMANDS)
    assert {f"problem_report.{command}" for command in REPORT.offered} <= set(ACTS)


def test_the_coming_of_every_state_is_public() -> None:
    assert PUBLIC["problem_report"] == REPORT.states


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    assert [code for code in REPORT.guards if set(table().get(code, ())) != set(LOCALES)] == []


@pytest.mark.parametrize(("row", "shown"), [(ProblemReport, ReportOut), (ProblemReportVersion, ReportVersionOut)])
def test_every_column_is_shown_or_named_here(row: Any, shown: type[BaseModel]) -> None:
    missing = set(row.model_fields) - WITHIN[row] - set(shown.model_fields)
    assert {name for name in missing if OTHER_NAMES.get(name) not in shown.model_fields} == set()


def test_a_confirmation_is_shown_as_a_count_and_as_ones_own() -> None:
    assert set(ProblemConfirmation.model_fields) == {"report_id", "person_id"}
    assert {"confirmations", "confirmed_by_me"} <= set(ReportOut.model_fields)


def test_whatever_is_reported_can_be_changed() -> None:
    assert set(ReportDraft.model_fields) == set(ReportPatch.model_fields)
    assert {"duplicate_of"} <= set(DuplicateOf.model_fields)
