"""Are the contradictions between outlets that people found shown as disputed?

    python -m newsblotter_lab.conflicts heists/look --pred exported.jsonl [--rows]
    python -m newsblotter_lab.conflicts heists/look --confusable --pred exported.jsonl

Counted are the rows of conflicts.jsonl whose field is one of the record's; a row's incident is the exported one that most of its
reports go by. ``--confusable`` counts instead the pairs of incidents that must stay apart and were merged: those of which some
exported incident holds a report of either, in focus, leaving aside reports that are of both.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newsblotter.link.choose import LIST_FIELDS
from newsblotter.link.merge import SINGLE_FIELDS
from newsblotter.store.export import PART_OF
from newsblotter_lab.gold import find_shared, read_incidents, read_lines, read_reports

FIELDS = frozenset({"type", *SINGLE_FIELDS, *LIST_FIELDS})
RANK = {"main": 0, "follow_up": 1, "round_up": 2}

Record = Mapping[str, Any]


def own_incidents(records: Sequence[Record]) -> dict[str, int]:
    """Report → position of the record that it goes by: as main, else as follow-up, else in a round-up; the first of equals."""
    best: dict[str, tuple[int, int]] = {}
    for at, record in enumerate(records):
        for report in record.get("reports") or []:
            if report["role"] in RANK:
                offer = (RANK[report["role"]], at)
                best[report["id"]] = min(best.get(report["id"], offer), offer)
    return {report_id: at for report_id, (_, at) in best.items()}


def find_record(report_ids: Sequence[str], records: Sequence[Record], own: Mapping[str, int]) -> Record | None:
    """The record that most of some reports go by; the first of equals."""
    votes = Counter(own[report_id] for report_id in report_ids if report_id in own)
    best = min(votes, key=lambda at: (-votes[at], at), default=None)
    return records[best] if best is not None else None


def measure_conflicts(
    rows: Sequence[Mapping[str, Any]], incidents: Sequence[Mapping[str, Any]], records: Sequence[Record]
) -> list[tuple[Mapping[str, Any], bool]]:
    """The rows whose field is in the record, each with whether it is shown as disputed."""
    own = own_incidents(records)
    reports_of = {incident["incident"]: incident["reports"] for incident in incidents}
    found = []
    for row in rows:
        if row["field"] in FIELDS:
            record = find_record(reports_of.get(row["incident"], []), records, own)
            shown = PART_OF.get(row["field"], row["field"])  # as the record has it: the time stands in its date
            found.append((row, record is not None and shown in record["disputed"]))
    return found


def find_merged(
    pairs: Sequence[Mapping[str, Any]], incidents: Sequence[Mapping[str, Any]], records: Sequence[Record]
) -> list[Mapping[str, Any]]:
    """The pairs of look-alikes that some record holds in focus, both."""
    reports_of = {i["incident"]: {*i["reports"], *i.get("background", ())} for i in incidents}
    main_of = {i["incident"]: set(i["reports"]) for i in incidents}
    merged = []
    for pair in pairs:
        ours, theirs = (reports_of.get(pair[side], set()) for side in "ab")
        both = ours & theirs
        ours, theirs = (main_of.get(pair[side], set()) - both for side in "ab")
        for record in records:
            told = {report["id"] for report in record.get("reports") or [] if report["role"] in RANK}
            if told & ours and told & theirs:
                merged.append(pair)
                break
    return merged


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=("heists/look", "heists/dev"))
    parser.add_argument("--pred", type=Path, required=True, help="what newsblotter export wrote")
    parser.add_argument("--confusable", action="store_true", help="count merged look-alikes")
    parser.add_argument("--rows", action="store_true", help="show each row of the readable half")
    parser.add_argument("--language", help="leave out what no report in this language says")
    options = parser.parse_args()
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    records = [json.loads(line) for line in options.pred.read_text("utf-8").splitlines()]
    incidents = read_incidents(folder, options.name)
    place = folder / "data" / options.name
    if options.confusable:
        pairs = read_lines(place / "confusable.jsonl")
        print(f"{options.name}: {len(find_merged(pairs, incidents, records))} of {len(pairs)} look-alike pairs merged")
        return
    rows = read_lines(place / "conflicts.jsonl")
    if options.language:
        spoken = {r.id for r in read_reports(folder, options.name) if r.language == options.language}
        rows = [row for row in rows if sum(bool(spoken & set(who)) for who in row["values"].values()) > 1]
    found = measure_conflicts(rows, incidents, records)
    shown = sum(disputed for _, disputed in found)
    print(f"{options.name}: {shown} of {len(found)} conflicts shown as disputed, {shown / max(1, len(found)):.3f}")
    if options.rows and options.name == "heists/look":
        for row, disputed in found:
            print("  ", "disputed" if disputed else "MISSED  ", row["incident"], row["field"], " / ".join(row["values"]))


if __name__ == "__main__":
    main()
