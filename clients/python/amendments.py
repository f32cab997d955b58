"""Amendments: a change of one paragraph, suggested to the authors of a proposal."""

from __future__ import annotations

from clients.python.calls import Call, Page, one, page_of, path, present
from clients.python.proposal_answers import Amendment


def propose(
    proposal_id: str,
    *,
    base: int,
    locale: str,
    action: str,
    paragraph: int,
    text: str | None = None,
    why: str | None = None,
) -> Call[Amendment]:
    """Suggest to `replace`, `insert_before`, `insert_after` or `delete` a paragraph (from 1) of the version `base`."""
    body = present(base=base, locale=locale, action=action, paragraph=paragraph, text=text, why=why)
    return Call("POST", path("proposals", proposal_id, "amendments"), one(Amendment), json=body, creates=True)


def get(amendment_id: str) -> Call[Amendment]:
    """One amendment."""
    return Call("GET", path("amendments", amendment_id), one(Amendment))


def list_(proposal_id: str, *, state: str | None = None, actions: bool | None = None) -> Call[Page[Amendment]]:
    """The amendments of a proposal, oldest first; with `actions` each tells what the caller may do with it."""
    query = present(state=state, actions=actions)
    return Call("GET", path("proposals", proposal_id, "amendments"), page_of(Amendment), query=query)


def accept(amendment_id: str, *, minor: bool = False) -> Call[Amendment]:
    """Accept it into a new version of the proposal; `minor` when nothing of substance changes."""
    return Call("POST", path("amendments", amendment_id, "accept"), one(Amendment), json={"minor": minor})


def reject(amendment_id: str, reason: str) -> Call[Amendment]:
    """Reject it."""
    return Call("POST", path("amendments", amendment_id, "reject"), one(Amendment), json={"reason": reason})


def promote(amendment_id: str) -> Call[Amendment]:
    """Make a draft proposal of one's own out of it."""
    return Call("POST", path("amendments", amendment_id, "promote"), one(Amendment))


def take_back(amendment_id: str) -> Call[Amendment]:
    """Take one's own amendment back."""
    return Call("POST", path("amendments", amendment_id, "take_back"), one(Amendment))


def erase(amendment_id: str, reason: str) -> Call[Amendment]:
    """Forget what it says. Its place and its hash in the journal stand."""
    return Call("POST", path("amendments", amendment_id, "erase"), one(Amendment), json={"reason": reason})


def flag(amendment_id: str, rule_id: str, note: str | None = None) -> Call[Amendment]:
    """Say which rule of moderation it breaks; enough of that hides it until it is reviewed."""
    body = present(rule_id=rule_id, note=note)
    return Call("POST", path("amendments", amendment_id, "flag"), one(Amendment), json=body)
