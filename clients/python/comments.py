"""Comments: threads under proposals, contests and their options, replies, reactions, summaries, groups of opinion.

A thread is named by the kind and the id of what it stands under: `("proposal", proposal_id)`. What is said is plain text in
one language, unlike the texts by locale of a proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clients.python.calls import Call, Page, if_match, newer, one, page_of, path, present
from clients.python.comment_answers import Arguments, Comment, Opinions, TextVersion, Thread, ThreadSummary
from clients.python.streams import ThreadChange


def thread(kind: str, subject_id: str) -> Call[Thread]:
    """A thread in figures, and what the caller may do there."""
    return Call("GET", path("threads", kind, subject_id), one(Thread))


def wait(known: Thread, seconds: int = 25) -> Call[Thread]:
    """The thread once it is another than the one that was read, or the same after so many seconds (at most 50)."""
    query: dict[str, str | int] = {"wait": seconds, "etag": known.etag}
    return Call("GET", path("threads", known.kind, known.id), newer(known), query=query, patience=seconds)


def changes(kind: str, subject_id: str) -> Call[ThreadChange]:
    """A number that rises whenever what the thread shows has changed, until you stop listening. No text, no author."""
    return Call("GET", path("threads", kind, subject_id, "changes"), one(ThreadChange))


def post(
    kind: str,
    subject_id: str,
    text: str,
    *,
    alignment: int | None = None,
    parent_id: str | None = None,
    mentions: Sequence[str] | None = None,
) -> Call[Comment]:
    """Say something under a subject. `alignment`: −1 against it, 0 neither, +1 for it; `mentions` are person ids."""
    named = None if mentions is None else list(mentions)
    body = present(text=text, alignment=alignment, parent_id=parent_id, mentions=named)
    return Call("POST", path("threads", kind, subject_id, "comments"), one(Comment), json=body, creates=True)


def reply(
    to: Comment, text: str, *, alignment: int | None = None, mentions: Sequence[str] | None = None
) -> Call[Comment]:
    """Answer a comment, in its thread."""
    return post(to.thread_kind, to.thread_id, text, alignment=alignment, parent_id=to.id, mentions=mentions)


def list_(
    kind: str, subject_id: str, *, sort: str | None = None, parent_id: str | None = None, actions: bool | None = None
) -> Call[Page[Comment]]:
    """What is said under a subject, or in reply to `parent_id`: newest, oldest, most_supported, controversial, or as a tree.

    With `actions` each tells what the caller may do with it.
    """
    query = present(sort=sort, parent_id=parent_id, actions=actions)
    return Call("GET", path("threads", kind, subject_id, "comments"), page_of(Comment), query=query)


def get(comment_id: str) -> Call[Comment]:
    """One comment, whom it mentions, and what the caller may do with it."""
    return Call("GET", path("comments", comment_id), one(Comment))


def edit(comment_id: str, etag: str, **changes: Any) -> Call[Comment]:
    """Change one's own (`text`, `alignment`, `mentions`); `etag` is that of the comment that was read."""
    return Call("PATCH", path("comments", comment_id), one(Comment), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def retract(comment_id: str) -> Call[Comment]:
    """Take one's own comment back; a tombstone keeps its place."""
    return Call("POST", path("comments", comment_id, "retract"), one(Comment))


def react(comment_id: str, reaction: str | None) -> Call[Comment]:
    """`support`, `oppose` or `pass` it; None takes the reaction back. Nobody is told who did. Sending it twice reacts once."""
    where = path("comments", comment_id, "react")
    return Call("POST", where, one(Comment), json={"reaction": reaction}, idempotent=True)


def versions(comment_id: str) -> Call[Page[TextVersion]]:
    """What it has said, oldest first, with the salts that open its hashes in the journal."""
    return Call("GET", path("comments", comment_id, "versions"), page_of(TextVersion))


def mentions() -> Call[Page[Comment]]:
    """The comments that name the caller, newest first."""
    return Call("GET", path("me", "mentions"), page_of(Comment))


def arguments(kind: str, subject_id: str) -> Call[Arguments]:
    """What each side has said, with counts and the arguments with most support."""
    return Call("GET", path("threads", kind, subject_id, "arguments"), one(Arguments))


def opinions(kind: str, subject_id: str) -> Call[Opinions]:
    """Groups of opinion among those who reacted, and the statements that bridge them; never a person."""
    return Call("GET", path("threads", kind, subject_id, "opinions"), one(Opinions))


def opinions_svg(kind: str, subject_id: str, locale: str | None = None) -> Call[str]:
    """The same as one SVG, in the client's language or `locale`."""
    return Call(
        "GET",
        path("threads", kind, subject_id, "opinions.svg"),
        lambda answer: answer.content.decode(),
        query=present(locale=locale),
        headers={"accept": "image/svg+xml, application/problem+json"},
    )


def write_summary(kind: str, subject_id: str, side: str, text: str) -> Call[ThreadSummary]:
    """Sum up what one side (`for`, `against`, `neither`) or `all` have said, and sign it."""
    where = path("threads", kind, subject_id, "summaries")
    return Call("POST", where, one(ThreadSummary), json={"side": side, "text": text}, creates=True)


def summaries(kind: str, subject_id: str) -> Call[Page[ThreadSummary]]:
    """The summaries of a thread, newest first."""
    return Call("GET", path("threads", kind, subject_id, "summaries"), page_of(ThreadSummary))


def summary(summary_id: str) -> Call[ThreadSummary]:
    """One summary."""
    return Call("GET", path("comment-summaries", summary_id), one(ThreadSummary))


def edit_summary(summary_id: str, etag: str, text: str) -> Call[ThreadSummary]:
    """Change one's own summary; what it said before is kept."""
    return Call("PATCH", path("comment-summaries", summary_id), one(ThreadSummary), json={"text": text},
                headers=if_match(etag), content_type="application/merge-patch+json")  # fmt: skip


def summary_versions(summary_id: str) -> Call[Page[TextVersion]]:
    """What a summary has said, oldest first."""
    return Call("GET", path("comment-summaries", summary_id, "versions"), page_of(TextVersion))
