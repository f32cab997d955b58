"""Bodies of tokens: what is shown to get them, and what they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.base import Instant, Representation, Request
from voting.access.grants import TokenPair
from voting.community.codes import MAX_BATCH, BoundPerson
from voting.errors import Fault
from voting.phrases import phrase

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
RefreshToken = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_REFRESH = "yqV0cA3q0Y0kq0nZk3zW5QK2V3c7b8mN1xR4tY6uI8o"
_PAIR: JsonDict = {
    "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6…",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": _REFRESH,
    "refresh_expires_at": "2026-08-28T12:00:00Z",
    "person_id": "per_4k2m",
    "community_id": "com_01jv",
    "household_id": "hsh_7p3x",
}


class CodeGrant(Request):
    """A one-time code as it was printed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"grant_type": "code", "code": "7K2M-9QXA-4TRD"}]})

    grant_type: Literal["code"]
    code: Code


class RefreshGrantRequest(Request):
    """A refresh token, which is spent by this."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grant_type": "refresh_token", "refresh_token": _REFRESH}]}
    )

    grant_type: Literal["refresh_token"]
    refresh_token: RefreshToken


TokenRequest = Annotated[CodeGrant | RefreshGrantRequest, Field(discriminator="grant_type")]


class CodeBatch(Request):
    """Many codes at once: a kiosk, a rehearsal, an import."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": ["7K2M-9QXA-4TRD", "0B5H-R2ZC-YM81"]}]})

    codes: list[Code] = Field(min_length=1, max_length=MAX_BATCH)


class Leave(Request):
    """The refresh token of the device that is left."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": _REFRESH}]})

    refresh_token: RefreshToken


class IdentityCode(Request):
    """The code that proves which person an outside identity is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "7K2M-9QXA-4TRD"}]})

    code: Code


class TokenPairOut(BaseModel):
    """An access token and the refresh token that fetches the next."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAIR]})

    access_token: str = Field(description="Empty on a dry run, which gives nothing away")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the name of a scheme, not a secret)
    expires_in: int = Field(description="Seconds the access token is valid")
    refresh_token: str = Field(
        description="Works once; shown again before its successor is used, it gives the same pair"
    )
    refresh_expires_at: Instant
    person_id: str
    community_id: str
    household_id: str | None = Field(None, description="The household of the code's dwelling")

    @classmethod
    def of(cls, pair: TokenPair, household_id: str | None = None, *, dry_run: bool) -> TokenPairOut:
        """A pair as it is answered. A dry run shows whose it would be; the tokens themselves would work."""
        return cls(
            access_token="" if dry_run else pair.access_token,
            expires_in=pair.access_seconds,
            refresh_token="" if dry_run else pair.refresh_token,
            refresh_expires_at=pair.refresh_expires_at,
            person_id=pair.person_id,
            community_id=pair.community_id,
            household_id=household_id,
        )


class CodeRefused(BaseModel):
    """Why one code of a batch was refused."""

    code: str = Field(examples=["code_used"])
    detail: str
    fix: str = ""

    @classmethod
    def of(cls, fault: Fault, locale: str) -> CodeRefused:
        """A fault in the caller's language."""
        said = phrase(fault.code, locale, fault.facts)
        return cls(code=fault.code, detail=said.detail or said.title, fix=said.fix)


class TokenBatch(BaseModel):
    """For each code, in the order they were sent, tokens or why not."""

    items: list[TokenPairOut | CodeRefused]


class BoundOut(BaseModel):
    """Whom an identity now stands for."""

    person_id: str = Field(examples=["per_4k2m"])
    community_id: str = Field(examples=["com_01jv"])
    household_id: str = Field(examples=["hsh_7p3x"])

    @classmethod
    def of(cls, bound: BoundPerson) -> BoundOut:
        """A person as a code bound them."""
        return cls(person_id=bound.person_id, community_id=bound.community_id, household_id=bound.household_id)


class KeySet(Representation):
    """Our public keys (RFC 7517): they verify access tokens and receipts."""

    keys: list[dict[str, str]] = Field(
        examples=[[{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "oqN_", "x": "…", "y": "…"}]]
    )
