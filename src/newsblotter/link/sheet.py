"""A profile put away and taken out again, so that a mention is compared years later without reading its report anew.

A *sheet* holds what a profile takes from the corpus and the text: its telling words with their weights as of the day it was
made, and the ages it states. The facts are the mention's own and are laid out again from its claims.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from newsblotter.link.profile import FRAME_TEXTS, Profile, build_profile, find_lines, strip_frame
from newsblotter.link.words import find_words, hash_text
from newsblotter.records import Mention, Report

_DIGITS = 1e4  # weights are kept to four digits after the point, rarities too


def count_lines(reports: Iterable[Report], voices: Mapping[str, str]) -> Counter[int]:
    """In how many voices each line of the reports stands, by its hash."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for report in reports:
        for line in find_lines(report.text):
            hosts[hash_text(line)].add(voices[report.id])
    return Counter({line: len(seen) for line, seen in hosts.items()})


def find_frame(reports: Iterable[Report], lines: Mapping[int, int]) -> frozenset[str]:
    """Those lines of the reports that stand in many texts, so belong to sites."""
    return frozenset(line for r in reports for line in find_lines(r.text) if lines.get(hash_text(line), 0) >= FRAME_TEXTS)


def count_words(reports: Sequence[Report], voices: Mapping[str, str], frame: frozenset[str]) -> Counter[str]:
    """In how many voices each word of the reports stands; of copies the first counts."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda report: report.id):
        first.setdefault(voices[report.id], report)
    counts: Counter[str] = Counter()
    for report in first.values():
        counts.update(set(find_words(strip_frame(report.text, frame))))
    return counts


def to_sheet(profile: Profile) -> str:
    """Put a profile away."""
    words = {
        name: {word: round(weight * _DIGITS) for word, weight in getattr(profile, name).items()}
        for name in ("text", "names", "lead", "rare")
    }
    return json.dumps({**words, "ages": sorted(profile.ages)}, ensure_ascii=False, separators=(",", ":"))


def from_sheet(sheet: str, mention: Mention, report: Report, voice: str) -> Profile:
    """Take a profile out again; equal to the one put away but for the last digits of its weights.

    Args:
        sheet: What ``to_sheet`` made.
        mention: The mention as it is stored.
        report: Its report; only the day of publication is asked for.
        voice: The copy group that it belongs to now, else its report.
    """
    kept = json.loads(sheet)
    text, names, lead, rare = (
        {word: weight / _DIGITS for word, weight in kept[name].items()} for name in ("text", "names", "lead", "rare")
    )
    return build_profile(mention, report, voice, frozenset(kept["ages"]), (text, names, lead, rare))
