"""What an accident struck is named; towns, drivers and those who speak of it are not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from told_goods import tell_goods

from newsblotter.extract.target import claim_target

ROWS = list(csv.DictReader((Path(__file__).parent / "cases" / "stricken.csv").open(encoding="utf-8"), delimiter="|"))

KNOWN = "Firefighters found 12 bodies"  # where somebody is found is seldom what was struck


def _mark(row: dict[str, str]) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=KNOWN)] if row["text"].startswith(KNOWN) else []
    return pytest.param(row, id=row["text"][:50], marks=marks)


@pytest.mark.parametrize("row", list(map(_mark, ROWS)))
def test_what_was_struck(row: dict[str, str]) -> None:
    document, scene = tell_goods("Accident report", row["text"], kind="accident", trigger=row["text"].split(",")[0])
    found = [document.report.text[draft.start : draft.end] for draft in claim_target(document, scene)]
    assert found == ([row["target"]] if row["target"] else [])
