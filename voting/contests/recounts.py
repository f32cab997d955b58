"""What if: the ballots of a published contest counted in other ways, side by side. Advisory; nothing of it is kept.

The result of a contest is what its frozen rules found, whatever other rules would have found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.contests import counting, explaining, labels, methods, queries, results
from voting.contests.counting import Ballots
from voting.contests.queries import Loaded
from voting.contests.recount_words import Difference, said
from voting.contests.tables import Contest
from voting.core import authority
from voting.core import count as engine
from voting.core.authority import Principal
from voting.core.count import Tally
from voting.core.count.fast import MATRIX
from voting.core.count.rules import FEWEST_PAIRWISE_WINS
from voting.core.evidence import bundle
from voting.errors import Conflict, Fault, Invalid

MOST_ALTERNATIVES = 8
MOST_WORK = 2_000_000
"""About two seconds of counting, for all alternatives together; `_work` says what is added up."""
_OWN_BALLOTS = ("score", "yes-no")
"""Methods whose marks mean something else than an order: their grades, yes and no must have been asked for."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to count. What is not said is as in the contest; rule values only where the method is its own."""

    method: str | None = None
    seats: int | None = None
    rules: Mapping[str, Any] | None = None
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to count with everything said; the options left out stand among the rules as well."""

    method: str
    seats: int
    rules: Mapping[str, Any]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """One count of the comparison. `document` is the tally in the form of a result; `sentence` says what differs."""

    way: Way
    document: Mapping[str, Any]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Recount:
    """The published count beside the others, in the order they were asked for."""

    contest_id: str
    published: Counted
    alternatives: tuple[Counted, ...] = field(default=())


def recount(
    session: Session,
    principal: Principal,
    contest_id: str,
    alternatives: Sequence[Alternative],
    *,
    locale: str,
    now: datetime,
) -> Recount:
    """Count a published contest in other ways. Raises `Conflict` before the publication, `Invalid` with every fault."""
    loaded, stored = results.of(session, principal, contest_id, now=now)
    _require_published(principal, loaded)
    contest = loaded.contest
    ways = [_complete(contest, alternative) for alternative in alternatives]
    given = counting.ballots(session, contest)
    found = [*_faults(contest, ways, given)]
    if found:
        raise Invalid(found)
    _refuse_too_much(ways, given)
    published = explaining.tally_of(session, loaded, stored)
    named = labels.of_options(queries.options(session, contest_id), locale)
    counts = [_count(contest, way, given, place) for place, way in enumerate(ways)]
    return Recount(
        contest_id,
        _counted(Way(contest.method, contest.seats, contest.rules), published),
        tuple(
            _counted(way, tally, said(Difference(published, tally, way.without), locale, named))
            for way, tally in zip(ways, counts, strict=True)
        ),
    )


def _require_published(principal: Principal, loaded: Loaded) -> None:
    """Before the publication nobody tries other rules, not even who counts; nor where ballots are for auditors alone."""
    contest = loaded.contest
    if contest.state == "inconclusive":
        raise Conflict("nothing_was_counted")
    if contest.provisional_at is None:
        raise Conflict("not_published_yet", state=contest.state)
    if not bundle.shows(contest.publish_mode, "public")[1]:
        authority.require(principal, "contest.read_withheld", loaded.subject)


def _complete(contest: Contest, asked: Alternative) -> Way:
    """The alternative with everything said."""
    method = asked.method or contest.method
    least, most = methods.seats_of(method) if method in engine.METHODS else (0, None)
    seats = contest.seats if asked.seats is None else asked.seats
    if asked.seats is None:
        seats = max(least, seats if most is None else min(seats, most))
    rules = asked.rules
    if rules is None:
        rules = contest.rules if method == contest.method else _ties(contest.rules)
    if asked.without:
        withdrawn = dict.fromkeys((*rules.get("excluded_candidates", ()), *asked.without))
        rules = {**rules, "excluded_candidates": list(withdrawn)}
    return Way(method, seats, rules, tuple(asked.without))


def _ties(rules: Mapping[str, Any]) -> dict[str, Any]:
    """How ties are broken, for a method that is not the contest's own: as there, where every method can, else by lot."""
    kept = {member: rules[member] for member in ("tie_break", "tie_break_order") if member in rules}
    return {"tie_break": "random"} if kept.get("tie_break") == FEWEST_PAIRWISE_WINS else kept


def _faults(contest: Contest, ways: Sequence[Way], given: Ballots) -> Iterator[Fault]:
    for place, way in enumerate(ways):
        at = f"/alternatives/{place}"
        strangers = [n for n, option in enumerate(way.without) if option not in given.options]
        yield from (Fault(f"{at}/without/{n}", "unknown_option", {"option": way.without[n]}) for n in strangers)
        if way.method in _OWN_BALLOTS and way.method != contest.method:
            yield Fault(f"{at}/method", "method_needs_its_own_ballots", {"method": way.method})
        elif not strangers:
            yield from methods.faults(way.method, given.options, way.seats, way.rules, at)


def _refuse_too_much(ways: Sequence[Way], given: Ballots) -> None:
    work = sum(_work(way, given) for way in ways)
    if work > MOST_WORK:
        raise Invalid.at("/alternatives", "recount_too_large", most=MOST_WORK, got=work)


def _work(way: Way, given: Ballots) -> int:
    """Marks that are looked at: distinct rankings × options, once for each seat where seats are filled one by one; where
    pairs are compared, also the steps over all triples of options, four of which cost as much as one mark."""
    options = len(given.options)
    marks = max(1, len(given.rankings)) * options
    if way.method in MATRIX:
        return marks + options**3 // 4
    one_by_one = way.method.startswith("stv") or way.method == "irv-multi-pass"
    return marks * max(1, way.seats) if one_by_one else marks


def _count(contest: Contest, way: Way, given: Ballots, place: int) -> Tally:
    try:
        return counting.run(given, way.method, way.seats, way.rules, contest.lot_seed)
    except engine.CountError as error:
        raise Invalid.at(f"/alternatives/{place}", "rules_do_not_fit", why=str(error)) from error


def _counted(way: Way, tally: Tally, sentence: str = "") -> Counted:
    document = {name: counting.without_null(value) for name, value in engine.tally_to_json(tally).items()}
    return Counted(way, document, sentence)
