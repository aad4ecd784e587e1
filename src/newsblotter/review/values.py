"""Read what a person types as the value of a field: in short, or as JSON in the form of the record.

date       2017-03-25, 2017-03, 2017, 2017-21 (spring), 2017-03-25/2017-03-27
time       15:40
place      Lyon, or Springfield, Illinois, or 43.74,7.43, or 43.74,7.43 Monte Carlo
killed …   3, 2-4, 3+, at least 3
loot …     2.4m EUR, 2m-9m EUR, 500000+ USD
people     Jane Doe (victim, 41, killed); ? (suspect)
outcomes   arrest of 2 2017-03-27; conviction
weapons …  handgun, crowbar
anything   null: nothing is known
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from newsblotter.errors import UsageError
from newsblotter.fields import Gazetteer
from newsblotter.fields.amounts import read_money
from newsblotter.fields.gazetteer import Place
from newsblotter.records import Count, Money, Outcome, Person, Reality, Value, When, Where
from newsblotter.review.edtf import read_edtf
from newsblotter.store.export import LIST_FIELDS
from newsblotter.store.present import plain
from newsblotter.store.record_schema import CORRECTABLE, STATUSES
from newsblotter.taxonomy import Taxonomy

COUNTS = frozenset({"killed", "injured", "suspects", "arrested"})
AMOUNTS = frozenset({"loot", "recovered"})
ROLES = ("victim", "suspect", "witness", "official")
STEPS = ("arrest", "charge", "trial", "conviction", "sentence", "recovery", "death")
PRECISIONS = ("address", "street", "quarter", "city", "region", "country")
SPAN_PRECISIONS = ("day", "days", "weekend", "week", "month", "season", "year", "range")
LONGEST = 300  # characters of a text
POINT_RADIUS_KM = 0.5  # around a point that a person gives: somebody who gives one knows the place
PLAIN_TIMES = 8.0  # a place so many times as large as its namesakes is meant when the name stands alone
MOST_COUNT = 1_000_000
MOST_CHOICES = 5

_POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)(?:\s+(.+))?")
_COUNT = re.compile(r"(?:(?P<least>at least |>= ?|≥ ?))?(?P<low>\d{1,7})(?:(?P<more>\+)|\s*(?:-|–|\.\.|to)\s*(?P<high>\d{1,7}))?")
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(k|m|million|bn|billion)?"
_MONEY = re.compile(
    rf"(?:(?P<before>[A-Z]{{3}})\s+)?{_NUMBER}(?:(?P<more>\+)|\s*(?:-|–|\.\.|to)\s*{_NUMBER})?(?:\s+(?P<after>[A-Z]{{3}}))?"
)
_PERSON = re.compile(r"(?P<name>[^()]+?)\s*\((?P<traits>[^()]*)\)")
_STEP = re.compile(r"(?P<kind>[a-z]+)(?:\s+of\s+(?P<count>\S+))?(?:\s+(?P<on>[\d/-]+))?")


def read_values(field: str, words: str, gazetteer: Gazetteer, taxonomy: Taxonomy) -> tuple[Value, ...]:
    """The values that a person's words give for a field; none when they say ``null``.

    Args:
        field: A field of the record, or ``time`` or ``address``.
        words: As typed: short, or JSON in the form of the record.
        gazetteer: For places by name.
        taxonomy: For the types.

    Raises:
        UsageError: There is no such field, or the words are no value of it; the message says what would be.
    """
    if field not in CORRECTABLE:
        raise UsageError(f"{field!r} is no field that can be corrected; there are {', '.join(sorted(CORRECTABLE))}")
    words = words.strip()
    if words.casefold() == "null":
        if field in ("type", "reality", "title", "status"):
            raise UsageError(f"{field} cannot be null: every incident has one")
        return ()
    given = _read_json(field, words)
    if field in LIST_FIELDS:
        several = given if isinstance(given, list) else [given] if given is not None else _split(field, words)
        return tuple(_read_one(field, one, gazetteer, taxonomy) for one in several)
    return (_read_one(field, words if given is None else given, gazetteer, taxonomy),)


def _read_json(field: str, words: str) -> Any:
    """The words as JSON where they are meant as such, else None."""
    if words[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(words)
    except (ValueError, RecursionError) as error:
        if words[:1] == '"':
            return None
        raise UsageError(f"{field}: not JSON ({error}): {words[:80]}") from error


def _split(field: str, words: str) -> list[str]:
    mark = ";" if field in ("people", "outcomes") else ","
    parts = [part.strip() for part in words.split(mark)]
    return [part for part in parts if part]


def _read_one(field: str, given: Any, gazetteer: Gazetteer, taxonomy: Taxonomy) -> Value:
    """One value, from words or from JSON."""
    if field == "place":
        return _read_place(given, gazetteer)
    if field == "type":
        return _choose(field, given, sorted(taxonomy.types))
    reader = _READERS.get(field)
    if reader is None:
        reader = _read_count if field in COUNTS else _read_amount if field in AMOUNTS else _read_text
    try:
        return reader(field, given)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{field}: {given!r} is not in the form of the record ({error!r} is missing or wrong)") from error


def _choose(field: str, given: Any, choices: list[str]) -> str:
    word = str(given).strip().casefold().replace(" ", "_")
    if word not in choices:
        raise UsageError(f"{field}: {given!r} is none of {', '.join(choices)}")
    return word


def _read_text(field: str, given: Any) -> str:
    text = plain(given) if isinstance(given, str) else ""
    if not text or len(text) > LONGEST:
        raise UsageError(f"{field} takes 1 to {LONGEST} characters, not {given!r}")
    return text.replace(" ", "-").lower() if field == "tactics" else text


def _read_reality(field: str, given: Any) -> str:
    return _choose(field, given, [reality.value for reality in Reality])


def _read_status(field: str, given: Any) -> str:
    return _choose(field, given, list(STATUSES))


def _read_date(field: str, given: Any) -> When:
    if isinstance(given, str):
        return read_edtf(given, field)
    if given.get("time"):
        raise UsageError("date: correct the time of day by itself: newsblotter correct ID time 15:40")
    when = When(date.fromisoformat(given["start"]), date.fromisoformat(given["end"]), given.get("precision") or "range")
    if when.precision not in SPAN_PRECISIONS or when.latest < when.earliest:
        raise UsageError(f"date: {given!r} ends before it begins, or its precision is none of {', '.join(SPAN_PRECISIONS)}")
    return When(when.earliest, when.latest, "day") if when.earliest == when.latest else when


def _read_time(field: str, given: Any) -> str:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", str(given).strip())
    if not found:
        raise UsageError(f"time takes a time of day such as 15:40, not {given!r}")
    return f"{int(found[1]):02}:{found[2]}"


def _read_count(field: str, given: Any) -> Count:
    if isinstance(given, Mapping):
        low, high = given["low"], given["high"]
        if type(low) is not int or (high is not None and type(high) is not int):
            raise UsageError(f"{field}: low and high are whole numbers, high may be null; not {dict(given)!r}")
    else:
        found = _COUNT.fullmatch(str(given).strip().casefold())
        if not found:
            raise UsageError(f"{field} takes a number such as 3, 2-4 or 3+, not {given!r}")
        low = int(found["low"])
        high = None if found["least"] or found["more"] else int(found["high"] or low)
    if not 0 <= low <= MOST_COUNT or (high is not None and not low <= high <= MOST_COUNT):
        raise UsageError(f"{field}: {given!r} is no interval of people from low to high")
    return Count(low, high)


def _read_amount(field: str, given: Any) -> Money:
    if isinstance(given, Mapping):
        low, high, currency = given["low"], given["high"], given["currency"]
        money = Money(float(low), None if high is None else float(high), currency)
    else:
        found = _MONEY.fullmatch(str(given).strip())
        read = _to_money(found) if found else read_money(str(given), 0, len(str(given)))
        if read is None:
            raise UsageError(f"{field} takes an amount such as 2.4m EUR, 2m-9m EUR or 500000+ USD, not {given!r}")
        money = read
    if money.low < 0 or (money.high is not None and money.high < money.low):
        raise UsageError(f"{field}: {given!r} is no interval of money from low to high")
    if money.currency is not None and not re.fullmatch("[A-Z]{3}", str(money.currency)):
        raise UsageError(f"{field}: a currency has three letters, such as EUR, not {money.currency!r}")
    return money


def _to_money(found: re.Match[str]) -> Money:
    _, low, low_scale, more, high, high_scale, _ = found.groups()
    scale = _SCALES[high_scale or ""]
    least = float(low.replace(",", "")) * (_SCALES[low_scale] if low_scale else scale)
    most = float(high.replace(",", "")) * scale if high else None if more else least
    return Money(least, most, found["after"] or found["before"])


def _read_person(field: str, given: Any) -> Person:
    if isinstance(given, Mapping):
        name, role, age, status = given.get("name"), given["role"], given.get("age"), given.get("status") or []
        traits = [str(part) for part in status]
    else:
        found = _PERSON.fullmatch(str(given).strip())
        if not found:
            raise UsageError(f"people takes such as: Jane Doe (victim, 41, killed); ? (suspect); not {given!r}")
        name = None if found["name"] in ("?", "unnamed") else found["name"]
        parts = [part.strip().casefold() for part in found["traits"].split(",") if part.strip()]
        role = next((part for part in parts if part in ROLES), "")
        ages = [int(part) for part in parts if part.isdigit()]
        age = ages[0] if ages else None
        traits = [part for part in parts if part != role and not part.isdigit()]
    if role not in ROLES:
        raise UsageError(f"people: say the role of {name or 'each'}: {', '.join(ROLES)}")
    if age is not None and not (type(age) is int and 0 <= age <= 130):
        raise UsageError(f"people: {age!r} is no age in years")
    status = tuple(re.sub(r"\W+", "_", trait.strip().casefold()).strip("_") for trait in traits)
    return Person(_read_text("people", name) if name is not None else None, age, role, tuple(s for s in status if s))


def _read_outcome(field: str, given: Any) -> Outcome:
    if isinstance(given, Mapping):
        kind, on, count = given["kind"], given.get("on"), given.get("count")
    else:
        found = _STEP.fullmatch(str(given).strip().casefold())
        if not found:
            raise UsageError(f"outcomes takes such as: arrest of 2 2017-03-27; conviction; not {given!r}")
        kind, on, count = found["kind"], found["on"], found["count"]
    return Outcome(
        _choose("outcomes", kind, list(STEPS)),
        read_edtf(on, "outcomes") if on is not None else None,
        _read_count("outcomes", count) if count is not None else None,
    )


_READERS: Mapping[str, Callable[[str, Any], Value]] = {
    "date": _read_date,
    "time": _read_time,
    "reality": _read_reality,
    "status": _read_status,
    "people": _read_person,
    "outcomes": _read_outcome,
}


# --- places -------------------------------------------------------------------------------------------------------------


def _read_place(given: Any, gazetteer: Gazetteer) -> Where:
    if isinstance(given, Mapping):
        return _from_parts(given)
    words = str(given).strip()
    point = _POINT.fullmatch(words)
    if point:
        latitude, longitude = _check_point(float(point[1]), float(point[2]))
        return Where(plain(point[3] or ""), None, latitude, longitude, POINT_RADIUS_KM, None, None, "address")
    return _look_up(words, gazetteer)


def _check_point(latitude: float, longitude: float) -> tuple[float, float]:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise UsageError(f"place {latitude},{longitude}: latitude lies within -90 and 90, longitude within -180 and 180")
    return latitude, longitude


def _from_parts(given: Mapping[str, Any]) -> Where:
    """A place in the form of the record."""
    known = {"name", "admin1", "country", "geonames_id", "lat", "lon", "radius_km", "precision", "address"}
    if given.keys() - known or given.get("address"):
        raise UsageError("place: give parts of the record's place; the address by itself: newsblotter correct ID address …")
    latitude, longitude, country = given.get("lat"), given.get("lon"), given.get("country")
    precision = given.get("precision") or "city"
    if precision not in PRECISIONS:
        raise UsageError(f"place: {precision!r} is none of {', '.join(PRECISIONS)}")
    if country is not None and not re.fullmatch("[A-Z]{2}", str(country)):
        raise UsageError(f"place: a country has two letters, such as FR, not {country!r}")
    if (latitude is None) != (longitude is None):
        raise UsageError("place: give lat and lon, or neither")
    try:
        if latitude is not None and longitude is not None:
            latitude, longitude = _check_point(float(latitude), float(longitude))
        radius = float(given["radius_km"]) if given.get("radius_km") is not None else None
        number = int(given["geonames_id"]) if given.get("geonames_id") is not None else None
    except (TypeError, ValueError) as error:
        raise UsageError(f"place: lat, lon, radius_km and geonames_id are numbers: {error}") from error
    return Where(plain(given.get("name") or ""), number, latitude, longitude, radius, country, given.get("admin1"), precision)


def _look_up(words: str, gazetteer: Gazetteer) -> Where:
    """A place by name, told from its namesakes by region or country: "Springfield, Illinois"."""
    name, *within = [part.strip() for part in words.split(",")]
    found = [place for place in gazetteer.lookup(name) if all(_lies_in(place, part, gazetteer) for part in within if part)]
    if not found:
        raise UsageError(f"place: the gazetteer has no {words!r}; give a larger place, or the point: 43.74,7.43 {name}")
    largest = max(found, key=lambda place: (place.population, not place.alternate, -place.id))
    others = [place for place in found if place.distance_km(largest) > largest.radius_km + place.radius_km]
    if any(place.population * PLAIN_TIMES >= largest.population for place in others):
        choices = sorted({_describe(place): place for place in (largest, *others)}.items(), key=lambda item: -item[1].population)
        raise UsageError(f"place: several are called {words}: {'; '.join(words for words, _ in choices[:MOST_CHOICES])}")
    return Where(
        name=largest.name,
        place_id=largest.id if largest.id > 0 else None,
        latitude=largest.latitude,
        longitude=largest.longitude,
        radius_km=largest.radius_km,
        country=largest.country if largest.country != "XX" else None,
        admin1=largest.admin1_name if largest.kind != "country" else None,
        precision={"county": "region"}.get(largest.kind, largest.kind),
    )


def _lies_in(place: Place, part: str, gazetteer: Gazetteer) -> bool:
    if part.upper() in (place.country, place.admin1) or part.casefold() == (place.admin1_name or "").casefold():
        return True
    return any(
        area.country == place.country and (area.kind == "country" or area.admin1 == place.admin1)
        for area in gazetteer.lookup(part)
        if area.kind in ("country", "region")
    )


def _describe(place: Place) -> str:
    return ", ".join(part for part in (place.name, place.admin1_name, place.country) if part)
