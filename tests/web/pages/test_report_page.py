"""The page of a report: its text with claims marked, its incidents, its copies."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest
from fastapi.testclient import TestClient

from newsblotter.records import Report
from newsblotter.store import open_store


@pytest.fixture(scope="session")
def reports(sample_path: Path) -> dict[str, Report]:
    with open_store(str(sample_path), readonly=True) as store:
        return {report.source_id: report for report in store.reports()}


def _page(desk: TestClient, path: str) -> lxml.html.HtmlElement:
    answer = desk.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def test_the_text_stands_whole_with_its_claims_marked(desk: TestClient, reports: dict[str, Report], sample_path: Path) -> None:
    with open_store(str(sample_path), readonly=True) as store:
        for report in reports.values():
            page = _page(desk, f"/reports/{report.id}")
            shown = page.cssselect("h1")[0].text_content() + page.cssselect("div.text")[0].text_content()
            assert "".join(report.text.split()) in "".join(shown.split())
            claims = {(c.quote.start, c.quote.end) for m in store.mentions(reports=[report.id]) for c in m.claims}
            starts = {int(mark.get("id")[1:]) for mark in page.cssselect("mark[id]")}
            assert {start for start, _ in claims} == starts


def test_a_claim_names_its_value(desk: TestClient, reports: dict[str, Report]) -> None:
    page = _page(desk, f"/reports/{reports['verdier-01'].id}")
    [loot] = page.cssselect("div.text mark.g-loot")
    assert loot.text_content() == "several million euros"
    assert loot.get("title") == "Loot: €2 million – 9 million"


def test_the_incidents_it_tells_of(desk: TestClient, reports: dict[str, Report]) -> None:
    page = _page(desk, f"/reports/{reports['verdier-b1'].id}")
    roles = sorted(
        section.cssselect(".over")[0].text.rpartition(" · ")[2] for section in page.cssselect("aside section:has(.claims)")
    )
    assert roles == ["background", "main subject"]


def test_copies_are_held_against_each_other(desk: TestClient, reports: dict[str, Report]) -> None:
    page = _page(desk, f"/reports/{reports['verdier-01'].id}")
    links = [link.get("href") for link in page.cssselect("a.button[href*=beside]")]
    assert len(links) == 3 and not page.cssselect("#differences")
    beside = reports["verdier-04"].id
    page = _page(desk, f"/reports/{reports['verdier-01'].id}?beside={beside}")
    added = " ".join(one.text_content() for one in page.cssselect("#differences ins"))
    assert "authorised dealer for six brands" in added
    assert not _page(desk, f"/reports/{reports['verdier-01'].id}?beside={reports['verdier-08'].id}").cssselect("#differences")


def test_the_source_id_leads_to_the_report(desk: TestClient, reports: dict[str, Report]) -> None:
    answer = desk.get("/reports/verdier-01")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/reports/{reports['verdier-01'].id}")
    assert desk.get("/reports/nothing/at/all").status_code == 404


@pytest.mark.parametrize("at", ["", "x", "5-3", "9-99999999", "-1-3", "9999999999-9"])
def test_words_that_are_nowhere_are_not_shown(desk: TestClient, reports: dict[str, Report], at: str) -> None:
    assert not _page(desk, f"/reports/{reports['verdier-01'].id}?at={at}").cssselect("mark.asked")


def test_search_finds_incidents_and_reports(desk: TestClient) -> None:
    page = _page(desk, "/search?q=Verdier")
    assert len(page.cssselect("#found-incidents ~ ol > li")) == 2
    assert len(page.cssselect("#found-reports ~ ol > li")) >= 8
    assert "Verdier" in {mark.text_content() for mark in page.cssselect("mark")}


@pytest.mark.parametrize("words", ["", "%22", "%22%22 AND", "zzzzqq", "NEAR(", "a:b", "*", "%00", "'"])
def test_odd_searches_are_answered(desk: TestClient, words: str) -> None:
    assert desk.get(f"/search?q={words}").status_code == 200
