"""An invented store is one that the desk can be tried on: found, shown, judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsblotter.records import Judgement
from newsblotter.review.saying import Speaker, say_judgement
from newsblotter.revise import revise
from newsblotter.store import Filter, open_store
from newsblotter_lab.desk_load import Asker
from newsblotter_lab.desk_world import make_store


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "a.db"
    make_store(path, 60, 200, 1)
    return path


def test_it_holds_what_was_asked_for(path: Path) -> None:
    with open_store(str(path), readonly=True) as store:
        stats = store.stats()
        assert (stats.incidents, stats.reports, stats.mentions) == (60, 200, 200)
        assert store.find_page(Filter()).total == 60
        assert store.neighbourhood().pending() == []


def test_a_judgement_moves_what_it_names_and_nothing_else(path: Path) -> None:
    with open_store(str(path), readonly=True) as store:
        left, right, *_ = sorted(record["id"] for record in store.records())
        effects = revise(store, [say_judgement(store, Judgement.SAME, left, right, Speaker("ada"))], dry_run=True).effects
        assert {one.incident for one in effects} == {left, right}
        assert sorted(one.kind for one in effects) == ["changed", "merged"]


def test_the_ruler_asks_for_what_is_there(path: Path) -> None:
    asker = Asker.of(path, 0)
    assert len(asker.ids) == 60 and asker.words
    where, _, form = asker.ask("preview").partition("\n")
    assert where == "/review/preview" and all(part.partition("=")[2] in asker.ids for part in form.split("&")[1:])
