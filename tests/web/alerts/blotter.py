"""A store whose incidents are put in by hand, with a desk file beside it and a clock that stands until it is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsblotter.records import Incident, Reality
from newsblotter.store import IncidentEntry, JournalEntry, Record, Store, open_store
from newsblotter.web.alerts import SavedSearch, list_events, notice, save_search
from newsblotter.web.alerts.events import Event
from newsblotter.web.people import DeskFile, open_desk


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Blotter:
    """A store whose incidents are put in by hand, and a desk file beside it."""

    def __init__(self, path: Path) -> None:
        self.store: Store = open_store(str(path))
        self.clock = Clock()
        self.desk: DeskFile = open_desk(path, clock=self.clock)
        self.records: dict[str, Record] = {}

    def put(self, *records: Record, changed: dict[str, list[str]] | None = None, gone: dict[str, list[str]] | None = None) -> None:
        lines = []
        for record in records:
            name = record["id"]
            if name not in self.records:
                lines.append(JournalEntry("minted", {"id": name, "report": "r1", "ordinal": 0, "anchor": {}}))
            elif changed and name in changed:
                lines.append(JournalEntry("changed", {"id": name, "fields": changed[name]}))
            self.records[name] = record
        for name, now in (gone or {}).items():
            del self.records[name]
            lines.append(JournalEntry("redirected", {"id": name, "now": now}))
        self.store.replace_incidents([_entry(record) for record in self.records.values()], lines)

    def save(self, **parts: Any) -> SavedSearch:
        asked = SavedSearch("", "ada", "Robberies", "type=robbery", "webhook", "https://hook.example/in", "")
        return save_search(self.desk, self.store, replace(asked, **parts), by="ada")

    def notice(self) -> int:
        return notice(self.store, self.desk, public_url="https://desk.example")

    def events(self, search: SavedSearch) -> list[Event]:
        with self.desk.reading() as connection:
            return list_events(connection, search.id)[::-1]


def make_record(name: str, **parts: Any) -> Record:
    record: Record = {"id": name, "type": "robbery", "title": f"Robbery {name}", "reality": "actual", "date": None, "place": None}
    return record | {"target": None, "voices": 1, "people": [], "updated": None, "killed": None, "status": "unknown"} | parts


def _entry(record: Record) -> IncidentEntry:
    incident = Incident(
        id=record["id"],
        type=record["type"],
        reality=Reality(record["reality"]),
        title=record["title"],
        mention_ids=(),
        agreed=(),
        disputed=(),
        standings={},
        history=(),
        voices=record["voices"],
    )
    return IncidentEntry(incident, record)
