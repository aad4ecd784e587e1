"""Users and their passwords.

Passwords are hashed with Argon2id (RFC 9106) at the library's defaults. A login for a name that nobody has takes as long
as one with a wrong password, and both say the same.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from secrets import token_hex, token_urlsafe
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, text

from newsblotter.errors import MissingExtra, NewsblotterError, UsageError
from newsblotter.tables import encode_instant
from newsblotter.web.people.audit import write_audit
from newsblotter.web.people.desk_file import DeskFile
from newsblotter.web.people.throttle import check_tries, count_failure, forget_failures

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ROLES = ("reader", "reviewer", "admin")  # each may do what those before it may
SHORTEST_PASSWORD = 12
BESIDE_THE_NAME = 8  # characters that are left when the user's name is taken out
LONGEST_PASSWORD = 1_024  # characters; hashing takes time by the letter
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_AT_ONCE = threading.BoundedSemaphore(2)  # each hash takes 64 MiB: a flood of logins must not take the machine's memory


class BadLogin(NewsblotterError):
    """Name and password do not belong together, or the user may not log in."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use the desk."""

    id: str
    name: str  # lower case
    role: str  # one of ROLES
    active: bool  # False: may not log in any more; what they did stays theirs

    def may(self, role: str) -> bool:
        """Whether they may do what takes this role."""
        return self.active and ROLES.index(self.role) >= ROLES.index(role)


def need_hashing() -> None:
    """Make sure that passwords can be hashed; worth asking before somebody types one.

    Raises:
        MissingExtra: argon2-cffi is not installed.
    """
    if find_spec("argon2") is None:
        raise MissingExtra("Passwords need argon2-cffi: pip install 'newsblotter[web]'")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    need_hashing()
    from argon2 import PasswordHasher

    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash(token_urlsafe())


def fold_name(name: str) -> str:
    """A user's name as it is kept.

    Raises:
        UsageError: It is no name: letters a to z, digits, and . _ - between them, at most 64.
    """
    folded = name.strip().lower()
    if not _NAME.fullmatch(folded):
        raise UsageError(f"{name!r}: a user's name is letters, digits and . _ - between them, at most 64")
    return folded


def _check_role(role: str) -> str:
    if role not in ROLES:
        raise UsageError(f"{role!r}: a role is one of {', '.join(ROLES)}")
    return role


def _hash_password(password: str, name: str) -> str:
    password = unicodedata.normalize("NFKC", password)
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"a password has at least {SHORTEST_PASSWORD} characters; several words are easy to remember")
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(f"a password has at most {LONGEST_PASSWORD} characters")
    if len(password.lower().replace(name, "")) < BESIDE_THE_NAME:
        raise UsageError("the password is little more than the name; choose another")
    if len(set(password)) < 5:
        raise UsageError("the password repeats a few characters; choose another")
    with _AT_ONCE:
        return _hasher().hash(password)


def _matches(stored: str | None, password: str) -> bool:
    need_hashing()
    from argon2.exceptions import InvalidHashError, VerificationError

    password = unicodedata.normalize("NFKC", password[: 4 * LONGEST_PASSWORD])
    if len(password) > LONGEST_PASSWORD:
        password = ""
    with _AT_ONCE:
        try:
            return _hasher().verify(stored or _nobodys_hash(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def read_user(row: Row[Any]) -> User:
    """The user of a row of ``users``."""
    return User(row.id, row.name, row.role, bool(row.active))


def find_user(connection: Connection, name: str) -> User | None:
    """The user of this name, None if there is none."""
    row = connection.execute(text("SELECT * FROM users WHERE name = :name"), {"name": name.strip().lower()}).first()
    return None if row is None else read_user(row)


def list_users(connection: Connection) -> list[User]:
    """Everybody, by name."""
    return [read_user(row) for row in connection.execute(text("SELECT * FROM users ORDER BY name"))]


def add_user(desk: DeskFile, name: str, role: str, password: str, *, by: str) -> User:
    """Let somebody in.

    Raises:
        UsageError: The name is taken or no name, the role is none, the password is too weak.
    """
    name, role = fold_name(name), _check_role(role)
    hashed = _hash_password(password, name)
    user = User("u" + token_hex(8), name, role, True)
    now = desk.clock()
    with desk.writing() as connection:
        if find_user(connection, name) is not None:
            raise UsageError(
                f"there is a user {name} already; give them another role with: newsblotter user change {name} --role {role}"
            )
        connection.execute(
            text("INSERT INTO users VALUES (:id, :name, :role, :password, 1, :now)"),
            {"id": user.id, "name": name, "role": role, "password": hashed, "now": encode_instant(now)},
        )
        write_audit(connection, now, by, "user added", {"user": name, "role": role})
    return user


def change_user(desk: DeskFile, name: str, *, by: str, role: str | None = None, active: bool | None = None) -> User:
    """Give somebody another role, shut them out, or let them in again; their sessions end where they may do less.

    Raises:
        UsageError: There is no such user, or nobody would be left who may let others in.
    """
    if role is not None:
        _check_role(role)
    now = desk.clock()
    with desk.writing() as connection:
        user = find_user(connection, name)
        if user is None:
            raise UsageError(f"there is no user {name}; newsblotter user list names them all")
        new = User(user.id, user.name, role or user.role, user.active if active is None else active)
        if new == user:
            return user
        connection.execute(
            text("UPDATE users SET role = :role, active = :active WHERE id = :id"),
            {"role": new.role, "active": int(new.active), "id": user.id},
        )
        if user.may("admin") and not any(one.may("admin") for one in list_users(connection)):
            raise UsageError(f"{user.name} is the last admin; make another one first")
        if not new.may(user.role):
            _end_all(connection, user.id)
        write_audit(connection, now, by, "user changed", {"user": user.name, "role": new.role, "active": new.active})
    return new


def set_password(desk: DeskFile, name: str, password: str, *, by: str) -> None:
    """Give somebody another password; all their sessions end.

    Raises:
        UsageError: There is no such user, or the password is too weak.
    """
    now = desk.clock()
    with desk.reading() as connection:
        user = find_user(connection, name)
    if user is None:
        raise UsageError(f"there is no user {name}")
    hashed = _hash_password(password, user.name)
    with desk.writing() as connection:
        connection.execute(text("UPDATE users SET password = :password WHERE id = :id"), {"password": hashed, "id": user.id})
        _end_all(connection, user.id)
        forget_failures(connection, user.name)
        write_audit(connection, now, by, "password set", {"user": user.name})


def _end_all(connection: Connection, user_id: str) -> None:
    connection.execute(text("DELETE FROM sessions WHERE user_id = :id"), {"id": user_id})


def log_in(desk: DeskFile, name: str, password: str, address: str) -> User:
    """Who somebody is, by name and password.

    Args:
        desk: The desk file.
        name: As typed.
        password: As typed.
        address: Where they come from, for counting failures.

    Raises:
        TooManyTries: The account or the address failed too often; nothing was looked at.
        BadLogin: It is not them. The same words for a wrong name, a wrong password and a user shut out.
    """
    keys = {"name": name.strip().lower()[:64], "address": address}
    now = desk.clock()
    with desk.writing() as connection:  # counted before the hash is computed, so that tries at the same time all count
        check_tries(connection, keys, now)
        count_failure(connection, keys, now)
        row = connection.execute(text("SELECT * FROM users WHERE name = :name"), {"name": keys["name"]}).first()
    matches = _matches(row.password if row is not None else None, password)
    with desk.writing() as connection:
        if row is None or not matches or not row.active:
            write_audit(connection, now, "system", "login refused", {"user": keys["name"], "address": address})
            refused = True
        else:
            refused = False
            _settle_login(connection, row, password, keys, now)
    if refused:
        raise BadLogin("name or password is wrong")
    assert row is not None
    return read_user(row)


def _settle_login(connection: Connection, row: Row[Any], password: str, keys: dict[str, str], now: datetime) -> None:
    forget_failures(connection, row.name)
    connection.execute(
        text("UPDATE tries SET failures = failures - 1 WHERE key = :key"), {"key": f"address:{keys['address']}"}
    )  # this one was none
    if _hasher().check_needs_rehash(row.password):
        hashed = _hasher().hash(unicodedata.normalize("NFKC", password))
        connection.execute(text("UPDATE users SET password = :password WHERE id = :id"), {"password": hashed, "id": row.id})
    write_audit(connection, now, row.name, "login", {"address": keys["address"]})
