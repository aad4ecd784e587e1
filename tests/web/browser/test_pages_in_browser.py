"""Every page in a real browser: nothing violates the policy, nothing is fetched from elsewhere, axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile import SIGN
from newsblotter.store import open_store

Browse = Callable[..., Any]


@pytest.fixture(scope="session")
def paths(sample_path: Path) -> dict[str, str]:
    with open_store(str(sample_path), readonly=True) as store:
        told = max(store.records(), key=lambda record: record["voices"])
        copy, lead = (store.get_report(name).id for name in ("verdier-01", "verdier-04"))
    return {
        "incidents": "/",
        "filtered": "/?type=robbery&since=2024&q=Verdier",
        "nothing": "/?type=fraud&country=JP",
        "incident": f"/incidents/{told['id']}",
        "report": f"/reports/{copy}?at=209-230&beside={lead}#w209",
        "search": "/search?q=robbery",
        "import": "/import",
    }


@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 390), ("dark", 1000)])
@pytest.mark.parametrize("name", ["incidents", "filtered", "nothing", "incident", "report", "search", "import"])
def test_pages_are_sound(browse: Browse, sample_address: str, paths: dict[str, str], name: str, theme: str, width: int) -> None:
    watched = browse(sample_address, theme=theme, width=width)
    page = watched.open(paths[name])
    watched.wait("[...document.querySelectorAll('[data-map], [data-area]')].every((pane) => pane.dataset.shown)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    watched.check()


def test_an_empty_desk_is_sound(browse: Browse, host: Callable[..., str], tmp_path: Path) -> None:
    watched = browse(host(tmp_path / "none.db"))
    watched.open("/")
    watched.check()


def test_pages_read_without_scripts(browse: Browse, sample_address: str, paths: dict[str, str]) -> None:
    watched = browse(sample_address, java_script_enabled=False)
    page = watched.page
    page.goto(sample_address + "/")
    assert page.locator(".card").count() == 19 and page.locator(".bars rect.bar").count() > 5
    assert not page.locator("[data-map]").is_visible()
    page.get_by_role("link", name="Burglary").first.click()
    assert page.locator(".card").count() == 2
    page.locator(".card h3 a").first.click()
    assert page.locator(".facts dd").count() > 3


def test_facets_and_timeline_change_the_list_in_place(browse: Browse, sample_address: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/")
    watched.wait("document.querySelector('[data-map]').dataset.shown === '19'")
    page.evaluate("window.same = true")
    page.locator("#facet-type ~ ul a").first.click()
    watched.wait("document.querySelectorAll('.card').length === 8")
    watched.wait("document.querySelector('[data-map]').dataset.shown === '8'")
    bars = page.locator(".bars").bounding_box()
    page.mouse.move(bars["x"] + bars["width"] * 0.62, bars["y"] + 30)
    page.mouse.down()
    page.mouse.move(bars["x"] + bars["width"] * 0.8, bars["y"] + 30, steps=5)
    page.mouse.up()
    watched.wait("new URLSearchParams(location.search).has('since')")
    watched.wait("document.querySelectorAll('.card').length < 8")
    assert "type=robbery" in page.url and page.evaluate("window.same")
    shown = page.locator(".card").count()
    page.reload()
    assert page.locator(".card").count() == shown  # all of it is in the address
    page.go_back()
    watched.wait("document.querySelectorAll('.card').length === 8")
    assert watched.problems == []


def test_the_list_follows_the_map(browse: Browse, sample_address: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/")
    watched.wait("document.querySelector('[data-map]').dataset.shown === '19'")
    page.evaluate("window.deskMap.jumpTo({center: [0, 50], zoom: 4})")
    page.locator("[data-follow]").check()
    watched.wait("new URLSearchParams(location.search).has('bbox')")
    watched.wait("document.querySelectorAll('.card').length < 19")
    here = page.locator(".card").count()
    assert here >= 6
    box = page.locator("[data-map]").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 200, steps=8)
    page.mouse.up()
    watched.wait(f"document.querySelectorAll('.card').length !== {here}")
    page.locator("[data-follow]").uncheck()
    watched.wait("document.querySelectorAll('.card').length === 19")
    assert watched.problems == []


def test_a_spot_tells_its_incidents(browse: Browse, sample_address: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/?country=FR")
    watched.wait("document.querySelector('[data-map]').dataset.shown === '2'")
    watched.wait("!window.deskMap.isMoving() && window.deskMap.queryRenderedFeatures({layers: ['dots']}).length > 0")
    x, y = page.evaluate("(({x, y}) => [x, y])(window.deskMap.project([4.84789, 45.74906]))")
    page.locator("[data-map] canvas").click(position={"x": x, "y": y})
    watched.wait("document.querySelectorAll('.spot-list a').length === 2")
    page.locator(".spot-list a").first.click()
    page.wait_for_url("**/incidents/*")
    assert watched.problems == []


def test_the_theme_is_switched_and_kept(browse: Browse, sample_address: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/")
    watched.wait("document.querySelector('[data-map]').dataset.shown === '19'")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    with page.expect_response("**/preferences"):
        page.locator(".to-dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    watched.open("/search")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    watched.check()


def test_a_fact_is_followed_to_its_words_by_keyboard(browse: Browse, sample_address: str, paths: dict[str, str]) -> None:
    watched = browse(sample_address)
    page = watched.open(paths["incident"])
    page.locator("#fact-loot a.quoted").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/**")
    assert page.locator("mark.asked").first.inner_text().startswith("2.4 million")
    assert page.locator("mark.asked").first.is_visible()


def test_files_are_dropped_and_followed(browse: Browse, host: Callable[..., str], tmp_path: Path) -> None:
    watched = browse(host(tmp_path / "new.db", workers=1))
    page = watched.open("/")
    report = "Gunman robs Oldbridge bank\n\nA gunman robbed the Oldbridge Savings Bank in Leeds on Tuesday, police said."
    page.locator("#files").set_input_files({"name": "leeds.txt", "mimeType": "text/plain", "buffer": report.encode()})
    page.locator("#published").fill("2024-05-22")
    page.get_by_role("button", name="Read them").click()
    watched.wait("document.querySelector('[data-progress]')?.dataset.running === '0'", patience_s=180)  # a process starts and reads
    assert "1 new report" in page.locator("[data-counted]").inner_text()
    watched.check()
    page.get_by_role("link", name="To the incidents").first.click()
    assert page.locator(".card").count() == 1


def test_the_print_view_holds_the_facts(browse: Browse, sample_address: str, paths: dict[str, str]) -> None:
    watched = browse(sample_address)
    page = watched.open(paths["incident"])
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible() and not page.locator(".actions").is_visible()
    assert page.locator("#facts").is_visible() and page.locator("#disputed").is_visible()


def test_nothing_of_a_hostile_report_runs(browse: Browse, host: Callable[..., str], hostile_path: Path) -> None:
    """Every payload on a report's page, the list, and a sample of incidents."""
    watched = browse(host(hostile_path))
    with open_store(str(hostile_path), readonly=True) as store:
        reports = [report.id for report in store.reports() if SIGN in report.source_id]
        incidents = [record["id"] for record in store.records()]
    assert len(reports) >= 100 and len(incidents) >= 5
    for path in ["/?order=loot", *(f"/reports/{one}" for one in reports[:100]), *(f"/incidents/{one}" for one in incidents[:10])]:
        page = watched.open(path)
        assert SIGN in page.content() or not path.startswith("/reports/")  # it is shown, as words
        assert page.evaluate(f"typeof window.{SIGN}") == "undefined", path
    assert watched.problems == []
    assert watched.outside == []
