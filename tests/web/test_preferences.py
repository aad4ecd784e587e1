"""Theme and language."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from newsblotter.web.links import inward, outward
from newsblotter.web.words import choose_language


def test_theme_and_language_are_remembered(desk: TestClient) -> None:
    answer = desk.post("/preferences", data={"theme": "dark", "next": "/nowhere?a=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/nowhere?a=1")
    desk.post("/preferences", data={"lang": "fr"})
    page = desk.get("/nowhere").text
    assert '<html lang="fr" data-theme="dark">' in page
    desk.post("/preferences", data={"theme": "no such", "lang": "tlh"})
    assert '<html lang="fr">' in desk.get("/nowhere").text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "evil", "", None]
)
def test_going_on_stays_here(elsewhere: str | None) -> None:
    assert inward(elsewhere) == "/"


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://paper.example/a?b=c", True),
        ("HTTP://paper.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://paper.example/%0aalert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//paper.example", False),
        ("https:///nowhere", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_which_links_lead_out(url: str | None, followed: bool) -> None:
    assert (outward(url) == url and url is not None) is (followed)


@pytest.mark.parametrize(
    ("asked", "accepted", "found"),
    [
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "de, en;q=0.5", "en"),
        ("fr", "en", "fr"),
        ("xx", "en;q=0.1,fr;q=0.7", "fr"),
        (None, "", "en"),
        (None, "fr;q=x", "en"),
    ],
)
def test_the_language_is_the_chosen_or_the_browsers(asked: str | None, accepted: str, found: str) -> None:
    assert choose_language(asked, accepted) == found
