"""Ask a desk at a fixed rate, as many people at once would, and tell how long its answers take.

    python -m newsblotter_lab.desk_load FILE.db                      serve that store here and ask it everything
    python -m newsblotter_lab.desk_load FILE.db --kinds list,incident,facets --rate 500 --seconds 60

Requests leave when they are due, whether or not earlier ones were answered, and their time counts from then: a desk that stalls
is not spared the requests that would have come meanwhile. Load generator and desk share the machine, as they do for a person.

Kinds: list (pages of popular filters, in the API), page (the same as a person sees them), incident (any record), dossier (any
incident's page), facets (of popular filters), fresh (a filter never seen before: its page and its facets), search (words drawn
from titles), map (all points), etag (a list that the asker has already), preview (what a judgement on any two incidents would do;
nothing is written).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

ADDRESS, PORT = "127.0.0.1", 8799
POPULAR = 60  # filters that many ask for
CONNECTIONS = 64  # kept open
WARM_S = 3.0  # asked before anything is counted
TARGETS: Mapping[str, tuple[float, float]] = {  # kind → requests a second, milliseconds that 99 in 100 may take
    "list": (500, 100),
    "incident": (500, 100),
    "facets": (500, 100),
    "etag": (500, 100),
    "fresh": (10, 300),
    "search": (50, 500),
    "map": (2, 3000),
    "page": (50, 300),
    "dossier": (50, 300),
    "preview": (2, 1000),
}


@dataclass
class Asker:
    """Makes up what is asked."""

    chance: random.Random
    ids: Sequence[str]
    words: Sequence[str]
    popular: Sequence[str] = ()
    tags: dict[str, str] = field(default_factory=dict)  # address → ETag of its last answer

    @classmethod
    def of(cls, path: Path, seed: int) -> Asker:
        """Of what stands in a store."""
        chance = random.Random(seed)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            ids = [row[0] for row in database.execute("SELECT id FROM incidents")]
            rows = database.execute("SELECT title FROM incidents WHERE number % 50 = 0").fetchall()
        words = sorted({word.strip(",.") for (title,) in rows for word in title.split() if len(word) > 3})
        asker = cls(chance, ids, words)
        asker.popular = ["", *(asker.make_filter() for _ in range(POPULAR))]
        return asker

    def make_filter(self) -> str:
        """A filter that somebody may choose."""
        first = date(2012, 1, 1) + timedelta(self.chance.randrange(4500))
        parts = [
            f"type={self.chance.choice(('robbery', 'theft', 'shooting', 'burglary', 'arson'))}",
            f"country={self.chance.choice(('FR', 'US', 'IN', 'DE', 'GB', 'BR', 'IT'))}",
            f"since={first}&until={first + timedelta(self.chance.randrange(10, 900))}",
            f"near={self.chance.uniform(-50, 60):.3f},{self.chance.uniform(-120, 150):.3f}&within={self.chance.randrange(50, 900)}",
            f"loot_min={self.chance.randrange(1000, 900000)}&currency=EUR",
            f"min_voices={self.chance.randrange(2, 8)}",
            "disputed=1",
            "review=1",
            f"q={quote(self.chance.choice(self.words))}",
        ]
        return "&".join(self.chance.sample(parts, self.chance.choice((1, 1, 2, 3))))

    def ask(self, kind: str) -> str:
        """The address of the next request of a kind."""
        return _ADDRESSES[kind](self)

    def _any_popular(self) -> str:
        return self.popular[int(len(self.popular) * self.chance.random() ** 2)]  # some are asked for far more often

    def _any_judgement(self) -> str:
        left, right = self.chance.sample(self.ids, 2)
        return f"verdict={self.chance.choice(('same', 'different'))}&left={left}&right={right}"

    def _any_words(self) -> str:
        return quote(" ".join(self.chance.sample(self.words, self.chance.choice((1, 1, 2)))))


_ADDRESSES: Mapping[str, Callable[[Asker], str]] = {
    "list": lambda a: f"/api/incidents?{a._any_popular()}",
    "etag": lambda a: f"/api/incidents?{a._any_popular()}",
    "page": lambda a: f"/?{a._any_popular()}",
    "incident": lambda a: f"/api/incidents/{a.chance.choice(a.ids)}",
    "dossier": lambda a: f"/incidents/{a.chance.choice(a.ids)}",
    "facets": lambda a: f"/api/facets?{a._any_popular()}",
    "fresh": lambda a: f"/api/{a.chance.choice(('facets', 'incidents', 'timeline'))}?{a.make_filter()}",
    "search": lambda a: f"/api/search?q={a._any_words()}",
    "map": lambda a: f"/api/points?zoom={a.chance.choice((1, 2, 3))}",
    "preview": lambda a: f"/review/preview\n{a._any_judgement()}",  # what stands after a line's end is sent as a form
}


# --- connections ------------------------------------------------------------------------------------------------


class Line:
    """One open connection: plain HTTP/1.1, so that the load generator costs little beside the desk."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, address: str, tag: str | None) -> tuple[int, str | None, int]:
        """Status, ETag and length of an answer."""
        for attempt in (1, 2):
            if self._streams is None:
                self._streams = await asyncio.open_connection(ADDRESS, PORT)
            try:
                return await self._exchange(*self._streams, address, tag)
            except (ConnectionError, asyncio.IncompleteReadError):
                self._streams = None  # the desk had closed it
                if attempt == 2:
                    raise
        raise AssertionError

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, tag: str | None
    ) -> tuple[int, str | None, int]:
        told = f"If-None-Match: {tag}\r\n" if tag else ""
        accept = "application/json" if address.startswith("/api/") else "text/html"
        path, _, form = address.partition("\n")
        if form:
            told += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        head_lines = f"{'POST' if form else 'GET'} {path} HTTP/1.1\r\nHost: {ADDRESS}:{PORT}\r\nAccept: {accept}\r\n{told}"
        writer.write(f"{head_lines}\r\n{form}".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(headers.get("content-length", 0))
        if length:
            await reader.readexactly(length)
        return int(head[0].split()[1]), headers.get("etag"), length


async def load(asker: Asker, kinds: Sequence[str], rate: float, seconds: float) -> dict[str, list[tuple[float, int, int]]]:
    """Ask at a rate for some seconds; for each kind milliseconds, status and length of every answer."""
    lines: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        lines.put_nowait(Line())
    found: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    begin = time.perf_counter() + 0.1

    async def one(kind: str, address: str, due: float) -> None:
        line = await lines.get()
        try:
            status, tag, length = await line.get(address, asker.tags.get(address) if kind == "etag" else None)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            status, tag, length = 0, None, 0
        finally:
            lines.put_nowait(line)
        if tag and kind == "etag":
            asker.tags[address] = tag
        if due >= begin + WARM_S:
            found[kind].append(((time.perf_counter() - due) * 1000, status, length))

    under_way: set[asyncio.Task[None]] = set()
    for number in range(int(rate * (seconds + WARM_S))):
        due = begin + number / rate
        kind = kinds[number % len(kinds)]
        address = asker.ask(kind)
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(kind, address, due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    return found


def tell(found: Mapping[str, Sequence[tuple[float, int, int]]], rate: float) -> None:
    """Print a line a kind."""
    for kind, answers in found.items():
        times = sorted(one for one, _, _ in answers)
        bad = sum(status not in (200, 304) for _, status, _ in answers)
        target = TARGETS[kind][1]
        at = {share: times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99)}
        told = {
            "kind": kind,
            "rate": rate,
            "answers": len(times),
            "p50_ms": round(at[0.5], 1),
            "p95_ms": round(at[0.95], 1),
            "p99_ms": round(at[0.99], 1),
            "most_ms": round(times[-1], 1),
            "kb": round(sum(length for _, _, length in answers) / len(answers) / 1024, 1),
            "failed": bad,
            "within": bad == 0 and at[0.99] <= target,
        }
        print(json.dumps(told), flush=True)


def serve(path: Path) -> subprocess.Popen[bytes]:
    """A desk over the store, once it listens."""
    command = [sys.executable, "-m", "newsblotter", "serve", "--store", str(path), "--port", str(PORT)]
    desk = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asyncio.run(_wait())
    return desk


async def _wait() -> None:
    for _ in range(300):
        try:
            await Line().get("/api/facets", None)  # reads the overview
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the desk does not answer")


def main(words: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument(
        "--kinds", default="", help="asked together, in turn; without it each by itself at the rate it is meant for"
    )
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    asker = Asker.of(given.store, given.seed)
    kinds = [kind for kind in given.kinds.split(",") if kind]
    desk = serve(given.store)
    try:
        if kinds:
            tell(asyncio.run(load(asker, kinds, given.rate, given.seconds)), given.rate)
        else:
            tell(asyncio.run(load(asker, ("list", "incident", "facets"), 500, given.seconds)), 500)
            for kind in ("etag", "fresh", "search", "map", "page", "dossier", "preview"):
                rate = TARGETS[kind][0]
                tell(asyncio.run(load(asker, [kind], rate, given.seconds)), rate)
    finally:
        desk.terminate()
        desk.wait()


if __name__ == "__main__":
    main()
