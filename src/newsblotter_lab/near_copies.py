"""Measure the copy finder on labelled local news: near-copies found again, and copies that tell of another incident.

    python -m newsblotter_lab.near_copies train

The list of near-copies is not complete, so it gives recall only. What stands for precision is the share of copies that have
no labelled incident in common with their lead: some of those are pages whose text did not load.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from newsblotter.copies import group_copies
from newsblotter.records import CopyGroup
from newsblotter_lab.gold import find_shared, read_incidents, read_lines, read_reports

SETS = ("train", "dev")


@dataclass(frozen=True, slots=True)
class NearCopies:
    """How the groups of one set fare."""

    near_pairs: int  # labelled pairs of which both reports are in the set
    recall: float | None  # share of them that stand in one group
    copies: int  # reports beside their lead
    of_another: int  # of those whose incidents are known, copies without an incident in common with their lead
    known: int

    def as_dict(self) -> dict[str, object]:
        """The figures as plain data."""
        return asdict(self)


def score(groups: Sequence[CopyGroup], pairs: Sequence[tuple[str, str]], incidents: Mapping[str, frozenset[str]]) -> NearCopies:
    """Hold copy groups against labelled pairs and incidents.

    Args:
        groups: What was found.
        pairs: Reports that are near-copies of each other.
        incidents: Report → incidents that it is about; reports that are missing are not judged.
    """
    group_of = {report: group.id for group in groups for report in group.report_ids}
    found = sum(left in group_of and group_of[left] == group_of.get(right) for left, right in pairs)
    copies = [(report, group.lead_id) for group in groups for report in group.report_ids if report != group.lead_id]
    known = [(copy, lead) for copy, lead in copies if copy in incidents and lead in incidents]
    return NearCopies(
        near_pairs=len(pairs),
        recall=round(found / len(pairs), 4) if pairs else None,
        copies=len(copies),
        of_another=sum(incidents[copy].isdisjoint(incidents[lead]) for copy, lead in known),
        known=len(known),
    )


def measure(shared: Path, names: Sequence[str]) -> NearCopies:
    """Group the reports of one or several sets together, and score the groups."""
    reports = [report for name in names for report in read_reports(shared, f"gunviolence/{name}")]
    ids = {report.id for report in reports}
    told: dict[str, set[str]] = {}
    for name in names:
        for incident in read_incidents(shared, f"gunviolence/{name}"):
            for report in incident["reports"]:
                told.setdefault(report, set()).add(str(incident["incident"]))
    rows = read_lines(shared / "data" / "gunviolence" / "near_pairs.jsonl.gz")
    pairs = [(row["doc_a"], row["doc_b"]) for row in rows if row["doc_a"] in ids and row["doc_b"] in ids]
    return score(group_copies(reports), pairs, {report: frozenset(those) for report, those in told.items()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m newsblotter_lab.near_copies", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sets", nargs="*", choices=SETS, default=["train"], help="grouped together; train by default")
    asked = parser.parse_args(arguments)
    shared = find_shared()
    if shared is None:
        parser.error("set NEWSBLOTTER_SHARED to the folder of labelled reports")
    sys.stdout.write(json.dumps(measure(shared, asked.sets).as_dict()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
