"""How the actions that a service decided on are offered: with the method and the address that carry them out."""

from __future__ import annotations

from collections.abc import Iterable

from api.schemas.base import AllowedAction
from voting.community.queries import Action


def offered(actions: Iterable[Action], base: str, **routes: str) -> list[AllowedAction]:
    """Each action as `POST base/<action>`, or as its `"METHOD path"` of `routes` (a path without `/` stands for `base`)."""
    found = []
    for action in actions:
        method, _, path = routes.get(action.action, f"POST {base}/{action.action}").partition(" ")
        found.append(
            AllowedAction(
                action=action.action, method=method, href=path or base, allowed=action.allowed, reason=action.code
            )
        )
    return found
