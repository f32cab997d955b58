"""The table of what can be searched. Its full-text index is made by the migration: FTS5 on SQLite, GIN on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, SQLModel

from voting.store import Document, Instant


class SearchDocument(SQLModel, table=True):
    """One thing that everybody of a community may find. It goes when its text may not be read any more."""

    __tablename__ = "search_document"

    number: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite"), nullable=False
    )
    """Names the row to the index, and nothing else. On SQLite it is the row's id, which a VACUUM then leaves alone."""
    community_id: str = Field(foreign_key="community.id")
    subject_kind: str
    """proposal | comment | result | problem_report | minutes"""
    subject_id: str = Field(unique=True)
    about_id: str | None = None
    """What it stands under: the proposal of a comment."""
    at: datetime = Field(sa_type=Instant)
    title: dict[str, Any] = Field(sa_type=Document)
    excerpt: dict[str, Any] = Field(sa_type=Document)
    """Locale → the beginning of the text."""
    title_terms: str
    all_terms: str
    """`voting.core.searching`, with the term of the community before."""
