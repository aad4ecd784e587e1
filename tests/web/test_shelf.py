"""Kept answers: the same as fresh ones, never stale, never somebody else's."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from newsblotter.errors import StoreSlow
from newsblotter.store import open_store
from newsblotter.store.sql import SqlStore
from newsblotter.web import access, shelf
from newsblotter.web.access import UserRole, Visitor
from store.invented import invent_entries, make_entry

PAGES = ("/", "/?type=theft", "/api/incidents?type=theft", "/api/facets", "/api/incidents/nb0003")


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "a.db"
    with open_store(str(path)) as store:
        store.replace_incidents(invent_entries(1, 30))
    return path


@pytest.fixture
def client(serve, path) -> TestClient:
    client = serve(path)
    client.get("/")  # opens the store
    return client


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What the store was asked, one word a question."""
    questions: list[str] = []
    for name in ("find_page", "facets", "read_record", "get_incident"):
        plain = getattr(SqlStore, name)

        def noted(self, *words, plain=plain, name=name):
            questions.append(name)
            return plain(self, *words)

        monkeypatch.setattr(SqlStore, name, noted)
    return questions


@pytest.mark.parametrize("page", PAGES)
def test_the_second_answer_is_the_first(client, asked, page) -> None:
    first = client.get(page)
    assert first.status_code == 200 and asked
    asked.clear()
    second = client.get(page)
    assert second.content == first.content and not asked
    assert {**second.headers} == {**first.headers}
    again = client.get(page, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", PAGES)
def test_a_change_is_seen_at_once(client, path, page) -> None:
    before = client.get(page)
    with open_store(str(path)) as store:
        record = {**invent_entries(1, 30)[3].record, "title": "Quite another title", "type": "escape"}
        store.replace_incidents([make_entry("nb0003", **record)], among=["nb0003"])
    after = client.get(page, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200 and after.content != before.content


def test_pages_of_incidents_and_reports_are_kept(serve, own_path, asked) -> None:
    client = serve(own_path)
    with open_store(str(own_path), readonly=True) as store:
        record = next(store.records())
        report_id = store.get_report(record["reports"][0]["id"]).id
    client.get("/")
    for page in (f"/incidents/{record['id']}", f"/reports/{report_id}", "/search?q=robbery"):
        first = client.get(page)
        assert first.status_code == 200
        asked.clear()
        assert client.get(page).content == first.content and not asked


def test_languages_do_not_share(client) -> None:
    english = client.get("/", headers={"accept-language": "en"})
    french = client.get("/", headers={"accept-language": "fr"})
    assert english.content != french.content
    assert client.get("/", headers={"accept-language": "en"}).content == english.content
    assert client.get("/", headers={"cookie": "lang=fr"}).content != english.content


def test_nobody_gets_what_was_made_for_somebody_else(client, asked, monkeypatch) -> None:
    client.get("/api/facets")
    asked.clear()
    monkeypatch.setattr(access, "_find_visitor", lambda request: Visitor("other", UserRole.READER, "session"))
    client.get("/api/facets")
    assert asked == ["facets"]


def test_strangers_get_nothing_from_the_shelf(client, monkeypatch) -> None:
    client.get("/api/facets")
    monkeypatch.setattr(access, "_find_visitor", lambda request: access.NOBODY)
    assert client.get("/api/facets").status_code == 401


def test_errors_and_redirects_are_not_kept(client) -> None:
    for page, status in (("/api/incidents?order=best", 400), ("/api/incidents/none", 404), ("/incidents/none", 404)):
        for _ in range(2):
            answer = client.get(page)
            assert answer.status_code == status and "etag" not in answer.headers


def test_the_shelf_does_not_overflow(client, monkeypatch, asked) -> None:
    first = client.get("/api/facets?type=theft")
    monkeypatch.setattr(shelf, "SHELF_BYTES", 3 * len(first.content))
    for kind in ("arson", "robbery", "shooting", "fraud", "escape"):
        client.get(f"/api/facets?type={kind}")
    asked.clear()
    assert client.get("/api/facets?type=theft").content == first.content
    assert asked == ["facets"]


def test_many_who_ask_at_once_cost_one_answer(client, monkeypatch) -> None:
    made: list[str] = []
    together = threading.Barrier(4)
    found: list[bytes] = []
    plain = SqlStore.find_page

    def find_slowly(self, *words):
        made.append("a page")
        time.sleep(0.3)
        return plain(self, *words)

    def ask() -> None:
        together.wait(5)
        found.append(client.get("/api/incidents?min_voices=2").content)

    monkeypatch.setattr(SqlStore, "find_page", find_slowly)
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a page"]
    assert len(found) == 4 and len(set(found)) == 1


def test_whoever_waits_for_an_answer_that_fails_asks_anew(client, monkeypatch) -> None:
    made: list[str] = []
    together = threading.Barrier(2)
    found: list[int] = []
    plain = SqlStore.find_page

    def fail_first(self, *words):
        made.append("a page")
        if len(made) == 1:
            time.sleep(0.3)
            raise StoreSlow("too long")
        return plain(self, *words)

    def ask() -> None:
        together.wait(5)
        found.append(client.get("/api/incidents?min_voices=3").status_code)

    monkeypatch.setattr(SqlStore, "find_page", fail_first)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 503] and len(made) == 2
