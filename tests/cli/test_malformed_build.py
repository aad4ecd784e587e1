"""A folder full of broken and hostile input, built as a person would: every piece is answered for, the good ones are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from collect.test_malformed import FILES, LINES, SENTENCE, SOUND, jsonl
from newsblotter.cli import run
from newsblotter.store import open_store

GOOD = ("!first", "~last")
LEAST_REJECTED = 40


def _lay_out(folder: Path) -> int:
    """Write every malformed case that must be rejected, with sound neighbours; give how many there are."""
    count = 0
    for name in GOOD:
        (folder / f"{name}.txt").write_text(SENTENCE)
    for number, (name, body, wanted) in enumerate(FILES.values()):
        if wanted != SOUND:
            place = folder / f"f{number:02}"
            place.mkdir()
            (place / name).write_bytes(body)
            count += 1
    bad_lines = [line for line, wanted in LINES.values() if wanted != SOUND]
    (folder / "lines.jsonl").write_bytes(jsonl(*bad_lines))
    links = folder / "links"
    links.mkdir()
    (links / "loop").symlink_to(links)
    (links / "nowhere.txt").symlink_to(folder / "missing.txt")
    os.mkfifo(folder / "pipe.txt")
    return count + len(bad_lines) + 3


def test_every_malformed_input_is_rejected_and_every_neighbour_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    wanted = _lay_out(folder)
    assert wanted >= LEAST_REJECTED
    assert run(["build", str(folder), "--store", "bad.db", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["rejected"] == wanted
    assert all(reason.strip() for reason in told["rejected_by_reason"])
    with open_store("bad.db", readonly=True) as store:
        read = {report.source_id for report in store.reports()}
    assert {*GOOD, "good", "better"} <= read
