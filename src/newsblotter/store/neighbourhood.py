"""What linking asks of a store about a new report, and what it writes: by key, never by reading everything.

For every mention that was linked the store keeps a *sheet* (its telling words, weighed), the hashed keys of the blocks that it
stands in, and in how many voices each word and each line stands. Reports wait in ``link_pending`` from the moment that they are
read, or that their copies change, until their incidents are written, so an interrupted build links them later.

All of it can be made again from reports, mentions and copies: ``refill`` puts it in the place of what was there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import Connection

from newsblotter.records import Judgement, Link
from newsblotter.store.paging import ask, in_pages, marks, raw_of
from newsblotter.store.protocol import Member
from newsblotter.store.transactions import one_snapshot
from newsblotter.tables import decode_instant, encode_link

COUNTED = 1000  # a block's size is counted up to here: beyond, it is only "crowded"

_Transaction: TypeAlias = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """A linked mention as the store keeps it for linking others."""

    mention_id: str
    report_id: str
    voice: str
    day: int  # by which it stands in its blocks
    sheet: str
    keys: tuple[int, ...] = ()  # 64-bit hashes, signed; not given back
    number: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class Block:
    """Those of one block that a mention looks at."""

    size: int  # of the whole block, counted up to ``COUNTED``
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often words and lines (by their hash) stand in independent texts."""

    words: Mapping[str, int]
    lines: Mapping[int, int]
    voices: int  # texts counted


class Neighbourhood:
    """The part of a store that linking works with; see ``Store.neighbourhood``."""

    def __init__(self, read: _Transaction, write: _Transaction) -> None:
        self._read = read
        self._write = write

    def _ask(self, question: str, values: Collection[Any]) -> list[Any]:
        """Rows of ``question``, in which ``{}`` stands for a page of values."""
        with self._read() as connection:
            return ask(connection, question, values)

    # --- state --------------------------------------------------------------------------------------------------

    def linker(self) -> str | None:
        """What linked all that is here: the digest given to ``refill``; None when nothing was linked yet."""
        with self._read() as connection:
            row = raw_of(connection).execute("SELECT value FROM link_state WHERE name = 'linker'").fetchone()
        return row[0] if row else None

    def pending(self) -> list[str]:
        """Ids of the reports that wait to be linked, sorted."""
        with self._read() as connection:
            return [row[0] for row in raw_of(connection).execute("SELECT report_id FROM link_pending ORDER BY report_id")]

    def count(self) -> int:
        """How many mentions were linked so far, those read anew counted again: numbers are not given out twice."""
        with self._read() as connection:
            return _last_number(raw_of(connection))

    def whole(self) -> int:
        """How many there were when everything was last linked."""
        with self._read() as connection:
            return _read_number(raw_of(connection), "whole")

    def heard(self) -> int:
        """The number of the last word of a person that the incidents were brought in line with."""
        with self._read() as connection:
            return _read_number(raw_of(connection), "heard")

    def settle(self, report_ids: Collection[str], heard: int) -> None:
        """Say that the incidents of these reports are written, and in line with people's words up to that number."""
        with self._write() as connection:
            raw = raw_of(connection)
            for page in in_pages(report_ids):
                raw.execute(f"DELETE FROM link_pending WHERE report_id IN ({marks(page)})", page)
            raw.execute("INSERT OR REPLACE INTO link_state VALUES ('heard', ?)", (str(heard),))

    # --- what is known ------------------------------------------------------------------------------------------

    def tally(self, words: Collection[str], lines: Collection[int]) -> Tally:
        """The counts of these words and lines; what is missing was never seen."""
        found = dict(self._ask("SELECT word, voices FROM link_words WHERE word IN ({})", words))
        seen = dict(self._ask("SELECT line, voices FROM link_lines WHERE line IN ({})", lines))
        with self._read() as connection:
            return Tally(found, seen, _read_number(raw_of(connection), "voices"))

    def look(self, wanted: Sequence[tuple[int, int, int]], crowd: int, reach: int) -> list[Block]:
        """For each (key, day, own number): the block's members, of more than ``crowd`` the ``reach`` nearest before and after."""
        blocks = []
        with self._read() as connection:
            raw = raw_of(connection)
            for key, day, number in wanted:
                found = raw.execute("SELECT number FROM link_keys WHERE key = ? LIMIT ?", (key, crowd + 1)).fetchall()
                size = len(found)
                if size > crowd:
                    counted = raw.execute(
                        "SELECT count(*) FROM (SELECT 1 FROM link_keys WHERE key = ? LIMIT ?)", (key, COUNTED)
                    ).fetchone()
                    size = counted[0]
                    here = (key, day, number, reach)
                    found = raw.execute(_BEFORE, here).fetchall() + raw.execute(_AFTER, here).fetchall()
                blocks.append(Block(size, tuple(other for (other,) in found if other != number)))
        return blocks

    def entries(self, numbers: Collection[int]) -> list[LinkEntry]:
        """The entries of these numbers, those that were read anew since left out; by number."""
        return self._entries_where("number", numbers)

    def entries_of(self, report_ids: Collection[str]) -> list[LinkEntry]:
        """The entries of these reports, by number."""
        return self._entries_where("report_id", report_ids)

    def _entries_where(self, column: str, values: Collection[object]) -> list[LinkEntry]:
        rows = self._ask(f"SELECT mention_id, report_id, voice, sheet, number FROM link_sheets WHERE {column} IN ({{}})", values)
        return [LinkEntry(m, r, v, 0, sheet, (), n) for m, r, v, sheet, n in sorted(rows, key=lambda row: row[4])]

    # --- links and incidents ------------------------------------------------------------------------------------

    def judged(self) -> list[Link]:
        """The links that carry a person's word, by pair, without features."""
        with self._read() as connection:
            rows = raw_of(connection).execute(f"{_LIGHT} INDEXED BY links_judged WHERE judgement IS NOT NULL").fetchall()
        return [_light_link(row) for row in sorted(rows, key=lambda row: (row[0], row[1]))]

    def links_among(self, mention_ids: Collection[str]) -> list[Link]:
        """The links between these mentions, by pair, without features."""
        wanted = set(mention_ids)
        with self._read() as connection, one_snapshot(connection):
            rows = ask(connection, f"{_TIES} WHERE left_id IN ({{}})", sorted(wanted))
            found = sorted(row for row in rows if row[1] in wanted)
            spoken = {row[0] for row in found if row[3] is not None}
            judged = {row[:2]: _light_link(row) for row in ask(connection, f"{_LIGHT} WHERE left_id IN ({{}})", sorted(spoken))}
        return [Link(*row[:3]) if row[3] is None else judged[row[:2]] for row in found]

    def closely_linked(self, mention_ids: Collection[str], least: float) -> set[str]:
        """The mentions at the other end of a link that is at least so likely, or that a person judged."""
        question = f"SELECT {{}} FROM links WHERE {{}} IN ({{{{}}}}) AND (probability >= {float(least)!r} OR judgement IS NOT NULL)"
        wanted = sorted(mention_ids)
        rows = self._ask(question.format("right_id", "left_id"), wanted) + self._ask(question.format("left_id", "right_id"), wanted)
        return {mention_id for (mention_id,) in rows}

    def members(self, incident_ids: Collection[str]) -> list[Member]:
        """The mentions of these incidents as of the last build."""
        rows = self._ask(_MEMBERS + " WHERE incident_id IN ({})", sorted(incident_ids))
        return [Member(*row) for row in sorted(rows, key=lambda row: (row[0], row[1]))]

    def incidents_of(self, mention_ids: Collection[str] = (), report_ids: Collection[str] = ()) -> frozenset[str]:
        """The incidents that hold any of these mentions, or any mention of these reports, as of the last build."""
        question = "SELECT DISTINCT incident_id FROM incident_mentions WHERE "
        rows = self._ask(question + "mention_id IN ({})", sorted(mention_ids))
        rows += self._ask(question + "report_id IN ({})", sorted(report_ids))
        return frozenset(row[0] for row in rows)

    def in_order(self, incident_ids: Collection[str]) -> list[str]:
        """Those of the ids that incidents have now, oldest first."""
        rows = self._ask("SELECT number, id FROM incidents WHERE id IN ({})", sorted(incident_ids))
        return [incident_id for _, incident_id in sorted(rows)]

    # --- writing ------------------------------------------------------------------------------------------------

    def refill(self, linker: str, entries: Iterable[LinkEntry], postings: Iterable[tuple[int, int, int]], tally: Tally) -> None:
        """Put all of this in the place of what was there; nothing waits any more.

        Args:
            linker: Names the program and settings that made it.
            entries: Every mention's, numbered 1, 2, 3, …
            postings: (key, day, number), best sorted.
            tally: The whole corpus.
        """
        with self._write() as connection:
            raw = raw_of(connection)
            for table in ("link_sheets", "link_keys", "link_words", "link_lines", "link_pending", "link_state"):
                raw.execute(f"DELETE FROM {table}")
            raw.executemany(
                "INSERT INTO link_sheets VALUES (?, ?, ?, ?, ?)",
                ((e.number, e.mention_id, e.report_id, e.voice, e.sheet) for e in entries),
            )
            raw.executemany("INSERT INTO link_keys VALUES (?, ?, ?)", postings)
            _add_tally(raw, tally)
            raw.execute("INSERT INTO link_state VALUES ('linker', ?)", (linker,))
            raw.execute("INSERT INTO link_state SELECT 'whole', count(*) FROM link_sheets")

    def enter(self, report_ids: Collection[str], entries: Sequence[LinkEntry], tally: Tally) -> list[LinkEntry]:
        """Put these entries in the place of all that the reports had, and add to the counts; returns them numbered."""
        with self._write() as connection:
            raw = raw_of(connection)
            for page in in_pages(report_ids):
                raw.execute(f"DELETE FROM link_sheets WHERE report_id IN ({marks(page)})", page)
            # A number is never given twice, lest the keys of a withdrawn mention lead to another.
            last = _last_number(raw)
            numbered = [replace(entry, number=number) for number, entry in enumerate(entries, last + 1)]
            raw.executemany(
                "INSERT INTO link_sheets VALUES (?, ?, ?, ?, ?)",
                [(e.number, e.mention_id, e.report_id, e.voice, e.sheet) for e in numbered],
            )
            raw.executemany(
                "INSERT OR IGNORE INTO link_keys VALUES (?, ?, ?)", [(k, e.day, e.number) for e in numbered for k in e.keys]
            )
            _add_tally(raw, tally)
            raw.execute("INSERT OR REPLACE INTO link_state VALUES ('last', ?)", (str(last + len(numbered)),))
        return numbered

    def replace_links(self, mention_ids: Collection[str], links: Iterable[Link]) -> None:
        """Put these links in the place of all that touch the mentions, and of those of the same pairs."""
        with self._write() as connection:
            raw = raw_of(connection)
            for page in in_pages(sorted(mention_ids)):
                raw.execute(f"DELETE FROM links WHERE left_id IN ({marks(page)})", page)
                raw.execute(f"DELETE FROM links WHERE right_id IN ({marks(page)})", page)
            rows = [encode_link(link) for link in links]
            if rows:
                names = list(rows[0])
                raw.executemany(
                    f"INSERT OR REPLACE INTO links ({', '.join(names)}) VALUES ({marks(names)})",
                    [list(row.values()) for row in rows],
                )


_TIES = "SELECT left_id, right_id, probability, judgement FROM links"  # an index holds all of these
_LIGHT = "SELECT left_id, right_id, probability, judgement, made_by, made_at, retired_at FROM links"
_BEFORE = "SELECT number FROM link_keys WHERE key = ? AND (day, number) < (?, ?) ORDER BY day DESC, number DESC LIMIT ?"
_AFTER = "SELECT number FROM link_keys WHERE key = ? AND (day, number) > (?, ?) ORDER BY day, number LIMIT ?"
_MEMBERS = "SELECT incident_id, mention_id, report_id, type, role FROM incident_mentions"


def _light_link(row: Sequence[Any]) -> Link:
    left, right, probability, judgement, made_by, made_at, retired_at = row
    word = Judgement(judgement) if judgement else None
    return Link(left, right, probability, (), word, made_by, decode_instant(made_at), decode_instant(retired_at))


def _add_tally(raw: sqlite3.Connection, tally: Tally) -> None:
    raw.executemany(
        "INSERT INTO link_words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET voices = voices + excluded.voices",
        sorted(tally.words.items()),
    )
    raw.executemany(
        "INSERT INTO link_lines VALUES (?, ?) ON CONFLICT (line) DO UPDATE SET voices = voices + excluded.voices",
        sorted(tally.lines.items()),
    )
    raw.execute(
        "INSERT INTO link_state VALUES ('voices', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        (str(tally.voices),),
    )


def _read_number(raw: sqlite3.Connection, name: str) -> int:
    row = raw.execute("SELECT value FROM link_state WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _last_number(raw: sqlite3.Connection) -> int:
    """The highest number given out."""
    entered = int(raw.execute("SELECT coalesce(max(number), 0) FROM link_sheets").fetchone()[0])
    return max(entered, _read_number(raw, "last"))


# --- what waits ---------------------------------------------------------------------------------------------------


def note_pending(connection: Connection, report_ids: Iterable[str]) -> None:
    """These reports are to be linked anew."""
    rows = [(report_id,) for report_id in report_ids]
    raw_of(connection).executemany("INSERT OR IGNORE INTO link_pending VALUES (?)", rows)
