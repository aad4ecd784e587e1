"""Rows asked for and written a page at a time.

A build of one report asks a hundred small questions, and SQLAlchemy takes longer over each than SQLite: the frequent ones are put
to the database's own connection.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

from newsblotter.tables import Row

PAGE = 500  # rows fetched or written, or values named, in one statement: keeps memory flat; larger pages were no faster

_T = TypeVar("_T")


def in_pages(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in their order, up to ``PAGE`` at a time."""
    rest = iter(items)
    while page := list(itertools.islice(rest, PAGE)):
        yield page


def raw_of(connection: Connection) -> sqlite3.Connection:
    """The database's own connection, in the same transaction if one has begun."""
    raw: Any = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def marks(values: Collection[object]) -> str:
    """As many question marks as values."""
    return ",".join("?" * len(values))


def ask(connection: Connection, question: str, values: Iterable[Any]) -> list[Any]:
    """Rows of ``question``, in which ``{}`` stands for a page of values."""
    raw = raw_of(connection)
    return [row for page in in_pages(values) for row in raw.execute(question.format(marks(page)), page)]


def take(connection: Connection, table: Table, rest: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Whole rows of a table; ``rest`` says which, with ``{}`` for a page of values."""
    names = [column.name for column in table.c]
    question = f"SELECT {', '.join(f'{table.name}.{name}' for name in names)} FROM {table.name} {rest}"
    return [dict(zip(names, row, strict=True)) for row in ask(connection, question, values)]


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, which all name the same columns."""
    insert(connection, table.name, rows)


def insert(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """The same for a table by name: the indexes for full text and points are no tables to SQLAlchemy."""
    if rows:
        names = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        raw_of(connection).executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)
