"""The overview in memory, a column an array: 300,000 incidents take 30 MB, and any filter over them a millisecond or two.

A desk asks for a page, its facets, a map and a timeline at every move. The database would go over all rows for each; arrays
answer all of it from one mask. ``Columns`` are never changed: ``advance`` gives new ones with what the editions since changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from newsblotter.store.answers import Filter
from newsblotter.store.filters import Condition, list_conditions, split_box
from newsblotter.store.fulltext import match_incidents, quote_filter
from newsblotter.store.overview import read_edition
from newsblotter.store.paging import raw_of
from newsblotter.store.sqlite import EARTH_KM, boxes_around

Array: TypeAlias = npt.NDArray[Any]
Mask: TypeAlias = npt.NDArray[np.bool_]
Answer = TypeVar("Answer")

NO_YEAR = 0  # of an incident without a day
KEPT_MATCHES = 64  # full-text answers that are kept: a desk asks for page, facets, points and timeline of the same words
KEPT_ANSWERS = 256  # facets, maps and timelines: a few kilobytes each, a map of single incidents a megabyte
MOST_MOVED = 200  # changed incidents that find their turn in the orders one by one; of more the orders are sorted anew
FETCHED = 20_000  # rows turned into arrays at once: larger parts were no faster

_CODED = ("type", "reality", "status", "country", "precision", "currency")
_REAL = ("latitude", "longitude", "radius_km", "loot_low", "loot_high", "review")
_WHOLE = ("number", "voices", "disputed", "edition")
_DAYS = ("first_day", "last_day")
_NAMES = (*_WHOLE, *_CODED, *_DAYS, *_REAL)
_QUESTION = f"SELECT {', '.join(_NAMES)} FROM overview"

# What each order goes by; a higher value comes first, an incident without one last.
ORDER_COLUMNS: Mapping[str, str] = {
    "newest": "first_day",
    "changed": "edition",
    "voices": "voices",
    "loot": "loot_low",
    "review": "review",
}

_TESTS: Mapping[str, Callable[[Array, Any], Mask]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "<": np.less,
    "bits": lambda column, bits: np.not_equal(column & bits, 0),
    "no bits": lambda column, bits: np.equal(column & bits, 0),
}


class Columns:
    """The overview as of one edition, sorted by number."""

    def __init__(self, edition: int, arrays: Mapping[str, Array], words: Mapping[str, dict[str | None, int]]) -> None:
        self.edition = edition
        self._arrays = arrays
        self._words = words  # column → value → its code; code 0 is None
        self._orders: dict[str, tuple[Array, Array]] = {}
        self._matches: dict[str, Mask] = {}
        self._answers: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self._arrays["number"])

    def __getitem__(self, name: str) -> Array:
        """A column: days as ordinals, missing figures as NaN, words as codes."""
        return self._arrays[name]

    def words(self, name: str) -> list[str | None]:
        """The words that a column's codes stand for."""
        return list(self._words[name])

    def remember(self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        """What was answered before at this edition, or is now."""
        if question not in self._answers:
            found = answer()
            while len(self._answers) >= KEPT_ANSWERS:
                self._answers.pop(next(iter(self._answers)), None)
            self._answers[question] = found
        known: Answer = self._answers[question]
        return known

    # --- reading ------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, connection: Connection) -> Columns:
        """Read the whole overview."""
        words: dict[str, dict[str | None, int]] = {name: {None: 0} for name in _CODED}
        return cls(read_edition(connection), _read(connection, f"{_QUESTION} ORDER BY number", (), words), words)

    def advance(self, connection: Connection) -> Columns:
        """What they are as of the newest edition; themselves if that is theirs."""
        edition = read_edition(connection)
        if edition == self.edition:
            return self
        words = {name: dict(known) for name, known in self._words.items()}
        # the plus keeps SQLite from walking the whole table in the order asked for, where the index of editions leads to a few rows
        fresh = _read(connection, f"{_QUESTION} WHERE edition > ? ORDER BY +number", (self.edition,), words)
        gone = raw_of(connection).execute("SELECT number FROM gone WHERE edition > ?", (self.edition,)).fetchall()
        numbers = self["number"]
        at = np.searchsorted(numbers, fresh["number"])
        known = np.isin(fresh["number"], numbers[at[at < len(numbers)]])
        at = at[known]
        left = np.array([row[0] for row in gone], dtype=np.int64)
        stays = ~np.isin(numbers, left[~np.isin(left, fresh["number"])])
        arrays = {}
        for name, column in fresh.items():
            own = self[name].copy()
            own[at] = column[known]
            arrays[name] = np.concatenate((own[stays], column[~known]))
        forward = Columns(edition, arrays, words)
        if not known.all() and len(numbers) and fresh["number"][~known][0] < numbers[-1]:  # one that was gone is back
            order = np.argsort(arrays["number"], kind="stable")
            return Columns(edition, {name: array[order] for name, array in arrays.items()}, words)
        if len(known) <= MOST_MOVED:
            moved = np.where(stays, np.cumsum(stays) - 1, -1)  # old place → new place, -1 for those that have to find theirs
            anew = np.concatenate((moved[at], np.arange(int(stays.sum()), len(forward))))
            moved[at] = -1
            forward._orders = {
                name: forward._reorder(name, *known_order, moved, anew) for name, known_order in self._orders.items()
            }
        return forward

    def _reorder(self, name: str, places: Array, values: Array, moved: Array, anew: Array) -> tuple[Array, Array]:
        """An order of earlier columns as it is here: those that stay keep their turn, those anew find one."""
        stay = moved[places] >= 0
        places, values = moved[places[stay]], values[stay]
        own = self[ORDER_COLUMNS[name]][anew].astype(float)
        turns = np.lexsort((-anew, -own))
        anew, own = anew[turns], own[turns]
        known = len(values) - int(np.isnan(values).sum())
        falling, turned, starts = -values[:known], -places, []
        for place, value in zip(anew.tolist(), own.tolist(), strict=True):
            first, last = known, len(values)
            if value == value:
                first, last = (int(np.searchsorted(falling, -value, side=side)) for side in ("left", "right"))
            starts.append(first + int(np.searchsorted(turned[first:last], -place)))
        return np.insert(places, starts, anew), np.insert(values, starts, own)

    # --- masks --------------------------------------------------------------------------------------------------

    def pass_parts(self, wanted: Filter, connection: Connection) -> dict[str, Mask]:
        """Part of the filter that narrows → which incidents pass it.

        Raises:
            UsageError: The filter asks for what cannot be.
            StoreSlow: Its words took too long to find.
        """
        parts: dict[str, Mask] = {}

        def narrow(part: str, mask: Mask) -> None:
            parts[part] = parts[part] & mask if part in parts else mask

        for condition in list_conditions(wanted):
            narrow(condition.part, self._test(condition))
        if wanted.box is not None:
            narrow("place", self._in_boxes(split_box(wanted.box)))
        if wanted.near is not None:
            narrow("place", self._within(*wanted.near, wanted.within_km))
        if (question := quote_filter(wanted)) is not None:
            narrow("words", self._match(question, connection))
        return parts

    def join(self, parts: Mapping[str, Mask], without: str | None = None) -> Mask:
        """Which incidents pass every part, or every part but one."""
        mask = np.ones(len(self), dtype=bool)
        for name, part in parts.items():
            if name != without:
                mask &= part
        return mask

    def _test(self, condition: Condition) -> Mask:
        column, value = self[condition.column], condition.value
        if condition.test == "in":
            known = self._words[condition.column]
            codes = [known[word] for word in value if word in known]
            return np.isin(column, codes)
        if condition.column in _DAYS:
            value = _ordinal(value)
        return _TESTS[condition.test](column, value)

    def _in_boxes(self, boxes: Sequence[tuple[float, float, float, float]]) -> Mask:
        latitude, longitude = self["latitude"], self["longitude"]
        mask = np.zeros(len(self), dtype=bool)
        for south, north, west, east in boxes:
            mask |= (latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east)
        return mask

    def _within(self, latitude: float, longitude: float, km: float) -> Mask:
        """Whose great-circle distance is no more; measured, as ``sqlite.distance_km`` does, where a box does not tell."""
        mask = self._in_boxes(boxes_around(latitude, longitude, km))
        near = np.flatnonzero(mask)
        lat1, lat2 = np.radians(self["latitude"][near]), np.radians(latitude)
        half = np.sin((lat2 - lat1) / 2) ** 2
        half += np.cos(lat1) * np.cos(lat2) * np.sin(np.radians(longitude - self["longitude"][near]) / 2) ** 2
        mask[near] = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half))) <= km
        return mask

    def _match(self, question: str, connection: Connection) -> Mask:
        found = self._matches.get(question)
        if found is None:
            numbers = np.array(match_incidents(connection, question), dtype=np.int64)
            found = np.zeros(len(self), dtype=bool)
            if len(numbers) and len(self):
                at = np.searchsorted(self["number"], numbers)
                at[at == len(self)] = 0
                found[at[self["number"][at] == numbers]] = True
            while len(self._matches) >= KEPT_MATCHES:
                self._matches.pop(next(iter(self._matches)), None)
            self._matches[question] = found
        return found

    # --- orders -------------------------------------------------------------------------------------------------

    def order(self, name: str) -> tuple[Array, Array]:
        """Places of the incidents in an order, and what they go by in it, highest first; NaN, last, for those without."""
        if name not in self._orders:
            values = self[ORDER_COLUMNS[name]].astype(float)
            # stable, over numbers descending: of equals the one entered last comes first, and NaN goes to the end
            backwards = np.arange(len(self) - 1, -1, -1)
            places = backwards[np.argsort(-values[backwards], kind="stable")]
            self._orders[name] = (places, values[places])
        return self._orders[name]

    def find_start(self, name: str, value: float | None, number: int) -> int:
        """Where in an order the incidents begin that come after this value and number, whether or not it is still there."""
        places, values = self.order(name)
        known = len(values) - int(np.isnan(values).sum())
        if value is None:
            first, last = known, len(values)
        else:
            first = int(np.searchsorted(-values[:known], -value, side="left"))
            last = int(np.searchsorted(-values[:known], -value, side="right"))
        among = self["number"][places[first:last]]
        return first + int(np.searchsorted(-among, -number, side="right"))


@lru_cache(maxsize=100_000)
def _ordinal(day: str) -> float:
    return float(date.fromisoformat(day).toordinal())


def _days(values: Sequence[str | None]) -> Array:
    return np.array([np.nan if day is None else _ordinal(day) for day in values], dtype=float)


def _years(values: Sequence[str | None]) -> Array:
    return np.array([NO_YEAR if day is None else int(day[:4]) for day in values], dtype=np.int16)


def _read(
    connection: Connection, question: str, values: tuple[int, ...], words: dict[str, dict[str | None, int]]
) -> dict[str, Array]:
    """The rows of a question as columns; words that were not met yet get the next codes."""
    makers: dict[str, Callable[[Sequence[Any]], Array]] = {}
    for name in _NAMES:
        if name in _CODED:
            makers[name] = _Coder(words[name])
        elif name in _DAYS:
            makers[name] = _days
        else:
            makers[name] = _Caster(np.int64 if name in _WHOLE else np.float64)
    parts: dict[str, list[Array]] = {name: [makers[name](())] for name in _NAMES}
    parts["year"] = [_years(())]
    cursor = raw_of(connection).execute(question, values)
    while rows := cursor.fetchmany(FETCHED):
        for name, column in zip(_NAMES, zip(*rows, strict=True), strict=True):
            parts[name].append(makers[name](column))
            if name == "first_day":
                parts["year"].append(_years(column))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


class _Coder:
    """Turns words into their codes."""

    def __init__(self, known: dict[str | None, int]) -> None:
        self._known = known

    def __call__(self, values: Sequence[str | None]) -> Array:
        for word in values:
            if word not in self._known:
                self._known[word] = len(self._known)
        return np.array([self._known[word] for word in values], dtype=np.int32)


class _Caster:
    """Turns numbers into an array, None into NaN."""

    def __init__(self, kind: type[np.generic]) -> None:
        self._kind = kind

    def __call__(self, values: Sequence[float | None]) -> Array:
        return np.array(values, dtype=self._kind)
