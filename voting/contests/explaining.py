"""A published count told again: in sentences, and as a picture.

Both need the whole tally, of which the stored result is the written form. So the box is counted again, the outcome must hash
to what was stored, and the newest tallies are kept: they are values that cannot change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from voting.contests import counting, labels, queries, results
from voting.contests.kept import Kept
from voting.contests.queries import Loaded, Turnout
from voting.contests.tables import Contest
from voting.contests.tables import Tally as Stored
from voting.core.authority import Principal
from voting.core.count import Tally
from voting.core.count.chart import chart
from voting.core.count.explain import explain
from voting.errors import Conflict

INCONCLUSIVE = {
    "zh-CN": "{electors}名选民中有{cast}人投票，未达到{floor}的最低投票率，因此没有计票。",
    "en": "{cast} of {electors} electors cast a ballot; the turnout floor of {floor} was missed, so nothing was counted.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A count in plain sentences."""

    contest_id: str
    locale: str
    sentences: tuple[str, ...]


_TALLIES: Kept[Tally] = Kept(16)
"""By the hash of the result."""


def explanation(session: Session, principal: Principal, contest_id: str, *, locale: str, now: datetime) -> Explanation:
    """Explain the newest count, to whoever may see the result. `locale` is `en` or `zh-CN`."""
    loaded, stored = results.of(session, principal, contest_id, now=now)
    if loaded.contest.state == "inconclusive":
        return Explanation(contest_id, locale, (INCONCLUSIVE[locale].format_map(stored.result["turnout"]),))
    named = labels.of_options(queries.options(session, contest_id), locale)
    return Explanation(contest_id, locale, explain(tally_of(session, loaded, stored), locale, named))


def picture(session: Session, principal: Principal, contest_id: str, *, locale: str, now: datetime) -> str:
    """Draw the newest count as one SVG, for whoever may see the result."""
    loaded, stored = results.of(session, principal, contest_id, now=now)
    if loaded.contest.state == "inconclusive":
        raise Conflict("nothing_was_counted")
    named = labels.of_options(queries.options(session, contest_id), locale)
    return chart(tally_of(session, loaded, stored), locale, named, labels.read(loaded.contest.question, locale))


def tally_of(session: Session, loaded: Loaded, stored: Stored) -> Tally:
    """The tally of which a stored result is the written form. `Conflict` when the box no longer gives that result."""
    return _TALLIES.of(stored.result_hash.hex(), lambda: _counted_again(session, loaded.contest, stored))


def _counted_again(session: Session, contest: Contest, stored: Stored) -> Tally:
    found = counting.tally(session, contest, contest.lot_seed)
    turnout = Turnout(stored.result["turnout"]["electors"], stored.result["turnout"]["cast"])
    if counting.hash_of(counting.document(contest, turnout, found)) != stored.result_hash:
        raise Conflict("result_not_reproduced")
    return found
