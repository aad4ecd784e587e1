"""Invented reports of every kind of incident, and some that tell none: is the incident found, and its type?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from told_stories import OWN, load, read_story

from newsblotter.records import Mention, Reality, Role

PUBLISHED = date(2026, 6, 10)
# Measured by the rules alone, less one for changes elsewhere: reports whose incident is found, whose type is right, and
# reports of none that are taken for one.
FOUND_LEAST = {"fresh_kinds.yaml": 50, "fresh_kinds_later.yaml": 24}
TYPES_LEAST = {"fresh_kinds.yaml": 44, "fresh_kinds_later.yaml": 22}
FALSE_MOST = {"fresh_kinds.yaml": 2, "fresh_kinds_later.yaml": 3}


def _own(case: dict[str, Any]) -> list[Mention]:
    told = read_story(case["title"], case["text"], PUBLISHED)
    return [m for m in told if m.role in (*OWN, Role.ROUND_UP) and m.reality is not Reality.HYPOTHETICAL]


@pytest.mark.parametrize("table", FOUND_LEAST)
def test_the_incident_is_found_and_named(table: str) -> None:
    told = {case["id"]: (case["type"], _own(case)) for case in load(table) if case["type"] != "none"}
    lost = [name for name, (_, own) in told.items() if not own]
    misnamed = [name for name, (kind, own) in told.items() if not own or own[0].type != kind]
    assert len(told) - len(lost) >= FOUND_LEAST[table], lost
    assert len(told) - len(misnamed) >= TYPES_LEAST[table], misnamed


@pytest.mark.parametrize("table", FALSE_MOST)
def test_reports_of_none_tell_none(table: str) -> None:
    alarms = [case["id"] for case in load(table) if case["type"] == "none" and _own(case)]
    assert len(alarms) <= FALSE_MOST[table], alarms
