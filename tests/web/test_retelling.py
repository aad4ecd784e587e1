"""Sentences of other rooms in a visitor's language."""

from __future__ import annotations

import pytest

from newsblotter.web.retelling import Retelling
from newsblotter.web.words import load_words

TEMPLATES = {
    "{0} is no day; write {1}": "{0} n’est pas un jour ; écrivez {1}",
    "{1} before {0}": "{0} après {1}",
    "{0}: {1}": "{0} : {1}",
    "untranslated {0}": "",
}


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("x is no day; write y", "x n’est pas un jour ; écrivez y"),
        ("a title: with a colon", "a title: with a colon"),
        ("untranslated x", "untranslated x"),
        ("", ""),
    ],
)
def test_a_sentence_is_told_by_its_template(sentence: str, told: str) -> None:
    assert Retelling(TEMPLATES).tell(sentence) == told


def test_what_fills_a_hole_is_named() -> None:
    assert Retelling(TEMPLATES, str.upper).tell("x is no day; write y") == "X n’est pas un jour ; écrivez Y"


def test_words_that_were_typed_fill_no_other_hole() -> None:
    assert Retelling(TEMPLATES).tell("{1} is no day; write {0}") == "{1} n’est pas un jour ; écrivez {0}"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("since: 'abc' is no e-mail address", "since\xa0: «\u202fabc\u202f» n’est pas une adresse e-mail"),
        ("that takes the role reviewer; yours is reader", "il y faut le rôle réviseur\u202f; le vôtre est lecteur"),
        ("same target: Arvelle; same suspect: Ivo Brandt", "même cible\xa0: Arvelle\u202f; même suspect\xa0: Ivo Brandt"),
        ("killed: 0 → 1; your search “X” watches it", "tués\xa0: 0 → 1\u202f; votre recherche «\u202fX\u202f» le suit"),
    ],
)
def test_french_tells_what_other_rooms_say(sentence: str, told: str) -> None:
    assert load_words("fr").told(sentence) == told
    assert load_words("en").told(sentence) == sentence


@pytest.mark.parametrize(
    ("title", "french"),
    [
        ("Robbery at Cartier, Monte Carlo", "Vol avec violence\xa0: Cartier, Monte Carlo"),
        ("Arson (cars), Bristol", "Incendie criminel (cars), Bristol"),
        ("Homicide in Leeds", "Homicide\xa0: Leeds"),
        ("Robbery, 2012", "Vol avec violence, 2012"),
        ("Robbery", "Vol avec violence"),
        ("The great robbery", "The great robbery"),
    ],
)
def test_a_title_that_was_made_is_made_in_french(title: str, french: str) -> None:
    assert load_words("fr").title(title) == french
    assert load_words("en").title(title) == title
