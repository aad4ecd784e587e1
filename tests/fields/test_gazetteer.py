"""The packed gazetteer: names, kinds, sharing."""

from __future__ import annotations

import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsblotter.errors import DataError
from newsblotter.fields.gazetteer import Gazetteer, fold_name, load_gazetteer, measure_km

FOLDS = [
    ("Évreux", "evreux"),
    ("Saint-Denis", "st denis"),
    ("St. Louis", "st louis"),
    ("Mount Vernon", "mt vernon"),
    ("The Bronx", "bronx"),
    ("Coeur d’Alene", "coeur dalene"),
    ("Łódź", "lodz"),
    ("U.S.", "us"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "folded"), FOLDS, ids=[name or "empty" for name, _ in FOLDS])
def test_fold(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Paris", "city", "FR"),
        ("Monte Carlo", "quarter", "MC"),
        ("Harris County", "county", "US"),
        ("Eure", "county", "FR"),
        ("Texas", "region", "US"),
        ("Normandy", "region", "FR"),
        ("UK", "country", "GB"),
        ("Mayfair", "quarter", "GB"),
        ("Bombay", "city", "IN"),
    ],
)
def test_lookup(name: str, kind: str, country: str) -> None:
    assert any((place.kind, place.country) == (kind, country) for place in load_gazetteer().lookup(name))


def test_own_names_come_first_then_the_largest() -> None:
    places = [p for p in load_gazetteer().lookup("Springfield") if p.kind == "city"]
    own = [p for p in places if not p.alternate]
    assert places[: len(own)] == own
    assert [p.population for p in own] == sorted((p.population for p in own), reverse=True)


def test_distance() -> None:
    assert measure_km(48.8534, 2.3488, 51.5085, -0.1257) == pytest.approx(344, abs=2)
    assert measure_km(0, 0, 0, 180) == pytest.approx(20015, abs=2)


def test_shared_between_threads_and_pickled() -> None:
    gazetteer = Gazetteer(load_gazetteer().path)
    names = ["Paris", "Lagos", "Oslo", "Quito"] * 25
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: gazetteer.lookup(name)[0].name, names))
    assert found == [gazetteer.lookup(name)[0].name for name in names]
    assert pickle.loads(pickle.dumps(gazetteer)).lookup("Oslo") == gazetteer.lookup("Oslo")


def test_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.sqlite is missing"):
        Gazetteer(tmp_path / "nowhere.sqlite")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE regions (country, code, name)")
    with pytest.raises(DataError, match="format 0"):
        Gazetteer(other)
