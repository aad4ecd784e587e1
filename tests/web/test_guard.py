"""What every request passes and what every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from newsblotter.web.guard import write_policy

Serve = Callable[..., TestClient]


@pytest.fixture
def empty(serve: Serve, tmp_path: Path) -> TestClient:
    return serve(tmp_path / "none.db", allowed_hosts=("desk.example",), body_bytes=1000, upload_bytes=5000)


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:1", "[::1]:8765", "desk.example", "desk.example.:443"])
def test_known_hosts_are_answered(empty: TestClient, host: str) -> None:
    assert empty.get("/static/desk.css", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example:8765", "", "127.0.0.1:x", "[::2]"]
)
def test_other_hosts_are_not(empty: TestClient, host: str) -> None:
    """DNS rebinding: a page of another site whose name leads to this machine."""
    answer = empty.get("/static/desk.css", headers={"host": host})
    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8765"}, False),
        ({"origin": "http://127.0.0.1:8765"}, True),
        ({"origin": "http://127.0.0.1:9999"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),  # no browser
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_unsafe_methods_come_from_our_pages(empty: TestClient, method: str, headers: dict[str, str], allowed: bool) -> None:
    answer = empty.request(method, "/preferences", data={"theme": "dark"}, headers=headers)
    assert (answer.status_code != 403) is allowed


def test_another_site_may_link_to_us(empty: TestClient) -> None:
    assert empty.get("/static/desk.css", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_bodies_have_a_size(empty: TestClient, told: bool) -> None:
    body = b"theme=dark&next=" + b"x" * 2000
    content = body if told else iter([body[:900], body[900:]])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert empty.post("/preferences", content=content, headers=headers).status_code == 413  # type: ignore[arg-type]


def test_headers_stand_on_every_answer(empty: TestClient) -> None:
    for path in ("/nowhere", "/static/desk.css", "/nowhere.json"):
        headers = empty.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_files_asked_for_by_their_hash_are_kept(empty: TestClient) -> None:
    assert "immutable" in empty.get("/static/desk.css?v=1").headers["cache-control"]
    assert "immutable" not in empty.get("/static/desk.css").headers["cache-control"]


def test_a_tile_server_is_let_in_by_its_origin_alone() -> None:
    assert "img-src 'self' data: https://tiles.example;" in write_policy("https://tiles.example/{z}/{x}/{y}.png")
    assert write_policy("https://tiles.example; script-src *") == write_policy()
    assert write_policy("javascript:alert(1)") == write_policy()


def test_errors_have_one_shape(empty: TestClient) -> None:
    page = empty.get("/nowhere")
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
    for path, accept in (("/nowhere.json", "*/*"), ("/api/nowhere", "text/html"), ("/nowhere", "application/json")):
        answer = empty.get(path, headers={"accept": accept})
        assert answer.json()["error"]["status"] == 404
        assert set(answer.json()["error"]) == {"status", "code", "message"}


def test_a_long_address_is_refused(empty: TestClient) -> None:
    assert empty.get("/?q=" + "a" * 9000).status_code == 400
