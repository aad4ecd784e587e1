"""Every page in a real browser: nothing violates the policy, nothing is fetched from elsewhere, axe finds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest

from hostile import SIGN
from newsblotter.store import open_store
from web.browser.asking import ask, count_all, count_placed, count_shown, find_copied, find_crowd, find_disputed, find_told

Browse = Callable[..., Any]


PAGES = ("incidents", "filtered", "nothing", "incident", "disputed", "report", "words", "search", "import", "error")
SHOWN = "document.querySelector('[data-map]').dataset.shown"
CARDS = "document.querySelectorAll('.card').length"


def _page(path: Path, name: str) -> str:
    told, (copy, lead) = find_told(path), find_copied(path)
    at = told["claims"][0]["quote"]
    source = told["claims"][0]["report"]
    return {
        "incidents": "/",
        "filtered": f"/?type={told['type']}&since=1990&q={quote(told['title'].split()[0])}",
        "nothing": "/?type=fraud&country=AQ",
        "incident": f"/incidents/{told['id']}",
        "disputed": f"/incidents/{find_disputed(path)['id']}",
        "report": f"/reports/{copy}?beside={lead}",
        "words": f"/reports/{quote(source)}?at={at['start']}-{at['end']}#w{at['start']}",
        "search": "/search?q=police",
        "import": "/import",
        "error": "/incidents/never-was",
    }[name]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_sound(browse: Browse, stock_address: str, stock_path: Path, name: str, theme: str, width: int) -> None:
    watched = browse(stock_address, theme=theme, width=width)
    page = watched.open(_page(stock_path, name))
    watched.wait("[...document.querySelectorAll('[data-map], [data-area]')].every((pane) => pane.dataset.shown)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    watched.forget("404" if name == "error" else None)
    watched.check()


def test_an_empty_desk_is_sound(browse: Browse, host: Callable[..., str], tmp_path: Path) -> None:
    watched = browse(host(tmp_path / "none.db"))
    watched.open("/")
    watched.check()


def test_pages_read_without_scripts(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address, java_script_enabled=False)
    page = watched.page
    page.goto(stock_address + "/")
    assert page.locator(".card").count() == count_shown(stock_path) and page.locator(".bars rect.bar").count() > 5
    assert not page.locator("[data-map]").is_visible()
    page.locator("#facet-type ~ ul a").nth(1).click()
    assert "type=" in page.url and page.locator(".card").count() == count_shown(stock_path, page.url)
    page.locator(".card h3 a").first.click()
    assert page.locator(".facts dd").count() > 3


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_facets_change_the_list_in_place(browse: Browse, stock_address: str, stock_path: Path, by: str) -> None:
    watched = browse(stock_address)
    page = watched.open("/")
    watched.wait(f"{SHOWN} === '{count_placed(stock_path)}'")
    page.evaluate("window.same = true")
    link = page.locator("#facet-type ~ ul a").first
    if by == "key":
        link.focus()
        page.keyboard.press("Enter")
    else:
        link.click()
    watched.wait("new URLSearchParams(location.search).has('type')")
    watched.wait(f"{CARDS} === {count_shown(stock_path, page.url)} && {SHOWN} === '{count_placed(stock_path, page.url)}'")
    assert page.evaluate("window.same")  # nothing was loaded anew
    assert count_all(stock_path, page.url) < count_all(stock_path)
    assert watched.problems == []


def test_the_timeline_is_brushed(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    page = watched.open("/")
    watched.wait(f"{SHOWN} === '{count_placed(stock_path)}'")
    bars = page.locator(".bars").bounding_box()
    page.mouse.move(bars["x"] + bars["width"] * 0.62, bars["y"] + 30)
    page.mouse.down()
    page.mouse.move(bars["x"] + bars["width"] * 0.8, bars["y"] + 30, steps=5)
    page.mouse.up()
    watched.wait("new URLSearchParams(location.search).has('since')")
    shown = count_shown(stock_path, page.url)
    watched.wait(f"{CARDS} === {shown}")
    assert count_all(stock_path, page.url) < count_all(stock_path)
    page.reload()
    assert page.locator(".card").count() == shown  # all of it is in the address
    page.go_back()
    watched.wait(f"{CARDS} === {count_shown(stock_path)}")
    assert watched.problems == []


def test_more_cards_are_shown_below(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    page = watched.open("/")
    shown = count_shown(stock_path)
    more = page.locator("[data-more]")
    assert (more.count() > 0) is (count_all(stock_path) > shown)
    if more.count():
        more.click()
        watched.wait(f"{CARDS} > {shown}")
    assert watched.problems == []


def test_the_list_follows_the_map(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    latitude, longitude, _ = find_crowd(stock_path)
    page = watched.open("/")
    watched.wait(f"{SHOWN} === '{count_placed(stock_path)}'")
    page.evaluate(f"window.deskMap.jumpTo({{center: [{longitude}, {latitude}], zoom: 5}})")
    page.locator("[data-follow]").check()
    watched.wait("new URLSearchParams(location.search).has('bbox')")
    here = page.url
    watched.wait(f"{CARDS} === {count_shown(stock_path, here)}")
    assert 0 < count_all(stock_path, here) < count_all(stock_path)
    box = page.locator("[data-map]").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 200, steps=8)
    page.mouse.up()
    watched.wait(f"location.href !== {json.dumps(here)}")
    watched.wait(f"{CARDS} === {count_shown(stock_path, page.url)}")
    page.locator("[data-follow]").uncheck()
    watched.wait(f"{CARDS} === {count_shown(stock_path)}")
    assert watched.problems == []


def test_a_spot_tells_its_incidents(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    latitude, longitude, count = find_crowd(stock_path)
    assert count > 1
    page = watched.open(f"/?near={latitude},{longitude}&within=1")
    watched.wait(f"{SHOWN} === '{count_placed(stock_path, page.url)}'")
    watched.wait("!window.deskMap.isMoving() && window.deskMap.queryRenderedFeatures({layers: ['dots']}).length > 0")
    x, y = page.evaluate(f"(({{x, y}}) => [x, y])(window.deskMap.project([{longitude}, {latitude}]))")
    page.locator("[data-map] canvas").click(position={"x": x, "y": y})
    watched.wait(f"document.querySelectorAll('.spot-list a').length >= {min(count, 5)}")
    page.locator(".spot-list a").first.click()
    page.wait_for_url("**/incidents/*")
    assert watched.problems == []


def test_the_theme_is_switched_and_kept(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    page = watched.open("/")
    watched.wait(f"{SHOWN} === '{count_placed(stock_path)}'")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    with page.expect_response("**/preferences"):
        page.locator(".to-dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    watched.open("/search")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_every_fact_is_followed_to_its_words(browse: Browse, stock_address: str, stock_path: Path, by: str) -> None:
    watched = browse(stock_address)
    path = _page(stock_path, "disputed")
    page = watched.open(path)
    facts = page.locator(".facts a.quoted")
    addresses = [facts.nth(at).get_attribute("href") for at in range(facts.count())]
    assert len(addresses) > 3
    for at in {0, len(addresses) // 2, len(addresses) - 1}:
        watched.open(path)
        report_id, (start, end) = _read_address(addresses[at])
        if by == "key":
            facts.nth(at).focus()
            page.keyboard.press("Enter")
        else:
            facts.nth(at).click()
        page.wait_for_url("**/reports/**")
        watched.wait("document.readyState === 'complete'")
        text = ask(stock_path, lambda store, name=report_id: store.get_report(name).text)
        marked = "".join(page.locator("mark.asked").all_text_contents())
        assert "".join(marked.split()) == "".join(text[start:end].split())
        assert page.locator("mark.asked").first.is_visible()
    assert watched.problems == []


def _read_address(address: str) -> tuple[str, tuple[int, int]]:
    """The report and the span that an address of quoted words names."""
    parts = urlsplit(address)
    start, end = dict(parse_qsl(parts.query))["at"].split("-")
    return unquote(parts.path.removeprefix("/reports/")), (int(start), int(end))


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


def test_the_print_view_holds_the_facts(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    page = watched.open(_page(stock_path, "disputed"))
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
