"""What the rule of a contest makes of its tally, shown with the tally, and the round that the rule asks for next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from voting.contests import drafts, external, officials, queries, results, ruling, weights
from voting.contests.drafts import Draft, NewOption
from voting.contests.queries import Loaded
from voting.contests.ruling import Bound
from voting.contests.tables import Contest, Option, Tally
from voting.contests.terms import from_document
from voting.core import rules
from voting.core.authority import Principal
from voting.core.rules import Decision, Rule, Strictest
from voting.core.rules.evaluate import INCONCLUSIVE
from voting.errors import Conflict, Invalid

SECOND_ROUND, SECOND_VOTE = "second_round", "second_vote"
PUBLISHED = ("provisional", "certified")
_ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Asked:
    """A round that the rule asks for: the kind, the rule that decides it, its seats and who or what stands in it."""

    kind: str
    rule_id: str
    seats: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A contest with its decision. Without a tally (the turnout floor was missed) nothing was evaluated."""

    loaded: Loaded
    rule: Rule
    decision: Decision | None
    asked: Asked | None
    challenge: tuple[Bound, ...]
    next_id: str | None
    because: Strictest | None = None
    """Why this rule: how those that the effects demand stand to each other; nothing for a contest without effects."""

    @property
    def outcome(self) -> str:
        """passed, failed or inconclusive."""
        return INCONCLUSIVE if self.decision is None else self.decision.outcome


def of(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Decided:
    """The decision of a contest, for whoever may see its result. `Conflict` before that, and for a contest without a rule."""
    seen = queries.load(session, principal, contest_id, now)
    if seen.contest.channel == ruling.EXTERNAL:
        return _external(session, principal, seen, now)
    loaded, tally = results.of(session, principal, contest_id, now=now)
    contest = loaded.contest
    rule = ruling.of(contest)
    if rule is None:
        raise Conflict("contest_has_no_rule", id=contest_id)
    found = None if tally.result["outcome"] == "inconclusive" else _decide(session, loaded, tally, rule)
    return Decided(
        loaded=loaded,
        rule=rule,
        decision=found,
        asked=None if found is None else _asked(rule, found, tuple(o.id for o in queries.options(session, contest.id))),
        challenge=ruling.certifies_from(session, contest),
        next_id=_next(session, contest.id),
        because=_because(rule, contest),
    )


def _external(session: Session, principal: Principal, loaded: Loaded, now: datetime) -> Decided:
    """The decision on totals that two officials read off an official system."""
    contest = loaded.contest
    external.of(session, principal, contest.id, now=now)
    rule, found = external.evaluation(session, contest)
    found = _while_heard(session, loaded, found)
    options = tuple(option.id for option in queries.options(session, contest.id))
    challenge = ruling.certifies_from(session, contest)
    asked, next_id = _asked(rule, found, options), _next(session, contest.id)
    return Decided(loaded, rule, found, asked, challenge, next_id, _because(rule, contest))


def _because(rule: Rule, contest: Contest) -> Strictest | None:
    return rules.strictest((rule, *rules.demanded(contest.effects))) if contest.effects else None


def _decide(session: Session, loaded: Loaded, tally: Tally, rule: Rule) -> Decision:
    contest = loaded.contest
    number = 2 if contest.follows_id is not None and rule.elect is not None else 1
    try:
        found = rules.decide(rule, weights.tallied(session, contest, loaded.roll, tally, rule, number))
        return _while_heard(session, loaded, found)
    except Invalid as error:
        raise Conflict("decision_impossible", why=error.faults[0].code) from error


def _while_heard(session: Session, loaded: Loaded, found: Decision) -> Decision:
    """The decision, which waits for objections as long as they are heard."""
    until = ruling.objections_until(session, loaded.contest)
    over = until is not None and loaded.now >= until
    if over or not found.evaluation.rule.hears_objections or "objection" in found.evaluation.pending:
        return found
    pending = (*found.evaluation.pending, "objection")
    return replace(found, evaluation=replace(found.evaluation, pending=pending))


def _asked(rule: Rule, found: Decision, options: tuple[str, ...]) -> Asked | None:
    following = found.next_round
    if following is not None:
        return Asked(SECOND_ROUND, rule.id, following.seats, following.candidates)
    fallback = found.evaluation.fallback
    if fallback is not None and fallback.open:
        return Asked(fallback.needs, fallback.then, 1, options)
    return None


def _next(session: Session, contest_id: str) -> str | None:
    """The contest that follows this one, if one was drafted and not annulled."""
    follows = select(Contest.id).where(Contest.follows_id == contest_id, Contest.state != _ANNULLED)
    return session.exec(follows.order_by(col(Contest.id)).limit(1)).first()


def next_round(
    session: Session, principal: Principal, contest_id: str, *, opens_at: datetime, closes_at: datetime, now: datetime
) -> Loaded:
    """Draft the round that the rule asks for, among those it names. `Conflict` where it asks for none, or one was drafted."""
    queries.load(session, principal, contest_id, now, "contest.create", hold=True)
    found = of(session, principal, contest_id, now=now)
    contest = found.loaded.contest
    if contest.state not in PUBLISHED:
        raise Conflict("not_published_yet", state=contest.state)
    if found.asked is None:
        raise Conflict("no_next_round", outcome=found.outcome)
    if found.next_id is not None:
        raise Conflict("next_round_drafted", id=found.next_id)
    standing = {option.id: option for option in queries.options(session, contest.id)}
    draft = _draft(contest, found.asked, [standing[name] for name in found.asked.options], opens_at, closes_at)
    made = drafts.create(session, principal, contest.community_id, draft, now=now)
    made.contest.follows_id = contest.id
    session.flush()
    return made


def _draft(contest: Contest, asked: Asked, options: list[Option], opens_at: datetime, closes_at: datetime) -> Draft:
    second_round = asked.kind == SECOND_ROUND
    return Draft(
        roll_id=contest.roll_id,
        question=contest.question,
        options=[
            NewOption(option.label, option.description, option.status_quo, option.person_id) for option in options
        ],
        method=_method(contest, asked) if second_round else contest.method,
        opens_at=opens_at,
        closes_at=closes_at,
        seats=asked.seats,
        rules={} if second_round else contest.rules,
        terms=from_document(contest.terms),
        secrecy=contest.secrecy,
        publish_mode=contest.publish_mode,
        channel=contest.channel,
        officials=officials.of_document(contest.officials),
        k=contest.k,
        rule_id=asked.rule_id,
    )


def _method(contest: Contest, asked: Asked) -> str:
    """Plurality elects one; several seats stay with the method of the first round."""
    return "plurality" if asked.seats == 1 else contest.method
