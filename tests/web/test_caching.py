"""A page is drawn once for an edition, and never for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from newsblotter.cli.app import run
from newsblotter.store import open_store

Serve = Callable[..., TestClient]


def test_what_has_not_changed_is_not_sent_again(desk: TestClient) -> None:
    first = desk.get("/?type=robbery")
    tag = first.headers["etag"]
    again = desk.get("/?type=robbery", headers={"if-none-match": tag})
    assert (again.status_code, again.text, again.headers["etag"]) == (304, "", tag)
    assert "content-security-policy" in again.headers
    assert desk.get("/?type=theft", headers={"if-none-match": tag}).status_code == 200
    assert desk.get("/?type=robbery").text == first.text


def test_a_page_is_drawn_once(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk.get("/?q=Verdier")
    monkeypatch.setattr("newsblotter.web.pages.incidents.render", None)
    assert desk.get("/?q=Verdier").text == page.text
    assert desk.get("/?q=Lyon").status_code == 500  # not drawn before


def test_others_get_their_own(desk: TestClient) -> None:
    english = desk.get("/")
    french = desk.get("/", headers={"accept-language": "fr", "if-none-match": english.headers["etag"]})
    assert french.status_code == 200 and 'lang="fr"' in french.text
    desk.cookies.set("theme", "dark")
    dark = desk.get("/", headers={"if-none-match": english.headers["etag"]})
    assert dark.status_code == 200 and 'data-theme="dark"' in dark.text


def test_a_change_shows_at_once(serve: Serve, own_path: Path) -> None:
    desk = serve(own_path)
    with open_store(str(own_path), readonly=True) as store:
        incident = max(store.records(), key=lambda record: record["voices"])["id"]
    before = [desk.get(path) for path in ("/", f"/incidents/{incident}")]
    assert run(["correct", incident, "loot", "7m EUR", "--by", "ada", "--store", str(own_path)]) == 0
    after = [desk.get(page.url.path, headers={"if-none-match": page.headers["etag"]}) for page in before]
    assert [page.status_code for page in after] == [200, 200]
    assert all("7 million EUR" in page.text for page in after)


def test_redirects_and_errors_are_not_kept(desk: TestClient) -> None:
    for path in ("/?type=heist", "/incidents/nothing"):
        assert "etag" not in desk.get(path).headers
