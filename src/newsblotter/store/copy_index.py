"""The copy finder's index in SQL: which anchors and lines each report has. ``sql.py`` hands it its transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, delete, select

from newsblotter.records import CopyGroup, CopyTrace, Report
from newsblotter.store import schema
from newsblotter.store.neighbourhood import note_pending
from newsblotter.store.paging import ask, in_pages, put, raw_of, take
from newsblotter.store.state import add_to, clear, note_unread
from newsblotter.store.transactions import one_snapshot
from newsblotter.tables import Row, decode_copies, encode_copies

if TYPE_CHECKING:
    from newsblotter.store.protocol import NumberedPairs

_ADD_ANCHOR = "INSERT OR IGNORE INTO copy_anchors (anchor, number) VALUES (?, ?)"
_ADD_LINE = "INSERT OR IGNORE INTO copy_lines (line, number) VALUES (?, ?)"
_ADD_FURNITURE = "INSERT OR IGNORE INTO copy_furniture (line) VALUES (?)"
_DROP_ANCHOR = "DELETE FROM copy_anchors WHERE anchor = ? AND number = ?"
_MEET = "SELECT id FROM reports JOIN (SELECT number FROM copy_anchors WHERE anchor = ? ORDER BY number LIMIT ?) USING (number)"

_HOSTS = "SELECT line, id FROM copy_lines JOIN reports USING (number) WHERE line IN ({})"
_LENGTHS = "SELECT id, words FROM reports JOIN copy_texts USING (number) WHERE id IN ({})"

Opener = Callable[[], AbstractContextManager[Connection]]


class SqlCopyIndex:
    """See ``CopyIndex`` in the store's protocol."""

    def __init__(self, read: Opener, write: Opener, reports: Callable[[Iterable[str]], Iterator[Report]]) -> None:
        self._read = read
        self._write = write
        self._reports = reports

    def ungrouped(self, grouper: str) -> tuple[list[str], int]:
        with self._read() as connection:
            raw = raw_of(connection)
            newest = raw.execute("SELECT number, grouper FROM copy_texts ORDER BY number DESC LIMIT 1").fetchone()
            # reports are numbered as they come in and grouped in that order by one grouper, so one row tells of all
            grouped = newest[0] if newest is not None and newest[1] == grouper else 0
            rows = raw.execute("SELECT id FROM reports WHERE number > ? ORDER BY number", (grouped,))
            return [report_id for (report_id,) in rows], grouped

    # --- looking up ---------------------------------------------------------------------------------------------

    def find_furniture(self, lines: Iterable[int]) -> frozenset[int]:
        with self._read() as connection:
            return frozenset(row[0] for row in ask(connection, "SELECT line FROM copy_furniture WHERE line IN ({})", lines))

    def find_hosts(self, lines: Iterable[int]) -> dict[int, list[str]]:
        hosts: dict[int, list[str]] = {}
        with self._read() as connection:
            for line, report in ask(connection, _HOSTS, lines):
                hosts.setdefault(line, []).append(report)
        return hosts

    def meet(self, anchors: Sequence[int], at_most: int) -> dict[int, list[str]]:
        with self._read() as connection:
            raw = raw_of(connection)
            return {anchor: [row[0] for row in raw.execute(_MEET, (anchor, at_most))] for anchor in anchors}

    def lengths_of(self, report_ids: Iterable[str]) -> dict[str, int]:
        with self._read() as connection:
            return dict(ask(connection, _LENGTHS, report_ids))

    def groups_of(self, report_ids: Iterable[str]) -> dict[str, CopyGroup]:
        found: dict[str, CopyGroup] = {}
        with self._read() as connection, one_snapshot(connection):
            ids = sorted(
                {row[0] for row in ask(connection, "SELECT group_id FROM copy_members WHERE report_id IN ({})", report_ids)}
            )
            rows: dict[str, list[Row]] = {}
            for row in take(connection, schema.copy_members, "WHERE group_id IN ({})", ids):
                rows.setdefault(row["group_id"], []).append(row)
            for group in take(connection, schema.copy_groups, "WHERE id IN ({})", ids):
                decoded = decode_copies(group, rows[group["id"]])
                found.update(dict.fromkeys(decoded.report_ids, decoded))
        return found

    def reports(self, report_ids: Iterable[str]) -> Iterator[Report]:
        return self._reports(report_ids)

    # --- writing ------------------------------------------------------------------------------------------------

    def apply(
        self,
        grouper: str,
        traces: Sequence[CopyTrace],
        dropped: Mapping[str, Sequence[int]],
        furniture: Sequence[int],
        gone: Sequence[str],
        groups: Sequence[CopyGroup],
    ) -> None:
        with self._write() as connection:
            numbers = _number(connection, [trace.report_id for trace in traces])
            _many(connection, _DROP_ANCHOR, [(anchor, numbers[name]) for name, old in dropped.items() for anchor in old])
            _many(connection, _ADD_ANCHOR, [(anchor, numbers[t.report_id]) for t in traces for anchor in t.anchors])
            _many(connection, _ADD_LINE, [(line, numbers[t.report_id]) for t in traces for line in t.lines])
            _many(connection, _ADD_FURNITURE, [(line,) for line in furniture])
            ask(connection, "DELETE FROM copy_texts WHERE number IN ({})", numbers.values())
            texts: list[Row] = [{"number": numbers[t.report_id], "words": t.words, "grouper": grouper} for t in traces]
            put(connection, schema.copy_texts, texts)
            for page in in_pages(gone):
                members = schema.copy_members.c
                left = connection.execute(select(members.report_id).where(members.group_id.in_(page))).scalars().all()
                _note_changed(connection, left)
                parted = connection.execute(delete(schema.copy_groups).where(schema.copy_groups.c.id.in_(page))).rowcount
                add_to(connection, "copies", parted - len(left))
            _note_changed(connection, [report_id for group in groups for report_id in group.report_ids])
            _add_groups(connection, groups)

    def fill(
        self,
        grouper: str,
        words: Mapping[str, int],
        anchors: NumberedPairs,
        lines: NumberedPairs,
        furniture: Sequence[int],
        groups: Sequence[CopyGroup],
    ) -> None:
        with self._write() as connection:
            replace_groups(connection, groups)
            index: list[Table] = [schema.copy_texts, schema.copy_anchors, schema.copy_lines, schema.copy_furniture]
            for table in index:
                connection.execute(delete(table))
            numbered = {row[0]: row[1] for row in connection.execute(select(schema.reports.c.id, schema.reports.c.number))}
            numbers = [numbered[name] for name in words]
            for statement, parts in ((_ADD_ANCHOR, anchors), (_ADD_LINE, lines)):
                for values, places in parts:
                    _many(connection, statement, [(value, numbers[at]) for value, at in zip(values, places, strict=True)])
            _many(connection, _ADD_FURNITURE, [(line,) for line in furniture])
            for counted in in_pages(zip(numbers, words.values(), strict=True)):
                rows: list[Row] = [{"number": number, "words": count, "grouper": grouper} for number, count in counted]
                put(connection, schema.copy_texts, rows)


def replace_groups(connection: Connection, groups: Sequence[CopyGroup]) -> None:
    """Put these copy groups in the place of all that were there; whoever joins or leaves one is to be linked anew."""
    held = schema.copy_members.join(schema.copy_groups)
    columns = schema.copy_members.c.report_id, schema.copy_groups.c.id, schema.copy_groups.c.lead_id
    before = {tuple(row) for row in connection.execute(select(*columns).select_from(held))}
    after = {(report_id, group.id, group.lead_id) for group in groups for report_id in group.report_ids}
    _note_changed(connection, [changed[0] for changed in before ^ after])
    clear(connection, "copies")
    connection.execute(delete(schema.copy_members))
    connection.execute(delete(schema.copy_groups))
    _add_groups(connection, groups)


def _add_groups(connection: Connection, groups: Iterable[CopyGroup]) -> None:
    """Write copy groups and their members."""
    for page in in_pages(map(encode_copies, groups)):
        put(connection, schema.copy_groups, [row for row, _ in page])
        members = [member for _, members in page for member in members]
        put(connection, schema.copy_members, members)
        add_to(connection, "copies", len(members) - len(page))


def _note_changed(connection: Connection, report_ids: Iterable[str]) -> None:
    """These reports joined a copy group or left one: another day may count for them, and other voices."""
    changed = sorted(set(report_ids))
    note_unread(connection, changed)
    note_pending(connection, changed)


def _many(connection: Connection, statement: str, rows: list[tuple[int, ...]]) -> None:
    raw_of(connection).executemany(statement, rows)


def _number(connection: Connection, report_ids: Sequence[str]) -> dict[str, int]:
    """The rows of reports."""
    return dict(ask(connection, "SELECT id, number FROM reports WHERE id IN ({})", report_ids))
