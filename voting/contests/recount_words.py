"""What a count by other rules changes, in one or two plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.core.count import Tally
from voting.core.count.chart import name_of
from voting.core.count.say import Speaker, locale_of

SENTENCES: Mapping[str, tuple[str, str]] = {
    "how": ("按“{method}”计票", "Counted by “{method}”"),
    "how_without": ("去掉{without}后按“{method}”计票", "Counted by “{method}” without {without}"),
    "same": ("{how}，结果相同：{winners}当选。", "{how}, the outcome is the same: {winners}."),
    "same_nobody": ("{how}，同样无人当选。", "{how}, nobody would be elected either."),
    "instead": ("{how}，当选的是{gained}，而不是{lost}。", "{how}, {gained} would be elected instead of {lost}."),
    "gained": ("{how}，{gained}也会当选。", "{how}, {gained} would be elected as well."),
    "lost": ("{how}，{lost}不会当选。", "{how}, {lost} would not be elected."),
    "lost_all": ("{how}，{lost}不会当选，无人当选。", "{how}, {lost} would not be elected, nor anybody else."),
    "open": (
        "有一处平票只能摇号决定，这里不作决定。",
        "A tie that only a lot could break is left open here.",
    ),
    "stopped": ("计票按规则提前结束。", "The rules end that count early."),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """The published count, another one, and the options it leaves out."""

    published: Tally
    other: Tally
    without: tuple[str, ...] = ()


def said(difference: Difference, locale: str, names: Mapping[str, str]) -> str:
    """The sentences in `zh` or `en`; `names` are the labels of the options."""
    speaker = Speaker(locale_of(locale), names)
    gap = " " if speaker.locale == "en" else ""
    parts = [_outcome(difference, speaker), *_ending(difference.other, speaker)]
    return gap.join(parts)


def _outcome(difference: Difference, speaker: Speaker) -> str:
    before, after = difference.published.winners, difference.other.winners
    gained = [option for option in after if option not in before]
    lost = [option for option in before if option not in after]
    facts = {
        "how": _how(difference, speaker),
        "winners": speaker.names(after),
        "gained": speaker.names(gained),
        "lost": speaker.names(lost),
    }
    return _text(_key(gained, lost, bool(after)), speaker).format_map(facts)


def _key(gained: list[str], lost: list[str], anybody: bool) -> str:
    if gained and lost:
        return "instead"
    if gained:
        return "gained"
    if lost:
        return "lost" if anybody else "lost_all"
    return "same" if anybody else "same_nobody"


def _how(difference: Difference, speaker: Speaker) -> str:
    method = name_of(difference.other.method, speaker)
    key = "how_without" if difference.without else "how"
    return _text(key, speaker).format_map({"method": method, "without": speaker.names(difference.without)})


def _ending(other: Tally, speaker: Speaker) -> list[str]:
    key = {"tie_open": "open", "stopped": "stopped"}.get(other.outcome)
    return [] if key is None else [_text(key, speaker)]


def _text(key: str, speaker: Speaker) -> str:
    return SENTENCES[key][speaker.locale == "en"]
