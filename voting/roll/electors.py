"""Who is an elector, of what weight, and who acts for them: pure rules over rows of the register.

Source of the owner rule: Civil Code of the PRC, art. 278, and the Supreme People's Court interpretation on differentiated
ownership (Fa Shi [2009] 7, amended 2020), arts. 8 and 9: all dwellings of one buyer are one head, a co-owned dwelling is one
head, area is summed. Area is exclusive area in cm². Homes come in the order of display, and the first decides ties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

BASES = ("person", "household", "owner")


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling within the roll's scope."""

    id: str
    unit_id: str
    label: str
    area_cm2: int


@dataclass(frozen=True, slots=True)
class Resident:
    """A person who lives in a home on the day that counts."""

    person_id: str
    name: str
    home_id: str
    of_age: bool


@dataclass(frozen=True, slots=True)
class Hearth:
    """A household: the people of one home, and the person who represents it, if one is named."""

    id: str
    home_id: str
    representative_id: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One owner's title to one home. `may_act`: a known person of age whom the co-owners let cast."""

    home_id: str
    merge_key: str
    owner_name: str
    person_id: str | None
    may_act: bool


@dataclass(frozen=True, slots=True)
class Register:
    """The part of the register that a roll is compiled from."""

    homes: tuple[Home, ...]
    residents: tuple[Resident, ...] = ()
    hearths: tuple[Hearth, ...] = ()
    holdings: tuple[Holding, ...] = ()
    unsold_count: bool = False
    """Whether homes without a title are one head together (terms of the roll)."""


@dataclass(frozen=True, slots=True)
class Elector:
    """One entry of a roll: one head. Without voters it counts in every base, yet casts on paper only."""

    ref: str
    """Person id, household id or merge key, by the basis."""
    label: str
    unit_id: str | None
    area_cm2: int
    voters: tuple[str, ...]


def is_of_age(born_on: date | None, minimum_age: int | None, on: date) -> bool:
    """Whether `minimum_age` years are completed on the day `on`; the birthday itself completes the year.

    Whoever the register holds no birth date of is taken to be of age: registers date minors first, the display of the
    roll corrects the rest, and the other choice would take the vote from people for a blank cell.
    """
    if born_on is None or minimum_age is None:
        return True
    before_birthday = (on.month, on.day) < (born_on.month, born_on.day)
    return on.year - born_on.year - before_birthday >= minimum_age


def compile_electors(
    basis: str, register: Register, *, only: Collection[str] | None = None, taken: Iterable[str] = ()
) -> tuple[Elector, ...]:
    """The electors of the register on that basis; with `only`, those of these refs.

    Persons of `taken` already act for an entry of the roll and act for no other.
    """
    if basis == "person":
        found = _persons(register)
        return found if only is None else tuple(elector for elector in found if elector.ref in only)
    if basis == "household":
        return _households(register, set(taken), only)
    return _owners(register, set(taken), only)


UNSOLD = "unsold"
"""The ref of the one head that all dwellings without an owner make."""
UNSOLD_LABEL = "未售出（unsold）"


def _persons(register: Register) -> tuple[Elector, ...]:
    """One entry per adult resident, in the unit of their first home. A person weighs no area: area is the owners'."""
    homes = {home.id: place for place, home in enumerate(register.homes)}
    firsts: dict[str, tuple[int, Resident]] = {}
    for resident in register.residents:
        place = homes[resident.home_id]
        known = firsts.get(resident.person_id)
        if resident.of_age and (known is None or place < known[0]):
            firsts[resident.person_id] = (place, resident)
    return tuple(
        Elector(r.person_id, r.name, register.homes[place].unit_id, 0, (r.person_id,)) for place, r in firsts.values()
    )


def _households(register: Register, seated: set[str], only: Collection[str] | None) -> tuple[Elector, ...]:
    """One entry per household in which an adult lives.

    Its representative acts for it. Where none is named, or the named one has moved out or is under age or already
    represents another household, every adult of the household may act, and the first to cast has cast for all.
    """
    adults = _adults_of(register.residents)
    place_of = {home.id: place for place, home in enumerate(register.homes)}
    lived_in = [h for h in register.hearths if adults.get(h.home_id) and (only is None or h.id in only)]
    hearths = sorted(lived_in, key=lambda h: place_of[h.home_id])
    represented = {}
    for hearth in hearths:
        if hearth.representative_id in adults[hearth.home_id] and hearth.representative_id not in seated:
            represented[hearth.id] = _seat([hearth.representative_id], seated)
    electors = []
    for hearth in hearths:
        home = register.homes[place_of[hearth.home_id]]
        voters = represented.get(hearth.id) or _seat(adults[hearth.home_id], seated)
        electors.append(Elector(hearth.id, home.label, home.unit_id, home.area_cm2, voters))
    return tuple(electors)


def _owners(register: Register, seated: set[str], only: Collection[str] | None) -> tuple[Elector, ...]:
    """One entry per merge key. Each home belongs to one key, so that no area and no head counts twice.

    A home with titles under several keys goes to the key of a co-owner who may act, the least of those. The unit is
    named only where all homes of the entry stand in it.
    """
    titles: defaultdict[str, list[Holding]] = defaultdict(list)
    for holding in register.holdings:
        titles[holding.home_id].append(holding)
    owned: defaultdict[str, list[tuple[Home, list[Holding]]]] = defaultdict(list)
    for home in register.homes:
        if titles.get(home.id):
            key = min(titles[home.id], key=lambda h: (not h.may_act, h.merge_key)).merge_key
            owned[key].append((home, titles[home.id]))
    found = [_owner(key, homes, seated) for key, homes in owned.items() if only is None or key in only]
    unsold = [home for home in register.homes if not titles.get(home.id)] if register.unsold_count else []
    if unsold and (only is None or UNSOLD in only):
        found.append(Elector(UNSOLD, UNSOLD_LABEL, None, sum(home.area_cm2 for home in unsold), ()))
    return tuple(found)


def _owner(key: str, owned: Sequence[tuple[Home, list[Holding]]], seated: set[str]) -> Elector:
    units = {home.unit_id for home, _ in owned}
    holdings = sorted(
        (holding for _, titles in owned for holding in titles), key=lambda h: (h.owner_name, h.person_id or "")
    )
    names = dict.fromkeys(holding.owner_name for holding in holdings)
    acting = dict.fromkeys(holding.person_id for holding in holdings if holding.may_act and holding.person_id)
    return Elector(
        key,
        "、".join(names),
        units.pop() if len(units) == 1 else None,
        sum(home.area_cm2 for home, _ in owned),
        _seat([person for person in acting if person is not None], seated),
    )


def _adults_of(residents: Iterable[Resident]) -> Mapping[str, list[str]]:
    adults: defaultdict[str, list[str]] = defaultdict(list)
    for resident in residents:
        if resident.of_age and resident.person_id not in adults[resident.home_id]:
            adults[resident.home_id].append(resident.person_id)
    return adults


def _seat(persons: Iterable[str | None], seated: set[str]) -> tuple[str, ...]:
    """Those of `persons` who act for no other entry yet; from now on they act for this one."""
    voters = tuple(person for person in persons if person is not None and person not in seated)
    seated.update(voters)
    return voters
