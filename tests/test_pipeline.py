"""The whole path: what a build reads, skips, resumes, and that its result hangs on nothing but its input."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import newsblotter
from newsblotter import pipeline
from newsblotter.pipeline import Settings, build, inspect_sources, load_engine, read_report
from newsblotter.records import Mention, Report, When
from newsblotter.store import open_store
from newsroom import REPORTS, write_reports


def _records(store: Path) -> list[dict[str, Any]]:
    with open_store(str(store), readonly=True) as opened:
        return [{k: v for k, v in record.items() if k != "updated"} for record in opened.records()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build([write_reports(folder / "reports.jsonl")], folder / "incidents.db")
    return folder / "incidents.db"


def test_reports_become_incidents(built: Path) -> None:
    records = {record["type"]: record for record in _records(built)}
    assert set(records) == {"robbery", "shooting"}
    robbery = records["robbery"]
    assert robbery["date"]["start"] == robbery["date"]["end"] == "2023-03-13"
    assert robbery["place"]["country"] == "FR"
    assert robbery["loot"]["currency"] == "EUR"
    assert {report["id"] for report in robbery["reports"]} == {"lyon-1", "lyon-2", "lyon-3"}
    assert robbery["voices"] == 2
    assert records["shooting"]["date"]["start"] == "2022-08-06"


def test_every_quote_stands_in_its_report(built: Path) -> None:
    with open_store(str(built), readonly=True) as store:
        texts = {report.source_id: report.text for report in store.reports()}
        for record in store.records():
            for claim in record["claims"]:
                quote = claim["quote"]
                assert texts[claim["report"]][quote["start"] : quote["end"]] == quote["exact"]


def test_an_undated_copy_takes_its_leads_day(built: Path) -> None:
    with open_store(str(built), readonly=True) as store:
        report = store.get_report("lyon-2")
        assert report.published is None
        days = [claim.value for mention in store.mentions(reports=[report.id]) for claim in mention.claims if claim.field == "date"]
    assert days and all(isinstance(day, When) and day.earliest == date(2023, 3, 13) for day in days)


def test_a_second_build_does_nothing(tmp_path: Path) -> None:
    source, store = write_reports(tmp_path / "reports.jsonl"), tmp_path / "incidents.db"
    first = build([source], store)
    before = _records(store)
    again = build([source], store)
    assert (first.read, first.known) == (5, 0)
    assert (again.read, again.known) == (0, 5)
    assert again.incidents == first.incidents and "link" not in again.seconds
    assert _records(store) == before


def test_the_order_of_input_does_not_matter(tmp_path: Path, built: Path) -> None:
    shuffled = random.Random(4).sample(REPORTS, len(REPORTS))
    build([write_reports(tmp_path / "reports.jsonl", shuffled)], tmp_path / "incidents.db")
    assert _records(tmp_path / "incidents.db") == _records(built)


def test_reports_that_come_later_change_the_incident_but_not_its_id(tmp_path: Path) -> None:
    store = tmp_path / "incidents.db"
    build([write_reports(tmp_path / "first.jsonl", REPORTS[:1])], store)
    [before] = _records(store)
    build([write_reports(tmp_path / "more.jsonl", REPORTS[1:3])], store)
    [after] = _records(store)
    assert after["id"] == before["id"]
    assert len(after["reports"]) == 3


def test_workers_read_what_one_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path) -> None:
    monkeypatch.setattr(pipeline, "POOL_FROM", 1)
    source = write_reports(tmp_path / "reports.jsonl")
    build([source], tmp_path / "incidents.db", settings=replace(Settings(), workers=2))
    assert _records(tmp_path / "incidents.db") == _records(built)


class _Poisoned:
    """An engine that one report is poison to."""

    version = "poisoned-1"
    languages = frozenset({"en"})

    def read(self, report: Report, find_spans: object, read_when: object) -> tuple[Mention, ...]:
        if report.source_id == "tulsa-1":
            raise RecursionError("too deep")
        return load_engine().read(report, find_spans, read_when)  # type: ignore[arg-type]

    def for_copies(self) -> _Poisoned:
        return self


def test_a_poisonous_report_is_quarantined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = load_engine()
    poisoned = _Poisoned()
    monkeypatch.setattr(
        poisoned,
        "read",
        lambda r, f, w: _Poisoned.read(poisoned, r, f, w) if r.source_id == "tulsa-1" else real.read(r, f, w),
        raising=False,
    )
    monkeypatch.setattr(pipeline, "load_engine", lambda: poisoned)
    result = build([write_reports(tmp_path / "reports.jsonl")], tmp_path / "incidents.db")
    assert result.rejected == 1 and result.rejected_by_reason == {"reading failed": 1}
    assert {record["type"] for record in _records(tmp_path / "incidents.db")} == {"robbery"}


def test_rejected_input_is_counted_and_its_neighbours_are_read(tmp_path: Path) -> None:
    path = write_reports(tmp_path / "reports.jsonl")
    path.write_text("{broken\n" + path.read_text("utf-8"), "utf-8")
    result = build([path], tmp_path / "incidents.db")
    assert (result.read, result.rejected) == (5, 1)
    path.write_text(path.read_text("utf-8").partition("\n")[2], "utf-8")
    assert build([path], tmp_path / "incidents.db").rejected == 0


def test_published_is_a_fallback_only(tmp_path: Path) -> None:
    settings = Settings()
    settings = replace(settings, clean=replace(settings.clean, published=date(2020, 1, 2)))
    build(
        [write_reports(tmp_path / "r.jsonl", [REPORTS[3], {**REPORTS[4], "published": None}])], tmp_path / "i.db", settings=settings
    )
    with open_store(str(tmp_path / "i.db"), readonly=True) as store:
        days = {report.source_id: report.published for report in store.reports()}
    assert days == {"tulsa-1": date(2022, 8, 7), "fair-1": date(2020, 1, 2)}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    result = inspect_sources([write_reports(tmp_path / "reports.jsonl")], tmp_path / "incidents.db")
    assert (result.read, result.known) == (5, 0)
    assert not (tmp_path / "incidents.db").exists()


def test_read_report_is_pure() -> None:
    from newsblotter.fields import load_gazetteer

    report = Report(
        "r1",
        "x",
        None,
        "morning.example",
        REPORTS[0]["title"],
        REPORTS[0]["title"] + "\n\n" + REPORTS[0]["text"],
        "en",
        date(2023, 3, 14),
    )
    one, two = (read_report(report, load_engine(), load_gazetteer()) for _ in range(2))
    assert one == two and one.mentions
    assert all(claim.value is not None for mention in one.mentions for claim in mention.claims)


_SLOWED = """
import sys, time
from newsblotter import pipeline
from newsblotter.cli import run
pipeline.BATCH, real = 2, pipeline.read_report
def slow(*given):
    print("reading", flush=True)
    time.sleep(0.4)
    return real(*given)
pipeline.read_report = slow
sys.argv = ["newsblotter", *sys.argv[1:]]
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_build_says_how_to_go_on_and_resumes(tmp_path: Path, number: signal.Signals, built: Path) -> None:
    source, store = write_reports(tmp_path / "reports.jsonl"), tmp_path / "incidents.db"
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOWED, "build", str(source), "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, remarks = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"newsblotter build {source} --store {store}" in remarks and "Traceback" not in remarks
    with open_store(str(store), readonly=True) as opened:
        assert 0 < opened.stats().unread < 5
    build([source], store)
    assert _records(store) == _records(built)


@pytest.mark.skipif(sys.platform != "linux", reason="relies on the parent-death signal")
def test_a_killed_build_leaves_no_process_and_no_lock(tmp_path: Path) -> None:
    many = [{**REPORTS[3], "id": f"t{n}", "text": REPORTS[3]["text"] + f" Case {n}."} for n in range(400)]
    source, store = write_reports(tmp_path / "reports.jsonl", many), tmp_path / "incidents.db"
    process = subprocess.Popen([sys.executable, "-m", "newsblotter", "build", str(source), "--store", str(store), "--workers", "2"])
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while len(workers := children.read_text().split()) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert workers
    deadline = time.monotonic() + 10
    while any(_lives(int(pid)) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_lives(int(pid)) for pid in workers)
    assert build([source], store).incidents >= 1


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_the_package_offers_what_its_docstring_says(tmp_path: Path) -> None:
    assert "build" in dir(newsblotter)
    result = newsblotter.build(write_reports(tmp_path / "reports.jsonl"), tmp_path / "incidents.db")
    assert "incidents" in result._repr_html_()
    json.dumps(result.as_dict())
    with pytest.raises(AttributeError):
        newsblotter.nonsense  # noqa: B018
    assert os.fspath(tmp_path / "incidents.db") in result.store


def test_a_few_new_reports_are_grouped_by_what_they_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = write_reports(tmp_path / "reports.jsonl").read_text("utf-8").splitlines(keepends=True)
    first, rest, store = tmp_path / "first.jsonl", tmp_path / "rest.jsonl", tmp_path / "incidents.db"
    build([tmp_path / "reports.jsonl"], tmp_path / "at-once.db")
    first.write_text("".join(lines[::2]), "utf-8")
    rest.write_text("".join(lines[1::2]), "utf-8")  # the copies part
    build([first], store)
    monkeypatch.setattr(pipeline, "group_all", lambda *_: pytest.fail("grouped everything anew for a few reports"))
    build([rest], store)
    with open_store(str(store)) as grown, open_store(str(tmp_path / "at-once.db")) as fresh:
        assert list(grown.copies()) == list(fresh.copies())
        assert list(grown.copies())
