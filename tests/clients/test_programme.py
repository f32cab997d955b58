"""The client's calls of the programme, against a running service."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

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


def test_minutes_are_drafted_published_and_corrected(town: Town) -> None:
    begins = datetime.now(UTC) - timedelta(hours=2)
    about = town.officer.activities.create(town.id, "会", 3, {"en": "Panel"}, begins, begins + timedelta(hours=1))
    town.officer.activities.hold(about.id)
    drafted = town.officer.minutes.draft(about.id, {"en": "One\n\nTwo"})
    published = town.officer.minutes.publish(drafted.id)
    assert town.residents[0].activities.get(about.id).minutes_id == drafted.id
    corrected = town.officer.minutes.edit(drafted.id, published.etag, {"en": "One\n\n2"}, reason="a figure")
    assert (corrected.number, corrected.reason) == (2, "a figure")
    assert town.residents[0].minutes.get(drafted.id).body == {"en": "One\n\n2"}
    assert [one.number for one in town.residents[0].minutes.versions(drafted.id)] == [1, 2]
    (english,) = town.residents[0].minutes.compare(drafted.id, 1, 2).languages
    assert [step.kind for step in english.steps] == ["equal", "replaced"]
    assert town.officer.minutes.erase_version(drafted.id, 1, "r").salt is None
    assert [one.kind for one in town.officer.minutes.events(drafted.id)][:2] == ["drafted", "published"]


def test_what_is_to_be_done_is_added_given_away_and_done(town: Town) -> None:
    begins = datetime.now(UTC) - timedelta(hours=2)
    about = town.officer.activities.create(town.id, "会", 3, {"en": "Panel"}, begins, begins + timedelta(hours=1))
    town.officer.activities.hold(about.id)
    items = town.officer.action_items
    added = items.add(about.id, "a lane", date(2026, 4, 1), responsible_role="property_manager")
    moved = items.edit(added.id, added.etag, due_on="2026-05-01")
    assert (moved.due_on, moved.responsible_role) == ("2026-05-01", "property_manager")
    assert items.complete(added.id).state == "done"
    assert items.reopen(added.id, "not yet").reason == "not yet"
    assert items.drop(added.id, "no longer").state == "dropped"
    assert items.erase(added.id, "r").text is None
    assert town.residents[0].action_items.get(added.id).erased_at is not None
    assert [one.id for one in town.residents[0].action_items.list(town.id, activity_id=about.id)] == [added.id]
