"""The desk while incidents are being written: no answer fails, none is of two moments."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from newsblotter import build
from newsblotter.pipeline import Settings
from newsblotter.store import open_store
from store.invented import invent_entries, invent_record, make_entry

QUESTIONS = (
    "incidents?limit=20",
    "facets",
    "timeline",
    "points?zoom=2",
    "search?q=lumen",
    "changes?limit=5",
    "incidents?q=gems&order=review",
)
LONG = bool(os.environ.get("NEWSBLOTTER_LONG"))
SECONDS = 60.0 if LONG else 2.0
BUILDING_SECONDS = 600.0 if LONG else 0.0  # ten minutes in the long run, one build in every run
A_BUILD = 15  # reports that each build finds new
ENDED = {300, 308, 410}  # of an incident that a build has merged, split or withdrawn since it was listed


def test_no_answer_fails_while_incidents_are_written(serve, tmp_path) -> None:
    path = str(tmp_path / "a.db")
    with open_store(path) as store:
        store.replace_incidents(invent_entries(1, 60))
    client = serve(path)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        chance = random.Random(3)
        with open_store(path) as store:
            while not stop.is_set():
                names = [f"nb{chance.randrange(60):04}" for _ in range(3)]
                entries = {name: make_entry(name, **invent_record(chance, chance.randrange(9999))) for name in names}
                gone = {names[0]} if chance.random() < 0.3 else set()
                store.replace_incidents([e for name, e in entries.items() if name not in gone], among=names)
                written.append(store.edition())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        end = time.monotonic() + SECONDS
        asked = 0
        while time.monotonic() < end or asked < 2 * len(QUESTIONS):
            answer = client.get(f"/api/{QUESTIONS[asked % len(QUESTIONS)]}")
            assert answer.status_code == 200, answer.text
            asked += 1
            page = client.get("/api/incidents?limit=1000").json()
            assert len(page["incidents"]) == page["total"]  # list and count are of one moment
    finally:
        stop.set()
        writer.join()
    assert len(written) > 1
    with open_store(path, readonly=True) as store:
        assert client.get("/api/incidents").json()["total"] == sum(1 for _ in store.records())


# --- a real build -----------------------------------------------------------------------------------------------

TOWNS = ("Leeds", "Lyon", "Ghent", "Turin", "Porto", "Graz", "Malmö", "Bruges", "Utrecht", "Bergen", "Tulsa", "Omaha", "Perth")
SHOPS = ("Lumen Gems", "the Oldbridge Savings Bank", "Hollis Watches", "the Arden post office", "Ferris Jewellers")
DEEDS = (
    "Two masked men robbed {shop} in {town} on {day} and fled with about {sum},000 euros, police said.",
    "A gunman held up {shop} in {town} on {day}; one employee was injured, officers said.",
    "Police in {town} arrested {count} suspects over the raid on {shop} on {day}.",
    "Burglars broke into {shop} in {town} during the night of {day} and took watches worth {sum},000 euros.",
)


def _tell(chance: random.Random, number: int) -> dict[str, object]:
    """A report of a deed that others may tell as well."""
    day = chance.randrange(1, 28)
    words = {"shop": chance.choice(SHOPS), "town": chance.choice(TOWNS), "day": f"{day} May 2024"}
    told = chance.choice(DEEDS).format(**words, sum=chance.randrange(20, 900), count=chance.randrange(2, 6))
    return {
        "id": f"r{number}",
        "outlet": f"paper{number % 40}.example",
        "title": f"{words['shop']} in {words['town']}",
        "published": f"2024-05-{day + 1:02}",
        "text": f"{told} A witness on the square spoke of {number} minutes of fear.",
    }


def _write_reports(folder: Path, chance: random.Random, first: int) -> None:
    lines = [json.dumps(_tell(chance, number)) for number in range(first, first + A_BUILD)]
    (folder / f"{first:06}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def _ask(client) -> Iterator[str]:
    """The addresses that somebody looks at, one after the other, for ever."""
    at = 0
    while True:
        cards = client.get("/api/incidents?limit=30").json()["incidents"]
        yield from ("/", "/?type=robbery&order=loot", "/search?q=police", "/review", f"/api/{QUESTIONS[at % len(QUESTIONS)]}")
        at += 1
        if cards:
            name = cards[at % len(cards)]["id"]
            yield from (f"/incidents/{name}", f"/api/incidents/{name}", f"/api/incidents/{name}/doubts")
        yield from ("/export.csv", "/api/facets", "/api/changes?limit=1000", "/incidents/points")


def test_no_answer_fails_beside_a_build(serve, tmp_path) -> None:
    """Builds in processes of their own, one after the other, each of reports that are new; the desk is asked meanwhile."""
    folder, path, chance = tmp_path / "reports", tmp_path / "a.db", random.Random(7)
    folder.mkdir()
    _write_reports(folder, chance, 0)
    build([folder], path, settings=Settings(workers=1))
    client = serve(path)
    addresses = _ask(client)
    command = [sys.executable, "-m", "newsblotter", "build", str(folder), "--store", str(path), "--workers", "1"]
    end, builds, asked = time.monotonic() + BUILDING_SECONDS, 0, 0
    while not builds or time.monotonic() < end:
        builds += 1
        _write_reports(folder, chance, builds * A_BUILD)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
            try:
                while running.poll() is None:
                    address = next(addresses)
                    answer = client.get(address)
                    gone = answer.status_code in ENDED and "/incidents/" in address
                    assert answer.status_code == 200 or gone, (address, answer.status_code, answer.text[:400])
                    asked += 1
            finally:
                running.terminate()
            assert running.returncode == 0, running.stderr.read() if running.stderr else ""
    assert asked > 10
    with open_store(str(path), readonly=True) as store:
        assert store.stats().reports == A_BUILD * (builds + 1)
        assert client.get("/api/incidents").json()["total"] == sum(1 for _ in store.records())
