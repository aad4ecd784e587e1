"""What a store keeps of itself, so that a build of one report neither counts nor scans the others.

*Totals* run along with what is written, in the same transaction. Reports wait in ``read_pending`` from coming in, being read
or a change of their copies until a build has looked at them: all others were read by the reader named here, against the right day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from newsblotter.store.answers import Totals
from newsblotter.store.paging import ask, raw_of

_ADD = "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"


def add_to(connection: Connection, name: str, number: int) -> None:
    """Count on: ``mentions``, ``incidents`` or ``copies`` have become so many more."""
    if number:
        raw_of(connection).execute(_ADD, (name, str(number)))


def clear(connection: Connection, name: str) -> None:
    """Begin to count anew, or forget what was said."""
    raw_of(connection).execute("DELETE FROM state WHERE name = ?", (name,))


def read_totals(connection: Connection) -> Totals:
    """See ``Store.totals``."""
    rows = raw_of(connection).execute("SELECT name, value FROM state WHERE name != 'reader'")
    found = Counter({name: int(value) for name, value in rows})
    return Totals(found["mentions"], found["incidents"], found["copies"])


def note_unread(connection: Connection, report_ids: Iterable[str]) -> None:
    """A build is to look at these reports."""
    rows = [(report_id,) for report_id in report_ids]
    raw_of(connection).executemany("INSERT OR IGNORE INTO read_pending VALUES (?)", rows)


def list_waiting(connection: Connection, reader: str) -> list[str] | None:
    """See ``Store.waiting``."""
    raw = raw_of(connection)
    if raw.execute("SELECT value FROM state WHERE name = 'reader'").fetchone() != (reader,):
        return None
    return [report_id for (report_id,) in raw.execute("SELECT report_id FROM read_pending ORDER BY report_id")]


def settle(connection: Connection, reader: str, report_ids: Collection[str] | None) -> None:
    """See ``Store.settle_reading``."""
    if report_ids is None:
        raw_of(connection).execute("DELETE FROM read_pending")
    ask(connection, "DELETE FROM read_pending WHERE report_id IN ({})", report_ids or ())
    raw_of(connection).execute("INSERT OR REPLACE INTO state VALUES ('reader', ?)", (reader,))
