"""The resources of the programme, of both clients."""

from __future__ import annotations

from clients.python import activities
from clients.python.methods import Awaiting, Blocking, Listing, Method


class _Activities:
    create = Method(activities.create)
    get = Method(activities.get)
    list = Listing(activities.list_)
    edit = Method(activities.edit)
    hold = Method(activities.hold)
    close = Method(activities.close)
    cancel = Method(activities.cancel)
    erase = Method(activities.erase)
    events = Listing(activities.events)


class BlockingActivities(_Activities, Blocking):
    """What people come together for."""


class AwaitingActivities(_Activities, Awaiting):
    """What people come together for."""
