"""Planted copies are scored as they should be, and the copy finder finds them."""

import numpy as np
import pytest

from newsblotter.records import CopyGroup
from newsblotter_lab import near_copies, planted


@pytest.fixture(scope="module")
def chain() -> planted.Chain:
    return planted.Chain(planted.make_source(np.random.default_rng(3), 120_000))


def test_planted_copies_are_found_and_look_alikes_are_not(chain: planted.Chain) -> None:
    found = planted.measure(chain, 3_000)
    assert set(found.recall) == set(planted.KINDS)
    assert all(found.planted[kind] >= 100 for kind in (*planted.KINDS, "template"))
    assert min(found.recall.values()) >= 0.98
    assert found.precision >= 0.99


def test_planting_again_plants_the_same(chain: planted.Chain) -> None:
    first, second = ([one.report for one in planted.plant(chain, 300, 5)] for _ in range(2))
    assert first == second
    assert [one.report for one in planted.plant(chain, 300, 6)] != first


def test_adding_to_a_store_ends_in_the_same_groups(chain: planted.Chain) -> None:
    added = planted.measure_adding(chain, 600, 40)
    assert added.same


def test_the_score_of_planted_copies() -> None:
    known = {
        "a": ("original", "1"),
        "b": ("cut", "1"),
        "c": ("original", "2"),
        "d": ("cut", "2"),
        "e": ("template", "3"),
        "f": ("cut", "4"),  # its original was not planted: neither hit nor miss
    }
    groups = [CopyGroup("g1", ("a", "b", "e"), "a"), CopyGroup("g2", ("d", "f"), "d")]
    recall, precision, wrong = planted.score(known, groups)
    assert recall == {"cut": 0.5}
    assert precision == pytest.approx(1 / 4)
    assert wrong == {"cut original template": 2, "cut": 1}


def test_the_score_of_near_copies() -> None:
    groups = [CopyGroup("g1", ("a", "b"), "a"), CopyGroup("g2", ("c", "d", "e"), "c")]
    incidents = {"a": frozenset({"1"}), "b": frozenset({"1", "2"}), "c": frozenset({"3"}), "d": frozenset({"4"})}
    found = near_copies.score(groups, [("a", "b"), ("d", "e"), ("b", "c"), ("x", "y")], incidents)
    assert (found.recall, found.copies, found.of_another, found.known) == (0.5, 3, 1, 2)
