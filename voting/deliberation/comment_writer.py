"""The group-commit writer of comments.

A batch that the database refuses is run again from the start; one that fails otherwise is run post by post, so that a
post nobody can write never takes its neighbours down.
"""

from __future__ import annotations

from collections.abc import Sequence

from voting.clock import Clock
from voting.deliberation import comment_batches
from voting.deliberation.comment_batches import Post
from voting.deliberation.comment_view import CommentView
from voting.errors import YishiError
from voting.group_commit import GroupCommit, Waiting
from voting.store import Engine, refusal_of, transact

MOST = 64
ENOUGH = 24
WAITING = 4096

Answer = CommentView | BaseException


class CommentWriter(GroupCommit[Post, CommentView]):
    """Takes posts from any event loop, writes them in batches on its own thread."""

    def __init__(self, engine: Engine, clock: Clock, waiting: int = WAITING) -> None:
        """At most `waiting` posts wait; further ones are told to come back."""
        super().__init__("comment-writer", most=MOST, enough=ENOUGH, waiting=waiting)
        self._engine = engine
        self._clock = clock

    async def post(self, post: Post) -> CommentView:
        """Wait until the comment is durable. Raises the refusal, or Unavailable when too many wait."""
        return await self.ask(post)

    def serve(self, waiting: Sequence[Waiting[Post, CommentView]]) -> None:
        """In one transaction, whatever the threads."""
        self.answer(waiting, self._write([one.asked for one in waiting]))

    def _write(self, posts: Sequence[Post]) -> Sequence[Answer]:
        now = self._clock()
        try:
            return transact(self._engine, lambda session: comment_batches.write(session, posts, now))
        except Exception as error:  # It is the answer of the post that caused it; the thread writes on.
            if len(posts) == 1:
                return [error if isinstance(error, YishiError) else refusal_of(error) or error]
        return [answer for post in posts for answer in self._write([post])]
