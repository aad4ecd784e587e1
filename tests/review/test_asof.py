"""What was known on an earlier day, what became of incidents since, and the commands that ask for it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsblotter.cli import run
from newsblotter.errors import UnknownIncident
from newsblotter.review.asof import Lookback
from newsblotter.review.changes import list_changes
from newsblotter.revise import revise
from newsblotter.store import JournalEntry, Store, open_store
from newsroom import stand_alone, write_reports
from review.desk import HAPPENED, TOWN, copy_store, enter, home, judge, make_store, records, tell


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("made"))


@pytest.fixture
def path(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_alone(tmp_path, monkeypatch)
    return copy_store(made, tmp_path)


@pytest.fixture
def store(path: Path):
    with open_store(str(path)) as opened:
        yield opened


def told_by(store: Store, day: date) -> dict[str, set[str]]:
    return {record["id"]: {report["id"] for report in record["reports"]} for record in Lookback(store, day).records()}


def test_only_what_was_published_counts_and_ids_stay(store: Store) -> None:
    today = {record["id"]: {report["id"] for report in record["reports"]} for record in store.records()}
    for day in (date(2019, 1, 1), date(2020, 3, 2), date(2020, 3, 3), date(2021, 4, 6), date(2024, 1, 4), date(2030, 1, 1)):
        printed = {name for name in TOWN if tell(name)[0].published <= day}  # type: ignore[operator]
        expected = {name: told & printed for name, told in today.items() if told & printed}
        assert told_by(store, day) == expected
    assert list(Lookback(store, date(2030, 1, 1)).records()) == list(store.records())


def test_the_values_are_those_of_then(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "x.db")) as store:
        enter(store, "a1 a2")
        enter(store, "a3", arrested=2)
        name = home(store, "a1")
        assert store.get_incident(name).record["arrested"] == {"low": 2, "high": 2}
        then = Lookback(store, HAPPENED["a"] + timedelta(1)).record(name)
        assert then["arrested"] == {"low": 0, "high": 0} and not then["history"] and then["id"] == name
        with pytest.raises(UnknownIncident, match=r"by 2020-03-01; the first is of 2020-03-02"):
            Lookback(store, HAPPENED["a"] - timedelta(1)).record(name)


def test_a_view_equals_a_store_of_those_reports(store: Store, tmp_path: Path) -> None:
    day = tell("b1")[0].published
    assert day is not None
    with open_store(str(tmp_path / "then.db")) as then:
        enter(then, " ".join(name for name in TOWN if tell(name)[0].published <= day))  # type: ignore[operator]
        view = [{k: v for k, v in record.items() if k != "updated"} for record in Lookback(store, day).records()]
        assert view == records(then)


def test_corrections_hold_for_every_day_but_of_what_grows(store: Store) -> None:
    name = home(store, "a1")
    for field, value in (
        ("target", {"kind": "text", "text": "Lumen"}),
        ("arrested", {"kind": "count", "low": 3, "high": 3, "unit": None}),
    ):
        said = {"incident": name, "field": field, "value": value, "by": "ada", "why": "", "mentions": []}
        revise(store, [JournalEntry("correction", said)])
    assert store.get_incident(name).record["arrested"]["low"] == 3
    then = Lookback(store, HAPPENED["a"]).record(name)
    assert (then["target"], then["arrested"]["low"]) == ("Lumen", 0)
    later = Lookback(store, date(2030, 1, 1)).record(name)
    assert (later["target"], later["arrested"]["low"]) == ("Lumen", 0)


def test_what_later_reports_tied_together_falls_apart(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "x.db")) as store:
        enter(store, "a1 b1 c1")
        one, other = home(store, "a1"), home(store, "b1")
        revise(store, [judge("same", "a1", "c1"), judge("same", "b1", "c1")])
        assert home(store, "a1") == home(store, "b1") == home(store, "c1")
        then = told_by(store, date(2023, 1, 1))
        assert then == {one: {"a1"}, other: {"b1"}}  # each under the id that it had


# --- changes ------------------------------------------------------------------------------------------------------------


def test_changes_tell_what_became_of_incidents(store: Store) -> None:
    before = store.last_number()
    assert {one.kind for one in list_changes(store)} == {"new"}
    left, right = home(store, "b1"), home(store, "c1")
    revision = revise(store, [judge("same", "b1", "c1")])
    [merged] = [one for one in list_changes(store, after=before) if one.kind == "merged"]
    assert {merged.incident, *merged.now} == {left, right} and merged.title
    revise(store, [JournalEntry("retired", {"number": revision.numbers[0], "by": "ada", "why": ""})])
    assert {one.kind for one in list_changes(store, after=before)} == {"merged", "revived", "changed"}
    revise(store, [judge("different", "a1", "a3"), judge("different", "a2", "a3")])
    [split] = [one for one in list_changes(store, after=before) if one.kind == "split"]
    assert set(split.now) == {home(store, "a1"), home(store, "a3")}
    assert list_changes(store, since=datetime.now(UTC) + timedelta(days=1)) == []


# --- commands -----------------------------------------------------------------------------------------------------------


def test_judge_undo_and_the_list_of_judgements(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--store", str(path)]
    assert run(["judge", "same", "b1", "c1", "--why", "one gang", "--by", "ada", "--dry-run", *at]) == 0
    assert "merged" in capsys.readouterr().out
    assert run(["judgements", *at]) == 0 and "nobody" in capsys.readouterr().err
    assert run(["judge", "same", "b1", "c1", "--why", "one gang", "--by", "ada", "--json", *at]) == 0
    said = json.loads(capsys.readouterr().out)
    [merged] = [effect for effect in said["effects"] if effect["kind"] == "merged"]
    assert run(["show", merged["incident"], *at]) == 0
    assert f"{merged['incident']} is now part of {merged['now'][0]}" in capsys.readouterr().out
    assert run(["explain", "b1", "c1", *at]) == 0
    assert "Judged the same incident by ada. “one gang”" in " ".join(capsys.readouterr().out.split())
    assert run(["undo", str(said["number"]), "--by", "max", "--why", "no", *at]) == 0
    assert "revived" in capsys.readouterr().out
    assert run(["judgements", "--all", "--json", *at]) == 0
    [word] = json.loads(capsys.readouterr().out)
    assert (word["by"], word["why"], word["retired"]["by"], word["lost"]) == ("ada", "one gang", "max", None)
    assert run(["judgements", "--all", *at]) == 0
    assert "taken back by max: no" in capsys.readouterr().out


def test_a_report_is_put_out_of_its_incident(path: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    name = home(store, "a1")
    assert run(["judge", "different", name, "a3", "--store", str(path)]) == 0
    assert "split" in capsys.readouterr().out
    assert home(store, "a1") == home(store, "a2") == name != home(store, "a3")
    assert run(["show", name, "--store", str(path)]) == 0
    assert f"parts of it are now {home(store, 'a3')}" in capsys.readouterr().out


def test_correct_shows_who_said_so_and_what_the_reports_say(path: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    name, at = home(store, "a1"), ["--store", str(path)]
    assert run(["correct", "a1", "suspects", "5", "--why", "the court's number", "--by", "ada", *at]) == 0
    assert f"suspects of {name} is 5, where 3 stood" in capsys.readouterr().out
    assert run(["show", name, *at]) == 0
    out = capsys.readouterr().out
    assert "5 (corrected by ada)" in out and "the court's number" in out and "Three men" in out
    assert run(["show", name, "--json", *at]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {claim["standing"] for claim in record["claims"] if claim["field"] == "suspects"} == {"corrected"}
    assert record["confidence"]["suspects"] == 1.0 and record["corrections"][0]["by"] == "ada"
    assert run(["correct", "a1", "target", "null", "--later", *at]) == 0
    assert store.get_incident(name).record["target"] == "Lumen Gems"
    assert run(["rebuild", "--dry-run", *at]) == 0
    assert store.get_incident(name).record["target"] == "Lumen Gems"


def test_a_lost_store_comes_back_from_reports_and_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_alone(tmp_path, monkeypatch)
    reports = str(write_reports(tmp_path / "reports.jsonl"))
    assert run(["build", reports]) == 0
    assert run(["judge", "same", "tulsa-1", "lyon-1", "--by", "ada"]) == 0
    assert run(["correct", "tulsa-1", "target", "Ferrick's Diner", "--by", "ada"]) == 0
    with open_store("incidents.db", readonly=True) as store:
        held = list(store.records())
    for file in tmp_path.glob("incidents.db*"):
        if not file.name.endswith(".journal.jsonl"):
            file.unlink()
    capsys.readouterr()
    assert run(["build", reports]) == 0
    assert "ids and judgements are taken from incidents.db.journal.jsonl" in capsys.readouterr().err
    with open_store("incidents.db", readonly=True) as store:
        assert list(store.records()) == held
    assert held[0]["target"] == "Ferrick's Diner" and len(held) == 1
    assert run(["rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["effects"] == []


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (["judge", "same", "a1", "a1"], 2, "the same report"),
        (["judge", "same", "a1", "zz9"], 1, "zz9"),
        (["judge", "like", "a1", "a2"], 2, "like"),
        (["correct", "a1", "colour", "red"], 2, "colour"),
        (["correct", "a1", "killed", "many"], 2, "2-4"),
        (["undo"], 2, "nothing to undo"),
        (["undo", "1"], 2, "no judgement"),
        (["changes", "--since", "yesterday"], 2, "2026-11-20"),
        (["show", "a1", "--as-of", "spring"], 2, "2024-05-20"),
        (["show", "a1", "--as-of", "1999-01-01"], 1, "1999-01-01"),
        (["export", "--copies", "--as-of", "2020-01-01"], 2, "--as-of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_errors_are_one_line(path: Path, command: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--store", str(path)]) == code
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and words in printed.err


@pytest.mark.parametrize("columns", [60, 80, 130])
def test_tables_fit_the_terminal(
    path: Path, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    why = "a reason that goes on for longer than a narrow terminal is wide, as reasons do"
    commands = [["judge", "same", "b1", "c1", "--why", why], ["correct", "a1", "place", "Ortona, IT", "--why", why]]
    commands += [["undo"], ["judgements", "--all"], ["changes", "--since", "2020"], ["show", "a1", "--as-of", "2020-03-03"]]
    for command in commands:
        assert run([*command, "--store", str(path)]) == 0
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= columns
