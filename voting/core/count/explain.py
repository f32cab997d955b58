"""A count in plain sentences, in Chinese or English: what was cast, how the method decides, each round, the result.

Every number said stands in the tally. The sentences themselves are in `sentences.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voting.core.count import explain_pairs, explain_rounds
from voting.core.count.say import Speaker, locale_of
from voting.core.count.sentences import METHODS
from voting.core.count.tally import Tally

SETS = ("smith-set", "schwartz-set", "condorcet-winner", "condorcet-loser")


def explain(tally: Tally, locale: str, labels: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Explain a tally in `zh` or `en`. `labels` gives options their names; without one an option is called by its id.

    Raises `ValueError` for any other language.
    """
    speaker = Speaker(locale_of(locale), labels or {})
    return tuple(_sentences(tally, speaker))


def _sentences(tally: Tally, speaker: Speaker) -> Iterator[str]:
    """All sentences in order."""
    yield speaker.say(_cast(tally), cast=tally.cast, undervotes=tally.undervotes, valid=tally.valid)
    if tally.rules.excluded_candidates:
        yield speaker.say("withdrawn", options=speaker.names(tally.rules.excluded_candidates))
    if nothing_counts(tally):
        yield speaker.say("no_ballots")
        return
    yield speaker.say(f"method_{_method(tally)}", seats=tally.seats, method=tally.method)
    if tally.comparison is not None:
        yield from explain_pairs.sentences(tally, tally.comparison, speaker)
    else:
        yield from explain_rounds.sentences(tally, speaker)
    yield from _result(tally, speaker)


def _cast(tally: Tally) -> str:
    """Which sentence says how many ballots there are."""
    if not tally.cast:
        return "cast_none"
    if not tally.valid:
        return "cast_all_blank"
    return "cast_blank" if tally.undervotes else "cast"


def nothing_counts(tally: Tally) -> bool:
    """Whether there was nothing to count: no mark that counts, or nobody left standing."""
    return tally.outcome == "no_ballots" or not tally.rounds


def _method(tally: Tally) -> str:
    """Which sentence says how the method decides."""
    if tally.method == "plurality" and tally.seats > 1:
        return "block-plurality"
    if tally.method in METHODS:
        return tally.method
    if tally.method.startswith("stv-meek"):
        return "stv-meek"
    return "stv" if tally.method.startswith("stv-") else "other"


def _result(tally: Tally, speaker: Speaker) -> Iterator[str]:
    """How the count ended."""
    if tally.method in SETS:
        yield _set(tally, speaker)
        return
    if tally.outcome == "stopped":
        yield speaker.say("stopped", number=tally.rounds[-1].number)
    if tally.outcome == "tie_open":
        yield from _open_tie(tally, speaker)
        return
    yield _elected(tally, speaker)
    if tally.outcome == "seats_left":
        yield speaker.say("seats_left", seats=tally.seats, filled=len(tally.winners))


def _elected(tally: Tally, speaker: Speaker) -> str:
    """Who is elected."""
    if tally.method == "yes-no":
        return speaker.say("carried" if tally.options[0] in tally.winners else "not_carried")
    if not tally.winners:
        return speaker.say("elected_nobody")
    key = "elected_one" if len(tally.winners) == 1 else "elected_many"
    return speaker.say(key, options=speaker.names(tally.winners))


def _open_tie(tally: Tally, speaker: Speaker) -> Iterator[str]:
    """A tie nobody broke: shared where the rules say nothing of ties, open where they ask."""
    if len(tally.winners) > tally.seats:
        yield speaker.say("tie_shared", options=speaker.names(tally.winners))
        return
    if tally.winners:
        yield speaker.say("so_far", options=speaker.names(tally.winners))
    yield speaker.say("tie_open")


def _set(tally: Tally, speaker: Speaker) -> str:
    """The answer of a method that finds a set of options."""
    key = tally.method if tally.winners else f"{tally.method}_none"
    return speaker.say(key, options=speaker.names(tally.winners))
