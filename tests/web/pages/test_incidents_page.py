"""The list with its filter, facets and timeline, as it reads without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import lxml.html
import pytest
from fastapi.testclient import TestClient

from newsblotter.store import open_store
from newsblotter.web.filters import read_filter


def _page(desk: TestClient, path: str) -> lxml.html.HtmlElement:
    answer = desk.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def _titles(page: lxml.html.HtmlElement) -> list[str]:
    return [link.text_content() for link in page.cssselect(".card h3 a")]


def test_incidents_are_listed_newest_first(desk: TestClient, sample_path: Path) -> None:
    page = _page(desk, "/")
    with open_store(str(sample_path), readonly=True) as store:
        records = store.find_incidents(read_filter(()))
    assert sorted(_titles(page)) == sorted(record["title"] for record in records)
    assert _titles(page)[0] == records[0]["title"]
    assert page.cssselect(".total strong")[0].text == str(len(records))


@pytest.mark.parametrize(
    "query",
    [
        "type=robbery",
        "type=robbery&type=arson",
        "country=FR",
        "since=2024&until=2024",
        "q=Verdier",
        "near=45.75,4.85&within=30",
        "disputed_on=loot",
        "disputed=1",
        "min_voices=3",
        "status=convicted",
        "reality=attempted",
        "loot_min=100000&currency=EUR",
        "bbox=-10,35,0,45",
        "person=Delorme",
        "target=Verdier",
        "type=fraud&country=JP",
    ],
)
def test_the_list_is_what_the_filter_finds(desk: TestClient, sample_path: Path, query: str) -> None:
    page = _page(desk, f"/?{query}")
    with open_store(str(sample_path), readonly=True) as store:
        expected = [record["title"] for record in store.find_incidents(read_filter(parse_qsl(query)))]
    assert sorted(_titles(page)) == sorted(expected)
    chips = page.cssselect(".chips a.chip")
    assert chips
    for chip in chips:  # each lets one part of the filter go
        assert len(parse_qsl(urlsplit(chip.get("href")).query)) < len(parse_qsl(query))


def test_facets_count_what_they_lead_to(desk: TestClient) -> None:
    page = _page(desk, "/?type=robbery")
    links = page.cssselect("#facets a")
    assert len(links) > 20
    for link in links:
        if link.get("aria-current"):
            continue
        count = int(link.cssselect(".count")[0].text)
        if "type=" in link.get("href").replace("type=robbery", ""):
            continue  # another type beside this one: both are shown
        assert int(_page(desk, link.get("href")).cssselect(".total strong")[0].text) == count, link.get("href")


def test_a_facet_is_let_go_by_a_second_click(desk: TestClient) -> None:
    [chosen] = _page(desk, "/?type=robbery").cssselect("#facets a[aria-current]")
    assert chosen.get("href") == "/?"


def test_the_timeline_counts_every_dated_incident(desk: TestClient) -> None:
    page = _page(desk, "/?since=2024&until=2024")
    bars = page.cssselect(".bars a")
    counts = [int(bar.get("aria-label").rpartition(": ")[2]) for bar in bars]
    assert sum(counts) == 19  # the days of the filter are marked, the others stay in view
    inside = [bar for bar in bars if not bar.cssselect(".bar.out")]
    assert sum(int(bar.get("aria-label").rpartition(": ")[2]) for bar in inside) == 5


def test_pages_follow_one_another(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsblotter.web.pages.incidents.PAGE", 6)
    seen: list[str] = []
    path: str | None = "/?order=voices"
    while path:
        page = _page(desk, path)
        seen += [card.get("data-incident") for card in page.cssselect(".card")]
        following = page.cssselect("[data-more]")
        path = following[0].get("href") if following else None
    assert len(seen) == len(set(seen)) == 19


def test_hidden_fields_keep_what_the_form_has_no_field_for(desk: TestClient) -> None:
    form = _page(desk, "/?type=robbery&country=FR&order=loot&since=2024-03").cssselect(".filter-form")[0]
    assert sorted((i.get("name"), i.get("value")) for i in form.cssselect("input[type=hidden]")) == [
        ("country", "FR"),
        ("order", "loot"),
        ("type", "robbery"),
    ]
    assert form.cssselect("[name=since]")[0].get("value") == "2024-03-01"


@pytest.mark.parametrize("query", ["type=heist", "since=never", "order=up", "after=nonsense", "bbox=1", "q=%22"])
def test_wrong_questions_are_answered_with_400(desk: TestClient, query: str) -> None:
    answer = desk.get(f"/?{query}")
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_the_map_is_told_what_the_list_holds(desk: TestClient) -> None:
    found = desk.get("/incidents/points?country=FR").json()
    assert found["total"] == len(found["spots"]) == 2 and not found["clustered"]
    spot = found["spots"][0]
    assert spot["radius_km"] > 1 and re.fullmatch(r"/incidents/\w+", spot["href"]) and "Verdier" in spot["title"]
    assert desk.get("/incidents/points?zoom=99").status_code == 400


def test_many_points_are_drawn_as_cells(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsblotter.store.desk.MOST_SPOTS", 3)
    found = desk.get("/incidents/points?zoom=1").json()
    assert found["clustered"] and sum(spot["count"] for spot in found["spots"]) == found["total"]
    west, south, east, north = next(spot["box"] for spot in found["spots"] if spot["count"] > 1)
    assert west <= east and south <= north


def test_it_reads_in_french(desk: TestClient) -> None:
    page = _page_in(desk, "fr-FR")
    assert page.get("lang") == "fr"
    assert "Vol avec violence" in page.text_content() and "newest first" not in page.text_content()


def _page_in(desk: TestClient, language: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(desk.get("/", headers={"accept-language": language}).text)
