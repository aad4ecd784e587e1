"""Words of a language: sections load once, a wrong name says so."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from newsblotter.errors import DataError
from newsblotter.lexicon import list_languages, load_lexicon, make_plural, people_nouns

SECTIONS = sorted(p.name.removesuffix(".yaml") for p in (files("newsblotter") / "_data" / "languages" / "en").iterdir())


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_load(section: str) -> None:
    assert load_lexicon(section)
    assert load_lexicon(section) is load_lexicon(section)


@pytest.mark.parametrize(("section", "language"), [("no such", "en"), ("cues", "xx"), ("cues", "fr")])
def test_a_missing_section_is_named(section: str, language: str) -> None:
    with pytest.raises(DataError, match=f"{language}/{section}.yaml"):
        load_lexicon(section, language)


def test_languages_are_those_with_cues() -> None:
    assert list_languages() == ("en",)


PLURALS = [
    ("man", "men"),
    ("gunman", "gunmen"),
    ("robber", "robbers"),
    ("witness", "witnesses"),
    ("coach", "coaches"),
    ("boy", "boys"),
]


@pytest.mark.parametrize(("noun", "expected"), PLURALS, ids=[case[0] for case in PLURALS])
def test_make_plural(noun: str, expected: str) -> None:
    assert make_plural(noun) == expected


def test_people_nouns_know_both_forms() -> None:
    forms = people_nouns()
    assert forms["men"] == forms["man"] == "man"
    assert forms["officers"] == "officer"
    assert all(form == form.lower() for form in forms)


@pytest.mark.parametrize("name", ["shift", "item", "plural", "record", "generic", "attempted", "planned", "denied", "hypothetical"])
def test_cue_patterns_compile(name: str) -> None:
    for pattern in load_lexicon("cues")[name]:
        re.compile(pattern)


def test_genres_compile() -> None:
    genres = load_lexicon("genre")
    assert "authority" in genres
    for patterns in genres.values():
        for pattern in patterns:
            re.compile(pattern)
