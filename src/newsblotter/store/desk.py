"""Quick answers about many incidents: a page of a list, facets, points on a map, a timeline."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, text

from newsblotter.errors import UsageError
from newsblotter.store.answers import ORDERS, Facet, Filter, Page, Points, Spot, Timeline
from newsblotter.store.columns import NO_YEAR, Array, Columns
from newsblotter.store.doubts import DISPUTABLE, NEEDS_REVIEW, to_bits
from newsblotter.store.paging import in_pages

MOST_ON_A_PAGE = 1_000
MOST_SPOTS = 2_000  # more are drawn as cells: 20,000 single points took a browser 3 s to draw
CELLS_ACROSS = 6  # of 256 pixels: a cell of 43 pixels holds a circle with its figure
MOST_ZOOM = 22
DAYS_SHOWN = 92  # a timeline of up to so many days is by day
MONTHS_SHOWN = 120  # up to so many months, by month; beyond by year
VOICE_BANDS = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))

_CARDS = text("SELECT number, card FROM cards WHERE number IN :numbers").bindparams(bindparam("numbers", expanding=True))


# --- pages ------------------------------------------------------------------------------------------------------


def find_page(columns: Columns, connection: Connection, wanted: Filter, order: str, after: str | None, limit: int) -> Page:
    """See ``Store.find_page``."""
    if order not in ORDERS:
        raise UsageError(f"no order is called {order!r}; there are {', '.join(ORDERS)}")
    if not 1 <= limit <= MOST_ON_A_PAGE:
        raise UsageError(f"a page holds 1 to {MOST_ON_A_PAGE} incidents, not {limit}")
    mask = columns.join(columns.pass_parts(wanted, connection))
    places, values = columns.order(order)
    start = columns.find_start(order, *_read_cursor(after, order)) if after is not None else 0
    found = start + np.flatnonzero(mask[places[start:]])[: limit + 1]
    shown = found[:limit]
    numbers = columns["number"][places[shown]].tolist()
    following = None
    if len(found) > limit:
        last = float(values[shown[-1]])
        following = _write_cursor(order, None if math.isnan(last) else last, numbers[-1])
    cards = _read_cards(connection, numbers)
    return Page(tuple(cards[n] for n in numbers if n in cards), following, int(mask.sum()), columns.edition)


def _read_cards(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    cards: dict[int, str] = {}
    for page in in_pages(numbers):
        cards.update((row[0], row[1]) for row in connection.execute(_CARDS, {"numbers": page}))
    return cards


def _write_cursor(order: str, value: float | None, number: int) -> str:
    plain = json.dumps([order, value, number], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _read_cursor(cursor: str, order: str) -> tuple[float | None, int]:
    """The value and number that ``_write_cursor`` wrote.

    Raises:
        UsageError: It is no cursor, or one of another order.
    """
    try:
        told = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        told = None
    match told:
        case [str(name), None | int() | float() as value, int(number)] if abs(number) < 1 << 62 and not isinstance(value, bool):
            if name != order:
                raise UsageError(f"the cursor belongs to the order {name!r}, not {order!r}; begin from the first page")
            if value is None or abs(value) < 1e300:
                return value, number
    raise UsageError(f"{cursor[:80]!r} is no cursor; take the one that the page before gave")


# --- facets -----------------------------------------------------------------------------------------------------


def count_facets(columns: Columns, connection: Connection, wanted: Filter) -> tuple[Facet, ...]:
    """See ``Store.facets``."""
    parts = columns.pass_parts(wanted, connection)
    everything = columns.join(parts)

    def pick(part: str, name: str) -> Array:
        """A column of the incidents that pass all other parts."""
        mask = columns.join(parts, without=part) if part in parts else everything
        return columns[name] if mask.all() else columns[name][mask]

    found = [
        Facet(name, _count_words(columns, name, pick(name, name))) for name in ("type", "country", "status", "reality", "currency")
    ]
    years = list(enumerate(np.bincount(pick("date", "year")).tolist()))
    found.insert(2, Facet("year", tuple((f"{year:04}", n) for year, n in reversed(years) if n and year != NO_YEAR)))
    fields = pick("disputed", "disputed")
    fields = fields[fields != 0]
    disputed = [("any", len(fields)), *((name, int((fields & to_bits([name]) != 0).sum())) for name in DISPUTABLE)]
    found.append(
        Facet("disputed", tuple(sorted(((k, n) for k, n in disputed if n), key=lambda one: (-one[1], one[0] != "any", one[0]))))
    )
    needs = int((pick("review", "review") >= NEEDS_REVIEW).sum())
    found.append(Facet("needs_review", (("yes", needs),) if needs else ()))
    voices = np.bincount(np.clip(pick("voices", "voices"), 0, VOICE_BANDS[-1][0]))
    bands = [(_name_band(low, high), int(voices[low : None if high is None else high + 1].sum())) for low, high in VOICE_BANDS]
    found.append(Facet("voices", tuple((name, number) for name, number in bands if number)))
    return tuple(found)


def _name_band(low: int, high: int | None) -> str:
    return f"{low}-" if high is None else str(low) if low == high else f"{low}-{high}"


def _count_words(columns: Columns, name: str, codes: Array) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(codes).tolist()
    pairs = [(word, number) for word, number in zip(columns.words(name), counts, strict=False) if word is not None and number]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


# --- points -----------------------------------------------------------------------------------------------------


def find_points(columns: Columns, connection: Connection, wanted: Filter, zoom: float | None) -> Points:
    """See ``Store.points``."""
    if zoom is not None and not 0 <= zoom <= MOST_ZOOM:
        raise UsageError(f"zoom goes from 0 to {MOST_ZOOM}, not {zoom}")
    mask = columns.join(columns.pass_parts(wanted, connection))
    there = np.flatnonzero(mask & ~np.isnan(columns["latitude"]) & ~np.isnan(columns["longitude"]))
    nowhere = int(mask.sum()) - len(there)
    if len(there) <= MOST_SPOTS:
        return Points(tuple(_draw_each(columns, connection, there).values()), False, len(there), nowhere)
    zoom = _guess_zoom(wanted) if zoom is None else zoom
    spots = columns.remember(("cells", wanted, zoom), lambda: _draw_cells(columns, connection, there, zoom))
    return Points(spots, True, len(there), nowhere)


def _guess_zoom(wanted: Filter) -> float:
    """The zoom at which the filter's box is about 1,000 pixels wide."""
    if wanted.box is None:
        return 2.0
    _, west, _, east = wanted.box
    width = (east - west) % 360 or 360.0
    return min(MOST_ZOOM, max(0.0, math.log2(360 / width * 4)))


def _draw_each(columns: Columns, connection: Connection, there: Array) -> dict[int, Spot]:
    """Place in the columns → the spot of that incident."""
    cards = _read_cards(connection, columns["number"][there].tolist())
    precisions = columns.words("precision")
    spots = {}
    for at in there.tolist():
        radius = float(columns["radius_km"][at])
        where = float(columns["latitude"][at]), float(columns["longitude"][at])
        precision = precisions[columns["precision"][at]]
        spots[at] = Spot(*where, 1, None if math.isnan(radius) else radius, precision, cards.get(int(columns["number"][at])))
    return spots


def _draw_cells(columns: Columns, connection: Connection, there: Array, zoom: float) -> tuple[Spot, ...]:
    """The incidents in cells of the map's grid, wider ones where there would still be too many; one alone stands by itself."""
    latitude, longitude = columns["latitude"][there], columns["longitude"][there]
    # rows as Mercator has them: a cell is square on the screen
    north = np.degrees(np.arcsinh(np.tan(np.radians(np.clip(latitude, -85.05, 85.05)))))
    width = 360 / 2**zoom / CELLS_ACROSS
    while True:
        row, column = np.floor(north / width).astype(np.int64), np.floor(longitude / width).astype(np.int64)
        cell = row * (1 << 32) + column
        order = np.argsort(cell, kind="stable")
        cell = cell[order]
        bounds = np.flatnonzero(np.concatenate(([True], cell[1:] != cell[:-1])))
        if len(bounds) <= MOST_SPOTS:
            break
        width *= 1.5
    counts = np.diff(np.append(bounds, len(order)))
    lat, lon, radius = latitude[order], longitude[order], np.nan_to_num(columns["radius_km"][there])[order]
    middle = [(np.add.reduceat(values, bounds) / counts).tolist() for values in (lat, lon)]
    sides = [np.minimum.reduceat(values, bounds).tolist() for values in (lat, lon)]
    sides += [np.maximum.reduceat(values, bounds).tolist() for values in (lat, lon)]
    widest = np.maximum.reduceat(radius, bounds).tolist()
    firsts = there[order[bounds]]
    alone = _draw_each(columns, connection, firsts[counts == 1])
    spots = []
    for at, (first, count) in enumerate(zip(firsts.tolist(), counts.tolist(), strict=True)):
        box = (sides[0][at], sides[1][at], sides[2][at], sides[3][at])
        spots.append(alone.get(first) or Spot(middle[0][at], middle[1][at], count, widest[at] or None, None, None, box))
    return tuple(spots)


# --- timeline ---------------------------------------------------------------------------------------------------


def count_timeline(columns: Columns, connection: Connection, wanted: Filter, unit: str | None) -> Timeline:
    """See ``Store.timeline``."""
    if unit not in (None, *_UNITS):
        raise UsageError(f"a timeline goes by {', '.join(_UNITS)}, not {unit!r}")
    mask = columns.join(columns.pass_parts(wanted, connection))
    days = columns["first_day"][mask]
    dated = days[~np.isnan(days)].astype(np.int64)
    undated = len(days) - len(dated)
    if not len(dated):
        return Timeline(unit or "year", (), undated)
    unit = unit or _choose_unit(int(dated.max()) - int(dated.min()))
    first = int(dated.min())
    days, counts = _count_days(dated - first)
    # ordinal 719163 is 1970-01-01, from which numpy counts
    steps = (days + first - 719163).astype("datetime64[D]").astype(f"datetime64[{_UNITS[unit]}]")
    begins = np.flatnonzero(np.concatenate(([True], steps[1:] != steps[:-1])))
    sums = np.add.reduceat(counts, begins).tolist()
    return Timeline(unit, tuple(zip(np.datetime_as_string(steps[begins]).tolist(), sums, strict=True)), undated)


def _count_days(days: Array) -> tuple[Array, Array]:
    """Each day that there is and how often: without sorting a hundred thousand of them."""
    counts = np.bincount(days)
    there = np.flatnonzero(counts)
    return there, counts[there]


_UNITS: Mapping[str, str] = {"day": "D", "month": "M", "year": "Y"}


def _choose_unit(days: int) -> str:
    return "day" if days <= DAYS_SHOWN else "month" if days <= MONTHS_SHOWN * 30.5 else "year"
