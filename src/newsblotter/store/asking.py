"""Questions to the store: look up, filter, search, count. Each takes an open connection, so one snapshot."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, literal_column, select, text
from sqlalchemy.exc import OperationalError

from newsblotter.errors import UnknownIncident, UsageError
from newsblotter.store import schema
from newsblotter.store.paging import in_pages
from newsblotter.store.protocol import (
    Filter,
    Hit,
    JournalEntry,
    Record,
    Records,
    Resolved,
    Run,
    SearchResult,
    Stats,
    StoredIncident,
)
from newsblotter.store.redirects import note_redirects, read_redirects
from newsblotter.store.sqlite import boxes_around
from newsblotter.tables import decode_day, decode_instant, encode_day, encode_instant, encode_json

SHORTEST_PREFIX = 4  # fewer characters of an id are more likely a slip than a choice
NEWEST_RANKED = 2_000  # matches that are ranked: with 3 million reports 2,000 took 4 ms, all of them 213 ms (median)
SEARCH_SECONDS = 1.0  # then a search answers with what it has
STEPS_BETWEEN_CHECKS = 5_000  # of SQLite's machine; well under a millisecond
MOST_TERMS = 32  # words of one search that are looked at
LONGEST_TERM = 200  # characters of one word
SNIPPET_WORDS = 16

_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


# --- ids --------------------------------------------------------------------------------------------------------


def _follow(connection: Connection, incident_id: str, where: str) -> str | None:
    """The live incident that an old id leads to, None if it never was one.

    Raises:
        UnknownIncident: It was split, or withdrawn.
    """
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
    if len(live) == 1:
        return live.pop()
    if live:
        raise UnknownIncident(f"{where}: incident {incident_id} was split; its parts are {', '.join(sorted(live))}")
    raise UnknownIncident(f"{where}: incident {incident_id} was withdrawn: no report tells of it any more")


def _has_incident(connection: Connection, incident_id: str) -> bool:
    column = schema.incidents.c.id
    return connection.execute(select(column).where(column == incident_id)).first() is not None


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
    record = connection.execute(select(schema.incidents.c.record).where(schema.incidents.c.id == incident_id))
    members = schema.incident_mentions.c
    mentions = select(members.mention_id).where(members.incident_id == incident_id).order_by(members.mention_id)
    return StoredIncident(incident_id, json.loads(record.scalar_one()), tuple(connection.execute(mentions).scalars()), asked)


# --- filters ----------------------------------------------------------------------------------------------------


def _column(name: str) -> ColumnElement[Any]:
    """A column of ``incidents`` that leaves FROM to us, as SQLAlchemy knows no CROSS JOIN."""
    return literal_column(f"incidents.{schema.incidents.c[name].name}")


def _narrow(wanted: Filter, chosen: Sequence[ColumnElement[Any]]) -> tuple[Select[Any], dict[str, Any]]:
    """The question that a filter asks, and its parameters."""
    parameters: dict[str, Any] = {}
    statement: Select[Any] = select(*chosen)
    if wanted.near is not None:
        # CROSS JOIN makes SQLite go by the points first; left to itself it may scan the table
        statement = statement.select_from(text("incidents_points AS points CROSS JOIN incidents"))
        statement = statement.where(text("incidents.number = points.number"))
        boxes = boxes_around(*wanted.near, wanted.within_km)
        parts = []
        for i, box in enumerate(boxes):
            parts.append(
                f"(points.north >= :south{i} AND points.south <= :north{i} AND points.east >= :west{i} AND points.west <= :east{i})"
            )
            parameters.update(zip((f"south{i}", f"north{i}", f"west{i}", f"east{i}"), box, strict=True))
        if len(parts) == 1:
            statement = statement.where(text(parts[0]))
        else:  # OR over an R*Tree would scan it: ask for each box by itself
            union = " UNION ".join(f"SELECT number FROM incidents_points AS points WHERE {part}" for part in parts)
            statement = statement.where(text(f"points.number IN ({union})"))
        within = text("distance_km(incidents.latitude, incidents.longitude, :lat, :lon) <= :km")
        statement = statement.where(within)
        parameters.update(lat=wanted.near[0], lon=wanted.near[1], km=wanted.within_km)
    else:
        statement = statement.select_from(text("incidents"))
    for column, value in ((_column("type"), wanted.type), (_column("reality"), wanted.reality)):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.country is not None:
        statement = statement.where(_column("country") == wanted.country.upper())
    if wanted.since is not None:
        statement = statement.where(_column("last_day") >= encode_day(wanted.since))
    if wanted.until is not None:
        statement = statement.where(_column("first_day") <= encode_day(wanted.until))
    if wanted.min_voices is not None:
        statement = statement.where(_column("voices") >= wanted.min_voices)
    if wanted.text is not None:
        match = "incidents.number IN (SELECT rowid FROM incidents_fts WHERE incidents_fts MATCH :words)"
        statement = statement.where(text(match))
        parameters["words"] = quote_words(wanted.text)
    return statement, parameters


def _check_filter(wanted: Filter) -> None:
    if wanted.near is not None:
        latitude, longitude = wanted.near
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise UsageError(f"{latitude},{longitude}: latitude goes from -90 to 90, longitude from -180 to 180")
        if not 0 <= wanted.within_km <= 20_100:
            raise UsageError(f"{wanted.within_km} km: a distance on Earth lies between 0 and 20,100 km")
    if (wanted.limit is not None and wanted.limit < 0) or wanted.offset < 0:
        raise UsageError("limit and offset cannot be below 0")


def select_incidents(wanted: Filter) -> tuple[Select[Any], dict[str, Any]]:
    """The statement behind ``find_incidents``, for it and for looking at its plan."""
    _check_filter(wanted)
    statement, parameters = _narrow(wanted, [_column("record")])
    statement = statement.order_by(_column("first_day").is_(None), _column("first_day").desc(), _column("id"))
    if wanted.limit is not None:
        statement = statement.limit(wanted.limit)
    if wanted.offset:
        statement = statement.offset(wanted.offset)
    return statement, parameters


def find_incidents(connection: Connection, wanted: Filter) -> list[Record]:
    """See ``Store.find_incidents``."""
    statement, parameters = select_incidents(wanted)
    return Records(json.loads(record) for record in connection.execute(statement, parameters).scalars())


def count_incidents(connection: Connection, wanted: Filter) -> int:
    """See ``Store.count_incidents``."""
    _check_filter(wanted)
    statement, parameters = _narrow(wanted, [func.count()])
    return int(connection.execute(statement, parameters).scalar_one())


def stream_records(connection: Connection, page: int) -> Iterator[Record]:
    """See ``Store.records``."""
    columns = schema.incidents.c
    statement = select(columns.record).order_by(columns.id)
    for record in connection.execution_options(yield_per=page).execute(statement).scalars():
        yield json.loads(record)


# --- full text --------------------------------------------------------------------------------------------------


def quote_words(words: str) -> str:
    """A person's words as an FTS5 question in which every word is a plain string: nothing in it is syntax.

    Raises:
        UsageError: There is no word in it.
    """
    terms = []
    for match in _TERM.finditer(words.replace("\x00", " ")):
        term = (match[1] if match[1] is not None else match[2])[:LONGEST_TERM]
        if any(character.isalnum() for character in term):
            terms.append('"' + term.replace('"', '""') + '"')
    if not terms:
        raise UsageError(f"{words!r}: give a word to look for")
    return " AND ".join(terms[:MOST_TERMS]).encode("utf-8", "replace").decode()


def index_reports(connection: Connection, after: int) -> None:
    """Enter the reports numbered above ``after`` into the full text."""
    connection.execute(
        text("INSERT INTO reports_fts (rowid, title, text) SELECT number, title, text FROM reports WHERE number > :n"),
        {"n": after},
    )


@contextmanager
def _deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupt what the database does once the time is over."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: int(time.monotonic() > end), STEPS_BETWEEN_CHECKS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def _search_table(connection: Connection, table: str, weights: str, question: str, limit: int) -> list[tuple[Any, ...]]:
    """(rowid, score, snippet) of the best among the newest matches of one full-text table."""
    ranked = connection.execute(
        text(
            f"SELECT rowid, score FROM (SELECT rowid, bm25({table}, {weights}) AS score FROM {table} "
            f"WHERE {table} MATCH :words ORDER BY rowid DESC LIMIT :newest) ORDER BY score, rowid DESC LIMIT :limit"
        ),
        {"words": question, "newest": NEWEST_RANKED, "limit": limit},
    ).all()
    found = []
    for rowid, score in ranked:
        snippet = connection.execute(
            text(
                f"SELECT snippet({table}, -1, '«', '»', '…', {SNIPPET_WORDS}) FROM {table} "
                f"WHERE {table} MATCH :words AND rowid = :rowid"
            ),
            {"words": question, "rowid": rowid},
        ).scalar()
        found.append((rowid, -score, " ".join((snippet or "").split())))
    return found


def _matches(connection: Connection, table: str, question: str) -> int:
    """How many match, counted up to one more than are ranked."""
    counted = text(f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH :words LIMIT :most)")
    return int(connection.execute(counted, {"words": question, "most": NEWEST_RANKED + 1}).scalar_one())


def search(connection: Connection, words: str, limit: int) -> SearchResult:
    """See ``Store.search``."""
    question = quote_words(words)
    hits: list[Hit] = []
    cut_short = False
    try:
        with _deadline(connection, SEARCH_SECONDS):
            incidents = schema.incidents.c
            for rowid, score, snippet in _search_table(connection, "incidents_fts", "4, 4, 2, 2", question, limit):
                row = connection.execute(
                    select(incidents.id, incidents.title, incidents.first_day).where(incidents.number == rowid)
                ).one()
                hits.append(Hit("incident", row.id, row.title, snippet, score, decode_day(row.first_day)))
            reports = schema.reports.c
            for rowid, score, snippet in _search_table(connection, "reports_fts", "4, 1", question, limit):
                found = connection.execute(
                    select(reports.id, reports.source_id, reports.title, reports.published).where(reports.number == rowid)
                ).one()
                day = decode_day(found.published)
                hits.append(Hit("report", found.source_id, found.title, snippet, score, day, found.id))
            cut_short = any(_matches(connection, t, question) > NEWEST_RANKED for t in ("incidents_fts", "reports_fts"))
    except (OperationalError, sqlite3.OperationalError) as error:
        if "interrupted" not in str(error):
            raise
        cut_short = True
    return SearchResult(tuple(hits), cut_short)


# --- journal and figures ----------------------------------------------------------------------------------------


def append_journal(connection: Connection, entries: Sequence[JournalEntry]) -> None:
    """Enter lines that the journal's file holds already, by their numbers."""
    rows = [
        {
            "number": entry.number,
            "kind": entry.kind,
            "data": encode_json(dict(entry.data)),
            "at": encode_instant(entry.at),
            "subject": entry.data.get("id"),
        }
        for entry in entries
    ]
    if rows:
        connection.execute(insert(schema.journal), rows)
    note_redirects(connection, entries)


def last_entry(connection: Connection) -> JournalEntry | None:
    """The journal's newest line."""
    row = connection.execute(select(schema.journal).order_by(schema.journal.c.number.desc()).limit(1)).mappings().first()
    return decode_entry(row) if row else None


def read_entries(connection: Connection, after: int, limit: int = -1) -> list[JournalEntry]:
    """The journal's lines numbered above ``after``, oldest first; ``limit`` -1: all of them."""
    numbers = schema.journal.c.number
    rows = connection.execute(select(schema.journal).where(numbers > after).order_by(numbers).limit(limit)).mappings()
    return [decode_entry(row) for row in rows]


def entries_on(connection: Connection, incident_ids: Iterable[str]) -> list[JournalEntry]:
    """The journal's lines on these ids, oldest first."""
    found: list[JournalEntry] = []
    for page in in_pages(sorted(set(incident_ids))):
        wanted = select(schema.journal).where(schema.journal.c.subject.in_(page))
        found += [decode_entry(row) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda entry: entry.number or 0)


def decode_entry(row: Mapping[Any, Any]) -> JournalEntry:
    """The journal line of a row."""
    return JournalEntry(row["kind"], json.loads(row["data"]), decode_instant(row["at"]), row["number"])


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
