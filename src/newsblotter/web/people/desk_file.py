"""The desk's own file beside the store: users, sessions, tokens, the audit log, saved searches and what is to be sent.

It is a file of its own because a store is handed on to others and these are nobody else's business, because a build
that writes the store must not keep a person from logging in, and because none of it can be made again from the reports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from sqlite3 import complete_statement
from typing import TypeAlias

from sqlalchemy import Connection, text

from newsblotter.errors import StoreDamaged, StoreError, StoreTooNew
from newsblotter.store.sqlite import connect, plain_errors, use_wal

DESK_ID = 0x4E62446B  # "NbDk", in the header of every desk file
SUFFIX = ".desk"  # behind the store's name

Clock: TypeAlias = Callable[[], datetime]  # gives an aware moment in UTC


def tell_time() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


class DeskFile:
    """An open desk file. Reading and writing are transactions; writers wait for one another."""

    def __init__(self, path: Path, clock: Clock = tell_time) -> None:
        self.path = path
        self.clock = clock
        self._engine = connect(path, create=False, readonly=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the file."""
        with plain_errors(str(self.path)), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are kept whole at the end, or not at all."""
        with plain_errors(str(self.path)), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the file. Closing twice is fine."""
        self._engine.dispose()


def desk_path(store_path: Path) -> Path:
    """Where the desk file of a store lies."""
    return store_path.with_name(store_path.name + SUFFIX)


def open_desk(store_path: Path, *, clock: Clock = tell_time) -> DeskFile:
    """Open the desk file beside a store, making or upgrading it; only its owner can read a new one.

    Args:
        store_path: The store's file.
        clock: For tests.

    Raises:
        StoreTooNew: A newer program wrote it.
        StoreDamaged: It is some other file.
        StoreError: It cannot be made or written.
    """
    path = desk_path(store_path)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: the desk's file cannot be opened: {error.strerror}") from error
    desk = DeskFile(path, clock)
    try:
        _bring_up(desk)
    except BaseException:
        desk.close()
        raise
    return desk


@cache
def read_steps() -> tuple[tuple[str, ...], ...]:
    """What brings a file from one version to the next: the statements of each file in ``steps/``, in the order of their names.

    A step that was released is never edited; a change is a new step.
    """
    steps = []
    for file in sorted(files(__package__).joinpath("steps").iterdir(), key=lambda file: file.name):
        statements, statement = [], ""
        for line in file.read_text("utf-8").splitlines(keepends=True):
            statement += line
            if complete_statement(statement):
                statements.append(statement)
                statement = ""
        steps.append(tuple(statements))
    return tuple(steps)


def _bring_up(desk: DeskFile) -> None:
    steps = read_steps()
    with desk.reading() as connection:
        known = connection.execute(text("PRAGMA application_id")).scalar()
        version = int(connection.execute(text("PRAGMA user_version")).scalar() or 0)
        empty = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    if known != DESK_ID and not empty:
        raise StoreDamaged(f"{desk.path}: not a desk file of Newsblotter; move it away")
    if version > len(steps):
        raise StoreTooNew(
            f"{desk.path} was written by a newer Newsblotter (desk version {version}, this one knows {len(steps)}); "
            "install the newer program"
        )
    if version == len(steps):
        return
    if empty:
        use_wal(desk._engine)
    with desk.writing() as connection:
        version = int(connection.execute(text("PRAGMA user_version")).scalar() or 0)  # another process may have been quicker
        for step in steps[version:]:
            for statement in step:
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA application_id = {DESK_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {len(steps)}")
