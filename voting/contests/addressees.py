"""Whose elector a dwelling is, on a sealed roll: its owner's head, or its household. A person is named by their entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from voting.community.tables import Dwelling, Household, Ownership
from voting.errors import Fault
from voting.roll.electors import UNSOLD
from voting.roll.tables import Roll, RollEntry

Named = tuple[str | None, str | None, str]
"""Entry id, dwelling id, and the pointer of what names them."""


def entries(session: Session, roll: Roll, named: Sequence[Named]) -> tuple[list[str], list[Fault]]:
    """The entry of each, and every fault: nobody named, two named, an entry or a dwelling that is not on the roll."""
    known = {
        elector: entry
        for entry, elector in session.exec(select(RollEntry.id, RollEntry.elector).where(RollEntry.roll_id == roll.id))
    }
    ids = set(known.values())
    electors = of_dwellings(session, roll, {dwelling for _, dwelling, _ in named if dwelling is not None})
    found, faults = [], []
    for entry, dwelling, place in named:
        entry_id = entry if dwelling is None else known.get(electors.get(dwelling, ""))
        if (entry is None) == (dwelling is None):
            faults.append(Fault(f"{place}/entry_id", "delivery_to_one_elector"))
        elif entry_id not in ids:
            member = "entry_id" if dwelling is None else "dwelling_id"
            faults.append(Fault(f"{place}/{member}", "entry_not_on_roll", {"id": (entry or dwelling or "")[:80]}))
        found.append(entry_id or "")
    return found, faults


def of_dwellings(session: Session, roll: Roll, dwellings: Collection[str]) -> Mapping[str, str]:
    """Dwelling → the ref of its elector, as the roll was compiled: by the least key of an owner who may act, by household."""
    at_home = col(Dwelling.community_id) == roll.community_id
    if roll.basis == "household":
        rows = session.exec(
            select(Household.dwelling_id, Household.id).where(Household.community_id == roll.community_id)
        )
        return {dwelling: household for dwelling, household in rows if dwelling in dwellings}
    if roll.basis != "owner":
        return {}
    found = {dwelling: UNSOLD for dwelling in session.exec(select(Dwelling.id).where(at_home)) if dwelling in dwellings}
    titles = select(Ownership.dwelling_id, Ownership.is_voter, Ownership.merge_key)
    least: dict[str, tuple[bool, str]] = {}
    for dwelling, acts, key in session.exec(titles.where(Ownership.community_id == roll.community_id)):
        if dwelling in dwellings:
            least[dwelling] = min(least.get(dwelling, (True, "\U0010ffff")), (not acts, key))
    return found | {dwelling: key for dwelling, (_, key) in least.items()}
