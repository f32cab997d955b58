"""The building or the unit that something is about: one of both, and of this community."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from voting.community.tables import Building, Unit
from voting.errors import Invalid


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The whole community, a building, or a unit with its building."""

    building_id: str | None = None
    unit_id: str | None = None

    @property
    def scope(self) -> str:
        """community | building | unit."""
        return "unit" if self.unit_id else "building" if self.building_id else "community"


def found(session: Session, community_id: str, building_id: str | None, unit_id: str | None) -> Whereabouts:
    """What was named. Raises `Invalid` where both were, or where it is not of the community."""
    if building_id is not None and unit_id is not None:
        raise Invalid.at("/unit_id", "one_scope_only")
    if building_id is not None:
        building = session.get(Building, building_id)
        if building is None or building.community_id != community_id:
            raise Invalid.at("/building_id", "place_not_here", id=building_id)
        return Whereabouts(building.id)
    if unit_id is not None:
        unit = session.get(Unit, unit_id)
        if unit is None or unit.community_id != community_id:
            raise Invalid.at("/unit_id", "place_not_here", id=unit_id)
        return Whereabouts(unit.building_id, unit.id)
    return Whereabouts()
