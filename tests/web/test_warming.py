"""Bringing a large store into memory: done once it is read, left alone where it does not fit, stopped at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from newsblotter.errors import StoreError
from newsblotter.web import warming
from newsblotter.web.warming import Warming, read_free_memory


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(warming, "SMALL_BYTES", 1000)
    path = tmp_path / "a.db"
    path.write_bytes(b"x" * 3 * warming.CHUNK_BYTES)
    return path


def _run(file: Path, before=lambda: None) -> Warming:
    found = Warming(file, before)
    found._thread.join(10)
    return found


def test_a_large_file_is_warm_once_it_is_read(file: Path) -> None:
    asked: list[str] = []
    assert _run(file, lambda: asked.append("first")).is_done
    assert asked == ["first"]


def test_a_small_file_is_warm_at_once_and_nothing_is_asked(file: Path) -> None:
    file.write_bytes(b"x")
    found = Warming(file, lambda: pytest.fail("asked"))
    assert found.is_done
    found.stop()


def test_what_does_not_fit_into_memory_is_left_where_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "read_free_memory", lambda: file.stat().st_size)
    assert not _run(file).is_done


def test_a_failure_is_nobody_elses(file: Path) -> None:
    def fail() -> None:
        raise StoreError("gone")

    assert not _run(file, fail).is_done


def test_it_stops_when_the_desk_closes(file: Path) -> None:
    going = threading.Event()
    found = Warming(file, lambda: going.wait(10))
    found._stopped.set()
    going.set()
    found.stop()
    assert not found.is_done


def test_free_memory_is_what_the_system_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 10 kB\nMemAvailable: 4 kB\n")
    monkeypatch.setattr(warming, "_MEMORY", told)
    assert read_free_memory() == 4096
    monkeypatch.setattr(warming, "_MEMORY", tmp_path / "none")
    assert read_free_memory() == 0
