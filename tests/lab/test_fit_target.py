"""The weights of a target's signs: fitted so that what speaks for the right phrases counts for it, and read back."""

from __future__ import annotations

import pytest

from newsblotter.errors import DataError
from newsblotter.extract.target_weights import add_up, judge, load_weights
from newsblotter_lab.fit_target import Row, fit, target_names
from newsblotter_lab.written import load_struck, parse_report


def test_right_signs_win() -> None:
    pytest.importorskip("scipy")
    shop, hospital, street = {"robbed": 1, "name": 1}, {"cared": 1, "name": 1}, {"street": 1, "name": 1}
    robbed = Row((shop, hospital), (True, False), (None, None))
    nowhere = Row((street, hospital), (False, False), (None, None))
    log_odds = fit([robbed, nowhere] * 6)
    chances = judge([add_up(signs, log_odds) for signs in (shop, hospital, street)])
    assert chances[0] > 0.6
    assert max(chances[1:]) < 0.2
    assert sum(chances) < 1.0


def test_rare_signs_get_no_weight() -> None:
    pytest.importorskip("scipy")
    rows = [Row(({"often": 1},), (True,), (None,))] * 6 + [Row(({"seldom": 1},), (True,), (None,))]
    assert fit(rows).keys() == {"often"}


def test_nothing_is_judged_of_nothing() -> None:
    assert judge([]) == []


def test_names_of_a_written_report() -> None:
    shop = parse_report("Thieves robbed [[target|a shop]] on Monday. [[target|The Harlow]] was shut.", "robbery")
    home = parse_report("[[victim|Ann Lee]] was robbed at [[target|her flat]].", "robbery")
    plain = parse_report("Thieves robbed [[target|a shop]].", "robbery")
    assert (target_names(shop), target_names(home), target_names(plain)) == (["Harlow"], ["Ann Lee"], ["shop"])


def test_short_reports_are_many_and_distinct() -> None:
    texts = [report.text for report in load_struck()]
    assert len(set(texts)) == len(texts) >= 100
    assert any(not target_names(report) for report in load_struck())


def test_broken_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    load_weights.cache_clear()
    monkeypatch.setattr("newsblotter.extract.target_weights.json.loads", lambda text: {"log_odds": []})
    with pytest.raises(DataError):
        load_weights()
    load_weights.cache_clear()
