"""A published count told again: in sentences, and as a picture.

Both need the whole tally, of which the stored result is the written form. So the box is counted again, the outcome must hash
to what was stored, and the newest tallies are kept: they are values that cannot change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlmodel import Session

from voting.contests import counting, labels, queries, results
from voting.contests.queries import Loaded, Turnout
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
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Explanation:
    """A count in plain sentences."""

    contest_id: str
    locale: str
    sentences: tuple[str, ...]


class _Newest:
    """The tallies used last, by the hash of their result."""

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, Tally] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes) -> Tally | None:
        with self._lock:
            if digest in self._found:
                self._found.move_to_end(digest)
            return self._found.get(digest)

    def keep(self, digest: bytes, tally: Tally) -> None:
        with self._lock:
            self._found[digest] = tally
            if len(self._found) > _KEPT:
                self._found.popitem(last=False)


_NEWEST = _Newest()


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
    kept = _NEWEST.get(stored.result_hash)
    if kept is not None:
        return kept
    contest = loaded.contest
    found = counting.tally(session, contest, contest.lot_seed)
    turnout = Turnout(stored.result["turnout"]["electors"], stored.result["turnout"]["cast"])
    if counting.hash_of(counting.document(contest, turnout, found)) != stored.result_hash:
        raise Conflict("result_not_reproduced")
    _NEWEST.keep(stored.result_hash, found)
    return found
