"""Where the ids went that are no more: the journal's word on them, kept so that each is found from either end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from newsblotter.store.paging import in_pages
from newsblotter.store.protocol import JournalEntry, Redirect


def note_redirects(connection: Connection, entries: Sequence[JournalEntry]) -> None:
    """Take in further lines of the journal; the last word on an id counts."""
    for entry in entries:
        if entry.kind in ("redirected", "revived"):
            old = entry.data["id"]
            connection.exec_driver_sql("DELETE FROM redirects WHERE old = ?", (old,))
            if entry.kind == "redirected":
                rows = [(old, part, now) for part, now in enumerate(entry.data["now"])] or [(old, 0, None)]  # none: withdrawn
                connection.exec_driver_sql("INSERT INTO redirects VALUES (?, ?, ?)", rows)


def read_redirects(connection: Connection, old_ids: Iterable[str] | None = None) -> dict[str, Redirect]:
    """What became of these ids, of those of them that are no more; of every id by default."""
    question = "SELECT old, now FROM redirects {} ORDER BY old, part"
    rows: Iterable[Row[Any]]
    if old_ids is None:
        rows = connection.exec_driver_sql(question.format("")).all()
    else:
        rows = [row for page in in_pages(sorted(set(old_ids))) for row in _ask(connection, question, "old", page)]
    parts: dict[str, list[str]] = {}
    for old, now in rows:
        parts.setdefault(old, []).extend([now] if now is not None else [])
    return {old: Redirect(old, tuple(now)) for old, now in parts.items()}


def read_around(connection: Connection, ids: Iterable[str]) -> dict[str, Redirect]:
    """Every redirect by which an id leads to one of these, over however many steps, and where those ids lead besides."""
    ahead = set(ids)
    led: set[str] = set()
    while ahead:
        pages = in_pages(sorted(ahead))
        ahead = {row[0] for page in pages for row in _ask(connection, "SELECT old FROM redirects {}", "now", page)} - led
        led |= ahead
    around: dict[str, Redirect] = {}
    ahead = led
    while ahead:
        around.update(read_redirects(connection, ahead))
        ahead = {now for old in ahead if old in around for now in around[old].now} - around.keys() - led
        led |= ahead
    return around


def _ask(connection: Connection, question: str, column: str, page: Sequence[str]) -> Sequence[Row[Any]]:
    marks = ",".join("?" * len(page))
    return connection.exec_driver_sql(question.format(f"WHERE {column} IN ({marks})"), tuple(page)).all()
