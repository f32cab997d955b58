"""Bodies of a community's bylaws. What is inside is read by `voting.core.rules.bylaws`, which finds every fault."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Request
from voting.community.documents import SeenDocument

_SILENCE: Any = {
    "clause": {"zh": "议事规则第12条：送达后未回票的，视为同意多数意见", "en": "Rules of the assembly, art. 12"},
    "warning": {"zh": "逾期未回票的，计入多数意见。", "en": "Whoever does not answer is counted with the majority."},
}
_OFFICIAL: Any = {
    "matter": "cn.civil-code-278.item-4",
    "clause": {
        "zh": "本市物业管理条例：须用电子投票系统",
        "en": "Municipal regulations: the e-voting system must be used",
    },
    "system": "https://evote.example.gov.cn",
}


class SilenceDraft(Request):
    """By which clause of the assembly's rules silence follows the majority, and what every paper must warn of."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SILENCE]})

    clause: dict[str, str] = Field(max_length=2, description="`zh` and `en`")
    warning: dict[str, str] = Field(max_length=2, description="`zh` and `en`")


class OfficialDraft(Request):
    """A kind of matter that must be voted on an official system."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OFFICIAL]})

    matter: str = Field(max_length=80, description="everything, elections, owners, or an effect of GET /v1/rules")
    clause: dict[str, str] = Field(max_length=2, description="`zh` and `en`")
    system: str = Field(max_length=500, description="Which system, and where it is")


class BylawsDraft(Request):
    """What the assembly's own rules state. What is not stated is not in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"silence": _SILENCE, "official_channel": [_OFFICIAL]}]})

    silence: SilenceDraft | None = Field(None, description="Absent: silence follows nobody")
    official_channel: list[OfficialDraft] = Field(default_factory=list, max_length=100)

    def document(self) -> dict[str, Any]:
        """As the reader takes it."""
        return self.model_dump(mode="json", exclude_none=True)


class BylawsOut(Actionable):
    """What a community's bylaws state, or nothing."""

    community_id: str
    bylaws: dict[str, Any] | None = Field(examples=[{"silence": _SILENCE, "official_channel": [_OFFICIAL]}])
    version: int = Field(description="0 before the first")
    changed_at: Instant | None

    @classmethod
    def of(cls, seen: SeenDocument) -> BylawsOut:
        """Present them."""
        base = f"/v1/communities/{seen.community_id}/bylaws"
        return cls(
            community_id=seen.community_id,
            bylaws=None if seen.document is None else dict(seen.document),
            version=seen.version,
            changed_at=seen.changed_at,
            allowed_actions=offered(seen.actions, base, replace="PUT"),
        )
