"""Tables of who may ask. Secrets are stored as SHA-256 only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from voting.store import Document, Instant


class ApiClient(SQLModel, table=True):
    """A program that calls the service. Without a community it is the platform's own."""

    __tablename__ = "api_client"

    id: str = Field(primary_key=True)
    community_id: str | None = Field(default=None, foreign_key="community.id", index=True)
    name: str
    scopes: list[str] = Field(default_factory=list, sa_type=Document)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiClientKey(SQLModel, table=True):
    """One of at most two live keys of an API client; the bearer is `<id>.<secret>`."""

    __tablename__ = "api_client_key"

    id: str = Field(primary_key=True)
    client_id: str = Field(foreign_key="api_client.id", index=True)
    secret_hash: bytes
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class RoleAssignment(SQLModel, table=True):
    """A role of a person or API client over a community, building, unit or contest, for a term."""

    __tablename__ = "role_assignment"
    __table_args__ = (Index("ix_role_assignment_holder_id", "holder_id"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    holder_kind: str
    """person | client"""
    holder_id: str
    role: str
    scope_kind: str
    """community | building | unit | contest"""
    scope_id: str
    source: str
    """Where the role comes from: appointment, election, register …"""
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime | None = Field(default=None, sa_type=Instant)


class ExternalIdentity(SQLModel, table=True):
    """An outside issuer's subject, bound to a person."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    person_id: str = Field(foreign_key="person.id", index=True)
    issuer: str
    subject: str
    bound_at: datetime = Field(sa_type=Instant)


class RefreshGrant(SQLModel, table=True):
    """The right to fetch new access tokens for a person. Rotated on every use; the token itself is never stored."""

    __tablename__ = "refresh_grant"

    token_hash: bytes = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    person_id: str = Field(foreign_key="person.id", index=True)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    family: str = Field(index=True)
    """All grants that descend from one binding: reuse of a spent one revokes the family."""


class IdempotentAnswer(SQLModel, table=True):
    """What was answered to one Idempotency-Key of one caller, stored in the transaction that did the work."""

    __tablename__ = "idempotent_answer"

    key_hash: bytes = Field(primary_key=True)
    """SHA-256 of caller, method, path and key."""
    request_hash: bytes
    status: int | None = None
    """Empty while the first request is in flight."""
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    body: bytes | None = None
    claimed_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
