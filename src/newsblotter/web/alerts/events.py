"""Hold what became of the incidents against the saved searches, and write down what there is to tell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection, text

from newsblotter.review.changes import Changed, list_changes
from newsblotter.store import Filter, Record, Store
from newsblotter.store.present import show_value
from newsblotter.tables import decode_instant, encode_instant, encode_json
from newsblotter.web.alerts.hours import find_due
from newsblotter.web.alerts.searches import SavedSearch, list_searches
from newsblotter.web.filters import list_pairs, read_filter
from newsblotter.web.people.desk_file import DeskFile

# Parameters of a filter → the parts of a record whose change can make an incident pass that did not pass before.
_LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "q": ("title", "target", "place", "suspects", "victims"),
    "type": ("type",),
    "since": ("date",),
    "until": ("date",),
    "country": ("place",),
    "near": ("place",),
    "bbox": ("place",),
    "target": ("target",),
    "person": ("suspects", "victims"),
    "loot_min": ("loot",),
    "loot_max": ("loot",),
    "currency": ("loot",),
    "min_voices": ("voices", "reports"),
    "max_voices": ("voices", "reports"),
    "status": ("status",),
    "reality": ("reality",),
    "disputed": ("disputed",),
    "disputed_on": ("disputed",),
}
MOST_AT_ONCE = (
    1_000  # events of one search from one look: beyond that it asks for nearly everything, and one line says how many more
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell."""

    key: str  # stands for search, incident and what is said of it; told once
    search_id: str
    what: str  # incident.new, incident.changed, incident.merged, incident.withdrawn
    at: datetime  # when it was noticed, aware UTC
    data: Mapping[str, Any]  # why, incident (as exported, None of one withdrawn), changes (field → [before, now]), id, link


def wanted_by(search: SavedSearch) -> Filter:
    """The filter of a saved search."""
    return replace(read_filter(parse_qsl(search.query)), limit=None)


def notice(store: Store, desk: DeskFile, *, public_url: str = "") -> int:
    """Look at what became of the incidents since each search's last look, and write the events; returns how many.

    Args:
        store: The store, open for reading.
        desk: The desk file.
        public_url: Where the desk is reached, for links; empty: without links.
    """
    newest = store.last_number()
    with desk.reading() as connection:
        searches = [search for search in list_searches(connection) if search.active and search.looked < newest]
    changes: dict[int, list[Changed]] = {}
    written = 0
    for search in searches:
        if search.looked not in changes:
            changes[search.looked] = list_changes(store, after=search.looked)
        touched = {change.incident for change in changes[search.looked]}
        passing = {str(record["id"]): record for record in store.find_among(wanted_by(search), touched)}
        with desk.writing() as connection:
            row = connection.execute(text("SELECT looked FROM searches WHERE id = :id"), {"id": search.id}).first()
            if row is None or row.looked != search.looked:
                continue  # another process was quicker
            look = _Look(store, search, passing, desk.clock(), public_url)
            events = look.list_events(connection, changes[search.looked])
            _keep(connection, search, events, desk.clock())
            connection.execute(text("UPDATE searches SET looked = :newest WHERE id = :id"), {"newest": newest, "id": search.id})
            written += len(events)
    return written


class _Look:
    """One search's look at what became of the incidents."""

    def __init__(self, store: Store, search: SavedSearch, passing: Mapping[str, Record], now: datetime, public_url: str) -> None:
        self._store = store
        self._search = search
        self._passing = passing
        self._now = now
        self._public_url = public_url.rstrip("/")
        self._looks_at = {part for name, _ in list_pairs(wanted_by(search)) for part in _LOOKS_AT.get(name, ())}

    def list_events(self, connection: Connection, changes: Iterable[Changed]) -> list[Event]:
        events: dict[str, Event] = {}
        for change in changes:
            event = self._tell(connection, change)
            if event is not None:
                events[event.key] = event
        return self._bound(list(events.values()))

    def _tell(self, connection: Connection, change: Changed) -> Event | None:
        said = self._said(connection, change.incident)
        if change.kind in ("merged", "withdrawn"):
            return self._tell_gone(connection, change, said)
        record = self._passing.get(change.incident)
        if record is None:
            return None
        says = self._say(record)
        if said is None:
            fresh = change.kind in ("new", "revived", "split") or bool(self._looks_at & set(change.fields))
            watched = bool(set(self._search.watch) & set(change.fields))
            if not fresh and not watched:
                return None
            self._note(connection, change.incident, says)
            what, why = ("incident.new", "new") if change.kind == "new" else ("incident.changed", _name_fields(change.fields))
            return self._event(what, record, f"{why}; your search “{self._search.name}” asks for it", {}, says)
        changed = {name: [said.get(name), now] for name, now in says.items() if said.get(name) != now}
        if not changed:
            return None
        self._note(connection, change.incident, says)
        told = "; ".join(f"{name}: {before or 'unknown'} → {now or 'unknown'}" for name, (before, now) in changed.items())
        return self._event("incident.changed", record, f"{told}; your search “{self._search.name}” watches it", changed, says)

    def _tell_gone(self, connection: Connection, change: Changed, said: dict[str, str] | None) -> Event | None:
        """An incident that was told of is no more; what it went into counts as told."""
        if said is None:
            return None
        bound = {"search": self._search.id, "incident": change.incident}
        connection.execute(text("DELETE FROM told WHERE search_id = :search AND incident = :incident"), bound)
        if change.now and self._said(connection, change.now[0]) is None:
            self._note(connection, change.now[0], said)
        what = "incident.merged" if change.now else "incident.withdrawn"
        why = f"is part of {change.now[0]} now" if change.now else "no report tells of it any more"
        data: dict[str, Any] = {
            "id": change.incident,
            "why": f"{why}; your search “{self._search.name}” told of it",
            "title": change.title,
            "now": list(change.now),
            "incident": None,
            "changes": {},
            "link": self._link(change.now[0]) if change.now else "",
        }
        return Event(self._key(change.incident, what, said), self._search.id, what, self._now, data)

    def _event(
        self, what: str, record: Record, why: str, changes: Mapping[str, list[str | None]], says: Mapping[str, str]
    ) -> Event:
        data = {
            "id": record["id"],
            "why": why,
            "title": record["title"],
            "now": [],
            "incident": record,
            "changes": dict(changes),
            "link": self._link(record["id"]),
        }
        return Event(self._key(record["id"], what, says), self._search.id, what, self._now, data)

    def _bound(self, events: list[Event]) -> list[Event]:
        if len(events) <= MOST_AT_ONCE:
            return events
        kept, last = events[: MOST_AT_ONCE - 1], events[MOST_AT_ONCE - 1]
        more = len(events) - len(kept)
        why = f"and {more} more at once; your search “{self._search.name}” asks for them: look at the desk"
        return [*kept, replace(last, data={**last.data, "why": why})]

    def _key(self, incident: str, what: str, says: Mapping[str, str]) -> str:
        parts = (self._search.id, incident, what, encode_json(dict(says)), str(self._search.looked))
        return "e" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def _link(self, incident: str) -> str:
        return f"{self._public_url}/incidents/{incident}" if self._public_url else ""

    def _say(self, record: Record) -> dict[str, str]:
        """What the watched fields say, in the words that a person reads."""
        return {name: show_value(name, record.get(name)) or "" for name in self._search.watch}

    def _said(self, connection: Connection, incident: str) -> dict[str, str] | None:
        bound = {"search": self._search.id, "incident": incident}
        said = connection.execute(text("SELECT said FROM told WHERE search_id = :search AND incident = :incident"), bound).scalar()
        return None if said is None else dict(json.loads(said))

    def _note(self, connection: Connection, incident: str, says: Mapping[str, str]) -> None:
        connection.execute(
            text("INSERT INTO told VALUES (:search, :incident, :said) ON CONFLICT DO UPDATE SET said = excluded.said"),
            {"search": self._search.id, "incident": incident, "said": encode_json(dict(says))},
        )


def _name_fields(fields: Collection[str]) -> str:
    return f"{', '.join(fields)} changed" if fields else "changed"


def _keep(connection: Connection, search: SavedSearch, events: Iterable[Event], now: datetime) -> None:
    due = encode_instant(find_due(search.hours, now))
    for event in events:
        connection.execute(
            text(
                "INSERT INTO events (key, search_id, event, made_at, due) VALUES (:key, :search, :event, :now, :due)"
                " ON CONFLICT (key) DO NOTHING"
            ),
            {
                "key": event.key,
                "search": search.id,
                "event": encode_json({"what": event.what, "data": event.data}),
                "now": encode_instant(event.at),
                "due": due,
            },
        )


def read_event(row: Any) -> Event:
    """The event of a row of ``events``."""
    packed, at = json.loads(row.event), decode_instant(row.made_at)
    assert at is not None
    return Event(row.key, row.search_id, packed["what"], at, packed["data"])


def list_events(connection: Connection, search_id: str, limit: int = 100) -> list[Event]:
    """What a search told or is about to tell, the newest first."""
    rows = connection.execute(
        text("SELECT * FROM events WHERE search_id = :search ORDER BY number DESC LIMIT :limit"),
        {"search": search_id, "limit": limit},
    )
    return [read_event(row) for row in rows]
