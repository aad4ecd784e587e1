"""People: names found, ages and fates read, and what is no name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.fields.people import fill_person, find_people, normalise_name, read_person
from newsblotter.records import Person

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "people.csv").open(encoding="utf-8")))
PLACES = {"Big Ben", "New Harwick", "San Brannoc", "Upper Dray"}


def is_place(words: str) -> bool:
    return words in PLACES


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_people_of_a_sentence(case: dict[str, str]) -> None:
    text = case["text"]
    spans = find_people(text, is_place)
    if not case["name"]:
        assert [text[s.start : s.end] for s in spans] == []
        return
    assert case["name"] in [text[s.start : s.end] for s in spans]
    span = next(s for s in spans if text[s.start : s.end] == case["name"])
    person = read_person(text, span.start, span.end)
    assert person is not None
    assert person.name == case["name"]
    assert person.age == (int(case["age"]) if case["age"] else None)
    if case["status"]:
        assert case["status"] in person.status


def test_a_gazetteer_takes_a_place_out() -> None:
    assert find_people("Police searched San Brannoc for hours.", is_place) == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sgt. Paula Reiner", "Paula Reiner"),
        ("Mr. Anil Mehrotra's", "Anil Mehrotra"),
        ("  Tomas   Verrin, ", "Tomas Verrin"),
        ("Marcus Delby Jr.", "Marcus Delby Jr."),
    ],
)
def test_normalise_name(words: str, expected: str) -> None:
    assert normalise_name(words) == expected


@pytest.mark.parametrize(
    ("quote", "partial", "expected"),
    [
        (
            "Tomas Verrin, 31",
            Person("Tomas Verrin", None, "suspect", ("arrested",)),
            Person("Tomas Verrin", 31, "suspect", ("arrested",)),
        ),
        ("31-year-old Tomas Verrin", Person("Tomas Verrin"), Person("Tomas Verrin", 31)),
        ("a 16-year-old boy", Person(None, 16, "victim", ("injured",)), Person(None, 16, "victim", ("injured",))),
        ("Tomas Verrin", None, Person("Tomas Verrin")),
        ("a boy", None, None),
        ("Tomas Verrin", Person("Tomas Verrin", 31), Person("Tomas Verrin", None)),
    ],
)
def test_fill_person_reads_the_quote_alone(quote: str, partial: Person | None, expected: Person | None) -> None:
    text = f"Police say {quote} was there."
    assert fill_person(text, 11, 11 + len(quote), partial) == expected


def test_role_hint_wins() -> None:
    text = "Tomas Verrin was shot."
    assert read_person(text, 0, 12, "suspect") == Person("Tomas Verrin", None, "suspect", ("injured",))


def test_officials_are_told_by_their_title() -> None:
    text = "Sgt. Paula Reiner said so."
    person = read_person(text, 5, 17)
    assert person is not None
    assert person.role == "official"


@given(st.text(max_size=300))
def test_spans_are_sorted_and_disjoint(text: str) -> None:
    last = 0
    for span in find_people(text, is_place):
        assert last <= span.start < span.end <= len(text)
        last = span.end
        assert not text[span.start].isspace()
        assert not text[span.end - 1].isspace()
