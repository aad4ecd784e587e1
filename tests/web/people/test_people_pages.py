"""Logging in and out, one's account, and which role gets which page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra newsblotter[web]")

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from newsblotter.store import open_store
from newsblotter.web.access import SESSION_COOKIE, UserRole
from newsblotter.web.people import DeskFile, add_user, change_user, find_user, list_users, make_token, open_desk, start_session

WORDS = "correct horse battery"
ROLES = ("reader", "reviewer", "admin")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "incidents.db"
    open_store(str(place)).close()
    return place


@pytest.fixture
def people(path: Path) -> Iterator[DeskFile]:
    opened = open_desk(path)
    for role in ROLES:
        add_user(opened, f"the-{role}", role, WORDS, by="system")
    yield opened
    opened.close()


@pytest.fixture
def client(serve: Callable[..., TestClient], path: Path, people: DeskFile) -> TestClient:
    return serve(path, login=True)


def _log_in(client: TestClient, role: str, on: str = "/alerts") -> Any:
    return client.post("/login", data={"name": f"the-{role}", "password": WORDS, "next": on})


def test_a_stranger_is_asked_to_log_in_and_comes_back_where_they_were_going(client: TestClient) -> None:
    asked = client.get("/alerts?x=1")
    assert asked.status_code == 303 and asked.headers["location"] == "/login?next=/alerts%3Fx%3D1"
    assert client.get(asked.headers["location"]).status_code == 200
    entered = _log_in(client, "reader", "/alerts?x=1")
    assert entered.status_code == 303 and entered.headers["location"] == "/alerts?x=1"
    assert client.get("/alerts").status_code == 200


def test_a_program_is_told_in_json(client: TestClient) -> None:
    refused = client.get("/alerts", headers={"accept": "application/json"})
    assert refused.status_code == 401 and refused.json()["error"]["code"] == "not_logged_in"


@pytest.mark.parametrize("on", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nb"])
def test_login_leads_nowhere_else(client: TestClient, on: str) -> None:
    assert _log_in(client, "reader", on).headers["location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    cookie = _log_in(client, "reader").headers["set-cookie"].lower()
    assert SESSION_COOKIE in cookie and "httponly" in cookie and "samesite=lax" in cookie


def test_a_cookie_planted_before_the_login_is_not_taken_over(client: TestClient) -> None:
    client.cookies.set(SESSION_COOKIE, "planted-by-somebody")
    entered = _log_in(client, "reader")
    assert "planted-by-somebody" not in entered.headers["set-cookie"]


def test_an_old_cookie_is_worth_nothing_after_logout(client: TestClient) -> None:
    _log_in(client, "reader")
    key = client.cookies[SESSION_COOKIE]
    assert client.post("/logout").status_code == 303
    client.cookies.set(SESSION_COOKIE, key)
    assert client.get("/alerts").status_code == 303


def test_guessing_is_answered_with_429(client: TestClient) -> None:
    codes = [client.post("/login", data={"name": "the-admin", "password": f"guess {n}"}).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]


def test_another_sites_form_does_nothing(client: TestClient, people: DeskFile) -> None:
    _log_in(client, "admin")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}):
        sent = client.post("/people", data={"name": "mallory", "role": "admin", "password": WORDS}, headers=headers)
        assert sent.status_code == 403
    with people.reading() as connection:
        assert len(list_users(connection)) == 3


def _routes(app: Any) -> Iterator[APIRoute]:
    def walk(routes: Any) -> Iterator[Any]:
        for route in routes:
            inner = getattr(route, "original_router", None)
            yield from walk(inner.routes) if inner is not None else [route]

    yield from (route for route in walk(app.routes) if isinstance(route, APIRoute))


def _required(dependant: Any) -> list[UserRole]:
    own = [one.call.required_role for one in dependant.dependencies if getattr(one.call, "required_role", None) is not None]
    return own + [role for one in dependant.dependencies for role in _required(one)]


def _hold(client: TestClient, people: DeskFile, role: str | None) -> tuple[UserRole | None, dict[str, str]]:
    """What somebody may do, and the headers of their requests: an admin's lesser key may look, who was shut out may nothing."""
    headers = {"accept": "application/json"}
    if role == "lesser key":
        with people.reading() as connection:
            admin = find_user(connection, "the-admin")
        assert admin is not None
        key = make_token(people, admin, "a script", role="reader", by="system")[1]
        return UserRole.READER, {**headers, "authorization": f"Bearer {key}"}
    if role == "shut out":
        gone = add_user(people, "the-gone", "admin", WORDS, by="system")
        client.cookies.set(SESSION_COOKIE, start_session(people, gone))
        key = make_token(people, gone, "a script", by="system")[1]
        change_user(people, "the-gone", active=False, by="system")
        return None, {**headers, "authorization": f"Bearer {key}"}
    return UserRole[role.upper()] if role else None, headers


@pytest.mark.parametrize("role", [None, *ROLES, "lesser key", "shut out"])
def test_every_route_holds_against_every_role(client: TestClient, people: DeskFile, role: str | None) -> None:
    """Below the role that a route names: 401 or 403 and nothing else; from it on: neither."""
    own, headers = _hold(client, people, role)
    with people.reading() as connection:
        user = find_user(connection, f"the-{role}") if role in ROLES else None
    tried = 0
    for route in _routes(client.app):
        path = re.sub(r"\{[^}]*\}", "none", route.path)
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            if user is not None:
                client.cookies.set(SESSION_COOKIE, start_session(people, user))  # a route may end the session
            answered = client.request(method, path, headers=headers)
            needed = max(_required(route.dependant), default=None)
            where = f"{method} {path} as {role}: {answered.status_code} {answered.text[:200]}"
            if needed is None:
                assert answered.status_code < 500, where
            elif own is None:
                assert answered.status_code == 401, where
            elif own < needed:
                assert answered.status_code == 403, where
            else:
                assert answered.status_code not in (401, 403) or "account here" in answered.text, where
            tried += 1
    assert tried > 20


def test_an_admin_lets_in_and_shuts_out(client: TestClient, people: DeskFile) -> None:
    _log_in(client, "admin")
    assert client.post("/people", data={"name": "Cleo", "role": "reviewer", "password": WORDS}).status_code == 303
    assert "cleo" in client.get("/people").text
    assert client.post("/people/cleo", data={"active": "false"}).status_code == 303
    with people.reading() as connection:
        cleo = next(user for user in list_users(connection) if user.name == "cleo")
    assert not cleo.active and cleo.role == "reviewer"
    refused = client.post("/people/the-admin", data={"role": "reader"})
    assert refused.status_code == 400 and "last admin" in refused.text
    told = client.get("/audit").text
    assert "user added" in told and "user changed" in told and WORDS not in told


def test_the_account_changes_password_and_ends_sessions(client: TestClient) -> None:
    _log_in(client, "reader")
    wrong = client.post("/account/password", data={"old": "not the one", "new": "another good sentence"})
    assert wrong.status_code == 400
    changed = client.post("/account/password", data={"old": WORDS, "new": "another good sentence"})
    assert changed.status_code == 303 and client.get("/account").status_code == 200
    client.post("/account/sessions/end")
    assert client.get("/account").status_code == 303
    assert client.post("/login", data={"name": "the-reader", "password": WORDS}).status_code == 401
    assert client.post("/login", data={"name": "the-reader", "password": "another good sentence"}).status_code == 303


def test_a_key_for_a_program_works_until_it_is_revoked(client: TestClient) -> None:
    _log_in(client, "reviewer")
    shown = client.post("/account/tokens", data={"name": "<b>script</b>", "role": "reader", "days": "30"}).text
    key = re.search(r"nbk_[\w-]+", shown)
    assert key is not None and "<b>script" not in shown
    assert key[0] not in client.get("/account").text
    client.cookies.clear()
    bearer = {"authorization": f"Bearer {key[0]}"}
    assert client.get("/alerts", headers=bearer).status_code == 200
    assert client.get("/people", headers=bearer).status_code == 403
    assert client.get("/account", headers=bearer).status_code == 403  # a key does not manage its account
    assert client.get("/alerts", headers={"authorization": "Bearer nbk_wrong", "accept": "application/json"}).status_code == 401
    _log_in(client, "reviewer")
    token = re.search(r'name="token" value="(\w+)"', client.get("/account").text)
    assert token is not None
    client.post("/account/tokens/revoke", data={"token": token[1]})
    client.cookies.clear()
    assert client.get("/alerts", headers={**bearer, "accept": "application/json"}).status_code == 401


def test_nobody_sees_another_ones_alerts(client: TestClient, people: DeskFile) -> None:
    _log_in(client, "reviewer")
    saved = client.post("/alerts", data={"name": "Mine", "query": "type=robbery", "channel": "feed"})
    assert saved.status_code == 303
    place = re.search(r'href="(/alerts/s\w+)"', client.get("/alerts").text)
    assert place is not None
    client.post("/logout")
    _log_in(client, "reader")
    assert "Mine" not in client.get("/alerts").text
    for method, address in (("GET", place[1]), ("POST", place[1]), ("POST", f"{place[1]}/forget")):
        assert client.request(method, address).status_code == 404
    assert client.get("/api/alerts").json() == {"alerts": []}
    for method, body in (("GET", None), ("PATCH", {"active": False}), ("DELETE", None)):
        assert client.request(method, f"/api{place[1]}", json=body).status_code == 404
    client.post("/logout")
    _log_in(client, "reviewer")
    [kept] = client.get("/api/alerts").json()["alerts"]
    assert kept["name"] == "Mine" and kept["active"]


def test_a_feed_is_read_with_its_whole_address_alone(client: TestClient) -> None:
    _log_in(client, "reader")
    client.post("/alerts", data={"name": "Feed & more", "query": "", "channel": "feed", "watch": ["killed", "loot"]})
    place = re.search(r'href="http://[^/]+(/feeds/[^"]+\.rss)"', client.get("/alerts").text)
    assert place is not None
    client.cookies.clear()
    feed = client.get(place[1])
    assert feed.status_code == 200 and b"Feed &amp; more" in feed.content
    assert client.get(place[1].replace(".rss", "x.rss")).status_code == 404


def test_an_alert_that_cannot_be_keeps_what_was_typed(client: TestClient) -> None:
    _log_in(client, "reader")
    answered = client.post(
        "/alerts",
        data={"name": "Near <Lyon>", "channel": "webhook", "target": "http://127.0.0.1:1/", "zone": "Nowhere", "watch": "loot"},
    )
    assert answered.status_code == 400
    assert "Near &lt;Lyon&gt;" in answered.text and "Nowhere" in answered.text


def test_on_this_machine_nobody_is_asked(serve: Callable[..., TestClient], path: Path) -> None:
    client = serve(path)
    assert client.get("/alerts").status_code == 200
    assert client.get("/people").status_code == 200
