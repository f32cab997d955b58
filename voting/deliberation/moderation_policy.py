"""How a community moderates: its rules, when flags hide, how long a review and an appeal may take, whether texts are
checked first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.community import events, queries
from voting.community.queries import Expectation, Seen
from voting.community.tables import Community
from voting.core import authority, texts
from voting.core.authority import Principal, Subject
from voting.deliberation.moderation_tables import ModerationPolicy
from voting.errors import Invalid, NotFound

MOST_RULES = 50
MOST_TITLE = 200
DEFAULTS: Mapping[str, Any] = {
    "pre_check": False,
    "flag_threshold": 3,
    "review_hours": 72,
    "appeal_days": 14,
    "rules": [
        {"id": "abuse", "title": {"zh-CN": "辱骂或骚扰", "en": "Abuse or harassment"}},
        {"id": "personal-data", "title": {"zh-CN": "泄露他人个人信息", "en": "Somebody's personal data"}},
        {"id": "spam", "title": {"zh-CN": "广告或刷屏", "en": "Advertising or flooding"}},
        {"id": "off-topic", "title": {"zh-CN": "与事项无关", "en": "Off the subject"}},
        {"id": "unlawful", "title": {"zh-CN": "违法内容", "en": "Unlawful content"}},
    ],
}
EDIT = {"edit": "moderation.edit_policy"}
SeenPolicy = Seen[ModerationPolicy]


def of(session: Session, community_id: str) -> ModerationPolicy:
    """The policy of a community: its own, or the defaults, which are not stored."""
    return session.get(ModerationPolicy, community_id) or ModerationPolicy(
        community_id=community_id, version=0, **DEFAULTS
    )


def check_rule(session: Session, community_id: str, rule_id: str) -> None:
    """Raise Invalid unless the community has the rule."""
    known = [rule["id"] for rule in of(session, community_id).rules]
    if rule_id not in known:
        raise Invalid.at("/rule_id", "moderation_rule_unknown", value=rule_id[:60], known=known)


def exists(session: Session, community_id: str) -> Community:
    """The community, for what is public. Raises NotFound."""
    found = session.get(Community, community_id)
    if found is None:
        raise NotFound("community_not_found", id=community_id)
    return found


def get(session: Session, principal: Principal, community_id: str) -> SeenPolicy:
    """The policy, for everybody: whoever is judged by rules may read them."""
    exists(session, community_id)
    return Seen(of(session, community_id), queries.actions(principal, Subject(community_id, kind="community"), EDIT))


def edit(
    session: Session,
    principal: Principal,
    community_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    *,
    now: datetime,
) -> SeenPolicy:
    """New values; what is left out stays. Cases that are open keep their dates."""
    queries.community(session, principal, community_id)
    authority.require(principal, "moderation.edit_policy", Subject(community_id, kind="community"))
    session.get_one(Community, community_id, with_for_update=True, populate_existing=True)
    row = of(session, community_id)
    expects(row.version)
    if "rules" in changes:
        changes = {**changes, "rules": _checked(changes["rules"])}
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    session.add(row)
    session.flush()
    events.record(session, principal, community_id, ("moderation_policy", community_id), "edited", now, changed=changed)
    return get(session, principal, community_id)


def _checked(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [rule["id"] for rule in rules]
    if len(set(ids)) != len(ids):
        raise Invalid.at("/rules", "moderation_rule_twice")
    return [
        {"id": rule["id"], "title": texts.accept_local(rule["title"], f"/rules/{place}/title", most=MOST_TITLE)}
        for place, rule in enumerate(rules)
    ]
