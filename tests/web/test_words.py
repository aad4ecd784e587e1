"""Words in a visitor's language."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from newsblotter.link.compare import FEATURES
from newsblotter.link.score import CERTAIN
from newsblotter.records import Reality, Role
from newsblotter.store.record_schema import CLAIM_FIELDS, STANDINGS, STATUSES
from newsblotter.taxonomy import load_taxonomy
from newsblotter.web import vocabulary
from newsblotter.web.words import LANGUAGES, SOURCE_LANGUAGE, load_words
from newsblotter_lab.messages import bring_up_to_date, dump, gather, is_translated, path_of

TRANSLATIONS = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated(language: str) -> None:
    """A text that is new has to be gathered (python -m newsblotter_lab.messages) and translated."""
    catalogue = bring_up_to_date(language, gather())
    assert [message.id for message in catalogue if message.id and not is_translated(message)] == []
    assert path_of(language).read_bytes() == dump(catalogue), "run python -m newsblotter_lab.messages"


def _forms(message: Message) -> list[tuple[str, str]]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    return [(ids[min(at, len(ids) - 1)], string) for at, string in enumerate(strings) if string]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    for message in bring_up_to_date(language, gather()):
        for text, translated in _forms(message) if message.id else []:
            assert sorted(re.findall(r"%(?:\(\w+\))?[sd]", text)) == sorted(re.findall(r"%(?:\(\w+\))?[sd]", translated)), text


def test_every_name_of_the_store_has_words() -> None:
    taxonomy = load_taxonomy()
    names = {*taxonomy.types, *STATUSES, *STANDINGS, *(one.value for one in Reality), *(one.value for one in Role)}
    names.update(term for known in ("weapons", "vehicles", "tactics") for term in taxonomy.vocabularies[known].terms)
    assert names - set(vocabulary.NAMES) == set()
    assert set(CLAIM_FIELDS) - set(vocabulary.FIELDS) == set()


def test_every_reason_of_linking_has_words() -> None:
    """What speaks for and against a join, either way round, is a text of the catalogues."""
    said = {words for feature in FEATURES for words in (feature.alike, feature.unlike)}
    assert said | set(CERTAIN.values()) == vocabulary.CLAUSES  # no more either: a clause that nothing says is left over


DAY = {"start": "2024-03-12", "end": "2024-03-12", "edtf": "2024-03-12"}


@pytest.mark.parametrize(
    ("field", "value", "english", "french"),
    [
        ("date", DAY, "12 Mar 2024", "12 mars 2024"),
        ("date", {**DAY, "time": "15:20"}, "12 Mar 2024, 15:20", "12 mars 2024, 15:20"),
        ("date", {"start": "2024-03-01", "end": "2024-03-31", "edtf": "2024-03"}, "Mar 2024", "mars 2024"),
        ("date", {"start": "2024-01-01", "end": "2024-12-31", "edtf": "2024"}, "2024", "2024"),
        ("date", {"start": "2024-06-01", "end": "2024-08-31", "edtf": "2024-22"}, "summer 2024", "été 2024"),
        ("date", {"start": "2024-05-13", "end": "2024-05-19", "edtf": "2024-05-13/2024-05-19"}, "13–19 May 2024", "13–19 mai 2024"),
        ("killed", {"low": 2, "high": None}, "at least 2", "au moins 2"),
        ("loot", {"low": 2_400_000, "high": 2_400_000, "currency": "EUR"}, "€2.4 million", "2,4 M €"),
        ("loot", {"low": 350_000, "high": 400_000, "currency": "EUR"}, "€350,000–400,000", "350 000–400 000 €"),
        ("place", {"name": "Lyon", "admin1": None, "country": "FR"}, "Lyon, France", "Lyon, France"),
        ("place", {"address": "12 High Street"}, "12 High Street", "12 High Street"),
        (
            "people",
            {"name": None, "age": 7, "role": "victim", "status": ["injured"]},
            "unnamed, 7 (victim, injured)",
            "identité inconnue, 7 (victime, blessé)",
        ),
        (
            "outcomes",
            {"kind": "arrest", "on": "2024-03-12", "count": {"low": 2, "high": 2}},
            "arrest (2), 12 Mar 2024",
            "arrestation (2), 12 mars 2024",
        ),
        ("weapons", ["handgun", "axe"], "handgun, axe", "arme de poing, hache"),
        ("status", "suspects_at_large", "suspects at large", "suspects en fuite"),
        ("target", "Maison\u202e Verdier", "Maison Verdier", "Maison Verdier"),
        ("loot", None, "", ""),
    ],
)
def test_values(field: str, value: object, english: str, french: str) -> None:
    shown = [load_words(language).value(field, value) for language in ("en", "fr")]
    assert [" ".join(words.split()) for words in shown] == [english, french]


def test_french_is_set_with_its_spaces() -> None:
    """No line may begin with a sign that belongs to the word before it."""
    catalogue = bring_up_to_date("fr", gather())
    told = [text for message in catalogue if message.id for _, text in _forms(message)]
    assert [text for text in told if re.search(r" [;:!?»]|« ", text)] == []


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ({"low": 2e6, "high": 9e6, "currency": "EUR"}, "€2 million – 9 million", "2 M – 9 M €"),
        ({"low": 3e5, "high": None, "currency": "INR"}, "at least ₹300,000", "au moins 300 000 ₹"),
        ({"low": 3e5, "high": 3e5, "currency": "USD"}, "US$300,000", "300 000 $US"),
        ({"low": 3e5, "high": 3e5, "currency": "CHF"}, "CHF 300,000", "300 000 CHF"),
        ({"low": 3e5, "high": 3e5, "currency": None}, "300,000 (currency not said)", "300 000 (monnaie non précisée)"),
        ({"low": None, "high": None, "currency": "EUR"}, "unknown", "inconnu"),
        ({"low": None, "high": 4}, "at most 4", "au plus 4"),
    ],
)
def test_money_and_counts(value: dict[str, object], english: str, french: str) -> None:
    shown = [load_words(language).interval(value) for language in ("en", "fr")]
    assert [" ".join(words.split()) for words in shown] == [english, french]
