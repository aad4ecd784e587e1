"""The pages of help and of changes, and what a wrong address is told."""

from __future__ import annotations

import lxml.html
from fastapi.testclient import TestClient


def _page(desk: TestClient, path: str, language: str = "en", status: int = 200) -> lxml.html.HtmlElement:
    answered = desk.get(path, headers={"accept-language": language})
    assert answered.status_code == status, answered.text
    return lxml.html.fromstring(answered.text)


def test_every_new_incident_stands_under_its_day(desk: TestClient) -> None:
    page = _page(desk, "/changes")
    total = int(_page(desk, "/").cssselect(".total strong")[0].text)
    assert len(page.cssselect(".changes li a")) == total
    for link in page.cssselect(".changes li a")[:3]:
        assert desk.get(link.get("href")).status_code == 200


def test_help_explains_the_words_that_the_pages_use(desk: TestClient) -> None:
    words = {term.text_content() for term in _page(desk, "/help").cssselect("dt")}
    assert {"Voice", "Disputed", "Incident"} <= words
    for link in _page(desk, "/help").cssselect("main a"):
        assert desk.get(link.get("href")).status_code == 200


def test_what_leaves_nothing_can_be_let_go(desk: TestClient) -> None:
    page = _page(desk, "/?type=bombing&country=FR")
    assert page.cssselect(".total strong")[0].text == "0"
    chosen = {link.cssselect(".choice-name")[0].text: link.get("href") for link in page.cssselect("#facets a[aria-current]")}
    assert chosen["Bombing"] == "/?country=FR"


def test_a_wrong_address_is_told_in_the_visitors_language(desk: TestClient) -> None:
    assert _page(desk, "/nowhere", status=404).cssselect(".refusal")[0].text_content() == "no page has this address"
    french = _page(desk, "/?since=abc", "fr", 400).cssselect(".refusal")[0]
    assert french.get("lang") is None and "n’est pas une date" in french.text_content()


def test_a_fact_to_correct_is_chosen_with_the_words_that_were_picked(desk: TestClient) -> None:
    [incident] = _page(desk, "/?disputed_on=loot").cssselect(".card h3 a")
    path = f"{incident.get('href')}/correct"
    choices = {
        link.cssselect("strong")[0].text: link.get("href") for link in _page(desk, f"{path}?quote=3 men").cssselect(".fields a")
    }
    assert {"Date", "Loot", "Status"} <= choices.keys()
    page = _page(desk, choices["Suspects"].replace("&amp;", "&"))
    assert page.cssselect("textarea[name=quote]")[0].text == "3 men"
    assert page.cssselect("input[name=value]")[0].get("value") == ""  # no number as it stands
    amount = _page(desk, f"{path}?field=loot&quote=3.5 million euros")
    assert amount.cssselect("input[name=value]")[0].get("value") == "3.5 million euros"


def test_claims_that_say_the_same_are_one_line(desk: TestClient) -> None:
    [incident] = _page(desk, "/?disputed_on=loot").cssselect(".card h3 a")
    report = _page(desk, incident.get("href")).cssselect(".report-title")[0].get("href")
    lines = [" ".join(line.cssselect("a")[0].text_content().split()) for line in _page(desk, report).cssselect(".claims li")]
    assert len(lines) == len(set(lines))
