"""Score the reading of dates on TempEval-3: does each TIMEX3 get its value?

    python -m newsblotter_lab.tempeval [--set aquaint|timebank] [--dates-only] [--misses]

Value F1 as in the shared task (relaxed spans: a found phrase that overlaps a gold one; its value must be equal).
Durations and sets are not read here, so the figure over all TIMEX3 is bounded; ``--dates-only`` leaves them out of the gold.
Source: UzZaman et al., SemEval-2013 Task 1: TempEval-3, 2013, section 4.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from newsblotter.fields.time import find_times, read_clock, read_when, time_kind
from newsblotter.records import When
from newsblotter_lab.gold import find_shared

_DAY_PART = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "tonight": "NI", "overnight": "NI"}
_SEASONS = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}


@dataclass(frozen=True, slots=True)
class Timex:
    """A gold time expression."""

    start: int
    end: int
    kind: str  # DATE, TIME, DURATION, SET
    value: str


def read_document(path: Path) -> tuple[date | None, str, list[Timex]]:
    """The creation day, text and time expressions of a TimeML file."""
    root = ElementTree.parse(path).getroot()
    made = root.find("./DCT/TIMEX3")
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", made.get("value", "") if made is not None else "")
    created = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    pieces: list[str] = []
    found: list[Timex] = []

    def walk(node: ElementTree.Element) -> None:
        start = sum(map(len, pieces))
        pieces.append(node.text or "")
        for child in node:
            walk(child)
            pieces.append(child.tail or "")
        if node.tag == "TIMEX3":
            found.append(Timex(start, sum(map(len, pieces)), node.get("type", ""), node.get("value", "")))

    body = root.find("TEXT")
    if body is not None:
        walk(body)
    return created, "".join(pieces), found


def to_timex(when: When | None, phrase: str, clock: str | None) -> str:
    """A date as TimeML writes it: 1998-01-08, 1998-01, 1998-W03, 1998-SU, 199, 1998-01-08TNI."""
    if when is None:
        return ""
    first, last = when.earliest, when.latest
    if when.precision == "week" and first.weekday() == 0:
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if when.precision == "weekend":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}-WE"
    if when.precision == "season":
        return f"{first.year}-{_SEASONS[first.month]}"
    if when.precision == "year" or (first.month == 1 and first.day == 1 and first.year == last.year and last.month == 12):
        return f"{first.year}"
    if when.precision == "range":
        if last.year - first.year >= 2:
            return f"{first.year // 10}"
        return f"{first.year}-{first.month:02d}" if (last - first).days < 31 else f"{first.year}"
    if when.precision == "month":
        return f"{first.year}-{first.month:02d}"
    value = last.isoformat()
    if clock:
        return f"{value}T{clock}"
    parts = [code for word, code in _DAY_PART.items() if re.search(rf"\b{word}\b", phrase.lower())]
    return f"{value}T{parts[0]}" if parts else value


def pair_values(path: Path, dates_only: bool) -> Iterator[tuple[Timex | None, str, str]]:
    """Every gold expression with what was read in its place, and every phrase found where gold has none."""
    created, text, gold = read_document(path)
    reads = []
    for span in find_times(text):
        phrase = text[span.start : span.end]
        if time_kind(text, span.start, span.end) == "set":
            continue
        when = read_when(text, span.start, span.end, created)
        reads.append((span, phrase, to_timex(when, phrase, read_clock(text, span.start, span.end))))
    used: set[int] = set()
    for timex in gold:
        overlaps = [n for n, (s, _, _) in enumerate(reads) if s.start < timex.end and timex.start < s.end and n not in used]
        if overlaps:
            used.add(overlaps[0])
        if dates_only and timex.kind not in ("DATE", "TIME"):
            continue
        yield timex, text[timex.start : timex.end], reads[overlaps[0]][2] if overlaps else "-"
    for n, (_, phrase, value) in enumerate(reads):
        if n not in used and value:
            yield None, phrase, value


def score(folder: Path, dates_only: bool, show_misses: bool) -> dict[str, float]:
    """Precision, recall and F1 of spans (relaxed) and of values."""
    gold = found = overlap = right = 0
    for path in sorted(folder.glob("*.tml")):
        for timex, phrase, value in pair_values(path, dates_only):
            gold += timex is not None
            found += value != "-"
            overlap += timex is not None and value != "-"
            right += timex is not None and value == timex.value
            if show_misses and (timex is None or value != timex.value):
                print(f"{timex.value if timex else 'none':18} {value:18} {phrase!r}")
    f1 = 2 * right / (gold + found) if gold + found else 0.0
    span_f1 = 2 * overlap / (gold + found) if gold + found else 0.0
    return {"gold": gold, "found": found, "span_f1": round(span_f1, 4), "value_f1": round(f1, 4)}


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="timebank", choices=("timebank", "aquaint"))
    parser.add_argument("--dates-only", action="store_true")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    shared = find_shared()
    if shared is None:
        sys.exit("TempEval-3 is not here: set NEWSBLOTTER_SHARED")
    print(score(shared / "data" / "tempeval3" / options.set, options.dates_only, options.misses))


if __name__ == "__main__":
    main()
