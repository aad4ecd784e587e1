"""The store: reports, readings, links and incidents in a database; ``open_store`` is the way in."""

from __future__ import annotations

from contextlib import AbstractContextManager

from newsblotter.store.answers import (
    ORDERS,
    Facet,
    Filter,
    Hit,
    Page,
    Points,
    Resolved,
    Run,
    SearchResult,
    Spot,
    Stats,
    Timeline,
    Totals,
)
from newsblotter.store.protocol import IncidentEntry, JournalEntry, Member, Reading, Record, Redirect, Store, StoredIncident

__all__ = [
    "ORDERS",
    "Facet",
    "Filter",
    "Hit",
    "IncidentEntry",
    "JournalEntry",
    "Member",
    "Page",
    "Points",
    "Reading",
    "Record",
    "Redirect",
    "Resolved",
    "Run",
    "SearchResult",
    "Spot",
    "Stats",
    "Store",
    "StoredIncident",
    "Timeline",
    "Totals",
    "open_store",
    "rehearse",
]


def open_store(url: str, *, create: bool = True, readonly: bool = False) -> Store:
    """Open a store, or make one.

    Args:
        url: A file's path, or ``sqlite:///path``.
        create: Make the file if it is not there.
        readonly: Open for asking only; a missing file is an error. A store of an older program is brought up to date first.

    Raises:
        UsageError: The URL names a database that is not served.
        StoreError: The file is missing and may not be made, or cannot be opened.
        StoreTooNew: A newer program wrote it.
        StoreDamaged: It is not a store, or no longer sound.
    """
    from newsblotter.store.sql import SqlStore  # SQLAlchemy takes a quarter of a second to import

    return SqlStore.open(url, create=create, readonly=readonly)


def rehearse(store: Store) -> AbstractContextManager[Store]:
    """A store as it would be: what is written to it until the end is seen by whoever wrote it, and then it was never there.

    It costs what is written, however large the store is. Only the thread that begins it may use it. Readers go on;
    whoever wants to write waits meanwhile, for some seconds at most.

    Args:
        store: Whose file it is; may be open for asking only.

    Raises:
        StoreBusy: A build holds the store.
        StoreError: The file may not be written to.
    """
    from newsblotter.store.rehearsing import rehearse as begin

    return begin(store.url)
