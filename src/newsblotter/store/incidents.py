"""Writing the incidents of a build: only what changed, with its indexes, redirects and journal, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection

from newsblotter.errors import UsageError
from newsblotter.records import hash_id
from newsblotter.store import schema
from newsblotter.store.overview import Edition
from newsblotter.store.paging import ask, in_pages, insert, put, raw_of
from newsblotter.store.protocol import IncidentEntry, JournalEntry, Record
from newsblotter.store.series import enter_series, forget_series
from newsblotter.store.state import add_to
from newsblotter.tables import Row, encode_json

UNTOLD = frozenset({"updated", "confidence", "title", "related"})  # follow from other parts: no change by themselves

_Numbered: TypeAlias = tuple[int, Row, Record]


def fingerprint(record: Record) -> str:
    """What a record says apart from when it was updated; equal for records that say the same."""
    return hash_id("f", encode_json({name: part for name, part in record.items() if name != "updated"}))


def encode_incident(entry: IncidentEntry) -> Row:
    """An incident as a row of ``incidents`` (its ``number`` is the store's)."""
    record = entry.record
    date, place = record.get("date") or {}, record.get("place") or {}
    return {
        "id": entry.incident.id,
        "type": entry.incident.type,
        "reality": entry.incident.reality.value,
        "title": entry.incident.title,
        "target": record.get("target"),
        "first_day": date.get("start"),
        "last_day": date.get("end"),
        "latitude": place.get("lat"),
        "longitude": place.get("lon"),
        "country": place.get("country"),
        "voices": entry.incident.voices,
        "record": _encode_record(record),
        "fingerprint": fingerprint(record),
    }


def _encode_record(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))  # in the order of the reference


def write_incidents(
    connection: Connection,
    entries: Iterable[IncidentEntry],
    journal: Sequence[JournalEntry],
    among: Collection[str] | None = None,
    related: Mapping[str, Sequence[Record]] | None = None,
) -> tuple[int, list[JournalEntry]]:
    """Put the incidents in the place of the stored ones; see ``Store.replace_incidents``.

    Returns:
        How many are new or changed, and the lines that the journal is to get: those given, and what changed or vanished.
    """
    raw = raw_of(connection)
    stored = _set_aside(connection, among)
    forget_series(connection, among)
    (number,) = raw.execute("SELECT coalesce(max(number), 0) FROM incidents").fetchone()
    edition = Edition(connection)
    seen: set[str] = set()
    changed = 0
    lines = list(journal)
    for page in in_pages(entries):
        fresh: list[_Numbered] = []
        anew: list[_Numbered] = []
        numbers: list[int] = []
        for entry in page:
            if entry.incident.id in seen:
                raise UsageError(f"incident {entry.incident.id} is given twice in one build")
            seen.add(entry.incident.id)
            row = encode_incident(entry)
            old_number, old_fingerprint = stored.get(entry.incident.id, (None, None))
            if old_number is None:
                number += 1
                fresh.append((number, row, entry.record))
            elif old_fingerprint != row["fingerprint"]:
                anew.append((old_number, row, entry.record))
            numbers.append(number if old_number is None else old_number)
        changed += len(fresh) + len(anew)
        lines += _tell_changes(connection, anew)
        _write_rows(connection, fresh, anew)
        _write_members(connection, page)
        enter_series(connection, page)
        edition.enter(
            [(at, entry.record) for at, entry in zip(numbers, page, strict=True)],
            {entry.incident.id: entry.incident.mention_ids for entry in page},
            {at for at, _, _ in (*fresh, *anew)},
        )
    gone = sorted(stored.keys() - seen)
    withdrawn = [stored[incident_id][0] for incident_id in gone]
    edition.withdraw(withdrawn)
    _remove(connection, gone, withdrawn)
    _relate(connection, {name: kin for name, kin in (related or {}).items() if name not in seen}, edition)
    edition.close()
    lines += _missing_redirects(connection, gone, journal)
    add_to(connection, "incidents", len(seen) - len(stored))
    raw.execute("DELETE FROM temp.old_members")
    return changed, lines


def _tell_changes(connection: Connection, anew: Sequence[_Numbered]) -> list[JournalEntry]:
    """A line for each record that says something else now, with the fields that do."""
    rows = ask(connection, "SELECT number, record FROM incidents WHERE number IN ({})", [number for number, _, _ in anew])
    before = {number: json.loads(record) for number, record in rows}
    lines = []
    for number, _, record in anew:
        if told := list_changed(before[number], record):
            lines.append(JournalEntry("changed", {"id": record["id"], "fields": told}))
    return lines


def list_changed(before: Record, after: Record) -> list[str]:
    """The parts of a record that say something else, sorted; those left out that follow from others."""
    names = (before.keys() | after.keys()) - UNTOLD
    return sorted(name for name in names if (before.get(name) or None) != (after.get(name) or None))


def _set_aside(connection: Connection, among: Collection[str] | None) -> dict[str, tuple[int, str]]:
    """Move the members of the incidents to be replaced into ``old_members``; id → number and fingerprint of each incident."""
    raw = raw_of(connection)
    raw.execute("CREATE TEMP TABLE IF NOT EXISTS old_members (incident_id, mention_id, report_id)")
    raw.execute("DELETE FROM temp.old_members")
    move = "INSERT INTO temp.old_members SELECT incident_id, mention_id, report_id FROM incident_mentions"
    leave, numbered = "DELETE FROM incident_mentions", "SELECT id, number, fingerprint FROM incidents"
    if among is None:
        raw.execute(move)
        raw.execute(leave)
        return {name: (number, told) for name, number, told in raw.execute(numbered)}
    replaced = sorted(among)
    ask(connection, f"{move} WHERE incident_id IN ({{}})", replaced)
    ask(connection, f"{leave} WHERE incident_id IN ({{}})", replaced)
    return {name: (number, told) for name, number, told in ask(connection, f"{numbered} WHERE id IN ({{}})", replaced)}


def _write_rows(connection: Connection, fresh: Sequence[_Numbered], anew: Sequence[_Numbered]) -> None:
    """Insert what is new, overwrite what has changed, and enter both into the indexes."""
    put(connection, schema.incidents, [{"number": number, **row} for number, row, _ in fresh])
    if anew:
        columns = ", ".join(f"{name} = :{name}" for name in anew[0][1])
        statement = f"UPDATE incidents SET {columns} WHERE number = :number"
        raw_of(connection).executemany(statement, [{"number": number, **row} for number, row, _ in anew])
        _unindex(connection, [number for number, _, _ in anew])
    _index(connection, [*fresh, *anew])


def _write_members(connection: Connection, entries: Sequence[IncidentEntry]) -> None:
    """Note the incidents' mentions; their type and role are the stored mentions'."""
    homes = [(mention_id, entry.incident.id) for entry in entries for mention_id in set(entry.incident.mention_ids)]
    homes.sort()
    wanted = "SELECT id, report_id, type, role FROM mentions WHERE id IN ({})"
    found = {row[0]: row[1:] for row in ask(connection, wanted, [mention_id for mention_id, _ in homes])}
    raw_of(connection).executemany(
        "INSERT INTO incident_mentions (incident_id, mention_id, report_id, type, role) VALUES (?, ?, ?, ?, ?)",
        [(incident_id, mention_id, *found[mention_id]) for mention_id, incident_id in homes if mention_id in found],
    )


def spell_incident(row: Row, record: Record) -> tuple[Row, Row | None]:
    """What the indexes hold of an incident: its words for the full text, and its point if it has one."""
    place = record.get("place") or {}
    where = " ".join(filter(None, (place.get("name"), place.get("admin1"), place.get("address"))))
    people = " ".join(person["name"] for person in record.get("people") or () if person.get("name"))
    words: Row = {"title": row["title"], "target": row["target"] or "", "place": where, "people": people}
    lat, lon = row["latitude"], row["longitude"]
    if lat is None or lon is None:
        return words, None
    return words, {"south": lat, "north": lat, "west": lon, "east": lon}


def _index(connection: Connection, incidents: Sequence[_Numbered]) -> None:
    """Enter incidents into the indexes for full text and points."""
    texts: list[Row] = []
    points: list[Row] = []
    for number, row, record in incidents:
        words, point = spell_incident(row, record)
        texts.append({"rowid": number, **words})
        if point is not None:
            points.append({"number": number, **point})
    insert(connection, "incidents_fts", texts)
    insert(connection, "incidents_points", points)


def _unindex(connection: Connection, numbers: Sequence[int]) -> None:
    for table, key in (("incidents_fts", "rowid"), ("incidents_points", "number")):
        raw_of(connection).executemany(f"DELETE FROM {table} WHERE {key} = ?", [(number,) for number in numbers])


def _remove(connection: Connection, ids: Sequence[str], numbers: Sequence[int]) -> None:
    _unindex(connection, numbers)
    ask(connection, "DELETE FROM incidents WHERE id IN ({})", ids)


def _relate(connection: Connection, related: Mapping[str, Sequence[Record]], edition: Edition) -> None:
    """Put into records what they are related to now; ids that no incident has are left alone."""
    for page in in_pages(sorted(related)):
        changed: list[tuple[str, str, int]] = []
        for number, incident_id, stored in ask(connection, "SELECT number, id, record FROM incidents WHERE id IN ({})", page):
            record = json.loads(stored)
            kin = list(related[incident_id])
            if record.get("related") != kin:
                record["related"] = kin
                changed.append((_encode_record(record), fingerprint(record), number))
        raw_of(connection).executemany("UPDATE incidents SET record = ?, fingerprint = ? WHERE number = ?", changed)
        edition.touch([number for _, _, number in changed])


def _missing_redirects(connection: Connection, gone: Sequence[str], journal: Sequence[JournalEntry]) -> list[JournalEntry]:
    """Say where each vanished incident went, where the caller did not: an id given out lives for ever.

    Its mentions tell; if they were read anew and are other mentions now, its reports do. Nowhere: withdrawn.
    """
    told = {entry.data["id"] for entry in journal if entry.kind == "redirected"}
    entries = []
    for incident_id in gone:
        if incident_id in told:
            continue
        now: list[str] = []
        for key in ("mention_id", "report_id"):
            if not now:
                question = (
                    "SELECT DISTINCT new.incident_id FROM temp.old_members AS old "
                    f"JOIN incident_mentions AS new ON new.{key} = old.{key} WHERE old.incident_id = ?"
                )
                now = sorted(row[0] for row in raw_of(connection).execute(question, (incident_id,)))
        entries.append(JournalEntry("redirected", {"id": incident_id, "now": now}))
    return entries
