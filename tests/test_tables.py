"""Row codecs: what is written comes back the same."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter import tables
from newsblotter.errors import DataError
from newsblotter.records import (
    Claim,
    CopyGroup,
    Count,
    Feature,
    Judgement,
    Link,
    Mention,
    Money,
    Outcome,
    Person,
    Quote,
    Reality,
    Rejected,
    Report,
    Role,
    When,
    Where,
)

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
maybe_words = st.none() | words
numbers = st.integers(0, 10**9)
reals = st.floats(allow_nan=False, allow_infinity=False)
days = st.dates()
instants = st.datetimes(timezones=st.just(UTC))
whens = st.builds(lambda a, b, p: When(min(a, b), max(a, b), p), days, days, words)
counts = st.builds(Count, numbers, st.none() | numbers, maybe_words)
people = st.builds(Person, maybe_words, st.none() | st.integers(0, 120), words, st.lists(words, max_size=3).map(tuple))
values = st.one_of(
    words,
    whens,
    st.builds(
        Where,
        words,
        st.none() | numbers,
        st.none() | reals,
        st.none() | reals,
        st.none() | reals,
        maybe_words,
        maybe_words,
        words,
        words,
    ),
    st.builds(Money, reals, st.none() | reals, maybe_words),
    counts,
    people,
    st.builds(Outcome, words, st.none() | whens, st.none() | counts),
)
quotes = st.builds(Quote, st.just("r1"), numbers, numbers, words)
claims = st.builds(Claim, words, st.just("m1"), words, quotes, st.none() | values, maybe_words, reals)
mentions = st.builds(
    Mention,
    st.just("m1"),
    st.just("r1"),
    words,
    st.sampled_from(Role),
    quotes,
    st.sampled_from(Reality),
    st.lists(claims, max_size=3).map(tuple),
)
reports = st.builds(
    Report,
    words,
    words,
    maybe_words,
    maybe_words,
    words,
    words,
    maybe_words,
    st.none() | days,
    st.none() | instants,
)
links = st.builds(
    Link,
    words,
    words,
    reals,
    st.lists(st.builds(Feature, words, reals, reals, words), max_size=3).map(tuple),
    st.none() | st.sampled_from(Judgement),
    words,
    st.none() | instants,
    st.none() | instants,
)


@given(values)
def test_values_come_back(value) -> None:
    text = tables.encode_value(value)
    assert tables.decode_value(text) == value
    assert tables.encode_value(tables.decode_value(text)) == text


@given(reports)
def test_reports_come_back(report) -> None:
    assert tables.decode_report(tables.encode_report(report)) == report


@given(mentions)
def test_mentions_come_back_with_their_claims(mention) -> None:
    row, claim_rows = tables.encode_mention(mention)
    assert tables.decode_mention(row, claim_rows) == mention


@given(links)
def test_links_come_back(link) -> None:
    assert tables.decode_link(tables.encode_link(link)) == link


@given(words, words, words)
def test_rejects_come_back(source, stage, reason) -> None:
    rejected = Rejected(source, stage, reason)
    assert tables.decode_rejected(tables.encode_rejected(rejected)) == rejected


def test_copies_come_back() -> None:
    group = CopyGroup("g1", ("a", "b"), "b")
    row, members = tables.encode_copies(group)
    assert tables.decode_copies(row, reversed(members)) == group


@pytest.mark.parametrize(
    "row, table",
    [
        (tables.encode_report(Report("r", "s", None, None, "", "", None, None)), "reports"),
        (tables.encode_rejected(Rejected("", "", "")), "rejected"),
        (tables.encode_copies(CopyGroup("g", ("a",), "a"))[0], "copy_groups"),
        (tables.encode_copies(CopyGroup("g", ("a",), "a"))[1][0], "copy_members"),
        (tables.encode_link(Link("a", "b", 0.5)), "links"),
    ],
    ids=["report", "reject", "group", "member", "link"],
)
def test_rows_have_the_columns_of_their_table(row, table) -> None:
    assert set(row) == {column.name for column in tables.TABLES[table]} - {"number"}


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"kind":"star"}', '{"kind":"count"}', '{"kind":"when","earliest":"x"}', "{"],
)
def test_what_is_none_of_ours_is_refused(text) -> None:
    with pytest.raises(DataError):
        tables.decode_value(text)


def test_values_are_written_the_same_on_every_day() -> None:
    written = tables.encode_value(Person("Ann Lee", 30, "victim", ("injured",)))
    assert json.loads(written) == {
        "kind": "person",
        "name": "Ann Lee",
        "age": 30,
        "role": "victim",
        "status": ["injured"],
    }
    assert written == tables.encode_value(Person("Ann Lee", 30, "victim", ("injured",)))


@pytest.mark.parametrize(
    "first, last, precision, expected",
    [
        ("2017-03-25", "2017-03-25", "day", "2017-03-25"),
        ("2016-12-01", "2016-12-31", "month", "2016-12"),
        ("2024-02-01", "2024-02-29", "month", "2024-02"),
        ("2008-01-01", "2008-12-31", "year", "2008"),
        ("2024-05-13", "2024-05-19", "week", "2024-05-13/2024-05-19"),
        ("2024-03-01", "2024-05-31", "season", "2024-21"),
        ("2024-06-01", "2024-08-31", "season", "2024-22"),
        ("2024-09-01", "2024-11-30", "season", "2024-23"),
        ("2024-12-01", "2025-02-28", "season", "2024-24"),
        ("2024-03-01", "2024-05-31", "range", "2024-03-01/2024-05-31"),
        ("2024-01-01", "2024-11-30", "year", "2024-01-01/2024-11-30"),
        ("9999-12-31", "9999-12-31", "day", "9999-12-31"),
        ("9999-12-01", "9999-12-31", "month", "9999-12-01/9999-12-31"),
        ("0850-01-01", "0850-12-31", "year", "0850"),
    ],
)
def test_edtf(first, last, precision, expected) -> None:
    assert When(date.fromisoformat(first), date.fromisoformat(last), precision).edtf() == expected


def test_instants_are_kept_in_utc() -> None:
    moment = datetime.fromisoformat("2024-05-20T12:00:00+02:00")
    assert tables.encode_instant(moment) == "2024-05-20T10:00:00+00:00"
    assert tables.decode_instant(tables.encode_instant(moment)) == moment
