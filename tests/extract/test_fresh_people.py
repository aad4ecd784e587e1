"""Casualties, suspects, arrests, people and outcomes of invented reports from many countries, read through the whole pipeline."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from read_reports import gazetteer, report, rules, spans

from newsblotter.fields import fill, read_when
from newsblotter.records import Count, Mention, Outcome, Person

CASES = yaml.safe_load(Path(__file__).with_name("fresh_people.yaml").read_text(encoding="utf-8"))
COUNTS = ("killed", "injured", "suspects", "arrested")


@cache
def _read(title: str, body: str) -> Mention:
    """The mention that a report's incident hangs on: the one with most claims."""
    told = report(title, body)
    filled = fill(told, rules().read(told, spans, read_when), gazetteer())
    return max(filled.mentions, key=lambda m: len(m.claims))


def _found(mention: Mention, field: str) -> Any:
    claims = sorted((c for c in mention.claims if c.field == field), key=lambda c: (-c.score, c.quote.start))
    if field == "people":
        return {c.value.name: c.value for c in claims if isinstance(c.value, Person) and c.value.name}
    if field == "outcomes":
        return sorted({c.value.kind for c in claims if isinstance(c.value, Outcome)})
    values = [c.value for c in claims if isinstance(c.value, Count)]
    return [values[0].low, values[0].high] if values else None


def _person(line: str) -> tuple[str, str, int | None, set[str]]:
    name, role, age, *status = (part.strip() for part in line.split("|"))
    return name, role, None if age == "null" else int(age), set(" ".join(status).split())


def _cases() -> list[Any]:
    params = []
    for case in CASES:
        for field, expected in case["expect"].items():
            reason = case.get("known", {}).get(field)
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            params.append(pytest.param(case, field, expected, id=f"{case['id']}-{field}", marks=marks))
    return params


@pytest.mark.parametrize(("case", "field", "expected"), _cases())
def test_a_fresh_report_is_read_right(case: dict[str, Any], field: str, expected: Any) -> None:
    found = _found(_read(case["title"], case["body"]), field)
    if field in COUNTS:
        assert found == ([expected, expected] if isinstance(expected, int) else expected)
    elif field == "outcomes":
        assert found == sorted(expected)
    else:
        people = [_person(line) for line in expected]
        assert set(found) == {name for name, *_ in people}
        for name, role, age, status in people:
            assert (found[name].role, found[name].age) == (role, age)
            assert status <= set(found[name].status)
