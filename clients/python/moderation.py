"""Moderation: flags, cases, decisions with rule and reason, appeals to another reviewer, sanctions that end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.comment_answers import Case, Comment, Erased, MonthlyCounts, Policy, Sanction


def policy(community_id: str) -> Call[Policy]:
    """The rules of a community's moderation. Needs no account."""
    return Call("GET", path("communities", community_id, "moderation-policy"), one(Policy))


def edit_policy(community_id: str, etag: str, **changes: Any) -> Call[Policy]:
    """Change how a community moderates; `etag` is that of the policy that was read."""
    where = path("communities", community_id, "moderation-policy")
    return Call("PATCH", where, one(Policy), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def counts(community_id: str, month: str) -> Call[MonthlyCounts]:
    """What was decided in a month (`2026-03`), by rule. Needs no account."""
    where = path("communities", community_id, "moderation-counts")
    return Call("GET", where, one(MonthlyCounts), query={"month": month})


def flag(comment_id: str, rule_id: str, note: str | None = None) -> Call[Comment]:
    """Say which rule a comment breaks; enough of that hides it until it is reviewed."""
    body = present(rule_id=rule_id, note=note)
    return Call("POST", path("comments", comment_id, "flag"), one(Comment), json=body)


def pending(community_id: str) -> Call[Page[Comment]]:
    """The comments that wait for a check, oldest first, for the service that checks them."""
    return Call("GET", path("communities", community_id, "pending-comments"), page_of(Comment))


def publish(comment_id: str) -> Call[Comment]:
    """Show a comment that waited for a check, or was withheld."""
    return Call("POST", path("comments", comment_id, "publish"), one(Comment))


def withhold(comment_id: str, rule_id: str, reason: str) -> Call[Comment]:
    """Keep back a comment that waits."""
    body = {"rule_id": rule_id, "reason": reason}
    return Call("POST", path("comments", comment_id, "withhold"), one(Comment), json=body)


def erase(comment_id: str) -> Call[Comment]:
    """Erase what a comment says and has said; its place stays and every proof holds."""
    return Call("POST", path("comments", comment_id, "erase"), one(Comment))


def erase_person(person_id: str) -> Call[Erased]:
    """Erase everything a person has said, written and supported, and that it was them; every proof holds."""
    return Call("POST", path("persons", person_id, "erase_contributions"), one(Erased))


def cases(community_id: str, *, state: str | None = None) -> Call[Page[Case]]:
    """The cases of a community, oldest first, for moderators."""
    where = path("communities", community_id, "moderation-cases")
    return Call("GET", where, page_of(Case), query=present(state=state))


def case(case_id: str) -> Call[Case]:
    """One case: its flags, decisions and reasons."""
    return Call("GET", path("moderation-cases", case_id), one(Case))


def take(case_id: str) -> Call[Case]:
    """Take a case, or take it over, to decide it."""
    return Call("POST", path("moderation-cases", case_id, "take"), one(Case))


def hide(case_id: str, rule_id: str, reason: str, *, sanction: Mapping[str, Any] | None = None) -> Call[Case]:
    """Hide the comment; its author may appeal. `sanction`: `{"acts": ["comment"], "days": 7}`."""
    body = present(rule_id=rule_id, reason=reason, sanction=sanction)
    return Call("POST", path("moderation-cases", case_id, "hide"), one(Case), json=body)


def remove_legal(case_id: str, rule_id: str, reason: str, *, sanction: Mapping[str, Any] | None = None) -> Call[Case]:
    """Remove the comment because the law demands it."""
    body = present(rule_id=rule_id, reason=reason, sanction=sanction)
    return Call("POST", path("moderation-cases", case_id, "remove_legal"), one(Case), json=body)


def _reasoned(verb: str, summary: str) -> Callable[[str, str], Call[Case]]:
    def build(case_id: str, reason: str) -> Call[Case]:
        return Call("POST", path("moderation-cases", case_id, verb), one(Case), json={"reason": reason})

    build.__doc__ = summary
    build.__name__ = verb
    return build


dismiss = _reasoned("dismiss", "Find that nothing was broken: the comment is shown again.")
appeal = _reasoned("appeal", "Appeal against the hiding of one's comment, to somebody who has not decided it.")
reinstate = _reasoned(
    "reinstate", "Find an appeal right: the comment is back, and a sanction that came with it is void."
)
uphold = _reasoned("uphold", "Find an appeal wrong. That is final.")


def impose(
    community_id: str, person_id: str, acts: Sequence[str], days: int, rule_id: str, reason: str
) -> Call[Sanction]:
    """Forbid a person to `comment`, `react` or `flag` for some days."""
    body = {"person_id": person_id, "acts": list(acts), "days": days, "rule_id": rule_id, "reason": reason}
    return Call("POST", path("communities", community_id, "sanctions"), one(Sanction), json=body, creates=True)


def sanctions(community_id: str) -> Call[Page[Sanction]]:
    """All for moderators, one's own for everybody else."""
    return Call("GET", path("communities", community_id, "sanctions"), page_of(Sanction))


def sanction(sanction_id: str) -> Call[Sanction]:
    """One sanction."""
    return Call("GET", path("sanctions", sanction_id), one(Sanction))


def lift(sanction_id: str) -> Call[Sanction]:
    """End it before its date."""
    return Call("POST", path("sanctions", sanction_id, "lift"), one(Sanction))
