"""Examining a whole store: pages, indexes, journal, and every quote against its report."""

from __future__ import annotations

from sqlalchemy import Connection, text

from newsblotter.errors import StoreDamaged
from newsblotter.store.admit import hold_to_evidence
from newsblotter.store.journal import JournalFile
from newsblotter.store.paging import in_pages
from newsblotter.store.protocol import Store

_UNSEEN = "SELECT count(*) FROM incidents WHERE number NOT IN (SELECT number FROM overview)"


def examine_tables(connection: Connection) -> list[str]:
    """What is wrong with pages, rows and indexes."""
    pages = connection.execute(text("PRAGMA integrity_check(20)")).scalars().all()
    wrong = [f"pages: {line}" for line in pages if line != "ok"]
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    wrong += [f"table {row[0]}: row {row[1]} has lost its parent in {row[2]}" for row in orphans]
    unseen = connection.execute(text(_UNSEEN)).scalar_one()
    return [*wrong, f"overview: {unseen} incidents do not stand in it"] if unseen else wrong


def examine_journal(journal: JournalFile) -> list[str]:
    """What is wrong with the file beside the store."""
    try:
        for _ in journal.read():
            pass
    except StoreDamaged as error:
        return [f"journal: {error}"]
    return []


def examine_quotes(store: Store) -> list[str]:
    """The mentions whose words do not stand in their reports."""
    wrong = []
    for page in in_pages(store.report_ids()):
        texts = {report.id: report for report in store.reports(page)}
        for mention in store.mentions(reports=page):
            _, refused = hold_to_evidence(texts[mention.report_id], [mention])
            if refused:
                wrong.append(f"mention {mention.id}: {refused} quotes do not stand in report {mention.report_id}")
    return wrong
