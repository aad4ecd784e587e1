"""Every command, as a person types it: output, JSON, exit codes, one-line errors."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsblotter.cli import run
from newsblotter.pipeline import build
from newsblotter.store import open_store
from newsroom import REPORTS, stand_alone, write_reports


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("store")
    build([write_reports(folder / "reports.jsonl")], folder / "incidents.db")
    return str(folder / "incidents.db")


@pytest.fixture
def ids(store: str) -> dict[str, str]:
    with open_store(store, readonly=True) as opened:
        return {record["type"]: record["id"] for record in opened.records()}


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_alone(tmp_path, monkeypatch)


# --- list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "types"),
    [
        pytest.param([], ["robbery", "shooting"], id="all, newest first"),
        pytest.param(["--type", "shooting"], ["shooting"], id="type"),
        pytest.param(["--since", "2023"], ["robbery"], id="since a year"),
        pytest.param(["--until", "2022-08"], ["shooting"], id="until a month"),
        pytest.param(["--since", "2023-03-13", "--until", "2023-03-13"], ["robbery"], id="one day"),
        pytest.param(["--country", "us"], ["shooting"], id="country"),
        pytest.param(["--near", "45.75,4.85", "--within", "20"], ["robbery"], id="near"),
        pytest.param(["--near", "-45,4", "--within", "20"], [], id="near nothing"),
        pytest.param(["--min-voices", "2"], ["robbery"], id="voices"),
        pytest.param(["--limit", "1"], ["robbery"], id="limit"),
    ],
)
def test_list_narrows(store: str, options: list[str], types: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--store", store, "--json", *options]) == 0
    assert [record["type"] for record in json.loads(capsys.readouterr().out)] == types


def test_list_draws_a_table(store: str, ids: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--store", store]) == 0
    out = capsys.readouterr().out
    assert ids["robbery"] in out and "2023-03-13" in out and "\x1b" not in out


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_tables_fit_the_terminal(
    store: str, ids: dict[str, str], columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = ["show", ids["robbery"], "--claims"]
    for command in (["list"], shown, ["stats"], ["search", "Arvelle"], ["explain", "lyon-1", "lyon-3"]):
        assert run([*command, "--store", store]) == 0
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= columns


# --- show, search, explain --------------------------------------------------------------------------------------


def test_show_gives_every_fact_with_words_and_report(store: str, ids: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", ids["robbery"][:8], "--store", store]) == 0
    out = capsys.readouterr().out
    for words in ("on Monday", "2 million EUR", "No one", "morning.example, 2023-03-14", "Reports", "(copy)"):
        assert words in out


def test_show_claims_prints_every_claim_and_why_a_value_is_shown(
    store: str, ids: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["show", ids["robbery"], "--json", "--store", store]) == 0
    claims = json.loads(capsys.readouterr().out)["claims"]
    assert run(["show", ids["robbery"], "--store", store]) == 0
    plainly = capsys.readouterr().out
    assert run(["show", ids["robbery"], "--claims", "--store", store]) == 0
    out = capsys.readouterr().out
    listed = [line for line in out.splitlines() if line.split()[:1] in (["agreed"], ["superseded"], ["disputed"])]
    assert len(listed) == len(claims) and "2 voices say or allow it" in " ".join(out.split())
    assert "independent voices" not in plainly


def test_show_prints_the_record_as_json(store: str, ids: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", ids["shooting"], "--json", "--store", store]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == ids["shooting"]


def test_show_takes_a_report_for_its_incident(store: str, ids: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "tulsa-1", "--store", store]) == 0
    assert ids["shooting"] in capsys.readouterr().out


def test_search_finds_incidents_and_reports(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "Arvelle", "--json", "--store", store]) == 0
    kinds = {hit["kind"] for hit in json.loads(capsys.readouterr().out)["hits"]}
    assert "report" in kinds
    assert run(["search", "zeppelin", "--store", store]) == 0
    assert "nothing found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [("lyon-1", "lyon-3", True), ("lyon-1", "lyon-2", True), ("lyon-1", "tulsa-1", False), ("fair-1", "tulsa-1", False)],
    ids=["follow-up", "copy", "never compared", "no incident"],
)
def test_explain_says_why(store: str, left: str, right: str, joined: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", left, right, "--json", "--store", store]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["joined"] is joined
    assert answer["sentence"].startswith("Joined" if joined else "Kept apart")


# --- export, stats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to_file", [False, True], ids=["stdout", "file"])
@pytest.mark.parametrize("format_", ["jsonl", "csv", "geojson"])
def test_export_writes(store: str, tmp_path: Path, format_: str, to_file: bool, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out"
    assert run(["export", "--format", format_, "--store", store, *(["--output", str(path)] if to_file else [])]) == 0
    text = path.read_text("utf-8") if to_file else capsys.readouterr().out
    if format_ == "jsonl":
        assert len([json.loads(line) for line in text.splitlines()]) == 2
    elif format_ == "csv":
        assert len(list(csv.reader(io.StringIO(text)))) == 3
    else:
        assert json.loads(text)["type"] == "FeatureCollection"


def test_export_copies(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "--copies", "--store", store]) == 0
    assert [set(json.loads(line)["reports"]) for line in capsys.readouterr().out.splitlines()] == [{"lyon-1", "lyon-2"}]


def test_stats_counts(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stats", "--json", "--store", store]) == 0
    stats = json.loads(capsys.readouterr().out)
    assert (stats["reports"], stats["copies"], stats["incidents"]) == (5, 1, 2)
    assert set(stats["seconds_by_stage"]) >= {"read", "copies", "extract", "link"}
    assert run(["stats", "--store", store]) == 0


# --- build ------------------------------------------------------------------------------------------------------


def test_build_prints_nothing_but_json_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(write_reports(tmp_path / "r.jsonl")), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["read"] == 5
    assert (tmp_path / "incidents.db").exists() and printed.err == ""


def test_build_reads_other_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = [{"headline": r["title"], "body": r["text"], "id": r["id"]} for r in REPORTS]
    source = str(write_reports(tmp_path / "r.jsonl", renamed))
    assert run(["build", source, "--mapping", "headline=title", "--mapping", "body=text", "--published", "2023-03-14"]) == 0
    assert "5 new reports read" in capsys.readouterr().err


def test_build_reads_standard_input(tmp_path: Path) -> None:
    with write_reports(tmp_path / "r.jsonl").open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "newsblotter", "build", "-", "--json"], stdin=stream, capture_output=True, check=True
        )
    assert json.loads(done.stdout)["read"] == 5


def test_build_with_rejects_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_reports(tmp_path / "r.jsonl")
    path.write_text("{oops\n" + path.read_text("utf-8"), "utf-8")
    assert run(["build", str(path)]) == 3
    assert "1 rejected" in capsys.readouterr().err


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(write_reports(tmp_path / "r.jsonl")), "--dry-run"]) == 0
    assert "5 new reports would be read" in capsys.readouterr().err
    assert not (tmp_path / "incidents.db").exists()


# --- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        pytest.param(["build", "no-such-folder"], 1, "no-such-folder", id="no such source"),
        pytest.param(["list", "--store", "none.db"], 1, "none.db", id="no such store"),
        pytest.param(["show", "nbzzzzzz"], 1, "nbzzzzzz", id="no such incident"),
        pytest.param(["explain", "lyon-1", "lyon-1"], 1, "same report", id="twice the same"),
        pytest.param(["list", "--type", "burglery"], 2, "burglary", id="no such type"),
        pytest.param(["list", "--near", "north"], 2, "43.74,7.43", id="no point"),
        pytest.param(["list", "--near", "91,0"], 2, "latitude", id="off the globe"),
        pytest.param(["list", "--since", "yesterday"], 2, "2024-05-20", id="no day"),
        pytest.param(["list", "--country", "France"], 2, "two letters", id="no country code"),
        pytest.param(["list", "--colour"], 2, "newsblotter list --help", id="no such option"),
        pytest.param(["build"], 2, "newsblotter build --help", id="no source"),
        pytest.param(["build", ".", "--mapping", "headline"], 2, "headline=title", id="no mapping"),
        pytest.param(["export", "--format", "xml"], 2, "xml", id="no such format"),
        pytest.param(["export", "--copies", "--format", "csv"], 2, "--copies", id="copies as csv"),
        pytest.param(["fly"], 2, "fly", id="no such command"),
    ],
)
def test_errors_are_one_line(store: str, command: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    extra = ["--store", store] if "--store" not in command and command[0] in ("show", "explain", "list", "export") else []
    assert run([*command, *extra]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("newsblotter: ") and printed.err.count("\n") == 1 and words in printed.err


def test_a_busy_store_ends_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holder = (
        "import sys\nfrom newsblotter.store import open_store\n"
        "with open_store('incidents.db') as s, s.build_lock():\n print('held', flush=True)\n sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    try:
        assert run(["build", str(write_reports(tmp_path / "r.jsonl"))]) == 4
        assert "another build" in capsys.readouterr().err
        assert run(["list"]) == 0
    finally:
        process.communicate("")


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="no broken pipes here")
def test_a_broken_pipe_is_quiet(store: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsblotter", "export", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait()


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("newsblotter ")
    assert run(["--help"]) == 0
    assert run([]) == 2
