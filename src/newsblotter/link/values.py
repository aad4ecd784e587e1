"""Whether two values can both be true: the one notion of agreement that comparing and merging share."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.records import Count, Money, Outcome, Person, Value, When, Where, gap_days

EARTH_KM = 6371.0
ABROAD_KM = 1000.0  # between places of which only their different countries are known
DEFAULT_RADIUS_KM = 10.0  # of a place that states none: a town
SPREAD_KM = 15.0  # added to the radii: neighbouring towns and suburbs name one scene (gunviolence train: 90 % within it)
MONEY_SLACK = 0.1  # rounding: "nearly 12 million" and "11.3 million"
MINUTES = 30  # between two clock times that are one: outlets round, and tell of the start or of the call
# Least and most that a US dollar cost since 1995, roughly: amounts that no rate makes equal contradict each other.
_PER_DOLLAR = {
    "USD": (1.0, 1.0), "EUR": (0.62, 1.22), "GBP": (0.47, 0.95), "CHF": (0.78, 1.82), "JPY": (75, 162), "CAD": (0.9, 1.62),
    "AUD": (0.9, 2.1), "NZD": (1.13, 2.55), "SEK": (5.8, 11.5), "NOK": (4.9, 11.9), "DKK": (4.6, 9.1), "PLN": (2.0, 5.1),
    "CZK": (14, 42), "INR": (31, 92), "CNY": (6.0, 8.8), "HKD": (7.7, 7.9), "SGD": (1.19, 1.86), "BRL": (0.8, 6.4),
    "MXN": (5, 25.5), "ZAR": (3.4, 20), "ILS": (2.9, 5.1), "AED": (3.6, 3.7), "SAR": (3.7, 3.8), "THB": (24, 56),
}  # fmt: skip
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_GENERATION = re.compile(r"\b(?:jr|sr|ii|iii|iv)\b\.?", re.IGNORECASE)
_NAME_PART = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Letters and digits of a text, lower case, without accents: how names compare."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


@lru_cache(maxsize=1 << 16)
def split_name(name: str | None) -> tuple[str, str]:
    """First name and surname, folded; either may be empty."""
    if not name:
        return "", ""
    if "," in name:
        last, _, first = name.partition(",")
        name = f"{first} {last}" if first.strip() and not _GENERATION.fullmatch(first.strip()) else last
    parts = _NAME_PART.findall(fold(_GENERATION.sub(" ", name)))
    if not parts:
        return "", ""
    return (parts[0] if len(parts) > 1 else ""), parts[-1]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place ready to be measured: its point as a unit vector, None where it has none."""

    point: tuple[float, float, float] | None
    radius_km: float
    country: str | None
    name: str = ""  # folded


@lru_cache(maxsize=1 << 14)
def to_spot(where: Where) -> Spot:
    """Lay out a place for measuring."""
    radius = where.radius_km or DEFAULT_RADIUS_KM
    if where.latitude is None or where.longitude is None:
        return Spot(None, radius, where.country, fold(where.name))
    up, around = math.radians(where.latitude), math.radians(where.longitude)
    point = (math.cos(up) * math.cos(around), math.cos(up) * math.sin(around), math.sin(up))
    return Spot(point, radius, where.country, fold(where.name))


def spread_km(left: Spot, right: Spot) -> float | None:
    """How far two places lie apart beyond what their radii explain, in km; 0.0 when they may be one place, None if unknown."""
    if left.point is None or right.point is None:
        return ABROAD_KM if left.country and right.country and left.country != right.country else None
    chord = math.dist(left.point, right.point)
    apart = 2 * EARTH_KM * math.asin(min(1.0, chord / 2))
    return max(0.0, apart - max(left.radius_km, right.radius_km))


def excess_km(left: Where, right: Where) -> float | None:
    """``spread_km`` of two places."""
    return spread_km(to_spot(left), to_spot(right))


def span_days(when: When) -> int:
    """How many days a span covers, at least 1."""
    return (when.latest - when.earliest).days + 1


def ranges_meet(left: Count | Money, right: Count | Money, slack: float = 0.0) -> bool:
    """Whether two intervals of numbers share a number; an open end reaches for ever."""
    left_high = math.inf if left.high is None else left.high
    right_high = math.inf if right.high is None else right.high
    return left.low * (1 - slack) <= right_high * (1 + slack) and right.low * (1 - slack) <= left_high * (1 + slack)


def in_dollars(amount: Money) -> Money | None:
    """What an amount may have been in US dollars, whenever it was said; None where the currency is unknown."""
    rates = _PER_DOLLAR.get(amount.currency or "")
    if rates is None:
        return None
    least, most = rates
    return Money(amount.low / most, None if amount.high is None else amount.high / least, "USD")


def amounts_meet(left: Money, right: Money, slack: float) -> bool | None:
    """Whether two amounts may be one, in one currency or at some rate of exchange; None where that cannot be told.

    An amount without a currency is taken to be in the other's.
    """
    if left.currency is None or right.currency is None or left.currency == right.currency:
        return ranges_meet(left, right, slack)
    ours, theirs = in_dollars(left), in_dollars(right)
    return ranges_meet(ours, theirs, slack) if ours and theirs else None


def same_clock(left: str, right: str) -> bool | None:
    """Whether two clock times are about one; None where either is none."""
    one, other = _CLOCK.fullmatch(left), _CLOCK.fullmatch(right)
    if one is None or other is None:
        return None
    apart = abs(int(one[1]) * 60 + int(one[2]) - int(other[1]) * 60 - int(other[2]))
    return min(apart, 24 * 60 - apart) <= MINUTES


def same_text(left: str, right: str) -> bool:
    """Whether two names are one: equal when folded, or one holds the other as whole words."""
    a, b = sorted((fold(left), fold(right)), key=len)
    return bool(a) and (a == b or (len(a) >= 4 and f" {a} " in f" {b} "))


def same_person(left: Person, right: Person) -> bool:
    """Whether two descriptions can be one person: names that fit, ages within a year."""
    ages = left.age is None or right.age is None or abs(left.age - right.age) <= 1
    first, last = split_name(left.name)
    other_first, other_last = split_name(right.name)
    if not last or not other_last:
        return not last and not other_last and ages and left.role == right.role
    return last == other_last and (not first or not other_first or first == other_first) and ages


def agree(left: Value, right: Value) -> bool:
    """Whether two values of one field can both be true. Amounts agree that no known rate of exchange sets apart."""
    match left, right:
        case When(), When():
            return gap_days(left, right) == 0
        case Where(), Where():
            excess = excess_km(left, right)
            return excess <= SPREAD_KM if excess is not None else True
        case Money(), Money():
            return amounts_meet(left, right, MONEY_SLACK) is not False
        case Count(), Count():
            return ranges_meet(left, right)
        case Person(), Person():
            return same_person(left, right)
        case Outcome(), Outcome():
            return left.kind == right.kind
        case str(), str():
            clock = same_clock(left, right)
            return same_text(left, right) if clock is None else clock
    return False
