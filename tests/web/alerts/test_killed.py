"""Delivery in a process of its own that is killed again and again: the receiver gets everything, and can tell what came twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("httpcore", reason="needs the extra newsblotter[web]")

from newsblotter.web.alerts import list_deliveries
from newsblotter.web.alerts.delivery import CLAIM
from newsblotter.web.alerts.webhook import sign
from web.alerts.blotter import Blotter, make_record

EVENTS = 40
KILLS = 4
DELIVER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from newsblotter.outbound import Outbound
from newsblotter.web.alerts import Channels, deliver
from newsblotter.web.people import open_desk
desk = open_desk(Path(sys.argv[1]), clock=lambda: datetime.fromisoformat(sys.argv[2]))
print(deliver(desk, Channels(Outbound(inside=True)).send)["sent"])
"""


class Receiver(ThreadingHTTPServer):
    """Takes webhooks as the standard asks: checks the signature, and knows what came before by its id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = ""
        self.came: list[tuple[str, bytes]] = []
        self.wrong: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # the library calls it so
        body = self.rfile.read(int(self.headers["content-length"]))
        name, moment = self.headers["webhook-id"], int(self.headers["webhook-timestamp"])
        if self.headers["webhook-signature"] != sign(self.server.secret, name, moment, body):
            self.server.wrong.append(name)
        self.server.came.append((name, body))
        time.sleep(0.01)  # so that a kill may fall between taking and telling so
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_a_killed_delivery_goes_on_where_it_was(blotter: Blotter, receiver: Receiver) -> None:
    search = blotter.save(target=f"http://127.0.0.1:{receiver.server_port}/in")
    receiver.secret = search.secret
    blotter.put(*(make_record(f"i{number}") for number in range(EVENTS)))
    assert blotter.notice() == EVENTS
    chance, path = random.Random(5), str(blotter.desk.path).removesuffix(".desk")
    for _ in range(KILLS):
        before = len(receiver.came)
        with _deliver(path, blotter) as running:
            while running.poll() is None and len(receiver.came) == before:
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.1))
            running.send_signal(signal.SIGKILL)
        blotter.clock.now += CLAIM  # what was claimed is anybody's again
    with _deliver(path, blotter) as running:
        running.wait(60)
    assert running.returncode == 0 and receiver.wrong == []
    bodies: dict[str, set[bytes]] = {}
    for name, body in receiver.came:
        bodies.setdefault(name, set()).add(body)
    assert all(len(different) == 1 for different in bodies.values())  # what came twice is the same, under the same id
    told = Counter(json.loads(body)["data"]["id"] for different in bodies.values() for body in different)
    assert told == Counter(f"i{number}" for number in range(EVENTS))
    assert len(receiver.came) - len(bodies) <= KILLS  # each kill repeats no more than what was under way
    with blotter.desk.reading() as connection:
        assert all(delivery.sent_at for delivery in list_deliveries(connection, search.id, EVENTS + 1))


def _deliver(path: str, blotter: Blotter) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", DELIVER, path, blotter.clock.now.isoformat()], stdout=subprocess.PIPE, text=True)
