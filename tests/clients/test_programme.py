"""The client's calls of the programme, against a running service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.clients.test_deliberation import Town, served, town

__all__ = ["served", "town"]


def test_an_activity_is_announced_changed_and_held(town: Town) -> None:
    begins = datetime.now(UTC) - timedelta(hours=2)
    made = town.officer.activities.create(
        town.id, "议事会", 3, {"en": "Parking"}, begins, begins + timedelta(hours=1), place="A"
    )
    other = town.officer.activities.create(town.id, "培训", 2, {"en": "Course"}, begins, begins + timedelta(hours=1))
    assert town.officer.activities.edit(made.id, made.etag, place="B").place == "B"
    assert town.officer.activities.hold(made.id).state == "held"
    assert town.officer.activities.cancel(other.id, "rain").reason == "rain"
    assert {one.id for one in town.residents[0].activities.list(town.id, state="held")} == {made.id}
    assert town.officer.activities.close(made.id).state == "closed"
    assert town.officer.activities.erase(made.id, "r").title == {}
    assert town.residents[0].activities.get(made.id).erased_at is not None
    assert next(one.kind for one in town.officer.activities.events(made.id)) == "announced"
