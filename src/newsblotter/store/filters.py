"""Which incidents a filter lets through: said once as conditions on columns, asked of the database or of columns in memory.

``select_incidents`` asks the database: right where a program asks once. ``columns.py`` answers the same conditions from memory,
for a desk that asks all the time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, text

from newsblotter.errors import UsageError
from newsblotter.store.answers import Filter
from newsblotter.store.doubts import ALL_BITS, DISPUTABLE, NEEDS_REVIEW, to_bits
from newsblotter.store.fulltext import quote_filter
from newsblotter.store.paging import in_pages, raw_of
from newsblotter.store.protocol import Record, Records
from newsblotter.store.sqlite import boxes_around
from newsblotter.tables import encode_day

MOST_VOICES = 1 << 31  # more than any incident has, and what a database still counts
FARTHEST_KM = 20_100  # half round the Earth
_SLACK = 1e-4  # degrees: the R*Tree keeps 32-bit floats

_Box: TypeAlias = tuple[float, float, float, float]  # south, north, west, east


@dataclass(frozen=True, slots=True)
class Condition:
    """What one column must be; an incident without a value there does not pass."""

    part: str  # of the filter: a facet leaves its own part out
    column: str
    test: str  # in, >=, <=, <, bits (any of them is set), no bits
    value: Any


def list_conditions(wanted: Filter) -> list[Condition]:
    """The conditions of a filter that are about one column each: all but place and words.

    Raises:
        UsageError: The filter asks for what cannot be.
    """
    check_filter(wanted)
    found = [
        Condition(part, part, "in", values)
        for part, values in (
            ("type", wanted.types),
            ("country", tuple(country.upper() for country in wanted.countries)),
            ("status", wanted.statuses),
            ("reality", wanted.realities),
            ("currency", (wanted.currency.upper(),) if wanted.currency is not None else ()),
        )
        if values
    ]
    review = None if wanted.needs_review is None else ">=" if wanted.needs_review else "<"
    compared = (
        ("date", "last_day", ">=", encode_day(wanted.since)),
        ("date", "first_day", "<=", encode_day(wanted.until)),
        ("loot", "loot_low", ">=", wanted.loot_low),
        ("loot", "loot_high", "<=", wanted.loot_high),
        ("voices", "voices", ">=", wanted.min_voices),
        ("voices", "voices", "<=", wanted.max_voices),
        ("review", "review", review or "", None if review is None else NEEDS_REVIEW),
        ("disputed", "disputed", "bits" if wanted.disputed else "no bits", None if wanted.disputed is None else ALL_BITS),
        ("disputed", "disputed", "bits", to_bits(wanted.disputed_on) or None),
    )
    return found + [Condition(part, column, test, value) for part, column, test, value in compared if value is not None]


def check_filter(wanted: Filter) -> None:
    """Make sure that a filter asks for what can be.

    Raises:
        UsageError: It does not.
    """
    if wanted.near is not None:
        _check_point(*wanted.near)
        if not 0 <= wanted.within_km <= FARTHEST_KM:
            raise UsageError(f"{wanted.within_km} km: a distance on Earth lies between 0 and 20,100 km")
    if wanted.box is not None:
        south, west, north, east = wanted.box
        _check_point(south, west)
        _check_point(north, east)
        if south > north:
            raise UsageError(f"a box goes from south to north, not from {south} to {north}")
    if (wanted.limit is not None and wanted.limit < 0) or wanted.offset < 0:
        raise UsageError("limit and offset cannot be below 0")
    for name, amount in (("at least", wanted.loot_low), ("at most", wanted.loot_high)):
        if amount is not None and not (math.isfinite(amount) and amount >= 0):
            raise UsageError(f"loot {name} {amount}: give an amount of 0 or more")
    for voices in (wanted.min_voices, wanted.max_voices):
        if voices is not None and not 0 <= voices <= MOST_VOICES:
            raise UsageError(f"{voices} voices: give a number from 0 to {MOST_VOICES}")
    for name in wanted.disputed_on:
        if name not in DISPUTABLE:
            raise UsageError(f"{name!r} cannot be disputed; there are {', '.join(DISPUTABLE)}")
    for word in (*wanted.types, *wanted.countries, *wanted.statuses, *wanted.realities, wanted.currency or ""):
        if not word.isprintable():
            raise UsageError(f"{word!r}: give a plain word")


def _check_point(latitude: float, longitude: float) -> None:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UsageError(f"{latitude},{longitude}: latitude goes from -90 to 90, longitude from -180 to 180")


def split_box(box: tuple[float, float, float, float]) -> list[_Box]:
    """A box as one or two (south, north, west, east) that do not cross the date line."""
    south, west, north, east = box
    if west <= east:
        return [(south, north, west, east)]
    return [(south, north, west, 180.0), (south, north, -180.0, east)]


# --- asked of the database --------------------------------------------------------------------------------------


def _narrow(wanted: Filter) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the question that a filter asks, and its parameters."""
    parameters: dict[str, Any] = {}
    where: list[str] = []
    for number, condition in enumerate(list_conditions(wanted)):
        where.append(_to_sql(condition, f"v{number}", parameters))
    source = "overview"
    boxes: list[_Box] = []
    if wanted.box is not None:
        boxes = split_box(wanted.box)
        sides = []
        for i, box in enumerate(boxes):
            names = [f"{side}{i}" for side in ("bs", "bn", "bw", "be")]
            parameters.update(zip(names, box, strict=True))
            south, north, west, east = (f":{name}" for name in names)
            sides.append(f"(overview.latitude BETWEEN {south} AND {north} AND overview.longitude BETWEEN {west} AND {east})")
        where.append(f"({' OR '.join(sides)})")
        boxes = [(s - _SLACK, n + _SLACK, w - _SLACK, e + _SLACK) for s, n, w, e in boxes]
    if wanted.near is not None:
        where.append("distance_km(overview.latitude, overview.longitude, :lat, :lon) <= :km")
        parameters.update(lat=wanted.near[0], lon=wanted.near[1], km=wanted.within_km)
        boxes = boxes_around(*wanted.near, wanted.within_km)
    if boxes:
        # CROSS JOIN makes SQLite go by the points first; left to itself it may scan the table
        source = "incidents_points AS points CROSS JOIN overview"
        where = ["overview.number = points.number", _within(boxes, parameters), *where]
    if (question := quote_filter(wanted)) is not None:
        where.append("overview.number IN (SELECT rowid FROM incidents_fts WHERE incidents_fts MATCH :words)")
        parameters["words"] = question
    return f"FROM {source} CROSS JOIN incidents WHERE {' AND '.join(['incidents.number = overview.number', *where])}", parameters


def _within(boxes: list[_Box], parameters: dict[str, Any]) -> str:
    parts = []
    for i, box in enumerate(boxes):
        parameters.update(zip((f"south{i}", f"north{i}", f"west{i}", f"east{i}"), box, strict=True))
        parts.append(
            f"(points.north >= :south{i} AND points.south <= :north{i} AND points.east >= :west{i} AND points.west <= :east{i})"
        )
    if len(parts) == 1:
        return parts[0]
    # OR over an R*Tree would scan it: ask for each box by itself
    union = " UNION ".join(f"SELECT number FROM incidents_points AS points WHERE {part}" for part in parts)
    return f"points.number IN ({union})"


def _to_sql(condition: Condition, name: str, parameters: dict[str, Any]) -> str:
    column = f"overview.{condition.column}"
    if condition.test == "in":
        names = [f"{name}_{i}" for i in range(len(condition.value))]
        parameters.update(zip(names, condition.value, strict=True))
        return f"{column} IN ({', '.join(':' + one for one in names)})"
    parameters[name] = condition.value
    if condition.test in ("bits", "no bits"):
        return f"({column} & :{name}) {'!=' if condition.test == 'bits' else '='} 0"
    return f"{column} {condition.test} :{name}"


def select_incidents(wanted: Filter) -> tuple[str, dict[str, Any]]:
    """The question behind ``find_incidents``, for it and for looking at its plan."""
    narrowed, parameters = _narrow(wanted)
    question = f"SELECT incidents.record {narrowed} ORDER BY overview.first_day DESC, incidents.id"
    if wanted.limit is not None or wanted.offset:
        question += " LIMIT :limit OFFSET :offset"
        parameters.update(limit=-1 if wanted.limit is None else wanted.limit, offset=wanted.offset)
    return question, parameters


def find_incidents(connection: Connection, wanted: Filter) -> list[Record]:
    """See ``Store.find_incidents``."""
    question, parameters = select_incidents(wanted)
    return Records(json.loads(record) for (record,) in raw_of(connection).execute(question, parameters))


def count_incidents(connection: Connection, wanted: Filter) -> int:
    """See ``Store.count_incidents``."""
    narrowed, parameters = _narrow(wanted)
    return int(connection.execute(text(f"SELECT count(*) {narrowed}"), parameters).scalar_one())


def find_among(connection: Connection, wanted: Filter, ids: Iterable[str]) -> list[Record]:
    """See ``Store.find_among``."""
    narrowed, parameters = _narrow(wanted)
    by_id = text("SELECT number FROM incidents WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
    question = text(f"SELECT incidents.record {narrowed} AND overview.number IN :those ORDER BY incidents.id").bindparams(
        bindparam("those", expanding=True)
    )
    found: list[Record] = Records()
    for page in in_pages(sorted(set(ids))):
        those = connection.execute(by_id, {"ids": page}).scalars().all()
        found += (json.loads(record) for record in connection.execute(question, {**parameters, "those": those}).scalars())
    return found


def stream_incidents(connection: Connection, wanted: Filter) -> Iterator[Record]:
    """See ``Store.stream_incidents``."""
    narrowed, parameters = _narrow(wanted)
    numbers = connection.execute(text(f"SELECT incidents.number {narrowed} ORDER BY incidents.id"), parameters).scalars().all()
    question = text("SELECT number, record FROM incidents WHERE number IN :numbers").bindparams(
        bindparam("numbers", expanding=True)
    )
    for page in in_pages(numbers):
        records = {row.number: row.record for row in connection.execute(question, {"numbers": page})}
        for number in page:
            yield json.loads(records[number])
