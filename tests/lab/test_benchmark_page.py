"""docs/benchmarks.md says what was measured last, and the tables hold every figure in its place."""

from __future__ import annotations

import json
import re

from newsblotter_lab.benchmark_page import PAGE, TABLE, make_page
from newsblotter_lab.benchmarks import BENCHMARKS, MEASURED
from newsblotter_lab.languages import LANGUAGES, summarise


def test_the_page_is_fresh() -> None:
    measured = json.loads(MEASURED.read_text("utf-8"))
    calibration = json.loads(TABLE.read_text("utf-8"))["measured"]
    assert PAGE.read_text("utf-8") == make_page(measured, calibration), "run python -m newsblotter_lab.benchmark_page"


def test_figures_stand_in_their_rows() -> None:
    roles = {"perpind_f1": 0.1, "perporg_f1": 0.2, "target_f1": 0.3, "victim_f1": 0.4, "weapon_f1": 0.5}
    language = {"facts_right": 0.75, "facts": 8, "reports": 3, "incidents": 2, "b3_f1": 1.0, "type_right": 0.5}
    figures = {"muc-dev": {"ceaf_ree_f1": 0.4321, **roles}, "muc-train": {"ceaf_ree_f1": 0.9}, "language-it": language}
    keys = ("right", "error_before", "error_after", "brier_before", "brier_after")
    calibration = {name: {"facts": count, **dict.fromkeys(keys, 0.25)} for name, count in (("loot", 9), ("all", 99), ("date", 80))}
    page = make_page(figures, calibration)
    assert "| muc-dev | CEAF-REE F1 | .432 | GRIT .545 (test) |" in page and "muc-train" not in page and "victims .400," in page
    assert "| Italian | 3 | 2 | 8 | .750 | .500 |  |  | 1.000 |" in page
    rows = re.findall(r"^\| (all of them|date|loot) \| (\d+) ", page, re.MULTILINE)
    assert rows == [("all of them", "99"), ("date", "80"), ("loot", "9")]


def test_every_benchmark_has_a_name_of_its_own_and_a_language_its_row() -> None:
    names = [one.name for one in BENCHMARKS]
    assert len(set(names)) == len(names)
    assert {f"language-{code}" for code in LANGUAGES} <= set(names)


def test_facts_right_weighs_fields_by_how_often_they_are_known() -> None:
    scores = {"type_right": 1.0, "type_n": 3, "date_exact": 0.0, "date_n": 1, "loot_right": 0.0, "loot_n": 0}
    summary = summarise({**scores, "b3_f1": 0.5, "pair_f1": 0.25, "reports": 9, "incidents_gold": 3})
    assert summary["facts_right"] == 0.75 and summary["facts"] == 4
    assert summary["type_right"] == 1 and summary["date_right"] == 0 and "loot_right" not in summary
    assert (summary["reports"], summary["incidents"]) == (9, 3)
