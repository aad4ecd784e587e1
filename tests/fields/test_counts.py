"""Counts of people: what the finder finds, what the reader reads, and the laws of both."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.fields.counts import fill_count, find_counts, load_grammar, read_count
from newsblotter.fields.numbers import parse_interval, parse_number
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "counts.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_first_count_of_a_sentence(case: dict[str, str]) -> None:
    text = case["text"]
    spans = find_counts(text)
    if not case["phrase"]:
        assert [text[s.start : s.end] for s in spans] == []
        return
    assert spans, "nothing found"
    first = spans[0]
    assert text[first.start : first.end] == case["phrase"]
    high = None if case["high"] == "-" else int(case["high"])
    assert read_count(text, first.start, first.end) == Count(int(case["low"]), high, case["unit"] or None)


def test_every_count_of_a_sentence_is_found() -> None:
    text = "Two men and a 15-year-old girl were shot; nobody died, and three suspects fled."
    assert [text[s.start : s.end] for s in find_counts(text)] == [
        "Two men",
        "a 15-year-old girl",
        "nobody",
        "three suspects",
    ]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("a gang of four", Count(4, 4)),
        ("police are hunting the robbers", Count(0, 0)),
        ("the suspects remain at large", Count(0, 0)),
        ("the victim died", Count(1, 1, "victim")),
        ("He was pronounced dead", Count(1, 1)),
        ("the victims died", None),
        ("it rained", None),
    ],
)
def test_fill_count_from_a_quote(quote: str, expected: Count | None) -> None:
    assert fill_count(f"Then {quote}.", 5, 5 + len(quote)) == expected


def test_fill_count_keeps_what_the_claimer_made_of_it() -> None:
    assert fill_count("One of the two died.", 0, 19, Count(2, 2)) == Count(2, 2)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("21", 21),
        ("1,200", 1200),
        ("3,00,000", 300000),
        ("3.5", 3.5),
        ("1.200.000", 1200000),
        ("twenty-one", 21),
        ("twenty one", 21),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half-dozen", 6),
        ("two hundred and fifty", 250),
        ("half a million", 500000),
        ("two and a half million", 2500000),
        ("three lakh", 300000),
        ("1.5 crore", 15000000),
        ("two thousand crore", 20000000000),
        ("one thousand two hundred", 1200),
        ("a hundred thousand", 100000),
        ("nought point", None),
        ("a", None),
        ("several", None),
        ("twenty twenty", None),
        ("12345678901234567890", None),
        ("", None),
        ("man", None),
    ],
)
def test_parse_number(words: str, expected: float | None) -> None:
    assert parse_number(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("at least three", (3, None)),
        ("up to five", (0, 5)),
        ("several million", (2e6, 9e6)),
        ("two or three", (2, 3)),
        ("between 3 and 5 million", (3e6, 5e6)),
        ("3-5", (3, 5)),
        ("10+", (10, None)),
        ("10 or more", (10, None)),
        ("a few hundred", (200, 500)),
        ("tens of millions of", (2e7, 9.9e7)),
        ("the man", None),
    ],
)
def test_parse_interval(words: str, expected: tuple[float, float | None] | None) -> None:
    assert parse_interval(words) == expected


@given(st.text(max_size=300))
def test_spans_are_sorted_disjoint_and_readable(text: str) -> None:
    last = 0
    for span in find_counts(text):
        assert last <= span.start < span.end <= len(text)
        last = span.end
        count = read_count(text, span.start, span.end)
        assert count is not None
        assert count.low >= 0
        assert count.high is None or count.high >= count.low


@given(st.integers(min_value=13, max_value=1_000_000))
def test_digits_round_trip(n: int) -> None:
    if 1800 <= n < 2100:
        return
    text = f"{n:,} people came."
    (span,) = find_counts(text)
    assert read_count(text, span.start, span.end) == Count(n, n, "person")


@given(st.text(alphabet="0123456789,. ", max_size=400))
def test_long_runs_of_digits_are_safe(digits: str) -> None:
    find_counts(digits + " people")
    parse_number(digits)


_PEOPLE, _NUMBERS = load_lexicon("people"), load_lexicon("numbers")
WORDS = sorted(
    {
        *(str(word) for name in ("units", "tens", "scales", "vague") for word in _NUMBERS[name]),
        *(head for kind in _NUMBERS["bounds"].values() for head in kind),
        *(word for name in ("nobody", "nought_nouns", "groups", "numbered_groups", "ordinals") for word in _PEOPLE[name]),
        *"a an the one another other both no this that these those all his of and to or between half men man 3 12 3.5 -".split(),
    }
)


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_nothing_is_counted_but_from_a_word_that_opens_a_count(text: str) -> None:
    grammar = load_grammar()
    for match in grammar.quantifier.finditer(text):
        head = re.match(r"\w+", match.group())
        assert head is not None
        assert not head.group().isalpha() or head.group().lower() in grammar.openers
