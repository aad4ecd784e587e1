"""What a person types for a field: what it is read as, and what is refused."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import UsageError
from newsblotter.fields import load_gazetteer
from newsblotter.records import Count, Money, Outcome, Person, Value, When, Where
from newsblotter.review.edtf import read_edtf
from newsblotter.review.values import read_values
from newsblotter.store.export import describe_values
from newsblotter.taxonomy import load_taxonomy

DAY = When(date(2017, 3, 25), date(2017, 3, 25), "day")


def read(field: str, words: str) -> tuple[Value, ...]:
    return read_values(field, words, load_gazetteer(), load_taxonomy())


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("date", "2017-03-25", DAY),
        ("date", "2017-03", When(date(2017, 3, 1), date(2017, 3, 31), "month")),
        ("date", "2017", When(date(2017, 1, 1), date(2017, 12, 31), "year")),
        ("date", "2016-24", When(date(2016, 12, 1), date(2017, 2, 28), "season")),
        ("date", "2017-03-25/2017-03-26", When(date(2017, 3, 25), date(2017, 3, 26), "days")),
        ("date", "2017-03/2017-05-02", When(date(2017, 3, 1), date(2017, 5, 2), "range")),
        ("date", '{"start": "2017-03-25", "end": "2017-03-25", "precision": "day"}', DAY),
        ("time", "9:05", "09:05"),
        ("killed", "0", Count(0, 0)),
        ("suspects", "2-4", Count(2, 4)),
        ("suspects", "at least 3", Count(3, None)),
        ("arrested", "3+", Count(3, None)),
        ("injured", '{"low": 1, "high": null}', Count(1, None)),
        ("loot", "2.4m EUR", Money(2.4e6, 2.4e6, "EUR")),
        ("loot", "USD 500,000", Money(5e5, 5e5, "USD")),
        ("loot", "2-9 million EUR", Money(2e6, 9e6, "EUR")),
        ("loot", "500000+ USD", Money(5e5, None, "USD")),
        ("recovered", "€3.5 million", Money(3.5e6, 3.5e6, "EUR")),
        ("loot", "12000", Money(12000, 12000, None)),
        ("type", "other crime", "other_crime"),
        ("reality", "attempted", "attempted"),
        ("status", "closed", "closed"),
        ("target", "  Lumen   Gems ", "Lumen Gems"),
        ("tactics", "Roof entry", "roof-entry"),
        ("people", "Jane Doe (victim, 41, killed)", Person("Jane Doe", 41, "victim", ("killed",))),
        ("people", "? (suspect, at large)", Person(None, None, "suspect", ("at_large",))),
        ("outcomes", "arrest of 2 2017-03-25", Outcome("arrest", DAY, Count(2, 2))),
        ("outcomes", "conviction", Outcome("conviction")),
    ],
)
def test_values_are_read(field: str, words: str, value: Value) -> None:
    assert read(field, words) == (value,)


def test_places_are_found_by_name_and_by_point() -> None:
    [lyon] = read("place", "Lyon")
    assert isinstance(lyon, Where) and (lyon.country, lyon.precision) == ("FR", "city")
    [springfield] = read("place", "Springfield, Illinois")
    assert isinstance(springfield, Where) and springfield.admin1 == "Illinois"
    [point] = read("place", "43.74,7.43 Quai Bleu")
    assert point == Where("Quai Bleu", None, 43.74, 7.43, 0.5, None, None, "address")
    [bare] = read("place", "-33.9, 151.2")
    assert describe_values("place", (bare,))["name"] is None


def test_lists_and_nothing() -> None:
    assert read("weapons", "handgun, crowbar") == ("handgun", "crowbar")
    assert len(read("people", "Jane Doe (victim); Max Roe (suspect)")) == 2
    assert read("weapons", '["handgun"]') == ("handgun",)
    assert read("loot", "null") == read("people", " NULL ") == ()


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("colour", "red", "no field"),
        ("voices", "3", "no field"),
        ("date", "yesterday", "such as 2017-03-25"),
        ("date", "2017-02-30", "no such day"),
        ("date", "2017-03-25/2017-03-20", "before it begins"),
        ("time", "25:00", "15:40"),
        ("killed", "-1", "2-4"),
        ("killed", "4-2", "no interval"),
        ("killed", '{"low": 1.5, "high": 2}', "whole numbers"),
        ("killed", '{"low": 1}', "form of the record"),
        ("loot", "a fortune", "2.4m EUR"),
        ("loot", '{"low": 1, "high": null, "currency": "Euro"}', "three letters"),
        ("type", "heist", "robbery"),
        ("type", "null", "cannot be null"),
        ("reality", "maybe", "planned"),
        ("place", "Springfield", "Springfield, "),
        ("place", "Nowhereville-on-Sea", "gazetteer"),
        ("place", "95.0,7.0", "latitude"),
        ("place", '{"name": "Lyon", "lat": 1}', "neither"),
        ("people", "Jane Doe", "victim, 41"),
        ("people", "Jane Doe (hero)", "role"),
        ("outcomes", "escape", "conviction"),
        ("target", '"unended', None),
        ("people", "[{]", "not JSON"),
        ("target", " ", "1 to 300"),
    ],
)
def test_what_is_no_value_is_refused_with_a_way_out(field: str, words: str, said: str | None) -> None:
    if said is None:
        assert read(field, words) == ('"unended',)
        return
    with pytest.raises(UsageError, match=said):
        read(field, words)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
def test_days_come_back_from_what_the_record_writes(first: date, more: int) -> None:
    last = date.fromordinal(first.toordinal() + more)
    when = When(first, last, "range")
    back = read_edtf(when.edtf())
    assert (back.earliest, back.latest) == (first, last)


@pytest.mark.parametrize("field", ["date", "killed", "loot", "people", "outcomes", "weapons", "place", "target"])
def test_the_records_own_form_is_taken(field: str) -> None:
    words = {"people": "Jane Doe (victim, 41, killed)", "outcomes": "arrest of 2 2017-03-25", "weapons": "handgun", "place": "Lyon"}
    first = read(field, words.get(field, {"date": "2017-03", "loot": "2m EUR", "killed": "2+"}.get(field, "Lumen Gems")))
    assert read(field, json.dumps(describe_values(field, first))) == first
