"""Review in a real browser: every action by keyboard and by mouse, every page sound in both themes, nothing against the policy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsblotter.store import Store, open_store

Browse = Callable[..., Any]


@pytest.fixture
def address(host: Callable[..., str], own_path: Path) -> str:
    return host(own_path, user="ada")


def _ask(path: Path, find: Callable[[Store], Any]) -> Any:
    with open_store(str(path), readonly=True) as store:
        return find(store)


def _ids(path: Path) -> list[str]:
    return _ask(path, lambda store: sorted(record["id"] for record in store.records()))


def _words(path: Path) -> list[Any]:
    return _ask(path, lambda store: [(entry.kind, entry.data) for entry in store.journal("judgement", "correction", "retired")])


def _disputed(path: Path) -> dict[str, Any]:
    """The incident with the most disputed fields."""
    return _ask(path, lambda store: max(store.records(), key=lambda record: len(record["disputed"])))


def _told_twice(path: Path) -> dict[str, Any]:
    """An incident of several reports."""
    return _ask(path, lambda store: max(store.records(), key=lambda record: len(record["reports"])))


def _until_done(watched: Any) -> None:
    watched.wait("new URLSearchParams(location.search).has('done') && document.readyState === 'complete'")


def _give(page: Any, by: str, key: str, selector: str) -> None:
    """An answer, by the key or by the mouse."""
    if by == "key":
        page.keyboard.press(key)
    else:
        page.locator(selector).first.click()


PAGES = ("review", "pair", "compare", "compare_with", "found", "correct", "correct_type", "correct_any", "judgements")


def _page(path: Path, name: str) -> str:
    left, right = _ids(path)[:2]
    disputed = _disputed(path)
    return {
        "review": "/review",
        "pair": "/review?at=3",
        "compare": f"/compare?left={left}&right={right}",
        "compare_with": f"/compare?left={disputed['id']}",
        "found": f"/compare?left={left}&right=Verdier+Lyon",
        "correct": f"/incidents/{disputed['id']}/correct?field={disputed['disputed'][0]}",
        "correct_type": f"/incidents/{left}/correct?field=type",
        "correct_any": f"/incidents/{left}/correct",
        "judgements": "/judgements",
    }[name]


@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 390)])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_sound(browse: Browse, sample_address: str, sample_path: Path, name: str, theme: str, width: int) -> None:
    watched = browse(sample_address, theme=theme, width=width)
    page = watched.open(_page(sample_path, name))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    watched.check()


@pytest.mark.parametrize("name", ["account", "people", "audit", "alerts", "alerts/new?type=robbery"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 390)])
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
    before = _ids(own_path)
    _give(page, by, key, f"button[data-key={key}]")
    _until_done(watched)
    [(kind, data)] = _words(own_path)
    assert (kind, data["judgement"], data["by"]) == ("judgement", verdict, "ada")
    assert len(_ids(own_path)) == len(before) - (verdict == "same")
    _give(page, by, "z", "button[data-key=z]")
    watched.wait("!document.querySelector('.notice.good')")
    assert _words(own_path)[-1][0] == "retired" and _ids(own_path) == before
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_disputed_value_is_chosen_in_the_queue(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review")
    wanted = page.locator("button[data-key='2']")
    value = wanted.get_attribute("value")
    field = page.locator("input[name=field]").first.get_attribute("value")
    _give(page, by, "2", "button[data-key='2']")
    _until_done(watched)
    [(kind, data)] = _words(own_path)
    assert (kind, data["field"]) == ("correction", field) and value
    assert page.locator("h1").inner_text() and page.locator(".notice.good").count() == 1
    watched.check()


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_another_value_is_typed_and_keys_are_letters_meanwhile(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review")
    assert page.locator("input[name=field]").first.get_attribute("value") == "loot"
    _give(page, by, "e", "[data-key-focus=e]")
    page.keyboard.type("3m EUR sud")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    assert _words(own_path) == [] and page.locator("[data-key-focus=e]").input_value() == "3m EUR su"
    page.locator("[data-key-focus=e]").fill("3.1m EUR")
    if by == "key":
        page.keyboard.press("Enter")
    else:
        page.locator("[data-edit] button").click()
    _until_done(watched)
    [(_, data)] = _words(own_path)
    assert json.dumps(data["value"]).count("3100000") == 2


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_questions_are_left_and_the_end_says_so(browse: Browse, address: str, own_path: Path, by: str) -> None:
    watched = browse(address)
    page = watched.open("/review")
    seen = []
    for _ in range(40):
        heading = page.locator("h1").inner_text()
        if "last question" in heading:
            break
        here = page.url
        seen.append(here)
        _give(page, by, "j", "a[data-key-too=j]")
        watched.wait(f"location.href !== {json.dumps(here)} && document.readyState === 'complete'")
    assert len(seen) >= 4 and "last question" in page.locator("h1").inner_text()
    assert _words(own_path) == []
    watched.check()
    page.get_by_role("link", name="From the beginning").click()
    watched.wait("document.querySelector('[data-key]') !== null")


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_the_keys_are_explained(browse: Browse, sample_address: str, by: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/review")
    _give(page, by, "?", "[data-help]")
    watched.wait("document.querySelector('dialog').open")
    watched.check()
    page.keyboard.press("s")  # decides nothing while the keys are shown
    page.keyboard.press("Escape")
    watched.wait("!document.querySelector('dialog').open")
    assert page.url.endswith("/review")


def test_a_report_is_taken_out_after_a_look_at_what_would_change(browse: Browse, address: str, own_path: Path) -> None:
    watched = browse(address)
    told = _told_twice(own_path)
    page = watched.open(f"/incidents/{told['id']}")
    page.locator(".voices-list > li > form button").last.click()
    watched.wait("document.querySelector('.outcome') !== null")
    watched.check()
    assert _words(own_path) == []
    page.get_by_label("Reason").fill("another day")
    page.get_by_role("button", name="Save: different incidents").click()
    _until_done(watched)
    [(_, data)] = _words(own_path)
    assert (data["judgement"], data["why"]) == ("different", "another day")
    after = _ask(own_path, lambda store: store.get_incident(told["id"]).record)
    assert len(after["reports"]) < len(told["reports"])


def test_a_disputed_side_is_taken_on_the_page_of_the_incident(browse: Browse, address: str, own_path: Path) -> None:
    watched = browse(address)
    record = _disputed(own_path)
    page = watched.open(f"/incidents/{record['id']}")
    page.locator(".side:not(.shown) .take button").first.click()
    _until_done(watched)
    [(kind, data)] = _words(own_path)
    assert kind == "correction" and data["field"] in record["disputed"]
    assert page.locator(".notice.good").is_visible() and page.locator("#corrected").count() == 1


def test_words_picked_in_a_report_go_into_a_correction(browse: Browse, address: str, own_path: Path) -> None:
    watched = browse(address)
    report = _ask(own_path, lambda store: store.get_report("verdier-04"))
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
    page.locator("ul.fields a", has_text="Target").click()
    watched.wait("document.querySelector('textarea[name=quote]') !== null")
    assert page.locator("textarea[name=quote]").input_value() == words
    assert page.locator("input[name=value]").input_value() == words  # any words are a target


def test_a_value_that_is_none_is_asked_again_with_what_was_typed(browse: Browse, address: str, own_path: Path) -> None:
    watched = browse(address)
    page = watched.open(f"/incidents/{_ids(own_path)[0]}/correct?field=killed")
    page.locator("input[name=value]").fill("many")
    page.get_by_label("Reason").fill("the court")
    page.get_by_role("button", name="Save the correction").click()
    watched.wait("document.querySelector('[role=alert]') !== null")
    assert page.locator("input[name=value]").input_value() == "many"
    assert page.get_by_label("Reason").input_value() == "the court"
    page.locator("input[name=value]").fill("2")
    page.get_by_role("button", name="Save the correction").click()
    _until_done(watched)
    assert len(_words(own_path)) == 1


def test_the_slower_of_two_sees_what_changed_and_can_look_again(browse: Browse, address: str, own_path: Path) -> None:
    slow, quick = browse(address), browse(address)
    path = _page(own_path, "compare")
    slow.open(path)
    quick.open(path).keyboard.press("s")
    _until_done(quick)
    slow.page.keyboard.press("d")
    slow.wait("document.querySelector('h1').innerText.includes('changed meanwhile')")
    assert slow.page.locator(".told .chip").first.inner_text()
    assert len(_words(own_path)) == 1
    slow.problems = [one for one in slow.problems if "409" not in one]  # the browser reports the status itself
    slow.check()
    slow.page.get_by_role("link", name="Look again").click()
    slow.wait("location.pathname !== '/review/judge' && document.readyState === 'complete'")
    assert slow.page.locator("h1").count() == 1


def test_what_the_list_shows_leads_into_review_and_alerts(browse: Browse, sample_address: str) -> None:
    watched = browse(sample_address)
    page = watched.open("/?type=robbery")
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
    page.goto(base + "/review")
    assert not page.locator("kbd").first.is_visible()
    page.locator("button[name=value]").nth(1).click()
    assert "done=" in page.url and len(_words(path)) == 1
    page.get_by_role("button", name="Undo").click()
    assert _words(path)[-1][0] == "retired"
