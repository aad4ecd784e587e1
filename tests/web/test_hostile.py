"""What a hostile report says is shown, never obeyed: 100 payloads in every field, on every page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from hostile import PAYLOADS, SIGN
from newsblotter.store import open_store
from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings

Markup = tuple[set[str], set[tuple[str, str]]]  # tags; tags with attributes


@pytest.fixture(scope="module")
def hostile(hostile_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(WebSettings(store=str(hostile_path))), base_url="http://127.0.0.1:8765") as client:
        client.headers["accept"] = "text/html"
        yield client


class _Reader(HTMLParser):
    """Collects what a page's markup is made of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        for name, value in attributes:
            self.attributes.add((tag, name))
            if name in ("href", "src", "action", "formaction", "data", "xlink:href"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.scripts.append(data)


def _read(client: TestClient, path: str) -> _Reader:
    answer = client.get(path)
    assert answer.status_code in (200, 300, 400, 404, 308), path
    reader = _Reader()
    reader.feed(answer.text)
    return reader


def _paths(client: TestClient, store: str) -> list[str]:
    with open_store(store, readonly=True) as opened:
        incidents = [record["id"] for record in opened.records()]
        reports = [report.id for report in opened.reports()]
    return [*(f"/incidents/{one}" for one in incidents), *(f"/reports/{one}" for one in reports)]


@pytest.fixture(scope="module")
def plain_markup(sample_path: Path) -> Markup:
    """What the pages of a harmless store are made of."""
    tags: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    with TestClient(create_app(WebSettings(store=str(sample_path))), base_url="http://127.0.0.1:8765") as client:
        client.headers["accept"] = "text/html"
        for path in ["/", "/?q=x&target=y", "/?type=robbery", "/search?q=robbery", "/nowhere", *_paths(client, str(sample_path))]:
            reader = _read(client, path)
            tags |= reader.tags
            attributes |= reader.attributes
    return tags, attributes


def test_there_are_a_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) == 100
    assert all(SIGN in payload for payload in PAYLOADS)


def test_nothing_of_a_report_becomes_markup(hostile: TestClient, plain_markup: Markup) -> None:
    tags, attributes = plain_markup
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    paths = _paths(hostile, store)
    assert len(paths) > 200
    seen = 0
    for path in ["/", "/?order=loot", *paths]:
        reader = _read(hostile, path)
        assert reader.tags <= tags, path
        assert reader.attributes - attributes <= {("html", "data-theme"), ("a", "rel"), ("h1", "lang"), ("div", "lang")}, path
        for link in reader.links:
            assert link.startswith(("/", "?", "#", "http://", "https://")), (path, link)
        for script in reader.scripts:
            json.loads(script)  # data, nothing that runs
        seen += SIGN in hostile.get(path).text
    assert seen > 200  # it is shown, all the same


@pytest.mark.parametrize(
    "template", ["/?q={p}", "/search?q={p}", "/incidents/{p}", "/reports/{p}", "/?type={p}", "/{p}", "/?order={p}"]
)
def test_nothing_of_an_address_becomes_markup(hostile: TestClient, plain_markup: Markup, template: str) -> None:
    tags, attributes = plain_markup
    for payload in PAYLOADS:
        reader = _read(hostile, template.format(p=quote(payload, safe="")))
        assert reader.tags <= tags, payload
        assert reader.attributes <= attributes | {("a", "rel")}, payload
        assert all(link.startswith(("/", "?", "#", "https://")) for link in reader.links), payload


def test_links_out_are_http_alone(hostile: TestClient) -> None:
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    out = {link for path in _paths(hostile, store) for link in _read(hostile, path).links if not link.startswith(("/", "?", "#"))}
    assert out and all(link.startswith("https://paper.example/") for link in out)


def test_data_for_programs_is_json(hostile: TestClient) -> None:
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    incident = next(path for path in _paths(hostile, store) if path.startswith("/incidents/"))
    for path in (f"{incident}.json", f"{incident}.jsonld", "/incidents/points"):
        answer = hostile.get(path)
        assert "json" in answer.headers["content-type"] and answer.headers["x-content-type-options"] == "nosniff"
        answer.json()
