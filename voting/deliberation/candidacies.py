"""Who stands in a contest, as far as those must know who talk about it: candidates answer under their own name, and judge
nothing that is said about them or their rivals.

The tables of contests are named, not imported: contests stand beside deliberation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import column, select, table
from sqlmodel import Session

from voting.core.authority import Principal

_OPTION = table("contest_option", column("id"), column("contest_id"), column("person_id"))
_OF_A_CONTEST = ("option", "candidate")


def of_contest(session: Session, contest_id: str) -> frozenset[str]:
    """The persons whom the options of a contest name."""
    named = select(_OPTION.c.person_id).where(_OPTION.c.contest_id == contest_id, _OPTION.c.person_id.is_not(None))
    return frozenset(session.execute(named).scalars())


def of_options(session: Session, option_ids: Collection[str]) -> Mapping[str, str]:
    """Option → the person it names; only options that name one."""
    if not option_ids:
        return {}
    named = select(_OPTION.c.id, _OPTION.c.person_id).where(
        _OPTION.c.id.in_(sorted(option_ids)), _OPTION.c.person_id.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(named)}


def of_thread(session: Session, key: str) -> frozenset[str]:
    """The persons who stand in the contest that a thread is about; none where it is about something else."""
    kind, _, identifier = key.partition(":")
    if kind == "contest":
        return of_contest(session, identifier)
    if kind not in _OF_A_CONTEST:
        return frozenset()
    contest = select(_OPTION.c.contest_id).where(_OPTION.c.id == identifier)
    contest_id = session.execute(contest).scalar()
    return frozenset() if contest_id is None else of_contest(session, contest_id)


def stands(session: Session, principal: Principal) -> bool:
    """Whether the caller stands in any contest."""
    if principal.kind != "person":
        return False
    own = select(_OPTION.c.id).where(_OPTION.c.person_id == principal.id).limit(1)
    return session.execute(own).first() is not None


def addresses(key: str) -> tuple[str, ...]:
    """The keys under which a thread may be kept that is asked for by this one."""
    kind, _, identifier = key.partition(":")
    return tuple(f"{one}:{identifier}" for one in _OF_A_CONTEST) if kind in _OF_A_CONTEST else (key,)
