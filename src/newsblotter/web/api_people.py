"""Who asks, and for admins: who may use the desk, and the log. Passwords, logins and keys stay with people at their own pages."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from newsblotter.tables import encode_instant
from newsblotter.web import schemas
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.api import DeskOf
from newsblotter.web.people import AuditEntry, User, add_user, change_user, list_audit, list_users, set_password, verify_audit
from newsblotter.web.schemas import responses

MOST_ENTRIES = 1_000  # of the log in one answer

router = APIRouter(prefix="/api", tags=["people"])
Admin = Annotated[Visitor, require(UserRole.ADMIN)]
RoleName = Literal["reader", "reviewer", "admin"]
Password = Annotated[str, Field(max_length=8_000, description="at least 12 characters")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserBody(_Body):
    """Somebody who may use the desk from now on."""

    name: str = Field(min_length=1, max_length=200)
    role: RoleName = "reader"
    password: Password


class UserChangeBody(_Body):
    """What changes about a user; what is null stays."""

    role: RoleName | None = None
    active: bool | None = Field(None, description="false: shut out")
    password: Password | None = None


@router.get("/me", responses=responses("who asks, in which role", schemas.VISITOR))
def show_me(visitor: Annotated[Visitor, require(UserRole.READER)]) -> dict[str, Any]:
    """Under which name and role you ask."""
    assert visitor.role is not None
    return {"name": visitor.name, "role": visitor.role.name.lower(), "how": visitor.how}


@router.get("/users", responses=responses("everybody who may use the desk", schemas.USERS))
def list_all(desk: DeskOf, visitor: Admin) -> dict[str, Any]:
    """Everybody who is written down."""
    with desk.people.reading() as connection:
        return {"users": [_describe(user) for user in list_users(connection)]}


@router.post("/users", status_code=201, responses=responses("the user", schemas.USER, status=201))
def add(desk: DeskOf, visitor: Admin, body: UserBody) -> dict[str, Any]:
    """Let somebody in."""
    return _describe(add_user(desk.people, body.name, body.role, body.password, by=visitor.name))


@router.patch("/users/{name}", responses=responses("the user", schemas.USER))
def change(desk: DeskOf, visitor: Admin, name: str, body: UserChangeBody) -> dict[str, Any]:
    """Another role or password for somebody, or shut them out; their logins end where they may do less."""
    if body.password is not None:
        set_password(desk.people, name, body.password, by=visitor.name)
    return _describe(change_user(desk.people, name, role=body.role, active=body.active, by=visitor.name))


@router.get("/audit", responses=responses("entries, the newest first", schemas.AUDIT))
def show_audit(
    desk: DeskOf,
    visitor: Admin,
    before: Annotated[int | None, Query(ge=1, lt=1 << 53, description="only entries of a lower number")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES, description="how many at most")] = 100,
    expect: Annotated[str | None, Query(max_length=64, description="a hash noted earlier: it must still stand in the log")] = None,
) -> dict[str, Any]:
    """What people did; the first page says whether the log is whole. Note ``state.head`` elsewhere: only so a cut end is seen."""
    with desk.people.reading() as connection:
        entries = list_audit(connection, limit, before)
        state = verify_audit(connection, expect) if before is None else None
    more = len(entries) == limit and entries[-1].number > 1
    return {
        "entries": [_describe_entry(entry) for entry in entries],
        "next": entries[-1].number if more else None,
        "state": asdict(state) if state is not None else None,
    }


def _describe(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "active": user.active}


def _describe_entry(entry: AuditEntry) -> dict[str, Any]:
    return {**asdict(entry), "at": encode_instant(entry.at), "data": json.loads(entry.data)}
