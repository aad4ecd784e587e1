"""For admins: who may use the desk, and the log of what they did."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from newsblotter.errors import UsageError
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.desk import desk_of
from newsblotter.web.people import ROLES, add_user, change_user, list_audit, list_users, set_password, verify_audit
from newsblotter.web.render import render

AUDIT_PAGE = 100

router = APIRouter(include_in_schema=False)
_admin = require(UserRole.ADMIN)


def _show(request: Request, status_code: int = 200, **more: Any) -> HTMLResponse:
    with desk_of(request).people.reading() as connection:
        users = list_users(connection)
    parts = {"problem": "", "typed": "", **more}
    return render(request, "people.html", status_code=status_code, users=users, roles=ROLES, **parts)


@router.get("/people")
def show_people(request: Request, visitor: Annotated[Visitor, _admin]) -> Response:
    """Everybody who may use the desk."""
    return _show(request)


@router.post("/people")
def let_in(
    request: Request,
    visitor: Annotated[Visitor, _admin],
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[str, Form(max_length=20)] = "reader",
    password: Annotated[str, Form(max_length=8_000)] = "",
) -> Response:
    """Let somebody in."""
    try:
        add_user(desk_of(request).people, name, role, password, by=visitor.name)
    except UsageError as error:
        return _show(request, 400, problem=str(error), typed=name)
    return RedirectResponse("/people", 303)


@router.post("/people/{name}")
def change(
    request: Request,
    visitor: Annotated[Visitor, _admin],
    name: str,
    role: Annotated[str | None, Form(max_length=20)] = None,
    active: Annotated[bool | None, Form()] = None,
    password: Annotated[str, Form(max_length=8_000)] = "",
) -> Response:
    """Another role or password for somebody, or shut them out."""
    people = desk_of(request).people
    try:
        if password:
            set_password(people, name, password, by=visitor.name)
        change_user(people, name, role=role, active=active, by=visitor.name)
    except UsageError as error:
        return _show(request, 400, problem=str(error))
    return RedirectResponse("/people", 303)


@router.get("/audit")
def show_audit(
    request: Request, visitor: Annotated[Visitor, _admin], before: Annotated[int | None, Query(ge=1, le=1 << 53)] = None
) -> Response:
    """What people did, the newest first, and whether the log is whole."""
    with desk_of(request).people.reading() as connection:
        entries = list_audit(connection, AUDIT_PAGE, before)
        state = verify_audit(connection) if before is None else None
    more = entries[-1].number if len(entries) == AUDIT_PAGE and entries[-1].number > 1 else None
    told = [(entry, json.loads(entry.data)) for entry in entries]
    return render(request, "audit.html", entries=told, state=state, more=more)
