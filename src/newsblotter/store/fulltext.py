"""Full text: incidents and reports that hold a person's words, within a time limit."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from newsblotter.errors import StoreSlow, UsageError
from newsblotter.store.answers import Filter, Hit, SearchResult
from newsblotter.store.paging import raw_of
from newsblotter.tables import decode_day

NEWEST_RANKED = 2_000  # matches that are ranked: with 3 million reports 2,000 took 4 ms, all of them 213 ms (median)
SEARCH_SECONDS = 1.0  # then a search answers with what it has
STEPS_BETWEEN_CHECKS = 5_000  # of SQLite's machine; well under a millisecond
MOST_TERMS = 32  # words of one search that are looked at
LONGEST_TERM = 200  # characters of one word
SNIPPET_WORDS = 16

_INTERRUPTED = ("interrupted", "vtable constructor failed")  # the second: before a connection's first look at the full text
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


def quote_words(words: str) -> str:
    """A person's words as an FTS5 question in which every word is a plain string: nothing in it is syntax.

    Raises:
        UsageError: There is no word in it.
    """
    terms = []
    for match in _TERM.finditer(words.replace("\x00", " ")):
        term = (match[1] if match[1] is not None else match[2])[:LONGEST_TERM]
        if any(character.isalnum() for character in term):
            terms.append('"' + term.replace('"', '""') + '"')
    if not terms:
        raise UsageError(f"{words!r}: give a word to look for")
    return " AND ".join(terms[:MOST_TERMS]).encode("utf-8", "replace").decode()


def index_reports(connection: Connection, after: int) -> None:
    """Enter the reports numbered above ``after`` into the full text."""
    raw_of(connection).execute(
        "INSERT INTO reports_fts (rowid, title, text) SELECT number, title, text FROM reports WHERE number > ?", (after,)
    )


def quote_filter(wanted: Filter) -> str | None:
    """The FTS5 question behind the words of a filter, None where it has none.

    Raises:
        UsageError: A part holds no word.
    """
    parts = []
    for words, column in ((wanted.text, None), (wanted.target, "target"), (wanted.person, "people")):
        if words is not None:
            quoted = quote_words(words)
            parts.append(f"({quoted})" if column is None else f"{{{column}}} : ({quoted})")
    return " AND ".join(parts) or None


def match_incidents(connection: Connection, question: str) -> list[int]:
    """Numbers of the incidents that an FTS5 question finds.

    Raises:
        StoreSlow: It took longer than a second.
    """
    with deadline(connection, SEARCH_SECONDS):
        found = raw_of(connection).execute("SELECT rowid FROM incidents_fts WHERE incidents_fts MATCH ?", (question,))
        return [rowid for (rowid,) in found]


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupt what the database does once the time is over.

    Raises:
        StoreSlow: It was interrupted.
    """
    raw = raw_of(connection)
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: int(time.monotonic() > end), STEPS_BETWEEN_CHECKS)
    try:
        yield
    except (sqlite3.OperationalError, OperationalError) as error:
        if time.monotonic() <= end or not any(words in str(error) for words in _INTERRUPTED):
            raise
        raise StoreSlow(f"the question took longer than {seconds:g} s; ask for less, or more exactly") from error
    finally:
        raw.set_progress_handler(None, 0)


def _search_table(raw: sqlite3.Connection, table: str, weights: str, question: str, limit: int) -> Iterator[tuple[int, float, str]]:
    """(rowid, score, snippet) of the best among the newest matches of one full-text table."""
    ranked = raw.execute(
        f"SELECT rowid, score FROM (SELECT rowid, bm25({table}, {weights}) AS score FROM {table} "
        f"WHERE {table} MATCH ? ORDER BY rowid DESC LIMIT ?) ORDER BY score, rowid DESC LIMIT ?",
        (question, NEWEST_RANKED, limit),
    ).fetchall()
    cut = f"SELECT snippet({table}, -1, '«', '»', '…', {SNIPPET_WORDS}) FROM {table} WHERE {table} MATCH ? AND rowid = ?"
    for rowid, score in ranked:
        snippet = raw.execute(cut, (question, rowid)).fetchone()
        yield rowid, -score, " ".join((snippet[0] if snippet and snippet[0] else "").split())


def _matches(raw: sqlite3.Connection, table: str, question: str) -> int:
    """How many match, counted up to one more than are ranked."""
    counted = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT ?)"
    return int(raw.execute(counted, (question, NEWEST_RANKED + 1)).fetchone()[0])


def search(connection: Connection, words: str, limit: int) -> SearchResult:
    """See ``Store.search``."""
    question = quote_words(words)
    raw = raw_of(connection)
    hits: list[Hit] = []
    cut_short = False
    incident = "SELECT id, title, first_day FROM incidents WHERE number = ?"
    report = "SELECT source_id, title, published, id FROM reports WHERE number = ?"
    try:
        with deadline(connection, SEARCH_SECONDS):
            for rowid, score, snippet in _search_table(raw, "incidents_fts", "4, 4, 2, 2", question, limit):
                name, title, day = raw.execute(incident, (rowid,)).fetchone()
                hits.append(Hit("incident", name, title, snippet, score, decode_day(day)))
            for rowid, score, snippet in _search_table(raw, "reports_fts", "4, 1", question, limit):
                name, title, day, report_id = raw.execute(report, (rowid,)).fetchone()
                hits.append(Hit("report", name, title, snippet, score, decode_day(day), report_id))
            cut_short = any(_matches(raw, table, question) > NEWEST_RANKED for table in ("incidents_fts", "reports_fts"))
    except StoreSlow:
        cut_short = True
    return SearchResult(tuple(hits), cut_short)
