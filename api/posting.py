"""The route class of posting a comment: the plain request goes to the group-commit writer.

A plain request is one of a person with a token of ours, in JSON, without a query and without an Idempotency-Key, whose
answer would have to be kept in the transaction of the post. Any other goes through the framework to the same function, in
a transaction of its own. What is checked, written, answered and refused is the same both ways.
"""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from api import negotiation, strict_json
from api.direct import JSON, is_plain
from api.exchange import Exchange, exchange_of
from api.route import YishiRoute
from api.schemas.comments import CommentDraft, CommentOut
from api.services import Services
from api.validation import faults_of
from voting.core.authority import Principal
from voting.deliberation.comment_batches import Post
from voting.errors import Invalid


class PostingRoute(YishiRoute):
    """A route for comments. The access token was verified and the body read before, as for every route."""

    async def _run(self, scope: Scope, receive: Receive, send: Send, services: Services) -> None:
        exchange = exchange_of(scope)
        author = _author(exchange)
        if author is None or not exchange.body or exchange.claim is not None or not is_plain(scope, exchange):
            await super()._run(scope, receive, send, services)
            return
        draft = self._read(exchange.body, services.settings.max_depth)
        place = scope["path_params"]
        view = await services.comments.post(Post(author, place["kind"], place["subject"], draft.draft()))
        answer = CommentOut.of(view)
        tag = negotiation.stamp(answer, view.comment.version)
        content = answer.model_dump_json(by_alias=True).encode()
        length = b"%d" % len(content)
        headers = [(b"content-length", length), (b"content-type", JSON), (b"etag", tag.encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _read(self, body: bytes, max_depth: int) -> CommentDraft:
        value = strict_json.loads(body, max_depth)
        try:
            return CommentDraft.model_validate(value)
        except ValidationError as error:
            located = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
            raise Invalid(faults_of(RequestValidationError(located, body=value), self)) from error


def _author(exchange: Exchange) -> Principal | None:
    """The caller by the token alone: whoever posts needs no grants."""
    claims = exchange.identity.claims if exchange.identity else None
    if claims is None or claims.community_id is None:
        return None
    return Principal("person", claims.subject, claims.community_id)
