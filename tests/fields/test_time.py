"""Dates and hours: every case of the table, and the laws that hold for any text."""

import csv
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsblotter.fields.time import (
    date_cue_score,
    edtf,
    find_times,
    is_future,
    rate_date,
    read_clock,
    read_when,
    time_kind,
)
from newsblotter.records import When

CASES = Path(__file__).parent / "cases"
# What is wrong today, and why; each must fail, so that a mended one is taken off.
KNOWN = {"The hearing, on [Thursday], comes after the raid.": "a noun of what is to come, and no verb that says so"}
WORDS = (
    "Monday Sat. sat May march March June the a last next this early late mid - , . 's of in on at 3 14 25th 2008 2017 3:40 p.m. "
    "am two several weeks days year ago earlier later before after overnight night weekend today yesterday every summer fall "
    "Christmas about around midnight o'clock 0230 1990s 2017-03-25 31/12/99 Street block said robbed "
    "\n\n ( ) mars and to hours minutes"
).split(" ")


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for table in ("time.csv", "time_hard.csv", "time_days.csv"):
        with (CASES / table).open(encoding="utf-8", newline="") as lines:
            rows += csv.DictReader(lines)
    return rows


def _mark(row: dict[str, str]) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=KNOWN[row["text"]])] if row["text"] in KNOWN else []
    return pytest.param(row, id=f"{row['text']} @{row['published']} {row.get('reference') or ''}", marks=marks)


@pytest.mark.parametrize("row", [_mark(row) for row in _rows()])
def test_case(row: dict[str, str]) -> None:
    start, end = row["text"].index("["), row["text"].index("]") - 1
    text = row["text"].replace("[", "").replace("]", "")
    published = date.fromisoformat(row["published"]) if row["published"] else None
    assert [text[span.start : span.end] for span in find_times(text)] == [text[start:end]]
    day = date.fromisoformat(row["reference"]) if row.get("reference") else None
    when = read_when(text, start, end, published, reference=When(day, day, "day") if day else None)
    said = (when.earliest.isoformat(), when.latest.isoformat(), when.precision) if when else ("", "", "")
    assert said == (row["start"], row["end"], row["precision"])
    if "edtf" in row:
        assert (edtf(when) if when else "") == row["edtf"]
    assert (read_clock(text, start, end) or "") == row["clock"]


@pytest.mark.parametrize(
    "text",
    [
        "Police went to the 2000 block of Alder Lane.",
        "They left in a 2015 Toyota saloon.",
        "They left in the 2015 silver sedan.",
        "She may go. They march on.",
        "Room 12 was empty; the guard, 25, was not in.",
        "Call 252-555-1411 or visit suite 2014.",
        "The Sunday Times said so.",
        "He sat in the sun.",
        "He served for two years and was fined $2,008.",
        "He was jailed for nine years.",
        "An 18-year-old fell into the 25-metre pool.",
        "Some 2000 people marched 3 miles to March Street.",
        "File 20240518 was closed.",
        "The local branch was shut; a quarter of its 2-3 clerks left.",
        "They were in their eighties and now recently wed.",
        "April's mother and June's brother came.",
    ],
)
def test_what_is_no_date_is_not_found(text: str) -> None:
    assert [text[span.start : span.end] for span in find_times(text)] == []


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("March 25, 2017", "absolute"),
        ("2008", "absolute"),
        ("Christmas Day", "absolute"),
        ("the 1990s", "absolute"),
        ("last Saturday night", "weekday"),
        ("around 6 p.m. Monday evening", "weekday"),
        ("yesterday", "relative"),
        ("last week", "relative"),
        ("two days earlier", "relative"),
        ("this morning", "relative"),
        ("about 3:40 pm", "clock"),
        ("just before midnight", "clock"),
        ("every Saturday", "set"),
        ("nine years", "duration"),
    ],
)
def test_kind(phrase: str, kind: str) -> None:
    assert time_kind(phrase, 0, len(phrase)) == kind


def test_who_asks_for_every_expression_gets_what_dates_nothing() -> None:
    text = "It is now shut for nine months, and recently the third quarter was poor."
    assert find_times(text) == ()
    found = [text[span.start : span.end] for span in find_times(text, every=True)]
    assert found == ["now", "nine months", "recently", "the third quarter"]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("June of that year", "2016-06"),
        ("a week earlier on Saturday", "2016-09-24"),
        ("two days later", "2016-10-05"),
        ("two days earlier", "2016-10-01"),
        ("the next day", "2016-10-04"),
        ("the previous night", "2016-10-02"),
        ("the same day", "2016-10-03"),
        ("the day before", "2016-10-02"),
        ("a year later", "2017"),
        ("a month later", "2016-11"),
        ("two days ago", "2017-01-08"),
    ],
)
def test_the_story_moves_on_from_its_own_day(phrase: str, expected: str) -> None:
    day = date(2016, 10, 3)
    when = read_when(phrase, 0, len(phrase), date(2017, 1, 10), reference=When(day, day, "day"))
    assert when is not None
    assert edtf(when) == expected


@pytest.mark.parametrize(
    ("text", "phrase", "future"),
    [
        ("He will appear in court Monday.", "Monday", True),
        ("The man shot Saturday will appear in court.", "Saturday", False),
        ("Thieves set a fire on Monday.", "Monday", False),
        ("The hearing is set for Monday.", "Monday", True),
        ("He was held. The hearing will be on Monday.", "Monday", True),
        ("On Monday, jurors will hear the case.", "Monday", True),
    ],
)
def test_tense(text: str, phrase: str, future: bool) -> None:
    start = text.index(phrase)
    assert is_future(text, start, start + len(phrase)) is future


@pytest.mark.parametrize(
    ("deed", "other"),
    [
        ("The jeweler was robbed Saturday.", "Two men were arrested Saturday."),
        ("The robbery happened Saturday night.", "He was sentenced Saturday."),
        ("Shots were fired Saturday.", "Police said Saturday."),
        ("The shop was raided on May 3.", "He will appear in court on May 3."),
    ],
)
def test_the_words_around_tell_the_deed_from_what_came_after(deed: str, other: str) -> None:
    scores = []
    for text in (deed, other):
        span = find_times(text)[0]
        scores.append(date_cue_score(text, span.start, span.end))
    assert scores[0] > scores[1]


def test_a_day_ahead_of_publication_is_hardly_the_incidents() -> None:
    text = "The shop was robbed on May 3."
    span = find_times(text)[0]
    when = When(date(2024, 5, 3), date(2024, 5, 3), "day")
    late = rate_date(text, span.start, span.end, when, date(2024, 5, 4), 0)
    ahead = rate_date(text, span.start, span.end, when, date(2024, 5, 1), 0)
    assert late > 0.5 > ahead


some_text = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
some_day = st.one_of(st.none(), st.dates())


@settings(max_examples=300, deadline=None)
@given(some_text, some_day, some_day)
def test_any_text_is_read_without_error(text: str, published: date | None, day: date | None) -> None:
    reference = When(day, day, "day") if day else None
    end = 0
    assert all(span.start < span.end <= len(text) for span in find_times(text, every=True))
    for span in find_times(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        end = span.end
        when = read_when(text, span.start, span.end, published, reference=reference)
        if when is not None:
            assert when.earliest <= when.latest
            assert edtf(when)
        clock = read_clock(text, span.start, span.end)
        assert clock is None or (len(clock) == 5 and clock < "24:00")
        assert time_kind(text, span.start, span.end)
        assert 0.0 <= date_cue_score(text, span.start, span.end) <= 1.0


@given(some_text, some_day)
@settings(max_examples=200, deadline=None)
def test_any_stretch_is_read_without_error(text: str, published: date | None) -> None:
    read_when(text, 0, len(text), published)
    read_clock(text, 0, len(text))
    assert time_kind(text, 0, len(text)) in {"set", "absolute", "weekday", "relative", "clock", "duration"}


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "12 ",
        "a ",
        "the last ",
        "Monday ",
        "May 3 ",
        "more than ",
        "2017-",
        "3:",
        "' ",
        ", ",
        "early hours of ",
        "1,",
        "will be to ",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    seconds = []
    for n in (2_000, 8_000, 32_000):
        text = piece * (n // len(piece))
        best = float("inf")
        for _ in range(2):
            began = time.process_time()
            spans = find_times(text)
            for span in spans[:50]:
                read_when(text, span.start, span.end, date(2024, 5, 20))
            best = min(best, time.process_time() - began)
        seconds.append(best)
    assert seconds[2] < 16 * 4 * max(seconds[0], 0.002)  # quadratic growth would take 256 times as long


@pytest.mark.parametrize("words", ["the 1980s", "THE 1980S", "the '80s", "THE '80S"])
def test_decades_are_found_in_capitals_too(words: str) -> None:
    text = f"They robbed banks in {words}."
    assert any("80" in text[span.start : span.end] for span in find_times(text))
