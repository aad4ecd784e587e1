"""Words of a language: sections load once, a wrong name says so."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from newsblotter.errors import DataError
from newsblotter.lexicon import list_languages, load_lexicon, make_plural, people_nouns
from newsblotter.taxonomy import load_taxonomy

SECTIONS = sorted(p.name.removesuffix(".yaml") for p in (files("newsblotter") / "_data" / "languages" / "en").iterdir())


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_load(section: str) -> None:
    assert load_lexicon(section)
    assert load_lexicon(section) is load_lexicon(section)


@pytest.mark.parametrize(("section", "language"), [("no such", "en"), ("cues", "xx"), ("cues", "pt")])
def test_a_missing_section_is_named(section: str, language: str) -> None:
    with pytest.raises(DataError, match=f"{language}/{section}.yaml"):
        load_lexicon(section, language)


def test_languages_are_those_with_cues() -> None:
    assert list_languages() == ("de", "en", "es", "fr", "it")


def _sections(language: str) -> set[str]:
    return {p.name for p in (files("newsblotter") / "_data" / "languages" / language).iterdir()}


@pytest.mark.parametrize("language", [name for name in list_languages() if name != "en"])
def test_languages_read_by_lists_have_the_same_sections(language: str) -> None:
    assert _sections(language) == _sections("es")
    for section in sorted(_sections("es")):
        name = section.removesuffix(".yaml")
        if name not in ("types", "cues"):  # of these a list that a language lacks finds nothing
            assert load_lexicon(name, language).keys() == load_lexicon(name, "es").keys(), section


@pytest.mark.parametrize("language", [name for name in list_languages() if name != "en"])
def test_their_types_are_those_of_the_taxonomy(language: str) -> None:
    types = load_lexicon("types", language)
    assert types.keys() == load_taxonomy().types.keys()
    groups = {group for kind in types.values() for group in kind}
    assert groups <= {"noun", "verb", "taking", "taken", "actor", "loose", "weak", "not"}
    for kind in types.values():
        for pattern in (p for patterns in kind.values() for p in patterns):
            re.compile(pattern)


@pytest.mark.parametrize("language", [name for name in list_languages() if name != "en"])
def test_their_weapons_are_those_of_the_vocabulary(language: str) -> None:
    known = load_taxonomy().vocabularies["weapons"].terms
    assert set(load_lexicon("phrases", language)["weapons"]) <= set(known)


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
