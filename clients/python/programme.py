"""The resources of the programme, of both clients."""

from __future__ import annotations

from clients.python import action_items, activities, minutes
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


class _Minutes:
    draft = Method(minutes.draft)
    get = Method(minutes.get)
    edit = Method(minutes.edit)
    publish = Method(minutes.publish)
    versions = Listing(minutes.versions)
    compare = Method(minutes.compare)
    erase_version = Method(minutes.erase_version)
    events = Listing(minutes.events)


class _ActionItems:
    add = Method(action_items.add)
    get = Method(action_items.get)
    list = Listing(action_items.list_)
    edit = Method(action_items.edit)
    complete = Method(action_items.complete)
    drop = Method(action_items.drop)
    reopen = Method(action_items.reopen)
    erase = Method(action_items.erase)


class BlockingActivities(_Activities, Blocking):
    """What people come together for."""


class BlockingMinutes(_Minutes, Blocking):
    """What was said and decided."""


class BlockingActionItems(_ActionItems, Blocking):
    """What is to be done after an activity."""


class AwaitingActivities(_Activities, Awaiting):
    """What people come together for."""


class AwaitingMinutes(_Minutes, Awaiting):
    """What was said and decided."""


class AwaitingActionItems(_ActionItems, Awaiting):
    """What is to be done after an activity."""
