"""Searching a community: what everybody in it may read, of any kind; and what resembles a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import column, table
from sqlmodel import Session, col, select

from voting.community import queries, search_index
from voting.community.search_index import Hit, Key
from voting.community.search_tables import SearchDocument
from voting.core import authority, moderation, searching
from voting.core.authority import Principal, Subject
from voting.deliberation import proposal_queries
from voting.deliberation.comment_tables import Comment
from voting.deliberation.proposal_tables import Proposal, ProposalVersion
from voting.errors import Invalid
from voting.store import Instant

KINDS = ("proposal", "comment", "result", "problem_report", "minutes")
_REPORT = table("problem_report", column("id"), column("standing"), column("hidden_until", Instant))
"""Named instead of imported: redesign stands above."""
LIKE = Fraction(1, 4)
"""From this likeness of titles on, a proposal is shown as a possible duplicate."""
MOST_ALIKE = 5
_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Alike:
    """A proposal that resembles another, and how much their titles do."""

    document: SearchDocument
    likeness: Fraction


def find(
    session: Session,
    principal: Principal,
    community_id: str,
    query: str,
    *,
    kind: str | None = None,
    after: Key | None = None,
    limit: int = 20,
    now: datetime,
) -> tuple[Hit, ...]:
    """At most `limit` things that hold every term of the query, those with all of them in the title first, then the newest."""
    at = queries.community_time(session, principal, community_id, now)
    authority.require(principal, "proposal.read", Subject(community_id, kind="proposal"))
    terms = searching.wanted(query)
    if not terms:
        raise Invalid.at("/q", "nothing_to_search")
    found: list[Hit] = []
    while len(found) < limit:
        wanted = limit - len(found)
        hits = search_index.find(session, community_id, terms, kind=kind, after=after, limit=wanted)
        found += _readable(session, hits, at)
        if len(hits) < wanted:
            break
        after = hits[-1].key
    return tuple(found)


def _readable(session: Session, hits: Sequence[Hit], now: datetime) -> list[Hit]:
    """Those that everybody reads at this instant: one may be hidden, and its hiding may end by itself."""
    hidden = _hidden(session, [hit.document for hit in hits], now)
    return [hit for hit in hits if hit.document.subject_id not in hidden]


def _hidden(session: Session, found: Sequence[SearchDocument], now: datetime) -> set[str]:
    """Those that not everybody reads at this instant."""
    asked = {
        "comment": (col(Comment.id), col(Comment.state), col(Comment.hidden_until)),
        "proposal": (col(Proposal.id), col(Proposal.standing), col(Proposal.hidden_until)),
        "problem_report": (_REPORT.c.id, _REPORT.c.standing, _REPORT.c.hidden_until),
    }
    hidden: set[str] = set()
    for kind, columns in asked.items():
        ids = [row.subject_id for row in found if row.subject_kind == kind]
        states = session.execute(select(*columns).where(columns[0].in_(ids))) if ids else ()
        hidden |= {one for one, state, until in states if not moderation.is_shown(state, until, now)}
    return hidden


def duplicates(session: Session, principal: Principal, proposal_id: str, *, now: datetime) -> tuple[Alike, ...]:
    """Published proposals whose titles resemble this one's, the likest first: to be looked at before it is published."""
    loaded = proposal_queries.load(session, principal, proposal_id, now)
    text = proposal_queries.version(session, proposal_id, loaded.proposal.number)
    terms = searching.indexed(text.title.values()).split()
    if not terms:
        return ()
    home = loaded.proposal.community_id
    some = tuple(dict.fromkeys(terms))[: searching.MOST_TERMS]
    found = search_index.alike(session, home, some, kind="proposal", limit=_CANDIDATES)
    hidden = _hidden(session, found, loaded.now)
    compared = [
        Alike(row, searching.likeness(terms, row.title_terms.split()[1:]))
        for row in found
        if row.subject_id != proposal_id and row.subject_id not in hidden
    ]
    near = [one for one in compared if one.likeness >= LIKE]
    return tuple(sorted(near, key=lambda one: -one.likeness)[:MOST_ALIKE])


def shelve(session: Session, proposal: Proposal, text: ProposalVersion) -> None:
    """Let a published proposal be found by its newest text; by nothing where that was erased."""
    if proposal.published_at is None or text.number != proposal.number:
        return
    if text.erased_at is not None:
        search_index.forget(session, (proposal.id,))
        return
    subject = search_index.Subject(proposal.community_id, "proposal", proposal.id, proposal.published_at)
    search_index.put(session, subject, text.title, text.body)


def shelve_comment(session: Session, comment: Comment) -> None:
    """Let a comment be found as long as it stands; whether it is hidden at the moment is asked when it is found."""
    if comment.text is None or comment.state not in moderation.SHOWN:
        search_index.remove(session, comment.id)
        return
    search_index.put(session, *_told(comment))


def shelve_new_comments(session: Session, comments: Sequence[Comment]) -> None:
    """Let comments be found that were written in this transaction, by one statement; not those that wait for a check."""
    search_index.put_new(session, [_told(comment) for comment in comments if comment.state in moderation.SHOWN])


def _told(comment: Comment) -> tuple[search_index.Subject, dict[str, str], dict[str, str]]:
    about = comment.thread.partition(":")[2]
    subject = search_index.Subject(comment.community_id, "comment", comment.id, comment.created_at, about)
    return subject, {}, {"und": comment.text or ""}
