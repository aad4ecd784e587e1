"""The store behind the desk: one reader for every thread, opened when it is there; writers on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fastapi import Request

from newsblotter.errors import NewsblotterError
from newsblotter.store import Filter, Store, open_store
from newsblotter.store.sqlite import parse_url
from newsblotter.web.people import DeskFile, open_desk
from newsblotter.web.settings import WebSettings
from newsblotter.web.warming import Warming


class NoStoreYet(NewsblotterError):
    """Nothing has been built yet: the first screen teaches how."""


class Desk:
    """What the pages share while the desk is open."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self._store: Store | None = None
        self._people: DeskFile | None = None
        self._warming: Warming | None = None
        self._lock = threading.Lock()
        self._answering = threading.Lock()

    @property
    def path(self) -> Path:
        """The store's file."""
        return parse_url(self.settings.store)

    @property
    def is_open(self) -> bool:
        """Whether ``store`` is there already: opening it may take a while."""
        return self._store is not None

    @property
    def is_warm(self) -> bool:
        """Whether a look by key is sure to wait for no disk: if not, it is not for the event loop."""
        return self._warming is not None and self._warming.is_done

    @property
    def store(self) -> Store:
        """The store for asking; any thread may use it, and a build may go on meanwhile.

        Raises:
            NoStoreYet: There is none.
            StoreError: It cannot be opened.
        """
        if self._store is None:
            with self._lock:
                if self._store is None:
                    self._store = store = self._open()
                    self._warming = Warming(self.path, lambda: store.facets(Filter()))
        return self._store

    def open_ahead(self) -> None:
        """Begin to open the store, where there is one, before anybody asks for it."""

        def open_it() -> None:
            with suppress(NewsblotterError):  # whoever asks is told
                _ = self.store

        threading.Thread(target=open_it, name="opening", daemon=True).start()

    @property
    def people(self) -> DeskFile:
        """The desk's own file beside the store: who may use it, and what they want to be told."""
        if self._people is None:
            with self._lock:
                if self._people is None:
                    self._people = open_desk(self.path)
        return self._people

    def _open(self) -> Store:
        path = self.path
        if not path.exists() or not path.stat().st_size:
            raise NoStoreYet(f"{path}: nothing has been built yet")
        open_store(self.settings.store, create=False).close()  # brings an older schema up to date
        return open_store(self.settings.store, create=False, readonly=True)

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """The store for one answer of a person; of several at once each waits for its turn."""
        with self._answering, open_store(self.settings.store) as store:
            yield store

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._warming is not None:
                self._warming.stop()
                self._warming = None
            if self._store is not None:
                self._store.close()
                self._store = None
            if self._people is not None:
                self._people.close()
                self._people = None


def desk_of(request: Request) -> Desk:
    """The desk that serves a request; a dependency for routers."""
    desk: Desk = request.app.state.desk
    return desk
