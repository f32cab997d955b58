"""Bodies of comments. Texts are plain text: whoever shows one escapes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Representation, Request
from api.schemas.parts import Id
from voting.deliberation import comment_posting
from voting.deliberation.comment_pages import Side, ThreadView
from voting.deliberation.comment_posting import MOST_CHARACTERS, MOST_MENTIONS
from voting.deliberation.comment_view import CommentView
from voting.deliberation.comments import Version

Said = Annotated[str, StringConstraints(min_length=1, max_length=4 * MOST_CHARACTERS)]
Alignment = Annotated[int, Field(ge=-1, le=1, description="−1 against, 0 neither, +1 for", examples=[1])]
Mentions = Annotated[list[Id], Field(max_length=MOST_MENTIONS, description="Persons of the community whom it names")]
Sort = Literal["newest", "oldest", "most_supported", "controversial", "tree"]
_STANCES = {1: "support", -1: "oppose", 0: "pass"}


class CommentDraft(Request):
    """What somebody says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "消防通道要先让出来", "alignment": 1, "mentions": []}]}
    )

    text: Said
    alignment: Alignment = 0
    parent_id: Id | None = Field(None, description="The comment it replies to")
    mentions: Mentions = Field(default_factory=list)

    def draft(self) -> comment_posting.Draft:
        """As the service takes it."""
        return comment_posting.Draft(self.text, self.alignment, self.parent_id, self.mentions)


class CommentPatch(Request):
    """What changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "消防通道和救护车位要先让出来"}]})

    text: Said = Field(default_factory=str)
    alignment: Alignment = 0
    mentions: Mentions = Field(default_factory=list)


class ReactionDraft(Request):
    """Where the caller stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reaction": "support"}]})

    reaction: Literal["support", "oppose", "pass"] | None = Field(description="Null takes it back")


class ReactionCounts(BaseModel):
    """How many people stand where."""

    support: int = 0
    oppose: int = 0
    # `pass` is a word of the language.
    passed: int = Field(0, serialization_alias="pass")


class CommentOut(Actionable):
    """A comment, or its tombstone: where it is not shown it has neither text nor author."""

    id: str = Field(examples=["cmt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    thread_kind: str = Field(examples=["contest"])
    thread_id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    parent_id: str | None
    depth: int = Field(description="0 directly under the subject")
    state: str = Field(examples=["visible"])
    tombstone: str | None = Field(None, description="Why everybody else is not shown it; absent from one that is shown")
    rule_id: str | None = Field(None, description="The rule by which it is hidden, removed or withheld")
    hidden_until: Instant | None = Field(
        None, description="Hidden for review until then, unless somebody decides before"
    )
    case_id: str | None = Field(None, description="The newest case about it, for its author and for moderators")
    author_id: str | None
    by_candidate: bool = Field(False, description="Whether the candidate says it whom the thread is about")
    text: str | None
    alignment: int
    edition: int = Field(description="Which version of the text, from 1")
    created_at: Instant
    edited_at: Instant | None
    replies: int = Field(description="Direct ones that have stood here")
    reactions: ReactionCounts
    controversy: int = Field(description="(support + oppose) × smaller ÷ larger, in thousandths")
    my_reaction: str | None = Field(None, description="support, oppose or pass: the caller's own")
    mentions: list[str] = Field(
        default_factory=list, description="Persons whom it names; in the view of one comment alone"
    )

    @classmethod
    def of(cls, view: CommentView) -> CommentOut:
        """Present a comment."""
        row = view.comment
        kind, _, identifier = row.thread.partition(":")
        return cls(
            id=row.id,
            thread_kind=kind,
            thread_id=identifier,
            parent_id=row.parent_id,
            depth=row.depth,
            state=row.state,
            tombstone=view.tombstone,
            rule_id=row.rule_id if view.tombstone else None,
            hidden_until=row.hidden_until if view.tombstone == "hidden_for_review" else None,
            case_id=view.case_id,
            author_id=view.author_id,
            by_candidate=view.by_candidate,
            text=view.text,
            alignment=row.alignment,
            edition=row.edition,
            created_at=row.created_at,
            edited_at=row.edited_at,
            replies=row.replies,
            reactions=ReactionCounts(support=row.supports, oppose=row.opposes, passed=row.passes),
            controversy=row.controversy,
            my_reaction=None if view.my_stance is None else _STANCES[view.my_stance],
            mentions=list(view.mentions),
            allowed_actions=offered(
                view.actions,
                f"/v1/comments/{row.id}",
                edit="PATCH",
                reply=f"POST /v1/threads/{kind}/{identifier}/comments",
            ),
        )


class CommentVersionOut(BaseModel):
    """What a comment said."""

    edition: int
    alignment: int
    text: str
    text_salt: str = Field(
        examples=["9c2a4f" + "0" * 58], description='The journal holds H("text", salt ‖ text) of every version'
    )
    written_at: Instant

    @classmethod
    def of(cls, version: Version) -> CommentVersionOut:
        """Present a version."""
        return cls(
            edition=version.edition,
            alignment=version.alignment,
            text=version.text,
            text_salt=version.salt.hex(),
            written_at=version.written_at,
        )


class CountsBySide(BaseModel):
    """Comments that are shown, by alignment."""

    model_config = ConfigDict(populate_by_name=True)

    # `for` is a word of the language.
    pro: int = Field(serialization_alias="for")
    neither: int
    against: int


class ThreadOut(Actionable):
    """A thread in figures, and what the caller may do there."""

    kind: str = Field(examples=["contest"])
    id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    is_open: bool = Field(description="Whether it takes comments")
    comments: CountsBySide

    @classmethod
    def of(cls, view: ThreadView) -> ThreadOut:
        """Present a thread."""
        thread, base = view.thread, f"/v1/threads/{view.thread.kind}/{view.thread.id}"
        counts = view.comments
        return cls(
            kind=thread.kind,
            id=thread.id,
            community_id=thread.community.id,
            is_open=thread.is_open,
            comments=CountsBySide(pro=counts["for"], neither=counts["neither"], against=counts["against"]),
            allowed_actions=offered(
                view.actions, base, post=f"POST {base}/comments", summarise=f"POST {base}/summaries"
            ),
        )


class SideOut(BaseModel):
    """What one side has said."""

    side: str = Field(examples=["for"])
    comments: int
    authors: int
    supports: int
    top: list[CommentOut] = Field(description="The comments with most support", examples=[[]])

    @classmethod
    def of(cls, side: Side) -> SideOut:
        """Present a side."""
        return cls(
            side=side.side,
            comments=side.comments,
            authors=side.authors,
            supports=side.supports,
            top=[CommentOut.of(view) for view in side.top],
        )


class ArgumentsOut(Representation):
    """A thread's arguments by side."""

    sides: list[SideOut]
