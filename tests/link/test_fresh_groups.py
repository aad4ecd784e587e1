"""Reports that the rules were never made for: those of one incident come together, look-alikes stay apart."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsblotter import build
from newsblotter.records import Role
from newsblotter.store import open_store

GROUPS = yaml.safe_load((Path(__file__).parent / "cases" / "fresh_groups.yaml").read_text("utf-8"))
RANK = {Role.MAIN: 0, Role.FOLLOW_UP: 1, Role.ROUND_UP: 2, Role.BACKGROUND: 3}


def incidents_told(reports: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Report → the incident that it is mainly about, as the whole pipeline finds it."""
    source = folder / "reports.jsonl"
    rows = [{key: row[key] for key in ("id", "title", "text", "published") if key in row} for row in reports]
    source.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), "utf-8")
    build(source, folder / "incidents.db")
    with open_store(str(folder / "incidents.db")) as store:
        names = {report.id: report.source_id for report in store.reports()}
        starts = {mention.id: mention.trigger.start for mention in store.mentions()}
        members = sorted(store.members(), key=lambda member: (RANK[member.role], starts[member.mention_id]))
    found: dict[str, str] = {}
    for member in members:
        found.setdefault(names[member.report_id], member.incident_id)
    return found


def group_by(labels: dict[str, str]) -> set[tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(labels):
        groups[labels[name]].append(name)
    return {tuple(group) for group in groups.values()}


def cases() -> list[Any]:
    marks = [[pytest.mark.xfail(reason=group["wrong"], strict=True)] if "wrong" in group else [] for group in GROUPS]
    return [pytest.param(group["reports"], id=group["name"], marks=mark) for group, mark in zip(GROUPS, marks, strict=True)]


@pytest.mark.parametrize("reports", cases())
def test_one_incident_comes_together_and_look_alikes_stay_apart(reports: list[dict[str, Any]], tmp_path: Path) -> None:
    assert group_by(incidents_told(reports, tmp_path)) == group_by({row["id"]: row["tells"] for row in reports})


def test_all_the_groups_in_one_store(tmp_path: Path) -> None:
    everything = [row for group in GROUPS if "wrong" not in group for row in group["reports"]]
    assert group_by(incidents_told(everything, tmp_path)) == group_by({row["id"]: row["tells"] for row in everything})
