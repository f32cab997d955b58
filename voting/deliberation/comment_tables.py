"""Tables of what is said below a subject. Texts lie here, with the salts of their hashes in the journal, and can be
erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text as sql
from sqlmodel import Field, Index, SQLModel

from voting.store import Instant, Versioned


class Comment(Versioned, table=True):
    """One contribution to a thread. Its place in the tree never changes; a comment that is not shown leaves a tombstone.

    `version` rises when its author edits it or its state changes; reactions and replies of others leave it alone.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_branch_id", "branch", "id"),
        Index("ix_comment_branch_supports", "branch", "supports", "id"),
        Index("ix_comment_branch_controversy", "branch", "controversy", "id"),
        Index("ix_comment_thread_path", "thread", "path"),
        Index(
            "ix_comment_pending",
            "community_id",
            "id",
            sqlite_where=sql("state = 'pending'"),
            postgresql_where=sql("state = 'pending'"),
        ),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    thread: str
    """`kind:id` of the subject it stands under."""
    parent_id: str | None = None
    branch: str | None = None
    """What it is listed under: its parent, or its thread. Empty before it is shown for the first time: it stands
    nowhere."""
    path: str | None = None
    """The ids from the thread down to it, one after another without their prefix: the order of the tree."""
    depth: int = 0
    author_id: str | None = Field(default=None, index=True)
    """Empty once the person is erased."""
    alignment: int = 0
    """−1 against, 0 neither, +1 for."""
    state: str = "visible"
    text: str | None = None
    """Empty once it is erased."""
    salt: bytes | None = None
    """Of the hash of the text in the journal; erased with it."""
    edition: int = 1
    """Which version of the text this is, from 1."""
    created_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)
    replies: int = 0
    """Direct ones that have stood here, retracted ones too."""
    supports: int = 0
    opposes: int = 0
    passes: int = 0
    controversy: int = 0
    """`voting.core.moderation.controversy` of the reactions."""
    hidden_until: datetime | None = Field(default=None, sa_type=Instant)
    """Hidden by flags alone until then, unless somebody decides before."""
    rule_id: str | None = None
    """The rule by which it is hidden, removed or withheld."""
    case_id: str | None = None
    """The newest case about it."""


class ThreadMark(SQLModel, table=True):
    """How often what is shown of a thread has changed."""

    __tablename__ = "thread_mark"

    thread: str = Field(primary_key=True)
    """`kind:id` of the subject."""
    community_id: str = Field(foreign_key="community.id")
    changes: int


class CommentVersion(SQLModel, table=True):
    """What a comment said before an edit. The newest version stands in the comment itself."""

    __tablename__ = "comment_version"

    comment_id: str = Field(primary_key=True, foreign_key="comment.id")
    edition: int = Field(primary_key=True)
    alignment: int
    text: str | None = None
    salt: bytes | None = None
    written_at: datetime = Field(sa_type=Instant)


class CommentMention(SQLModel, table=True):
    """A person whom a comment names."""

    __tablename__ = "comment_mention"
    __table_args__ = (Index("ix_comment_mention_person_id_comment_id", "person_id", "comment_id"),)

    comment_id: str = Field(primary_key=True, foreign_key="comment.id")
    person_id: str = Field(primary_key=True)


class CommentReaction(SQLModel, table=True):
    """Where one person stands on one comment. Shown as counts only."""

    __tablename__ = "comment_reaction"

    comment_id: str = Field(primary_key=True, foreign_key="comment.id")
    person_id: str = Field(primary_key=True, index=True)
    stance: int
    """+1 supports, −1 opposes, 0 passes."""


class CommentSummary(Versioned, table=True):
    """What a person found that one side, or all, have said in a thread, signed with their name."""

    __tablename__ = "comment_summary"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    thread: str = Field(index=True)
    author_id: str | None = None
    side: str
    """for | against | neither | all"""
    text: str | None = None
    salt: bytes | None = None
    edition: int = 1
    created_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)


class CommentSummaryVersion(SQLModel, table=True):
    """What a summary said before an edit."""

    __tablename__ = "comment_summary_version"

    summary_id: str = Field(primary_key=True, foreign_key="comment_summary.id")
    edition: int = Field(primary_key=True)
    text: str | None = None
    salt: bytes | None = None
    written_at: datetime = Field(sa_type=Instant)
