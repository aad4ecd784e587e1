"""The command that opens the desk, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from newsblotter.cli.app import run

pytest.importorskip("fastapi")


def test_the_desk_opens_and_closes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "newsblotter", "serve", "--port", "0", "--store", str(tmp_path / "new.db")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**os.environ, "NO_COLOR": "1"}) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert address is not None, said + process.stderr.read()
            with urllib.request.urlopen(address[0], timeout=30) as answer:
                assert "newsblotter build" in answer.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()
    assert not (tmp_path / "new.db").exists()


def test_other_machines_are_not_served_without_a_login(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--host", "0.0.0.0", "--store", str(tmp_path / "new.db")]) == 2
    assert "0.0.0.0" in capsys.readouterr().err


def test_a_missing_part_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsblotter.cli.serve.NEEDED", ("fastapi", "no_such_module"))
    assert run(["serve", "--store", str(tmp_path / "new.db")]) == 2
    said = capsys.readouterr().err
    assert "no_such_module" in said and "newsblotter[web]" in said


def test_wrong_tiles_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--store", str(tmp_path / "new.db"), "--tiles", "gone.pmtiles", "--port", "0"]) == 2
    assert "gone.pmtiles" in capsys.readouterr().err
