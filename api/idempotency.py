"""Idempotency-Key on POSTs that create: the second request of a key gets the first one's answer, byte for byte.

A failed request is not kept: its key may be tried again. Ballots need no key, they are idempotent by slot and seq.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from starlette.responses import Response
from starlette.types import Scope

from api.exchange import Exchange
from api.services import Services
from api.validation import LocatedFault
from voting.access import idempotency as kept
from voting.access.idempotency import Claim, Stored
from voting.errors import Invalid
from voting.store import Session, transact

HEADER = b"idempotency-key"
_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{8,128})"?')
_REPLAYED = ("content-type", "content-language", "location", "etag", "link")


async def claim(scope: Scope, exchange: Exchange, services: Services, caller: str, now: datetime) -> Response | None:
    """Claim the key of this request, or return the answer it had. Raises Invalid, Conflict."""
    shown = _KEY.fullmatch(exchange.header(HEADER))
    if shown is None:
        raise Invalid([LocatedFault("/Idempotency-Key", "idempotency_key_invalid", {}, "header")])
    key = kept.key_of(caller, scope["method"], scope["path"], shown[1])
    request = hashlib.sha256(scope["query_string"] + b"\n" + exchange.body).digest()
    sweeps = services.sweeps(now)

    def work(session: Session) -> Claim | Stored:
        if sweeps:
            kept.sweep(session, now)
        return kept.claim(session, key, request, now)

    found = await services.storage(transact, services.engine, work)
    if isinstance(found, Claim):
        exchange.claim = found
        return None
    return Response(found.body, found.status, {**found.headers, "Idempotency-Replayed": "true"})


def keep(session: Session, exchange: Exchange) -> None:
    """Store the answer beside the work, in the same transaction."""
    if exchange.claim is None or exchange.response is None:
        return
    answer = exchange.response
    headers = {name: answer.headers[name] for name in _REPLAYED if name in answer.headers}
    kept.store(session, exchange.claim, answer.status_code, headers, bytes(answer.body))


async def release(exchange: Exchange, services: Services) -> None:
    """Give the key up when no answer was stored. A stored answer is not touched."""
    claimed = exchange.claim
    if claimed is not None:
        await services.storage(transact, services.engine, lambda session: kept.release(session, claimed))
