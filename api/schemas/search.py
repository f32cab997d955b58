"""What a search finds, and what resembles a proposal."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.schemas.base import Instant, Representation
from voting.community.search_index import Hit
from voting.deliberation.search import Alike

_PLACES = {
    "proposal": "/v1/proposals/",
    "comment": "/v1/comments/",
    "result": "/v1/contests/",
    "problem_report": "/v1/problem-reports/",
    "minutes": "/v1/minutes/",
}


class FoundOut(BaseModel):
    """Something that everybody of the community may read."""

    kind: str = Field(examples=["proposal"], description="proposal | comment | result | problem_report | minutes")
    id: str = Field(examples=["prp_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    href: str = Field(examples=["/v1/proposals/prp_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    about_id: str | None = Field(
        None, description="What it stands under: the proposal of a comment, the activity of minutes"
    )
    title: dict[str, str]
    excerpt: dict[str, str] = Field(description="The beginning of its text")
    at: Instant

    @classmethod
    def told(cls, row: Any) -> dict[str, object]:
        """The members that every form has."""
        return {
            "kind": row.subject_kind,
            "id": row.subject_id,
            "href": _PLACES[row.subject_kind] + row.subject_id,
            "about_id": row.about_id,
            "title": row.title,
            "excerpt": row.excerpt,
            "at": row.at,
        }


class HitOut(FoundOut, Representation):
    """Something that a search found."""

    in_title: bool = Field(description="Whether its title has the whole query; such things come first")

    @classmethod
    def of(cls, hit: Hit) -> HitOut:
        """Present what was found."""
        return cls.model_validate(cls.told(hit.document) | {"in_title": hit.in_title})


class AlikeOut(FoundOut):
    """A proposal that resembles another."""

    likeness: str = Field(
        examples=["3/5"], description="The share of the terms of both titles that they have in common"
    )

    @classmethod
    def of(cls, one: Alike) -> AlikeOut:
        """Present a possible duplicate."""
        return cls.model_validate(cls.told(one.document) | {"likeness": str(one.likeness)})
