"""How values read to a person, and what a notebook shows."""

from __future__ import annotations

from typing import Any

import pytest

from newsblotter.store.present import (
    list_facts,
    plain,
    record_html,
    records_html,
    show_date,
    show_interval,
    show_short,
    show_value,
)
from newsblotter.store.protocol import Records


@pytest.mark.parametrize(
    ("value", "words", "short"),
    [
        ({"low": 3, "high": 3}, "3", "3"),
        ({"low": 3, "high": None}, "at least 3", "3+"),
        ({"low": 2, "high": 4}, "2–4", "2–4"),
        ({"low": 2e6, "high": 9e6, "currency": "EUR"}, "2 million – 9 million EUR", "2–9m EUR"),
        ({"low": 92e6, "high": 92e6, "currency": None}, "92 million (currency not said)", "92m ?"),
        ({"low": 350_000, "high": 400_000, "currency": "GBP"}, "350,000–400,000 GBP", "350–400k GBP"),
        ({"low": 12.5, "high": 12.5, "currency": "USD"}, "12.50 USD", "12.5 USD"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_intervals(value: dict[str, Any], words: str, short: str) -> None:
    assert show_interval(value) == words
    assert show_short(value) == short


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ({"start": "2017-03-25", "end": "2017-03-25", "edtf": "2017-03-25", "time": "15:40"}, "2017-03-25 15:40"),
        ({"start": "2024-05-13", "end": "2024-05-19", "edtf": "2024-05-13/2024-05-19"}, "2024-05-13 – 2024-05-19"),
        ({"start": "2024-03-01", "end": "2024-05-31", "edtf": "2024-21"}, "spring 2024"),
    ],
    ids=["none", "clock", "interval", "season"],
)
def test_dates(value: dict[str, Any] | None, words: str) -> None:
    assert show_date(value) == words


def test_people_and_outcomes() -> None:
    person = {"name": "Ada Quill", "role": "victim", "age": 41, "status": ["killed"]}
    assert show_value("people", person) == "Ada Quill, 41 (victim, killed)"
    assert show_value("outcomes", {"kind": "arrest", "on": "2015", "count": {"low": 3, "high": 3}}) == "arrest of 3, 2015"


def test_nothing_that_moves_the_cursor_is_printed() -> None:
    assert plain("a\x1b[31mb\u202ec\nd\x00") == "a[31mbc d"


def test_notebooks_escape_what_reports_say() -> None:
    record = {
        "id": "nb1",
        "title": "<script>alert(1)</script>",
        "type": "theft",
        "target": "<b>",
        "claims": [
            {"field": "target", "value": "<b>", "report": "r", "standing": "agreed", "quote": {"exact": "<img>"}},
        ],
        "reports": [{"id": "r", "outlet": "<i>", "published": None, "role": "main"}],
    }
    for page in (record_html(record), records_html([record]), Records([record])._repr_html_()):
        assert "<script>" not in page and "<img>" not in page and "<i>" not in page


def test_each_fact_is_shown_with_the_claim_that_says_it() -> None:
    """A record's loot holds its words, an outcome its report; the claims do not."""

    def claim(field: str, value: Any, report: str, words: str) -> dict[str, Any]:
        return {"field": field, "value": value, "report": report, "standing": "agreed", "quote": {"exact": words}}

    amount = {"low": 90_000, "high": 90_000, "currency": "EUR"}
    step = {"on": None, "count": {"low": 3, "high": 3}}
    record = {
        "loot": {**amount, "as_reported": "90,000 euros", "kind": "stolen"},
        "outcomes": [{**step, "kind": kind, "report": "r2"} for kind in ("conviction", "sentence")],
        "people": [{"name": "Ada Quill", "role": "victim", "age": 41, "status": []}],
        "claims": [
            claim("loot", {"low": 1e6, "high": 9e6, "currency": "EUR"}, "r1", "several million euros"),
            claim("loot", amount, "r2", "90,000 euros"),
            claim("outcomes", {**step, "kind": "sentence"}, "r1", "three were jailed"),
            claim("outcomes", {**step, "kind": "sentence"}, "r2", "sentenced three men"),
            claim("outcomes", {**step, "kind": "conviction"}, "r2", "All three were convicted"),
            claim("people", {"name": "Bo Reed", "role": "victim", "age": None, "status": []}, "r1", "Bo Reed"),
            claim("people", {"name": "Ada Quill", "role": "victim", "age": None, "status": []}, "r1", "Ada Quill"),
        ],
    }
    shown = [(fact.field, fact.claim["quote"]["exact"]) for fact in list_facts(record) if fact.claim]
    assert shown == [
        ("loot", "90,000 euros"),
        ("people", "Ada Quill"),
        ("outcomes", "All three were convicted"),
        ("outcomes", "sentenced three men"),
    ]
