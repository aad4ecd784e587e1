"""Review in a real browser: every action by keyboard and by mouse, every page sound in both themes, nothing against the policy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsblotter.store.record_schema import CORRECTABLE
from web.browser.asking import ask, count_all, find_disputed, find_told, list_ids, list_words

Browse = Callable[..., Any]
MOST_QUESTIONS = 600  # more than the stores have


@pytest.fixture
def address(host: Callable[..., str], own_path: Path) -> str:
    return host(own_path, user="ada")


def _until_done(watched: Any) -> None:
    watched.wait("new URLSearchParams(location.search).has('done') && document.readyState === 'complete'")


def _give(page: Any, by: str, key: str, selector: str) -> None:
    """An answer, by the key or by the mouse."""
    if by == "key":
        page.keyboard.press(key)
    else:
        page.locator(selector).first.click()


def _press(page: Any, by: str, button: Any) -> None:
    """A button without a key of its own: reached and pressed by keyboard, or clicked."""
    if by == "key":
        button.focus()
        page.keyboard.press("Enter")
    else:
        button.click()


def _leave_until(watched: Any, selector: str) -> None:
    """Leave questions of the queue open until one has a certain part."""
    for _ in range(MOST_QUESTIONS):
        if watched.page.locator(selector).count():
            return
        here = watched.page.url
        watched.page.keyboard.press("j")
        watched.wait(f"location.href !== {json.dumps(here)} && document.readyState === 'complete'")
    raise AssertionError(f"no question has {selector}")


PAGES = ("review", "pair", "compare", "compare_with", "found", "correct", "correct_type", "correct_any", "judgements")


def _page(path: Path, name: str) -> str:
    left, right = list_ids(path)[:2]
    disputed, told = find_disputed(path), find_told(path)
    return {
        "review": "/review",
        "pair": "/review?at=3",
        "compare": f"/compare?left={left}&right={right}",
        "compare_with": f"/compare?left={disputed['id']}",
        "found": f"/compare?left={left}&right={quote(' '.join(told['title'].split()[:2]))}",
        "correct": f"/incidents/{disputed['id']}/correct?field={disputed['disputed'][0]}",
        "correct_type": f"/incidents/{left}/correct?field=type",
        "correct_any": f"/incidents/{left}/correct",
        "judgements": "/judgements",
    }[name]


@pytest.mark.looks(2)
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_sound(browse: Browse, stock_address: str, stock_path: Path, name: str, theme: str, width: int) -> None:
    watched = browse(stock_address, theme=theme, width=width)
    page = watched.open(_page(stock_path, name))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    watched.check()


@pytest.mark.parametrize("name", ["account", "people", "audit", "alerts", "alerts/new?type=robbery"])
@pytest.mark.looks(2)
def test_the_pages_of_people_and_alerts_are_sound(
    browse: Browse, host: Callable[..., str], own_path: Path, name: str, theme: str, width: int
) -> None:
    from newsblotter.web.people import add_user, open_desk

    people = open_desk(own_path)
    add_user(people, "ada", "admin", "correct horse battery", by="system")
    people.close()
    watched = browse(host(own_path, login=True), theme=theme, width=width)
    page = watched.open("/login?next=/" + name.split("?")[0])
    watched.check()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("correct horse battery")
    page.locator("main button").click()
    watched.wait("location.pathname !== '/login'")
    watched.open("/" + name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
@pytest.mark.parametrize(("verdict", "key"), [("same", "s"), ("different", "d"), ("unsure", "u")])
def test_a_pair_is_judged(browse: Browse, address: str, own_path: Path, by: str, verdict: str, key: str) -> None:
    watched = browse(address)
    page = watched.open(_page(own_path, "compare"))
    before = list_ids(own_path)
    _give(page, by, key, f"button[data-key={key}]")
    _until_done(watched)
    [(kind, data)] = list_words(own_path)
    assert (kind, data["judgement"], data["by"]) == ("judgement", verdict, "ada")
    assert len(list_ids(own_path)) == len(before) - (verdict == "same")
    _give(page, by, "z", "button[data-key=z]")
    watched.wait("!document.querySelector('.notice.good')")
    assert list_words(own_path)[-1][0] == "retired" and list_ids(own_path) == before
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_disputed_value_is_chosen_in_the_queue(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review?disputed=1")
    _leave_until(watched, "button[data-key='2']")
    wanted = page.locator("button[data-key='2']")
    value = wanted.get_attribute("value")
    field = page.locator("input[name=field]").first.get_attribute("value")
    _give(page, by, "2", "button[data-key='2']")
    _until_done(watched)
    [(kind, data)] = list_words(own_path)
    assert (kind, data["field"]) == ("correction", field) and value
    assert page.locator("h1").inner_text() and page.locator(".notice.good").count() == 1
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_another_value_is_typed_and_keys_are_letters_meanwhile(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review?disputed=1")
    _leave_until(watched, "input[name=field][value=loot]")
    _give(page, by, "e", "[data-key-focus=e]")
    page.keyboard.type("3m EUR sud")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    assert list_words(own_path) == [] and page.locator("[data-key-focus=e]").input_value() == "3m EUR su"
    page.locator("[data-key-focus=e]").fill("3.1m EUR")
    if by == "key":
        page.keyboard.press("Enter")
    else:
        page.locator("[data-edit] button").click()
    _until_done(watched)
    [(_, data)] = list_words(own_path)
    assert json.dumps(data["value"]).count("3100000") == 2


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_questions_are_left_and_the_end_says_so(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review?disputed=1")
    seen = []
    for _ in range(MOST_QUESTIONS):
        if "last question" in page.locator("h1").inner_text():
            break
        here = page.url
        seen.append(here)
        _give(page, by, "j", "a[data-key-too=j]")
        watched.wait(f"location.href !== {json.dumps(here)} && document.readyState === 'complete'")
    assert len(seen) == len(set(seen)) >= 4 and "last question" in page.locator("h1").inner_text()
    assert list_words(own_path) == []
    watched.check()
    page.get_by_role("link", name="From the beginning").click()
    watched.wait("document.querySelector('[data-key]') !== null")


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_the_keys_are_explained(browse: Browse, stock_address: str, by: str) -> None:
    watched = browse(stock_address)
    page = watched.open("/review")
    _give(page, by, "?", "[data-help]")
    watched.wait("document.querySelector('dialog').open")
    watched.check()
    page.keyboard.press("s")  # decides nothing while the keys are shown
    page.keyboard.press("Escape")
    watched.wait("!document.querySelector('dialog').open")
    assert page.url.endswith("/review")


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_incidents_are_merged_after_a_look_at_what_would_change(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    before = list_ids(own_path)
    page = watched.open(_page(own_path, "compare"))
    _press(page, by, page.locator("button[formaction='/review/preview'][value=same]"))
    watched.wait("document.querySelector('.outcome') !== null")
    watched.check()
    assert list_words(own_path) == [] and list_ids(own_path) == before  # a look changes nothing
    page.locator("input[name=why]").last.fill("one night's work")
    _press(page, by, page.locator("form[action='/review/judge'] button.primary"))
    _until_done(watched)
    [(_, data)] = list_words(own_path)
    assert (data["judgement"], data["why"]) == ("same", "one night's work") and len(list_ids(own_path)) == len(before) - 1
    _press(page, by, page.locator("button[data-key=z]"))
    watched.wait("!document.querySelector('.notice.good')")
    assert list_ids(own_path) == before


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_report_is_taken_out_after_a_look_at_what_would_change(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    told = find_told(own_path)
    page = watched.open(f"/incidents/{told['id']}")
    _press(page, by, page.locator(".voices-list > li > form button").last)
    watched.wait("document.querySelector('.outcome') !== null")
    watched.check()
    assert list_words(own_path) == []
    page.locator("input[name=why]").last.fill("another day")
    _press(page, by, page.locator("form[action='/review/judge'] button.primary"))
    _until_done(watched)
    [(_, data)] = list_words(own_path)
    assert (data["judgement"], data["why"]) == ("different", "another day")
    after = ask(own_path, lambda store: store.get_incident(told["id"]).record)
    assert len(after["reports"]) < len(told["reports"])


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_disputed_side_is_taken_on_the_page_of_the_incident(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    record = find_disputed(own_path)
    page = watched.open(f"/incidents/{record['id']}")
    _press(page, by, page.locator(".side:not(.shown) .take button").first)
    _until_done(watched)
    [(kind, data)] = list_words(own_path)
    assert kind == "correction" and data["field"] in record["disputed"]
    assert page.locator(".notice.good").is_visible() and page.locator("#corrected").count() == 1


def test_words_picked_in_a_report_go_into_a_correction(browse: Browse, address: str, own_path: Path) -> None:
    watched = browse(address)
    source = find_disputed(own_path)["claims"][0]["report"]
    report = ask(own_path, lambda store: store.get_report(source))
    page = watched.open(f"/reports/{report.id}")
    assert not page.locator("[data-picking]").is_visible()
    box = page.locator("[data-pick]").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 12, steps=8)
    page.mouse.up()
    watched.wait("!document.querySelector('[data-picking]').hidden")
    words = page.locator("[data-picked]").inner_text()
    assert words and words.split()[1] in report.text
    watched.check()
    page.locator("[data-pick-for]").first.click()
    watched.wait("location.pathname.endsWith('/correct')")
    page.locator("ul.fields a[href*='field=target']").click()
    watched.wait("document.querySelector('textarea[name=quote]') !== null")
    assert page.locator("textarea[name=quote]").input_value() == words
    assert page.locator("input[name=value]").input_value() == words  # any words are a target


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_value_that_is_none_is_asked_again_with_what_was_typed(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open(f"/incidents/{list_ids(own_path)[0]}/correct?field=killed")
    page.locator("input[name=value]").fill("many")
    page.locator("input[name=why]").last.fill("the court")
    _press(page, by, page.locator("form:has(input[name=why]) button.primary").last)
    watched.wait("document.querySelector('[role=alert]') !== null")
    assert page.locator("input[name=value]").input_value() == "many"
    assert page.locator("input[name=why]").last.input_value() == "the court"
    page.locator("input[name=value]").fill("2")
    _press(page, by, page.locator("form:has(input[name=why]) button.primary").last)
    _until_done(watched)
    assert len(list_words(own_path)) == 1


def test_the_slower_of_two_sees_what_changed_and_can_look_again(browse: Browse, address: str, own_path: Path) -> None:
    slow, quick = browse(address), browse(address)
    path = _page(own_path, "compare")
    slow.open(path)
    quick.open(path).keyboard.press("s")
    _until_done(quick)
    slow.page.keyboard.press("d")
    slow.wait("document.querySelector('h1').innerText.includes('changed meanwhile')")
    assert slow.page.locator(".told .chip").first.inner_text()
    assert len(list_words(own_path)) == 1
    slow.problems = [one for one in slow.problems if "409" not in one]  # the browser reports the status itself
    slow.check()
    slow.page.get_by_role("link", name="Look again").click()
    slow.wait("location.pathname !== '/review/judge' && document.readyState === 'complete'")
    assert slow.page.locator("h1").count() == 1


TYPED = {"type": "fraud", "date": "2020-02-29", "time": "15:40", "place": "Lyon", "address": "12 Rue Neuve", "target": "Lumen Gems"}
TYPED |= {"killed": "2-4", "injured": "3+", "suspects": "5", "arrested": "2", "loot": "3.1m EUR", "recovered": "100 EUR"}
TYPED |= {
    "weapons": "knife",
    "vehicles": "motorcycle",
    "tactics": "hostage-taking",
    "reality": "attempted",
    "title": "Another title",
}
TYPED |= {"status": "convicted", "people": "Odo Fell (suspect, 41)", "outcomes": "arrest of 2 2020-03-01"}


def test_every_field_is_corrected_by_keyboard_alone(browse: Browse, address: str, own_path: Path) -> None:
    assert TYPED.keys() == set(CORRECTABLE)
    watched = browse(address)
    name = list_ids(own_path)[0]
    for at, (field, typed) in enumerate(TYPED.items()):
        page = watched.open(f"/incidents/{name}/correct")
        page.locator(f"ul.fields a[href$='field={field}']").focus()
        page.keyboard.press("Enter")
        watched.wait(f"new URLSearchParams(location.search).get('field') === '{field}' && document.readyState === 'complete'")
        value = page.locator("form:has(input[name=why]) [name=value]").last
        value.focus()
        if value.evaluate("one => one.tagName") == "SELECT":
            value.select_option(typed)
        else:
            page.keyboard.type(typed)
        page.keyboard.press("Tab")
        page.keyboard.type("words that somebody picked")
        page.keyboard.press("Tab")
        page.keyboard.type("a reason")
        page.keyboard.press("Enter")
        _until_done(watched)
        kind, data = list_words(own_path)[at]
        assert (kind, data["field"], data["by"]) == ("correction", field, "ada")
        assert data["why"] == "a reason “words that somebody picked”"
        assert page.locator(".notice.good").is_visible()


def test_what_the_list_shows_leads_into_review_and_alerts(browse: Browse, stock_address: str, stock_path: Path) -> None:
    watched = browse(stock_address)
    page = watched.open("/?type=robbery")
    assert count_all(stock_path, page.url) > 0
    assert page.get_by_role("link", name="Review these").get_attribute("href") == "/review?type=robbery"
    assert page.get_by_role("link", name="Save as an alert").get_attribute("href") == "/alerts/new?type=robbery"


def test_review_works_without_scripts(browse: Browse, host: Callable[..., str], own_path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "bare"
    copy.mkdir()
    for part in own_path.parent.glob(own_path.name + "*"):
        shutil.copy(part, copy / part.name)
    path = copy / own_path.name
    base = host(path, user="ada")
    page = browse(base, java_script_enabled=False).page
    page.goto(base + "/review?disputed=1")
    assert not page.locator("kbd").first.is_visible()
    while page.locator("button[name=value]").count() < 2:
        page.locator("a[data-key-too=j]").click()
    page.locator("button[name=value]").nth(1).click()
    assert "done=" in page.url and len(list_words(path)) == 1
    page.get_by_role("button", name="Undo").click()
    assert list_words(path)[-1][0] == "retired"
