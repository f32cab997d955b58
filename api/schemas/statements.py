"""Statements that officials sign, and their signatures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.base import LongText, Representation, Request, Text
from api.schemas.contests import VerifierKey
from voting.contests.statements_signed import Statement

_TEXT = "vote.example.org/contests/con_01jv3a\nresult statement\nbox 12 9f86…\nresult 5e88…\n"
_LINE = "— wang HTkz4Y1y3n0…\n"
Lines = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
"""Signature lines of a C2SP signed note."""


class Signatures(Request):
    """Signature lines, as `yishi sign` prints them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"signatures": _LINE}]})

    signatures: Lines


class KeyChangeAsked(Request):
    """Another key for an official, with the signatures of k officials under the statement of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "王芳",
                    "new_key": "wang+1d3933e0+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
                    "reason": "密钥遗失",
                    "signatures": _LINE,
                }
            ]
        }
    )

    name: Text
    new_key: VerifierKey
    signatures: Lines
    reason: LongText | None = None


class SignerOut(BaseModel):
    """An official who has signed."""

    name: str = Field(examples=["wang"], description="Of the key")
    key: str


class StatementOut(Representation):
    """A text that officials sign with `yishi sign`, and who has. Sign exactly these bytes."""

    contest_id: str
    name: str = Field(examples=["result"])
    text: str = Field(examples=[_TEXT])
    note: str = Field(examples=[_TEXT + "\n" + _LINE], description="The C2SP signed note, as signed so far")
    needed: int
    signed_by: list[SignerOut]
    is_signed: bool = Field(description="Whether enough have signed")

    @classmethod
    def of(cls, statement: Statement) -> StatementOut:
        """Present a statement."""
        return cls(
            contest_id=statement.contest_id,
            name=statement.name,
            text=statement.note.text,
            note=statement.note.data.decode(),
            needed=statement.needed,
            signed_by=[SignerOut(name=key.name, key=key.text) for key in statement.signers],
            is_signed=statement.is_signed,
        )
