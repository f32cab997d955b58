"""The comparison of a Condorcet count in sentences: pairs, strengths, paths, locked pairs, balances, ranking."""

from __future__ import annotations

from collections.abc import Iterator

from voting.core.count.explain_rounds import tie_sentence
from voting.core.count.pairwise import Comparison, Pairwise
from voting.core.count.say import Speaker, figure
from voting.core.count.strength import Strength
from voting.core.count.tally import Tally

FEW = 8
"""With more options than this only the pairs and paths of the winners are told; the matrix holds the rest."""


def sentences(tally: Tally, seen: Comparison, speaker: Speaker) -> Iterator[str]:
    """What was compared, and what the method made of it."""
    yield speaker.say(tally.rules.unranked or "ranked_last_equal")
    told = told_of(tally, seen.pairwise)
    yield from pairs(seen.pairwise, told, speaker)
    if tally.method not in ("condorcet-winner", "condorcet-loser"):
        yield best(seen.pairwise, speaker)
    if tally.method in ("schulze", "ranked-pairs", "minimax"):
        yield speaker.say(f"strength_{tally.rules.strength or 'winning_votes'}")
    yield from paths(seen, told, speaker)
    for entry in seen.majorities or ():
        yield speaker.say(
            "locked" if entry.locked else "left_out",
            winner=speaker.name(entry.winner),
            loser=speaker.name(entry.loser),
            votes=entry.votes,
            against=entry.against,
        )
    if seen.worst is not None:
        parts = [
            speaker.say("item_plain", option=speaker.name(option), votes=spoken(held)) for option, held in seen.worst
        ]
        yield speaker.say("worst", tallies=speaker.joined(parts))
    if tally.scores is not None:
        yield speaker.say("balance", tallies=speaker.listed("item_plain", tally.scores))
    for tie in tally.ties:
        yield tie_sentence(tie, speaker)
    if tally.ranking is not None:
        yield speaker.say("ranking", groups=ranking(tally.ranking, speaker))


def told_of(tally: Tally, pairwise: Pairwise) -> tuple[str, ...]:
    """The options whose comparisons are told one by one."""
    if len(pairwise.options) <= FEW:
        return pairwise.options
    return tally.winners[:FEW]


def pairs(pairwise: Pairwise, told: tuple[str, ...], speaker: Speaker) -> Iterator[str]:
    """Every pair with one of `told`, once."""
    options = pairwise.options
    for place, option in enumerate(options):
        for other in options[place + 1 :]:
            if option not in told and other not in told:
                continue
            votes, against = pairwise.over(option, other), pairwise.over(other, option)
            winner, loser = (option, other) if votes >= against else (other, option)
            yield speaker.say(
                "pair_tied" if votes == against else "pair_won",
                winner=speaker.name(winner),
                loser=speaker.name(loser),
                votes=max(votes, against),
                against=min(votes, against),
            )


def best(pairwise: Pairwise, speaker: Speaker) -> str:
    """Whether an option beats every other."""
    places = range(len(pairwise.options))
    for row in places:
        if all(pairwise.beats(row, other) for other in places if other != row):
            return speaker.say("beats_all", option=speaker.name(pairwise.options[row]))
    return speaker.say("beats_none")


def paths(seen: Comparison, told: tuple[str, ...], speaker: Speaker) -> Iterator[str]:
    """The strongest paths between every two of `told` and the rest, from the stronger side."""
    if seen.paths is None:
        return
    options = seen.pairwise.options
    for row, option in enumerate(options):
        for column in range(row + 1, len(options)):
            if option not in told and options[column] not in told:
                continue
            one, two = (row, column) if seen.paths[row][column] >= seen.paths[column][row] else (column, row)
            yield speaker.say(
                "path",
                option=speaker.name(options[one]),
                other=speaker.name(options[two]),
                there=spoken(seen.paths[one][two]),
                back=spoken(seen.paths[two][one]),
            )


def ranking(groups: tuple[tuple[str, ...], ...], speaker: Speaker) -> str:
    """The ranking with tied options joined by an equals sign."""
    return " > ".join(" = ".join(speaker.name(option) for option in group) for group in groups)


def spoken(held: Strength) -> str | int:
    """A strength in words: a ratio without opposition as `votes:0`."""
    return f"{held.value}:0" if held.unopposed else figure(held.value)
