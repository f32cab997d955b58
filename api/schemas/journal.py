"""Bodies of a community's journal. Hashes and salts are hexadecimal, as in the entries."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.schemas.base import ListPage
from api.schemas.logs import ConsistencyOut
from voting.log.journal_reads import Journal, JournalItem

_SALT = ["9c2a4f" + "0" * 58]


class OpenedOut(BaseModel):
    """What opens the salted hashes of an entry, for those who watch over the community."""

    actor_id: str
    actor_salt: str = Field(examples=_SALT, description='The entry holds H("actor", salt ‖ id)')
    reason: str | None = None
    reason_salt: str | None = Field(None, examples=_SALT, description='The entry holds H("text", salt ‖ reason)')


class JournalEntryOut(BaseModel):
    """One entry of the journal, as it stands in the log."""

    index: int = Field(description="Its place in the log, from 0")
    entry: dict[str, Any] = Field(
        examples=[
            {
                "type": "moved",
                "at": "2026-03-01T08:00:00Z",
                "event": "evt_01jv3c",
                "what": "opened",
                "subject": {"kind": "contest", "id": "con_01jv3c"},
                "from_state": "noticed",
                "to_state": "open",
                "actor": "9c2a4f" + "0" * 58,
            }
        ],
        description="Its leaf is this object in canonical JSON",
    )
    opened: OpenedOut | None = Field(None, description="Only for those who may know, and until it is erased")

    @classmethod
    def of(cls, item: JournalItem) -> JournalEntryOut:
        """Present an entry."""
        made = cls(index=item.index, entry=dict(item.entry))
        if item.opened is not None:
            made.opened = OpenedOut(
                actor_id=item.opened.actor_id,
                actor_salt=item.opened.actor_salt.hex(),
                reason=item.opened.reason,
                reason_salt=None if item.opened.reason_salt is None else item.opened.reason_salt.hex(),
            )
        return made


class JournalOut(ListPage[JournalEntryOut]):
    """What changed since, the newest checkpoint, and the proof that what was before is still there."""

    community_id: str
    since: int = Field(description="Entries that were there before")
    size: int = Field(description="Entries of the newest checkpoint; send it back as `since` next time")
    checkpoint: str = Field(description="The newest checkpoint, a C2SP note; it may be sent back as `since` as well")
    consistency: ConsistencyOut | None = Field(None, description="From `since` to `size`; absent from an empty journal")

    @classmethod
    def of(cls, journal: Journal, page: ListPage[JournalEntryOut]) -> JournalOut:
        """Present a page of the journal."""
        proven = journal.consistency
        return cls(
            items=page.items,
            next_cursor=page.next_cursor,
            community_id=journal.log.community_id,
            since=journal.since,
            size=journal.log.signed_size,
            checkpoint=journal.checkpoint.decode(),
            consistency=None if proven is None else ConsistencyOut.of(proven),
        )
