"""Measure linking at sizes that no labelled set has, on an invented world (``invented.py``).

    python -m newsblotter_lab.scale make 1000000 FOLDER     invent mentions and lay them out, on every processor
    python -m newsblotter_lab.scale link FOLDER...          link and group worlds; time, memory, precision, recall and growth
    python -m newsblotter_lab.scale store 1000000 FILE.db   fill a store with an invented world, linked and grouped as it is
    python -m newsblotter_lab.scale add 1000000 FILE.db     add reports to it, one by one

What ``link`` times: from the mentions' profiles and hashed keys, as they lie in memory, to groups: sorting the keys, candidates,
scores, groups. What it does not: reading reports, laying out profiles, deriving incidents and writing a store. Growth is the exponent
of time by mentions between worlds made apart: the first tenth of a world holds a hundredth of its pairs of one incident.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsblotter.link.batch import find_pairs, group_columns, score_columns
from newsblotter.link.block import BlockSettings, Keys, block_day, keys_of, list_keys
from newsblotter.link.columns import Columns, ColumnWriter, join_columns
from newsblotter.link.identity import mint
from newsblotter.link.profile import Profile
from newsblotter.link.score import LinkSettings, load_weights
from newsblotter.link.sheet import to_sheet
from newsblotter.pipeline import link_store, name_linker
from newsblotter.records import Link, Report
from newsblotter.store import Reading, open_store
from newsblotter.store.neighbourhood import LinkEntry, Tally
from newsblotter.tables import Row, encode_link, encode_mention, encode_report
from newsblotter_lab.bench import memory_mb
from newsblotter_lab.invented import KINDS, WorldRarity, invent_incident, invent_report, invent_text, list_told

PART = 25_000  # mentions laid out in one file
WATCH_S = 0.25  # between two looks at the memory in use
Array = npt.NDArray[Any]


def make_world(mentions: int, folder: Path, seed: int, workers: int) -> None:
    """Invent mentions and write their columns and keys, part by part."""
    folder.mkdir(parents=True, exist_ok=True)
    told = list_told(seed, mentions)
    np.save(folder / "truth.npy", told[:, 0])
    parts = [(at, told[start : start + PART]) for at, start in enumerate(range(0, mentions, PART))]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for done, _ in enumerate(pool.imap_unordered(partial(_make_part, folder=folder, seed=seed, mentions=mentions), parts), 1):
            print(f"{done} of {len(parts)} parts", file=sys.stderr)


def _make_part(part: tuple[int, Array], folder: Path, seed: int, mentions: int) -> None:
    number, told = part
    rarity, settings = WorldRarity(mentions), BlockSettings()
    writer = ColumnWriter(KINDS)
    profiles = [invent_report(seed, invent_incident(seed, incident), ordinal, rarity) for incident, ordinal in told.tolist()]
    for profile in profiles:
        writer.add(profile)
    keys = list_keys(profiles, rarity, settings)._asdict()
    held = np.diff(keys.pop("bounds"))
    np.savez(folder / f"part{number:04}.npz", held=held, **keys, **writer.finish()._asdict())


def load_world(folder: Path, most: int | None = None) -> tuple[Columns, Keys]:
    """The columns and keys of a world's first ``most`` mentions, in whole parts."""
    parts = [np.load(path) for path in sorted(folder.glob("part*.npz"))[: None if most is None else -(-most // PART)]]
    columns = join_columns(parts)
    held = np.concatenate([part["held"] for part in parts])
    keys, tells, days = (np.concatenate([part[name] for part in parts]) for name in ("keys", "tells", "days"))
    for part in parts:
        part.close()
    return columns, Keys(keys, tells, np.concatenate(([0], np.cumsum(held))), days)


@contextmanager
def _timed(seconds: dict[str, float], worked: dict[str, float], name: str) -> Iterator[None]:
    """Note the wall clock's seconds and those that processors worked, all threads together."""
    began, worked_before = time.perf_counter(), time.process_time()
    yield
    seconds[name] = round(time.perf_counter() - began, 2)
    worked[name] = round(time.process_time() - worked_before, 2)


def measure_linking(folder: Path, threads: int, most: int | None = None) -> dict[str, Any]:
    """Link and group a world, or its first ``most`` mentions."""
    columns, keys = load_world(folder, most)
    truth = np.load(folder / "truth.npy")[: len(columns.rows)]
    settings, weights = LinkSettings(), load_weights()
    least = float(np.log(settings.min_kept / (1 - settings.min_kept)))
    _warm_up(columns, threads)
    seconds: dict[str, float] = {}
    worked: dict[str, float] = {}
    size = len(truth)
    key_count = len(keys.keys)
    loaded = _peak_mb()
    with _timed(seconds, worked, "candidates"):
        left, right = find_pairs(keys, settings.blocks, threads)
    del keys
    with _timed(seconds, worked, "scores"):
        odds = score_columns(columns, left, right, weights, threads, least)
    with _timed(seconds, worked, "groups"):
        kept = odds >= least
        groups = group_columns(columns.rows["sure"][:, :2], left[kept], right[kept], odds[kept], settings.min_probability)
    per_mention = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    same = truth[left] == truth[right]
    true_pairs = _count_pairs(truth)
    return {
        "mentions": size,
        "keys_per_mention": round(key_count / size, 1),
        "seconds": seconds,
        "total_s": round(sum(seconds.values()), 2),
        "processor_seconds": worked,
        "total_processor_s": round(sum(worked.values()), 2),
        "peak_mb": _peak_mb(),
        "loaded_mb": loaded,
        "candidates": {"mean": round(float(per_mention.mean()), 1), "most": int(per_mention.max())},
        "links": int(kept.sum()),
        "true_pairs": true_pairs,
        "candidate_recall": round(int(same.sum()) / true_pairs, 4),
        "link_recall": round(int((same & (odds >= 0)).sum()) / true_pairs, 4),
        **_hold_against(truth, groups),
    }


def measure_growth(folders: Sequence[Path], threads: int, most: int | None = None) -> list[dict[str, Any]]:
    """Link worlds, each in a process of its own, from the smallest; each says how time grew since the one before and the first."""
    runs: list[dict[str, Any]] = []
    for folder in folders:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            job, peak = pool.submit(measure_linking, folder, threads, most), 0.0
            while not wait([job], WATCH_S).done:
                peak = max(peak, memory_mb(os.getpid()))
            runs.append({**job.result(), "tree_peak_mb": round(peak)})
    runs.sort(key=lambda run: run["mentions"])
    for at in range(1, len(runs)):
        runs[at]["growth"] = {"since_last": _find_exponents(runs[at - 1], runs[at]), "since_first": _find_exponents(runs[0], runs[at])}
    return runs


def _find_exponents(small: Mapping[str, Any], large: Mapping[str, Any]) -> dict[str, float]:
    """By which power of the mentions time grew from one world to another."""
    mentions = math.log(large["mentions"] / small["mentions"])
    return {
        name: round(math.log(large[name] / small[name]) / mentions, 3) for name in ("total_s", "total_processor_s") if mentions > 0
    }


def _warm_up(columns: Columns, threads: int) -> None:
    """Compile, or load what was compiled."""
    keys = Keys(np.zeros(4, dtype=np.int64), np.ones(4, dtype=np.float32), np.arange(5), np.zeros(4, dtype=np.int64))
    few, others = find_pairs(keys, BlockSettings(), threads)
    odds = score_columns(columns, few, others, load_weights(), threads)
    group_columns(columns.rows["sure"][:8, :2], few, others, odds, 0.45)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _count_pairs(labels: Array) -> int:
    _, counts = np.unique(labels, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def _hold_against(truth: Array, groups: Array) -> dict[str, float]:
    """Precision and recall over pairs of mentions."""
    both = _count_pairs(truth.astype(np.int64) * (int(groups.max()) + 1) + groups)
    ours, theirs = _count_pairs(groups), _count_pairs(truth)
    precision, recall = both / max(1, ours), both / max(1, theirs)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "largest_group": int(np.bincount(groups).max()),
    }


# --- a store of an invented world -------------------------------------------------------------------------------


def fill_store(path: Path, mentions: int, seed: int) -> None:
    """Fill a new store with an invented world: its reports, mentions and claims, and links and incidents as they truly are."""
    rarity, settings = WorldRarity(mentions), LinkSettings()
    told = list_told(seed, mentions)
    with open_store(str(path)) as store, store.build_lock():
        raw = sqlite3.connect(path)
        raw.execute("PRAGMA synchronous=OFF")
        entries: list[LinkEntry] = []
        postings: list[Array] = []
        homes: dict[int, list[tuple[str, str]]] = {}
        for number, (incident, ordinal) in enumerate(told.tolist(), 1):
            profile = invent_report(seed, invent_incident(seed, incident), ordinal, rarity)
            report = _put_report(raw, profile, number)
            homes.setdefault(incident, []).append((profile.mention.id, report.id))
            day = block_day(profile)
            entries.append(LinkEntry(profile.mention.id, report.id, report.id, day, to_sheet(profile), (), number))
            own = np.fromiter(keys_of(profile, settings.blocks, rarity), dtype=np.int64)
            postings.append(np.column_stack((own, np.full(len(own), day), np.full(len(own), number))))
            if number % PART == 0:
                print(f"{number} mentions", file=sys.stderr)
        _put_incidents(raw, homes)
        raw.commit()
        raw.close()
        columns = np.concatenate(postings)
        columns = columns[np.lexsort((columns[:, 2], columns[:, 1], columns[:, 0]))]
        rows = (row for start in range(0, len(columns), PART) for row in columns[start : start + PART].tolist())
        words = {word: max(1, round(rarity.expect(word) * mentions)) for word in rarity.seen()}
        store.neighbourhood().refill(name_linker(settings), entries, rows, Tally(words, {}, mentions))


def _put_report(raw: sqlite3.Connection, profile: Profile, number: int) -> Report:
    report, mention = invent_text(profile), profile.mention
    row = {"number": number, **encode_report(report)}
    _insert(raw, "reports", [row])
    _insert(
        raw,
        "readings",
        [{"report_id": report.id, "reader": "invented", "published": row["published"], "seconds": 0.0, "refused": 0}],
    )
    mention_row, claims = encode_mention(mention)
    _insert(raw, "mentions", [mention_row])
    _insert(raw, "claims", claims)
    return report


def _insert(raw: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        names = list(rows[0])
        marks = ",".join("?" * len(names))
        raw.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", [tuple(row.values()) for row in rows])


def _put_incidents(raw: sqlite3.Connection, homes: Mapping[int, Sequence[tuple[str, str]]]) -> None:
    """Incidents without records, their mentions, and a link between any two of them."""
    for number, (incident, members) in enumerate(sorted(homes.items()), 1):
        name = mint(min(members)[1], 0)
        row: Row = {"number": number, "id": name, "type": "robbery", "reality": "actual", "title": "", "voices": len(members)}
        _insert(raw, "incidents", [{**row, "record": "{}", "fingerprint": str(incident)}])
        held: list[Row] = [
            {"incident_id": name, "mention_id": m, "report_id": r, "type": "robbery", "role": "main"} for m, r in members
        ]
        _insert(raw, "incident_mentions", held)
        ids = sorted(mention for mention, _ in members)
        pairs = [encode_link(Link(a, b, 0.99)) for at, a in enumerate(ids) for b in ids[at + 1 :]]
        _insert(raw, "links", pairs)


def measure_adding(path: Path, reports: int, mentions: int, seed: int) -> dict[str, Any]:
    """Add reports to a filled store one by one: what each costs from being stored to its incidents being written."""
    rng = np.random.default_rng(seed + 1)
    rarity = WorldRarity(mentions)
    told = list_told(seed, mentions)
    took: dict[str, list[float]] = {"store": [], "link": []}
    joined = right = 0
    with open_store(str(path)) as store, store.build_lock():
        for number, at in enumerate(rng.integers(0, mentions, reports).tolist()):
            incident = invent_incident(seed, int(told[at, 0]))
            profile = invent_report(seed, incident, 1000 + number, rarity)
            report = invent_text(profile)
            began = time.perf_counter()
            store.add_reports([report])
            store.save_readings([Reading(report.id, "invented", report.published, (profile.mention,))])
            stored = time.perf_counter()
            link_store(store)
            took["link"].append(time.perf_counter() - stored)
            took["store"].append(stored - began)
            [home] = store.incidents_of(report.id)
            mates = {m.report_id for m in store.neighbourhood().members([home])} - {report.id}
            joined += bool(mates)
            right += any(mate.startswith(f"r{incident.number}-") for mate in mates)
    both = np.array(took["store"]) + np.array(took["link"])
    return {
        "mentions": mentions,
        "added": reports,
        "joined_an_incident": joined,
        "joined_its_own": right,
        **{name: _quantiles(np.array(values)) for name, values in (*took.items(), ("both", both))},
    }


def _quantiles(seconds: Array) -> dict[str, float]:
    return {f"p{share}_ms": round(1000 * float(np.percentile(seconds, share)), 1) for share in (50, 95, 99)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("make")
    make.add_argument("mentions", type=int)
    make.add_argument("folder", type=Path)
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    link = verbs.add_parser("link")
    link.add_argument("folders", type=Path, nargs="+")
    link.add_argument("--most", type=int, help="only the first so many mentions, in whole parts")
    link.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    fill = verbs.add_parser("store")
    fill.add_argument("mentions", type=int)
    fill.add_argument("path", type=Path)
    fill.add_argument("--seed", type=int, default=1)
    add = verbs.add_parser("add")
    add.add_argument("mentions", type=int, help="as the store was filled with")
    add.add_argument("path", type=Path)
    add.add_argument("--reports", type=int, default=200)
    add.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.verb == "make":
        make_world(options.mentions, options.folder, options.seed, options.workers)
    elif options.verb == "store":
        fill_store(options.path, options.mentions, options.seed)
    elif options.verb == "add":
        print(json.dumps(measure_adding(options.path, options.reports, options.mentions, options.seed), indent=1))
    else:
        print(json.dumps(measure_growth(options.folders, options.threads, options.most), indent=1))


if __name__ == "__main__":
    main()
