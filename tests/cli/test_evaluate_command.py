"""newsblotter evaluate, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsblotter.cli import run
from newsblotter.pipeline import build
from newsroom import stand_alone, write_reports

LYON: dict[str, Any] = {
    "incident": "lyon-2023",
    "reports": ["lyon-1", "lyon-2", "lyon-3"],
    "type": "robbery",
    "date": "2023-03-13",
    "place": "Lyon",
    "lat": 45.75,
    "lon": 4.85,
    "killed": 0,
    "injured": 0,
    "suspects": 5,  # the reports say three
    "arrested": 2,
    "loot": {"low": 2_000_000, "high": 2_000_000, "currency": "EUR"},
    "target": "Arvelle",
}
TULSA = {
    "incident": "tulsa-2022",
    "reports": ["tulsa-1"],
    "type": "shooting",
    "people": [{"name": "Marlon Ferrick", "role": "victim"}],
}
GOLD = [LYON, TULSA]


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_alone(tmp_path, monkeypatch)
    write_reports(tmp_path / "reports.jsonl")
    _write("gold.jsonl", *GOLD)


def _write(name: str, *rows: Any) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _ask(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    assert run(["evaluate", "--gold", "gold.jsonl", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_builds_scores_and_leaves_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(Path().iterdir())
    answer = _ask(capsys, "reports.jsonl", "--misses")
    assert sorted(Path().iterdir()) == before
    scores = answer["scores"]
    assert (scores["pair_f1"], scores["date_exact"], scores["loot_right"], scores["victim_f1"]) == (1.0, 1.0, 1.0, 1.0)
    assert scores["suspects_right"] == 0.0 and scores["evidence_verbatim"] == 1.0
    [miss] = [miss for miss in answer["misses"] if miss["field"] == "suspects"]
    assert miss["incident"] == "lyon-2023" and miss["gold"] == {"low": 5, "high": 5} and miss["found"] == {"low": 3, "high": 3}


def test_a_store_or_an_export_is_scored_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    build(["reports.jsonl"], "held.db")
    assert run(["export", "--store", "held.db", "--output", "export.jsonl"]) == 0
    built = _ask(capsys, "reports.jsonl")
    assert _ask(capsys, "reports.jsonl", "--store", "held.db") == built
    assert _ask(capsys, "--store", "held.db") == built
    assert _ask(capsys, "reports.jsonl", "--predicted", "export.jsonl") == built


def test_copies_and_reports_without_incident(capsys: pytest.CaptureFixture[str]) -> None:
    _write("copies.jsonl", {"copies": ["lyon-1", "lyon-2"], "overlap": 1.0}, {"copies": ["lyon-1", "lyon-3"], "overlap": 0.1})
    _write("none.jsonl", "fair-1", "tulsa-1")
    options = ("reports.jsonl", "--copies", "copies.jsonl", "--none", "none.jsonl")
    assert _ask(capsys, *options)["scores"]["copies_r"] == 0.5
    scores = _ask(capsys, *options, "--min-overlap", "0.2")["scores"]
    assert (scores["copies_f1"], scores["false_alarms"]) == (1.0, 0.5)


def test_web_pages_and_text_files_are_held_against_their_cleaned_words(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("pages")
    folder.mkdir()
    story = "A 34-year-old man was shot and killed outside a diner in Tulsa, Oklahoma, late Saturday, police said."
    page = f"<html><head><title>Man shot dead in Tulsa</title></head><body><article><h1>Man shot dead in Tulsa</h1><p>{story}</p>"
    (folder / "web.html").write_text(page + "<p>No arrests have been made.</p></article></body></html>", "utf-8")
    (folder / "note.txt").write_bytes(story.replace(",", "\x92,").encode("latin-1"))
    _write("gold.jsonl", {"incident": "one", "reports": ["web", "note"], "type": "shooting"})
    assert _ask(capsys, "pages", "--published", "2022-08-07")["scores"]["evidence_verbatim"] == 1.0


def test_reports_that_a_build_rejects_are_missed(capsys: pytest.CaptureFixture[str]) -> None:
    with Path("reports.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"id": "empty", "text": "…"}) + "\n")
    _write("gold.jsonl", *GOLD, {"incident": "three", "reports": ["empty"], "type": "theft"})
    assert run(["evaluate", "--gold", "gold.jsonl", "reports.jsonl", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["scores"]["type_n"] == 3
    assert "1 rejected" in said.err


def test_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ask(capsys, "reports.jsonl", "--language", "en")["scores"]["reports"] == 4
    assert run(["evaluate", "--gold", "gold.jsonl", "reports.jsonl", "--language", "fr"]) == 2
    assert "reports state another language than fr" in capsys.readouterr().err


def test_remarks_name_what_cannot_count(capsys: pytest.CaptureFixture[str]) -> None:
    _write("gold.jsonl", *GOLD, {"incident": "three", "reports": ["gone"], "type": "heist", "kiled": 1})
    assert run(["evaluate", "--gold", "gold.jsonl", "reports.jsonl"]) == 0
    said = capsys.readouterr().err
    assert "1 of 5 labelled reports are not among those given, and not scored: gone" in said
    assert "no incident type is called heist" in said
    assert "labels that are not scored: kiled" in said


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        pytest.param(["reports.jsonl"], 2, "--gold", id="no gold"),
        pytest.param(["--gold", "gold.jsonl"], 2, "name the reports", id="no reports"),
        pytest.param(["--gold", "gold.jsonl", "-"], 2, "write it to a file", id="standard input"),
        pytest.param(
            ["--gold", "gold.jsonl", "reports.jsonl", "--store", "a.db", "--predicted", "b"], 2, "leave one out", id="both"
        ),
        pytest.param(["--gold", "gold.jsonl", "reports.jsonl", "--predicted-copies", "b"], 2, "goes with", id="copies alone"),
        pytest.param(["--gold", "absent.jsonl", "reports.jsonl"], 1, "absent.jsonl cannot be read", id="no such gold"),
        pytest.param(["--gold", "gold.jsonl", "absent.jsonl"], 1, "absent.jsonl", id="no such report"),
        pytest.param(["--gold", "gold.jsonl", "--store", "absent.db"], 1, "absent.db", id="no such store"),
        pytest.param(["--gold", "reports.jsonl", "reports.jsonl"], 1, 'reports.jsonl:1: "incident" is missing', id="not gold"),
        pytest.param(["--gold", "other.jsonl", "reports.jsonl"], 1, "are the ids the same?", id="other ids"),
    ],
)
def test_wrong_calls_end_with_one_line(options: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    _write("other.jsonl", {"incident": "one", "reports": ["another"]})
    assert run(["evaluate", *options]) == code
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_tables_fit_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    _write("copies.jsonl", {"copies": ["lyon-1", "lyon-3"]})
    _write("none.jsonl", "tulsa-1")
    passing = {"incident": "older", "reports": [], "background": ["lyon-1"], "type": "theft", "date": "2008"}
    _write("gold.jsonl", *GOLD, passing)
    options = ["--copies", "copies.jsonl", "--none", "none.jsonl", "--misses"]
    assert run(["evaluate", "--gold", "gold.jsonl", "reports.jsonl", *options]) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= columns
    for words in ("B-cubed", "suspects", "lyon-2023", "older", "Copies"):
        assert words in out


def test_nothing_wrong_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    _write("gold.jsonl", {"incident": "tulsa-2022", "reports": ["tulsa-1"], "type": "shooting"})
    assert run(["evaluate", "--gold", "gold.jsonl", "reports.jsonl", "--misses"]) == 0
    assert "Nothing is wrong or missing." in capsys.readouterr().out
