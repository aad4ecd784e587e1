"""Reads the invented reports of cases/languages.csv through the whole path, and says which facts came out right."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from newsblotter.fields import load_gazetteer
from newsblotter.pipeline import load_engine, read_report
from newsblotter.records import Count, Mention, Money, Person, Report, When, Where

CASES = Path(__file__).parent / "cases" / "languages.csv"


@dataclass(frozen=True, slots=True)
class Case:
    """A report in another language, and what a reader would take from it: "none", or field and value."""

    language: str
    published: date
    text: str
    expected: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def load_cases() -> tuple[Case, ...]:
    """Every row of the table, in its order."""
    with CASES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="|", quoting=csv.QUOTE_NONE))
    return tuple(
        Case(
            row["language"], date.fromisoformat(row["published"]), row["text"].replace("\\n", "\n"), tuple(_split(row["expected"]))
        )
        for row in rows
    )


def _split(expected: str) -> Iterator[tuple[str, str]]:
    for part in expected.split("; "):
        field, _, value = part.partition("=")
        yield field.strip(), value.strip()


def read_case(case: Case, language: str | None = None) -> tuple[Mention, ...]:
    """The mentions of a case's report, read as a build reads it."""
    title = case.text.partition("\n\n")[0] if "\n\n" in case.text else ""
    report = Report("r" + "a" * 16, "case", None, None, title, case.text, language or case.language, case.published)
    return read_report(report, load_engine(), load_gazetteer()).mentions


def judge(case: Case) -> dict[tuple[str, str], bool]:
    """For each expected fact whether it was read; "none" is right where no incident is told."""
    mentions = read_case(case)
    if case.expected == (("none", ""),):
        return {("none", ""): not mentions}
    lead = mentions[0] if mentions else None
    return {(field, value): lead is not None and _is_told(lead, field, value) for field, value in case.expected}


def _is_told(mention: Mention, field: str, expected: str) -> bool:
    if field == "type":
        return mention.type == expected
    if field == "by":
        return any(claim.said_by == expected for claim in mention.claims)
    name = "people" if field == "person" else field
    claims = sorted((c for c in mention.claims if c.field == name), key=lambda c: (-c.score, c.quote.start))
    values = [claim.value for claim in claims]
    if field == "person":
        return any(_is_person(value, expected) for value in values if isinstance(value, Person))
    if field == "place":  # places that agree are kept together: a quarter and its town
        return any(_is_value(value, expected) for value in values)
    return bool(values) and _is_value(values[0], expected)


def _is_value(value: object, expected: str) -> bool:
    if isinstance(value, When):
        return value.edtf() == expected
    if isinstance(value, Where):
        return value.name == expected and value.latitude is not None
    if isinstance(value, Count):
        return value.low == int(expected) and value.high in (None, value.low)
    if isinstance(value, Money):
        return f"{value.currency}{value.low:g}" == f"{expected[:3]}{float(expected[3:]):g}"
    return value == expected


def _is_person(value: Person, expected: str) -> bool:
    name, role, age = expected.split("/")
    return (value.name, value.role, value.age) == (name, role, int(age))
