"""Questions to the store: ids, journal, figures. Each takes an open connection, so one snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from newsblotter.errors import UnknownIncident
from newsblotter.store import schema
from newsblotter.store.answers import Resolved, Run, Stats
from newsblotter.store.paging import ask, in_pages, marks, put, raw_of
from newsblotter.store.protocol import JournalEntry, StoredIncident
from newsblotter.store.redirects import note_redirects, read_redirects
from newsblotter.tables import Row, decode_instant, encode_instant, encode_json

SHORTEST_PREFIX = 4  # fewer characters of an id are more likely a slip than a choice


# --- ids --------------------------------------------------------------------------------------------------------


def follow(connection: Connection, incident_id: str) -> tuple[str, ...] | None:
    """See ``Store.follow``."""
    if _has_incident(connection, incident_id):
        return (incident_id,)
    if not read_redirects(connection, [incident_id]):
        return None
    live: set[str] = set()
    passed: set[str] = set()
    ahead = {incident_id}
    while ahead:
        passed |= ahead
        here = {one for one in ahead if _has_incident(connection, one)}
        live |= here
        led = read_redirects(connection, ahead - here)
        ahead = {now for redirect in led.values() for now in redirect.now} - passed
    return tuple(sorted(live))


def _follow(connection: Connection, incident_id: str, where: str) -> str | None:
    """The live incident that an old id leads to, None if it never was one.

    Raises:
        UnknownIncident: It was split, or withdrawn.
    """
    live = follow(connection, incident_id)
    if live is None:
        return None
    if len(live) == 1:
        return live[0]
    if live:
        raise UnknownIncident(f"{where}: incident {incident_id} was split; its parts are {', '.join(live)}")
    raise UnknownIncident(f"{where}: incident {incident_id} was withdrawn: no report tells of it any more")


def _has_incident(connection: Connection, incident_id: str) -> bool:
    return raw_of(connection).execute("SELECT 1 FROM incidents WHERE id = ?", (incident_id,)).fetchone() is not None


def _starting_with(connection: Connection, column: ColumnElement[str], prefix: str, limit: int) -> list[str]:
    """Ids with this beginning, by the index (LIKE would not use it)."""
    beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    found = select(column).where(column >= prefix, column < beyond).order_by(column).limit(limit)
    return list(connection.execute(found).scalars())


def _is_plain(short: str) -> bool:
    return short.isascii() and short.isalnum()  # as our ids are; nothing else can be the beginning of one


def _resolve_incident(connection: Connection, short: str, where: str) -> str | None:
    for name in dict.fromkeys((short, short.lower())):
        if _has_incident(connection, name):
            return name
        followed = _follow(connection, name, where)
        if followed:
            return followed
    if len(short) >= SHORTEST_PREFIX and _is_plain(short):
        found = _starting_with(connection, schema.incidents.c.id, short.lower(), 6)
        if len(found) > 1:
            raise UnknownIncident(f"{where}: several incidents begin with {short}: {', '.join(found[:5])}")
        if found:
            return found[0]
    return None


def resolve(connection: Connection, short: str, where: str) -> Resolved:
    """See ``Store.resolve``: a whole incident id, a report's ids, an old incident id, then beginnings, a mention's id last."""
    if _has_incident(connection, short):
        return Resolved("incident", short)
    reports = schema.reports.c
    for column in (reports.source_id, reports.id):
        found = connection.execute(select(reports.id).where(column == short)).scalar()
        if found is not None:
            return Resolved("report", found)
    incident_id = _resolve_incident(connection, short, where)
    if incident_id is not None:
        return Resolved("incident", incident_id)
    if len(short) >= SHORTEST_PREFIX and _is_plain(short):
        begun = _starting_with(connection, reports.id, short.lower(), 6)
        if len(begun) > 1:
            raise UnknownIncident(f"{where}: several reports begin with {short}: {', '.join(begun[:5])}")
        if begun:
            return Resolved("report", begun[0])
        told = _starting_with(connection, schema.mentions.c.id, short.lower(), 6)
        if len(told) > 1:
            raise UnknownIncident(f"{where}: several mentions begin with {short}: {', '.join(told[:5])}")
        if told:
            return Resolved("mention", told[0])
    raise UnknownIncident(f"{where}: no incident or report goes by {short!r}; see newsblotter list")


def get_incident(connection: Connection, asked: str, where: str) -> StoredIncident:
    """See ``Store.get_incident``."""
    incident_id = _resolve_incident(connection, asked, where)
    if incident_id is None:
        raise UnknownIncident(f"{where}: no incident goes by {asked!r}; see newsblotter list")
    raw = raw_of(connection)
    (record,) = raw.execute("SELECT record FROM incidents WHERE id = ?", (incident_id,)).fetchone()
    members = "SELECT mention_id FROM incident_mentions WHERE incident_id = ? ORDER BY mention_id"
    mentions = tuple(mention_id for (mention_id,) in raw.execute(members, (incident_id,)))
    return StoredIncident(incident_id, json.loads(record), mentions, asked)


# --- journal and figures ----------------------------------------------------------------------------------------


def append_journal(connection: Connection, entries: Sequence[JournalEntry]) -> None:
    """Enter lines that the journal's file holds already, by their numbers."""
    rows: list[Row] = [
        {
            "number": entry.number,
            "kind": entry.kind,
            "data": encode_json(dict(entry.data)),
            "at": encode_instant(entry.at),
            "subject": entry.data.get("id"),
        }
        for entry in entries
    ]
    put(connection, schema.journal, rows)
    note_redirects(connection, entries)


def last_entry(connection: Connection) -> JournalEntry | None:
    """The journal's newest line."""
    row = raw_of(connection).execute(f"{_ENTRIES} ORDER BY number DESC LIMIT 1").fetchone()
    return _decode_line(row) if row else None


def read_entries(
    connection: Connection, after: int, limit: int = -1, kinds: Sequence[str] = (), since: datetime | None = None
) -> list[JournalEntry]:
    """The journal's lines numbered above ``after``, oldest first; ``limit`` -1: all of them. No kinds: every kind."""
    where: list[str] = ["number > ?"]
    values: list[Any] = [after]
    if kinds:
        where, values = [*where, f"kind IN ({marks(kinds)})"], [*values, *kinds]
    if since:
        where, values = [*where, "at >= ?"], [*values, encode_instant(since)]
    question = f"{_ENTRIES} WHERE {' AND '.join(where)} ORDER BY number LIMIT ?"
    return [_decode_line(row) for row in raw_of(connection).execute(question, [*values, limit])]


def entries_on(connection: Connection, incident_ids: Iterable[str]) -> list[JournalEntry]:
    """The journal's lines on these ids, oldest first."""
    rows = ask(connection, f"{_ENTRIES} WHERE subject IN ({{}})", sorted(set(incident_ids)))
    return [_decode_line(row) for row in sorted(rows)]


def read_titles(connection: Connection, incident_ids: Iterable[str]) -> dict[str, str]:
    """See ``Store.titles``."""
    columns = schema.incidents.c
    found: dict[str, str] = {}
    for page in in_pages(sorted(set(incident_ids))):
        rows = connection.execute(select(columns.id, columns.title).where(columns.id.in_(page)))
        found.update((row.id, row.title) for row in rows)
    return found


_ENTRIES = "SELECT number, kind, data, at FROM journal"


def _decode_line(row: tuple[int, str, str, str | None]) -> JournalEntry:
    number, kind, data, at = row
    return JournalEntry(kind, json.loads(data), decode_instant(at), number)


def decode_entry(row: Mapping[Any, Any]) -> JournalEntry:
    """The journal line of a row."""
    return _decode_line((row["number"], row["kind"], row["data"], row["at"]))


def _decode_run(row: RowMapping) -> Run:
    started, finished = decode_instant(row["started"]), decode_instant(row["finished"])
    assert started is not None and finished is not None
    return Run(started, finished, json.loads(row["seconds"]), json.loads(row["counters"]))


def _count_by(connection: Connection, key: ColumnElement[Any]) -> dict[str, int]:
    """How often each value stands in a column, most frequent first."""
    rows = connection.execute(select(func.coalesce(key, ""), func.count()).group_by(key)).all()
    return dict(sorted(((str(name), int(count)) for name, count in rows), key=lambda pair: (-pair[1], pair[0])))


def collect_stats(connection: Connection) -> Stats:
    """See ``Store.stats``."""

    def number(statement: Select[Any]) -> int:
        return int(connection.execute(statement).scalar_one() or 0)

    def count(table: Any) -> int:
        return number(select(func.count()).select_from(table))

    reasons: dict[str, int] = {}
    for reason, times in _count_by(connection, schema.rejected.c.reason).items():
        short = reason.partition(":")[0]
        reasons[short] = reasons.get(short, 0) + times
    runs = connection.execute(select(schema.runs).order_by(schema.runs.c.number)).mappings().all()
    seconds: dict[str, float] = {}
    for run in runs:
        for stage, spent in json.loads(run["seconds"]).items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
    reports, groups = count(schema.reports), count(schema.copy_groups)
    copies = count(schema.copy_members) - groups
    return Stats(
        reports=reports,
        reports_by_language=_count_by(connection, schema.reports.c.language),
        copy_groups=groups,
        copies=copies,
        voices=reports - copies,
        rejected=count(schema.rejected),
        rejected_by_reason=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        unread=reports - count(schema.readings),
        mentions=count(schema.mentions),
        claims=count(schema.claims),
        refused=number(select(func.sum(schema.readings.c.refused))),
        incidents=count(schema.incidents),
        incidents_by_type=_count_by(connection, schema.incidents.c.type),
        runs=len(runs),
        seconds_by_stage=seconds,
        last_run=_decode_run(runs[-1]) if runs else None,
    )
