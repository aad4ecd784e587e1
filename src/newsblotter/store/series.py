"""What may tie incidents into series, kept beside them: what each shares with others, and who shares it, in the order of days.

It is written with the incidents, in one transaction, so it always speaks of those that are there. What is shared is a hash, and
what an incident brings to a series is a text that only linking reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from sqlalchemy import Connection

from newsblotter.store.paging import ask, raw_of
from newsblotter.store.protocol import IncidentEntry, SeriesEntry

_Transaction: TypeAlias = Callable[[], AbstractContextManager[Connection]]
Place: TypeAlias = tuple[int, str]  # where an incident stands among those that share a thing: its first day, its id

_BEFORE = (
    "SELECT day, incident_id FROM series_keys WHERE key = ? AND (day, incident_id) < (?, ?) ORDER BY day DESC, incident_id DESC"
)
_AFTER = "SELECT day, incident_id FROM series_keys WHERE key = ? AND (day, incident_id) > (?, ?) ORDER BY day, incident_id"


class SeriesIndex:
    """The part of a store that finds series; see ``Store.series``."""

    def __init__(self, read: _Transaction) -> None:
        self._read = read

    def entries(self, incident_ids: Collection[str]) -> dict[str, SeriesEntry]:
        """What incidents bring to series, by id; those that bring nothing are left out."""
        with self._read() as connection:
            return {entry.id: entry for entry in _read_entries(connection, sorted(incident_ids))}

    def around(self, key: int, place: Place, reach: int) -> tuple[list[Place], list[Place]]:
        """Of those that share a thing the ``reach`` nearest before a place and after it, the nearest first."""
        with self._read() as connection:
            raw = raw_of(connection)
            before, after = (raw.execute(f"{q} LIMIT ?", (key, *place, reach)).fetchall() for q in (_BEFORE, _AFTER))
        return before, after


def _read_entries(connection: Connection, incident_ids: Sequence[str]) -> list[SeriesEntry]:
    rows = ask(connection, "SELECT incident_id, day, keys, traits FROM series WHERE incident_id IN ({})", incident_ids)
    return [SeriesEntry(name, day, tuple(json.loads(keys)), traits) for name, day, keys, traits in rows]


def forget_series(connection: Connection, among: Collection[str] | None) -> None:
    """Take these incidents out; all for None."""
    raw = raw_of(connection)
    if among is None:
        raw.execute("DELETE FROM series_keys")
        raw.execute("DELETE FROM series")
        return
    old = _read_entries(connection, sorted(among))
    raw.executemany(
        "DELETE FROM series_keys WHERE key = ? AND day = ? AND incident_id = ?", [(k, e.day, e.id) for e in old for k in e.keys]
    )
    raw.executemany("DELETE FROM series WHERE incident_id = ?", [(entry.id,) for entry in old])


def enter_series(connection: Connection, entries: Iterable[IncidentEntry]) -> None:
    """Enter what incidents bring to series."""
    found = [entry.series for entry in entries if entry.series is not None and entry.series.keys]
    raw = raw_of(connection)
    raw.executemany("INSERT INTO series VALUES (?, ?, ?, ?)", [(e.id, e.day, json.dumps(e.keys), e.traits) for e in found])
    raw.executemany("INSERT INTO series_keys VALUES (?, ?, ?)", [(key, e.day, e.id) for e in found for key in e.keys])
