"""Sentences of our own on steps of the law and on parents: the day of a step, what is only an accusation, who is counted."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from read_reports import gazetteer, report, rules, spans

from newsblotter.fields import fill, read_when
from newsblotter.records import Claim, Count, Outcome, Person, When

PUBLISHED = date(2021, 5, 18)  # a Tuesday
CASES = Path(__file__).parent / "cases"
WRONG = {"Shot dead in Marwick on Saturday was a father of three.": "no subject is sought behind a verb that stands first"}


@cache
def _read(title: str, body: str) -> tuple[Claim, ...]:
    told = report(title, body, PUBLISHED)
    filled = fill(told, rules().read(told, spans, read_when), gazetteer())
    return tuple(claim for mention in filled.mentions for claim in mention.claims)


def _rows(name: str) -> list[Any]:
    with (CASES / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    marks = [[pytest.mark.xfail(reason=WRONG[row["body"]], strict=True)] if row["body"] in WRONG else [] for row in rows]
    return [pytest.param(*row.values(), id=" ".join(row.values())[:90], marks=mark) for row, mark in zip(rows, marks, strict=True)]


@pytest.mark.parametrize(("body", "kind", "on"), _rows("outcome_days.csv"))
def test_a_step_of_the_law_has_a_day_of_its_own(body: str, kind: str, on: str) -> None:
    found = [c.value for c in _read("Jeweller in Namur robbed", body) if isinstance(c.value, Outcome) and c.value.kind == kind]
    assert found
    assert {_written(step.on) for step in found} == {on}


def _written(when: When | None) -> str:
    if when is None:
        return "-"
    return when.earliest.isoformat() if when.precision == "day" else str(when.earliest.year)


@pytest.mark.parametrize(("body", "charged"), _rows("accused.csv"))
def test_an_accusation_is_no_charge(body: str, charged: str) -> None:
    claims = _read("Jeweller robbed in Tarland", body)
    steps = {c.value.kind for c in claims if isinstance(c.value, Outcome)}
    held = any("charged" in c.value.status for c in claims if isinstance(c.value, Person))
    assert (bool(steps & {"charge", "trial"}) or held) == (charged == "yes")


@pytest.mark.parametrize(("body", "field", "count"), _rows("parents.csv"))
def test_children_are_not_counted_with_their_parent(body: str, field: str, count: str) -> None:
    found = [c for c in _read("Shooting in Marwick", body) if c.field == field and isinstance(c.value, Count)]
    assert found
    best = max(found, key=lambda c: (c.score, -c.quote.start)).value
    assert isinstance(best, Count)
    assert (best.low, best.high) == (int(count), int(count))
