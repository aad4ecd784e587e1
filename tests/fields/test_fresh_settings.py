"""When and where, read end to end from reports that no rule was made on."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsblotter.fields.gazetteer import load_gazetteer, measure_km
from newsblotter.pipeline import load_engine, read_report
from newsblotter.records import Claim, Report, Role, When, Where

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "fresh" / "settings.yaml").read_text(encoding="utf-8"))
NEAR_KM = 25.0  # as the scorer of places counts

# What is wrong today, and why; each entry must fail, so that a mended one is taken off.
KNOWN_DATE: dict[str, str] = {}
KNOWN_TIME: dict[str, str] = {}
KNOWN_PLACE: dict[str, str] = {}

_ROLES = (Role.MAIN, Role.FOLLOW_UP, Role.ROUND_UP, Role.BACKGROUND)


@lru_cache(maxsize=1)
def _gazetteer() -> Any:
    return load_gazetteer()


@lru_cache(maxsize=256)
def _claims(case_id: str) -> tuple[Claim, ...]:
    case = next(case for case in CASES if case["id"] == case_id)
    text = f"{case['title']}\n\n{case['text']}"
    report = Report(case_id, case_id, None, case["outlet"], case["title"], text, "en", date.fromisoformat(str(case["published"])))
    mentions = read_report(report, load_engine(), _gazetteer()).mentions
    lead = min(mentions, key=lambda m: (_ROLES.index(m.role), m.trigger.start), default=None)
    return lead.claims if lead else ()


def _best(case: dict[str, Any], field: str) -> Claim | None:
    told = [claim for claim in _claims(case["id"]) if claim.field == field and claim.value is not None]
    return max(told, key=lambda claim: (claim.score, -claim.quote.start), default=None)


def _mark(known: dict[str, str], cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(case, id=case["id"], marks=[pytest.mark.xfail(strict=True, reason=known[case["id"]])])
        if case["id"] in known
        else pytest.param(case, id=case["id"])
        for case in cases
    ]


@pytest.mark.parametrize("case", _mark(KNOWN_DATE, CASES))
def test_date(case: dict[str, Any]) -> None:
    claim = _best(case, "date")
    if case["date"] is None:
        assert claim is None
        return
    start, _, end = str(case["date"]).partition("/")
    assert claim is not None
    assert isinstance(claim.value, When)
    assert (str(claim.value.earliest), str(claim.value.latest)) == (start, end or start), claim.quote.text


@pytest.mark.parametrize("case", _mark(KNOWN_TIME, [case for case in CASES if "time" in case]))
def test_clock(case: dict[str, Any]) -> None:
    claim = _best(case, "time")
    assert claim is not None
    assert claim.value == case["time"]


@pytest.mark.parametrize("case", _mark(KNOWN_PLACE, CASES))
def test_place(case: dict[str, Any]) -> None:
    claim = _best(case, "place")
    assert claim is not None
    where = claim.value
    assert isinstance(where, Where)
    assert where.country == case["country"], where
    assert where.latitude is not None and where.longitude is not None
    assert measure_km(where.latitude, where.longitude, *case["at"]) <= NEAR_KM, where
