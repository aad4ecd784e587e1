"""An invented world, laid out in parts, is linked as it is told."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")
from newsblotter.link.columns import ColumnWriter
from newsblotter_lab import scale
from newsblotter_lab.invented import KINDS, WorldRarity, invent_incident, invent_report, list_told


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two worlds in many small parts."""
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "PART", 90)
        for mentions in (300, 1200):
            folders.append(tmp_path_factory.mktemp(f"world{mentions}"))
            scale.make_world(mentions, folders[-1], seed=1, workers=1)
    return folders


def test_parts_join_to_what_is_laid_out_at_once(worlds: list[Path]) -> None:
    joined, keys = scale.load_world(worlds[0])
    writer, rarity = ColumnWriter(KINDS), WorldRarity(300)
    for incident, ordinal in list_told(1, 300).tolist():
        writer.add(invent_report(1, invent_incident(1, incident), ordinal, rarity))
    whole = writer.finish()
    for field in whole.rows.dtype.names or ():
        np.testing.assert_array_equal(joined.rows[field], whole.rows[field])
    for name in ("words", "weights", "families"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    assert len(keys.bounds) == 301 and keys.bounds[-1] == len(keys.keys) == len(keys.tells)


def test_worlds_are_linked_and_their_growth_told(worlds: list[Path]) -> None:
    small, large = scale.measure_growth(worlds, threads=2)
    assert (small["mentions"], large["mentions"]) == (300, 1200)
    assert large["precision"] > 0.9 and large["recall"] > 0.8
    assert large["tree_peak_mb"] > 0 and large["peak_mb"] > 0
    assert set(large["growth"]) == {"since_last", "since_first"} and "growth" not in small


def test_a_world_is_the_same_in_any_number_of_threads(worlds: list[Path]) -> None:
    one, three = (scale.measure_linking(worlds[1], threads) for threads in (1, 3))
    for name in ("links", "candidates", "f1"):
        assert one[name] == three[name]
