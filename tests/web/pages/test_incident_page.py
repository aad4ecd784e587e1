"""The page of an incident: facts with their words, who disputes what, ids that live for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from fastapi.testclient import TestClient

from newsblotter.cli.app import run
from newsblotter.errors import UnknownIncident
from newsblotter.store import JournalEntry, Record, open_store

Desk = TestClient
Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def verdier(sample_path: Path) -> Record:
    """The sample's incident with most voices, whose loot is disputed."""
    with open_store(str(sample_path), readonly=True) as store:
        return max(store.records(), key=lambda record: record["voices"])


def _page(desk: TestClient, path: str) -> lxml.html.HtmlElement:
    answer = desk.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def test_every_fact_is_one_click_from_its_words(desk: Desk, verdier: Record) -> None:
    page = _page(desk, f"/incidents/{verdier['id']}")
    assert page.cssselect("h1")[0].text_content() == verdier["title"]
    rows = page.cssselect(".facts dd")
    assert len(rows) >= 15
    for row in rows:
        [link] = row.cssselect("a.quoted")
        told = "".join(mark.text_content() for mark in link.cssselect("mark"))
        shown = _page(desk, link.get("href"))
        asked = "".join(mark.text_content() for mark in shown.cssselect("mark.asked"))
        assert " ".join(asked.split()) == told
        assert shown.cssselect(f"#{link.get('href').partition('#')[2]}")


def test_disputed_facts_stand_side_by_side(desk: Desk, verdier: Record) -> None:
    page = _page(desk, f"/incidents/{verdier['id']}")
    assert {e.get("id").removeprefix("disputed-") for e in page.cssselect(".dispute h3")} == set(verdier["disputed"])
    loot = page.cssselect("#disputed-loot")[0].getparent()
    values = [side.text_content() for side in loot.cssselect(".side-value strong")]
    assert values == ["€2.4 million", "€2 million – 9 million", "€3.5 million"]
    assert ["shown" in side.get("class") for side in loot.cssselect(".side")] == [True, False, False]
    assert "The Continental" in loot.cssselect(".side")[2].text_content()


def test_copies_are_folded_into_their_voice(desk: Desk, verdier: Record) -> None:
    page = _page(desk, f"/incidents/{verdier['id']}")
    voices = page.cssselect(".voices-list > li")
    assert len(voices) == verdier["voices"]
    assert [len(voice.cssselect("details li")) for voice in voices] == [3, 0, 0, 0, 0, 0]


def test_history_tells_what_a_report_changed(desk: Desk, verdier: Record) -> None:
    turns = _page(desk, f"/incidents/{verdier['id']}").cssselect(".history li")
    assert len(turns) == len(verdier["history"])
    assert "€2.4 million" in turns[0].text_content() and "€2 million – 9 million" in turns[0].text_content()


def test_twins_for_programs(desk: Desk, verdier: Record) -> None:
    assert desk.get(f"/incidents/{verdier['id']}.json").json() == verdier
    answer = desk.get(f"/incidents/{verdier['id']}.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    linked = answer.json()
    assert (linked["@type"], linked["startDate"], len(linked["subjectOf"])) == ("Event", "2024-03-12", 9)
    assert linked["location"]["geo"]["@type"] == "GeoCircle"
    page = _page(desk, f"/incidents/{verdier['id']}")
    assert json.loads(page.cssselect("script[type='application/ld+json']")[0].text) == linked


@pytest.mark.parametrize("form", ["", ".json", ".jsonld"])
def test_a_short_id_leads_to_the_whole(desk: Desk, verdier: Record, form: str) -> None:
    answer = desk.get(f"/incidents/{verdier['id'][:8]}{form}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/incidents/{verdier['id']}{form}")


def test_an_unknown_id_is_said_to_be(desk: Desk) -> None:
    assert desk.get("/incidents/nothing").status_code == 404
    answer = desk.get("/incidents/nothing.json")
    assert answer.json()["error"]["code"] == "unknown"
    assert ".db" not in answer.text  # where the store lies is nobody's business


def test_an_id_that_was_merged_leads_on(serve: Serve, own_path: Path) -> None:
    with open_store(str(own_path)) as store:
        ids = {record["title"]: record["id"] for record in store.records()}
        left, right = ids["Burglary (shop), Bristol"], ids["Arson (cars), Bristol"]
    assert run(["judge", "same", left, right, "--store", str(own_path), "--by", "ada"]) == 0
    with open_store(str(own_path)) as store:
        kept = store.get_incident(right).id
    gone = left if kept == right else right
    answer = serve(own_path).get(f"/incidents/{gone}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/incidents/{kept}")


def test_an_id_that_was_split_shows_its_parts(serve: Serve, own_path: Path) -> None:
    with open_store(str(own_path)) as store:
        parts = sorted(record["id"] for record in store.records())[:2]
        store.append_journal([JournalEntry("redirected", {"id": "nbgone", "now": parts})])
        with pytest.raises(UnknownIncident):
            store.get_incident("nbgone")
    desk = serve(own_path)
    page = desk.get("/incidents/nbgone")
    assert page.status_code == 300
    links = [link.get("href") for link in lxml.html.fromstring(page.text).cssselect(".plain-list a")]
    assert links == [f"/incidents/{part}" for part in parts]
    assert desk.get("/incidents/nbgone.json").json()["error"]["detail"] == {"parts": parts}
