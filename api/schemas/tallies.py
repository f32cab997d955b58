"""Bodies of what was counted, across contests; the same as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.base import Instant
from api.schemas.results import Counted
from voting.community.register_cells import escape
from voting.contests.tallies import Listed

HEADER = (
    "contest_id",
    "community_id",
    "question",
    "kind",
    "scope",
    "method",
    "seats",
    "state",
    "outcome",
    "winners",
    "electors",
    "cast",
    "turnout",
    "closes_at",
    "counted_at",
    "published_at",
    "tally_id",
    "result_hash",
)
"""Columns of the table."""


class Winner(BaseModel):
    """An option that won, and what it is called."""

    id: str = Field(examples=["opt_01jv3a"])
    label: dict[str, str]


class Scope(BaseModel):
    """Whose matter it was: the whole community, or these buildings, units or dwellings."""

    kind: str = Field(examples=["unit"])
    ids: list[str] = Field(default_factory=list)


class TallyOut(BaseModel):
    """A published tally and the contest it is of."""

    id: str = Field(examples=["tal_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    contest_id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    question: dict[str, str]
    kind: str = Field(description="Who decided: person, household or owner", examples=["person"])
    scope: Scope
    method: str = Field(examples=["irv"])
    seats: int
    state: str = Field(examples=["certified"])
    outcome: str = Field(description="decided, no_ballots, seats_left, tie_open, stopped or inconclusive")
    winners: list[Winner] = Field(description="In the order of their election")
    turnout: Counted
    closes_at: Instant
    counted_at: Instant
    published_at: Instant | None
    result_hash: str = Field(description="SHA-256 of the canonical result, hexadecimal")

    @classmethod
    def of(cls, listed: Listed) -> TallyOut:
        """Present a tally."""
        tally, contest, turnout = listed.tally, listed.contest, listed.tally.result["turnout"]
        return cls(
            id=tally.id,
            contest_id=contest.id,
            community_id=contest.community_id,
            question=contest.question,
            kind=listed.roll.basis,
            scope=Scope(kind=listed.roll.scope["kind"], ids=listed.roll.scope.get("ids", [])),
            method=contest.method,
            seats=contest.seats,
            state=contest.state,
            outcome=listed.outcome,
            winners=[Winner(id=winner, label=dict(label)) for winner, label in listed.winners],
            turnout=Counted(electors=turnout["electors"], cast=turnout["cast"]),
            closes_at=contest.closes_at,
            counted_at=tally.counted_at,
            published_at=contest.provisional_at,
            result_hash=tally.result_hash.hex(),
        )


def table(tallies: Iterable[TallyOut], locale: str) -> bytes:
    """The same as CSV (UTF-8 with a mark), texts in one language. What a spreadsheet would compute has an apostrophe."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(HEADER)
    lines.writerows([escape(str(cell)) for cell in _cells(tally, locale)] for tally in tallies)
    return text.getvalue().encode("utf-8-sig")


def _cells(tally: TallyOut, locale: str) -> Iterable[Any]:
    told = tally.model_dump(mode="json")
    told |= {
        "tally_id": tally.id,
        "question": _text(tally.question, locale),
        "scope": " ".join([tally.scope.kind, *tally.scope.ids]),
        "winners": "; ".join(_text(winner.label, locale) or winner.id for winner in tally.winners),
        "electors": tally.turnout.electors,
        "cast": tally.turnout.cast,
        "turnout": f"{tally.turnout.cast}/{tally.turnout.electors}",
    }
    return ["" if told[name] is None else told[name] for name in HEADER]


def _text(texts: Mapping[str, str], locale: str) -> str:
    """The text in this language, else in any other form of it, else the first there is."""
    language = locale.partition("-")[0]
    near = (text for name, text in texts.items() if name.partition("-")[0] == language)
    return texts.get(locale) or next(near, next(iter(texts.values()), ""))
