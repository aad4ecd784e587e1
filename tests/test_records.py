"""Ids, quotes and days: the ground that every room stands on."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import EvidenceError
from newsblotter.records import Link, Quote, Report, When, check_quote, cut_quote, hash_id

REPORT = Report("r1", "s1", None, None, "Fair", "Fair\n\nIt’s open: 🎪 ok", "en", None)
PART = st.none() | st.text(max_size=8)


@given(st.lists(PART, max_size=4), st.lists(PART, max_size=4))
def test_ids_differ_where_parts_differ(a: list[str | None], b: list[str | None]) -> None:
    assert (hash_id("m", *a) == hash_id("m", *b)) is (a == b)


def test_ids_are_the_same_on_every_day() -> None:
    assert hash_id("r", "a", None, "") == hash_id("r", "a", None, "")
    assert hash_id("r", "ab") != hash_id("r", "a", "b")
    assert hash_id("r", None) != hash_id("r", "")
    assert len(hash_id("c", "x")) == 17
    assert hash_id("c", "\ud800").startswith("c")


@given(st.integers(-3, 30), st.integers(-3, 30))
def test_a_quote_stands_or_is_refused(start: int, end: int) -> None:
    if 0 <= start < end <= len(REPORT.text):
        quote = cut_quote(REPORT, start, end)
        check_quote(REPORT, quote)
        assert REPORT.text[quote.start : quote.end] == quote.text
    else:
        with pytest.raises(EvidenceError, match="r1"):
            cut_quote(REPORT, start, end)


@pytest.mark.parametrize(
    "quote",
    [
        Quote("r2", 0, 4, "Fair"),
        Quote("r1", 1, 5, "Fair"),
        Quote("r1", 0, 4, "fair"),
        Quote("r1", 4, 4, ""),
        Quote("r1", 0, 99, "Fair"),
    ],
    ids=["another report", "moved", "other case", "empty", "too long"],
)
def test_a_false_quote_is_refused(quote: Quote) -> None:
    with pytest.raises(EvidenceError, match="does not stand"):
        check_quote(REPORT, quote)


DAYS = [
    (date(2017, 3, 25), date(2017, 3, 25), "day", "2017-03-25"),
    (date(2016, 12, 1), date(2016, 12, 31), "month", "2016-12"),
    (date(2016, 2, 1), date(2016, 2, 29), "month", "2016-02"),
    (date(2015, 2, 1), date(2015, 2, 28), "month", "2015-02"),
    (date(2008, 1, 1), date(2008, 12, 31), "year", "2008"),
    (date(2024, 3, 1), date(2024, 5, 31), "season", "2024-21"),
    (date(2024, 12, 1), date(2025, 2, 28), "season", "2024-24"),
    (date(2024, 3, 1), date(2024, 5, 31), "range", "2024-03-01/2024-05-31"),
    (date(2024, 5, 13), date(2024, 5, 19), "week", "2024-05-13/2024-05-19"),
    (date(2024, 5, 1), date(2024, 5, 30), "range", "2024-05-01/2024-05-30"),
    (date(2007, 1, 1), date(2008, 12, 31), "range", "2007-01-01/2008-12-31"),
    (date(9999, 1, 1), date.max, "year", "9999-01-01/9999-12-31"),
    (date(987, 1, 2), date(987, 1, 2), "day", "0987-01-02"),
]


@pytest.mark.parametrize(("first", "last", "precision", "expected"), DAYS, ids=[case[3] for case in DAYS])
def test_edtf(first: date, last: date, precision: str, expected: str) -> None:
    assert When(first, last, precision).edtf() == expected


@given(st.dates(date(1, 1, 1), date(9998, 1, 1)), st.integers(0, 800))
def test_edtf_names_just_its_days(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    text = When(first, last, "range").edtf()
    low, _, high = text.partition("/")
    if not high:
        year, *rest = (int(part) for part in text.split("-"))
        month, day = (*rest, None, None)[:2]
        assert first == date(year, month or 1, day or 1)
        end_month = month or 12
        assert last == date(year, end_month, day or monthrange(year, end_month)[1])
    else:
        assert (date.fromisoformat(low), date.fromisoformat(high)) == (first, last)


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        REPORT.text = "x"  # type: ignore[misc]
    assert Link("a", "b", 0.5).pair == Link("b", "a", 0.9).pair
