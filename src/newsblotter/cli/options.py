"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsblotter.errors import UsageError

if TYPE_CHECKING:
    from newsblotter.store import Store

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        help="The store: incidents.db, or what NEWSBLOTTER_STORE or newsblotter.toml name.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def open_for_asking(flag: str | None) -> Store:
    """Open the store that flag, environment or file name, for reading only."""
    from newsblotter.cli.config import load_config
    from newsblotter.store import open_store

    return open_store(flag or load_config().store, create=False, readonly=True)


def read_day(words: str | None, option: str) -> date | None:
    """A day given as YYYY-MM-DD.

    Raises:
        UsageError: It is no such day.
    """
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise UsageError(f"{option} takes a day such as 2024-05-20, not {words!r}") from error


def read_moment(words: str, option: str) -> datetime:
    """A moment given as a year, month or day, or as day and time, in UTC unless it names another zone.

    Raises:
        UsageError: It is no such moment.
    """
    try:
        moment = datetime.fromisoformat(words + "-01-01"[len(words) - 4 :] if len(words) in (4, 7) else words)
    except ValueError as error:
        raise UsageError(f"{option} takes a day or a moment such as 2026-11-20 or 2026-11-20T18:00, not {words!r}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_first_day(words: str | None, option: str) -> date | None:
    """The first day of a day, month or year: 2024-05-20, 2024-05, 2024."""
    return read_day(words + "-01-01"[len(words) - 4 :] if words and len(words) in (4, 7) else words, option)


def read_last_day(words: str | None, option: str) -> date | None:
    """The last day of a day, month or year."""
    from calendar import monthrange

    if words and len(words) == 4:
        words += "-12"
    if words and len(words) == 7:
        first = read_day(words + "-01", option)
        assert first is not None  # words are not None
        return first.replace(day=monthrange(first.year, first.month)[1])
    return read_day(words, option)


def read_point(words: str | None) -> tuple[float, float] | None:
    """A point given as LAT,LON in degrees.

    Raises:
        UsageError: It is no point on Earth.
    """
    if words is None:
        return None
    try:
        latitude, longitude = (float(part) for part in words.split(","))
    except ValueError as error:
        raise UsageError(f"--near takes latitude and longitude such as 43.74,7.43, not {words!r}") from error
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise UsageError(f"--near {words}: latitude lies within -90 and 90, longitude within -180 and 180")
    return latitude, longitude


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Names of JSON fields given as theirs=ours.

    Raises:
        UsageError: One is not a pair.
    """
    mapping = {}
    for pair in pairs:
        theirs, _, ours = pair.partition("=")
        if not theirs or not ours:
            raise UsageError(f"--mapping takes THEIRS=OURS such as headline=title, not {pair!r}")
        mapping[theirs.strip()] = ours.strip()
    return mapping


def dump_json(data: Any) -> str:
    """JSON for people and programs: UTF-8, keys in their order."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)
