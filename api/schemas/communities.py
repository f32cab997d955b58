"""Bodies of communities."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LocalText, Request
from voting.community.communities import MAX_OFFSET_SECONDS, SeenCommunity

Zone = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?$")]
Origins = Annotated[list[Origin], Field(max_length=50)]


class CommunityDraft(Request):
    """A community to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": {"zh-CN": "乙小区", "en": "Community B"}, "time_zone": "Asia/Shanghai"}]
        }
    )

    name: LocalText
    time_zone: Zone = Field("Asia/Shanghai", description="A name of the IANA time zone database")
    origins: Origins = Field(default_factory=list, description="Origins whose pages may call the service (CORS)")
    demo: bool = Field(False, description="Whether its clock can be moved forward; only where the service allows it")


class CommunityPatch(Request):
    """What of a community changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"origins": ["https://b.example"]}]})

    name: LocalText = Field(default_factory=dict)
    time_zone: Zone = Field(default_factory=str)
    origins: Origins = Field(default_factory=list)


class ClockAdvance(Request):
    """How far the clock goes forward."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seconds": 86400}]})

    seconds: int = Field(ge=1, le=MAX_OFFSET_SECONDS)


class CommunityOut(Actionable):
    """A community and what this caller may do in it."""

    id: str = Field(examples=["com_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    name: dict[str, str] = Field(examples=[{"zh-CN": "乙小区", "en": "Community B"}])
    time_zone: str = Field(examples=["Asia/Shanghai"])
    origins: list[str]
    demo: bool
    clock_offset_seconds: int = Field(description="How far a demo community's clock runs ahead; 0 elsewhere")
    created_at: Instant

    @classmethod
    def of(cls, seen: SeenCommunity) -> CommunityOut:
        """Present a community."""
        base = f"/v1/communities/{seen.row.id}"
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(
            seen.actions,
            base,
            edit="PATCH",
            advance_clock=f"POST {base}/clock/advance",
            import_register=f"POST {base}/register/import",
            export_register=f"GET {base}/register/export",
            print_codes=f"POST {base}/codes",
            create_roll=f"POST {base}/rolls",
            create_contest=f"POST {base}/contests",
        )
        return made
