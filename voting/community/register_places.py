"""Buildings, units and dwellings of a file: found in the register, or made."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from voting import ids
from voting.community.register_check import Flat, Place, Register
from voting.community.register_parse import Findings
from voting.community.register_stored import Plan, Stored


def settle(register: Register, stored: Stored, plan: Plan, findings: Findings, *, create: bool) -> dict[Place, str]:
    """The dwelling id of every place. A place that may not be created, or has no area to begin with, is a finding."""
    found: dict[Place, str] = {}
    buildings = dict(stored.buildings)
    units = dict(stored.units)
    for label in {building: None for building, _, _ in register.flats}:
        if label in buildings:
            plan.keep("buildings")
        elif create:
            buildings[label] = ids.timed_id("bld", plan.now)
            plan.add("buildings", id=buildings[label], label=label)
    for building, label in {(building, unit): None for building, unit, _ in register.flats}:
        if (building, label) in units:
            plan.keep("units")
        elif create:
            units[building, label] = ids.timed_id("unt", plan.now)
            plan.add("units", id=units[building, label], building_id=buildings[building], label=label)
    for place, flat in register.flats.items():
        known = stored.dwellings.get(place)
        if known is not None:
            found[place] = known[0]
            _area(known, flat, plan)
        elif not create:
            _unknown(place, flat, stored, findings)
        elif flat.area_cm2 is None:
            findings.add(flat.row, "area_m2", "area_missing")
        else:
            found[place] = ids.timed_id("dwl", plan.now)
            plan.add("dwellings", id=found[place], unit_id=units[place[:2]], label=place[2], area_cm2=flat.area_cm2)
    return found


def _area(known: tuple[str, int], flat: Flat, plan: Plan) -> None:
    if flat.area_cm2 is None or flat.area_cm2 == known[1]:
        plan.keep("dwellings")
    else:
        plan.change("dwellings", id=known[0], area_cm2=flat.area_cm2)


def _unknown(place: Place, flat: Flat, stored: Stored, findings: Findings) -> None:
    building, unit, dwelling = place
    if building not in stored.buildings:
        _finding(flat.row, "building", building, stored.buildings, findings)
    elif (building, unit) not in stored.units:
        _finding(flat.row, "unit", unit, [u for b, u in stored.units if b == building], findings)
    else:
        _finding(
            flat.row, "dwelling", dwelling, [d for b, u, d in stored.dwellings if (b, u) == (building, unit)], findings
        )


def _finding(row: int, column: str, label: str, known: Iterable[str], findings: Findings) -> None:
    if findings.total >= 200:  # Past what is shown, the search for a near label would be work for nobody.
        findings.add(row, column, f"{column}_unknown", label=label, near="")
        return
    near = difflib.get_close_matches(label, known, n=3, cutoff=0.5)
    findings.add(row, column, f"{column}_unknown", label=label, near=", ".join(near) or "–")
