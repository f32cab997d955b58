"""Places on maps: stored in WGS-84, told in GCJ-02 to maps of the mainland, which show everything in it.

GCJ-02 is the datum that maps of the mainland must use; its offset is known by the approximation used here since 2010 (error
within metres). Distances are whole numbers, the same everywhere. Units: degrees outside, 10⁻⁷ degree (about 1 cm) in store.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, isqrt, pi, sin, sqrt

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


DEGREE_MM = 111_195_080
"""One degree of a great circle on the mean sphere (IUGG R₁ = 6,371,008.8 m), millimetres."""
_ONE = 10**12
_PI = 3_141_592_653_590
"""π in 10⁻¹²."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in store: WGS-84, whole 10⁻⁷ degrees."""

    longitude_e7: int
    latitude_e7: int


@dataclass(frozen=True, slots=True)
class Box:
    """A frame of whole 10⁻⁷ degrees, its edges within. One whose west lies east of its east crosses 180° (RFC 7946 §5.2)."""

    west: int
    south: int
    east: int
    north: int

    def holds(self, spot: Spot) -> bool:
        """Whether the place lies in it."""
        within = self.south <= spot.latitude_e7 <= self.north
        if self.west <= self.east:
            return within and self.west <= spot.longitude_e7 <= self.east
        return within and (spot.longitude_e7 >= self.west or spot.longitude_e7 <= self.east)


def cosine(angle_e7: int) -> int:
    """The cosine of an angle of at most 90° (10⁻⁷ degrees, either way), in 10⁻¹²: its series in whole numbers."""
    x = abs(angle_e7) * _PI // (180 * E7)
    square, term, total = x * x // _ONE, _ONE, _ONE
    for step in range(2, 30, 2):
        term = term * square // (_ONE * step * (step - 1))
        total += term if step % 4 == 0 else -term
    return max(0, total)


def distance(one: Spot, other: Spot) -> int:
    """How far two places are apart, whole millimetres: on the flat of their middle latitude, right within metres for places
    of one town."""
    across = abs(one.longitude_e7 - other.longitude_e7)
    across = min(across, 360 * E7 - across)
    shrunk = cosine((one.latitude_e7 + other.latitude_e7) // 2)
    east = across * DEGREE_MM * shrunk // (E7 * _ONE)
    north = abs(one.latitude_e7 - other.latitude_e7) * DEGREE_MM // E7
    return isqrt(east * east + north * north)


def around(spot: Spot, metres: int) -> Box:
    """A frame that holds every place within so many metres."""
    north = metres * 1000 * E7 // DEGREE_MM + 1
    low, high = spot.latitude_e7 - north, spot.latitude_e7 + north
    shrunk = cosine(min(90 * E7, max(abs(low), abs(high))))
    east = metres * 1000 * E7 * _ONE // (DEGREE_MM * shrunk) + 1 if shrunk else 180 * E7
    if east >= 180 * E7:
        return Box(-180 * E7, low, 180 * E7, high)
    return Box(_turned(spot.longitude_e7 - east), low, _turned(spot.longitude_e7 + east), high)


def _turned(longitude_e7: int) -> int:
    """A longitude between -180° and 180°."""
    return (longitude_e7 + 180 * E7) % (360 * E7) - 180 * E7
