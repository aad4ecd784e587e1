"""Log in, log out, and one's own account: password, sessions, tokens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from newsblotter.errors import UsageError
from newsblotter.web.access import SESSION_COOKIE, UserRole, Visitor, identify, open_to_all, require
from newsblotter.web.desk import desk_of
from newsblotter.web.faults import Refusal
from newsblotter.web.links import inward
from newsblotter.web.people import (
    BadLogin,
    TooManyTries,
    User,
    end_session,
    end_sessions_of,
    list_sessions,
    list_tokens,
    log_in,
    make_token,
    revoke_token,
    set_password,
    start_session,
)
from newsblotter.web.people.sessions import LONGEST
from newsblotter.web.render import render

router = APIRouter(include_in_schema=False)
_anybody = [open_to_all()]
_reader = require(UserRole.READER)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"


def is_encrypted(request: Request) -> bool:
    """Whether the browser reaches the desk by https, so that a cookie may be kept to it."""
    public = request.app.state.settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


@router.get("/login", dependencies=_anybody)
def show_login(request: Request) -> Response:
    """Ask for name and password; whoever is known already goes on."""
    on = inward(request.query_params.get("next"))
    if identify(request).role is not None:
        return RedirectResponse(on, 303)
    return render(request, "login.html", on=on, problem="", name="")


@router.post("/login", dependencies=_anybody)
def do_login(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=8_000)] = "",
    on: Annotated[str | None, Form(alias="next")] = None,
) -> Response:
    """Begin a session under a fresh key."""
    people = desk_of(request).people
    try:
        user = log_in(people, name, password, address_of(request))
    except BadLogin as error:
        return render(request, "login.html", status_code=401, on=inward(on), problem=str(error), name=name)
    except TooManyTries as error:
        headers = {"Retry-After": str(max(1, round(error.wait_s)))}
        return render(request, "login.html", status_code=429, headers=headers, on=inward(on), problem=str(error), name=name)
    key = start_session(
        people,
        user,
        address=address_of(request),
        agent=request.headers.get("user-agent"),
        old=request.cookies.get(SESSION_COOKIE),
    )
    response = RedirectResponse(inward(on), 303)
    response.set_cookie(
        SESSION_COOKIE, key, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=is_encrypted(request)
    )
    return response


@router.post("/logout", dependencies=_anybody)
def do_logout(request: Request) -> Response:
    """End the session; its key is worth nothing afterwards."""
    key = request.cookies.get(SESSION_COOKIE)
    if key:
        end_session(desk_of(request).people, key, by=identify(request).name or "somebody")
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=is_encrypted(request))
    return response


def _own(visitor: Visitor) -> User:
    """The user behind a visitor: a token may not manage the account that it belongs to.

    Raises:
        Refusal: There is none.
    """
    if visitor.user is None or visitor.how != "session":
        raise Refusal(403, "only somebody who logged in by name and password has an account here")
    return visitor.user


def _show(request: Request, visitor: Visitor, status_code: int = 200, **more: Any) -> HTMLResponse:
    people, user = desk_of(request).people, _own(visitor)
    parts = {"problem": "", "done": "", "key": "", **more}
    tokens = [token for token in list_tokens(people, user) if token.revoked is None]
    return render(
        request, "account.html", status_code=status_code, user=user, sessions=list_sessions(people, user), tokens=tokens, **parts
    )


@router.get("/account")
def show_account(request: Request, visitor: Annotated[Visitor, _reader]) -> Response:
    """One's own account."""
    return _show(request, visitor)


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: Annotated[Visitor, _reader],
    old: Annotated[str, Form(max_length=8_000)] = "",
    new: Annotated[str, Form(max_length=8_000)] = "",
) -> Response:
    """Another password, for whoever knows the old one; every session ends and one begins."""
    people, user = desk_of(request).people, _own(visitor)
    try:
        log_in(people, user.name, old, address_of(request))
        set_password(people, user.name, new, by=user.name)
    except (BadLogin, UsageError, TooManyTries) as error:
        return _show(request, visitor, 400, problem=str(error))
    response = RedirectResponse("/account", 303)
    key = start_session(people, user, address=address_of(request), agent=request.headers.get("user-agent"))
    response.set_cookie(
        SESSION_COOKIE, key, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=is_encrypted(request)
    )
    return response


@router.post("/account/sessions/end")
def end_sessions(
    request: Request,
    visitor: Annotated[Visitor, _reader],
    session: Annotated[str | None, Form(max_length=64)] = None,
) -> Response:
    """End one session, or all."""
    user = _own(visitor)
    end_sessions_of(desk_of(request).people, user, by=user.name, only=session or None)
    return RedirectResponse("/account", 303)


@router.post("/account/tokens")
def add_token(
    request: Request,
    visitor: Annotated[Visitor, _reader],
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[str, Form(max_length=20)] = "reader",
    days: Annotated[int | None, Form(ge=1, le=3_650)] = None,
) -> Response:
    """A key for a program; shown on the page that answers, and never again."""
    user = _own(visitor)
    try:
        _, key = make_token(desk_of(request).people, user, name, role=role, days=days, by=user.name)
    except UsageError as error:
        return _show(request, visitor, 400, problem=str(error))
    return _show(request, visitor, key=key)


@router.post("/account/tokens/revoke")
def drop_token(request: Request, visitor: Annotated[Visitor, _reader], token: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Make a key worthless."""
    user = _own(visitor)
    revoke_token(desk_of(request).people, token, by=user.name, user=user)
    return RedirectResponse("/account", 303)
