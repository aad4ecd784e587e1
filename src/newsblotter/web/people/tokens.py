"""Keys for programs that use the API in a user's name. Shown once, kept as a hash, revocable one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any

from sqlalchemy import Row, text

from newsblotter.errors import UsageError
from newsblotter.tables import decode_instant, encode_instant
from newsblotter.web.people.audit import write_audit
from newsblotter.web.people.desk_file import DeskFile
from newsblotter.web.people.sessions import hash_key
from newsblotter.web.people.users import ROLES, User, read_user

PREFIX = "nbk_"  # so that scanners for leaked secrets can know one
USED_EVERY = timedelta(hours=1)  # how finely ``used`` is kept
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key, without the key."""

    id: str
    name: str  # what it is for
    user: User  # with the token's role where that is less than the user's
    made_at: datetime
    expires: datetime | None
    used: datetime | None  # the last time, to the hour
    revoked: datetime | None


def _read(row: Row[Any]) -> Token:
    owner = read_user(row)
    role = min(owner.role, row.token_role, key=ROLES.index)
    made_at = decode_instant(row.token_made_at)
    assert made_at is not None
    return Token(
        row.token_id,
        row.token_name,
        User(owner.id, owner.name, role, owner.active),
        made_at,
        decode_instant(row.expires),
        decode_instant(row.used),
        decode_instant(row.revoked),
    )


_FIND = (
    "SELECT t.id AS token_id, t.name AS token_name, t.role AS token_role, t.made_at AS token_made_at,"
    " t.expires, t.used, t.revoked, u.*"
    " FROM tokens t JOIN users u ON u.id = t.user_id"
)


def make_token(
    desk: DeskFile, user: User, name: str, *, role: str | None = None, days: int | None = None, by: str
) -> tuple[Token, str]:
    """Make a key for a program.

    Args:
        desk: The desk file.
        user: In whose name it acts.
        name: What it is for.
        role: What it may do; None: all that its user may.
        days: After how many days it ends; None: never.
        by: Who makes it.

    Returns:
        The token, and the key: it is shown now and never again.

    Raises:
        UsageError: The role is more than the user's, or the name is empty.
    """
    role = role or user.role
    if role not in ROLES or not user.may(role):
        raise UsageError(f"{user.name} is {user.role}; a token cannot be {role}")
    if not name.strip():
        raise UsageError("a token needs a name that says what it is for")
    if days is not None and days < 1:
        raise UsageError("a token lasts at least one day")
    key, token_id, now = PREFIX + token_urlsafe(32), "t" + token_hex(6), desk.clock()
    expires = None if days is None else now + timedelta(days=days)
    name = " ".join(name.split())[:LONGEST_NAME]
    with desk.writing() as connection:
        connection.execute(
            text("INSERT INTO tokens VALUES (:id, :key, :user, :name, :role, :now, :expires, NULL, NULL)"),
            {
                "id": token_id,
                "key": hash_key(key),
                "user": user.id,
                "name": name,
                "role": role,
                "now": encode_instant(now),
                "expires": encode_instant(expires),
            },
        )
        write_audit(connection, now, by, "token made", {"token": token_id, "user": user.name, "role": role, "name": name})
    return Token(token_id, name, User(user.id, user.name, role, True), now, expires, None, None), key


def find_token(desk: DeskFile, key: str | None) -> Token | None:
    """The token of a key, None when it was revoked, ran out, or never was."""
    if not key or not key.startswith(PREFIX) or len(key) > 100:
        return None
    now = desk.clock()
    with desk.reading() as connection:
        row = connection.execute(text(f"{_FIND} WHERE t.key = :key"), {"key": hash_key(key)}).first()
    if row is None:
        return None
    token = _read(row)
    if token.revoked or not token.user.active or (token.expires is not None and token.expires <= now):
        return None
    if token.used is None or now - token.used > USED_EVERY:
        with desk.writing() as connection:
            connection.execute(text("UPDATE tokens SET used = :now WHERE id = :id"), {"now": encode_instant(now), "id": token.id})
    return token


def list_tokens(desk: DeskFile, user: User | None = None) -> list[Token]:
    """A user's tokens, or everybody's, the newest first; revoked ones are among them."""
    with desk.reading() as connection:
        rows = connection.execute(
            text(f"{_FIND} WHERE :id IS NULL OR t.user_id = :id ORDER BY t.made_at DESC, t.id"), {"id": user and user.id}
        ).all()
    return [_read(row) for row in rows]


def revoke_token(desk: DeskFile, token_id: str, *, by: str, user: User | None = None) -> None:
    """Make a key worthless.

    Args:
        desk: The desk file.
        token_id: Which.
        by: Who revokes it.
        user: Only if it is theirs; None: anybody's.

    Raises:
        UsageError: There is none of this id that still works.
    """
    now = desk.clock()
    with desk.writing() as connection:
        bound = {"id": token_id, "user": user and user.id, "now": encode_instant(now)}
        gone = connection.execute(
            text("UPDATE tokens SET revoked = :now WHERE id = :id AND revoked IS NULL AND (:user IS NULL OR user_id = :user)"),
            bound,
        ).rowcount
        if not gone:
            raise UsageError(f"there is no token {token_id} to revoke")
        write_audit(connection, now, by, "token revoked", {"token": token_id})
