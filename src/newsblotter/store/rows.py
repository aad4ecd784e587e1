"""Rows in bulk: written, and looked up by key."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_leave

from newsblotter.records import Rejected, Report
from newsblotter.store import schema
from newsblotter.store.admit import storable
from newsblotter.store.paging import in_pages
from newsblotter.tables import Row, encode_rejected


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def insert_rejected(connection: Connection, rejected: Sequence[Rejected]) -> None:
    rows = [encode_rejected(storable(reject)) for reject in rejected]
    if rows:
        connection.execute(insert_or_leave(schema.rejected).on_conflict_do_nothing(), rows)


def find_present(connection: Connection, table: Table, key: str, values: Sequence[str]) -> set[str]:
    column = table.c[key]
    found: set[str] = set()
    for page in in_pages(values):
        found.update(connection.execute(select(column).where(column.in_(page))).scalars())
    return found


def rename_report(connection: Connection, report: Report, taken: Collection[str]) -> Report:
    """Give a report whose source id is taken one of its own, made from its content, so the same in every run."""
    for length in (6, 10, len(report.id)):
        name = f"{report.source_id}~{report.id[1 : 1 + length]}"
        if name not in taken and not find_present(connection, schema.reports, "source_id", [name]):
            break
    return Report(
        report.id,
        name,
        report.url,
        report.outlet,
        report.title,
        report.text,
        report.language,
        report.published,
        report.fetched,
    )
