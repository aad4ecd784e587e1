"""Whom a sentence cites for a fact: each row marks the fact by braces."""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import tell

from newsblotter.extract.attribution import find_speaker
from newsblotter.extract.names import find_words

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "said_by.csv").open(encoding="utf-8", newline="")))
VOICES = {
    "police",
    "prosecutor",
    "court",
    "lawyer",
    "victim",
    "relative",
    "witness",
    "company",
    "official",
    "another outlet",
    "anonymous source",
}


def _speaker(marked: str, body: str = "") -> str | None:
    text = marked.replace("{", "").replace("}", "")
    document, _ = tell("News", f"{body}{text}")
    return find_speaker(document, len("News\n\n") + len(body) + marked.index("{"))


@pytest.mark.parametrize("case", CASES, ids=[c["text"][:50] for c in CASES])
def test_case(case: dict[str, str]) -> None:
    assert (_speaker(case["text"]) or "") == case["said_by"]


def test_the_table_hears_every_voice() -> None:
    heard = Counter(case["said_by"] for case in CASES)
    assert set(heard) == VOICES | {""}
    assert min(heard.values()) >= 6


@pytest.mark.parametrize(
    ("marked", "who"),
    [
        ('"{They} took everything," Colley said.', "police"),
        ("{Nobody} had been held, Marsh added.", "prosecutor"),
        ("{Nobody} had been held, Ortega said.", None),
    ],
)
def test_a_surname_is_who_the_report_said_it_is(marked: str, who: str | None) -> None:
    assert _speaker(marked, "Sheriff Wade Colley met prosecutor Ida Marsh. Luis Ortega came too. ") == who


def test_other_languages_keep_their_patterns() -> None:
    text = "Zwei Männer raubten den Laden aus, teilte die Polizei mit."
    document, _ = tell("Raub", text)
    assert find_speaker(document, len("Raub\n\n"), "de") == "police"


@given(st.lists(st.sampled_from(["police", "said", "the owner", ",", ".", "told", '"', "Colley", "who saw", "'s", ";", "ß", "\n"])))
def test_any_sentence_is_read(words: list[str]) -> None:
    document, _ = tell("News", " ".join(["x", *words]))
    assert {find_speaker(document, at) for at in range(len(document.report.text))} <= VOICES | {None}


def test_a_hostile_sentence_costs_little() -> None:
    document, _ = tell("News", "police owner court witness, " * 20 + "said " * 8)
    began = time.process_time()
    find_speaker(document, 10)
    assert time.process_time() - began < 0.5


@given(
    st.lists(st.sampled_from(["Colley", "Colley-Ames", "McColley", "Colleys", "O'Colley", "_", " ", ".", "é"]), max_size=8).map(
        "".join
    ),
    st.sampled_from(["Colley", "Colley-", "Colley's", "é"]),
)
def test_words_are_found_as_a_pattern_finds_them(text: str, words: str) -> None:
    expected = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(words)}\b", text)]
    assert list(find_words(text, words)) == expected
