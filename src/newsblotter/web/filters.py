"""The one filter as a query string: what the pages, the API, the exports and saved searches share.

    ?type=robbery&type=theft&since=2024&country=FR&near=45.75,4.85&within=50&loot_min=100000&currency=EUR&disputed=1&q=watches

A parameter that may hold several values is repeated; an empty one is as good as none (forms send those). What a filter writes it
reads again, and equal filters write the same words, so that a query string can be a key.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from newsblotter.errors import UsageError
from newsblotter.records import Reality
from newsblotter.store import Filter
from newsblotter.store.record_schema import CLAIM_FIELDS, STATUSES
from newsblotter.taxonomy import load_taxonomy

LONGEST_WORDS = 500  # characters of free text that are looked at
MOST_VALUES = 50  # values of one parameter
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}

Pairs = Iterable[tuple[str, str]]


# --- one value --------------------------------------------------------------------------------------------------


def _first_day(words: str) -> date:
    return _read_day(words)[0]


def _last_day(words: str) -> date:
    return _read_day(words)[1]


def _read_day(words: str) -> tuple[date, date]:
    """First and last day of a day, month or year."""
    match = _DAY.fullmatch(words)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        if day is not None and month is not None:
            return date(year, month, day), date(year, month, day)
        if month is not None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        raise UsageError(f"{words[:40]!r} is no day; write 2024-05-20, 2024-05 or 2024") from None


def _read_numbers(words: str, count: int, example: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in words.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise UsageError(f"{words[:60]!r} should be such as {example}")
    return numbers


def _read_point(words: str) -> tuple[float, float]:
    latitude, longitude = _read_numbers(words, 2, "45.75,4.85 (latitude, longitude)")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise UsageError(f"{words[:60]!r}: latitude lies within -90 and 90, longitude within -180 and 180")
    return latitude, longitude


def _read_box(words: str) -> tuple[float, float, float, float]:
    """West, south, east, north, as GeoJSON has it, turned to the store's south, west, north, east."""
    west, south, east, north = _read_numbers(words, 4, "-5,41,10,51 (west, south, east, north)")
    if not (-90 <= south <= north <= 90 and abs(west) <= 180 and abs(east) <= 180):
        raise UsageError(f"{words[:60]!r}: a box is west, south, east, north in degrees")
    return south, west, north, east


def _read_amount(words: str) -> float:
    [amount] = _read_numbers(words, 1, "100000")
    if not 0 <= amount <= 1e15:
        raise UsageError(f"{words[:40]!r}: an amount lies between 0 and a million billion")
    return amount


def _read_distance(words: str) -> float:
    [distance] = _read_numbers(words, 1, "25")
    if not 0 <= distance <= 20_100:
        raise UsageError(f"{words[:40]!r}: a distance on Earth lies between 0 and 20,100 km")
    return distance


def _read_count(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) < 10):
        raise UsageError(f"{words[:40]!r} should be a whole number")
    return int(words)


def _read_choice(words: str) -> bool:
    if words.lower() in _YES:
        return True
    if words.lower() in _NO:
        return False
    raise UsageError(f"{words[:40]!r} should be 1 (yes) or 0 (no)")


def _one_of(kind: str, known: Callable[[], Iterable[str]]) -> Callable[[str], str]:
    def read(words: str) -> str:
        if words not in set(known()):
            raise UsageError(f"no {kind} is called {words[:40]!r}; there are {', '.join(sorted(known()))}")
        return words

    return read


def _letters(count: int, kind: str) -> Callable[[str], str]:
    def read(words: str) -> str:
        if not (len(words) == count and words.isascii() and words.isalpha()):
            raise UsageError(f"{words[:40]!r}: {kind} has {count} letters")
        return words.upper()

    return read


def _read_words(words: str) -> str:
    return " ".join(words[:LONGEST_WORDS].replace("\x00", " ").split())


# --- the parameters ---------------------------------------------------------------------------------------------


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _write_box(box: tuple[float, float, float, float]) -> str:
    south, west, north, east = box
    return ",".join(map(_number, (west, south, east, north)))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One part of the filter in the query string."""

    name: str  # in the query string
    field: str  # of ``Filter``
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    many: bool = False
    about: str = ""  # for the reference and the API's description


def _yes_no(value: bool) -> str:
    return "1" if value else "0"


PARAMETERS: Mapping[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("q", "text", _read_words, about="words that stand in title, target, place or people"),
        Parameter("type", "types", _one_of("type", lambda: load_taxonomy().types), many=True, about="a type of the taxonomy"),
        Parameter("since", "since", _first_day, date.isoformat, about="a day, month or year: incidents that end then or later"),
        Parameter("until", "until", _last_day, date.isoformat, about="a day, month or year: incidents that begin then or earlier"),
        Parameter("country", "countries", _letters(2, "a country"), many=True, about="ISO 3166-1 alpha-2"),
        Parameter("near", "near", _read_point, lambda point: ",".join(map(_number, point)), about="latitude,longitude in degrees"),
        Parameter("within", "within_km", _read_distance, _number, about="kilometres around near; 25 when left out"),
        Parameter("bbox", "box", _read_box, _write_box, about="west,south,east,north in degrees"),
        Parameter("target", "target", _read_words, about="words that stand in the target"),
        Parameter("person", "person", _read_words, about="words that stand in the people's names"),
        Parameter("loot_min", "loot_low", _read_amount, _number, about="at least so much was taken"),
        Parameter("loot_max", "loot_high", _read_amount, _number, about="at most so much was taken"),
        Parameter("currency", "currency", _letters(3, "a currency"), about="ISO 4217, of the loot"),
        Parameter("min_voices", "min_voices", _read_count, about="at least so many independent texts"),
        Parameter("max_voices", "max_voices", _read_count, about="at most so many independent texts"),
        Parameter("status", "statuses", _one_of("status", lambda: STATUSES), many=True, about="a status of the record"),
        Parameter(
            "reality",
            "realities",
            _one_of("reality", lambda: [one.value for one in Reality]),
            many=True,
            about="whether it happened",
        ),
        Parameter("disputed", "disputed", _read_choice, _yes_no, about="1: voices disagree, 0: they do not"),
        Parameter(
            "disputed_on",
            "disputed_on",
            _one_of("field", lambda: CLAIM_FIELDS),
            many=True,
            about="a field on which voices disagree",
        ),
        Parameter(
            "review", "needs_review", _read_choice, _yes_no, about="1: a person's look would settle something, 0: it would not"
        ),
    )
}
_DEFAULT = Filter()


# --- the whole --------------------------------------------------------------------------------------------------


def read_filter(pairs: Pairs) -> Filter:
    """The filter that a query string's pairs ask for; parameters that are none of the filter's are passed over.

    Raises:
        UsageError: A value is not what its parameter takes; the message names both.
    """
    found: dict[str, Any] = {}
    for name, words in pairs:
        parameter = PARAMETERS.get(name)
        if parameter is None or not words.strip():
            continue
        try:
            value = parameter.read(words.strip())
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from None
        if not parameter.many:
            found[parameter.field] = value
        elif value not in found.setdefault(parameter.field, []):
            found[parameter.field].append(value)
            if len(found[parameter.field]) > MOST_VALUES:
                raise UsageError(f"{name}: at most {MOST_VALUES} values")
    if "near" not in found:
        found.pop("within_km", None)
    parts: dict[str, Any] = {field: tuple(sorted(value)) if isinstance(value, list) else value for field, value in found.items()}
    return Filter(**parts)


def list_pairs(wanted: Filter) -> list[tuple[str, str]]:
    """The query string's pairs of a filter, those that narrow, in the order of ``PARAMETERS``."""
    pairs = []
    for name, parameter in PARAMETERS.items():
        value = getattr(wanted, parameter.field)
        if value == getattr(_DEFAULT, parameter.field):
            continue
        pairs += [(name, parameter.write(one)) for one in (value if parameter.many else (value,))]
    return pairs


def write_query(wanted: Filter, **others: str | None) -> str:
    """A filter as a query string without the question mark; further parameters come last, those that are None are left out."""
    return urlencode([*list_pairs(wanted), *((name, value) for name, value in others.items() if value is not None)], safe=",:")


def without(wanted: Filter, *names: str) -> Filter:
    """The filter with these parameters taken out."""
    fields = [PARAMETERS[name].field for name in names]
    return replace(wanted, **{field: getattr(_DEFAULT, field) for field in fields})


def toggle(wanted: Filter, name: str, value: str) -> Filter:
    """The filter with a value of a parameter put in, or taken out if it is there; where one value has room, it takes its place."""
    parameter = PARAMETERS[name]
    read = parameter.read(value)
    now = getattr(wanted, parameter.field)
    if parameter.many:
        after: Any = tuple(sorted({*now} ^ {read}))
    else:
        after = getattr(_DEFAULT, parameter.field) if now == read else read
    return replace(wanted, **{parameter.field: after})
