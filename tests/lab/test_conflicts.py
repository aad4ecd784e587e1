"""The measure of contradictions shown, and of look-alikes merged."""

from typing import Any

from newsblotter_lab.conflicts import find_merged, measure_conflicts


def record(reports: dict[str, str], *disputed: str) -> dict[str, Any]:
    return {"reports": [{"id": name, "role": role} for name, role in reports.items()], "disputed": list(disputed)}


INCIDENTS = [{"incident": "x", "reports": ["a", "b", "c"]}, {"incident": "y", "reports": ["d", "c"], "background": ["a"]}]


def test_only_fields_of_the_record_count_and_the_time_stands_in_its_date() -> None:
    rows = [{"incident": "x", "field": field, "values": {}} for field in ("loot", "time", "duration", "killed")]
    records = [
        record({"a": "main", "b": "follow_up", "d": "background"}, "loot", "date"),
        record({"d": "main", "c": "main"}, "killed"),
    ]
    found = {row["field"]: shown for row, shown in measure_conflicts(rows, INCIDENTS, records)}
    assert found == {"loot": True, "time": True, "killed": False}


def test_an_incident_that_nobody_reports_shows_nothing() -> None:
    assert (
        measure_conflicts([{"incident": "z", "field": "loot", "values": {}}], INCIDENTS, [record({"a": "main"}, "loot")])[0][1]
        is False
    )


def test_look_alikes_are_merged_when_a_record_holds_both_in_focus() -> None:
    pairs = [{"a": "x", "b": "y", "why": "same shop"}]
    assert find_merged(pairs, INCIDENTS, [record({"a": "main", "d": "main"}), record({"b": "main"})]) == []  # a is of both
    assert find_merged(pairs, INCIDENTS, [record({"b": "main", "d": "main"})]) == pairs
    assert find_merged(pairs, INCIDENTS, [record({"b": "main", "d": "background"})]) == []
