"""Hold linking report by report against linking everything at once.

    python -m newsblotter_lab.growing STORE … --batch 200 --gold gunviolence/train

Takes built stores, replays their reports in the order of publication into a new store, batch by batch, as builds on a growing
pile would (what was read is taken over, not read again), and says how far the outcome is that of linking all of it anew: of the
pairs of reports that either puts together, the share that both do. With ``--check``, also on the way: every so many batches a copy
is linked anew, and the worst share is told. With ``--gold``, both are held against the labels.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from newsblotter.pipeline import link_store
from newsblotter.records import CopyGroup, Mention, Report, Role
from newsblotter.review.revising import try_out
from newsblotter.store import Reading, Store, open_store
from newsblotter_lab.gold import find_shared, read_incidents
from newsblotter_lab.linking import hold_against

READER = "replayed"


@dataclass(frozen=True, slots=True)
class Pile:
    """What was read elsewhere."""

    reports: dict[str, Report]
    mentions: dict[str, list[Mention]]  # by report
    groups: list[CopyGroup]


def read_pile(paths: Iterable[Path]) -> Pile:
    """Reports, mentions and copies of built stores, side by side."""
    pile = Pile({}, defaultdict(list), [])
    for path in paths:
        with open_store(str(path), create=False, readonly=True) as store:
            pile.reports.update({report.id: report for report in store.reports()})
            pile.groups.extend(store.copies())
            for mention in store.mentions():
                pile.mentions[mention.report_id].append(mention)
    return pile


def replay(
    pile: Pile, store: Store, batch: int, most: int | None = None, after: Callable[[Store], None] = lambda _: None
) -> list[float]:
    """Put the first ``most`` of a pile into an empty store, batch by batch, linking each; gives the seconds of linking each.

    Args:
        pile: What was read.
        store: An empty one, its build lock held.
        batch: Reports to a batch.
        most: None for all.
        after: Called with the store when a batch is linked.
    """
    ordered = sorted(pile.reports.values(), key=lambda report: (report.published or date.min, report.id))[:most]
    seconds = []
    held: set[str] = set()
    for start in range(0, len(ordered), batch):
        reports = ordered[start : start + batch]
        store.add_reports(reports)
        held.update(report.id for report in reports)
        here = (tuple(r for r in group.report_ids if r in held) for group in pile.groups)
        store.replace_copies(
            CopyGroup(group.id, kept, group.lead_id if group.lead_id in held else kept[0])
            for group, kept in zip(pile.groups, here, strict=True)
            if len(kept) > 1
        )
        store.save_readings([Reading(r.id, READER, r.published, tuple(pile.mentions.get(r.id, ()))) for r in reports])
        began = time.perf_counter()
        link_store(store)
        seconds.append(time.perf_counter() - began)
        print(f"{len(held)} reports, last batch linked in {seconds[-1]:.2f} s", file=sys.stderr)
        after(store)
    return seconds


class Checks:
    """How far a store that grows is from one linked anew, looked at every so many batches."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._batches = 0
        self.alike: list[tuple[float, float, int]] = []  # pairs alike, growth since all was linked, reports

    def __call__(self, store: Store) -> None:
        self._batches += 1
        desk = store.neighbourhood()
        whole, linked = desk.whole(), desk.count()
        if self._batches % self._every or whole == linked:
            return
        grown = label_reports(store)
        with try_out(store) as copy, copy.build_lock():
            link_store(copy, anew=True)
            share = compare(grown, label_reports(copy))
        self.alike.append((share, (linked - whole) / whole, len(grown)))
        print(f"{len(grown)} reports, grown by {(linked - whole) / whole:.2f}: pairs alike {share:.4f}", file=sys.stderr)


def label_reports(store: Store) -> dict[str, str]:
    """The incident that each report is mainly about, by source id; reports without one stand alone.

    Of several main accounts the one whose id comes first speaks for the report, whatever incidents they are of: else a report that
    tells of two would seem to change its incident whenever either gets another id.
    """
    source = store.source_ids()
    rank = {Role.MAIN.value: 0, Role.FOLLOW_UP.value: 1, Role.ROUND_UP.value: 2}
    best: dict[str, tuple[int, str, str]] = {}
    for member in store.members():
        if member.role in rank:
            offer = (rank[member.role], member.mention_id, member.incident_id)
            best[member.report_id] = min(best.get(member.report_id, offer), offer)
    return {name: best[report_id][2] if report_id in best else "alone " + name for report_id, name in source.items()}


def find_pairs(labels: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pairs of reports that bear one label."""
    together: dict[str, list[str]] = defaultdict(list)
    for report, label in labels.items():
        together[label].append(report)
    return {pair for reports in together.values() for pair in combinations(sorted(reports), 2)}


def compare(left: Mapping[str, str], right: Mapping[str, str]) -> float:
    """Of the pairs that either labelling puts together, the share that both do."""
    ours, theirs = find_pairs(left), find_pairs(right)
    return len(ours & theirs) / max(1, len(ours | theirs))


def _read_gold(names: Sequence[str]) -> dict[str, dict[str, set[str]]]:
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    gold: dict[str, dict[str, set[str]]] = {}
    for name in names:
        main_of: dict[str, set[str]] = defaultdict(set)
        for incident in read_incidents(folder, name):
            for report_id in incident["reports"]:
                main_of[report_id].add(f"{name} {incident['incident']}")
        gold[name] = main_of
    return gold


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", type=Path, nargs="+")
    parser.add_argument("--batch", type=int, default=200, help="reports a build")
    parser.add_argument("--most", type=int, help="only the first so many reports")
    parser.add_argument("--check", type=int, metavar="BATCHES", help="hold against linking anew every so many batches")
    parser.add_argument("--keep", type=Path, help="where to put a copy of the grown store")
    parser.add_argument("--gold", nargs="*", default=[], help="labelled sets to hold the outcome against")
    options = parser.parse_args(arguments)
    gold = _read_gold(options.gold)
    pile = read_pile(options.stores)
    checks = Checks(options.check or sys.maxsize)
    with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/grown.db") as store, store.build_lock():
        seconds = replay(pile, store, options.batch, options.most, checks)
        grown = label_reports(store)
        if options.keep:
            with sqlite3.connect(f"{folder}/grown.db") as raw:
                raw.execute("VACUUM INTO ?", (str(options.keep),))
        began = time.perf_counter()
        link_store(store, anew=True)
        whole_s = time.perf_counter() - began
        whole = label_reports(store)
    print(f"{len(grown)} reports in {len(seconds)} batches: {sum(seconds):.1f} s in all, last {seconds[-1]:.2f} s")
    print(f"anew: {whole_s:.1f} s; pairs of reports alike: {compare(grown, whole):.4f}")
    if checks.alike:
        share, growth, held = min(checks.alike)
        print(f"at worst of {len(checks.alike)} points: {share:.4f}, of {held} reports, grown by {growth:.2f} since all was linked")
    for name, main_of in gold.items():
        for way, labels in (("grown", grown), ("anew", whole)):
            scores = hold_against(main_of, {report: label for report, label in labels.items() if report in main_of})
            print(name, way, " ".join(f"{key} {value:.3f}" for key, value in scores.items()))


if __name__ == "__main__":
    main()
