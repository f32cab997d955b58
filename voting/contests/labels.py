"""Texts by locale, read in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from voting.contests.tables import Option

_FALLBACK = "en"


def read(text: Mapping[str, str], locale: str) -> str:
    """The text in a language: under that very tag, else in the same language, else in English, else the first by tag."""
    for wanted in (locale, locale.partition("-")[0], _FALLBACK):
        near = [tag for tag in sorted(text) if tag == wanted or tag.startswith(f"{wanted}-")]
        if near:
            return text[near[0]]
    return text[min(text)] if text else ""


def of_options(options: Iterable[Option], locale: str) -> dict[str, str]:
    """Option id → its label. Two options that share a label in this language (only by falling back) bear their place too."""
    found = {option.id: read(option.label, locale) for option in options}
    shared = [label for label in found.values() if list(found.values()).count(label) > 1]
    return {
        option: f"{label} ({place})" if label in shared else label
        for place, (option, label) in enumerate(found.items(), start=1)
    }
