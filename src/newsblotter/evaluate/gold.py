"""Read what a person labelled: incidents, copies, reports without incident. A slip is named by file and line.

One gold incident a line: {"incident", "reports": [id], "background": [id], "type", "date", "lat", "lon", "killed", "injured",
"suspects": {"low", "high"}, "arrested", "loot": {"low", "high", "currency"}, "target", "people": [{"name", "role"}]}. A fact
that is absent or null is not scored; further fields are read over.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from newsblotter.errors import GoldError

Part = TypeVar("Part")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
# Fields of a gold incident that carry a fact, and those that only name it: all else is remarked upon, a slip of the pen perhaps.
FACT_FIELDS = ("type", "date", "lat", "lon", "killed", "injured", "suspects", "arrested", "loot", "target", "people")
_OTHER_FIELDS = ("incident", "reports", "background", "place")


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole things or money, ends included. ``high`` None: open above."""

    low: float
    high: float | None
    currency: str | None = None  # ISO 4217; None for counts


@dataclass(frozen=True, slots=True)
class GoldPerson:
    """Somebody who took part, by name."""

    name: str
    role: str  # victim and suspect are scored


@dataclass(frozen=True, slots=True)
class GoldIncident:
    """What a person says of one incident. A fact that is None is not scored."""

    incident: str  # its name
    reports: tuple[str, ...]  # mainly about it, follow-ups included; empty: only mentioned in passing
    background: tuple[str, ...] = ()  # mention it in passing
    type: str | None = None
    date: str | None = None  # 2024-05-20, 2024-05 or 2024
    place: str | None = None  # its name, to be shown; the point is what is scored
    point: tuple[float, float] | None = None  # latitude, longitude
    killed: int | None = None
    injured: int | None = None
    suspects: Interval | None = None
    arrested: Interval | None = None
    loot: Interval | None = None
    target: str | None = None
    people: tuple[GoldPerson, ...] | None = None  # None: nobody noted who took part


@dataclass(frozen=True, slots=True)
class Gold:
    """Everything that was labelled."""

    incidents: tuple[GoldIncident, ...]
    copies: tuple[tuple[str, ...], ...] = ()  # groups of reports that are one text
    none: tuple[str, ...] = ()  # reports that hold no incident
    unscored: tuple[str, ...] = ()  # names of fields that were read over


def read_gold(incidents: Path, copies: Path | None = None, none: Path | None = None, min_overlap: float = 0.0) -> Gold:
    """Read gold labels.

    Args:
        incidents: One gold incident a line.
        copies: {"copies": [id], "overlap": share} a line; None: copies are not scored.
        none: The id of a report without incident a line, as a JSON string; None: false alarms are not scored.
        min_overlap: Copy groups whose stated overlap is lower are left out.

    Raises:
        GoldError: A file cannot be read, or a line is not what it should be; the message says which and what is wrong.
    """
    found: dict[str, GoldIncident] = {}
    unscored: set[str] = set()
    for row in _read_rows(incidents):
        incident = _read_incident(row)
        if incident.incident in found:
            raise row.wrong(f"a second incident is called {incident.incident!r}; each name stands once")
        found[incident.incident] = incident
        unscored |= row.data.keys() - {*FACT_FIELDS, *_OTHER_FIELDS}
    if not found:
        raise GoldError(f"{incidents}: no line holds an incident")
    return Gold(
        incidents=tuple(found.values()),
        copies=tuple(_read_copies(copies, min_overlap)) if copies else (),
        none=tuple(_read_none(none)) if none else (),
        unscored=tuple(sorted(unscored)),
    )


def read_exported(path: Path) -> list[dict[str, Any]]:
    """Incidents as ``export --format jsonl`` writes them, one a line; of another program's, at least the reports must be there.

    Raises:
        GoldError: The file cannot be read, or a line is no incident.
    """
    return [row.data for row in _read_rows(path) if _check_incident(row)]


def _check_incident(row: _Row) -> bool:
    """True, so that it can stand in a condition; raises what is wrong with an incident of an export."""
    shapes = (("reports", "id", True), ("people", "role", False), ("claims", "field", False))
    for name, part, needed in shapes:
        listed = row.data.get(name)
        if listed is None and not needed:
            continue
        if not isinstance(listed, list) or not all(isinstance(one, dict) and isinstance(one.get(part), str) for one in listed):
            raise row.wrong(f'"{name}" must be a list of objects, each with "{part}"; an incident as export writes it is wanted')
    if not all(isinstance(claim.get("quote") or {}, dict) for claim in row.data.get("claims") or ()):
        raise row.wrong('a claim\'s "quote" must be an object with "exact"')
    return True


def read_copy_groups(path: Path) -> list[tuple[str, ...]]:
    """Copy groups as ``export --copies`` writes them: {"reports": [id]} a line.

    Raises:
        GoldError: The file cannot be read, or a line is no copy group.
    """
    groups = []
    for row in _read_rows(path):
        ids = row.read("reports", _ids, "a list of report ids")
        if ids is None:
            raise row.wrong('"reports" is missing: the ids of the reports that are one text')
        groups.append(ids)
    return groups


def keep_language(gold: Gold, reports: Mapping[str, str | None], language: str) -> tuple[Gold, frozenset[str]]:
    """Leave out reports that are stated to be in another language, and the incidents that no other report tells.

    Args:
        gold: The labels.
        reports: Id → language as stated; None stays.
        language: ISO 639-1.

    Returns:
        The labels, and the ids of the reports that stay.
    """
    kept = frozenset(name for name, stated in reports.items() if stated in (None, language))
    incidents = []
    for old in gold.incidents:
        new = replace(old, reports=_only(old.reports, kept), background=_only(old.background, kept))
        if new.reports or (not old.reports and new.background):
            incidents.append(new)
    groups = [group for group in (_only(group, kept) for group in gold.copies) if len(group) > 1]
    return replace(gold, incidents=tuple(incidents), copies=tuple(groups), none=_only(gold.none, kept)), kept


def _only(ids: Sequence[str], kept: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in ids if name in kept)


def first_and_last_day(words: str) -> tuple[date, date]:
    """The days that a gold date spans: a day, a month or a year.

    Raises:
        ValueError: It is no such date.
    """
    match = _DATE.fullmatch(words)
    if match is None:
        raise ValueError(words)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # the pattern has it
    if day and month:
        return date(year, month, day), date(year, month, day)
    if month:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), date.fromordinal(following.toordinal() - 1)
    return date(year, 1, 1), date(year, 12, 31)


# --- lines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a file, with the checks that name it."""

    where: str
    data: dict[str, Any]

    def wrong(self, what: str) -> GoldError:
        return GoldError(f"{self.where}: {what}")

    def read(self, name: str, parse: Callable[[Any], Part | None], wanted: str) -> Part | None:
        """A field that may be absent or null; ``parse`` gives None for what it cannot take."""
        value = self.data.get(name)
        if value is None:
            return None
        parsed = parse(value)
        if parsed is None:
            raise self.wrong(f'"{name}" must be {wanted}, not {_show(value)}')
        return parsed


def _show(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 60 else words[:59] + "…"


def _read_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Each line's place and what it holds."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                where = f"{path}:{number}"
                if not line.strip():
                    continue
                try:
                    yield where, json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except UnicodeDecodeError as error:
                    raise GoldError(f"{where}: not UTF-8 at byte {error.start}") from error
                except (ValueError, RecursionError) as error:
                    told = f": {error}" if isinstance(error, ValueError) else ""
                    raise GoldError(f"{where}: not JSON{told}; one object a line is wanted") from error
    except (OSError, EOFError, zlib.error) as error:
        raise GoldError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _read_rows(path: Path) -> Iterator[_Row]:
    for where, data in _read_lines(path):
        if not isinstance(data, dict):
            raise GoldError(f"{where}: a JSON object is wanted, not {_show(data)}")
        yield _Row(where, data)


def _read_copies(path: Path, min_overlap: float) -> Iterator[tuple[str, ...]]:
    for row in _read_rows(path):
        ids = row.read("copies", _ids, "a list of report ids")
        if ids is None:
            raise row.wrong('"copies" is missing: the ids of the reports that are one text')
        overlap = row.read("overlap", _number, "a share such as 0.8")
        if (overlap is None or overlap >= min_overlap) and len(ids) > 1:
            yield ids


def _read_none(path: Path) -> Iterator[str]:
    for where, data in _read_lines(path):
        name = data.get("id") if isinstance(data, dict) else data
        if not isinstance(name, str) or not name:
            raise GoldError(f'{where}: the id of a report is wanted as "id", not {_show(data)}')
        yield name


# --- incidents ----------------------------------------------------------------------------------------------------


def _read_incident(row: _Row) -> GoldIncident:
    name = row.read("incident", _text, "a name")
    if name is None:
        raise row.wrong('"incident" is missing: a name of your own for it')
    reports = row.read("reports", _ids, "a list of report ids") or ()
    background = row.read("background", _ids, "a list of report ids") or ()
    if not reports and not background:
        raise row.wrong(f'{name!r} names no report: list ids under "reports" or, where it is told in passing, "background"')
    count, counts = "a whole number, 0 or more", 'a whole number or {"low": 2, "high": 4}'
    return GoldIncident(
        incident=name,
        reports=reports,
        background=background,
        type=row.read("type", _text, "the name of a type"),
        date=row.read("date", _date, "a day, month or year such as 2024-05-20, 2024-05 or 2024"),
        place=_text(row.data.get("place")),
        point=_read_point(row),
        killed=row.read("killed", _count, count),
        injured=row.read("injured", _count, count),
        suspects=row.read("suspects", _counts, counts),
        arrested=row.read("arrested", _counts, counts),
        loot=row.read("loot", _money, 'an amount such as {"low": 2000000, "high": 9000000, "currency": "EUR"}'),
        target=row.read("target", _text, "a name"),
        people=row.read("people", _people, 'a list such as [{"name": "Marcus Ellery", "role": "victim"}]'),
    )


def _read_point(row: _Row) -> tuple[float, float] | None:
    degrees = "a number of degrees, {0} to {1}"
    latitude = row.read("lat", lambda value: _number(value, -90, 90), degrees.format(-90, 90))
    longitude = row.read("lon", lambda value: _number(value, -180, 180), degrees.format(-180, 180))
    if (latitude is None) != (longitude is None):
        raise row.wrong('"lat" and "lon" go together; one is missing')
    return None if latitude is None or longitude is None else (latitude, longitude)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _number(value: Any, least: float = 0.0, most: float = float("inf")) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    return value if good else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _ids(value: Any) -> tuple[str, ...] | None:
    good = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
    return tuple(dict.fromkeys(value)) if good else None


def _date(value: Any) -> str | None:
    try:
        first_and_last_day(value)
    except (TypeError, ValueError):
        return None
    return str(value)


def _counts(value: Any) -> Interval | None:
    if not isinstance(value, dict):
        count = _count(value)
        return None if count is None else Interval(count, count)
    low, high = _count(value.get("low")), _count(value.get("high", value.get("low")))
    is_open = "high" in value and value["high"] is None
    if low is None or not (is_open or (high is not None and high >= low)):
        return None
    return Interval(low, None if is_open else high)


def _money(value: Any) -> Interval | None:
    if not isinstance(value, dict):
        return None
    low, high, currency = _number(value.get("low")), _number(value.get("high", value.get("low"))), _text(value.get("currency"))
    is_open = "high" in value and value["high"] is None
    if low is None or currency is None or not (is_open or (high is not None and high >= low)):
        return None
    return Interval(low, None if is_open else high, currency)


def _people(value: Any) -> tuple[GoldPerson, ...] | None:
    if not isinstance(value, list):
        return None
    found = []
    for person in value:
        if not isinstance(person, dict) or _text(person.get("role")) is None:
            return None
        name = person.get("name")
        if name is not None and not isinstance(name, str):
            return None
        if name:
            found.append(GoldPerson(name, person["role"]))
    return tuple(found)
