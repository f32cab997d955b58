"""The rounds of a count in sentences.

Three kinds of record are told differently: a round that holds the votes before its decision (count, decide, then transfer),
a stage that holds them after its action (transfer, count, then decide), and an action of Meek's, whose votes settle before
each decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from voting.core.count.say import Speaker
from voting.core.count.tally import Round, Tallies, Tally, Tie, Transfer

CAUSES = ("choices", "overvotes", "duplicates", "skipped")
POINTS = ("score", "borda")
SINGLE = ("plurality", "approval", "score", "borda", "yes-no")


def sentences(tally: Tally, speaker: Speaker) -> Iterator[str]:
    """All rounds in order."""
    previous: Round | None = None
    for entry in tally.rounds:
        told = _settled if tally.method.startswith("stv-meek") else _round if entry.action == "count" else _stage
        yield from told(tally, entry, previous, speaker)
        previous = entry
    if previous is not None and previous.residual and not tally.method.startswith("stv-meek"):
        yield speaker.say("residual", votes=previous.residual)


def _round(tally: Tally, entry: Round, previous: Round | None, speaker: Speaker) -> Iterator[str]:
    """Count, decide, transfer."""
    yield _votes(tally, entry, speaker)
    yield from _exhausted(entry, previous, speaker)
    decided = entry.elected or entry.eliminated or entry.ties
    if entry.passing is not None and not decided and not any(votes for _, votes in entry.tallies):
        yield speaker.say("pass_without_votes")
        return
    yield from _threshold(tally, entry, previous, speaker)
    yield from (tie_sentence(tie, speaker) for tie in entry.ties)
    yield from _elected(tally, entry, speaker)
    yield from _eliminated(tally, entry, speaker)
    yield from _transfers(entry, speaker)


def _stage(tally: Tally, entry: Round, previous: Round | None, speaker: Speaker) -> Iterator[str]:
    """Act, transfer, count, decide."""
    yield from (tie_sentence(tie, speaker) for tie in entry.ties)
    yield from _excluded(entry, speaker)
    yield from _transfers(entry, speaker, surplus=bool(entry.source) and set(entry.source) <= set(tally.winners))
    if previous is None or entry.tallies != previous.tallies:
        key = "first" if previous is None else "now"
        yield speaker.say(key, tallies=speaker.listed("item", by_votes(entry.tallies)))
        yield from _exhausted(entry, previous, speaker)
    yield from _threshold(tally, entry, previous, speaker)
    yield from _elected(tally, entry, speaker)


def _settled(tally: Tally, entry: Round, previous: Round | None, speaker: Speaker) -> Iterator[str]:
    """Count, decide. What is left at the end is decided without another count."""
    if previous is None or (entry.action in ("elect", "defeat") and entry.tallies != previous.tallies):
        key = "first" if previous is None else "now"
        yield speaker.say(key, tallies=speaker.listed("item", by_votes(entry.tallies)))
        yield from _exhausted(entry, previous, speaker)
        yield from _threshold(tally, entry, previous, speaker)
    yield from (tie_sentence(tie, speaker) for tie in entry.ties)
    yield from _excluded(entry, speaker)
    yield from _elected(tally, entry, speaker)


def _excluded(entry: Round, speaker: Speaker) -> Iterator[str]:
    """Who leaves in a stage."""
    key = "eliminated_named" if entry.ties or len(entry.eliminated) > 1 else "exclusion"
    key = "not_elected" if entry.action == "defeat remaining" else key
    yield from (speaker.say(key, option=speaker.name(option)) for option in entry.eliminated)


def _votes(tally: Tally, entry: Round, speaker: Speaker) -> str:
    """What every option holds, most first."""
    item = "item_points" if tally.method in POINTS else "item"
    tallies = speaker.listed(item, by_votes(entry.tallies))
    if tally.method in SINGLE:
        return speaker.say("single_points" if tally.method in POINTS else "single", tallies=tallies)
    if entry.passing is not None:
        return speaker.say("pass_round", passing=entry.passing, number=entry.number, tallies=tallies)
    return speaker.say("round", number=entry.number, tallies=tallies)


def by_votes(tallies: Tallies) -> Tallies:
    """Options that hold votes, most first, then those that hold none."""
    return tuple(sorted(tallies, key=lambda pair: -pair[1]))


def _exhausted(entry: Round, previous: Round | None, speaker: Speaker) -> Iterator[str]:
    """What counts for nobody any more, told when it has changed."""
    gone = entry.exhausted
    if not gone.total or (previous is not None and gone == previous.exhausted):
        return
    causes = [cause for cause in CAUSES if getattr(gone, cause)]
    if len(causes) == 1:
        yield speaker.say(f"only_{causes[0]}", total=gone.total)
        return
    parts = [speaker.say(f"cause_{cause}", votes=getattr(gone, cause)) for cause in causes]
    yield speaker.say("exhausted", total=gone.total, parts=speaker.clauses(parts))


def _threshold(tally: Tally, entry: Round, previous: Round | None, speaker: Speaker) -> Iterator[str]:
    """The votes that elect, told when they have changed. A bottoms-up count elects whoever remains."""
    if entry.threshold is None or tally.method == "irv-bottoms-up":
        return
    if previous is not None and entry.threshold == previous.threshold:
        return
    if tally.method == "yes-no":
        yield speaker.say("threshold_yes", option=speaker.name(tally.options[0]), threshold=entry.threshold)
        return
    if tally.method == "irv-bottoms-up-threshold":
        yield speaker.say("threshold_over", threshold=entry.threshold)
        return
    key = "quota" if tally.method.startswith("stv-") else "threshold"
    first = previous is None or previous.passing != entry.passing
    yield speaker.say(key if first else f"{key}_now", threshold=entry.threshold)


def _elected(tally: Tally, entry: Round, speaker: Speaker) -> Iterator[str]:
    """Who is elected, and why. A tie that all of it win together is told by the result alone."""
    for option in entry.elected if len(tally.winners) <= max(tally.seats, 1) or not entry.ties else ():
        votes = entry.votes(option)
        key = _reason(tally, entry, option)
        threshold = 0 if entry.threshold is None else entry.threshold
        yield speaker.say(key, option=speaker.name(option), votes=votes, threshold=threshold)


def _reason(tally: Tally, entry: Round, option: str) -> str:
    """Which sentence says why an option is elected."""
    votes = entry.votes(option)
    if tally.method == "yes-no":
        return "yes" if option == tally.options[0] else "no"
    if tally.method in SINGLE:
        return "elected_points" if tally.method in POINTS else "elected"
    if entry.threshold is not None and tally.method == "irv-bottoms-up-threshold":
        return "elected_over"
    if entry.threshold is not None and votes >= entry.threshold and tally.method != "irv-bottoms-up":
        return "elected_reached"
    return "elected_left" if _all_left(tally, entry) else "elected"


def _all_left(tally: Tally, entry: Round) -> bool:
    """Whether with this round nobody is left who was neither elected nor eliminated."""
    decided = {
        option
        for other in tally.rounds
        if other.passing == entry.passing
        for option in (*other.elected, *other.eliminated)
    }
    return decided >= {option for option, _ in entry.tallies}


def _eliminated(tally: Tally, entry: Round, speaker: Speaker) -> Iterator[str]:
    """Who leaves, and why."""
    if len(entry.eliminated) > 1:
        held = [(option, votes) for option, votes in entry.tallies if option in entry.eliminated]
        yield speaker.say(_together(tally, entry), tallies=speaker.listed("item", held))
        return
    for option in entry.eliminated:
        votes = entry.votes(option)
        least = not entry.ties and all(votes <= other for _, other in entry.tallies)
        key = "eliminated_last" if least else "eliminated"
        if option == tally.rules.undeclared_write_in:
            key = "eliminated_write_in"
        elif not least and not entry.ties and tally.rules.cutoff_elimination is not False:
            yield speaker.say("eliminated_cutoff", tallies=speaker.listed("item", [(option, votes)]))
            continue
        yield speaker.say(key, option=speaker.name(option), votes=votes)


def _together(tally: Tally, entry: Round) -> str:
    """Why several leave at once."""
    cutoff = tally.rules.cutoff_elimination
    line = entry.threshold if cutoff is True else cutoff
    if cutoff is not False and line is not None and all(entry.votes(option) < line for option in entry.eliminated):
        return "eliminated_cutoff"
    return "eliminated_batch" if tally.rules.batch_elimination else "eliminated_together"


def _transfers(entry: Round, speaker: Speaker, surplus: bool = False) -> Iterator[str]:
    """Where votes went, source by source; `surplus` says that only what is above the quota moved."""
    sources = dict.fromkeys((*entry.source, *(transfer.source for transfer in entry.transfers)))
    for source in sources:
        moved = _merged(entry, source)
        if moved:
            parts = speaker.clauses([_moved(transfer, speaker) for transfer in moved])
            yield speaker.say("moved_surplus" if surplus else "moved", source=speaker.name(source), parts=parts)
        else:
            yield speaker.say("moved_none", source=speaker.name(source))


def _merged(entry: Round, source: str) -> list[Transfer]:
    """The transfers from one source, those to the same place (or out for the same reason) as one."""
    merged: dict[tuple[str | None, str | None], Transfer] = {}
    for one in entry.transfers:
        if one.source != source or not one.votes:
            continue
        held = merged.get((one.target, one.left))
        votes, ballots = (held.votes, held.ballots) if held else (0, 0)
        merged[one.target, one.left] = replace(one, votes=votes + one.votes, ballots=ballots + one.ballots)
    return list(merged.values())


def _moved(transfer: Transfer, speaker: Speaker) -> str:
    """One part of a transfer."""
    if transfer.target is None:
        return speaker.say(f"out_{transfer.left}", votes=transfer.votes)
    key = "to" if transfer.votes == transfer.ballots else "to_value"
    return speaker.say(key, option=speaker.name(transfer.target), votes=transfer.votes, ballots=transfer.ballots)


def tie_sentence(tie: Tie, speaker: Speaker) -> str:
    """Who was tied, and what decided."""
    return speaker.say(
        f"tie_{tie.how}_{tie.selecting}",
        tied=speaker.names(tie.tied),
        selected=speaker.name(tie.selected or ""),
        order=speaker.in_order(option for option in tie.order if option in tie.tied),
        compared=tie.compared_round or 0,
    )
