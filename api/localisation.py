"""Which language an answer speaks. Source: RFC 9110 §12.5.4 (Accept-Language), RFC 4647 (matching).

The service speaks `en` and `zh-CN`. Every Chinese range is served in `zh-CN`; what it does not speak, and a request
without the header, is served in `en`.
"""

from __future__ import annotations

from functools import lru_cache

DEFAULT = "en"
_BY_LANGUAGE = {"en": "en", "zh": "zh-CN", "*": DEFAULT}
_MOST_RANGES = 16


@lru_cache(maxsize=512)
def negotiate(accept: str) -> str:
    """The locale for an Accept-Language value: the spoken range of the highest quality, the first among equals."""
    best, best_quality = DEFAULT, 0.0
    for part in accept[:512].split(",")[:_MOST_RANGES]:
        language, _, parameters = part.strip().partition(";")
        locale = _BY_LANGUAGE.get(language.strip().partition("-")[0].lower())
        quality = _quality(parameters)
        if locale is not None and quality > best_quality:
            best, best_quality = locale, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
