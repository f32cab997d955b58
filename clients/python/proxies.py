"""Proxies: an elector lets a person of the community vote in their place."""

from __future__ import annotations

from clients.python.calls import Call, Page, one, page_of, path, present
from clients.python.roll_answers import Proxy


def grant(
    roll_id: str,
    agent_id: str,
    *,
    entry_id: str | None = None,
    contest_id: str | None = None,
    instruction: str | None = None,
    document_sha256: str | None = None,
) -> Call[Proxy]:
    """Let `agent_id` vote for oneself; an officer names the elector by `entry_id` and the paper by its hash."""
    body = present(
        agent_id=agent_id,
        entry_id=entry_id,
        contest_id=contest_id,
        instruction=instruction,
        document_sha256=document_sha256,
    )
    return Call("POST", path("rolls", roll_id, "proxies"), one(Proxy), json=body, creates=True)


def get(proxy_id: str) -> Call[Proxy]:
    """One proxy."""
    return Call("GET", path("proxies", proxy_id), one(Proxy))


def list_(roll_id: str) -> Call[Page[Proxy]]:
    """The proxies of a roll: all for officers and where they are published, else one's own."""
    return Call("GET", path("rolls", roll_id, "proxies"), page_of(Proxy))


def revoke(proxy_id: str) -> Call[Proxy]:
    """Take it back; a ballot that was cast stays cast."""
    return Call("POST", path("proxies", proxy_id, "revoke"), one(Proxy))
