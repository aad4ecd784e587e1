"""How fast reports of one length are read: text in, mentions out, the encoder included, copies and linking left out.

A build's own speed hangs on how long its reports are; this one is of reports of about 600 word pieces, so that it can be held
against a target.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from newsblotter.extract.wordpiece import load_wordpiece
from newsblotter.fields import load_gazetteer
from newsblotter.pipeline import load_engine, read_report
from newsblotter.records import Report
from newsblotter_lab.gold import read_lines, to_report

REPORTS = "data/gunviolence/train.reports.jsonl.gz"  # below the shared folder
SHORTEST, LONGEST = 450, 800  # word pieces; such reports of the set have 590 on average
MOST = 400  # reports read: a quarter of a minute
PROCESSES = 2
WARM_UP = 10  # reports that each process reads before its clock starts


def choose(reports: Sequence[Report]) -> list[Report]:
    """At most MOST reports of the length wanted, spread over all of them."""
    pieces = load_wordpiece()
    fitting = [report for report in reports if SHORTEST <= len(pieces.cut(report.text)) <= LONGEST]
    return fitting[:: -(-len(fitting) // MOST)] if fitting else []


def _read_part(reports: Sequence[Report]) -> tuple[float, float, float]:
    """Read a share of the reports, the first few before the clock starts; when it began and ended, processor time in seconds."""
    engine, gazetteer = load_engine(), load_gazetteer()
    for report in reports[:WARM_UP]:
        read_report(report, engine, gazetteer)
    began, worked = time.monotonic(), time.process_time()
    for report in reports[WARM_UP:]:
        read_report(report, engine, gazetteer)
    return began, time.monotonic(), time.process_time() - worked


def measure_pace(shared: Path) -> dict[str, float]:
    """Read the reports in two processes.

    Returns:
        ``reports_per_s`` by the clock on the wall; ``cpu_ms``, processor time a report, which a busy machine changes little;
        ``pieces``, how long the reports are on average; ``reports``, how many.
    """
    reports = choose([to_report(row) for row in read_lines(shared / REPORTS)])
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        spells = list(pool.map(_read_part, [reports[start::PROCESSES] for start in range(PROCESSES)]))
    seconds = max(ended for _, ended, _ in spells) - min(began for began, _, _ in spells)
    pieces, timed = load_wordpiece(), reports[PROCESSES * WARM_UP :]
    return {
        "reports_per_s": round(len(timed) / seconds, 1),
        "cpu_ms": round(sum(worked for *_, worked in spells) / len(timed) * 1000, 1),
        "pieces": round(sum(len(pieces.cut(report.text)) for report in timed) / len(timed), 1),
        "reports": len(timed),
    }
