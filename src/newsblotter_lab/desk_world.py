"""Fill a store with invented incidents and reports, for measuring the desk at sizes that no labelled set has.

    python -m newsblotter_lab.desk_world 300000 1000000 FILE.db

Records have the parts, lengths and shares of values that records read from news have; words of the texts are drawn by their share
of news, names by a law like that of names. What is drawn hangs on the seed only. Reports, incidents, overview and full text are
written by the store's own code; mentions stand without claims of their own, as nothing here is read. They are tied as linking would
tie them, so that judgements can be tried, but stand in no block: a judgement moves what it names and finds no others.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsblotter.link import LinkSettings
from newsblotter.link.words import load_shares
from newsblotter.pipeline import name_linker
from newsblotter.records import Incident, Link, Reality, Report, hash_id
from newsblotter.store import IncidentEntry, Record, Store, open_store
from newsblotter.store.neighbourhood import LinkEntry, Tally
from newsblotter.store.record_schema import STATUSES

TYPES = ("robbery", "burglary", "theft", "shooting", "homicide", "assault", "arson", "kidnapping", "fraud")
TYPE_SHARES = (0.2, 0.1, 0.1, 0.25, 0.12, 0.1, 0.05, 0.03, 0.05)
FIRST, DAYS = date(2012, 1, 1), 5000
TOLD_POWER = 1.6  # how steeply incidents told by more reports grow rarer
WORDS_A_TEXT = (40, 160)
OUTLETS, SURNAMES, BRANDS = 400, 20_000, 4_000
BATCH = 5_000  # reports or incidents written at once
CLAIMED = ("type", "date", "place", "target", "suspects", "loot")  # every report says each of these


class World:
    """What incidents and reports are drawn from."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        with sqlite3.connect(f"file:{files('newsblotter') / '_data' / 'gazetteer.sqlite'}?mode=ro", uri=True) as database:
            self.cities = database.execute(
                "SELECT id, name, latitude, longitude, country, population FROM places"
                " WHERE kind = 0 AND population > 15000 ORDER BY id"
            ).fetchall()
        weights = np.sqrt([city[5] for city in self.cities])
        self.city_shares = np.cumsum(weights / weights.sum())
        shares = load_shares()
        self.words = sorted(word for word in shares if len(word) > 1)
        weights = np.array([shares[word] for word in self.words])
        self.word_shares = np.cumsum(weights / weights.sum())

    def draw_words(self, count: int) -> str:
        return " ".join(self.words[at] for at in np.searchsorted(self.word_shares, self.chance.random(count)))

    def draw_name(self) -> str:
        return f"Name{_letters(int(300 * self.chance.random() ** 2))} Sur{_letters(int(SURNAMES * self.chance.random() ** 2))}"

    def draw_brand(self) -> str:
        return (
            f"Brand{_letters(int(BRANDS * self.chance.random() ** 2))} {('store', 'bank', 'gallery')[int(self.chance.integers(3))]}"
        )


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def share_out(world: World, incidents: int, reports: int) -> npt.NDArray[np.int64]:
    """How many reports tell each incident: all of the reports, at least one each."""
    drawn = world.chance.pareto(TOLD_POWER, incidents) + 0.5
    told: npt.NDArray[np.int64] = 1 + np.floor(drawn * (reports - incidents) / drawn.sum()).astype(np.int64)
    told[: reports - int(told.sum())] += 1
    return told


def invent_incident(world: World, number: int) -> Record:
    """The facts of one incident, as a record without reports and claims."""
    chance = world.chance
    kind = str(chance.choice(TYPES, p=TYPE_SHARES))
    geonames, city, latitude, longitude, country, _ = world.cities[int(np.searchsorted(world.city_shares, chance.random()))]
    day = FIRST + timedelta(int(DAYS * chance.random() ** 0.7))
    last = day + timedelta(int(chance.choice((0, 1, 6), p=(0.9, 0.05, 0.05))))
    target = world.draw_brand() if chance.random() < 0.4 else None
    low = int(10 ** chance.uniform(2.5, 7)) if kind in ("robbery", "burglary", "theft", "fraud") and chance.random() < 0.6 else None
    loot = {
        "low": low,
        "high": low,
        "currency": str(chance.choice(("EUR", "USD", "GBP"))),
        "as_reported": f"{low}",
        "kind": "stolen",
    }
    radius = float(chance.choice((1.0, 8.0, 30.0, 150.0)))
    return {
        "id": hash_id("nb", str(number)),
        "type": kind,
        "iccs_unodc": None,
        "nibrs": None,
        "reality": "actual" if chance.random() < 0.95 else "attempted",
        "title": f"{kind.capitalize()} at {target}, {city}" if target else f"{kind.capitalize()} in {city}",
        "date": {
            "start": day.isoformat(),
            "end": last.isoformat(),
            "precision": "day" if day == last else "range",
            "time": None,
            "edtf": day.isoformat() if day == last else f"{day}/{last}",
        },
        "place": {
            "name": city,
            "admin1": None,
            "country": country,
            "geonames_id": geonames,
            "address": None,
            "lat": latitude / 1e5 + float(chance.normal(0, 0.02)),
            "lon": longitude / 1e5 + float(chance.normal(0, 0.02)),
            "radius_km": radius,
            "precision": "city" if radius < 20 else "region",
        },
        "target": target,
        "killed": {"low": int(chance.geometric(0.7) - 1), "high": int(chance.geometric(0.7) - 1)},
        "injured": None,
        "suspects": {"low": int(chance.integers(1, 5)), "high": None},
        "arrested": None,
        "loot": loot if low else None,
        "recovered": None,
        **{name: [] for name in ("weapons", "vehicles", "tactics", "outcomes", "corrections", "history", "related")},
        "people": [
            {"name": world.draw_name(), "role": "victim", "age": None, "status": []} for _ in range(int(chance.integers(0, 3)))
        ],
        "status": str(chance.choice(STATUSES)),
        "voices": 1,
        "confidence": {name: round(float(chance.beta(4, 1)), 3) for name in ("type", "date", "place", "target")},
        "disputed": sorted({str(chance.choice(CLAIMED)) for _ in range(2)}) if chance.random() < 0.12 else [],
        "updated": f"{last.isoformat()}T00:00:00Z",
    }


def invent_report(world: World, record: Record, number: int) -> Report:
    """A report on an incident: its title, its facts, and other words."""
    place, day = record["place"], date.fromisoformat(record["date"]["start"])
    facts = f"{record['type']} in {place['name']} {record['target'] or ''} {' '.join(p['name'] for p in record['people'])}"
    text = f"{record['title']}\n\n{facts}. {world.draw_words(int(world.chance.integers(*WORDS_A_TEXT)))}."
    outlet = f"Outlet {int(OUTLETS * world.chance.random() ** 2)}"
    published = day + timedelta(int(world.chance.integers(0, 4)))
    return Report(
        hash_id("r", str(number)), f"w{number}", f"https://news.example/{number}", outlet, record["title"], text, "en", published
    )


def add_reports(record: Record, reports: Sequence[Report]) -> Record:
    """The record with its reports and what each claims."""
    claims = []
    for report in reports:
        for name in CLAIMED:
            if record[name] is not None:
                exact = report.title
                quote = {"exact": exact, "prefix": "", "suffix": report.text[len(exact) : len(exact) + 32], "start": 0}
                claims.append(
                    {
                        "field": name,
                        "value": record[name],
                        "report": report.source_id,
                        "said_by": None,
                        "score": 0.9,
                        "standing": "agreed",
                        "quote": {**quote, "end": len(exact)},
                    }
                )
    told = [
        {
            "id": report.source_id,
            "url": report.url,
            "outlet": report.outlet,
            "role": "main",
            "copy_group": None,
            "published": report.published.isoformat() if report.published else None,
        }
        for report in reports
    ]
    return {**record, "reports": told, "claims": claims, "voices": len(reports)}


def make_store(path: Path, incidents: int, reports: int, seed: int) -> None:
    """Fill a new store."""
    world = World(seed)
    told = share_out(world, incidents, reports)
    with open_store(str(path)) as store, store.build_lock():
        entries = _write_reports(store, world, told, path)
        done = 0
        while page := [entry for _, entry in zip(range(BATCH), entries, strict=False)]:
            store.replace_incidents(page, among=())
            done += len(page)
            print(f"{datetime.now(UTC):%H:%M:%S} {done} incidents", file=sys.stderr, flush=True)
        tie_reports(store)


def tie_reports(store: Store) -> None:
    """Leave the store as linking leaves one: every mention tied to the first of its incident, and none waiting."""
    members = list(store.members())
    entries = (LinkEntry(m.mention_id, m.report_id, m.report_id, 0, "", (), n) for n, m in enumerate(members, 1))
    desk = store.neighbourhood()
    desk.refill(name_linker(LinkSettings()), entries, (), Tally({}, {}, len(members)))
    firsts: dict[str, str] = {}
    for member in members:
        firsts.setdefault(member.incident_id, member.mention_id)
    ties = ((firsts[m.incident_id], m.mention_id) for m in members if firsts[m.incident_id] != m.mention_id)
    while page := [Link(left, right, 0.97) for (left, right), _ in zip(ties, range(BATCH), strict=False)]:
        desk.replace_links((), page)


def _write_reports(store: Store, world: World, told: npt.NDArray[np.int64], path: Path) -> Iterator[IncidentEntry]:
    """Store reports and mentions a batch at a time; the incidents that they tell."""
    number = 0
    for start in range(0, len(told), BATCH):
        entries, batch = [], []
        for at, count in enumerate(told[start : start + BATCH].tolist(), start):
            record = invent_incident(world, at)
            own = [invent_report(world, record, number + i) for i in range(count)]
            number += count
            batch += own
            mentions = tuple(sorted(hash_id("m", report.id) for report in own))
            whole = add_reports(record, own)
            incident = Incident(
                record["id"], record["type"], Reality(record["reality"]), record["title"], mentions, (), (), {}, (), len(own)
            )
            entries.append(IncidentEntry(incident, whole))
        store.add_reports(batch)
        _write_mentions(path, batch, {m: e.incident.type for e in entries for m in e.incident.mention_ids})
        yield from entries


def _write_mentions(path: Path, reports: Sequence[Report], types: dict[str, str]) -> None:
    rows = []
    for report in reports:
        mention = hash_id("m", report.id)
        rows.append((mention, report.id, types[mention], "main", "actual", 0, len(report.title), report.title))
    with sqlite3.connect(path, timeout=30) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.executemany("INSERT INTO mentions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    raw.close()


def main(words: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("incidents", type=int)
    parser.add_argument("reports", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    make_store(given.file, given.incidents, given.reports, given.seed)


if __name__ == "__main__":
    main()
