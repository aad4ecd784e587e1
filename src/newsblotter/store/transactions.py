"""How a store is read and written: a question sees one snapshot, a writing is kept whole or not at all.

A build asks a hundred small questions; opening a connection, or a transaction, for each takes longer than the answer. So a
thread may *sit* at the store: one connection serves it. And what belongs together may be *joined* into one transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from newsblotter.store.sqlite import plain_errors


@dataclass
class _Seat:
    """A thread's own connection."""

    connection: Connection
    joined: bool = False  # within a transaction that further writings are part of
    busy: bool = False  # within any other one: whoever reads or writes meanwhile takes another connection


class _Place(threading.local):
    seat: _Seat | None = None


class Transactions:
    """Connections to one database, handed out for reading and for writing; safe to use from several threads."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where
        self._place = _Place()

    @contextmanager
    def sit(self) -> Iterator[None]:
        """Serve this thread with one connection until the end."""
        before = self._place.seat
        with self._engine.connect() as connection:
            self._place.seat = _Seat(connection)
            try:
                yield
            finally:
                self._place.seat = before

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot."""
        with plain_errors(self._where):
            seat = self._place.seat
            if seat is not None and seat.joined:
                yield seat.connection
            elif seat is None or seat.busy:
                with self._engine.connect() as connection:
                    yield connection
            else:
                seat.busy = True
                try:
                    yield seat.connection
                finally:
                    seat.busy = False
                    if seat.connection.in_transaction():
                        seat.connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start."""
        with plain_errors(self._where):
            seat = self._place.seat
            if seat is not None and seat.joined:
                yield seat.connection
            elif seat is None or seat.busy:
                with self._engine.connect() as connection, _writing(connection):
                    yield connection
            else:
                seat.busy = True
                try:
                    with _writing(seat.connection):
                        yield seat.connection
                finally:
                    seat.busy = False

    @contextmanager
    def join(self) -> Iterator[None]:
        """Make one transaction of all that this thread writes until the end; what it reads meanwhile sees what it wrote."""
        if self._place.seat is not None and self._place.seat.joined:
            yield
            return
        before = self._place.seat
        with self.write() as connection:
            self._place.seat = _Seat(connection, joined=True)
            try:
                yield
            finally:
                self._place.seat = before

    @contextmanager
    def forget(self) -> Iterator[None]:
        """Like ``join``, but what this thread wrote was never there once it ends."""
        before = self._place.seat
        with plain_errors(self._where), self._engine.connect() as connection:
            connection.execution_options(writes=True)
            transaction = connection.begin()
            self._place.seat = _Seat(connection, joined=True)
            try:
                yield
            finally:
                self._place.seat = before
                transaction.rollback()
                connection.execution_options(writes=False)


@contextmanager
def _writing(connection: Connection) -> Iterator[None]:
    connection.execution_options(writes=True)
    try:
        with connection.begin():
            yield
    finally:
        connection.execution_options(writes=False)


def one_snapshot(connection: Connection) -> AbstractContextManager[object]:
    """Several questions that see the same; those of a transaction do so anyway."""
    return nullcontext() if connection.in_transaction() else connection.begin()
