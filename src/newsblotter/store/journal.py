"""The journal beside a store: one JSON object a line, appended and never changed, from which ids and judgements come back.

    incidents.db                  may be lost, and is built anew from the reports
    incidents.db.journal.jsonl    may not: every id given out, every word of a person

The database holds the same lines for asking. A line counts once it is whole and on the disk; a last line that was cut
short by a crash was never promised to anybody, and the next line takes its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from newsblotter.errors import StoreDamaged, StoreError
from newsblotter.store import asking
from newsblotter.store.protocol import JournalEntry
from newsblotter.tables import encode_instant

SUFFIX = ".journal.jsonl"
_LINE_BREAKS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"}  # what many programs take for a line's end
TAIL_BYTES = 1 << 16  # read from the end to find the last line; a line is a few hundred bytes, a judgement on many reports more


def encode_line(entry: JournalEntry) -> str:
    """A line of the journal as text, without its end."""
    parts = {"number": entry.number, "kind": entry.kind, "at": encode_instant(entry.at), "data": dict(entry.data)}
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).translate(_LINE_BREAKS)


def decode_line(line: bytes) -> JournalEntry | None:
    """The entry of a line; None when it is none of ours, whole."""
    try:
        found = json.loads(line)
        number, kind, at, data = found["number"], found["kind"], found["at"], found["data"]
        if type(number) is not int or not isinstance(kind, str) or not isinstance(data, dict):
            return None
        return JournalEntry(kind, data, datetime.fromisoformat(at) if at is not None else None, number)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def say_same(left: JournalEntry, right: JournalEntry) -> bool:
    """Whether two lines tell the same thing, whatever their numbers and times."""
    return left.kind == right.kind and _plain(left.data) == _plain(right.data)


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(dict(data), sort_keys=True))


class JournalFile:
    """The file of a journal. Writers must hold the store's write lock."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + SUFFIX)

    def read(self, after: int = 0) -> Iterator[JournalEntry]:
        """The lines numbered above ``after``, oldest first; a last line that was cut short is passed over.

        Raises:
            StoreDamaged: A line within the file cannot be read, or the numbers do not ascend one by one.
        """
        try:
            with self.path.open("rb") as file:
                expected = 1
                line = file.readline()
                while line:
                    ahead = file.readline()
                    entry = decode_line(line)
                    if entry is None and not ahead:
                        return
                    if entry is None or entry.number != expected:
                        raise StoreDamaged(f"{self.path}:{expected}: {self._what_is_wrong(entry, expected)}")
                    if expected > after:
                        yield entry
                    expected += 1
                    line = ahead
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{self.path}: the journal cannot be read: {error.strerror}") from error

    @staticmethod
    def _what_is_wrong(entry: JournalEntry | None, expected: int) -> str:
        wrong = "is no line of a journal" if entry is None else f"is numbered {entry.number} instead of {expected}"
        return f"this line {wrong}; put the file back as it was (from a backup), or move it away to begin a new one"

    def last(self) -> JournalEntry | None:
        """The last whole line, None when there is none."""
        return self._find_end()[0]

    def _find_end(self) -> tuple[JournalEntry | None, int, bool]:
        """The last whole line, how many bytes the whole lines take, and whether the last one still lacks its end."""
        lines, size = self._read_tail()
        if not lines:
            return None, 0, False
        entry = decode_line(lines[-1])
        if entry is not None:
            return entry, size, not lines[-1].endswith(b"\n")
        end = size - len(lines[-1])
        before = decode_line(lines[-2]) if len(lines) > 1 else None
        if before is None and end > 0:
            raise StoreDamaged(f"{self.path}: the last lines are no lines of a journal; put the file back as it was")
        return before, end, False

    def _read_tail(self) -> tuple[list[bytes], int]:
        """The last lines, at least two where there are two, and the file's size."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                reach = TAIL_BYTES
                while True:
                    start = file.seek(max(0, size - reach))
                    lines = file.read(size - start).splitlines(keepends=True)
                    if start == 0 or len(lines) > 2:  # the first of them may have lost its beginning
                        return lines, size
                    reach *= 4
        except FileNotFoundError:
            return [], 0
        except OSError as error:
            raise StoreError(f"{self.path}: the journal cannot be read: {error.strerror}") from error

    def append(self, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
        """Write lines and wait until they are on the disk.

        Returns:
            The lines with the numbers that they were given.

        Raises:
            StoreError: The disk is full, or the file cannot be written; it is as it was.
        """
        if not entries:
            return []
        last, end, unended = self._find_end()
        first = (last.number or 0) + 1 if last else 1
        numbered = [replace(entry, number=number) for number, entry in enumerate(entries, first)]
        text = "".join(encode_line(entry) + "\n" for entry in numbered)
        self._write(("\n" if unended else "") + text, end)
        return numbered

    def copy_to(self, store: Path) -> None:
        """Put the whole lines beside another store."""
        JournalFile(store).append(list(self.read()))

    def _write(self, text: str, end: int) -> None:
        new = not self.path.exists()
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
            try:
                os.ftruncate(descriptor, end)  # what a crash left of a line
                try:
                    _write_all(descriptor, text.encode("utf-8"), end)
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, end)
                    raise
            finally:
                os.close(descriptor)
            if new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(f"{self.path}: the journal cannot be written: {error.strerror}") from error


def _write_all(descriptor: int, data: bytes, at: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def bring_together(connection: Connection, journal: JournalFile) -> int:
    """Make the database and the file beside it hold the same lines; what one lacks is taken from the other.

    The database lacks the last lines after a crash, or all of them when it was made anew; the file lacks them when the store
    was made before there was a file, or came without it.

    Returns:
        How many lines the database took from the file.

    Raises:
        StoreDamaged: They tell different things, so that one belongs to another store.
    """
    last = journal.last()
    held = asking.last_entry(connection)
    ours, theirs = (held.number or 0) if held else 0, (last.number or 0) if last else 0
    shared = min(ours, theirs)
    if shared:
        left = held if ours == shared else asking.read_entries(connection, shared - 1, 1)[0]
        right = last if theirs == shared else next(journal.read(shared - 1))
        if left is None or right is None or not say_same(left, right):
            raise StoreDamaged(
                f"{journal.path}: belongs to another store than the one beside it (line {shared} differs); "
                "put the right one back, or move it away to have it written anew from the store"
            )
    if ours > theirs:
        journal.append(asking.read_entries(connection, theirs))
    missing = list(journal.read(ours)) if theirs > ours else []
    asking.append_journal(connection, missing)
    return len(missing)


def are_together(connection: Connection, journal: JournalFile) -> bool:
    """Whether the database and the file end with the same line: quick, for every opening."""
    last, held = journal.last(), asking.last_entry(connection)
    if last is None or held is None:
        return last is held
    return last.number == held.number and say_same(last, held)
