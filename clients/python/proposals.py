"""Proposals: written together, handed in, supported, answered, and brought to the vote.

Titles and bodies are texts by locale. Paragraphs are parted by blank lines; markup is text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from clients.python.answers import Event
from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.proposal_answers import Alike, Comparison, Endorsement, Lineage, Proposal, ProposalVersion


def draft(
    *,
    title: Mapping[str, str],
    body: Mapping[str, str],
    category: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    location: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """What is proposed, as a part of a split takes it. `location` is longitude and latitude in WGS-84."""
    point = None if location is None else {"type": "Point", "coordinates": list(location)}
    return present(
        title=dict(title), body=dict(body), category=category, building_id=building_id, unit_id=unit_id, location=point
    )


def create(
    community_id: str,
    *,
    title: Mapping[str, str],
    body: Mapping[str, str],
    category: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    location: tuple[float, float] | None = None,
) -> Call[Proposal]:
    """Draft a proposal. It concerns the whole community unless a building or a unit is named; `location` is longitude and
    latitude in WGS-84. Only its authors see it until it is submitted."""
    told = draft(title=title, body=body, category=category, building_id=building_id, unit_id=unit_id, location=location)
    return Call("POST", path("communities", community_id, "proposals"), one(Proposal), json=told, creates=True)


def get(proposal_id: str, *, crs: str | None = None) -> Call[Proposal]:
    """One proposal, its place in the datum `crs` (wgs84 or gcj02)."""
    return Call("GET", path("proposals", proposal_id), one(Proposal), query=present(crs=crs))


def list_(
    community_id: str,
    *,
    state: str | None = None,
    category: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    author_id: str | None = None,
    order: str | None = None,
    asks_me: bool | None = None,
    actions: bool | None = None,
) -> Call[Page[Proposal]]:
    """The proposals that the caller may know of. `asks_me`: those that wait for a word of an endorser; `actions`: each
    tells what the caller may do with it."""
    query = present(
        state=state,
        category=category,
        building_id=building_id,
        unit_id=unit_id,
        author_id=author_id,
        order=order,
        asks_me=asks_me,
        actions=actions,
    )
    return Call("GET", path("communities", community_id, "proposals"), page_of(Proposal), query=query)


def edit(
    proposal_id: str, etag: str, *, minor: bool | None = None, note: str | None = None, **changes: Any
) -> Call[Proposal]:
    """Change it; `etag` is that of the proposal that was read. Another `title` or `body` is another version, `minor` when
    nothing of substance changes; None clears a member."""
    body = present(minor=minor, note=note) | changes
    return Call("PATCH", path("proposals", proposal_id), one(Proposal), json=body, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def versions(proposal_id: str) -> Call[Page[ProposalVersion]]:
    """Every wording it has had, oldest first."""
    return Call("GET", path("proposals", proposal_id, "versions"), page_of(ProposalVersion))


def compare(proposal_id: str, old: int, new: int) -> Call[Comparison]:
    """Two versions by paragraphs."""
    query = {"from": old, "to": new}
    return Call("GET", path("proposals", proposal_id, "diff"), one(Comparison), query=query)


def erase_version(proposal_id: str, number: int, reason: str) -> Call[ProposalVersion]:
    """Forget what a version said. Its place and its hash in the journal stand."""
    where = path("proposals", proposal_id, "versions", str(number), "erase")
    return Call("POST", where, one(ProposalVersion), json={"reason": reason})


def erase_answer(proposal_id: str, which: str, number: int, reason: str) -> Call[Proposal]:
    """Forget what an `answer` or an `outcome` said. Its place and its hash in the journal stand."""
    where = path("proposals", proposal_id, "answers", which, str(number), "erase")
    return Call("POST", where, one(Proposal), json={"reason": reason})


def events(proposal_id: str) -> Call[Page[Event]]:
    """What happened to it, oldest first, for those who watch over it."""
    return Call("GET", path("proposals", proposal_id, "events"), page_of(Event))


def duplicates(proposal_id: str) -> Call[Page[Alike]]:
    """Published proposals that resemble it."""
    return Call("GET", path("proposals", proposal_id, "duplicates"), page_of(Alike))


def lineage(proposal_id: str) -> Call[Lineage]:
    """What it came of, and what came of it."""
    return Call("GET", path("proposals", proposal_id, "lineage"), one(Lineage))


def _move(verb: str, summary: str, *under: str) -> Callable[[str], Call[Proposal]]:
    def build(proposal_id: str) -> Call[Proposal]:
        return Call("POST", path("proposals", proposal_id, *under, verb), one(Proposal))

    build.__doc__ = summary
    build.__name__ = verb
    return build


accept_invitation = _move("accept", "Become an author of a proposal one was asked to write.", "authors")
leave = _move("leave", "Decline an invitation, or be an author no longer.", "authors")
submit = _move("submit", "Hand it in for publication.")
publish = _move("publish", "Show a submitted proposal to the community. Nobody publishes their own.")
lapse = _move("lapse", "Find that the window is over without enough support.")
endorse = _move("endorsements", "Support it as it is worded now.")
confirm_endorsement = _move("confirm", "Support the new wording of what one had endorsed.", "endorsements")
withdraw_endorsement = _move("withdraw", "Support it no longer.", "endorsements")
review = _move("review", "Begin the review of a qualified proposal.")
adopt = _move("adopt", "Find it adopted: its contest is certified.")
not_adopt = _move("not_adopt", "Find it not adopted.")
implement = _move("implement", "Begin to carry it out.")
complete = _move("complete", "Say that it is carried out.")
archive = _move("archive", "Close it, once it was told how the input changed the outcome.")


def invite(proposal_id: str, person_id: str) -> Call[Proposal]:
    """Ask somebody to write it together."""
    return Call("POST", path("proposals", proposal_id, "authors"), one(Proposal), json={"person_id": person_id})


def _reasoned(verb: str, summary: str) -> Callable[[str, str], Call[Proposal]]:
    def build(proposal_id: str, reason: str) -> Call[Proposal]:
        return Call("POST", path("proposals", proposal_id, verb), one(Proposal), json={"reason": reason})

    build.__doc__ = summary
    build.__name__ = verb
    return build


return_ = _reasoned("return", "Give a submitted proposal back to its authors.")
withdraw = _reasoned("withdraw", "Take it back. What was published stays readable.")


def gather(
    proposal_id: str,
    *,
    days: int,
    unit: str | None = None,
    number: int | None = None,
    fraction: str | None = None,
    roll_id: str | None = None,
) -> Call[Proposal]:
    """Gather support for so many days (`unit`: day or working_day): a `number` of endorsements, or a `fraction` (`1/10`) of a
    sealed roll."""
    body = present(days=days, unit=unit, number=number, fraction=fraction, roll_id=roll_id)
    return Call("POST", path("proposals", proposal_id, "gather"), one(Proposal), json=body)


def flag(proposal_id: str, rule_id: str, note: str | None = None) -> Call[Proposal]:
    """Say which rule of moderation it breaks; enough of that hides it until it is reviewed."""
    body = present(rule_id=rule_id, note=note)
    return Call("POST", path("proposals", proposal_id, "flag"), one(Proposal), json=body)


def endorsements(proposal_id: str) -> Call[Page[Endorsement]]:
    """Who endorsed it, for those who review."""
    return Call("GET", path("proposals", proposal_id, "endorsements"), page_of(Endorsement))


def move_endorsement(proposal_id: str, to: str) -> Call[Proposal]:
    """Give support that a merge or a split released to what came of the proposal. That one is answered."""
    return Call("POST", path("proposals", proposal_id, "endorsements", "move"), one(Proposal), json={"to": to})


def merge(proposal_id: str, into: str, reason: str) -> Call[Proposal]:
    """Merge it into another. Its endorsers are asked whether their support goes along."""
    return Call("POST", path("proposals", proposal_id, "merge"), one(Proposal), json={"into": into, "reason": reason})


def split(proposal_id: str, parts: Sequence[Mapping[str, Any]], reason: str) -> Call[Proposal]:
    """Split it into parts, each a `draft`. The parts are handed in for publication."""
    body = {"parts": [dict(part) for part in parts], "reason": reason}
    return Call("POST", path("proposals", proposal_id, "split"), one(Proposal), json=body)


Answering = Callable[..., Call[Proposal]]


def _answered(verb: str, summary: str) -> Answering:
    def build(
        proposal_id: str, text: Mapping[str, str], *, cost_fen: int | None = None, deadline: date | None = None
    ) -> Call[Proposal]:
        day = None if deadline is None else deadline.isoformat()
        body = present(text=dict(text), cost_fen=cost_fen, deadline=day)
        return Call("POST", path("proposals", proposal_id, verb), one(Proposal), json=body)

    build.__doc__ = summary
    build.__name__ = verb
    return build


accept = _answered("accept", "Accept it, with an answer to its authors: texts by locale, cost in fen, deadline.")
accept_in_part = _answered("accept_in_part", "Accept a part of it; the answer says which.")
report_outcome = _answered("report_outcome", "Tell how the input changed the outcome.")


def reject(proposal_id: str, text: Mapping[str, str], reason: str) -> Call[Proposal]:
    """Reject it, with an answer and the reason in one sentence."""
    body = {"text": dict(text), "reason": reason}
    return Call("POST", path("proposals", proposal_id, "reject"), one(Proposal), json=body)


def put_on_ballot(proposal_id: str, contest_id: str) -> Call[Proposal]:
    """Say which contest puts it to the vote."""
    body = {"contest_id": contest_id}
    return Call("POST", path("proposals", proposal_id, "put_on_ballot"), one(Proposal), json=body)
