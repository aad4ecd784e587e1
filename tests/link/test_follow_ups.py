"""What became of an incident joins it, months or years later, and updates it; look-alikes of those days do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from test_fresh_groups import group_by, incidents_told

from newsblotter.store import open_store

CASES = [
    case
    for name in ("follow_ups.yaml", "fresh_follow_ups.yaml")
    for case in yaml.safe_load((Path(__file__).parent / "cases" / name).read_text("utf-8"))
]


def cases() -> list[Any]:
    marks = [[pytest.mark.xfail(reason=case["wrong"], strict=True)] if "wrong" in case else [] for case in CASES]
    return [pytest.param(case, id=case["name"].replace(" ", "-"), marks=mark) for case, mark in zip(CASES, marks, strict=True)]


def in_numbers(value: Any) -> Any:
    """A count as its number where it is plain, anything else as it is."""
    return value["low"] if isinstance(value, dict) and value["low"] == value["high"] else value


@pytest.mark.parametrize("case", cases())
def test_a_follow_up_joins_and_updates_its_incident(case: dict[str, Any], tmp_path: Path) -> None:
    reports = case["reports"]
    told = incidents_told(reports, tmp_path)
    assert group_by(told) == group_by({row["id"]: row["tells"] for row in reports})
    with open_store(str(tmp_path / "incidents.db")) as store:
        record = store.get_incident(told[reports[0]["id"]]).record
    shown = case.get("shown", {})
    assert {field: in_numbers(record[field]) for field in shown} == shown
    assert set(case.get("changed", ())) <= {change["field"] for change in record["history"]}
