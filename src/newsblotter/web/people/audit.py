"""An append-only log in which each entry carries the hash of the one before: who edits, inserts or takes out one breaks the chain.

What was cut off at the end is not seen by the chain alone: note the newest hash elsewhere and give it to ``verify_audit``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from newsblotter.tables import decode_instant, encode_instant, encode_json

START = "0" * 64  # stands for the entry before the first
PAGE = 1_000  # entries verified at a time

Where = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did."""

    number: int  # 1, 2, 3, …
    at: datetime  # aware UTC
    who: str  # the user's name; "system" for the program
    what: str  # such as login, login refused, judge, role changed
    data: str  # compact JSON with the particulars; never a secret
    hash: str  # SHA-256 over all of it and the hash before, hexadecimal


@dataclass(frozen=True, slots=True)
class AuditState:
    """What ``verify_audit`` found."""

    entries: int
    head: str  # hash of the newest entry
    broken: int | None  # number of the first entry that does not fit, None when all do
    reason: str = ""


def _hash(number: int, at: str, who: str, what: str, data: str, before: str) -> str:
    return hashlib.sha256(encode_json([number, at, who, what, data, before]).encode()).hexdigest()


def write_audit(connection: Connection, at: datetime, who: str, what: str, data: Mapping[str, Any] | None = None) -> None:
    """Add an entry, in the transaction of what it tells of (so neither is kept without the other)."""
    last = connection.execute(text("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")).first()
    number, before = (1, START) if last is None else (last.number + 1, last.hash)
    moment, packed = str(encode_instant(at)), encode_json(dict(data or {}))
    row = {"number": number, "at": moment, "who": who, "what": what, "data": packed, "before": before}
    row["hash"] = _hash(number, moment, who, what, packed, before)
    connection.execute(text("INSERT INTO audit VALUES (:number, :at, :who, :what, :data, :before, :hash)"), row)


def list_audit(connection: Connection, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
    """Entries, newest first.

    Args:
        connection: To the desk file.
        limit: How many at most.
        before: Only entries with a lower number, for the next page.
    """
    bound: Where = {"limit": limit, "before": before if before is not None else 1 << 62}
    rows = connection.execute(text("SELECT * FROM audit WHERE number < :before ORDER BY number DESC LIMIT :limit"), bound)
    entries = []
    for row in rows:
        at = decode_instant(row.at)
        assert at is not None
        entries.append(AuditEntry(row.number, at, row.who, row.what, row.data, row.hash))
    return entries


def verify_audit(connection: Connection, expected: str | None = None) -> AuditState:
    """Go through the whole chain.

    Args:
        connection: To the desk file.
        expected: A hash noted earlier; it must still stand in the log.
    """
    before, number, met = START, 0, expected in (None, START)
    while True:
        bound = {"after": number, "page": PAGE}
        rows = connection.execute(text("SELECT * FROM audit WHERE number > :after ORDER BY number LIMIT :page"), bound).all()
        if not rows:
            break
        for row in rows:
            if row.number != number + 1:
                return AuditState(number, before, number + 1, "entry is missing")
            if row.before != before:
                return AuditState(number, before, row.number, "does not follow the entry before it")
            if row.hash != _hash(row.number, row.at, row.who, row.what, row.data, row.before):
                return AuditState(number, before, row.number, "was edited")
            number, before = row.number, row.hash
            met = met or before == expected
    if not met:
        return AuditState(number, before, number + 1, "the hash noted earlier is no longer in the log: its end was cut off")
    return AuditState(number, before, None)
