"""Who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from newsblotter.errors import UsageError
from newsblotter.web.access import UserRole, Visitor, check_start
from newsblotter.web.people import add_user, open_desk
from newsblotter.web.settings import WebSettings, is_loopback


def _checks(dependant: Any) -> Iterator[Any]:
    for one in dependant.dependencies:
        if hasattr(one.call, "required_role"):
            yield one.call.required_role
        yield from _checks(one)


def _routes(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _routes(included.routes)


def test_every_route_names_a_role(desk: TestClient) -> None:
    """Nothing is open because somebody forgot to close it."""
    routes = list(_routes(desk.app.routes))  # type: ignore[attr-defined]
    asking = [route for route in routes if isinstance(route, APIRoute)]
    assert len(asking) == len(routes) - 1  # our own files lie open
    assert [route.path for route in asking if not list(_checks(route.dependant))] == []


def test_a_role_holds_those_below() -> None:
    reviewer = Visitor("ada", UserRole.REVIEWER, "session")
    assert reviewer.may(UserRole.READER) and reviewer.may(UserRole.REVIEWER) and not reviewer.may(UserRole.ADMIN)
    assert not Visitor("", None, "nobody").may(UserRole.READER)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *(("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False)),
        *(("::", False), ("192.168.1.4", False), ("desk.example", False), ("", False), ("127.0.0.1.evil.example", False)),
    ],
)
def test_which_addresses_are_this_machine_alone(host: str, local: bool) -> None:
    assert is_loopback(host) is local


@pytest.mark.parametrize(
    "settings",
    [WebSettings(host="0.0.0.0"), WebSettings(allowed_hosts=("blotter.example",)), WebSettings(login=True)],
    ids=["other address", "other name", "asked for"],
)
def test_what_others_can_reach_asks_for_a_login(settings: WebSettings, tmp_path: Path) -> None:
    people = open_desk(tmp_path / "incidents.db")
    check_start(WebSettings(host="127.0.0.1"), people)
    with pytest.raises(UsageError, match="newsblotter user add"):
        check_start(settings, people)
    add_user(people, "ben", "reviewer", "correct horse battery", by="system")
    with pytest.raises(UsageError):
        check_start(settings, people)  # nobody who could let others in
    add_user(people, "ada", "admin", "correct horse battery", by="system")
    check_start(settings, people)
    people.close()
