"""What a store keeps of itself, so that a build of one report neither counts nor scans the others.

*Totals* run along with what is written, in the same transaction. Reports wait in ``read_pending`` from coming in, being read
or a change of their copies until a build has looked at them: all others were read by the reader named here, against the right day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, text

from newsblotter.store.answers import Totals
from newsblotter.store.paging import in_pages

_ADD = "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"


def add_to(connection: Connection, name: str, number: int) -> None:
    """Count on: ``mentions``, ``incidents`` or ``copies`` have become so many more."""
    if number:
        connection.exec_driver_sql(_ADD, (name, str(number)))


def clear(connection: Connection, name: str) -> None:
    """Begin to count anew, or forget what was said."""
    connection.exec_driver_sql("DELETE FROM state WHERE name = ?", (name,))


def read_totals(connection: Connection) -> Totals:
    """See ``Store.totals``."""
    rows = connection.execute(text("SELECT name, value FROM state WHERE name != 'reader'"))
    found = Counter({name: int(value) for name, value in rows})
    return Totals(found["mentions"], found["incidents"], found["copies"])


def note_unread(connection: Connection, report_ids: Iterable[str]) -> None:
    """A build is to look at these reports."""
    rows = [(report_id,) for report_id in report_ids]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO read_pending VALUES (?)", rows)


def list_waiting(connection: Connection, reader: str) -> list[str] | None:
    """See ``Store.waiting``."""
    settled = connection.execute(text("SELECT value FROM state WHERE name = 'reader'")).scalar()
    if settled != reader:
        return None
    return list(connection.execute(text("SELECT report_id FROM read_pending ORDER BY report_id")).scalars())


def settle(connection: Connection, reader: str, report_ids: Collection[str] | None) -> None:
    """See ``Store.settle_reading``."""
    if report_ids is None:
        connection.exec_driver_sql("DELETE FROM read_pending")
    for page in in_pages(report_ids or ()):
        connection.exec_driver_sql(f"DELETE FROM read_pending WHERE report_id IN ({','.join('?' * len(page))})", tuple(page))
    connection.exec_driver_sql("INSERT OR REPLACE INTO state VALUES ('reader', ?)", (reader,))
