"""Objections to a displayed roll: filed by residents, decided by officers, appealed to another."""

from __future__ import annotations

from collections.abc import Callable

from clients.python.calls import Call, Page, one, page_of, path, present
from clients.python.roll_answers import Objection


def file(roll_id: str, kind: str, statement: str, *, entry_id: str | None = None) -> Call[Objection]:
    """Object: somebody is `missing`, an entry is `not_entitled`, or has a `wrong_weight` or `wrong_detail`."""
    body = present(kind=kind, statement=statement, entry_id=entry_id)
    return Call("POST", path("rolls", roll_id, "objections"), one(Objection), json=body, creates=True)


def get(objection_id: str) -> Call[Objection]:
    """One objection, for officers and whoever filed it."""
    return Call("GET", path("objections", objection_id), one(Objection))


def list_(roll_id: str) -> Call[Page[Objection]]:
    """The objections to a roll: all for officers, one's own for everybody else."""
    return Call("GET", path("rolls", roll_id, "objections"), page_of(Objection))


def withdraw(objection_id: str) -> Call[Objection]:
    """Take one's own objection back."""
    return Call("POST", path("objections", objection_id, "withdraw"), one(Objection))


def _decision(verb: str, summary: str) -> Callable[..., Call[Objection]]:
    def build(objection_id: str, reason: str | None = None) -> Call[Objection]:
        return Call("POST", path("objections", objection_id, verb), one(Objection), json=present(reason=reason))

    build.__doc__ = summary
    build.__name__ = verb
    return build


uphold = _decision("uphold", "Find it right.")
dismiss = _decision("dismiss", "Find it wrong; the reason is required.")
appeal = _decision("appeal", "Appeal against its dismissal; the reason is required.")
