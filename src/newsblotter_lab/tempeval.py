"""Score the reading of time expressions on TempEval-3: does each TIMEX3 get its type and value?

    python -m newsblotter_lab.tempeval [--set aquaint|timebank] [--kinds DATE,TIME] [--misses]

The measure is that of the shared task. A found expression matches a gold one strictly if both have the same ends, relaxedly if
they overlap; each may match once. Value F1 is relaxed F1 times the share of the matched whose value is the same string. With
``--kinds`` gold and found expressions of other types are left out before they are matched, so a date found as a duration counts
as missed; "dates" are those of type DATE. Day F1 (``day_f1``) is value F1 with the part of the day and the hour cut off:
"Monday night" is a TIME in TimeBank and mostly a plain DATE in AQUAINT, so that DATE,TIME by day is what the two have in common.
The document's creation time is given, as in the task, and not scored.
Source: UzZaman et al., SemEval-2013 Task 1: TempEval-3, 2013, section 4.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from newsblotter_lab.gold import find_shared
from newsblotter_lab.timeml import Timex, annotate

KINDS = ("DATE", "TIME", "DURATION", "SET")
_HOUR = re.compile(r"(?<=\d)T.*")


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


def match(gold: Sequence[Timex], found: Sequence[Timex]) -> Iterator[tuple[Timex | None, Timex | None]]:
    """Every gold expression with the first free one found that overlaps it, then what was found beside them."""
    used: set[int] = set()
    for timex in gold:
        over = next((n for n, f in enumerate(found) if n not in used and f.start < timex.end and timex.start < f.end), None)
        if over is not None:
            used.add(over)
        yield timex, found[over] if over is not None else None
    for n, other in enumerate(found):
        if n not in used:
            yield None, other


def score(folder: Path, kinds: Sequence[str], show_misses: bool = False) -> dict[str, float]:
    """F1 of expressions (strict, relaxed), and of their types and values, over every document of a folder."""
    gold = found = strict = relaxed = typed = right = days = 0
    for path in sorted(folder.glob("*.tml")):
        created, text, told = read_document(path)
        read = [timex for timex in annotate(text, created) if timex.kind in kinds]
        for timex, mine in match([timex for timex in told if timex.kind in kinds], read):
            gold += timex is not None
            found += mine is not None
            same = timex is not None and mine is not None and timex.value == mine.value
            if timex is not None and mine is not None:
                relaxed += 1
                strict += (timex.start, timex.end) == (mine.start, mine.end)
                days += _HOUR.sub("", timex.value) == _HOUR.sub("", mine.value)
                typed += timex.kind == mine.kind
                right += same
            if show_misses and not same:
                at = timex or mine
                assert at is not None
                print(f"{timex.value if timex else 'none':14} {mine.value if mine else '-':14} {text[at.start : at.end]!r}")
    total = max(1, gold + found)
    shares = {"strict_f1": strict, "relaxed_f1": relaxed, "type_f1": typed, "value_f1": right, "day_f1": days}
    return {"gold": gold, "found": found, **{name: round(2 * count / total, 4) for name, count in shares.items()}}


def main(arguments: list[str] | None = None) -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="timebank", choices=("timebank", "aquaint"))
    parser.add_argument("--kinds", default=",".join(KINDS), help="types of expression that count, with commas between")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    shared = find_shared()
    if shared is None:
        sys.exit("TempEval-3 is not here: set NEWSBLOTTER_SHARED")
    print(score(shared / "data" / "tempeval3" / options.set, options.kinds.split(","), options.misses))


if __name__ == "__main__":
    main()
