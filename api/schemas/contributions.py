"""What of a person was erased."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Representation
from voting.deliberation.contribution_erasure import Erased


class ErasedOut(Representation):
    """What of a person was erased, or would be."""

    person_id: str
    counts: dict[str, int] = Field(
        examples=[{"comments": 12, "endorsements": 3, "versions": 2, "versions_erased": 1}],
        description="How many of each kind. `versions` lost their writer, `versions_erased` of them their text as well",
    )

    @classmethod
    def of(cls, erased: Erased) -> ErasedOut:
        """Present it."""
        return cls(person_id=erased.person_id, counts=dict(erased.counts))
