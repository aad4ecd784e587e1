"""Floors: what falls below is named, and only what was measured moves them."""

from __future__ import annotations

import json

import pytest

from newsblotter.records import Report
from newsblotter_lab.bench import BENCHES, FLOORS, LINKED, PACE, SMALLER, TIMED, hold, raise_floors
from newsblotter_lab.benchmarks import BENCHMARKS
from newsblotter_lab.pace import LONGEST, MOST, SHORTEST, choose

HELD = [
    ("above", {"pair_f1": 0.9}, {"pair_f1": 0.8}, []),
    ("on the floor", {"pair_f1": 0.8}, {"pair_f1": 0.8}, []),
    ("below", {"pair_f1": 0.7}, {"pair_f1": 0.8}, ["pair_f1"]),
    ("not measured", {}, {"pair_f1": 0.8}, ["pair_f1"]),
    ("smaller is better", {"false_alarms": 0.2}, {"false_alarms": 0.1}, ["false_alarms"]),
    ("small enough", {"false_alarms": 0.0}, {"false_alarms": 0.1}, []),
    ("a ceiling", {"confusable_merged": 3}, {"confusable_merged": 2}, ["confusable_merged"]),
    ("under the ceiling", {"confusable_merged": 1}, {"confusable_merged": 2}, []),
    ("measures without a floor", {"other": 0.0}, {}, []),
    ("two fall", {"a": 0.0, "b": 0.0, "c": 1.0}, {"a": 0.1, "b": 0.1, "c": 0.1}, ["a", "b"]),
]


@pytest.mark.parametrize(("result", "floors", "expected"), [pytest.param(*c[1:], id=c[0]) for c in HELD])
def test_hold(result: dict[str, float], floors: dict[str, float], expected: list[str]) -> None:
    fallen = hold("set", result, floors)
    assert [line.split(": ")[1].split(" is ")[0] for line in fallen] == expected
    assert all(line.startswith("set: ") for line in fallen)


def test_floors_only_rise() -> None:
    floors = {
        "set": {"pair_f1": 0.8, "date_1": 0.7, "false_alarms": 0.1, "peak_mb": 500.0, "absent": 0.3},
        "unmeasured": {"a": 0.1},
    }
    raise_floors(floors, {"set": {"pair_f1": 0.9, "date_1": 0.6, "false_alarms": 0.05, "peak_mb": 100.0}, "new": {"a": 1.0}})
    assert floors["set"] == {"pair_f1": 0.9, "date_1": 0.7, "false_alarms": 0.05, "peak_mb": 500.0, "absent": 0.3}
    assert floors["unmeasured"] == {"a": 0.1}
    assert "new" not in floors


def test_floors_name_benches_that_exist() -> None:
    stored = json.loads(FLOORS.read_text("utf-8"))
    assert set(stored["floors"]) <= {PACE, *(name for name, _, _ in LINKED), *(bench.name for bench in (*BENCHES, *BENCHMARKS))}
    for floors in stored["floors"].values():
        assert all(isinstance(value, int | float) for value in floors.values())
    assert all(entry.get("reason") for entry in stored.get("lowered", []))
    assert "pair_f1" not in SMALLER
    assert TIMED.isdisjoint({"recall", "precision", "conflicts_shown", "confusable_merged"})


def test_speed_is_measured_on_reports_of_one_length() -> None:
    def report(number: int, words: int) -> Report:
        text = "Two men robbed a shop. " * (words // 6)  # six pieces a sentence
        return Report(f"r{number}", f"r{number}", None, None, None, text, "en", None)

    lengths = [30, SHORTEST + 10, LONGEST + 30] * (MOST + 1)
    chosen = choose([report(number, words) for number, words in enumerate(lengths)])
    assert {len(report.text) for report in chosen} == {len(report(0, SHORTEST + 10).text)}
    assert MOST / 2 <= len(chosen) <= MOST
    assert choose([report(0, 30)]) == []
