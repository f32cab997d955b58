"""Bodies of logs and of proofs. Hashes are 32 bytes in base64, as in checkpoints; commitments in base64url, as in receipts."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.ballots import encode
from api.schemas.base import Instant, Representation, Request
from voting.core.evidence.notes import VerifierKey
from voting.log.cosigning import Witnessed
from voting.log.reads import Consistency, LogView, Proven

_HASH = ["CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="]
_LINE = f"\u2014 witness.example/w1 {'A' * 104}"


class WitnessOut(BaseModel):
    """Who cosigned the newest checkpoint, and when."""

    name: str = Field(examples=["witness.example/w1"])
    cosigned_at: Instant

    @classmethod
    def of(cls, witnessed: Witnessed) -> WitnessOut:
        """Present a cosignature."""
        return cls(name=witnessed.name, cosigned_at=witnessed.cosigned_at)


class LogOut(Representation):
    """An append-only log: how it is known, how large it is, and who watches it."""

    id: str = Field(examples=["con_01jv3c"])
    kind: str = Field(examples=["contest"], description="contest or community")
    community_id: str
    origin: str = Field(examples=["vote.example.org/contests/con_01jv3c"], description="First line of its checkpoints")
    key: str = Field(
        examples=["vote.example.org/contests/con_01jv3c+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
        description="The verifier key of its checkpoints (C2SP signed-note)",
    )
    size: int = Field(description="Entries of the newest checkpoint; 0 before the first")
    root: str | None = Field(None, examples=_HASH, description="Root hash of the newest checkpoint")
    cadence: int = Field(description="Seconds between two batches of commitments; 0: one batch at the close")
    witnesses: list[str] = Field(description="Verifier keys whose cosignatures are kept")
    cosignatures: list[WitnessOut] = Field(description="Who cosigned the newest checkpoint")

    @classmethod
    def of(cls, view: LogView, witnesses: tuple[VerifierKey, ...]) -> LogOut:
        """Present a log."""
        log = view.log
        return cls(
            id=log.id,
            kind=log.kind,
            community_id=log.community_id,
            origin=view.origin,
            key=view.key.text,
            size=log.signed_size,
            root=None if log.signed_root is None else b64encode(log.signed_root).decode(),
            cadence=log.cadence,
            witnesses=[key.text for key in witnesses],
            cosignatures=[WitnessOut.of(one) for one in view.witnessed],
        )


class ConsistencyOut(Representation):
    """The proof that the log of one size is the beginning of the log of another (RFC 9162 §2.1.4)."""

    from_size: int
    to_size: int
    from_root: str = Field(examples=_HASH)
    to_root: str = Field(examples=_HASH)
    path: list[str] = Field(examples=[_HASH], description="Hashes in the order of the RFC")

    @classmethod
    def of(cls, proven: Consistency) -> ConsistencyOut:
        """Present a proof."""
        return cls(
            from_size=proven.first,
            to_size=proven.second,
            from_root=b64encode(proven.first_root).decode(),
            to_root=b64encode(proven.second_root).decode(),
            path=[b64encode(step).decode() for step in proven.path],
        )


class ProofOut(Representation):
    """The proof that a commitment stands in the log of its contest; `text` is the same as a `.tlog-proof` file."""

    contest_id: str
    commitment: str = Field(examples=["kO2yVx7Jw3cXlJ6xgk0pQm3u1q6d5G0yT4n0cQnT3zA"])
    index: int = Field(description="Where it stands, from 0")
    size: int = Field(description="Entries of the log")
    root: str = Field(examples=_HASH)
    path: list[str] = Field(examples=[_HASH], description="Hashes from the leaf's sibling up (RFC 9162 §2.1.3)")
    checkpoint: str = Field(description="The signed checkpoint, a C2SP note")
    text: str = Field(description="The whole proof as a C2SP `.tlog-proof` file")

    @classmethod
    def of(cls, proven: Proven, commitment: bytes) -> ProofOut:
        """Present a proof."""
        return cls(
            contest_id=proven.log.id,
            commitment=encode(commitment),
            index=proven.proof.index,
            size=proven.log.signed_size,
            root=b64encode(proven.root).decode(),
            path=[b64encode(step).decode() for step in proven.proof.path],
            checkpoint=proven.proof.checkpoint.decode(),
            text=proven.proof.text,
        )


class CosignaturesIn(Request):
    """Signature lines of witnesses for the newest checkpoint."""

    signatures: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=1000)]], Field(min_length=1, max_length=16)
    ] = Field(examples=[[_LINE]], description="Note lines of type 0x04, without their line feeds")
