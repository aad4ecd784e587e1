"""From support to probability: maps fitted on invented facts whose truth is known, and what they are measured by."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from newsblotter.evaluate.gold import GoldIncident, GoldPerson
from newsblotter_lab.calibrate import (
    ISOTONIC_LEAST,
    Judged,
    apply,
    bin_up,
    calibration_error,
    cross_fit,
    fit,
    is_held_out,
    judge_all,
    measure,
    write,
)


def make_facts(count: int, family: str = "date", seed: int = 5) -> list[Judged]:
    """Facts that are right as often as the square of their support says."""
    rng = np.random.default_rng(seed)
    supports = rng.uniform(0.2, 1, count)
    rights = rng.uniform(size=count) < supports**2
    return [Judged(family, float(x), bool(y), f"i{n // 3}") for n, (x, y) in enumerate(zip(supports, rights, strict=True))]


@pytest.mark.parametrize("count", [ISOTONIC_LEAST - 1, ISOTONIC_LEAST, 4000])
def test_maps_rise_and_stay_within_bounds(count: int) -> None:
    supports, probabilities = fit(make_facts(count))["date"]
    assert list(supports) == sorted(set(supports)) and list(probabilities) == sorted(probabilities)
    assert 0.01 <= probabilities[0] < probabilities[-1] <= 0.99


def test_a_map_comes_near_the_truth() -> None:
    facts = make_facts(4000)
    fresh = make_facts(2000, seed=6)
    said = apply(fit(facts), fresh)
    truth = np.array([fact.support**2 for fact in fresh])
    assert np.abs(said - truth).mean() < 0.03
    assert measure(fresh, said)["all"]["error_after"] < 0.04 < 0.1 < measure(fresh, said)["all"]["error_before"]


def test_small_families_share_a_map_and_many_facts_have_their_own() -> None:
    curves = fit([*make_facts(500, "date"), *make_facts(30, "loot"), *make_facts(20, "target", 7)])
    assert curves["loot"] == curves["target"] != curves["date"]


def test_a_map_that_would_fall_is_level() -> None:
    facts = [Judged("loot", x / 40, x < 20, f"i{x}") for x in range(40)]
    assert fit(facts)["loot"] == ((0.0, 1.0), (0.5, 0.5))


def test_the_incidents_measured_are_not_fitted_on() -> None:
    """Facts of one incident stand or fall together, at random: a map that knew the incident would do better than chance."""
    rng = np.random.default_rng(1)
    facts = [
        Judged("date", n / 200, bool(right), f"i{n}") for n in range(200) for right in [rng.uniform() < 0.5] for _ in range(20)
    ]
    right = np.array([fact.right for fact in facts], float)
    assert ((cross_fit(facts) - right) ** 2).mean() > 0.24 > ((apply(fit(facts), facts) - right) ** 2).mean()


def test_calibration_error_by_hand() -> None:
    said, right = np.array([0.1, 0.1, 0.8, 0.8]), np.array([0.0, 0.0, 1.0, 0.0])
    assert bin_up(said, right, 2) == [(0.1, 0.0, 2), (0.8, 0.5, 2)]
    assert bin_up(right, right, 10) == [(0.0, 0.0, 1)] * 3 + [(1.0, 1.0, 1)]
    assert calibration_error(np.full(100, 0.3), np.repeat([1.0, 0.0], [30, 70])[np.random.default_rng(0).permutation(100)]) < 0.2
    assert calibration_error(np.full(80, 0.9), np.zeros(80)) == pytest.approx(0.9)


def make_record(name: str, *reports: tuple[str, str], **facts) -> dict:
    parts = dict.fromkeys(("type", "date", "place", "target", "killed", "injured", "suspects", "arrested", "loot"))
    listed = [{"id": one, "role": role, "copy_group": None} for one, role in reports]
    claims = [{"field": "type", "report": reports[0][0], "score": 0.8, "standing": "agreed", "value": facts.get("type")}]
    return {"id": name, **parts, "people": [], "reports": listed, "claims": claims, **facts}


def test_facts_are_judged_by_the_incident_of_most_reports() -> None:
    gold = [
        GoldIncident("g1", ("a", "b"), type="theft", killed=0, people=(GoldPerson("Ada Lund", "victim"),)),
        GoldIncident("g2", ("c",), type="robbery", killed=2),
    ]
    people = [
        {"name": "A. Lund", "role": "victim"},
        {"name": "Bo Berg", "role": "victim"},
        {"name": "Ada Lund", "role": "suspect"},
        {"name": None, "role": "suspect"},
        {"name": "Cy Moe", "role": "official"},
    ]
    records = [
        make_record("n1", ("a", "main"), ("b", "follow_up"), ("c", "main"), type="theft", people=people),
        make_record("n2", ("c", "main"), ("a", "background"), ("b", "background"), type="theft", killed={"low": 2, "high": 2}),
        make_record("n3", ("a", "background"), type="theft"),
        make_record("n4", ("x", "main"), type="theft"),
    ]
    judged = [(fact.family, fact.right, fact.incident) for fact in judge_all(gold, records)]
    assert judged == [
        ("type", True, "g1"),
        ("victim", True, "g1"),
        ("victim", False, "g1"),
        ("suspect", False, "g1"),
        ("type", False, "g2"),
        ("killed", True, "g2"),
    ]
    assert next(judge_all(gold, records)).support == pytest.approx(0.8)


def test_the_table_is_written_as_the_product_reads_it(tmp_path: Path) -> None:
    facts = make_facts(300)
    write(fit(facts), measure(facts, cross_fit(facts)), tmp_path / "table.json")
    stored = json.loads((tmp_path / "table.json").read_text("utf-8"))
    assert stored["families"]["date"].keys() == {"support", "probability"} and stored["measured"]["date"]["facts"] == 300


def test_the_same_incidents_are_held_out_as_in_training() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from newsblotter_lab.training.train import is_held_out as is_kept_from_training

    names = [str(number) for number in range(3000)]
    assert [is_held_out(name) for name in names] == [is_kept_from_training(name) for name in names]
    assert 0.07 < sum(map(is_held_out, names)) / len(names) < 0.13
