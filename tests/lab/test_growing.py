"""A pile replayed batch by batch comes out as if linked at once; invented worlds are the same from the same seed."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from newsblotter import growth
from newsblotter.pipeline import link_store
from newsblotter.records import Mention
from newsblotter.store import open_store
from newsblotter_lab.growing import Checks, Pile, compare, label_reports, replay
from newsblotter_lab.invented import WorldRarity, invent_incident, invent_report, invent_text, list_told


def invent_pile(mentions: int, seed: int = 3) -> tuple[Pile, dict[str, str]]:
    """A pile of an invented world, and the incident of each report."""
    rarity = WorldRarity(mentions)
    reports, told, truth = {}, defaultdict[str, list[Mention]](list), {}
    for number, ordinal in list_told(seed, mentions).tolist():
        profile = invent_report(seed, invent_incident(seed, number), ordinal, rarity)
        report = invent_text(profile)
        reports[report.id] = report
        told[report.id].append(profile.mention)
        truth[report.id] = str(number)
    return Pile(reports, told, []), truth


def test_batch_by_batch_as_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "FEW_SHARE", 1.0)  # else so small a store is linked anew by every batch
    monkeypatch.setattr(growth, "ANEW_SHARE", 1.0)
    pile, truth = invent_pile(160)
    checks = Checks(1)
    with open_store(str(tmp_path / "grown.db")) as store, store.build_lock():
        replay(pile, store, 25, after=checks)
        grown = label_reports(store)
        link_store(store, anew=True)
        whole = label_reports(store)
    assert compare(grown, whole) >= 0.985
    assert checks.alike and min(share for share, _, _ in checks.alike) >= 0.95  # a few dozen pairs on the way
    assert compare(whole, truth) >= 0.7  # one report in twelve tells of it in passing, so stands alone here


def test_a_world_is_the_same_from_the_same_seed_in_any_order() -> None:
    rarity = WorldRarity(1000)
    first = [invent_report(5, invent_incident(5, number), 0, rarity) for number in range(20)]
    again = [invent_report(5, invent_incident(5, number), 0, rarity) for number in reversed(range(20))]
    assert first == again[::-1]
    assert first[0] != invent_report(6, invent_incident(6, 0), 0, rarity)


def test_as_many_mentions_as_asked_for_each_told_once() -> None:
    told = list_told(5, 3000)
    assert told.shape == (3000, 2) and len(np.unique(told, axis=0)) == 3000
    assert (told[:, 1] < 40).all()
