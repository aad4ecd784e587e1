"""Logins that are kept on our side, so that they can be taken back. The browser holds a random key, we hold its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Row, text

from newsblotter.tables import decode_instant, encode_instant
from newsblotter.web.people.audit import write_audit
from newsblotter.web.people.desk_file import DeskFile
from newsblotter.web.people.users import User, read_user

IDLE = timedelta(hours=12)  # a working day, and a session ends over night
LONGEST = timedelta(days=14)  # then the password is asked for again, however busy the session was
SEEN_EVERY = timedelta(minutes=5)  # how finely ``seen`` is kept: one write in so long, not one for each page


@dataclass(frozen=True, slots=True)
class Session:
    """One login of one browser."""

    id: str  # names it in lists; cannot be used to log in
    user: User
    started: datetime
    seen: datetime
    address: str | None
    agent: str | None  # the browser, as it names itself


def hash_key(key: str) -> str:
    """What is stored of a secret with 256 random bits: no salt is needed, and guessing is hopeless."""
    return hashlib.sha256(key.encode()).hexdigest()


def _read(row: Row[Any]) -> Session:
    started, seen = decode_instant(row.started), decode_instant(row.seen)
    assert started is not None and seen is not None
    return Session(row.key[:12], read_user(row), started, seen, row.address, row.agent)


_FIND = "SELECT s.key, s.started, s.seen, s.address, s.agent, u.* FROM sessions s JOIN users u ON u.id = s.user_id"


def start_session(
    desk: DeskFile, user: User, *, address: str | None = None, agent: str | None = None, old: str | None = None
) -> str:
    """Begin a session and return the key for the browser's cookie: always a new one, whatever the browser brought along.

    Args:
        desk: The desk file.
        user: Who logged in.
        address: Where from.
        agent: The browser.
        old: The key that the browser held; that session ends.
    """
    key = token_urlsafe(32)
    now = desk.clock()
    with desk.writing() as connection:
        over = {"started": encode_instant(now - LONGEST), "seen": encode_instant(now - IDLE)}
        connection.execute(text("DELETE FROM sessions WHERE started < :started OR seen < :seen"), over)
        if old:
            connection.execute(text("DELETE FROM sessions WHERE key = :key"), {"key": hash_key(old)})
        connection.execute(
            text("INSERT INTO sessions VALUES (:key, :user, :now, :now, :address, :agent)"),
            {
                "key": hash_key(key),
                "user": user.id,
                "now": encode_instant(now),
                "address": address,
                "agent": agent and agent[:200],
            },
        )
    return key


def find_session(desk: DeskFile, key: str | None) -> Session | None:
    """The session of a cookie, None when it ended, ran out or never was."""
    if not key or len(key) > 100:
        return None
    now = desk.clock()
    with desk.reading() as connection:
        row = connection.execute(text(f"{_FIND} WHERE s.key = :key"), {"key": hash_key(key)}).first()
    if row is None:
        return None
    session = _read(row)
    if not session.user.active or now - session.seen >= IDLE or now - session.started >= LONGEST:
        return None
    if now - session.seen > SEEN_EVERY:
        with desk.writing() as connection:
            connection.execute(
                text("UPDATE sessions SET seen = :now WHERE key = :key"), {"now": encode_instant(now), "key": hash_key(key)}
            )
    return session


def list_sessions(desk: DeskFile, user: User) -> list[Session]:
    """A user's sessions, the last used first."""
    with desk.reading() as connection:
        rows = connection.execute(text(f"{_FIND} WHERE s.user_id = :id ORDER BY s.seen DESC"), {"id": user.id}).all()
    return [_read(row) for row in rows]


def end_session(desk: DeskFile, key: str, *, by: str) -> None:
    """Log out; the cookie is worth nothing from now on."""
    with desk.writing() as connection:
        gone = connection.execute(text("DELETE FROM sessions WHERE key = :key"), {"key": hash_key(key)}).rowcount
        if gone:
            write_audit(connection, desk.clock(), by, "logout")


def end_sessions_of(desk: DeskFile, user: User, *, by: str, only: str | None = None) -> int:
    """End a user's sessions, or the one with this id; returns how many."""
    with desk.writing() as connection:
        bound = {"id": user.id, "only": None if only is None else only + "%"}
        gone = connection.execute(
            text("DELETE FROM sessions WHERE user_id = :id AND (:only IS NULL OR key LIKE :only)"), bound
        ).rowcount
        if gone:
            write_audit(connection, desk.clock(), by, "sessions ended", {"user": user.name, "sessions": gone})
    return gone
