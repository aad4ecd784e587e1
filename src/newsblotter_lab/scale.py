"""Measure linking at sizes that no labelled set has, on an invented world (``invented.py``).

    python -m newsblotter_lab.scale make 1000000 FOLDER     invent mentions and lay them out, on every processor
    python -m newsblotter_lab.scale link FOLDER...          link and group worlds; time, memory, precision, recall and growth
    python -m newsblotter_lab.filling 1000000 FILE.db       fill a store with an invented world
    python -m newsblotter_lab.scale add 1000000 FILE.db     add reports to it, one by one

What ``add`` times: a build of one file that holds one report, in an open store, from finding the file to the record of the run:
reading and cleaning the file, finding its copies, linking, deriving, writing. What it does not: starting Python, loading the rules
and the gazetteer, opening the store (told by itself), and reading the report's facts from its words (one to a few tens of ms,
whatever the store holds): the invented ones are put in their place. The first builds, which import modules and fill caches, are
left out.

What ``link`` times: from the mentions' profiles and hashed keys, as they lie in memory, to groups: sorting the keys, candidates,
scores, groups. What it does not: reading reports, laying out profiles, deriving incidents and writing a store. Growth is the
exponent of time by mentions between worlds made apart: the first tenth of a world holds a hundredth of its pairs of one incident.
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
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from newsblotter import pipeline
from newsblotter.fields import Filled, load_gazetteer
from newsblotter.link.batch import find_pairs, group_columns, score_columns
from newsblotter.link.block import BlockSettings, Keys, list_keys
from newsblotter.link.columns import Columns, ColumnWriter, join_columns
from newsblotter.link.profile import Profile
from newsblotter.link.score import LinkSettings, load_weights
from newsblotter.pipeline import Settings, build, load_engine, name_grouper, name_linker, name_reader
from newsblotter.records import Mention, Quote, Report, hash_id
from newsblotter.store import open_store
from newsblotter_lab.bench import memory_mb
from newsblotter_lab.invented import KINDS, WorldRarity, invent_incident, invent_report, invent_text, list_told

PART = 25_000  # mentions laid out in one file
WATCH_S = 0.25  # between two looks at the memory in use
WARM_UP = 5  # builds before those that are timed
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
        runs[at]["growth"] = {
            "since_last": _find_exponents(runs[at - 1], runs[at]),
            "since_first": _find_exponents(runs[0], runs[at]),
        }
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


# --- adding to a store ------------------------------------------------------------------------------------------


def measure_adding(path: Path, reports: int, mentions: int, seed: int) -> dict[str, Any]:
    """Add reports to a filled store one by one, each a file for a build of its own: what the build costs, but for reading."""
    rng = np.random.default_rng(seed + 1)
    rarity = WorldRarity(mentions)
    told = list_told(seed, mentions)
    opened = _take_over(path)
    took: dict[str, list[float]] = {}
    joined = right = 0
    with tempfile.TemporaryDirectory() as folder, open_store(str(path)) as store:
        first = 1000 + store.totals().mentions  # no report that was added before
        for number, at in enumerate(rng.integers(0, mentions, reports + WARM_UP).tolist()):
            incident = invent_incident(seed, int(told[at, 0]))
            profile = invent_report(seed, incident, first + number, rarity)
            file = _write_report(Path(folder), profile)
            began, worked = time.perf_counter(), time.process_time()
            with patch.object(pipeline, "read_report", partial(_tell, profile.mention)):
                result = build(file, store)
            if number < WARM_UP:
                continue
            seconds = {"whole": time.perf_counter() - began, "processor": time.process_time() - worked, **result.seconds}
            for name, spent in seconds.items():
                took.setdefault(name, []).append(spent)
            report = store.get_report(profile.mention.report_id).id
            [home] = store.incidents_of(report)
            others = [m.report_id for m in store.neighbourhood().members([home]) if m.report_id != report]
            mates = [found.source_id for found in store.reports(others)]
            joined += bool(mates)
            right += any(mate.startswith(f"r{incident.number}-") for mate in mates)
    return {
        "mentions": mentions,
        "added": reports,
        "joined_an_incident": joined,
        "joined_its_own": right,
        "opening_ms": round(1000 * opened, 1),
        **{name: _quantiles(np.array(values)) for name, values in took.items()},
    }


def _take_over(path: Path) -> float:
    """Have this program take what was filled, by whichever of its versions, for its own: nothing is to be made anew.

    Returns:
        Seconds that it takes to open and close the store.
    """
    with open_store(str(path)) as store, store.build_lock(), closing(sqlite3.connect(path)) as raw:
        store.settle_reading(name_reader(load_engine()), None)
        raw.execute("INSERT OR REPLACE INTO link_state (name, value) VALUES ('linker', ?)", (name_linker(Settings().link),))
        raw.execute("UPDATE copy_texts SET grouper = ?", (name_grouper(Settings().copies),))
        raw.execute("DELETE FROM link_pending")
        raw.commit()
    load_gazetteer()
    began = time.perf_counter()
    with open_store(str(path)):
        return time.perf_counter() - began


def _write_report(folder: Path, profile: Profile) -> Path:
    report = invent_text(profile)
    day = report.published.isoformat() if report.published else None
    file = folder / f"{report.id}.json"
    told = {
        "id": report.id,
        "title": report.title,
        "outlet": report.outlet,
        "text": report.text,
        "published": day,
        "language": "en",
    }
    file.write_text(json.dumps({**told, "published": day}), "utf-8")
    return file


def _tell(mention: Mention, report: Report, *_: object) -> Filled:
    """What reading makes of an invented report: its mention, under the ids that the report was given."""
    name = hash_id("m", report.id)
    quote = Quote(report.id, 0, 1, report.text[:1])
    claims = tuple(replace(c, id=f"{name}-{at}", mention_id=name, quote=quote) for at, c in enumerate(mention.claims))
    return Filled((replace(mention, id=name, report_id=report.id, trigger=quote, claims=claims),), ())


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
    add = verbs.add_parser("add")
    add.add_argument("mentions", type=int, help="as the store was filled with")
    add.add_argument("path", type=Path)
    add.add_argument("--reports", type=int, default=200)
    add.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.verb == "make":
        make_world(options.mentions, options.folder, options.seed, options.workers)
    elif options.verb == "add":
        print(json.dumps(measure_adding(options.path, options.reports, options.mentions, options.seed), indent=1))
    else:
        print(json.dumps(measure_growth(options.folders, options.threads, options.most), indent=1))


if __name__ == "__main__":
    main()
