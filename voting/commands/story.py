"""Where the seeding of the demo stands: each step is a use case, called with the `now` it had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from voting.core.authority import Principal
from voting.log import sequencer
from voting.log.sequencer import Signing
from voting.store import transact

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Story:
    """The database, the present, and the officers who act."""

    engine: Engine
    now: datetime
    community_id: str
    officers: dict[str, Principal]
    """By role."""
    signing: Signing

    @property
    def officer(self) -> Principal:
        """Who keeps the rolls and answers proposals."""
        return self.officers["committee_officer"]

    @property
    def returning(self) -> Principal:
        """Who conducts the votes."""
        return self.officers["returning_officer"]

    def flush(self, log_id: str) -> None:
        """Bring a log to its end and sign it."""
        sequencer.flush(self.engine, log_id, self.now, self.signing)

    def do(self, days_ago: float, work: Callable[[Session, datetime], T]) -> T:
        """One use case in a transaction of its own, so many days ago."""
        at = self.now - timedelta(days=days_ago)
        return transact(self.engine, lambda session: work(session, at))
