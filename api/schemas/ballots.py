"""A ballot as it is sent, and its acknowledgement. Byte values are 32 bytes in base64url without padding (43 characters)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.schemas.base import Instant, Request
from voting.contests.casting import LAST_SEQ, Marked, Opening

_LENGTH = 43
_MOST_RANKS = 256


def encode(value: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `encode`."""
    return urlsafe_b64decode(text + "=")


def _read(value: Any) -> Any:
    """43 characters spell 258 bits: the last two must be zero, or two texts would be one value."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "not a text", {"expected": "string"})
    if len(value) == _LENGTH and value.isascii():
        try:
            read = decode(value)
        except ValueError:
            read = b""
        if encode(read) == value:
            return read
    raise PydanticCustomError("wrong_form", "not 32 bytes", {"expected": "32 bytes in base64url, 43 characters"})


Bytes32: TypeAlias = Annotated[
    bytes,
    BeforeValidator(_read),
    PlainSerializer(encode, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]{43}$",
            "examples": ["kO2yVx7Jw3cXlJ6xgk0pQm3u1q6d5G0yT4n0cQnT3zA"],
        }
    ),
]
"""32 bytes."""

OptionId: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Rank: TypeAlias = OptionId | Annotated[list[OptionId], Field(max_length=_MOST_RANKS)]


class BallotRequest(Request):
    """One ballot. A client that can hash sends slot and commitment; one that cannot sends only the marks, or a secret."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ranking": ["opt_01jv3a", "opt_01jv3c"]}, {"scores": {"opt_01jv3a": 5}}]}
    )

    ranking: Annotated[list[Rank], Field(max_length=_MOST_RANKS)] | None = Field(
        None,
        description="Ranks from the most preferred: each an option id, or the list of the options marked at that rank. "
        "Plurality, approval and yes-no have one rank. An empty list is an abstention.",
        examples=[["opt_01jv3a", "opt_01jv3c"]],
    )
    scores: Annotated[dict[OptionId, int], Field(max_length=_MOST_RANKS)] | None = Field(
        None,
        description="Instead of the ranking, for the method score: a grade from 0 to `max_score` for each option. "
        "An option left out has none and receives 0.",
        examples=[{"opt_01jv3a": 5, "opt_01jv3c": 2}],
    )
    slot: Bytes32 | None = Field(
        None, description='H("slot", contest ‖ 0x00 ‖ secret): the pseudonym the box keeps the ballot under'
    )
    seq: int = Field(0, ge=0, le=LAST_SEQ, description="0 for a first cast; higher in each revision of the same slot")
    commitment: Bytes32 | None = Field(
        None, description='H("cast", nonce ‖ slot ‖ seq ‖ H("ballot", …)): what the receipt and the public log hold'
    )
    secret: Bytes32 | None = Field(
        None,
        description="The slot's secret. A revision must show it; a first cast may leave slot and nonce to the service",
    )

    proxy_id: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(
        None, description="The proxy by which the ballot of another elector is cast", examples=["prx_01jv5q"]
    )

    def marked(self) -> Marked:
        """As the service takes it."""
        ranking = self.ranking
        if ranking is not None:
            ranking = [[rank] if isinstance(rank, str) else rank for rank in ranking]
        return Marked(ranking, self.seq, self.slot, self.commitment, self.secret, self.scores, self.proxy_id)


class BallotOpening(BaseModel):
    """What opens the commitment. Shown once, stored nowhere: keep it to check the ballot or to revise it."""

    secret: str
    nonce: str
    slot: str
    seq: int

    @classmethod
    def of(cls, opening: Opening) -> BallotOpening:
        """As text."""
        return cls(
            secret=encode(opening.secret), nonce=encode(opening.nonce), slot=encode(opening.slot), seq=opening.seq
        )


class BallotAcknowledged(BaseModel):
    """The ballot is durable in the box."""

    contest_id: str = Field(examples=["con_01jv3a"])
    receipt: str | None = Field(
        None, description="Signed promise (compact JWS) to integrate the commitment; absent on a dry run"
    )
    commitment: str = Field(examples=["kO2yVx7Jw3cXlJ6xgk0pQm3u1q6d5G0yT4n0cQnT3zA"])
    integrate_by: Instant
    slot_origin: Literal["client", "server"] = Field(
        description="Who made the secret of the slot. `server`: the service saw it, once, and keeps neither it nor the nonce"
    )
    opening: BallotOpening | None = Field(None, description="Only where the service made the secret or the nonce")
