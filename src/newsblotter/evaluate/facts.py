"""When a fact that was found counts as right: one function a field, each asked with the gold incident and the record found.

Records are read as they come, from any program's export: what is malformed counts as not said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from newsblotter.evaluate.gold import GoldIncident, Interval, first_and_last_day

Record: TypeAlias = Mapping[str, Any]

NEAR_KM = 25.0  # a place this near is the right one: a town against its suburb or its county's seat
EARTH_KM = 12742.0  # diameter
TIGHT_DAYS = 1  # a date may span this many days more than its first: "the night of Saturday to Sunday"
BACKGROUND_DAYS = 366  # a date told in passing may be as wide as a year
OPEN_COUNT = 2.0  # "at least three" commits itself to three to six
OPEN_MONEY = 10.0  # "millions" to one to ten
MONEY_SLACK = 0.1  # amounts are rounded and converted: ranges meet within a tenth
NAME_LEAST, NAME_MOST = 4, 60  # letters of the shorter name of a target, and of the longer: below and above, holding says little
_TITLES = re.compile(r"\b(jr|sr|ii|iii|iv)\b\.?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a fact fared where the gold knows it."""

    right: bool
    said: bool  # whether the record says anything of it
    gold: Any  # what to show a person: plain data
    found: Any
    near: bool = False  # dates: within a day


def judge_type(gold: GoldIncident, record: Record) -> Verdict | None:
    """Equal."""
    if not gold.type:
        return None
    return Verdict(record.get("type") == gold.type, bool(record.get("type")), gold.type, record.get("type"))


def judge_date(gold: GoldIncident, record: Record) -> Verdict | None:
    """Begins on the gold day and spans two days at most; gold months and years are not asked."""
    if gold.date is None or len(gold.date) != len("2024-05-20"):
        return None
    wanted, days = first_and_last_day(gold.date)[0], read_days(record)
    if days is None:
        return Verdict(False, False, gold.date, None)
    first, last = days
    right = first == wanted and (last - first).days <= TIGHT_DAYS
    return Verdict(right, True, gold.date, record["date"], near=abs((first - wanted).days) <= 1)


def judge_place(gold: GoldIncident, record: Record) -> Verdict | None:
    """Within 25 km, as the crow flies."""
    if gold.point is None:
        return None
    wanted = {"name": gold.place, "lat": gold.point[0], "lon": gold.point[1]}
    place = record.get("place")
    if not isinstance(place, Mapping):
        return Verdict(False, False, wanted, None)
    found = {name: place.get(name) for name in ("name", "country", "lat", "lon")}
    latitude, longitude = place.get("lat"), place.get("lon")
    if latitude is None or longitude is None or not (_is_number(latitude) and _is_number(longitude)):
        return Verdict(False, False, wanted, found)
    away = measure_km(gold.point, (latitude, longitude))
    return Verdict(away <= NEAR_KM, True, wanted, {**found, "km": round(away, 1)})


def _judge_victims(field: str, other: str) -> Callable[[GoldIncident, Record], Verdict | None]:
    def judge(gold: GoldIncident, record: Record) -> Verdict | None:
        """Exactly the gold number; nothing said is none where the other of killed and injured is said."""
        wanted = gold.killed if field == "killed" else gold.injured
        if wanted is None:
            return None
        found = read_interval(record.get(field))
        if found is None and read_interval(record.get(other)) is not None:
            found = Interval(0, 0)
        right = found is not None and found.low == wanted == found.high
        return Verdict(right, found is not None, wanted, _plain(found))

    return judge


def _judge_count(field: str) -> Callable[[GoldIncident, Record], Verdict | None]:
    def judge(gold: GoldIncident, record: Record) -> Verdict | None:
        """The ranges meet, the one found cut to twice its lower end."""
        wanted = gold.suspects if field == "suspects" else gold.arrested
        if wanted is None:
            return None
        found = read_interval(record.get(field))
        return Verdict(
            found is not None and meet(wanted, clip(found, OPEN_COUNT)), found is not None, _plain(wanted), _plain(found)
        )

    return judge


def judge_loot(gold: GoldIncident, record: Record) -> Verdict | None:
    """The same currency, and the ranges meet within a tenth, the one found cut to ten times its lower end."""
    if gold.loot is None:
        return None
    found = read_interval(record.get("loot"))
    same = found is not None and found.currency == gold.loot.currency
    right = found is not None and same and meet(gold.loot, clip(found, OPEN_MONEY), MONEY_SLACK)
    return Verdict(right, found is not None, _plain(gold.loot), _plain(found))


def judge_target(gold: GoldIncident, record: Record) -> Verdict | None:
    """Either name holds the other."""
    if not gold.target:
        return None
    found = record.get("target")
    return Verdict(same_target(found, gold.target), bool(found), gold.target, found)


JUDGES: Mapping[str, Callable[[GoldIncident, Record], Verdict | None]] = {
    "type": judge_type,
    "date": judge_date,
    "place": judge_place,
    "killed": _judge_victims("killed", "injured"),
    "injured": _judge_victims("injured", "killed"),
    "suspects": _judge_count("suspects"),
    "arrested": _judge_count("arrested"),
    "loot": judge_loot,
    "target": judge_target,
}


def matches_background(gold: GoldIncident, record: Record) -> bool:
    """Whether a record is of an incident told only in passing: its type or target fits, and its date if that is known."""
    named = {report.get("id") for report in record.get("reports") or ()}
    if not named & set(gold.background):
        return False
    if record.get("type") != gold.type and not same_target(record.get("target"), gold.target):
        return False
    if gold.date is None:
        return True
    first, last = first_and_last_day(gold.date)
    days = read_days(record)
    return days is not None and (days[1] - days[0]).days <= BACKGROUND_DAYS and days[0] <= last and days[1] >= first


# --- values ---------------------------------------------------------------------------------------------------------


def read_days(record: Record) -> tuple[date, date] | None:
    """First and last day of a record, None where it has no date."""
    when = record.get("date")
    if not isinstance(when, Mapping):
        return None
    try:
        first = date.fromisoformat(when["start"][:10])
        return first, date.fromisoformat((when.get("end") or when["start"])[:10])
    except (KeyError, TypeError, ValueError):
        return None


def read_interval(value: Any) -> Interval | None:
    """A count or an amount of a record, None where its lower end is not said."""
    if not isinstance(value, Mapping) or not _is_number(value.get("low")):
        return None
    high = value.get("high", value["low"])
    currency = value.get("currency")
    return Interval(value["low"], high if _is_number(high) else None, currency if isinstance(currency, str) else None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _plain(value: Interval | None) -> Any:
    if value is None:
        return None
    return {"low": value.low, "high": value.high, **({"currency": value.currency} if value.currency else {})}


def meet(left: Interval, right: Interval, slack: float = 0.0) -> bool:
    """Whether two ranges, each widened by a share of its ends, have a number in common."""

    def top(interval: Interval) -> float:
        return math.inf if interval.high is None else interval.high

    return left.low * (1 - slack) <= top(right) * (1 + slack) and right.low * (1 - slack) <= top(left) * (1 + slack)


def clip(interval: Interval, fold: float) -> Interval:
    """A range cut to what it commits itself to: at most ``fold`` times its lower end."""
    most = interval.low * fold
    return Interval(interval.low, most if interval.high is None else min(interval.high, most), interval.currency)


def measure_km(left: tuple[float, float], right: tuple[float, float]) -> float:
    """Great-circle distance of two points given as latitude and longitude in degrees."""
    a, b, c, d = (math.radians(degrees) for degrees in (*left, *right))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def same_target(left: Any, right: Any) -> bool:
    """Whether either name, by its letters and digits alone, holds the other."""
    short, long = sorted((_bare(left), _bare(right)), key=len)
    return len(short) >= NAME_LEAST and short in long and len(long) <= NAME_MOST


def _bare(text: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower()) if isinstance(text, str) else ""


def surname(name: Any) -> str:
    """The last word of a name, without Jr. and the like; empty when there is none."""
    if not isinstance(name, str):
        return ""
    words = _TITLES.sub("", name.lower()).replace(",", " ").split()
    return re.sub(r"[^\w'-]", "", words[-1]) if words else ""
