"""Rows of reports and rejects: looked up, written, and renamed where two would go by one name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert as insert_or_leave

from newsblotter.records import Rejected, Report
from newsblotter.store import schema
from newsblotter.store.admit import storable
from newsblotter.store.paging import ask
from newsblotter.tables import encode_rejected


def insert_rejected(connection: Connection, rejected: Sequence[Rejected]) -> None:
    """Enter rejects, those that stand there already left out."""
    rows = [encode_rejected(storable(reject)) for reject in rejected]
    if rows:
        connection.execute(insert_or_leave(schema.rejected).on_conflict_do_nothing(), rows)


def find_present(connection: Connection, key: str, values: Iterable[str]) -> set[str]:
    """Those of the values that stand in a column of the reports."""
    return {row[0] for row in ask(connection, f"SELECT {key} FROM reports WHERE {key} IN ({{}})", values)}


def rename_report(connection: Connection, report: Report, taken: Collection[str]) -> Report:
    """Give a report whose source id is taken one of its own, made from its content, so the same in every run."""
    for length in (6, 10, len(report.id)):
        name = f"{report.source_id}~{report.id[1 : 1 + length]}"
        if name not in taken and not find_present(connection, "source_id", [name]):
            break
    return replace(report, source_id=name)
