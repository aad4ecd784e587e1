"""A store as it would be: written to like any other, in one transaction that is taken back at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from newsblotter.store.journal import JournalFile
from newsblotter.store.protocol import JournalEntry
from newsblotter.store.sql import SqlStore
from newsblotter.store.sqlite import connect, hold_lock, parse_url


class _Draft(JournalFile):
    """A journal whose new lines stay in memory."""

    def __init__(self, store: Path) -> None:
        super().__init__(store)
        self._drafted: list[JournalEntry] = []

    def read(self, after: int = 0) -> Iterator[JournalEntry]:
        yield from super().read(after)
        yield from (entry for entry in self._drafted if (entry.number or 0) > after)

    def last(self) -> JournalEntry | None:
        return self._drafted[-1] if self._drafted else super().last()

    def append(self, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
        last = self.last()
        first = (last.number or 0) + 1 if last else 1
        numbered = [replace(entry, number=number) for number, entry in enumerate(entries, first)]
        self._drafted += numbered
        return numbered


class _RehearsedStore(SqlStore):
    """A store that nobody else writes to already."""

    @contextmanager
    def build_lock(self) -> Iterator[None]:
        yield


@contextmanager
def rehearse(url: str) -> Iterator[SqlStore]:
    """See ``store.rehearse``."""
    path = parse_url(url)
    store = _RehearsedStore(path, connect(path, create=False, readonly=False), False, _Draft(path))
    with closing(store), ExitStack() as stack:
        with hold_lock(path):  # no build is under way; one that begins from here on waits with its first writing
            stack.enter_context(store.forget())
        yield store
