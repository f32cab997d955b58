"""What came of a contest, told and drawn, and how it might have been counted otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clients.python.calls import Call, Page, one, page_of, path, present
from clients.python.result_answers import (
    CommunitySummary,
    Explanation,
    ListedTally,
    MethodForm,
    NamedBallot,
    Recount,
)


def methods() -> Call[Page[MethodForm]]:
    """Every counting method with its ballot, its seats and the legal values of its rules. Needs no account."""
    return Call("GET", path("methods"), page_of(MethodForm))


def explanation(contest_id: str, locale: str | None = None) -> Call[Explanation]:
    """The published count in plain sentences, in the client's language or `locale`. Needs no account."""
    return Call("GET", path("contests", contest_id, "explanation"), one(Explanation), query=present(locale=locale))


def rounds_svg(contest_id: str, locale: str | None = None) -> Call[str]:
    """The published count as one SVG, in the client's language or `locale`. Needs no account."""
    return Call(
        "GET",
        path("contests", contest_id, "rounds.svg"),
        lambda answer: answer.content.decode(),
        query=present(locale=locale),
        headers={"accept": "image/svg+xml"},
    )


def tallies(
    *,
    community: str | None = None,
    kind: str | None = None,
    method: str | None = None,
    state: str | None = None,
    unit: str | None = None,
    sort: str | None = None,
) -> Call[Page[ListedTally]]:
    """Published tallies of all communities, or of those the filters leave. Needs no account."""
    query = present(community=community, kind=kind, method=method, state=state, unit=unit, sort=sort)
    return Call("GET", path("tallies"), page_of(ListedTally), query=query)


def summary(community_id: str) -> Call[CommunitySummary]:
    """The published contests of a community in figures. Needs no account."""
    return Call("GET", path("communities", community_id, "summary"), one(CommunitySummary))


def recount(contest_id: str, alternatives: Iterable[Mapping[str, Any]]) -> Call[Recount]:
    """The ballots of a published contest counted in other ways: `{"method": …, "seats": …, "rules": {…}, "without": […]}`.

    What an alternative leaves out is as in the contest. Advice; nothing is stored. Needs no account.
    """
    body = {"alternatives": [dict(alternative) for alternative in alternatives]}
    return Call("POST", path("contests", contest_id, "recount"), one(Recount), json=body, idempotent=True)


def open_ballots(contest_id: str) -> Call[Page[NamedBallot]]:
    """Who voted how in an open vote, once published, for those who read the roll."""
    return Call("GET", path("contests", contest_id, "open-ballots"), page_of(NamedBallot))


def my_open_ballot(contest_id: str) -> Call[NamedBallot]:
    """The ballot that an open vote counted for the caller, once published."""
    return Call("GET", path("contests", contest_id, "open-ballots", "me"), one(NamedBallot))
