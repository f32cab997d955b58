"""The sentences of every code, in English and Chinese, one JSON file per room.

A file maps `code` to `{"en": {"title", "detail", "fix"}, "zh-CN": {…}}`. `detail` and `fix` hold `{fact}` placeholders
filled from the facts of the error. The files are read once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from voting.errors import Fact

LOCALES = ("en", "zh-CN")
_JOINTS = {"en": ", ", "zh-CN": "、"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a code says in one language, its facts filled in. `fix` is empty where the caller can do nothing."""

    title: str
    detail: str
    fix: str


class _Facts(dict[str, str]):
    """A fact that the error did not carry stays visible as its placeholder: a sentence never becomes a fault."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@cache
def table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Every code of every room → locale → parts."""
    found: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".json"):
            found = json.loads(file.read_text(encoding="utf-8")) | found
    return found


def phrase(code: str, locale: str, facts: Mapping[str, Fact]) -> Phrase:
    """The sentence of a code in `en` or `zh-CN`. A code without an entry reads as its own words."""
    entry = table().get(code)
    if entry is None:
        return Phrase(code.replace("_", " ").capitalize(), "", "")
    parts = entry.get(locale) or entry["en"]
    filled = _Facts({name: _text(fact, locale) for name, fact in facts.items()})
    return Phrase(parts["title"], parts["detail"].format_map(filled), parts.get("fix", "").format_map(filled))


def _text(fact: Fact, locale: str) -> str:
    return str(fact) if isinstance(fact, str | int) else _JOINTS[locale].join(str(part) for part in fact)
