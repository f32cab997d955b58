"""Plurality: each ballot counts for the first option it ranks; block plurality with several seats. Votes are ballots.

With several seats a ballot counts once for each of up to `seats` options, taken from its ranks in order; a rank that
goes beyond them is an overvote. Where the ballots are weak orders (`unranked` is given, or overvotes are split), options
of the rank for which the votes do not suffice share what is left of them equally, and under `ranked_last_equal` a ballot
without a mark ranks all options equally.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from fractions import Fraction

from voting.core.count import single_round
from voting.core.count.ballots import OVERVOTE, Cause, Ranking, completed, is_blank, path_of
from voting.core.count.numbers import Amount, whole
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, OVERVOTES, UNRANKED, Choice, Members, Rules
from voting.core.count.tally import Exhausted, Tally

MEMBERS: Members = {**COMMON, **UNRANKED, "overvote": Choice((*OVERVOTES, "split_equally"))}


def count(poll: Poll, number: int = 1) -> Tally:
    """Count the first preferences (up to `seats` marks on each ballot); the options with most votes are elected.

    `number` is the number of the round, where another method counts a round this way.
    """
    votes: dict[str, Amount] = dict.fromkeys(poll.standing, 0)
    index = {option: place for place, option in enumerate(poll.options) if option in votes}
    left: Counter[Cause] = Counter()
    undervotes = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking) and not ranks_blanks(poll.rules):
            undervotes += ballots
            continue
        shares, cause = marks(ranking, poll, index)
        for option, share in shares.items():
            votes[option] += share * ballots
        if not shares:
            left[cause] += ballots
    scores = {option: whole(held) for option, held in votes.items()}
    exhausted = Exhausted(left["choices"], left["overvotes"], left["duplicates"], left["skipped"])
    return single_round.tally(poll, scores, sum(poll.ballots.values()), undervotes, exhausted, number)


def splits(rules: Rules) -> bool:
    """Whether options of equal rank share a vote."""
    return rules.overvote == "split_equally" or (rules.overvote is None and rules.unranked is not None)


def ranks_blanks(rules: Rules) -> bool:
    """Whether a ballot without a mark ranks all options equally instead of being an undervote."""
    return splits(rules) and rules.unranked == "ranked_last_equal"


def marks(ranking: Ranking, poll: Poll, index: Mapping[str, int]) -> tuple[Mapping[str, Amount], Cause]:
    """What one ballot gives to whom, or why it gives nothing. `index` holds the options that stand."""
    ranking = completed(ranking, poll.options, poll.rules)
    if splits(poll.rules):
        ranks, cause = _ranks(ranking, poll.rules)
        return equal_shares(ranks, index, max(poll.seats, 1)), cause
    if poll.seats > 1:
        return _block(ranking, poll, index)
    steps, cause = path_of(ranking, index, poll.rules)
    if not steps:
        return {}, cause
    return ({poll.options[steps[0]]: 1}, cause) if isinstance(steps[0], int) else ({}, "overvotes")


def equal_shares(ranking: Ranking, among: Container[str], votes: int = 1) -> dict[str, Amount]:
    """Up to `votes` votes in the order of the ranks; the rank for which they do not suffice shares what is left equally."""
    shares: dict[str, Amount] = {}
    for rank in ranking:
        held = [option for option in dict.fromkeys(rank) if option in among and option not in shares]
        left = votes - len(shares)
        if held and left > 0:
            shares.update(dict.fromkeys(held, min(Fraction(left, len(held)), Fraction(1))))
    return shares


def _ranks(ranking: Ranking, rules: Rules) -> tuple[Ranking, Cause]:
    """The marked ranks that the rules let count, and why no more do. `ranking` was `completed` before."""
    ranks: list[tuple[str, ...]] = []
    seen: set[str] = set()
    blanks = 0
    for rank in ranking if rules.unranked == "ranked_last_equal" else ranking[: rules.max_rankings]:
        if not rank:
            blanks += 1
            continue
        if rules.skip_limit is not None and blanks > rules.skip_limit:
            return tuple(ranks), "skipped"
        blanks = 0
        if rules.duplicate == "exhaust" and not seen.isdisjoint(rank):
            return tuple(ranks), "duplicates"
        seen.update(option for option in rank if option != OVERVOTE)
        ranks.append(rank)
    return tuple(ranks), "choices"


def _block(ranking: Ranking, poll: Poll, index: Mapping[str, int]) -> tuple[dict[str, Amount], Cause]:
    """Up to `seats` marks in the order of the ranks; a rank beyond them ends the ballot there, or is passed over."""
    chosen: dict[str, Amount] = {}
    ranks, cause = _ranks(ranking, poll.rules)
    for rank in ranks:
        fresh = [option for option in dict.fromkeys(rank) if option in index and option not in chosen]
        room = poll.seats - len(chosen)
        if OVERVOTE in rank or (len(rank) > 1 and len(fresh) > room):
            if poll.rules.overvote == "skip_to_next_rank":
                continue
            return chosen, "overvotes"
        chosen.update(dict.fromkeys(fresh[:room], 1))
        if len(chosen) == poll.seats:
            break
    return chosen, cause
