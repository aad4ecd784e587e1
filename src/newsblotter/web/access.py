"""Who asks, and what they may do.

    router = APIRouter(dependencies=[require(UserRole.REVIEWER)])

Every route hangs below a ``require`` or says ``open_to_all``; a test walks them all. Where only this machine can reach the
desk, whoever asks may do everything, under the name of the login.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from newsblotter.errors import UsageError
from newsblotter.web.faults import Refusal
from newsblotter.web.people import DeskFile, User, find_session, find_token, list_users
from newsblotter.web.settings import WebSettings, is_loopback

SESSION_COOKIE = "newsblotter_session"


class UserRole(IntEnum):
    """What somebody may do; each may do what those below may."""

    READER = 1
    REVIEWER = 2
    ADMIN = 3

    @classmethod
    def of(cls, user: User) -> UserRole:
        """The role of somebody who is written down."""
        return cls[user.role.upper()]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request."""

    name: str  # what a judgement is signed with
    role: UserRole | None  # None: nobody we know
    how: str  # local, session, token, nobody
    user: User | None = None  # None: local, or nobody

    def may(self, role: UserRole) -> bool:
        """Whether this role's doings are theirs."""
        return self.role is not None and self.role >= role


NOBODY = Visitor("", None, "nobody")


def identify(request: Request) -> Visitor:
    """Who asks, found once for a request."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is None:
        found = _find_visitor(request)
        request.state.visitor = found
    return found


async def recognise(request: Request) -> Visitor:
    """Who asks, from within the event loop: only what has to be looked up is given to a thread."""
    plain = request.app.state.settings.is_local and "authorization" not in request.headers
    known = plain or getattr(request.state, "visitor", None) is not None
    return identify(request) if known else await run_in_threadpool(identify, request)


def _find_visitor(request: Request) -> Visitor:
    """By a program's token, by the session of a browser, or by sitting at this machine."""
    settings: WebSettings = request.app.state.settings
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = find_token(request.app.state.desk.people, key.strip())
        return NOBODY if token is None else Visitor(token.user.name, UserRole.of(token.user), "token", token.user)
    if settings.is_local:
        return Visitor(settings.user or login_name(), UserRole.ADMIN, "local")
    session = find_session(request.app.state.desk.people, request.cookies.get(SESSION_COOKIE))
    return NOBODY if session is None else Visitor(session.user.name, UserRole.of(session.user), "session", session.user)


def login_name() -> str:
    """The name of whoever started the desk."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def require(role: UserRole) -> Any:
    """A dependency that lets in whoever has this role or a higher one.

    Raises:
        Refusal: 401 to strangers, 403 to those whose role is too low.
    """

    async def check(request: Request) -> Visitor:
        visitor = await recognise(request)
        if visitor.may(role):
            return visitor
        if visitor.role is None:
            raise Refusal(401, "log in first", headers={"WWW-Authenticate": "Bearer"})
        raise Refusal(403, f"that takes the role {role.name.lower()}; yours is {visitor.role.name.lower()}")

    check.required_role = role  # type: ignore[attr-defined]  # tests read it off the routes
    return Depends(check)


def open_to_all() -> Any:
    """A dependency that lets everybody in: said aloud, so that no route is open because somebody forgot."""

    async def check(request: Request) -> Visitor:
        return await recognise(request)

    check.required_role = None  # type: ignore[attr-defined]
    return Depends(check)


def check_start(settings: WebSettings, people: DeskFile) -> None:
    """Refuse to serve other machines without a login.

    Raises:
        UsageError: The desk can be reached from outside and nobody could let others in.
    """
    if settings.is_local:
        return
    with people.reading() as connection:
        admins = [user for user in list_users(connection) if user.may("admin")]
    if not admins:
        reached = settings.host if not is_loopback(settings.host) else ", ".join(settings.allowed_hosts) or settings.host
        raise UsageError(
            f"{reached} can be reached from other machines, and nobody is written down who may log in; "
            f"begin with: newsblotter user add NAME --role admin --store {settings.store}"
        )
