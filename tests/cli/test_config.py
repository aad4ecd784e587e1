"""Which setting wins: flag, environment, newsblotter.toml, default."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsblotter.cli.config import Config, load_config
from newsblotter.errors import UsageError


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "WORKERS", "PUBLISHED", "MAPPING", "STOER"):
        monkeypatch.delenv(f"NEWSBLOTTER_{name}", raising=False)


def test_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_the_file_above_is_found_and_its_store_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "newsblotter.toml").write_text(
        'store = "mine.db"\nworkers = 3\npublished = 2024-05-20\nmapping = { headline = "title" }\n', "utf-8"
    )
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert load_config(below) == Config(str(tmp_path / "mine.db"), 3, date(2024, 5, 20), {"headline": "title"})


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "newsblotter.toml").write_text('store = "mine.db"\nworkers = 3\n', "utf-8")
    monkeypatch.setenv("NEWSBLOTTER_STORE", "theirs.db")
    found = load_config(tmp_path)
    assert (found.store, found.workers) == ("theirs.db", 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stoer = 'x'", "stoer"),
        ("workers = 'many'", "workers"),
        ("workers = ", "newsblotter.toml"),
        ("published = 'soon'", "published"),
    ],
    ids=["unknown", "no number", "no TOML", "no day"],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "newsblotter.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=words):
        load_config(tmp_path)


def test_a_bad_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBLOTTER_WORKERS", "many")
    with pytest.raises(UsageError, match="NEWSBLOTTER_WORKERS"):
        load_config(tmp_path)
