"""Bodies of paper batches: papers given out and taken back, two keyings, and where they differ."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.ballots import Rank
from api.schemas.base import Actionable, Instant, Representation, Request, Text
from api.schemas.parts import Id
from voting.contests.paper import BatchView
from voting.contests.paper_keying import Difference
from voting.core.box import Ranking

_RANKING: list[Any] = ["opt_01jv3a", "opt_01jv3c"]
_MOST = 5000
Marks = Annotated[list[Rank], Field(max_length=256, description="Ranks from the most preferred, as in a cast")]
Sheets = Annotated[int, Field(ge=0, le=1_000_000)]


def _marks(ranking: list[Rank]) -> list[list[str]]:
    return [[rank] if isinstance(rank, str) else list(rank) for rank in ranking]


class BatchDraft(Request):
    """A batch of papers: one table, one ballot bag, one building."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "3号楼流动票箱"}]})

    label: Text


class PaperIssue(Request):
    """To which elector a paper is given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entry_id": "ent_01jv3a"}]})

    entry_id: Id = Field(description="The elector's entry of the roll")


class PaperSpoil(Request):
    """A paper that was taken back spoiled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"replaced": True}]})

    replaced: bool = Field(True, description="Whether the elector was given another")


class PaperReturn(Request):
    """The end of giving out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unreturned": 2}]})

    unreturned: Sheets = Field(0, description="Papers that never came back")


class KeyingDraft(Request):
    """The whole pile as one teller reads it, in its order. Shuffle the pile before the first keying."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ballots": [_RANKING, []]}]})

    ballots: list[Marks] = Field(max_length=_MOST)

    def read(self) -> list[list[list[str]]]:
        """As the service takes it."""
        return [_marks(ballot) for ballot in self.ballots]


class Resolution(Request):
    """What one paper says, after both tellers looked."""

    number: int = Field(ge=1, le=_MOST)
    ranking: Marks


class Resolutions(Request):
    """What the papers in question say. It stands once the other teller records the same."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"resolutions": [{"number": 7, "ranking": _RANKING}]}]})

    resolutions: list[Resolution] = Field(min_length=1, max_length=_MOST)

    def read(self) -> dict[int, list[list[str]]]:
        """As the service takes it."""
        return {one.number: _marks(one.ranking) for one in self.resolutions}


class BatchOut(Actionable):
    """A batch: how many papers, never which marks. issued = count + spoiled + unreturned."""

    id: str = Field(examples=["pbt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    contest_id: str
    label: str
    state: str = Field(examples=["issuing"])
    issued: int = Field(description="Papers given out, replacements among them")
    replaced: int
    spoiled: int
    unreturned: int
    count: int | None = Field(description="Ballots in the pile, once the papers are back")
    keyings: int = Field(description="Tellers who have keyed it")
    discrepancies: int = Field(description="Ballots that the two keyed differently")
    number: int | None = Field(description="Its number in the log, once it is in the box")
    hash: str | None = Field(description="Salted hash of its ballots, once the keyings agree; officials sign it")
    created_at: Instant

    @classmethod
    def of(cls, view: BatchView) -> BatchOut:
        """Present a batch."""
        batch = view.batch
        told = {name: getattr(batch, name) for name in cls.model_fields if hasattr(batch, name)}
        told |= {
            "hash": batch.hash.hex() if batch.hash else None,
            "keyings": view.keyings,
            "allowed_actions": offered(view.actions, f"/v1/paper-batches/{batch.id}"),
        }
        return cls(**told)


class KeyingOut(Representation):
    """What the caller keyed, in the order of the pile, as it stands now."""

    batch_id: str
    ballots: list[list[list[str]]] = Field(examples=[[[["opt_01jv3a"]], []]])

    @classmethod
    def of(cls, batch_id: str, ballots: tuple[Ranking, ...]) -> KeyingOut:
        """Present a teller's own keying."""
        return cls(batch_id=batch_id, ballots=[[list(rank) for rank in ranking] for ranking in ballots])


class DifferenceOut(BaseModel):
    """One ballot that the two tellers have differently."""

    number: int = Field(description="Its place in the pile, from 1")
    yours: list[list[str]] = Field(examples=[[["opt_01jv3a"]]])
    other: list[list[str]] = Field(examples=[[["opt_01jv3c"]]])


class DifferencesOut(Representation):
    """What the two tellers must look at together, for these two alone."""

    batch_id: str
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, batch_id: str, found: tuple[Difference, ...]) -> DifferencesOut:
        """Present differences."""
        shown = [
            DifferenceOut(
                number=one.number,
                yours=[list(rank) for rank in one.yours],
                other=[list(rank) for rank in one.other],
            )
            for one in found
        ]
        return cls(batch_id=batch_id, differences=shown)
