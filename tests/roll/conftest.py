"""A settled neighbourhood on each database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.roll import neighbourhood
from voting.store import transact


@pytest.fixture
def settled(engine: Engine) -> Engine:
    """An engine on a database that holds the register of `neighbourhood`."""
    transact(engine, neighbourhood.settle)
    return engine
