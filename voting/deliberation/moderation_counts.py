"""Moderation in public figures: what was decided in a month, by rule and by what it was about. Counts of steps, never of
people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from voting.deliberation import moderation_policy
from voting.deliberation.moderation_tables import ModerationStep
from voting.errors import Invalid

KINDS = ("flagged", "dismissed", "hidden", "removed", "withheld", "appealed", "reinstated", "upheld")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class MonthlyCounts:
    """The figures of one month in the community's time zone."""

    community_id: str
    month: str
    begins_at: datetime
    ends_at: datetime
    by_rule: Mapping[str, Mapping[str, int]]
    """Rule → kind of step → how many."""
    by_subject: Mapping[str, Mapping[str, Mapping[str, int]]]
    """Rule → comment, proposal … → kind of step → how many."""


def of_month(session: Session, community_id: str, month: str) -> MonthlyCounts:
    """The figures of a month, `YYYY-MM`, for everybody. Raises Invalid for another form."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise Invalid.at("/month", "month_malformed", value=month[:20])
    community = moderation_policy.exists(session, community_id)
    year, number = int(found[1]), int(found[2])
    zone = ZoneInfo(community.time_zone)
    begins = datetime(year, number, 1, tzinfo=zone)
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    counted = (
        select(ModerationStep.rule_id, ModerationStep.subject_kind, ModerationStep.kind, func.count())
        .where(
            ModerationStep.community_id == community_id, col(ModerationStep.at) >= begins, col(ModerationStep.at) < ends
        )
        .group_by(col(ModerationStep.rule_id), col(ModerationStep.subject_kind), col(ModerationStep.kind))
        .order_by(col(ModerationStep.rule_id), col(ModerationStep.subject_kind))
    )
    by_rule: dict[str, dict[str, int]] = {}
    by_subject: dict[str, dict[str, dict[str, int]]] = {}
    for rule_id, subject_kind, kind, count in session.exec(counted):
        by_rule.setdefault(rule_id, dict.fromkeys(KINDS, 0))[kind] += count
        its = by_subject.setdefault(rule_id, {})
        its.setdefault(subject_kind, dict.fromkeys(KINDS, 0))[kind] = count
    return MonthlyCounts(community_id, month, begins, ends, by_rule, by_subject)
