"""Rolls: who may vote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clients.python.answers import Eligibility, Roll, RollEntry
from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.roll_answers import DisplayedEntry, RollVersion


def create(
    community_id: str,
    *,
    name: str,
    basis: str,
    scope: Mapping[str, Any] | None = None,
    minimum_age: int | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Call[Roll]:
    """A new roll of `person`s, `household`s or `owner`s; the scope is the whole community unless another is given.

    `terms` say how long it is shown and objected to, and who is counted in.
    """
    whole = {"kind": "community"}
    body = present(name=name, basis=basis, scope=dict(scope or whole), minimum_age=minimum_age, terms=terms)
    return Call("POST", path("communities", community_id, "rolls"), one(Roll), json=body, creates=True)


def get(roll_id: str) -> Call[Roll]:
    """One roll with its totals."""
    return Call("GET", path("rolls", roll_id), one(Roll))


def list_(community_id: str) -> Call[Page[Roll]]:
    """The rolls of a community."""
    return Call("GET", path("communities", community_id, "rolls"), page_of(Roll))


def entries(roll_id: str) -> Call[Page[RollEntry]]:
    """The electors of a roll, for officers."""
    return Call("GET", path("rolls", roll_id, "entries"), page_of(RollEntry))


def shown(roll_id: str) -> Call[Page[DisplayedEntry]]:
    """A displayed roll as a neighbour reads it."""
    return Call("GET", path("rolls", roll_id, "display"), page_of(DisplayedEntry))


def versions(roll_id: str) -> Call[Page[RollVersion]]:
    """What the roll was after each compilation, correction and the seal."""
    return Call("GET", path("rolls", roll_id, "versions"), page_of(RollVersion))


def eligibility(roll_id: str, person_id: str) -> Call[Eligibility]:
    """Whether a person may vote by this roll, and by which clause, for officers and the person."""
    return Call("GET", path("rolls", roll_id, "eligibility", person_id), one(Eligibility))


def my_eligibility(roll_id: str) -> Call[Eligibility]:
    """Whether the caller may vote by this roll, and why not."""
    return Call("GET", path("rolls", roll_id, "eligibility", "me"), one(Eligibility))


def correct(
    roll_id: str,
    etag: str,
    reason: str,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    objection_id: str | None = None,
) -> Call[Roll]:
    """What an upheld objection changes: electors to take from the register anew, entries (by id) to remove.

    `etag` is that of the version that was read.
    """
    body = present(reason=reason, add=list(add), remove=list(remove), objection_id=objection_id)
    return Call("POST", path("rolls", roll_id, "correct"), one(Roll), json=body, headers=if_match(etag))


def supersede(roll_id: str, reason: str | None = None) -> Call[Roll]:
    """Set a sealed roll aside in favour of a newer one."""
    return Call("POST", path("rolls", roll_id, "supersede"), one(Roll), json=present(reason=reason))


def _move(verb: str, summary: str) -> Callable[[str], Call[Roll]]:
    def build(roll_id: str) -> Call[Roll]:
        return Call("POST", path("rolls", roll_id, verb), one(Roll))

    build.__doc__ = summary
    build.__name__ = verb
    return build


compile_ = _move("compile", "Fill the roll from the register.")
display = _move("display", "Show it: the objection period begins.")
close_objections = _move("close_objections", "End the objection period.")
seal = _move("seal", "Seal it with a hash: nothing of it changes any more.")
