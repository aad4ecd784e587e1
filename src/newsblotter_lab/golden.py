"""Read the golden reports anew and show what changed against the records that were reviewed.

    python -m newsblotter_lab.golden           rewrite tests/golden/records/, print the differences
    python -m newsblotter_lab.golden --check   write nothing; exit code 1 if anything differs

The golden reports are those of ``examples/``. Each incident's record lies in a file of its own, named by its day and title; what a
person says must be in them stands in ``tests/golden/reviewed.yaml`` and is not touched here.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
RECORDS = ROOT / "tests" / "golden" / "records"
VOLATILE = ("updated",)  # may hang on when a file was fetched, not on what it says

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Golden:
    """What a build of the golden reports gives."""

    records: tuple[Record, ...]  # sorted by id
    copies: tuple[tuple[str, ...], ...]  # source ids of each copy group, sorted
    report_ids: frozenset[str]  # source ids of every report read


def build_golden(reports: Path = EXAMPLES) -> Golden:
    """Build a store of its own from a folder of reports and take out its records."""
    from newsblotter import Settings, build, open_store

    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder, "golden.db"))) as store:
        build([reports], store, settings=Settings(workers=1))
        known_as = store.source_ids()
        records = sorted(store.records(), key=lambda record: str(record["id"]))
        groups = sorted(tuple(sorted(known_as[one] for one in group.report_ids)) for group in store.copies())
        return Golden(tuple(records), tuple(groups), frozenset(known_as.values()))


def name_files(records: Sequence[Record]) -> dict[str, str]:
    """A file name for each record, telling and unique, and the text that belongs into it."""
    files: dict[str, str] = {}
    for record in sorted(records, key=lambda record: str(record["id"])):
        stem = _slug(f"{(record.get('date') or {}).get('start', 'undated')} {record['title']}")
        name, number = f"{stem}.json", 1
        while name in files:
            number += 1
            name = f"{stem}-{number}.json"
        lasting = {key: value for key, value in record.items() if key not in VOLATILE}
        files[name] = json.dumps(lasting, ensure_ascii=False, indent=1) + "\n"
    return files


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() or c == "-" else " " for c in plain).split())


def read_expected(folder: Path = RECORDS) -> dict[str, str]:
    """The reviewed records, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.json"))}


def show_difference(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """A unified diff of every record that is new, gone or changed; empty if none is."""
    lines: list[str] = []
    for name in sorted({*expected, *found}):
        before, after = (side.get(name, "").splitlines(keepends=True) for side in (expected, found))
        lines.extend(difflib.unified_diff(before, after, f"expected/{name}", f"found/{name}", n=2))
    return "".join(lines)


def main() -> int:
    """Rewrite the expected records, or with ``--check`` only compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if anything differs")
    arguments = parser.parse_args()
    found = name_files(build_golden().records)
    expected = read_expected()
    difference = show_difference(expected, found)
    print(difference, end="")
    changed = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    print(f"{len(found)} records, {len(changed)} of them new, changed or gone", file=sys.stderr)
    if arguments.check:
        return 1 if changed else 0
    RECORDS.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in found:
            (RECORDS / name).write_text(found[name], "utf-8")
        else:
            (RECORDS / name).unlink()
    if changed:
        print("Review them with: git diff tests/golden", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
