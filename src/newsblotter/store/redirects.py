"""Where the ids went that are no more: the journal's word on them, kept so that each is found from either end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from newsblotter.store.paging import ask, raw_of
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
    if old_ids is None:
        rows = raw_of(connection).execute(question.format("")).fetchall()
    else:
        rows = ask(connection, question.format("WHERE old IN ({})"), sorted(set(old_ids)))
    parts: dict[str, list[str]] = {}
    for old, now in rows:
        parts.setdefault(old, []).extend([now] if now is not None else [])
    return {old: Redirect(old, tuple(now)) for old, now in parts.items()}


def read_around(connection: Connection, ids: Iterable[str]) -> dict[str, Redirect]:
    """Every redirect by which an id leads to one of these, over however many steps, and where those ids lead besides."""
    ahead = set(ids)
    led: set[str] = set()
    while ahead:
        ahead = {row[0] for row in ask(connection, "SELECT old FROM redirects WHERE now IN ({})", sorted(ahead))} - led
        led |= ahead
    around: dict[str, Redirect] = {}
    ahead = led
    while ahead:
        around.update(read_redirects(connection, ahead))
        ahead = {now for old in ahead if old in around for now in around[old].now} - around.keys() - led
        led |= ahead
    return around
