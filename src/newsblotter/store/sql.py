"""The store on a SQL database, SQLite in a file: keeping and streaming. ``asking.py`` answers questions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, PoolProxiedConnection, RowMapping, Select, Table, delete, or_, select, text

from newsblotter.errors import StoreError, UnknownIncident, UnknownMention
from newsblotter.records import CopyGroup, Link, Mention, Rejected, Report
from newsblotter.store import asking, desk, filters, fulltext, overview, redirects, schema, sqlite, state, verify
from newsblotter.store.admit import hold_to_evidence, split_unstorable
from newsblotter.store.answers import Facet, Filter, Page, Points, Resolved, Run, SearchResult, Stats, Timeline, Totals
from newsblotter.store.columns import Columns
from newsblotter.store.copy_index import SqlCopyIndex, replace_groups
from newsblotter.store.doubts import Doubt
from newsblotter.store.incidents import write_incidents
from newsblotter.store.journal import JournalFile, are_together, bring_together
from newsblotter.store.migrate import read_revision, upgrade
from newsblotter.store.neighbourhood import Neighbourhood, note_pending
from newsblotter.store.paging import PAGE, ask, in_pages, put, raw_of, take
from newsblotter.store.protocol import CopyIndex, IncidentEntry, JournalEntry, Member, Reading, Record, Redirect, StoredIncident
from newsblotter.store.rows import find_present, insert_rejected, rename_report
from newsblotter.store.series import SeriesIndex
from newsblotter.store.state import note_unread
from newsblotter.store.transactions import Transactions, one_snapshot
from newsblotter.tables import (
    Row,
    decode_copies,
    decode_day,
    decode_link,
    decode_mention,
    decode_rejected,
    decode_report,
    encode_day,
    encode_instant,
    encode_json,
    encode_link,
    encode_mention,
    encode_report,
)

MOST_KEPT = 100  # incidents of a page that is kept for whoever asks next: 60 KB
MIGRATION_WAIT_S = 10.0  # how long to wait for another process that is making the same store


class SqlStore:
    """A store on SQLite. Safe to use from several threads; not across a fork: open it anew in a worker."""

    def __init__(self, path: Path, engine: Engine, readonly: bool, journal: JournalFile | None = None) -> None:
        self._path = path
        self._engine = engine
        self._readonly = readonly
        self._journal = journal or JournalFile(path)
        transactions = Transactions(engine, str(path))
        self._read, self._write, self._sit = transactions.read, transactions.write, transactions.sit
        self.join, self.forget = transactions.join, transactions.forget
        self._columns: Columns | None = None
        self._columns_lock = threading.Lock()
        self._watch: PoolProxiedConnection | None = None  # asks for the version, many times a second
        self._watch_lock = threading.Lock()

    @classmethod
    def open(cls, url: str, *, create: bool, readonly: bool) -> SqlStore:
        """Open, make or bring up to date; see ``open_store``."""
        path = sqlite.parse_url(url)
        create = create and not readonly
        exists = sqlite.check_file(path, create)
        store = cls(path, sqlite.connect(path, create=create, readonly=readonly), readonly)
        try:
            with sqlite.plain_errors(str(path)):
                store._make_ready(exists)
        except BaseException:
            store.close()
            raise
        return store

    def _make_ready(self, exists: bool) -> None:
        """Check the file and run the migrations it lacks."""
        revision = None
        if exists:
            with self._engine.connect() as connection:
                revision = read_revision(connection, str(self._path))
                empty = not connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar()
                if revision is not None or not empty:
                    sqlite.check_ours(connection, self._path)
                elif self._readonly:
                    raise StoreError(f"{self._path}: the store is empty; fill it with: newsblotter build FOLDER")
        if self._readonly:
            if revision not in (None, schema.HEAD):
                SqlStore.open(self.url, create=False, readonly=False).close()
            return
        if revision != schema.HEAD:
            with sqlite.hold_lock(self._path, wait_s=MIGRATION_WAIT_S):
                sqlite.use_wal(self._engine)
                with self._write() as connection:
                    if read_revision(connection, str(self._path)) != schema.HEAD:
                        upgrade(connection)
                        overview.fill(connection)
        with self._engine.connect() as connection:
            together = are_together(connection, self._journal)
        if not together:
            with self._write() as connection:
                bring_together(connection, self._journal)

    # --- opening, closing, transactions -------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return str(self._path)

    @property
    def readonly(self) -> bool:
        return self._readonly

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with self._watch_lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self._engine.dispose()

    @contextmanager
    def build_lock(self) -> Iterator[None]:
        with sqlite.hold_lock(self._path), self._sit():
            yield

    def _rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        with self._read() as connection:
            return connection.execute(statement).mappings().all()

    def _walk(self, table: Table, key: str) -> Iterator[RowMapping]:
        """Stream a table in the order of a unique column, a page at a time: no snapshot stays open."""
        column = table.c[key]
        statement = select(table).order_by(column).limit(PAGE)
        page = self._rows(statement)
        while page:
            yield from page
            page = self._rows(statement.where(column > page[-1][key])) if len(page) == PAGE else []

    # --- reports ------------------------------------------------------------------------------------------------

    def known_reports(self, ids: Iterable[str]) -> frozenset[str]:
        with self._read() as connection:
            return frozenset(find_present(connection, "id", ids))

    def report_ids(self) -> list[str]:
        return [row["id"] for row in self._rows(select(schema.reports.c.id).order_by(schema.reports.c.id))]

    def source_ids(self) -> dict[str, str]:
        columns = schema.reports.c
        return {row["id"]: row["source_id"] for row in self._rows(select(columns.id, columns.source_id))}

    def add_reports(self, reports: Sequence[Report], rejected: Sequence[Rejected] = ()) -> tuple[Report, ...]:
        sound, unsound = split_unstorable(reports)
        table = schema.reports
        added: list[Report] = []
        with self._write() as connection:
            known = find_present(connection, "id", [report.id for report in sound])
            taken = find_present(connection, "source_id", [report.source_id for report in sound])
            for report in sound:
                if report.id in known:
                    continue
                known.add(report.id)
                if report.source_id in taken:
                    report = rename_report(connection, report, taken)
                taken.add(report.source_id)
                added.append(report)
            (before,) = raw_of(connection).execute("SELECT coalesce(max(number), 0) FROM reports").fetchone()
            put(
                connection,
                table,
                [{"number": number, **encode_report(report)} for number, report in enumerate(added, before + 1)],
            )
            fulltext.index_reports(connection, before)
            note_unread(connection, [report.id for report in added])
            insert_rejected(connection, [*rejected, *unsound])
        return tuple(added)

    def add_rejected(self, rejected: Sequence[Rejected]) -> None:
        with self._write() as connection:
            insert_rejected(connection, rejected)

    def forget_rejected(self, sources: Collection[str]) -> int:
        with self._read() as connection:
            held = ask(connection, "SELECT source FROM rejected WHERE source IN ({})", sources)
        if held:  # else nobody has to wait for a writer
            with self._write() as connection:
                ask(connection, "DELETE FROM rejected WHERE source IN ({})", {row[0] for row in held})
        return len(held)

    def rejected(self) -> Iterator[Rejected]:
        columns = schema.rejected.c
        ordered = select(schema.rejected).order_by(columns.source, columns.stage, columns.reason)
        return map(decode_rejected, self._rows(ordered))

    def days_of(self, report_ids: Iterable[str]) -> dict[str, date | None]:
        with self._read() as connection:
            rows = ask(connection, "SELECT id, published FROM reports WHERE id IN ({})", report_ids)
        return {report_id: decode_day(day) for report_id, day in rows}

    def reports(self, ids: Iterable[str] | None = None) -> Iterator[Report]:
        if ids is None:
            yield from map(decode_report, self._walk(schema.reports, "id"))
            return
        for page in in_pages(sorted(set(ids))):
            with self._read() as connection:
                rows = take(connection, schema.reports, "WHERE id IN ({}) ORDER BY id", page)
            yield from map(decode_report, rows)

    def get_report(self, report_id: str) -> Report:
        columns = schema.reports.c
        rows = self._rows(
            select(schema.reports)
            .where(or_(columns.id == report_id, columns.source_id == report_id))
            .order_by(columns.source_id != report_id)
        )
        if not rows:
            raise UnknownIncident(f"{self.url}: no report goes by {report_id!r}")
        return decode_report(rows[0])

    # --- copies -------------------------------------------------------------------------------------------------

    def replace_copies(self, groups: Iterable[CopyGroup]) -> None:
        with self._write() as connection:
            replace_groups(connection, tuple(groups))

    def copies(self) -> Iterator[CopyGroup]:
        with self._read() as connection:
            groups = connection.execute(select(schema.copy_groups).order_by(schema.copy_groups.c.id)).mappings().all()
            members: dict[str, list[RowMapping]] = {}
            for member in connection.execute(select(schema.copy_members)).mappings():
                members.setdefault(member["group_id"], []).append(member)
        return (decode_copies(group, members.get(group["id"], ())) for group in groups)

    @property
    def copy_index(self) -> CopyIndex:
        return SqlCopyIndex(self._read, self._write, self.reports)

    # --- readings -----------------------------------------------------------------------------------------------

    def waiting(self, reader: str) -> list[str] | None:
        with self._read() as connection:
            return state.list_waiting(connection, reader)

    def settle_reading(self, reader: str, report_ids: Collection[str] | None) -> None:
        with self._write() as connection:
            state.settle(connection, reader, report_ids)

    def unread(
        self,
        reader: str,
        published: Mapping[str, date | None] | None = None,
        among: Collection[str] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> list[str]:
        effective, readers = published or {}, others or {}
        question = "SELECT id, r.published, reader, readings.published FROM reports AS r LEFT JOIN readings ON report_id = id"
        with self._read() as connection:
            if among is None:
                rows = raw_of(connection).execute(question).fetchall()
            else:
                rows = ask(connection, f"{question} WHERE id IN ({{}})", among)
        return sorted(
            name
            for name, own, read_by, used in rows
            if read_by != readers.get(name, reader) or used != (encode_day(effective[name]) if name in effective else own)
        )

    def save_readings(self, readings: Sequence[Reading]) -> int:
        last = {reading.report_id: reading for reading in readings}
        texts = {report.id: report for report in self.reports(last)}
        unknown = sorted(last.keys() - texts.keys())
        if unknown:
            raise UnknownMention(f"{self.url}: a reading names report {unknown[0]!r}, which is not stored")
        rows: list[Row] = []
        mentions: list[Row] = []
        claims: list[Row] = []
        refused_here = 0
        for report_id, reading in sorted(last.items()):
            kept, refused = hold_to_evidence(texts[report_id], reading.mentions)
            refused_here += refused
            rows.append(
                {
                    "report_id": report_id,
                    "reader": reading.reader,
                    "published": encode_day(reading.published),
                    "seconds": reading.seconds,
                    "refused": reading.refused + refused,
                }
            )
            for mention in kept:
                row, claim_rows = encode_mention(mention)
                mentions.append(row)
                claims.extend(claim_rows)
        with self._write() as connection:
            gone = len(ask(connection, "DELETE FROM mentions WHERE report_id IN ({}) RETURNING 1", last))
            ask(connection, "DELETE FROM readings WHERE report_id IN ({})", last)
            put(connection, schema.readings, rows)
            put(connection, schema.mentions, mentions)
            put(connection, schema.claims, claims)
            state.add_to(connection, "mentions", len(mentions) - gone)
            note_unread(connection, last)  # whoever read them, a build looks whether that is what it wants
            note_pending(connection, last)
            insert_rejected(connection, [reject for reading in last.values() for reject in reading.rejected])
        return refused_here

    def mentions(self, *, ids: Iterable[str] | None = None, reports: Iterable[str] | None = None) -> Iterator[Mention]:
        if ids is not None:
            question = "SELECT report_id, trigger_start, id FROM mentions WHERE id IN ({})"
            with self._read() as connection:
                places = sorted(ask(connection, question, sorted(set(ids))))
            for wanted in in_pages(mention_id for _, _, mention_id in places):
                yield from self._mentions_where("mentions.id", wanted)
            return
        keys = sorted(set(reports)) if reports is not None else (r["report_id"] for r in self._reading_keys())
        for page in in_pages(keys):
            yield from self._mentions_where("mentions.report_id", page)

    def _reading_keys(self) -> Iterator[RowMapping]:
        column = schema.readings.c.report_id
        return iter(self._rows(select(column).order_by(column)))

    def _mentions_where(self, column: str, values: Sequence[str]) -> Iterator[Mention]:
        """The mentions of one page of values."""
        where = f"WHERE {column} IN ({{}}) ORDER BY"
        joined = f"JOIN mentions ON mentions.id = claims.mention_id {where} claims.mention_id, claims.ordinal"
        with self._read() as connection, one_snapshot(connection):
            rows = take(connection, schema.mentions, f"{where} report_id, trigger_start, id", values)
            claims: dict[str, list[dict[str, Any]]] = {}
            for claim in take(connection, schema.claims, joined, values):
                claims.setdefault(claim["mention_id"], []).append(claim)
        return (decode_mention(row, claims.get(row["id"], ())) for row in rows)

    # --- links and incidents ------------------------------------------------------------------------------------

    def replace_links(self, links: Iterable[Link]) -> None:
        with self._write() as connection:
            connection.execute(delete(schema.links))
            connection.execute(text("DELETE FROM link_state WHERE name = 'linker'"))  # until all that linking keeps is filled anew
            for page in in_pages(map(encode_link, links)):
                put(connection, schema.links, page)

    def links(self) -> Iterator[Link]:
        columns = schema.links.c
        return map(decode_link, self._rows(select(schema.links).order_by(columns.left_id, columns.right_id)))

    def links_of(self, mention_ids: Iterable[str]) -> list[Link]:
        return self._find_links(set(mention_ids), lambda link: True)

    def links_between(self, left: Iterable[str], right: Iterable[str]) -> list[Link]:
        ours, theirs = frozenset(left), frozenset(right)

        def spans(link: Link) -> bool:
            a, b = link.left_id, link.right_id
            return (a in ours and b in theirs) or (b in ours and a in theirs)

        return self._find_links(ours, spans)

    def _find_links(self, mention_ids: Collection[str], fits: Callable[[Link], bool]) -> list[Link]:
        columns = schema.links.c
        found: dict[tuple[str, str], Link] = {}
        for page in in_pages(sorted(mention_ids)):
            for side in (columns.left_id, columns.right_id):  # two index look-ups; OR may scan
                for row in self._rows(select(schema.links).where(side.in_(page))):
                    link = decode_link(row)
                    if fits(link):
                        found[link.left_id, link.right_id] = link
        return sorted(found.values(), key=lambda link: (-link.probability, link.left_id, link.right_id))

    def replace_incidents(
        self,
        entries: Iterable[IncidentEntry],
        journal: Sequence[JournalEntry] = (),
        among: Collection[str] | None = None,
        related: Mapping[str, Sequence[Record]] | None = None,
    ) -> int:
        with self._write() as connection:
            changed, lines = write_incidents(connection, entries, journal, among, related or {})
            self._append(connection, lines)
        return changed

    def neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(self._read, self._write)

    def series(self) -> SeriesIndex:
        return SeriesIndex(self._read)

    def members(self) -> Iterator[Member]:
        table = schema.incident_mentions
        rows = self._rows(select(table).order_by(table.c.incident_id, table.c.mention_id))
        return (Member(r["incident_id"], r["mention_id"], r["report_id"], r["type"], r["role"]) for r in rows)

    def redirects(self) -> dict[str, Redirect]:
        with self._read() as connection:
            return redirects.read_redirects(connection)

    def redirects_around(self, incident_ids: Iterable[str]) -> dict[str, Redirect]:
        with self._read() as connection:
            return redirects.read_around(connection, incident_ids)

    # --- asking -------------------------------------------------------------------------------------------------

    def resolve(self, short: str) -> Resolved:
        with self._read() as connection:
            return asking.resolve(connection, short, self.url)

    def get_incident(self, incident_id: str) -> StoredIncident:
        with self._read() as connection:
            return asking.get_incident(connection, incident_id, self.url)

    def follow(self, incident_id: str) -> tuple[str, ...] | None:
        with self._read() as connection:
            return asking.follow(connection, incident_id)

    def titles(self, incident_ids: Iterable[str]) -> dict[str, str]:
        with self._read() as connection:
            return asking.read_titles(connection, incident_ids)

    def incidents_of(self, report_id: str) -> list[str]:
        columns = schema.incident_mentions.c
        statement = select(columns.incident_id).where(columns.report_id == report_id).distinct()
        return sorted(row["incident_id"] for row in self._rows(statement))

    def find_incidents(self, wanted: Filter) -> list[Record]:
        with self._read() as connection:
            return filters.find_incidents(connection, wanted)

    def count_incidents(self, wanted: Filter) -> int:
        with self._read() as connection:
            return filters.count_incidents(connection, wanted)

    def find_among(self, wanted: Filter, ids: Iterable[str]) -> list[Record]:
        with self._read() as connection:
            return filters.find_among(connection, wanted, ids)

    def stream_incidents(self, wanted: Filter) -> Iterator[Record]:
        with self._read() as connection:
            yield from filters.stream_incidents(connection, wanted)

    def records(self) -> Iterator[Record]:
        with self._read() as connection:
            yield from filters.stream_incidents(connection, Filter())

    def search(self, words: str, limit: int = 20) -> SearchResult:
        with self._read() as connection, one_snapshot(connection):
            return fulltext.search(connection, words, limit)

    # --- the desk -----------------------------------------------------------------------------------------------

    @contextmanager
    def _look(self) -> Iterator[tuple[Columns, Connection]]:
        """One snapshot, and the columns as of it."""
        with self._read() as connection:
            with self._columns_lock:  # the snapshot begins in here, so that none is older than the columns
                known = self._columns
                self._columns = columns = Columns.load(connection) if known is None else known.advance(connection)
            yield columns, connection

    def version(self) -> tuple[int, int, int]:
        with sqlite.plain_errors(self.url), self._watch_lock:
            if self._watch is None:
                self._watch = self._engine.raw_connection()
            raw = self._watch.driver_connection
            assert raw is not None
            return overview.read_version(raw)

    def edition(self) -> int:
        with self._read() as connection:
            return overview.read_edition(connection)

    def find_page(self, wanted: Filter, order: str = "newest", after: str | None = None, limit: int = 50) -> Page:
        with self._look() as (columns, connection):
            if limit > MOST_KEPT:
                return desk.find_page(columns, connection, wanted, order, after, limit)
            question = ("page", wanted, order, after, limit)
            return columns.remember(question, lambda: desk.find_page(columns, connection, wanted, order, after, limit))

    def facets(self, wanted: Filter) -> tuple[Facet, ...]:
        with self._look() as (columns, connection):
            return columns.remember(("facets", wanted), lambda: desk.count_facets(columns, connection, wanted))

    def points(self, wanted: Filter, zoom: float | None = None) -> Points:
        with self._look() as (columns, connection):
            return desk.find_points(columns, connection, wanted, zoom)

    def timeline(self, wanted: Filter, unit: str | None = None) -> Timeline:
        with self._look() as (columns, connection):
            return columns.remember(("timeline", wanted, unit), lambda: desk.count_timeline(columns, connection, wanted, unit))

    def doubts(self, incident_id: str) -> tuple[Doubt, ...]:
        with self._read() as connection:
            found = asking.get_incident(connection, incident_id, self.url)
            return tuple(overview.list_doubts(connection, found.record, found.mention_ids))

    def read_record(self, incident_id: str) -> tuple[str, str] | None:
        columns = schema.incidents.c
        with self._read() as connection:
            row = connection.execute(select(columns.record, columns.fingerprint).where(columns.id == incident_id)).first()
        return None if row is None else (row[0], row[1])

    # --- journal and runs ---------------------------------------------------------------------------------------

    def append_journal(self, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
        with self._write() as connection:
            return self._append(connection, entries)

    def _append(self, connection: Connection, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
        """Write lines to the file, then to the database; the caller's transaction keeps other writers away."""
        if not entries:
            return ()
        if not are_together(connection, self._journal):  # another process died between the two
            bring_together(connection, self._journal)
        now = datetime.now(UTC)
        kept = self._journal.append([entry if entry.at else replace(entry, at=now) for entry in entries])
        asking.append_journal(connection, kept)
        return tuple(entry.number or 0 for entry in kept)

    def journal(
        self, *kinds: str, after: int = 0, since: datetime | None = None, limit: int | None = None
    ) -> Iterator[JournalEntry]:
        if not (kinds or after or since or limit):
            return map(asking.decode_entry, self._walk(schema.journal, "number"))
        with self._read() as connection:
            return iter(asking.read_entries(connection, after, -1 if limit is None else limit, kinds, since))

    def newest(self, *kinds: str, before: int | None = None, limit: int) -> list[JournalEntry]:
        columns = schema.journal.c
        wanted = select(schema.journal).where(columns.kind.in_(kinds)).order_by(columns.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(columns.number < before)
        return list(map(asking.decode_entry, self._rows(wanted)))

    def journal_on(self, incident_ids: Iterable[str]) -> list[JournalEntry]:
        with self._read() as connection:
            return asking.entries_on(connection, incident_ids)

    def last_number(self, *kinds: str) -> int:
        newest = "SELECT max(number) FROM journal"
        with self._read() as connection:
            raw = raw_of(connection)
            found = [raw.execute(f"{newest} WHERE kind = ?", (kind,)) for kind in kinds] or [raw.execute(newest)]
            return max(rows.fetchone()[0] or 0 for rows in found)

    def copy_to(self, folder: Path) -> Path:
        copy = folder / self._path.name
        with self._read() as connection:
            sqlite.copy_database(connection, copy)
        self._journal.copy_to(copy)
        return copy

    def record_run(self, run: Run) -> None:
        row: Row = {
            "started": encode_instant(run.started),
            "finished": encode_instant(run.finished),
            "seconds": encode_json(dict(run.seconds)),
            "counters": encode_json(dict(run.counters)),
        }
        with self._write() as connection:
            put(connection, schema.runs, [row])

    def totals(self) -> Totals:
        with self._read() as connection:
            return state.read_totals(connection)

    def stats(self) -> Stats:
        with self._read() as connection:
            return asking.collect_stats(connection)

    def verify(self) -> list[str]:
        with self._read() as connection:
            wrong = verify.examine_tables(connection)
            if not are_together(connection, self._journal):
                wrong.append("journal: the file beside the store does not end where the store does; any build brings them together")
        return [*wrong, *verify.examine_journal(self._journal), *verify.examine_quotes(self)]
