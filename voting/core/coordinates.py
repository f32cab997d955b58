"""Places on maps: stored in WGS-84, told in GCJ-02 to maps of the mainland, which show everything in it.

GCJ-02 is the datum that maps of the mainland must use; its offset is known by the approximation used here since 2010 (error
within metres). Units: degrees outside, 10⁻⁷ degree (about 1 cm) in store.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

E7 = 10_000_000
_AXIS = 6_378_245.0
"""Semi-major axis of the Krasovsky ellipsoid, metres."""
_ECCENTRICITY = 0.006_693_421_622_965_943
"""Its first eccentricity, squared."""
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Outside this frame the two are the same."""


def stored(degrees: float) -> int:
    """Degrees as whole 10⁻⁷ degrees."""
    return round(degrees * E7)


def gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """WGS-84 longitude and latitude as GCJ-02 has them, degrees."""
    if not (_WEST <= longitude <= _EAST and _SOUTH <= latitude <= _NORTH):
        return longitude, latitude
    east, north = _shift(longitude - 105.0, latitude - 35.0)
    angle = latitude / 180.0 * pi
    flat = 1 - _ECCENTRICITY * sin(angle) ** 2
    north = north * 180.0 / (_AXIS * (1 - _ECCENTRICITY) / (flat * sqrt(flat)) * pi)
    east = east * 180.0 / (_AXIS / sqrt(flat) * cos(angle) * pi)
    return longitude + east, latitude + north


def _shift(x: float, y: float) -> tuple[float, float]:
    """The offset in metres to the east and to the north at x, y degrees from 105° E 35° N."""
    short = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + short
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + short
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return east, north
