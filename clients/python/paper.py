"""Paper ballots: batches, papers given out and taken back, two keyings, and the way into the box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clients.python.answers import Resource
from clients.python.calls import Call, Page, one, page_of, path
from clients.python.records import Record

Marks = Iterable[str | Iterable[str]]
"""Ranks from the most preferred, each an option id or several."""


@dataclass(frozen=True, kw_only=True)
class PaperBatch(Resource):
    """A batch of papers: how many, never which marks. issued = count + spoiled + unreturned."""

    contest_id: str
    label: str
    state: str
    issued: int
    replaced: int
    spoiled: int
    unreturned: int
    keyings: int
    discrepancies: int
    count: int | None = None
    number: int | None = None
    hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Keying(Record):
    """What the caller keyed, in the order of the pile."""

    batch_id: str
    ballots: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Difference(Record):
    """One ballot that the two tellers have differently; `number` is its place in the pile, from 1."""

    number: int
    yours: tuple[tuple[str, ...], ...]
    other: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Differences(Record):
    """What the two tellers must look at together."""

    batch_id: str
    differences: tuple[Difference, ...]


def create(contest_id: str, label: str) -> Call[PaperBatch]:
    """Begin a batch of papers of an open contest."""
    where = path("contests", contest_id, "paper-batches")
    return Call("POST", where, one(PaperBatch), json={"label": label}, creates=True)


def list_(contest_id: str) -> Call[Page[PaperBatch]]:
    """The paper batches of a contest, oldest first."""
    return Call("GET", path("contests", contest_id, "paper-batches"), page_of(PaperBatch))


def get(batch_id: str) -> Call[PaperBatch]:
    """One batch."""
    return Call("GET", path("paper-batches", batch_id), one(PaperBatch))


def issue(batch_id: str, entry_id: str) -> Call[PaperBatch]:
    """Give an elector a paper; they can no longer cast online."""
    where = path("paper-batches", batch_id, "issue")
    return Call("POST", where, one(PaperBatch), json={"entry_id": entry_id}, creates=True)


def spoil(batch_id: str, *, replaced: bool = True) -> Call[PaperBatch]:
    """Take a spoiled paper back, and give out another for it."""
    where = path("paper-batches", batch_id, "spoil")
    return Call("POST", where, one(PaperBatch), json={"replaced": replaced}, creates=True)


def return_(batch_id: str, unreturned: int = 0) -> Call[PaperBatch]:
    """End the giving out, and say how many papers never came back."""
    return Call("POST", path("paper-batches", batch_id, "return"), one(PaperBatch), json={"unreturned": unreturned})


def key(batch_id: str, ballots: Sequence[Marks]) -> Call[PaperBatch]:
    """Key the whole pile, in its order."""
    body = {"ballots": [_ranks(ballot) for ballot in ballots]}
    return Call("POST", path("paper-batches", batch_id, "key"), one(PaperBatch), json=body)


def keying(batch_id: str) -> Call[Keying]:
    """What the caller keyed."""
    return Call("GET", path("paper-batches", batch_id, "keying"), one(Keying))


def differences(batch_id: str) -> Call[Differences]:
    """The ballots in which the two tellers differ, for these two, once both have keyed."""
    return Call("GET", path("paper-batches", batch_id, "differences"), one(Differences))


def resolve(batch_id: str, resolutions: Mapping[int, Marks]) -> Call[PaperBatch]:
    """Record what papers in question say; it stands once the other teller records the same."""
    told = [{"number": number, "ranking": _ranks(marks)} for number, marks in resolutions.items()]
    return Call("POST", path("paper-batches", batch_id, "resolve"), one(PaperBatch), json={"resolutions": told})


def enter(batch_id: str) -> Call[PaperBatch]:
    """Put a signed batch into the box."""
    return Call("POST", path("paper-batches", batch_id, "enter"), one(PaperBatch))


def _ranks(marks: Marks) -> list[list[str]]:
    return [[rank] if isinstance(rank, str) else list(rank) for rank in marks]
