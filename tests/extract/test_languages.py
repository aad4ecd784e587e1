"""Reports in Spanish, French, German and Italian, read by word lists; reports in other languages are kept unread."""

from __future__ import annotations

from datetime import date

import pytest
from told_languages import Case, judge, load_cases, read_case

from newsblotter.extract.rules import load_rules
from newsblotter.extract.sentences import split_sentences
from newsblotter.lexicon import list_languages
from newsblotter.pipeline import load_engine
from newsblotter.taxonomy import load_taxonomy

LEAST_ROWS = 40  # invented reports a language


def _name(case: Case) -> str:
    return f"{case.language}: {case.text[:40]}"


@pytest.mark.parametrize("case", load_cases(), ids=_name)
def test_facts_are_read(case: Case) -> None:
    wrong = [f"{field}={value}" for (field, value), right in judge(case).items() if not right]
    assert not wrong, [(c.field, c.quote.text, c.value) for m in read_case(case) for c in m.claims]


@pytest.mark.parametrize("language", [name for name in list_languages() if name != "en"])
def test_every_language_has_its_table(language: str) -> None:
    rows = [case for case in load_cases() if case.language == language]
    assert len(rows) >= LEAST_ROWS
    assert sum(case.expected == (("none", ""),) for case in rows) >= 6


def test_quotes_are_the_words_of_the_report() -> None:
    for case in load_cases():
        for mention in read_case(case):
            assert all(case.text[c.quote.start : c.quote.end] == c.quote.text for c in mention.claims)


def test_a_language_without_words_gives_nothing() -> None:
    text = "Três homens armados assaltaram uma joalharia em Lisboa no sábado e levaram 200 mil euros."
    assert read_case(Case("pt", date(2024, 5, 20), text, ())) == ()


def test_another_language_is_not_read_by_the_words_of_english() -> None:
    case = next(c for c in load_cases() if c.language == "fr" and ("type", "robbery") in c.expected)
    assert read_case(case)
    assert not [m for m in read_case(case, "en") if m.claims and any(c.field == "target" for c in m.claims)]


def test_words_of_a_language_are_loaded_when_its_first_report_comes() -> None:
    rules = load_rules(load_taxonomy())
    assert not rules._phrase_scenes
    assert load_engine().languages == frozenset(list_languages())


ABBREVIATED = [
    ("de", "Am 3. Mai wurde Dr. Kern um 2 Mio. Euro gebracht. Die Polizei ermittelt.", 2),
    ("es", "El Sr. Ramos, de la Avda. Mayor, lo vio. La policía investiga.", 2),
    ("fr", "M. Duval et Mme. Roche ont tout vu. La police enquête.", 2),
    ("it", "Il sig. Conti lo ha visto in p.zza Dante. La polizia indaga.", 2),
    ("en", "It ended on page 3. May was next.", 2),
]


@pytest.mark.parametrize(("language", "text", "number"), ABBREVIATED, ids=[row[0] for row in ABBREVIATED])
def test_abbreviations_end_no_sentence(language: str, text: str, number: int) -> None:
    assert len(list(split_sentences(text, language))) == number
