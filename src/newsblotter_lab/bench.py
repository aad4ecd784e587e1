"""Measure Newsblotter on labelled reports and hold the figures against ``bench/floors.json``.

    python -m newsblotter_lab.bench            every set that is there; exit code 1 if a figure fell below its floor
    python -m newsblotter_lab.bench --only gunviolence-dev --json
    python -m newsblotter_lab.bench --only reading-600   the speed of reading alone, of reports of about 600 word pieces
    python -m newsblotter_lab.bench --raise    write better figures back as the new floors
    python -m newsblotter_lab.bench --lower NAME.MEASURE --reason "…"   the only way down

The labelled reports are not part of the project; the folder is named by NEWSBLOTTER_SHARED (default: ``shared`` beside the
repository). A set that is absent is skipped, and the run says so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from newsblotter.pipeline import link_store
from newsblotter.store import open_store
from newsblotter_lab import ecbplus, near_copies, planted
from newsblotter_lab.conflicts import find_merged, measure_conflicts
from newsblotter_lab.gold import find_shared, read_incidents, read_lines
from newsblotter_lab.growing import compare, label_reports, read_pile, replay
from newsblotter_lab.linking import hold_against
from newsblotter_lab.pace import REPORTS as PACE_REPORTS
from newsblotter_lab.pace import measure_pace

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ROOT / "bench" / "floors.json"


@dataclass(frozen=True, slots=True)
class Bench:
    """A labelled set and how it is scored."""

    name: str
    reports: str  # below the shared folder
    gold: str
    more: tuple[str, ...] = ()  # further arguments of the scorer; a path below the shared folder starts with @
    contradictions: str | None = None  # the set by its name in the lab, whose conflicts and look-alikes are labelled
    grown: str | None = None  # the set by that name, whose reports are linked batch by batch as well


BENCHES = (
    Bench(
        "gunviolence-dev",
        "data/gunviolence/dev.reports.jsonl.gz",
        "data/gunviolence/dev.incidents.jsonl.gz",
        grown="gunviolence/dev",
    ),
    Bench(
        "heists-dev",
        "data/heists/dev/reports.jsonl",
        "data/heists/dev/incidents.jsonl",
        (
            *("--language", "en", "--copies", "@data/heists/dev/copies.jsonl", "--min-overlap", "0.2"),
            *("--none", "@data/heists/dev/none.jsonl", "--pred-copies", "%copies"),
        ),
        contradictions="heists/dev",
    ),
    Bench(
        "heists-look",
        "data/heists/look/reports.jsonl",
        "data/heists/look/incidents.jsonl",
        (
            *("--language", "en", "--copies", "@data/heists/look/copies.jsonl", "--min-overlap", "0.2"),
            *("--none", "@data/heists/look/none.jsonl", "--pred-copies", "%copies"),
        ),
        contradictions="heists/look",
    ),
    Bench("gunviolence-train", "data/gunviolence/train.reports.jsonl.gz", "data/gunviolence/train.incidents.jsonl.gz"),
)
PACE = "reading-600"  # no labelled set but a speed: reports of about 600 word pieces, read in two processes
# Measures that are better when smaller.
SMALLER = frozenset({"false_alarms", "facts_without_claim", "peak_mb", "cpu_ms", "confusable_merged"})
# Measures that hang on the machine: their floors are loose, and no better figure raises them.
TIMED = frozenset({"reports_per_s", "peak_mb", "cpu_ms"})
GROWN_BATCH = 40  # reports a build: sixteen builds for the dev set, half a minute
PLANTED_TEXTS = 10_000  # a quarter of a minute, with about 200 copies of each kind


def _tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text().split())
    return found


def memory_mb(pid: int) -> float:
    """Memory of a process and its children, pages shared among them counted once; 0 where the system does not tell."""
    total = 0
    for one in _tree(pid):
        try:
            total += sum(
                int(line.split()[1])
                for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
                if line.startswith("Pss:")
            )
        except (OSError, IndexError):
            continue  # it has ended meanwhile
    return total / 1024


def _run_watched(command: list[str]) -> tuple[int, float, float]:
    """Run a command; give its exit code, its seconds and its peak memory in MB."""
    before, peak = time.monotonic(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory_mb(process.pid))
        time.sleep(0.25)
    return process.returncode, time.monotonic() - before, peak


def measure(bench: Bench, shared: Path) -> dict[str, float]:
    """Build a store from a set's reports, export it and score the export.

    Returns:
        The scorer's measures, ``reports_per_s`` of the build and ``peak_mb`` of it and its workers.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "bench.db")
        command = [sys.executable, "-m", "newsblotter"]
        code, seconds, peak = _run_watched([*command, "build", str(shared / bench.reports), "--store", str(store)])
        if code not in (0, 3):
            raise SystemExit(f"{bench.name}: build ended with {code}")
        outputs = {"%copies": Path(folder, "copies.jsonl"), "%pred": Path(folder, "pred.jsonl")}
        for name, extra in (("%pred", []), ("%copies", ["--copies"])):
            subprocess.run(
                [*command, "export", "--store", str(store), "--format", "jsonl", "--output", str(outputs[name]), *extra], check=True
            )
        more = [str(shared / word[1:]) if word.startswith("@") else str(outputs.get(word, word)) for word in bench.more]
        scorer = [sys.executable, str(shared / "tools/score_incidents.py"), "--gold", str(shared / bench.gold)]
        scorer += ["--reports", str(shared / bench.reports), "--pred", str(outputs["%pred"]), "--json"]
        result: dict[str, float] = json.loads(subprocess.run([*scorer, *more], stdout=subprocess.PIPE, check=True).stdout)
        if "--language" in more:  # the scorer then forgets the other reports, whose claims stand in the incidents all the same
            whole = json.loads(subprocess.run(scorer, stdout=subprocess.PIPE, check=True).stdout)
            result |= {name: whole[name] for name in ("claims", "evidence_verbatim")}
        if bench.contradictions:
            result |= _measure_contradictions(bench.contradictions, shared, outputs["%pred"])
        if bench.grown:
            result |= _measure_growing(bench.grown, shared, store)
    result["reports_per_s"] = round(result["reports"] / seconds, 1)
    result["peak_mb"] = round(peak, 1)
    return result


def _measure_contradictions(name: str, shared: Path, exported: Path) -> dict[str, float]:
    """Share of the labelled contradictions that are shown as disputed, and how many look-alike incidents were merged."""
    records = [json.loads(line) for line in exported.read_text("utf-8").splitlines()]
    incidents = read_incidents(shared, name)
    rows = measure_conflicts(read_lines(shared / "data" / name / "conflicts.jsonl"), incidents, records)
    merged = find_merged(read_lines(shared / "data" / name / "confusable.jsonl"), incidents, records)
    shown = sum(disputed for _, disputed in rows)
    return {"conflicts_shown": round(shown / max(1, len(rows)), 4), "confusable_merged": len(merged)}


def _measure_growing(name: str, shared: Path, store: Path) -> dict[str, float]:
    """How reports group that come batch by batch, and how far that is the grouping of all of them at once."""
    with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/grown.db") as grown, grown.build_lock():
        replay(read_pile([store]), grown, GROWN_BATCH)
        labels = label_reports(grown)
        link_store(grown, anew=True)
        alike = compare(labels, label_reports(grown))
    main_of: dict[str, set[str]] = defaultdict(set)
    for incident in read_incidents(shared, name):
        for report_id in incident["reports"]:
            main_of[report_id].add(str(incident["incident"]))
    scores = hold_against(main_of, {report: label for report, label in labels.items() if report in main_of})
    return {"grown_pair_f1": round(scores["pair_f1"], 4), "grown_alike": round(alike, 4)}


def _measure_near_copies(shared: Path) -> dict[str, float]:
    found = near_copies.measure(shared, near_copies.SETS)
    return {"recall": found.recall or 0.0, "right": round(1 - found.of_another / max(1, found.known), 4)}


def _measure_planted(shared: Path) -> dict[str, float]:
    """Least recall of any kind of planted copy, precision over all pairs, and texts a second on one core."""
    rng = np.random.default_rng([1, 0])
    chain = planted.Chain(planted.load_source(rng))
    planted.measure(chain, 500)  # tables are made at first use
    found = planted.measure(chain, PLANTED_TEXTS)
    return {
        "recall": round(min(found.recall.values()), 4),
        "precision": round(found.precision, 4),
        "reports_per_s": round(found.per_second),
    }


def _measure_ecbplus(shared: Path) -> dict[str, float]:
    found = ecbplus.measure(ecbplus.read_corpus(shared, held_out=True))
    told = next(scores for name, scores in found.items() if name.endswith("with an incident"))
    return {"b3_f1": round(told["b3_f1"], 4), "linker_b3_f1": round(found["linker alone"]["b3_f1"], 4)}


def hold(name: str, result: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """Name each measure that is worse than its floor."""
    fallen = []
    for measure_name, floor in floors.items():
        got = result.get(measure_name)
        worse = got is None or (got > floor if measure_name in SMALLER else got < floor)
        if worse:
            fallen.append(f"{name}: {measure_name} is {got}, its floor {floor}")
    return fallen


def raise_floors(floors: dict[str, dict[str, float]], results: Mapping[str, Mapping[str, float]]) -> None:
    """Lift each floor to a better figure; speed and memory hang on the machine and stay as they are."""
    for name, result in results.items():
        for measure_name, floor in floors.get(name, {}).items():
            got = result.get(measure_name)
            if got is not None and measure_name not in TIMED:
                floors[name][measure_name] = min(floor, got) if measure_name in SMALLER else max(floor, got)


# Name, what must be there below the shared folder, measure: copies and linking on sets that no store is built of.
LINKED: tuple[tuple[str, str, Callable[[Path], dict[str, float]]], ...] = (
    ("near-copies", "data/gunviolence/near_pairs.jsonl.gz", _measure_near_copies),
    ("planted-copies", "data/gunviolence/train.reports.jsonl.gz", _measure_planted),
    ("ecbplus", "data/ecbplus", _measure_ecbplus),
)


def _list_measures(shared: Path) -> Iterator[tuple[str, Path, Callable[[], dict[str, float]]]]:
    """Name, reports and measure of everything that can be measured."""
    for bench in BENCHES:
        yield bench.name, shared / bench.reports, partial(measure, bench, shared)
    yield PACE, shared / PACE_REPORTS, partial(measure_pace, shared)
    for name, path, measure_it in LINKED:
        yield name, shared / path, partial(measure_it, shared)


def main() -> int:
    """Run the benchmarks that the command line names; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="name of a set; may be given several times")
    parser.add_argument("--json", action="store_true", help="print every measure as JSON")
    parser.add_argument("--raise", dest="raise_", action="store_true", help="write better figures back as floors")
    parser.add_argument("--lower", help="NAME.MEASURE whose floor is set to what was measured")
    parser.add_argument("--reason", help="why a floor is lowered")
    arguments = parser.parse_args()
    if arguments.lower and not arguments.reason:
        parser.error("--lower needs a --reason")
    stored: dict[str, Any] = json.loads(FLOORS.read_text("utf-8"))
    floors: dict[str, dict[str, float]] = stored["floors"]
    shared = find_shared() or ROOT.parent / "shared"
    results: dict[str, dict[str, float]] = {}
    fallen: list[str] = []
    for name, path, measure_it in _list_measures(shared):
        if name not in (arguments.only or floors):
            continue
        if not path.exists():
            print(f"skipped {name}: no labelled reports at {path}", file=sys.stderr)
            continue
        result = results[name] = measure_it()
        fallen += hold(name, result, floors.get(name, {}))
        if not arguments.json:
            print(name, " ".join(f"{key}={result[key]}" for key in sorted(floors.get(name, result)) if key in result))
    if arguments.json:
        print(json.dumps(results, indent=1))
    if arguments.lower:
        name, _, measure_name = arguments.lower.partition(".")
        floors[name][measure_name] = results[name][measure_name]
        stored.setdefault("lowered", []).append(
            {"floor": arguments.lower, "to": results[name][measure_name], "reason": arguments.reason}
        )
    if arguments.raise_:
        raise_floors(floors, results)
    if arguments.lower or arguments.raise_:
        FLOORS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    for line in fallen:
        print(line, file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
