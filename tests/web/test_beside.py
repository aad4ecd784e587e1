"""The desk while incidents are being written: no answer fails, none is of two moments."""

from __future__ import annotations

import os
import random
import threading
import time

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
SECONDS = 600.0 if os.environ.get("NEWSBLOTTER_LONG") else 2.0  # ten minutes in the long run


def test_no_answer_fails_while_a_build_writes(serve, tmp_path) -> None:
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
